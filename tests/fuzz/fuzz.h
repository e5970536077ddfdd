/* SPDX-License-Identifier: MIT */
/*
 * Declarations that the fuzzers share. Each is one file, tests/fuzz/NAME.c, linked with all of the
 * host program but main(): libFuzzer calls LLVMFuzzerTestOneInput() with bytes of its own making
 * and watches which branches they reach. Memory errors and undefined behaviour end it, and so does
 * what is asserted here: a parser must not only survive nonsense but refuse it.
 */
#ifndef PVMMU_TESTS_FUZZ_H
#define PVMMU_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* As assert(), which a build may leave out. */
#define MUST(condition)                                                                            \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);    \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

#endif
