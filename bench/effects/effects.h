/* SPDX-License-Identifier: MIT */
/*
 * The effect of each axis of a policy on the cost of each workload, alone and in interaction with
 * others, from measured variants. Two variants may differ in several axes (batched is eager with
 * another update method and with batches), so their difference is an effect of one axis only if
 * they differ in no other. There are two views:
 *
 * The model is linear_model.h on the logarithms of medians: main effects at the base, and
 * interactions as the deviation of two axes from the product of both. Terms that were never
 * measured apart are named as aliases.
 *
 * The pairs need no model: all pairs of variants that differ in one axis only, and how their ratio
 * depends on the other axes.
 *
 * Exact samples have no noise, so with as many terms as variants there are no intervals. Otherwise
 * intervals come from the seeds if there are several (each is fitted alone, and Student's t gives
 * the interval of the mean), else from the residuals, which contain interactions of more axes than
 * the model has, else from the intervals of noisy medians.
 */
#ifndef PVMMU_BENCH_EFFECTS_EFFECTS_H
#define PVMMU_BENCH_EFFECTS_EFFECTS_H

#include "compare/dataset.h"
#include "spec/catalog.h"
#include "stats/linear_model.h"
#include "stats/summary.h"

struct factor {
	const char *name;   /* the axis' name; borrowed from axes */
	struct strv levels; /* "batch=multicall", the base's level first */
	struct strv specs;  /* as in a custom: variant, "batch=multicall,depth=32" */
};

struct effects {
	struct dataset data;
	struct factor factor[FACTORS_MAX]; /* axes with more than one level */
	size_t nr_factors;
	struct strv axes;
	struct strv fixed; /* axes with one level: "pte=low" */
	struct strv fixed_specs;
	struct strv left_out;	  /* variants that lack an axis, for example native ones */
	const json_t *exclusions; /* of the catalog; borrowed; NULL: unknown */
	/* The same runs, one dataset a seed; none if there is one seed only. */
	struct dataset *seed;
	size_t nr_seeds;
};

enum interval_source {
	INTERVAL_NONE,	  /* exact, with as many terms as variants */
	INTERVAL_SEEDS,	  /* spread between seeds */
	INTERVAL_LACK,	  /* residuals of the model */
	INTERVAL_SAMPLES, /* intervals of the medians */
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
	struct interval *interval; /* of each term, in logarithms */
	struct levels *more;	   /* variants that would tell all terms apart */
	size_t nr_more;
	size_t order;
};

/*
 * Makes datasets of the result sets. base: the variant whose levels are the base, or NULL (the
 * catalog's defaults, eager, or the first variant). metric: if it is a counter, the dataset
 * includes it. catalog may be NULL. Sets and catalog must outlive it; free it in any case. false
 * with *error.
 */
bool effects_make(struct effects *e, json_t *const *sets, size_t nr_sets, const char *base,
		  const char *metric, const struct catalog *catalog, char **error);
void effects_free(struct effects *e);

/* Fits one point. false with *error: too few variants, or a value without a logarithm. */
bool effects_fit(struct effects_of *of, const struct effects *e, size_t point, const char *metric,
		 size_t order, char **error);
void effects_of_free(struct effects_of *of);

/* The name of a term with its aliases, "batch=multicall x ptl=split"; the caller's. */
char *effects_term(const struct effects *e, const struct effects_of *of, size_t term);
/* The name without aliases. */
char *effects_term_alone(const struct effects *e, const struct effects_of *of, size_t term);

/* The variant with these levels, "custom:pin=none,..."; the caller's. */
char *effects_variant(const struct effects *e, const struct levels *l);

/* Pairs of variants that differ in one axis only, grouped by the level of another axis. */
struct pair_group {
	size_t factor;	       /* the axis that differs: from its base ... */
	unsigned char to;      /* ... to this level */
	size_t given;	       /* another factor, or nr_factors: any levels */
	unsigned char level;   /* the level of that factor */
	size_t n;	       /* pairs */
	double mean, min, max; /* ratios; the mean is geometric */
};

/* All groups that have pairs; *groups is the caller's. */
size_t effects_pairs(const struct effects *e, const struct effects_of *of,
		     struct pair_group **groups);

#endif
