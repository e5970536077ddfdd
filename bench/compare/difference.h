/* SPDX-License-Identifier: MIT */
/*
 * The difference between two cells of one metric: new against base.
 *
 * A metric that is exact repeats sample by sample, so its medians are compared as they are: any
 * difference is real. The samples of any other metric are drawn from a population. The question is
 * how far apart two populations lie: a shift with its interval, and a test (summary.h). If both
 * sides were booted often enough, the medians of boots are compared: samples of one boot share its
 * layout and its moment, so a difference between two boots could pass for one of images.
 */
#ifndef PVMMU_BENCH_COMPARE_DIFFERENCE_H
#define PVMMU_BENCH_COMPARE_DIFFERENCE_H

#include "dataset.h"
#include "stats/summary.h"

enum judgement {
	JUDGED_MISSING,	    /* a side has no figure */
	JUDGED_EQUAL,	    /* exact, and all samples are equal */
	JUDGED_LEVEL,	    /* exact, and the medians are equal, though not all samples */
	JUDGED_NOISE,	    /* chance explains it */
	JUDGED_TOO_FEW,	    /* nothing could have been found with so few */
	JUDGED_BELOW_FLOOR, /* a difference, but measuring again makes such ones too (noise_floor.h)
			     */
	JUDGED_NEGLIGIBLE,  /* a difference, but below the floor that was asked for */
	JUDGED_BETTER,
	JUDGED_WORSE,
	NR_JUDGEMENTS
};

struct difference {
	bool exact, lower_is_better;
	bool same_image;  /* both ran the same kernel, byte by byte */
	double base, new; /* medians; NaN: missing */
	double ratio;	  /* new / base; NaN if one is missing or the base is 0 */
	/* new less base, in the metric's unit: of medians if exact, else the shift's estimate */
	double difference;
	/* The rest is for metrics that are not exact. */
	struct interval interval;	 /* of the difference */
	struct interval of_base, of_new; /* of the medians */
	double p, adjusted;		 /* NaN: no test; adjusted for all tests of the table */
	bool p_exact;
	bool boots;   /* a draw is a boot's median, else a sample */
	size_t n, m;  /* draws of base and new */
	size_t needs; /* draws of each side with which something could be found; 0: there are */
	/* As a share of the base; NaN: not known. To be set before differences_judge(). */
	double noise_floor;
	enum judgement judgement;
};

/* Either may be NULL, for missing. differences_judge() does the rest, which needs all the table. */
void difference_make(struct difference *c, const struct cell *base, const struct cell *new);

/*
 * Adjusts the p of all differences of a table for one another, and judges. floor: the minimum
 * change that matters, as a share of the base (0.01); 0: any.
 */
void differences_judge(struct difference **all, size_t n, double floor);

/* The difference as a share of the base's median; NaN if that is 0. */
double difference_change(const struct difference *c);

/* How much worse it is, as such a share, negative if better. */
double difference_worsening(const struct difference *c);

/* "missing", "equal", "level", "noise", "too few", "below noise floor", "negligible", "better",
 * "worse". */
const char *judgement_name(enum judgement j);

#endif
