/* SPDX-License-Identifier: MIT */
/*
 * perf stat beside something that is none of its children: of all that this machine does between
 * two moments. It is started before and told to begin, so that its own start is not counted.
 */
#ifndef PVMMU_COLLECTORS_PERF_DOM0_H
#define PVMMU_COLLECTORS_PERF_DOM0_H

#include <sys/types.h>

/* Start with a zeroed one. */
struct beside {
	pid_t pid;	     /* 0: it does not run */
	int control;	     /* a socket: orders to it, answers from it */
	const char *problem; /* it did not count all of the time, or NULL */
};

/* Counts these events, joined by commas, from its return on; what it counted comes to `file`. */
void beside_begin(struct beside *b, const char *file, const char *events);

/* Counts no more, and has written the file. Nothing if it does not run. */
void beside_end(struct beside *b);

#endif
