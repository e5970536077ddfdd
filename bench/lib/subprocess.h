/* SPDX-License-Identifier: MIT */
/*
 * A child that cannot outlive us. It runs in a process group of its own, so that the terminal's
 * Ctrl-C reaches only us and we can kill it with all its children. The kernel kills it when the
 * thread that started it ends: start it from the thread that waits for it.
 *
 * Its standard input is empty; its output goes to a file in memory.
 */
#ifndef PVMMU_BENCH_LIB_SUBPROCESS_H
#define PVMMU_BENCH_LIB_SUBPROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "own_time.h"

struct subprocess {
	pid_t pid;
	int output; /* memfd with stdout and stderr */
	bool running;
	int status;	      /* as waitpid() gives it, once not running */
	struct own_time time; /* of it and its group; look before reading */
};

/* argv[0] is a path. cwd may be NULL. false with *error if it could not be started. */
bool subprocess_start(struct subprocess *p, char *const argv[], const char *cwd, char **error);

/* Without waiting: true while it runs. */
bool subprocess_running(struct subprocess *p);

/* Kills it and its process group and waits for it. Harmless if it has ended. */
void subprocess_kill(struct subprocess *p);

/*
 * Waits for its end, for at most some seconds of its life (own_time.h). true if it has ended; false
 * also if we are asked to stop.
 */
bool subprocess_wait(struct subprocess *p, double seconds);
/* The same, but also if we are asked to stop: for work that must be done even then. */
bool subprocess_wait_to_end(struct subprocess *p, double seconds);

/* The first kB of its output as printable lines; the caller's. */
char *subprocess_output(const struct subprocess *p);

/* Frees what start took, once the child has ended. */
void subprocess_close(struct subprocess *p);

/*
 * Runs a program to its end, or kills it after some seconds of its life. Returns what it printed,
 * the caller's, with its wait status in *status. NULL with *error if it could not be started.
 */
char *subprocess_run(char *const argv[], double seconds, int *status, char **error);

/* "exited with status 1", "was killed by signal 9"; the caller's. */
char *describe_status(int status);

/* Seconds on a clock that only goes forward. */
double monotonic_seconds(void);

#endif
