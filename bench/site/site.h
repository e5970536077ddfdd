/* SPDX-License-Identifier: MIT */
/*
 * A site of result sets: static pages that answer, in this order, which variant is best for a
 * workload, by how much, why, and how that has changed. The program computes everything, with the
 * functions of its commands; the scripts of the pages only filter, sort and show.
 */
#ifndef PVMMU_BENCH_SITE_SITE_H
#define PVMMU_BENCH_SITE_SITE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/text.h"

#define SITE_PUBLISHED "published"

/* Verdicts and annotations of a gathered site, for a next publisher who may not have them. */
#define SITE_ANNOTATIONS "data/beside.json"

struct site_request {
	const struct strv *sources; /* result files, or directories with result files */
	const char *out;	    /* directory; made if need be */
	const char *baseline;	    /* a variant, or NULL: native, else nopin, else the first */
	const char *title;	    /* or NULL */
	const char *root_given;	    /* as find_root() takes it */
	/* The one source is a directory of links to all others. Its entry SITE_PUBLISHED leads to
	 * the sets that readers have already. Pages then do not depend on where files lie on this
	 * machine: the same sets give the same pages everywhere. */
	bool gathered;
	const char *earlier; /* SITE_ANNOTATIONS of the published site, or NULL */
	bool quiet;	     /* no progress, no notes */
	bool no_charts;	     /* pages without charts, for machines without gnuplot */
	unsigned jobs;	     /* charts drawn at a time; 0: one per processor */
};

/* The results of a build. */
struct site_report {
	size_t sets, unusable; /* files that are result sets; files that only look like one */
	size_t pages, charts;  /* in the site */
	size_t written, drawn; /* changed or new files; charts drawn again */
	size_t removed;	       /* files of an older build */
	size_t failed;	       /* charts that could not be drawn: their pages say so */
	struct strv notes;     /* messages for the terminal */
};

/*
 * Makes the site or brings it up to date: unchanged files are not written again. Each file appears
 * complete (file_write.h); pages come after the files they need, index.html last, and removals
 * after that. If a chart cannot be drawn its page says why, the notes do as well, and the other
 * charts are there. A directory that is neither empty nor a site is refused. Without result sets
 * the site tells how to get some. false with *error.
 */
bool site_build(const struct site_request *q, struct site_report *report, char **error);
void site_report_free(struct site_report *report);

#endif
