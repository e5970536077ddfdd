/* SPDX-License-Identifier: MIT */
/*
 * A site of result sets: static pages that answer, in this order, which variant is best for a piece
 * of work, by how much, why, and how that has changed. Everything is computed here, by the same
 * functions as in the commands; the pages' scripts only filter, sort and show.
 */
#ifndef PVMMU_BENCH_SITE_SITE_H
#define PVMMU_BENCH_SITE_SITE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/text.h"

#define SITE_PUBLISHED "published"

/* Verdicts and annotations of a gathered site, for the next publisher, who may not have them. */
#define SITE_BESIDE "data/beside.json"

struct site_request {
	const struct strv *sources; /* result files, or directories with such */
	const char *out;	    /* directory; made if need be */
	const char *baseline;	    /* a variant, or NULL: native, else nopin, else the first */
	const char *title;	    /* or NULL */
	const char *root_given;	    /* as find_root() takes it */
	/* The one source is a directory of links to all others, of which SITE_PUBLISHED leads to
	 * the sets that readers have already. Nothing on a page then depends on where things lie
	 * here: who has the same sets makes the same pages. */
	bool gathered;
	const char *earlier; /* of those readers' site SITE_BESIDE, or NULL */
	bool quiet;	     /* no progress, no notes */
	bool no_charts;	     /* pages without pictures, for where there is no gnuplot */
	unsigned jobs;	     /* pictures drawn at a time; 0: as many as processors */
};

/* What a build did. */
struct site_report {
	size_t sets, unusable; /* files that are result sets; that look so and are none */
	size_t pages, charts;  /* that the site has */
	size_t written, drawn; /* of them changed or new; pictures made anew */
	size_t removed;	       /* files of an older build */
	size_t failed;	       /* charts that could not be drawn: their pages say so */
	struct strv notes;     /* what a reader of the terminal should know */
};

/*
 * Makes the site, or brings it up to date: what has not changed is not written again. Each file
 * appears whole (file_write.h), the pages after all that they need, index.html last, and what they
 * no longer need goes after that. A chart that cannot be drawn is missing on its page, which says
 * why, and told in the notes; the others are there. A directory that is neither empty nor a site is
 * refused. No result sets are no error: the site then says how to get some. false with *error.
 */
bool site_build(const struct site_request *q, struct site_report *report, char **error);
void site_report_free(struct site_report *report);

#endif
