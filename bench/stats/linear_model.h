/* SPDX-License-Identifier: MIT */
/*
 * The joint effect of several things that can be switched (factors), by least squares. Each factor
 * has a base level and others. A term is one or more factors away from their base. The term of one
 * factor is its main effect: switching it alone at the base. The term of two is their interaction:
 * switching both, beyond the two main effects. y is the sum of the terms that apply to an
 * observation; y is a logarithm, so an effect is a factor of the cost.
 *
 * Some combinations of levels may not be measured. Then some terms apply to the same observations
 * and cannot be told apart: they are aliased. Columns are taken in order, main effects first. A
 * column that is a combination of earlier ones (modified Gram-Schmidt leaves zero of it) gets no
 * value of its own, and its share is part of the values of those. A term without any observation
 * cannot be estimated.
 */
#ifndef PVMMU_BENCH_STATS_LINEAR_MODEL_H
#define PVMMU_BENCH_STATS_LINEAR_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#define FACTORS_MAX 8
#define TERMS_MAX   256

/* Levels of all factors; 0 is the base. */
struct levels {
	unsigned char of[FACTORS_MAX];
};

struct term {
	struct levels at; /* its levels; factors at 0 are not part of it */
	size_t order;	  /* number of factors that are part of it */
	bool seen;	  /* some observation has it */
	bool basis;	  /* it has a value */
	double value;	  /* of itself and its aliases */
	/* Without a value: share[i] of term i is indistinguishable from this term. */
	double *share;
	double *weight; /* with a value: value = sum of weight[n] y[n] */
};

struct linear_model {
	size_t nr_factors;
	size_t levels[FACTORS_MAX]; /* how many each factor has */
	const struct levels *row;   /* borrowed */
	size_t n;
	struct term *term; /* the first is the constant: the base itself */
	size_t nr_terms, rank;
	/* n - rank, and the root of the mean square of the residuals; 0 if n == rank. */
	size_t freedom;
	double lack;
	double worst; /* maximum residual, without sign */
	size_t worst_at;
};

/* Whether these levels can occur together. Terms that cannot are left out. NULL: all can. */
typedef bool (*level_possible)(void *arg, const struct levels *l);

/*
 * Makes all terms of up to `order` factors for n different observations; each level must be below
 * its factor's number of levels. Free it in any case. false: no observations, or too many terms.
 */
bool linear_model_make(struct linear_model *d, size_t nr_factors, const size_t *levels,
		       const struct levels *row, size_t n, size_t order, level_possible possible,
		       void *arg);

/* Computes the values of the terms for these y, one for each observation. May be called again. */
void linear_model_fit(struct linear_model *d, const double *y);
void linear_model_free(struct linear_model *d);

/*
 * Finds further observations that would separate the aliased terms: each raises the rank, those
 * with the fewest factors away from the base first. Returns how many; *more is the caller's. Terms
 * that are still aliased then cannot be separated.
 */
size_t linear_model_complete(const struct linear_model *d, level_possible possible, void *arg,
			     struct levels **more);

/*
 * The two-sided quantile of Student's t-distribution: |t| is below it with this probability.
 * freedom > 0.
 */
double student_quantile(double chance, size_t freedom);

#endif
