/* SPDX-License-Identifier: MIT */
/*
 * Time as a child lives it. On a busy machine a process waits for its turn while the wall clock
 * goes on, so a limit on the wall clock would measure the other processes. Limits count two other
 * times of a process and its process group:
 *
 *	processor	the processor time that they took, user and system
 *	lived		as the wall clock, but while one of them wants to run and may not, only
 *			what it does run. It goes on for one that sleeps.
 *
 * Both are sampled: call own_time_look() several times a second. Time in which we did not run
 * ourselves does not count.
 */
#ifndef PVMMU_BENCH_LIB_OWN_TIME_H
#define PVMMU_BENCH_LIB_OWN_TIME_H

#include <stdbool.h>
#include <sys/types.h>

struct own_time {
	double processor, lived; /* seconds since the start */
	double looks_every;	 /* seconds; a longer gap between two looks counts as this */
	pid_t pid;
	double looked;	      /* the last look, on the wall clock */
	double self, others;  /* processor time: of the process itself, of the rest of its group */
	double others_looked; /* the last look at the rest */
	bool others_busy;
};

/* Starts counting for a process that leads its group, or is alone in it. */
void own_time_start(struct own_time *t, pid_t pid);
void own_time_look(struct own_time *t);

#endif
