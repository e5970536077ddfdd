/* SPDX-License-Identifier: MIT */
/*
 * What a workload is, and what it may ask of its harness.
 *
 * A workload is one file workloads/NAME.c that defines `workload`: what it is
 * called, what one iteration does, and which parameters it takes. It becomes
 * an ordinary static Linux program; harness/ has main(), reads the arguments,
 * takes the times and prints the records. See docs/adding-a-workload.md.
 *
 * The order of a run:
 *
 *	arguments -> check -> touch mb MiB -> setup -> 20 ms pause -> warm-up
 *	-> counters -> n samples -> counters -> teardown -> records
 *
 * where a sample is the time of reps iterations, by default one, and an iteration is
 * prepare, if there is one, and then, timed, the body.
 *
 * Between the two readings of the counters the harness makes no system call
 * and takes no page fault of its own: its sample array is shared memory, so
 * that not even a fork in the body makes it copy-on-write.
 */
#ifndef PVMMU_WORKLOAD_H
#define PVMMU_WORKLOAD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <unistd.h>

/* A parameter: a whole number, given as name=value. */
struct workload_param {
	const char *name; /* NULL ends a table */
	const char *unit;
	uint64_t def, min, max;
	const char *help;
};

struct workload {
	const char *name;     /* the file's name without .c */
	const char *summary;  /* one line for lists */
	const char *measures; /* what one iteration does, and so what a sample is */
	const char *field;    /* the benchmark elsewhere that it resembles */
	uint64_t n, warmup;   /* defaults: samples, and iterations before them */
	/* Points worth measuring where everything is (pvmmu run --matrix), as written after the
	 * name there: "mb=0,16". NULL: the defaults alone. */
	const char *points;
	/* The smallest number of vCPUs that it can be measured on; 0: any. A measurement of all
	 * workloads leaves it out on fewer. */
	uint64_t min_vcpus;

	/* Its own parameters; n, warmup, mb, reps and calibrate are everybody's. May be NULL. */
	const struct workload_param *params;

	/*
	 * The hooks return 0, or -1 after workload_fail() or workload_skip() has
	 * said why; each but body may be NULL. prepare() comes before each body, is
	 * not timed, and what the kernel counts during it is taken off. check() judges the
	 * parameters together, before anything is allocated or created; a refusal ends the program
	 * with status 64. teardown() runs after a failed body too.
	 */
	int (*check)(void);
	int (*setup)(void);
	int (*prepare)(void);
	int (*body)(void);
	int (*teardown)(void);
};

extern const struct workload workload;

/* Value of a parameter of this workload, common ones included. */
uint64_t workload_param(const char *name);

/* Iterations in a sample, and in the whole run. Known in setup(); in check() calibrate= may still
 * raise them, and then check() is asked again. */
uint64_t workload_reps(void);
uint64_t workload_iterations(void);

/* Directory of this program without trailing slash, as argv[0] names it. */
const char *workload_directory(void);

/*
 * Remembers the reason of a failure, the first one if there are several: what
 * and, where err is not 0, that errno. Always returns -1.
 */
int workload_fail(const char *what, int err);

/*
 * The kernel does not have what this workload measures: ends the run as skipped,
 * which is not a failure. Always returns -1, like workload_fail().
 */
int workload_skip(const char *why);

/*
 * `bytes` of private anonymous memory in whole pages of the smallest size, at
 * `at`, or anywhere if that is NULL; nothing is touched yet. NULL after workload_fail().
 */
void *workload_map(void *at, size_t bytes);

/* Writes a word to each page. */
void workload_write_pages(char *p, size_t bytes);

/*
 * For check(), in a workload that prepares all its iterations beforehand, because
 * only the operation itself may be timed: refuses what would need too much memory.
 */
int workload_check_memory(uint64_t bytes_per_iteration);

/* The same for memory that does not depend on the iterations. what: which parameters it comes from.
 */
int workload_check_total(const char *what, uint64_t bytes);

/*
 * Writes a word to each page of the mb MiB, as the harness did before setup().
 * In a forked child this gives it pages and page tables of its own.
 */
void workload_touch(void);

/*
 * fork(2) without the C library's bookkeeping around it (signal masks, thread
 * ids): the kernel's work is what we measure. The child may make system calls
 * and _exit(), no more. Returns as fork() does, with errno.
 */
pid_t workload_fork(void);

/*
 * Waits for that child. Returns its exit status (0..255), or -1 after
 * workload_fail() if the wait failed or a signal killed the child.
 */
int workload_wait(pid_t pid);

/*
 * The path of a program that lies beside this one (aux/), in static storage; and the failure to
 * execute it, with the errno that its child returned as exit status. That returns -1.
 */
char *workload_program(const char *name);
int workload_failed_exec(const char *name, int err);

/* Forks a child that exits at once, and waits for it. 0, or -1 after workload_fail(). */
int workload_fork_and_wait(void);

/*
 * A crew: processes or threads that stand ready, do their part side by side each time they are
 * told to, and wait again. crew.c says how.
 *
 * workload_crew() creates nr of them, at most WORKLOAD_CREW_MAX, each with a number `me` from 0.
 * begin(me) is called once, before the first round, and may be NULL; part(me) in each round. Both
 * return 0 or an errno, which fails the round. workload_crew_round() has all of them do their part
 * and returns when the last one is done; begin() belongs to the first. workload_crew_end() waits
 * until all are gone; it belongs into teardown(), also after a failure. All return 0, or -1 after
 * workload_fail().
 */
#define WORKLOAD_CREW_MAX 64
struct workload_crew {
	int (*begin)(unsigned int me);
	int (*part)(unsigned int me);
	unsigned int nr;
	int threads; /* threads of this process, instead of processes */
};
int workload_crew(const struct workload_crew *crew);
int workload_crew_round(void);
int workload_crew_end(void);

#endif
