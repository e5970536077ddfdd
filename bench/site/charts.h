/* SPDX-License-Identifier: MIT */
/*
 * The pictures of a site. What goes onto pages is asked for first, which lays pictures out and
 * finds out whether they are there already (their names are hashes of all that they depend on);
 * then what is missing is drawn, several at a time.
 */
#ifndef PVMMU_BENCH_SITE_CHARTS_H
#define PVMMU_BENCH_SITE_CHARTS_H

#include "plot/plot.h"
#include "tree.h"

/* A picture that is to be drawn. */
struct chart {
	struct picture picture;
	char *path; /* in the site: "charts/....svg"; the dark one ends in -dark.svg */
};

struct charts {
	struct chart *chart;
	size_t n, asked; /* to be drawn; all */
	size_t drawn;
	bool none;	/* no pictures are wanted */
	json_t *failed; /* {path: why}, of those that could not be drawn */
};

/* The path of a picture in the site, the caller's; NULL: there is nothing to draw. */
char *charts_ask(struct charts *c, struct tree *t, const char *root, const struct plot_request *r);

/*
 * Draws what is missing, `jobs` at a time. One that cannot be drawn is noted in `failed` and leaves
 * no file; the others are drawn. false with *error: interrupted.
 */
bool charts_draw(struct charts *c, struct tree *t, const char *root, unsigned jobs, bool quiet,
		 char **error);
void charts_free(struct charts *c);

#endif
