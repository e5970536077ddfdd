/* SPDX-License-Identifier: MIT */
/*
 * How a program marks for an emulator which instructions belong to a sample.
 *
 * A sample begins and ends with a reading of the time stamp counter. These readings are
 * written with a segment override in front, which rdtsc does not use: processors ignore
 * it, compilers do not emit it, and its only effect is that the instruction is a byte
 * longer. A plugin of QEMU (collectors/qemu/) or another observer of the executed code
 * recognises it, and so knows where a measured section begins and ends, at no cost to the
 * program. Marked readings alternate: one begins a section and the next one ends it. A
 * section is what the machine executes after the first reading up to and including the
 * second. It has as many instructions as the counter has advanced, if a tick is an
 * instruction.
 *
 * The first SECTION_TRIALS sections are empty and no samples: a program tries its clock so
 * many times first.
 */
#ifndef PVMMU_ABI_SECTION_H
#define PVMMU_ABI_SECTION_H

#define SECTION_TRIALS 16

/* The instruction: cs rdtsc. */
#define SECTION_PREFIX 0x2e
#define SECTION_RDTSC  0x0f, 0x31

/* Reads the counter. */
#define SECTION_READ()                                                                             \
	({                                                                                         \
		unsigned long lo_, hi_;                                                            \
		__asm__ volatile(".byte 0x2e\n\trdtsc" : "=a"(lo_), "=d"(hi_));                    \
		(unsigned long long)hi_ << 32 | lo_;                                               \
	})

#endif
