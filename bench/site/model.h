/* SPDX-License-Identifier: MIT */
/*
 * What a site is made from. All files are in an index (index.h), which is asked where the newest
 * run of each thing is; only files with such a run are read. These runs, from however many files,
 * are laid out in groups whose figures may stand beside each other: of one rig, tier, kind of
 * clock, build of Xen, number of vCPUs and size of memory.
 *
 * Of what several files have measured, a group has what the newest file says and nothing of the
 * others: samples of two builds are never pooled. Also a crash is news. Of seeds, which move
 * figures, a workload's row has those that all of its variants have.
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
	char *name;    /* as a reader knows it, without directories */
	char *sha256;
	char *created, *producer, *command, *tiers, *rigs, *origin;
	long long runs, good, size;
	char *raw;  /* its copy in the site: "raw/..." */
	char *data; /* its figures for comparing, likewise: "data/....js" */
	char id[17];
};

/* A file that is no result set. */
struct site_other {
	char *path, *name, *error;
	bool broken;  /* it looks like a result set */
	bool verdict; /* it is one */
	bool local;   /* readers of a site for others do not have it */
};

struct site_run {
	json_t *run;
	const json_t *set;    /* what its file says beside its runs; borrowed */
	const json_t *origin; /* the same, or of what a merged set was made of; borrowed */
	size_t file;	      /* of the model's */
	size_t place;	      /* /runs/PLACE there */
	char *created;
};

/* What a file that was read says beside its runs. */
struct site_head {
	size_t file;
	json_t *set;
};

/* The best variant of a point. */
struct site_best {
	const struct cell *first, *next; /* NULL: nobody was measured; nobody that is no tie */
	struct difference difference;	 /* first beside next, as the base */
	struct strv ties; /* variants with the same median as the first; it is in it */
	size_t n;	  /* variants that have a figure */
};

struct site_group {
	char *key;   /* what all its runs have in common */
	char *id;    /* "g1": for addresses inside of pages */
	char *title; /* the same for readers */
	json_t *set; /* the runs as one set */
	struct site_run *run;
	size_t n;
	struct dataset data; /* series */
	struct strv variants, metrics;
	const char *metric;   /* the first: what the overview shows */
	const char *baseline; /* borrowed from variants */
	/* Of each point, by that metric: of variants with a name, and of those given by axes. */
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
	size_t other_seeds; /* runs that are left out, for not all variants of a row have the seed
			     */
	struct site_head *head; /* of each file that has a run in some group */
	size_t nr_heads;
	struct strv workloads, variants; /* of all groups, in order of appearance */
	struct catalog catalog;
	bool has_catalog;
	struct history history;
	bool has_history;
	struct strv apart; /* metrics of two kinds of unit, which are kept apart: see units.h */
	json_t *verdicts;  /* [{"name", "of": date of the set that it is of, or "", "verdict":
			      object}] */
	json_t *notes;	   /* annotations: [{"date", "text"}], oldest first */
	char *sources;	   /* directory of the index, if it was made for the purpose */
};

/* false with *error. Free it in any case. */
bool model_make(struct site_model *m, const struct site_request *q, struct site_report *report,
		char **error);
void model_free(struct site_model *m);

/*
 * What runs of a group have in common, of the identity of a series (identity.h); so written that
 * groups sort as they are to be shown: exact before wall, few vCPUs before many. For readers
 * *title. Both are the caller's.
 */
char *group_key(const json_t *series, char **title);

/* ---- what pages ask ---- */

/* The runs that are pooled in a cell: the k-th, NULL behind the last one. */
const struct site_run *run_of_cell(const struct site_group *g, const struct cell *cell, size_t k);

/* A name for the cell of a point and variant that stays when others come and go; the caller's. */
char *cell_anchor(const struct site_group *g, size_t point, const char *variant);

/* As part of a file's name: itself if it is plain, else a hash. The caller's. */
char *plain_name(const char *name);

/* "workload/fork.html" and so on; the caller's. */
char *workload_page(const char *workload);
char *variant_page(const char *variant);

/* ---- parts of model_make() ---- */

/* Finds the runs that are shown and puts them into their groups. */
bool model_choose(struct site_model *m, char **error);
/* The same, and lays the groups out. */
bool model_groups(struct site_model *m, char **error);
void model_groups_free(struct site_model *m);
bool model_annotations(struct site_model *m, struct site_report *report, char **error);

/* Writes SITE_BESIDE. false with *error. */
bool write_annotations(const struct site_model *m, struct tree *t, char **error);

#endif
