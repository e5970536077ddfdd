/* SPDX-License-Identifier: MIT */
/*
 * perf stat of this complete machine between two moments, beside a program that is not its child.
 * It is started earlier and told to begin, so that its own start is not counted.
 */
#ifndef PVMMU_COLLECTORS_PERF_DOM0_H
#define PVMMU_COLLECTORS_PERF_DOM0_H

#include <sys/types.h>

/* Start with a zeroed one. */
struct beside {
	pid_t pid;	     /* 0: it does not run */
	int control;	     /* a socket: commands to it, answers from it */
	const char *problem; /* why it did not count all of the time, or NULL */
};

/* Counts these events, joined by commas, from its return on; the counts go to `file`. */
void beside_begin(struct beside *b, const char *file, const char *events);

/* Stops counting; the file is complete then. Harmless if it does not run. */
void beside_end(struct beside *b);

#endif
