// SPDX-License-Identifier: MIT
#include "outcome.h"

#include <string.h>

static const struct {
	const char *name, *meaning;
	enum exit_code code;
	int badness;
} table[NR_OUTCOMES] = {
	[OUTCOME_SUCCESS] = {"success", "measured, and every check held", EXIT_FINE, 0},
	[OUTCOME_SKIP] = {"skip", "nothing was measured, by intent", EXIT_SKIPPED, 1},
	[OUTCOME_FAILURE] = {"failure", "the workload failed or something leaked", EXIT_FAILED, 2},
	[OUTCOME_TIMEOUT] = {"timeout", "the deadline passed", EXIT_TIMED_OUT, 3},
	[OUTCOME_CRASH] = {"crash", "the guest or Xen died", EXIT_CRASHED, 4},
	[OUTCOME_ERROR] = {"error", "the harness or its environment failed", EXIT_ERROR, 5},
};

const char *outcome_name(enum outcome o)
{
	return table[o].name;
}

const char *outcome_meaning(enum outcome o)
{
	return table[o].meaning;
}

bool outcome_from_name(const char *name, enum outcome *o)
{
	for (int i = 0; i < NR_OUTCOMES; i++) {
		if (strcmp(table[i].name, name) == 0) {
			*o = (enum outcome)i;
			return true;
		}
	}
	return false;
}

enum exit_code outcome_exit(enum outcome o)
{
	return table[o].code;
}

enum outcome outcome_worse(enum outcome a, enum outcome b)
{
	return table[a].badness >= table[b].badness ? a : b;
}

bool outcome_is_intended(const char *status, const char *reason)
{
	return strcmp(status, outcome_name(OUTCOME_SKIP)) == 0 &&
	       strncmp(reason, REASON_INTERRUPTED, strlen(REASON_INTERRUPTED)) != 0;
}
