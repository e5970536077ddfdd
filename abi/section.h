/* SPDX-License-Identifier: MIT */
/*
 * How a program shows an emulator which instructions a sample is made of.
 *
 * A sample begins and ends with a reading of the time stamp counter. Here these readings
 * are written with a segment override in front, which rdtsc has no use for: processors
 * ignore it, compilers do not emit it, and it makes the instruction a byte longer and
 * nothing else. Who sees the code that is executed, such as a plugin of QEMU
 * (collectors/qemu/), knows by it where a measured section begins and ends, at no cost to
 * the program. Of such readings one begins a section and the next one ends it. A section
 * is what the machine executes after the first up to and including the second: as many
 * instructions as the counter has advanced, where a tick is an instruction.
 *
 * The first SECTION_TRIALS sections are empty and no samples: a program tries its clock so
 * many times before.
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
