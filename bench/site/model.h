/* SPDX-License-Identifier: MIT */
/*
 * The data behind a site. An index (index.h) covers all files and tells where the newest run of
 * each thing is; only files with such a run are read. Their runs are put into groups whose values
 * are comparable: same rig, tier, kind of clock, build of Xen, number of vCPUs and size of memory.
 *
 * If several files measured the same thing, the newest one wins, also with a crash: samples of two
 * builds are never pooled. A seed shifts values, so the row of a workload uses the seeds that all
 * its variants have.
 */
#ifndef PVMMU_BENCH_SITE_MODEL_H
#define PVMMU_BENCH_SITE_MODEL_H

#include <jansson.h>

#include "compare/dataset.h"
#include "compare/difference.h"
#include "history/history.h"
#include "history/index.h"
#include "history/scan.h"
#include "site.h"
#include "spec/catalog.h"
#include "tree.h"

struct site_file {
	long long row; /* in the index */
	char *path;    /* where it can be read */
	char *name;    /* for readers, without directories */
	char *sha256;
	char *created, *producer, *command, *tiers, *rigs, *origin;
	long long runs, good, size;
	char *raw;  /* its copy in the site: "raw/..." */
	char *data; /* its values for the compare page: "data/....js" */
	char id[17];
};

/* A file that is no result set. */
struct site_other {
	char *path, *name, *error;
	bool broken;  /* it looks like a result set */
	bool verdict; /* it is a verdict */
	bool local;   /* readers of a published site do not have it */
};

struct site_run {
	json_t *run;
	const json_t *set;    /* its file without the runs; borrowed */
	const json_t *origin; /* the same, or the set that was merged into that file; borrowed */
	size_t file;	      /* in the model */
	size_t place;	      /* /runs/PLACE in the file */
	char *created;
};

/* A file that was read, without its runs. */
struct site_head {
	size_t file;
	json_t *set;
};

/* The best variant of a point. */
struct site_best {
	const struct cell *first,
		*next; /* NULL: nothing was measured; there is no second that differs */
	struct difference difference; /* of next, the base, and first */
	struct strv ties;	      /* variants with the median of the first, including it */
	size_t n;		      /* variants with a value */
};

struct site_group {
	char *key;   /* what all its runs have in common */
	char *id;    /* "g1": for addresses within pages */
	char *title; /* the key for readers */
	json_t *set; /* the runs as one set */
	struct site_run *run;
	size_t n;
	struct dataset data; /* series */
	struct strv variants, metrics;
	const char *metric;   /* the first: the overview shows it */
	const char *baseline; /* borrowed from variants */
	/* For each point, by that metric: among named variants, and among those given by axes. */
	struct site_best *best[2];
	struct dataset counted; /* counters; empty if there are none */
	bool has_counters;
};

struct site_model {
	const struct site_request *q;
	char *root;
	struct index index;
	struct refresh refresh;
	struct site_file *file; /* newest first */
	size_t nr_files;
	struct site_other *other;
	size_t nr_others;
	struct site_group *group;
	size_t nr_groups;
	size_t other_seeds;	/* runs left out: some variant of their row lacks the seed */
	struct site_head *head; /* of each file with a run in some group */
	size_t nr_heads;
	struct strv workloads, variants; /* of all groups, in order of appearance */
	struct catalog catalog;
	bool has_catalog;
	struct history history;
	bool has_history;
	struct strv apart; /* metrics with two kinds of unit, shown as two: see units.h */
	json_t *verdicts;  /* [{"name", "of": date of the set it judges, or "", "verdict": object}]
			    */
	json_t *notes;	   /* annotations: [{"date", "text"}], oldest first */
	char *sources;	   /* temporary directory of links to several sources, or NULL */
};

/* false with *error. Free it in any case. */
bool model_make(struct site_model *m, const struct site_request *q, struct site_report *report,
		char **error);
void model_free(struct site_model *m);

/*
 * The common part of a group's runs, from the identity of a series (identity.h). Keys sort in the
 * order in which groups are shown: exact before wall, few vCPUs before many. *title: the same for
 * readers. Both are the caller's.
 */
char *group_key(const json_t *series, char **title);

/* ---- for pages ---- */

/* The k-th run pooled in a cell, NULL behind the last one. */
const struct site_run *run_of_cell(const struct site_group *g, const struct cell *cell, size_t k);

/* A stable address for the cell of a point and variant; the caller's. */
char *cell_anchor(const struct site_group *g, size_t point, const char *variant);

/* A part of a file name: the name itself if it is plain, else a hash. The caller's. */
char *plain_name(const char *name);

/* "workload/fork.html" and so on; the caller's. */
char *workload_page(const char *workload);
char *variant_page(const char *variant);

/* ---- parts of model_make() ---- */

/* Selects the runs that are shown and puts them into their groups. */
bool model_select_runs(struct site_model *m, char **error);
/* The same, and lays the groups out. */
bool model_groups(struct site_model *m, char **error);
void model_groups_free(struct site_model *m);
bool model_annotations(struct site_model *m, struct site_report *report, char **error);

/* Writes SITE_ANNOTATIONS. false with *error. */
bool write_annotations(const struct site_model *m, struct tree *t, char **error);

#endif
