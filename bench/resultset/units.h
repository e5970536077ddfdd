/* SPDX-License-Identifier: MIT */
/*
 * Units of metrics, for whatever puts two values side by side. A workload's author may change the
 * unit of a metric, and 20 us are then not less than 10,000 ns. One rule for all commands: times
 * are converted into one another, anything else is never compared.
 */
#ifndef PVMMU_BENCH_RESULTSET_UNITS_H
#define PVMMU_BENCH_RESULTSET_UNITS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/text.h"

/* The unit that times of several units are converted into. */
#define UNIT_TIME "ns"

/* How many nanoseconds a unit is, by whichever of its usual spellings; 0: it is no time. */
double unit_in_ns(const char *unit);

/* The factor that converts values of one unit to the other; 0: there is none. */
double unit_factor(const char *from, const char *to);

/* The treatment of values of one metric of one workload that no factor makes comparable: one is a
 * time and the other is none, or one is better when lower and the other when higher. */
enum units_mode {
	UNITS_CONVERT, /* nothing: whoever compares asks unit_factor() */
	UNITS_REFUSE,  /* an error */
	UNITS_APART,   /* the later one becomes a metric of its own, "time in requests" */
};

struct units_words {
	const struct strv *files;   /* what to call the sets, or NULL */
	const struct strv *metrics; /* only these matter; NULL or none: all */
	struct strv *notes;	    /* UNITS_APART: what was kept apart; NULL: not told */
};

/*
 * Makes each metric one that has a single unit and a single sense in all sets: times of different
 * units become UNIT_TIME, and a series that was converted has its old unit as "converted_from". A
 * metric that two workloads have in units of two kinds becomes two metrics. Sets that are changed
 * are replaced by copies, which share what is not. false with *error: refused.
 */
bool units_settle(json_t **sets, size_t n, enum units_mode mode, const struct units_words *words,
		  char **error);

#endif
