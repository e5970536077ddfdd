/* SPDX-License-Identifier: MIT */
/*
 * Included first everywhere. All symbols are in one image, so addresses can be
 * formed relative to the instruction pointer, without a table (GOT) between.
 */
#ifndef __ASSEMBLER__
#pragma GCC visibility push(hidden)
#endif
