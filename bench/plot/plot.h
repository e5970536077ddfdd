/* SPDX-License-Identifier: MIT */
/*
 * From result sets to pictures. Each kind of chart (plot/kind.h) answers a question. If the sets
 *hold no answer there is no picture, and the error says why.
 *
 *	struct picture picture;
 *
 *	if (plot_make(&picture, &request, &why))	 is there something to draw?
 *		picture_key(&picture, root, key, &why);	 has it been drawn before?
 *		picture_draw(&picture, root, "x.svg", "both", &why);
 *	picture_free(&picture);
 */
#ifndef PVMMU_BENCH_PLOT_PLOT_H
#define PVMMU_BENCH_PLOT_PLOT_H

#include <jansson.h>
#include <stdbool.h>

#include "gnuplot.h"
#include "lib/text.h"

struct plot_kind;
struct index;
struct filter;
struct history;

/* A request. The caller owns all members; NULL means unspecified. */
struct plot_request {
	const struct strv *files;      /* a name for each set, usually its path */
	json_t *const *sets;	       /* files->n of them, checked (load.h) */
	struct index *index;	       /* for kind history instead of sets (index.h) */
	const struct history *history; /* or a history that was read already */
	struct filter *filter;	       /* for kind history; other kinds get filtered sets */
	const char *kind;
	const char *metric;   /* a series, or counters as for compare; NULL: the first series */
	const char *workload; /* only this one, at all its points */
	const char *point;    /* only this point, by its label (dataset.h) */
	const struct strv *variants; /* only these, by name */
	const char *baseline;	     /* a variant to compare with, by name */
	const char *axis;	     /* of kind scaling, see scaling.h; NULL: all */
	const char *title;	     /* replaces the usual one */
	unsigned text_columns;	     /* width of a terminal; 0: a picture */
	bool text_coloured;	     /* the terminal has colours */
};

/*
 * Lays the picture out. false with *error: there is nothing to draw, or a requested item is not in
 * the sets. Free the picture in either case.
 */
bool plot_make(struct picture *to, const struct plot_request *r, char **error);

/* Kind i in the order of their names, NULL after the last; and one by name, NULL with *error. */
const struct plot_kind *plot_kind_at(size_t i);
const struct plot_kind *plot_kind_by_name(const char *name, char **error);
/* "bars: what it costs\n...", a line each; the caller's. */
char *plot_kinds_text(void);

#endif
