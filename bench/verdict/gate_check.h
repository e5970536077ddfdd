/* SPDX-License-Identifier: MIT */
/*
 * Gates (gate_parse.h) held against a new result set and, where they are relative, a base.
 *
 * An exact metric is what it is: its median is compared with the limit, and that is that. Any other
 * is only known with an error, so three answers are possible. A gate fails if the whole 95 %
 * confidence interval lies beyond the limit, holds if the whole interval keeps it, and is
 * inconclusive if the limit is inside the interval; then more samples would tell, and about how
 * many is said.
 */
#ifndef PVMMU_BENCH_VERDICT_GATE_CHECK_H
#define PVMMU_BENCH_VERDICT_GATE_CHECK_H

#include "compare/dataset.h"
#include "expected_runs.h"
#include "gate_parse.h"
#include "lib/outcome.h"
#include "resultset/noise_floor.h"

/* A gate on one cell of the new set. */
struct gate_row {
	const struct gate *gate;
	const char *workload, *point, *variant, *metric,
		*unit; /* borrowed; metric, unit: NULL: not measured */
	bool exact;
	size_t base_n, new_n; /* samples */
	double base, new;     /* medians; NaN: missing */
	/* What is held against the limit: the difference, or the median if the gate is absolute. */
	double tested, limit;
	struct interval interval; /* of it; none for exact metrics */
	size_t need;		  /* samples on each side that might decide it; 0: not told */
	enum outcome outcome;	  /* success, failure; skip: inconclusive */
	char *reason;		  /* NULL for a success without anything to say */
};

struct gates {
	struct gate *gate;
	size_t n;
	struct gate_row *row;
	size_t nr_rows;
	size_t skipped;	     /* cells that gates for any workload leave out: skipped by intent */
	struct dataset data; /* file 0: new, file 1: the base if there is one */
};

/* Reads the texts. false with *error: a gate's error, or that a relative one has no base. */
bool gates_read(struct gates *g, const struct strv *texts, bool has_base, char **error);

/*
 * Holds them against sets[0], and sets[1] if nr_sets is 2, which must outlive the result. noise:
 * the floors that are known, or NULL. false with *error: the sets cannot be compared, a gate is
 * about nothing, no such metric, another unit.
 */
bool gates_check(struct gates *g, json_t *const *sets, size_t nr_sets, const struct declaration *d,
		 const struct noise *noise, char **error);

void gates_free(struct gates *g);

/* The worst of all rows. */
enum outcome gates_outcome(const struct gates *g);

#endif
