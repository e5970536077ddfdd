/* SPDX-License-Identifier: MIT */
/*
 * The machine word, which has the width of `unsigned long`: its names in assembler, and
 * the printf length modifier for 64-bit numbers.
 */
#ifndef LIB_WORD_H
#define LIB_WORD_H

#ifdef __x86_64__
#define WORD_SHIFT 3
#define WORD_MOVS  "movsq"
#define WORD_STOS  "stosq"
#define WORD_DATA  ".quad"
#define F64	   "l"
#else
#define WORD_SHIFT 2
#define WORD_MOVS  "movsl"
#define WORD_STOS  "stosl"
#define WORD_DATA  ".long"
#define F64	   "ll"
#endif
#define WORD_BYTES (1u << WORD_SHIFT)
#define WORD_BITS  (8 * WORD_BYTES)

#endif
