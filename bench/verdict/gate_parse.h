/* SPDX-License-Identifier: MIT */
/*
 * A gate is a limit of a metric, in one word for a command line:
 *
 *	fork:insns<=+2%                   at most 2 % above the base's median
 *	fork:mb=16:vcpus=4:insns<=+1000   at most 1000 instructions above it
 *	exec@batched:insns<=700k          at most 700,000, independent of a base
 *	*:hypercalls<=+0%                 at most the base's hypercalls, on each workload
 *	ctx@nopin:time>=-5%               at most 5 % below the base
 *
 * The form is WORKLOAD[:PARAMETER=VALUE]...[@VARIANT]:METRIC, then <= or >=, then a limit. A limit
 * with a sign is relative to the base: in percent of the base's median if a % follows it, else in
 * the metric's unit. Workload and variant may contain * and ?; a parameter that is not named may
 *have any value. The metric is a series' name, a counter (GROUP, its sum, or GROUP.NAME), or * for
 *every series. A limit may end in k or M (thousands, millions) or, for times, in ns, us, ms or s.
 *
 * The variant follows the parameters, because custom:update=mmu/va,... contains colons.
 */
#ifndef PVMMU_BENCH_VERDICT_GATE_PARSE_H
#define PVMMU_BENCH_VERDICT_GATE_PARSE_H

#include <jansson.h>
#include <stdbool.h>

#include "lib/text.h"

enum gate_limit {
	LIMIT_ABSOLUTE,	  /* of the median itself */
	LIMIT_DIFFERENCE, /* of new minus base, in the metric's unit */
	LIMIT_PERCENT,	  /* the same in percent of the base's median */
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
	bool is_time; /* the limit is in ns, so the metric must be a time */
};

/* The properties of a run that a gate matches. All borrowed. */
struct gate_subject {
	const char *workload;
	const json_t *parameters; /* of the workload */
	json_int_t vcpus;
	const char *variant, *label; /* a gate may name either */
};

/* false with *error: the column in the text (from 1), what was expected and what was found. */
bool gate_read(struct gate *g, const char *text, char **error);
void gate_free(struct gate *g);

bool gate_matches(const struct gate *g, const struct gate_subject *s);

#endif
