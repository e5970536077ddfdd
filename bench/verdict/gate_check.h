/* SPDX-License-Identifier: MIT */
/*
 * Checks gates (gate_parse.h) on a new result set and, for relative gates, a base.
 *
 * The median of an exact metric is compared with the limit. Other metrics have a 95 % confidence
 * interval. A gate fails if the complete interval is beyond the limit, and holds if the complete
 * interval is within it. If the limit is inside the interval the gate is inconclusive, and the
 * number of samples that may decide it is estimated.
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
		*unit; /* borrowed; metric and unit are NULL if not measured */
	bool exact;
	size_t base_n, new_n; /* samples */
	double base, new;     /* medians; NaN: missing */
	/*
	 * The value compared with the limit: the difference, or the median if the gate is
	 * absolute.
	 */
	double tested, limit;
	struct interval interval; /* of the tested value; none for exact metrics */
	size_t need;		  /* samples on each side that may decide it; 0: unknown */
	enum outcome outcome;	  /* success or failure; skip: inconclusive */
	char *reason;		  /* NULL for a success without remarks */
};

struct gates {
	struct gate *gate;
	size_t n;
	struct gate_row *row;
	size_t nr_rows;
	size_t skipped;	     /* skipped cells that gates for any workload ignore */
	struct dataset data; /* file 0: new, file 1: the base if there is one */
};

/* Parses gates. false with *error: a gate is wrong, or it is relative and there is no base. */
bool gates_read(struct gates *g, const struct strv *texts, bool has_base, char **error);

/*
 * Checks the gates on sets[0], and on sets[1] as the base if nr_sets is 2. The sets must outlive
 * the result. noise: the known noise floors, or NULL. false with *error: the sets cannot be
 * compared, or a gate matches no run, no metric, or another unit.
 */
bool gates_check(struct gates *g, json_t *const *sets, size_t nr_sets, const struct declaration *d,
		 const struct noise *noise, char **error);

void gates_free(struct gates *g);

/* The worst of all rows. */
enum outcome gates_outcome(const struct gates *g);

#endif
