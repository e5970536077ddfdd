/* SPDX-License-Identifier: MIT */
/* What all pages of a site have in common, and the site itself while it is made. */
#ifndef PVMMU_BENCH_SITE_PAGE_H
#define PVMMU_BENCH_SITE_PAGE_H

#include "charts.h"
#include "html.h"
#include "model.h"
#include "tree.h"

struct schema;

struct site {
	struct site_model model;
	struct tree tree;
	struct charts charts;
	json_t *pictures;     /* {group, workload and kind: path} and
			     {workload: path} of its history, see pictures.c */
	struct strv coloured; /* variants that have a colour of their own, see colours.c */
	struct site_report *report;
};

struct page {
	struct html *h;
	struct site *s;
	char *path;	/* in the site */
	const char *up; /* the way to the site's root: "" or "../" */
};

/* A page up to its contents. title is shown above them, with `lead` below it if that is not NULL.
 * scripts: further ones, or NULL. */
struct page page_begin(struct site *s, const char *path, const char *title, const char *lead,
		       const char *script);
/* The rest. The page is written once all that it needs is there. */
void page_end(struct page *p);

/* Where scripts put what filters and chooses; rows: a selector of the rows to be filtered, or
 * NULL. */
void page_tools(struct page *p, const char *rows);

/* A link to something of the site. */
void page_link(struct page *p, const char *to, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* A variant's colour and name, with a link to its page. */
void page_variant(struct page *p, const struct site_group *g, const char *variant);

/* "batched and splitptl, 12 % less than eager"; or that nobody is best, or it cannot be told. */
void put_best(struct page *p, const struct site_group *g, const struct site_best *b);

/* A file's name, leading to its copy. */
void page_file(struct page *p, const struct site_file *f);

/* The command that repeats something, to be copied. */
void page_command(struct page *p, const char *command);

/* A table in its own scrolling box; sortable: its heads become buttons. The caller fills in thead
 * and tbody, and closes with page_table_end(). */
void page_table(struct page *p, const char *class, bool sortable, const char *caption);
void page_table_end(struct page *p);

/* A row of heads; "#" in front: a column of numbers. */
void page_heads(struct page *p, const char *const *heads);

/* A cell with a number, which sorts by `value`; NaN is shown as a dash. */
void page_number(struct page *p, double value, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* ---- how figures are written; texts are the caller's ---- */

/* "2.31", three digits at least, no more after the point than mean something. */
char *ratio_words(double ratio);
/* "12.3 %" */
char *share_words(double share);

/* ---- the pages ---- */

void write_overview(struct site *s);
void write_workload(struct site *s, const char *workload);
void write_variant(struct site *s, const char *variant);
void write_compare(struct site *s);
void write_trend(struct site *s);
void write_environment(struct site *s);
void write_sets(struct site *s);

/* Asks for all pictures and draws those that are missing. false with *error. */
bool draw_pictures(struct site *s, char **error);

/* The pictures of a workload in a group; `first`: none is above them on the page. */
void put_pictures(struct page *p, const struct site_group *g, const char *workload, bool first);

/* How it has changed; nothing if it was measured once only. */
void put_history_picture(struct page *p, const char *workload);

/* The figures of a file for the page that compares, unless they are there. */
bool write_data(struct site *s, const struct site_file *f, const struct schema *schema,
		char **error);

/* A table of the newest changes, at most n; nothing if there are none. */
void put_changes(struct page *p, size_t n);

/* What is made once: styles, scripts, colours. Fills in site.coloured. */
bool write_assets(struct site *s, char **error);

/* The class that gives an element a variant's colour, NULL if it has none of its own. The
 * caller's. */
char *colour_class(const struct site *s, const char *variant);

/* The class that shows a ratio as a colour, and the steps between classes for scripts; the
 * caller's. */
char *heat_class(double ratio, bool lower_is_better);
char *heat_steps(void);

#endif
