/* SPDX-License-Identifier: MIT */
/*
 * How a run can end, and what the process exits with.
 *
 * skip, error and failure are kept apart: a skip measured nothing by intent, an
 * error is ours (harness or environment), a failure is the subject's. crash
 * and timeout are the host's to say: a guest that died cannot report it.
 */
#ifndef PVMMU_BENCH_LIB_OUTCOME_H
#define PVMMU_BENCH_LIB_OUTCOME_H

#include <stdbool.h>

enum outcome {
	OUTCOME_SUCCESS,
	OUTCOME_SKIP,
	OUTCOME_ERROR,
	OUTCOME_FAILURE,
	OUTCOME_CRASH,
	OUTCOME_TIMEOUT,
	NR_OUTCOMES,
};

/* How the reason of a skip begins that nobody meant: a signal ended the session. */
#define REASON_INTERRUPTED "interrupted"

enum exit_code {
	EXIT_FINE = 0,
	EXIT_SKIPPED = 3,
	EXIT_ERROR = 4,
	EXIT_FAILED = 5,
	EXIT_CRASHED = 6,
	EXIT_TIMED_OUT = 7,
	EXIT_USAGE = 64,
	EXIT_INTERRUPTED = 130,
};

const char *outcome_name(enum outcome o);
/* What the outcome says in one clause, for --help. */
const char *outcome_meaning(enum outcome o);
bool outcome_from_name(const char *name, enum outcome *o);
enum exit_code outcome_exit(enum outcome o);

/* A skip that the workload or the rig meant, and not one by a signal. */
bool outcome_is_intended(const char *status, const char *reason);

/*
 * The worse of two. From the worst: error (nothing may be concluded), crash,
 * timeout, failure, skip, success.
 */
enum outcome outcome_worse(enum outcome a, enum outcome b);

#endif
