/* SPDX-License-Identifier: MIT */
/*
 * How a program shows an emulator which instructions a sample is made of.
 *
 * A sample begins and ends with a reading of the time stamp counter. Here these readings
 * are written with a segment override in front, which rdtsc has no use for: processors
 * ignore it, compilers do not emit it, and it makes the instruction a byte longer and
 * nothing else. Who sees the code that is executed, such as a plugin of QEMU
 * (collectors/qemu/), knows by it where a measured section begins and ends, at no cost to
 * the program. A section is what the machine executes after the first reading up to and
 * including the second: as many instructions as the counter has advanced, where a tick is
 * an instruction.
 *
 *	2e 0f 31   begin
 *	3e 0f 31   end
 *	26 0f 31   the sections before were trials: samples begin now
 */
#ifndef PVMMU_ABI_SECTION_H
#define PVMMU_ABI_SECTION_H

#define SECTION_BEGIN 0x2e
#define SECTION_END   0x3e
#define SECTION_START 0x26

/* Behind the prefix: rdtsc. */
#define SECTION_RDTSC_0 0x0f
#define SECTION_RDTSC_1 0x31

#define SECTION_BYTE(n)	 SECTION_BYTE_(n)
#define SECTION_BYTE_(n) ".byte " #n "\n\t"

/* Reads the counter into a uint64_t; `mark` is one of the three above. */
#define SECTION_READ(mark)                                                                         \
	({                                                                                         \
		unsigned long lo_, hi_;                                                            \
		__asm__ volatile(SECTION_BYTE(mark) "rdtsc" : "=a"(lo_), "=d"(hi_)::"memory");     \
		(unsigned long long)hi_ << 32 | lo_;                                               \
	})

#endif
