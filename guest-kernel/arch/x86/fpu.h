/* SPDX-License-Identifier: MIT */
/*
 * A program's x87 and SSE registers in the 512 bytes of FXSAVE, 16-aligned. The kernel
 * does not use these registers, so they stay in place between entry and task switch.
 */
#ifndef ARCH_FPU_H
#define ARCH_FPU_H

#include "arch/x86/insn.h"
#include "arch/x86/types.h"
#include "lib/string.h"

#define FXSAVE_SIZE  512
#define FXSAVE_MXCSR 24

static inline void fpu_save(void *area)
{
	asm volatile(FXSAVE " %0" : "=m"(*(u8(*)[FXSAVE_SIZE])area));
}

static inline void fpu_load(const void *area)
{
	asm volatile(FXRSTOR " %0" ::"m"(*(const u8(*)[FXSAVE_SIZE])area));
}

/* The initial state of a program: no exceptions. */
static inline void fpu_initial(void *area)
{
	memset(area, 0, FXSAVE_SIZE);
	*(u16 *)area = 0x37f;
	*(u32 *)((char *)area + FXSAVE_MXCSR) = 0x1f80;
}

/* Clears the bits of a program's area that would make loading it fault. */
static inline void fpu_sanitize(void *area)
{
	*(u32 *)((char *)area + FXSAVE_MXCSR) &= 0xffbf;
}

#endif
