/* SPDX-License-Identifier: MIT */
/*
 * Time as a child lives it. On a busy machine a process waits for its turn while the wall clock
 * goes on, so a limit in seconds on the wall measures the others. Limits here count two things
 * instead, of a process and all in its process group:
 *
 *	processor	the processor time that they took, user and system
 *	lived		as the wall clock, but while one of them wants to run and may not, only
 *			what it does run. It goes on for one that sleeps.
 *
 * Both are found by looking now and then: call own_time_look() some times a second. Time in which
 * we ourselves did not come to look is not counted.
 */
#ifndef PVMMU_BENCH_LIB_OWN_TIME_H
#define PVMMU_BENCH_LIB_OWN_TIME_H

#include <stdbool.h>
#include <sys/types.h>

struct own_time {
	double processor, lived; /* seconds since the start */
	double looks_every;	 /* seconds; what is more between two looks we have missed */
	pid_t pid;
	double looked;	      /* when, on the wall */
	double self, others;  /* processor time: the process's own, the rest of its group's */
	double others_looked; /* when those were looked at */
	bool others_busy;
};

/* From now on, for a process that leads its group, or has none but itself in it. */
void own_time_start(struct own_time *t, pid_t pid);
void own_time_look(struct own_time *t);

#endif
