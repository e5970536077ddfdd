/* SPDX-License-Identifier: MIT */
/* The parts that all pages of a site share, and the site while it is made. */
#ifndef PVMMU_BENCH_SITE_PAGE_H
#define PVMMU_BENCH_SITE_PAGE_H

#include "html.h"
#include "model.h"
#include "plot/plot.h"
#include "tree.h"

struct schema;

/* A chart that is to be drawn. */
struct chart {
	struct picture picture;
	char *path; /* in the site: "charts/....svg"; the dark one ends in -dark.svg */
};

struct charts {
	struct chart *chart;
	size_t n, asked; /* to be drawn; requested in total */
	size_t drawn;
	bool none;	/* no charts are wanted */
	json_t *failed; /* {path: reason} of charts that could not be drawn */
};

struct site {
	struct site_model model;
	struct tree tree;
	struct charts charts;
	json_t *pictures;     /* paths by charts.c's names */
	struct strv coloured; /* variants with a colour of their own */
	struct site_report *report;
};

struct page {
	struct html *h;
	struct site *s;
	char *path;	/* in the site */
	const char *up; /* the way to the site's root: "" or "../" */
};

/* Begins a page. `lead` is a paragraph below the title, or NULL; script: a further script, or NULL.
 */
struct page page_begin(struct site *s, const char *path, const char *title, const char *lead,
		       const char *script);
/* Ends the page. It is written once all files that it needs are there. */
void page_end(struct page *p);

/* The place where scripts put filters and choices; rows: a selector of the rows to filter, or NULL.
 */
void page_tools(struct page *p, const char *rows);

/* A link to a path in the site. */
void page_link(struct page *p, const char *to, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* A variant's colour and name, with a link to its page. */
void page_variant(struct page *p, const struct site_group *g, const char *variant);

/* "batched and splitptl, 12 % less than eager"; or that there is no difference, or no decision. */
void render_best(struct page *p, const struct site_group *g, const struct site_best *b);

/* A file's name, with a link to its copy. */
void page_file(struct page *p, const struct site_file *f);

/* A command to copy. */
void page_command(struct page *p, const char *command);

/*
 * A table in a scrolling box, up to the first row of its body. heads: the column heads up to NULL,
 * "#" in front of one marks a column of numbers; NULL: the caller writes thead and tbody itself.
 * sortable: the heads become buttons. page_table_end() closes all of it.
 */
void page_table(struct page *p, const char *class, bool sortable, const char *caption,
		const char *const *heads);
void page_table_end(struct page *p);

/* A cell with a number, which sorts by `value`; NaN is shown as a dash. */
void page_number(struct page *p, double value, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* The same, written as readable_number() does. */
void page_value(struct page *p, double value);
/* A ratio with its colour. */
void page_ratio(struct page *p, double ratio, bool lower_is_better);

/* ---- numbers as text; the caller's ---- */

/* "2.31": at least three digits, no decimals without meaning. */
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

/* Lays out all charts and draws the missing ones. false with *error. */
bool draw_charts(struct site *s, char **error);
void charts_free(struct charts *c);

/* The charts of a workload in a group; `first`: no chart is above them on the page. */
void render_charts(struct page *p, const struct site_group *g, const char *workload, bool first);

/* The history chart of a workload; nothing if it was measured only once. */
void render_history_chart(struct page *p, const char *workload);

/* Writes the values of a file for the compare page, unless they are there. */
bool write_data(struct site *s, const struct site_file *f, const struct schema *schema,
		char **error);

/* A table of the newest changes, at most n groups; nothing if there are none. */
void render_changes(struct page *p, size_t n);

/* Writes styles, scripts and colours. Fills in site.coloured. */
bool write_assets(struct site *s, char **error);

/* The class that gives an element a variant's colour, NULL if it has none. The caller's. */
char *colour_class(const struct site *s, const char *variant);

/* The class that shows a ratio as a colour, and the steps between classes for scripts; the
 * caller's. */
char *heat_class(double ratio, bool lower_is_better);
char *heat_steps(void);

#endif
