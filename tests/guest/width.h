/* SPDX-License-Identifier: MIT */
/*
 * Sizes that depend on the width of a program's addresses: for 64 bits a power of two, for 32 bits
 * a number of MiB.
 */
#ifndef TESTS_GUEST_WIDTH_H
#define TESTS_GUEST_WIDTH_H

#include <stddef.h>

#define BY_WIDTH(shift, mib) (sizeof(void *) == 8 ? (size_t)(1ULL << (shift)) : (size_t)(mib) << 20)

/* More than a guest has memory, and less than a process has addresses. */
#define HUGE BY_WIDTH(40, 1536)
/* More than a process has addresses. */
#define TOO_MUCH BY_WIDTH(47, 4095)

#endif
