/* SPDX-License-Identifier: MIT */
/*
 * How a run can end, and what the process exits with.
 *
 * skip, error and failure differ: a skip measured nothing, on purpose; an error is ours (the
 * harness or its environment); a failure is the subject's. The host detects crash and timeout,
 * since a dead guest cannot report them.
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

/* The first word of the reason of a skip that was not on purpose: a signal ended the session. */
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
/* The meaning in one clause, for --help. */
const char *outcome_meaning(enum outcome o);
bool outcome_from_name(const char *name, enum outcome *o);
enum exit_code outcome_exit(enum outcome o);

/* Whether the workload or the rig skipped on purpose, and no signal did. */
bool outcome_is_intended(const char *status, const char *reason);

/*
 * The worse of two. From the worst: error (no conclusion is possible), crash, timeout, failure,
 * skip, success.
 */
enum outcome outcome_worse(enum outcome a, enum outcome b);

#endif
