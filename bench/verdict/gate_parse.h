/* SPDX-License-Identifier: MIT */
/*
 * A gate is a bound that somebody put on a metric, in one word for a command line:
 *
 *	fork:insns<=+2%                   no more than 2 % above the base's median
 *	fork:mb=16:vcpus=4:insns<=+1000   no more than 1000 instructions above it
 *	exec@batched:insns<=700k          no more than 700,000, whatever a base has
 *	*:hypercalls<=+0%                 on no workload more hypercalls than the base
 *	ctx@nopin:time>=-5%               no more than 5 % below the base
 *
 * that is WORKLOAD[:PARAMETER=VALUE]...[@VARIANT]:METRIC and <= or >= and a limit. A number with a
 * sign is relative to the base: in percent of the base's median with a % behind it, else in the
 * metric's unit. Workload and variant may hold * and ?; a parameter that is not named may have any
 * value. The metric is a series' name, a counter (GROUP, the sum of it, or GROUP.NAME), or * for
 * every series. A number may be followed by k or M (thousands, millions) or, for times, by ns, us,
 * ms or s.
 *
 * The variant comes behind the parameters, because custom:update=mmu/va,... holds colons itself.
 */
#ifndef PVMMU_BENCH_VERDICT_GATE_PARSE_H
#define PVMMU_BENCH_VERDICT_GATE_PARSE_H

#include <jansson.h>
#include <stdbool.h>

#include "lib/text.h"

enum gate_limit {
	LIMIT_ABSOLUTE,	  /* of the median itself */
	LIMIT_DIFFERENCE, /* of new less base, in the metric's unit */
	LIMIT_PERCENT,	  /* likewise, in percent of the base's median */
};

struct gate {
	char *text;	    /* as given */
	char *workload;	    /* with * and ? */
	json_t *parameters; /* {name: integer}; vcpus may be among them */
	char *variant;	    /* with * and ?; NULL: any */
	char *metric;	    /* "*": every series */
	bool at_least;	    /* >=; else <= */
	enum gate_limit kind;
	double limit;
	bool is_time; /* the limit is in ns, so the metric must be */
};

/* What a gate may be about. All borrowed. */
struct gate_subject {
	const char *workload;
	const json_t *parameters; /* of the workload */
	json_int_t vcpus;
	const char *variant, *label; /* either may be meant */
};

/* false with *error: where in the text (columns from 1), what was expected there, what was found.
 */
bool gate_read(struct gate *g, const char *text, char **error);
void gate_free(struct gate *g);

bool gate_matches(const struct gate *g, const struct gate_subject *s);

#endif
