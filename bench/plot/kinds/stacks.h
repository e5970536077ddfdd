/* SPDX-License-Identifier: MIT */
/* Wholes and their parts, for plots/stacks.gp: what kinds of such pictures share. */
#ifndef PVMMU_BENCH_PLOT_KINDS_STACKS_H
#define PVMMU_BENCH_PLOT_KINDS_STACKS_H

#include "plot/kind.h"

/* More parts than this are summed up as "other": more colours cannot be told apart. */
#define STACK_PARTS_MAX 8

/* To be kept in p->own by stacks_begin() and freed by stacks_end(). */
struct stacks {
	struct strv parts;    /* the largest first, "other" last */
	double *value;	      /* of each point, series and part; the first part is NaN: missing */
	const char **missing; /* of each point and series, why */
};

/* What a part of a cell is, or NaN; NULL why of what is there. */
typedef double (*stacks_part)(const struct plot *p, size_t point, size_t series, const char *part,
			      const char **missing);

/* Fills in p->own from all parts that there may be, in order; those that are nowhere are left out.
 * sorted: the largest first. false: there is nothing but zeros. */
bool stacks_begin(struct plot *p, const struct strv *parts, stacks_part part_of, bool sorted);
void stacks_put(FILE *f, const struct plot *p);
void stacks_words(const struct plot *p, struct picture *to);
void stacks_end(struct plot *p);

#endif
