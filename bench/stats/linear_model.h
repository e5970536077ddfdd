/* SPDX-License-Identifier: MIT */
/*
 * What several things that can be switched (factors) do together, by least squares. Each factor has
 * a base level and others. A term is one or more factors away from their base: of one factor its
 * main effect, what switching it alone does at the base; of two their interaction, what switching
 * both does beyond the two by themselves. y is the sum of the terms that apply to an observation;
 * of logarithms, so that an effect is a factor of the cost.
 *
 * Not every combination of levels need be measured. Then some terms apply to the same observations,
 * and no arithmetic can tell them apart: they are aliased. Columns are taken in order, mains
 * first; one that is a combination of earlier ones (modified Gram-Schmidt leaves nothing of it)
 * gets no value of its own, and the value of each of those is really that of itself and its share
 * of this one. A term that no observation has is not estimable at all.
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
	struct levels at; /* what it is about: factors that are 0 are not part of it */
	size_t order;	  /* how many factors are */
	bool seen;	  /* some observation has it */
	bool basis;	  /* it has a value */
	double value;	  /* of itself and its aliases, if it has some */
	/* If it is no basis: share[i] of term i is what cannot be told from it. */
	double *share;
	double *weight; /* value = sum of weight[n] y[n]; of a basis */
};

struct linear_model {
	size_t nr_factors;
	size_t levels[FACTORS_MAX]; /* how many each factor has */
	const struct levels *row;   /* borrowed */
	size_t n;
	struct term *term; /* the first is the constant: the base itself */
	size_t nr_terms, rank;
	/* n - rank, and the root of the mean square of what the terms do not explain; 0 if n ==
	 * rank. */
	size_t freedom;
	double lack;
	double worst; /* the largest residual, without sign */
	size_t worst_at;
};

/* Can these levels be together? Terms that never can are left out. NULL: all can. */
typedef bool (*level_possible)(void *arg, const struct levels *l);

/*
 * All terms of up to `order` factors on n different observations; levels must be below the
 * numbers of levels. Free it in any case. false: no observations, or too many terms.
 */
bool linear_model_make(struct linear_model *d, size_t nr_factors, const size_t *levels,
		       const struct levels *row, size_t n, size_t order, level_possible possible,
		       void *arg);

/* Gives the terms their values for these y, as many as observations. May be called again. */
void linear_model_fit(struct linear_model *d, const double *y);
void linear_model_free(struct linear_model *d);

/*
 * Which further observations, of all that are possible, would tell the aliased terms apart: added
 * one by one as long as each makes the rank larger, those with the fewest factors away from the
 * base first. Returns how many; *more is the caller's. What is aliased still cannot be had.
 */
size_t linear_model_complete(const struct linear_model *d, level_possible possible, void *arg,
			     struct levels **more);

/* The t-distribution's two-sided quantile: |t| is below it with this chance. freedom > 0. */
double student_quantile(double chance, size_t freedom);

#endif
