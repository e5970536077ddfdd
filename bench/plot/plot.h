/* SPDX-License-Identifier: MIT */
/*
 * From result sets to pictures. There are several kinds of them (plot/kind.h), each an answer to a
 * question; what a kind finds nothing to say about has no picture, and it tells why.
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

/* What is asked for. All of it is the caller's; what is NULL is not asked for. */
struct plot_request {
	const struct strv *files;      /* what to call each set, where there are several: paths */
	json_t *const *sets;	       /* files->n of them, checked (load.h) */
	struct index *index;	       /* instead, of a directory, for kind history (index.h) */
	const struct history *history; /* or, of that kind, what was read of one already */
	struct filter *filter;	       /* of that kind; others have filtered sets */
	const char *kind;
	const char *metric;   /* a series, or counters as for compare; NULL: the first series */
	const char *workload; /* only this one, at all its points */
	const char *point;    /* only this point of it, by its label (dataset.h) */
	const struct strv *variants; /* only these, by name */
	const char *baseline;	     /* a variant to compare with, by name */
	const char *axis;	     /* along which a cost grows, see scaling.h; NULL: all */
	const char *title;	     /* instead of the usual one */
	unsigned text_columns; /* width of a terminal, if that is where it goes; 0: a picture */
	bool text_coloured;    /* and whether it may have colours */
};

/*
 * Lays it out. false with *error: there is nothing to draw, or something that was asked for is not
 * in the sets. Free the picture in either case.
 */
bool plot_make(struct picture *to, const struct plot_request *r, char **error);

/* Kind i in the order of their names, NULL after the last; and one by name, NULL with *error. */
const struct plot_kind *plot_kind_at(size_t i);
const struct plot_kind *plot_kind_by_name(const char *name, char **error);
/* "bars: what it costs\n...", a line each; the caller's. */
char *plot_kinds_text(void);

#endif
