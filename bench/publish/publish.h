/* SPDX-License-Identifier: MIT */
/*
 * Publishes a site: into a directory, or onto a branch of a git repository. This is the common
 * part: which files are there already, to whom they belong, and which of them stay.
 *
 * A published site has a file PUBLISH_MARK that lists our files. Other files (a CNAME, a
 * .well-known) belong to others and stay. Our result sets under raw/ stay for ever, since later
 * sites include them; our other files go when the site no longer has them.
 */
#ifndef PVMMU_BENCH_PUBLISH_PUBLISH_H
#define PVMMU_BENCH_PUBLISH_PUBLISH_H

#include <jansson.h>
#include <stdbool.h>

#include "lib/text.h"

#define PUBLISH_MARK ".pvmmu-published.json"
#define PUBLISH_RAW  "raw/"

/* A request. All members are borrowed. */
struct publish_request {
	const char *root;		    /* of the project; below its build/ things are kept */
	const struct strv *sources;	    /* result files, or directories with such */
	const char *site;		    /* a finished site instead, or NULL */
	const char *baseline, *title;	    /* as for a site, or NULL */
	const char *to;			    /* a directory; or: */
	const char *branch, *repo, *remote; /* a branch, where, and where to push it or NULL */
	bool quiet;			    /* no progress */
};

/* The results of a publish. */
struct publish_report {
	size_t added, changed, removed, same; /* files */
	size_t sets, new_sets;		      /* result sets in the site, and of them new ones */
	char *address;			      /* where it is, for people; the caller's */
	struct strv notes;
};

/* Publishes. false with *error: the old site is still there, complete. */
bool publish(const struct publish_request *q, struct publish_report *report, char **error);
void publish_report_free(struct publish_report *report);

/* Files at a target that the next site includes. Zero at first; freed by publish(). */
struct publish_before {
	char *sets;	   /* a directory with the result sets published before; NULL: none */
	char *annotations; /* that site's SITE_ANNOTATIONS; NULL: none */
};

/*
 * Makes or updates the site from q's sources and the sets published before, in a directory below
 * cache; its path is the caller's. NULL with *error.
 */
char *publish_site(const struct publish_request *q, const char *cache,
		   const struct publish_before *before, struct publish_report *report,
		   char **error);

/* ---- for the two kinds of targets ---- */

/* Files at the target, {path: a value that identifies the contents, or true}. Zero at first. */
struct published {
	json_t *files; /* all */
	json_t *ours;  /* those that the mark lists */
};

/* A file of the new site: its path there, and where its contents are now. */
struct publish_file {
	char *path, *source;
};

/* The target as it will be. */
struct publish_plan {
	struct publish_file *file; /* of the site */
	size_t n;
	struct strv keep; /* at the target, and to stay as they are */
	struct strv drop; /* at the target, and to go */
};

/*
 * Sets old->ours from the contents of the mark; NULL: there is none. false with *error: only files
 * of others are there. where: the target, for the message.
 */
bool published_read(struct published *old, const char *mark, const char *where, char **error);
void published_free(struct published *old);

/*
 * Plans from the site's directory and the files at the target. The mark, and .nojekyll if
 * requested, are written into `tmp`, a directory of the caller. false with *error: a file of the
 * site would replace a file of others.
 */
bool publish_plan(struct publish_plan *p, const char *site, const struct published *old,
		  const char *tmp, bool nojekyll, char **error);
void publish_plan_free(struct publish_plan *p);

/* Counts a file of the plan; before: it was there, same: with the same contents. */
void publish_count(struct publish_report *r, const char *path, bool before, bool same);

/*
 * A target. open() finds the files there, and those that the next site includes; it may store them
 * below cache. put() applies the plan atomically; PUBLISH_RACED: another publisher was faster, so
 * open again.
 */
enum publish_result { PUBLISH_FAILED, PUBLISH_DONE, PUBLISH_RACED };

struct publish_target {
	bool (*open)(void *state, const struct publish_request *q, const char *cache,
		     struct published *old, struct publish_before *before, char **error);
	enum publish_result (*put)(void *state, const struct publish_plan *plan,
				   const struct published *old, struct publish_report *report,
				   char **error);
	void (*close)(void *state);
	size_t size;   /* of the state; zeroed before open() */
	bool nojekyll; /* tell GitHub to show files as they are */
};

extern const struct publish_target publish_to_directory, publish_to_branch;

#endif
