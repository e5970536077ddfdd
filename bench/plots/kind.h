/* SPDX-License-Identifier: MIT */
/*
 * What the kinds of pictures share. Each kind is one file in this directory, found by wildcard, and
 * one gnuplot script in plots/. It registers itself with PLOT_KIND(), and that is all it takes to
 * appear in `plot --help`.
 *
 * A kind flattens result sets to a table and says what the table is: the rest is the script's. A
 * cell that was not measured is a row without a number, never a row of zeros and never no row, so
 * that it can be drawn as missing.
 */
#ifndef PVMMU_BENCH_PLOTS_KIND_H
#define PVMMU_BENCH_PLOTS_KIND_H

#include <stdio.h>

#include "../cells.h"
#include "../plot.h"

/* One picture while it is made. */
struct plot {
	const struct plot_request *ask;
	json_t **sets; /* of ask's, the runs that are asked for */
	size_t nr_sets;
	struct cells cells;
	struct strv metrics; /* of the cells ... */
	const char *metric;  /* ... and the one that is drawn */
	struct picture *picture;
	void *own; /* the kind's */
};

struct plot_kind {
	const char *name, *summary; /* in lower case, without a full stop */
	const char *script;
	bool takes_metric;
	/* Lays the sets out; false with *why if there is nothing to draw. */
	bool (*begin)(struct plot *p, char **why);
	void (*put)(FILE *f, const struct plot *p);
	char *(*title)(const struct plot *p);
	char *(*unit)(const struct plot *p);
	char *(*what)(const struct plot *p); /* the footer's first words: what is drawn */
	/* Further variables for the script, or NULL. */
	void (*words)(const struct plot *p, struct picture *to);
	void (*end)(struct plot *p); /* or NULL */
};

/* Pointers, not structs, so that no alignment gap can come between them. */
#define PLOT_KIND(k)                                                                               \
	static const struct plot_kind *const k##_entry                                             \
		__attribute__((section("pvmmu_plots"), used)) = &(k)

/*
 * Cells of the series that are there, and of the metric that was asked for if that is a counter;
 * sets p->metric. false with *why: nothing was measured, or no such metric.
 */
bool plot_lay_out(struct plot *p, char **why);

/* Is the panel to be drawn? */
bool plot_wants(const struct plot *p, size_t panel);

/* A variant of a file as one word, the same in all tables of one picture. The caller's. */
char *plot_bar_name(const struct plot *p, size_t file, const char *variant);

/* Distinct values of a member of all identities, joined by " | ". The caller's. */
char *plot_all_of(const struct plot *p, const char *group, const char *name);

/* Any cell of the metric that is drawn; there is one after plot_lay_out(). */
const struct cell *plot_any_cell(const struct plot *p);

/* "instructions (lower is better), tier exact, median of n = 64"; the caller's. */
char *plot_what_measured(const struct plot *p);

/* The least and the largest n of the cells that are drawn, "8" or "8 to 64"; the caller's. */
char *plot_n(const struct plot *p);

#endif
