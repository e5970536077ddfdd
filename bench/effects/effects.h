/* SPDX-License-Identifier: MIT */
/*
 * What each axis of a policy does to the cost of each workload, by itself and together with others,
 * from the variants that were measured. Variants differ in several axes at once (batched is eager
 *with another way of writing entries and with batches), so a difference of two variants is no axis'
 *effect unless they differ in that axis only. Two views of it:
 *
 *	the model	linear_model.h on the logarithm of medians: main effects at the base,
 *interactions as what two axes do beyond the product of both. What cannot be told apart is named.
 *	pairs		no model: all pairs of variants that differ in one axis only, and how the
 *ratio depends on what the others are
 *
 * Exact samples have no noise, so where there are as many terms as variants nothing is uncertain
 *but the names. Intervals come from the seeds, if there are several (each is fitted by itself, and
 * Student's t tells how far their mean may be off); else from what the model leaves unexplained,
 * which is not noise but interactions of more axes than it has; else, where samples are noisy,
 * from the medians' own intervals.
 */
#ifndef PVMMU_BENCH_EFFECTS_EFFECTS_H
#define PVMMU_BENCH_EFFECTS_EFFECTS_H

#include "compare/dataset.h"
#include "spec/catalog.h"
#include "stats/linear_model.h"
#include "stats/summary.h"

struct factor {
	const char *name;   /* of the axis; borrowed from axes */
	struct strv levels; /* "batch=multicall", the base first */
	struct strv specs;  /* the same for a custom: variant, "batch=multicall,depth=32" */
};

struct effects {
	struct dataset data;
	struct factor factor[FACTORS_MAX]; /* that have more than one level */
	size_t nr_factors;
	struct strv axes;
	struct strv fixed; /* axes with one level: "pte=low" */
	struct strv fixed_specs;
	struct strv left_out;	  /* variants that have not all of the axes, as native ones */
	const json_t *exclusions; /* of the catalog; borrowed; NULL: not known */
	/* The same runs seed by seed; none if there is one seed only. */
	struct dataset *seed;
	size_t nr_seeds;
};

enum interval_source {
	INTERVAL_NONE,	  /* exact, and as many terms as variants */
	INTERVAL_SEEDS,	  /* spread between seeds */
	INTERVAL_LACK,	  /* what the model does not explain */
	INTERVAL_SAMPLES, /* of the medians */
};

/* One metric of one point. */
struct effects_of {
	const struct point *point;
	const char *metric, *unit;
	bool exact;
	struct levels *row;
	const struct cell **cell; /* of each row */
	double *y;		  /* logarithms */
	size_t n;
	struct linear_model linear_model;
	enum interval_source source;
	struct interval *interval; /* of each term, as logarithms */
	struct levels *more;	   /* what would have to be measured to tell all terms apart */
	size_t nr_more;
	size_t order;
};

/*
 * Lays sets out. base: the variant whose levels are the base, or NULL (the catalog's, or eager's,
 * or the first one's). metric: if it is a counter, it is laid out too. catalog may be NULL. Sets
 * and catalog must outlive it; free it in any case. false with *error.
 */
bool effects_make(struct effects *e, json_t *const *sets, size_t nr_sets, const char *base,
		  const char *metric, const struct catalog *catalog, char **error);
void effects_free(struct effects *e);

/* Fits one point. false with *error: too few variants, or values that have no logarithm. */
bool effects_fit(struct effects_of *of, const struct effects *e, size_t point, const char *metric,
		 size_t order, char **error);
void effects_of_free(struct effects_of *of);

/* "batch=multicall x ptl=split", with its aliases; the caller's. */
char *effects_term(const struct effects *e, const struct effects_of *of, size_t term);
/* Without them. */
char *effects_term_alone(const struct effects *e, const struct effects_of *of, size_t term);

/* "custom:pin=none,..." for these levels; the caller's. */
char *effects_variant(const struct effects *e, const struct levels *l);

/* Pairs of variants that differ in one axis only, grouped by what another one is. */
struct pair_group {
	size_t factor;		     /* that changes from its base ... */
	unsigned char to;	     /* ... to this level */
	size_t given;		     /* another factor, or nr_factors: whatever the others are */
	unsigned char level;	     /* what that one is */
	size_t n;		     /* pairs */
	double mean, least, largest; /* ratios; the mean is the geometric one */
};

/* All groups that have pairs; *groups is the caller's. */
size_t effects_pairs(const struct effects *e, const struct effects_of *of,
		     struct pair_group **groups);

#endif
