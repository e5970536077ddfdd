/* SPDX-License-Identifier: MIT */
/*
 * Times as system calls pass them; defined in sys_time.c. Inside the kernel they are ns in
 * a u64.
 */
#ifndef SYS_TIMESPEC_H
#define SYS_TIMESPEC_H

#include "arch/x86/types.h"

#define NS_PER_S  1000000000u
#define NS_PER_US 1000u

struct timespec {
	s64 sec, nsec;
};

struct timeval {
	s64 sec, usec;
};

/*
 * Copies structures that consist of such numbers. On 32 bits, many calls exist twice,
 * the older one with numbers of 32 bits, and which one is made decides.
 */
#if WORD_BITS == 64
#define copy_times_from_user(dst, src, n) copy_from_user(dst, src, n)
#define copy_times_to_user(dst, src, n)	  copy_to_user(dst, src, n)
#else
bool copy_times_from_user(void *dst, unsigned long src, size_t n);
bool copy_times_to_user(unsigned long dst, const void *src, size_t n);
#endif

struct timespec timespec_of(u64 ns);
struct timeval timeval_of(u64 ns);
/* Returns false if it is not valid. A time beyond the range of a u64 becomes the maximum. */
bool timespec_ns(const struct timespec *ts, u64 *ns);
/*
 * Monotonic time at the end of a struct timespec in user memory, from now on; never 0.
 * -EFAULT, -EINVAL.
 */
long deadline_from_user(unsigned long va, u64 *deadline);
/* The same for an absolute time of CLOCK_MONOTONIC or CLOCK_REALTIME. */
long absolute_from_user(unsigned long va, bool realtime, u64 *deadline);

#endif
