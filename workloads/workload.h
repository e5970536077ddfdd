/* SPDX-License-Identifier: MIT */
/*
 * The interface between a workload and its harness.
 *
 * A workload is one file workloads/NAME.c that defines `workload`: its name, one
 * iteration, and its parameters. It becomes an ordinary static Linux program. harness/
 * contains main(), reads the arguments, takes the times and prints the records. See
 * docs/adding-a-workload.md.
 *
 * The order of a run:
 *
 *	arguments -> check -> touch mb MiB -> setup -> 20 ms pause -> warm-up
 *	-> counters -> n samples -> counters -> teardown -> records
 *
 * A sample is the time of reps iterations, by default one. An iteration is prepare, if
 * there is one, and then, timed, the body.
 *
 * Between the two readings of the counters the harness makes no system call and takes no
 * page fault of its own. Its sample array is shared memory, so that a fork in the body
 * does not make it copy-on-write.
 */
#ifndef PVMMU_WORKLOAD_H
#define PVMMU_WORKLOAD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <unistd.h>

/* A parameter: an integer, given as name=value. */
struct workload_param {
	const char *name; /* NULL ends a table */
	const char *unit;
	uint64_t def, min, max;
	const char *help;
};

struct workload {
	const char *name;     /* the file's name without .c */
	const char *summary;  /* one line for lists */
	const char *measures; /* what one iteration does, and so what a sample measures */
	const char *field;    /* a similar benchmark elsewhere */
	uint64_t n, warmup;   /* defaults: samples, and iterations before them */
	/*
	 * The points to measure in a complete run (pvmmu run --matrix), as written after the name
	 * there: "mb=0,16". NULL: the defaults only.
	 */
	const char *points;
	/*
	 * The minimum number of vCPUs; 0: any. A run of all workloads on fewer vCPUs leaves it
	 * out.
	 */
	uint64_t min_vcpus;

	/* Its own parameters; n, warmup, mb, reps and calibrate are common to all. May be NULL. */
	const struct workload_param *params;

	/*
	 * The hooks return 0, or -1 after workload_fail() or workload_skip(). Each except body may
	 * be NULL. prepare() comes before each body and is not timed, and kernel counts during it
	 * are subtracted. check() checks the parameters together, before anything is allocated or
	 * created; if it fails, the program ends with status 64. teardown() runs after a failed
	 * body too.
	 */
	int (*check)(void);
	int (*setup)(void);
	int (*prepare)(void);
	int (*body)(void);
	int (*teardown)(void);
};

extern const struct workload workload;

/* Value of a parameter of this workload; common ones are included. */
uint64_t workload_param(const char *name);

/*
 * Iterations in a sample, and in the complete run. Final in setup(). In check(),
 * calibrate= may still raise them, and then check() is called again.
 */
uint64_t workload_reps(void);
uint64_t workload_iterations(void);

/* Directory of this program without a trailing slash, according to argv[0]. */
const char *workload_directory(void);

/*
 * Records the reason of a failure; the first one counts. what: a description; err: an
 * errno, or 0. Always returns -1.
 */
int workload_fail(const char *what, int err);

/*
 * The kernel lacks the feature that this workload measures: ends the run as skipped, which
 * is not a failure. Always returns -1, like workload_fail().
 */
int workload_skip(const char *why);

/*
 * `bytes` of private anonymous memory in pages of the smallest size, at `at`, or anywhere
 * if that is NULL; untouched. NULL after workload_fail().
 */
void *workload_map(void *at, size_t bytes);

/* Writes a word to each page. */
void workload_write_pages(char *p, size_t bytes);

/*
 * For check(), in a workload that prepares all its iterations beforehand, because only the
 * operation itself may be timed: fails if that needs too much memory.
 */
int workload_check_memory(uint64_t bytes_per_iteration);

/*
 * The same for memory that does not depend on the iterations. what: the parameters that
 * determine it.
 */
int workload_check_total(const char *what, uint64_t bytes);

/*
 * Writes a word to each page of the mb MiB, as the harness did before setup(). In a forked
 * child this makes its own pages and page tables.
 */
void workload_touch(void);

/*
 * fork(2) without the C library's bookkeeping (signal masks, thread ids): we measure the
 * kernel's work. The child may only make system calls and _exit(). Returns as fork() does,
 * with errno.
 */
pid_t workload_fork(void);

/*
 * Waits for that child. Returns its exit status (0..255), or -1 after workload_fail() if
 * the wait failed or a signal killed the child.
 */
int workload_wait(pid_t pid);

/*
 * The path of a program in this program's directory (aux/), in static storage. And the
 * failure to execute it, with the errno that its child returned as exit status; returns
 * -1.
 */
char *workload_program(const char *name);
int workload_failed_exec(const char *name, int err);

/* Forks a child that exits at once, and waits for it. 0, or -1 after workload_fail(). */
int workload_fork_and_wait(void);

/*
 * A crew: processes or threads that wait, do their part at the same time in each round,
 * and wait again. See crew.c.
 *
 * workload_crew() creates nr members, at most WORKLOAD_CREW_MAX, each with a number `me`
 * from 0. begin(me) is called once, before the first round, and may be NULL; part(me) in
 * each round. Both return 0 or an errno, which fails the round. workload_crew_round()
 * makes all members do their part and returns when the last one has finished; the first
 * round includes begin(). workload_crew_end() waits until all have ended; call it in
 * teardown(), also after a failure. All return 0, or -1 after workload_fail().
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
