/* SPDX-License-Identifier: MIT */
/*
 * Included first everywhere. All symbols are in one image, so the compiler can form
 * addresses relative to the instruction pointer, without a table (GOT).
 */
#ifndef __ASSEMBLER__
#pragma GCC visibility push(hidden)
#endif
