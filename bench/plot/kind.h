/* SPDX-License-Identifier: MIT */
/*
 * What the kinds of pictures share. Each kind is one file in this directory, found by wildcard, and
 * a gnuplot script in plots/. It registers itself with PLOT_KIND(), and that is all it takes to
 * appear in `plot --help` and on the pages of the dashboard.
 *
 * A kind flattens result sets to a table and says what the table is; where things are on the page
 * is the script's. A cell that was not measured is a row without a number, never a row of zeros and
 * never no row, so that it can be drawn as missing.
 *
 * A row begins with the numbers of its point and its series, counted from 1 as gnuplot does, for
 * the script; behind them their names, for people.
 */
#ifndef PVMMU_BENCH_PLOT_KIND_H
#define PVMMU_BENCH_PLOT_KIND_H

#include <stdio.h>

#include "compare/dataset.h"
#include "plot.h"

/* What has a colour and a place in the legend: usually a variant of a file. */
struct plot_series {
	size_t file;
	const char *variant; /* as cells know it; borrowed */
	char *name;	     /* in the legend */
	const char *key;     /* the variant by whose name it has its colour; borrowed */
};

/* One picture while it is made. */
struct plot {
	const struct plot_request *ask;
	json_t **sets; /* of ask's, the runs that are asked for */
	size_t nr_sets;
	struct dataset data;
	struct strv metrics; /* of the cells ... */
	const char *metric;  /* ... and the one that is drawn */
	struct plot_series *series;
	size_t nr_series;
	size_t *point; /* of the cells, those that are drawn, in order */
	size_t nr_points;
	void *own; /* the kind's; freed behind its end() */
};

struct plot_kind {
	const char *name, *summary; /* the summary in lower case, without a full stop */
	const char *script;
	/* Which of what is asked for it looks at. */
	bool takes_metric, takes_baseline, takes_axis;
	bool of_directory; /* it is drawn of the request's index, not of sets */
	unsigned columns;  /* of points at most; 0: 3, or 2 of many series */
	unsigned width; /* of the page in pixels, if the script may widen it; 0: as columns need */
	/* Lays the sets out; false with *error if there is nothing to draw. */
	bool (*begin)(struct plot *p, char **error);
	void (*put)(FILE *f, const struct plot *p);
	/* Texts, the caller's: what stands above it, what is drawn on which scale, and the first
	 * words below it. */
	char *(*title)(const struct plot *p);
	char *(*scale)(const struct plot *p);
	char *(*what)(const struct plot *p);
	/* How many points there are, if not those of p; or NULL. */
	size_t (*points)(const struct plot *p);
	/* Further variables for the script, or NULL. They may replace points and series of p. */
	void (*words)(const struct plot *p, struct picture *to);
	void (*end)(struct plot *p); /* frees what is in own; or NULL */
};

/* Pointers, not structs, so that no alignment gap can come between them. */
#define PLOT_KIND(k)                                                                               \
	static const struct plot_kind *const k##_entry                                             \
		__attribute__((section("pvmmu_plots"), used)) = &(k)

/*
 * Cells of the series of samples that are there, and of the metric that was asked for if that is a
 * counter; sets p->metric, and finds series and points. false with *error: nothing was measured, or
 * no such metric.
 */
bool plot_lay_out(struct plot *p, char **error);

/* The same of counters, as dataset_make() takes them; none is their name where there are none. */
bool plot_lay_out_counters(struct plot *p, const struct strv *counters, const char *none,
			   char **error);

/* All variants of all files; natives first, then by what they do (series_order.c). */
void plot_find_series(struct plot *p);
void plot_find_points(struct plot *p);
/* The series that the request calls the baseline, the first if it names none; nr_series: none is.
 */
size_t plot_baseline(const struct plot *p);
/* Is there one? false with *error. */
bool plot_has_baseline(const struct plot *p, char **error);
/* Puts only some series into the picture. */
void plot_keep_series(struct plot *p,
		      bool (*keep)(const struct plot *p, const struct plot_series *s));
void plot_free_series(struct plot *p);

/*
 * The cell of a point and a series; NULL with *missing, a few words: it was not measured, or of
 * several seeds one failed, and a median of the rest would look whole.
 */
const struct cell *plot_cell(const struct plot *p, size_t point, size_t series, const char *metric,
			     const char **missing);

/* Run i of those that are pooled in a cell. Borrowed. */
const json_t *plot_run_of(const struct plot *p, const struct cell *cell, size_t i);

/* What a file is called in legends: without its directory, if that tells it apart. Borrowed. */
const char *plot_file_name(const struct plot *p, size_t file);

/* A list of names as words of the picture, shortened where they are too long to be shown. */
void plot_list(struct picture *to, const char *name, const struct strv *names);

/* Names of points, "fork mb=16", and of series with what they have their colour by (NULL: by their
 * place), for kinds whose points or series are not those of cells. */
void plot_list_points(struct picture *to, const struct strv *labels);
void plot_list_series(struct picture *to, const struct strv *names, const struct strv *keys);

/* A field of a table: without what gnuplot or a reader of the table would take for its end. */
void plot_field(FILE *f, const char *text);
/* "1\t2\tfork mb=16\teager": the beginning of a row; numbers count from 0. */
void plot_row(FILE *f, const struct plot *p, size_t point, size_t series);
/* A number with all its digits, NaN where there is none; a tab in front. */
void plot_value(FILE *f, double v);

/* Distinct values of a member of all identities, joined by " | ". The caller's. */
char *plot_all_of(const struct plot *p, const char *group, const char *name);

/* What a chart is about, behind the envs that are in it. The caller's. */
char *plot_title(const struct plot *p, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Any cell of the metric that is drawn; there is one after plot_lay_out(). */
const struct cell *plot_any_cell(const struct plot *p);

/* "instructions, tier exact, median of n = 64", "8 to 64"; the caller's. */
char *plot_what_measured(const struct plot *p);
char *plot_n(const struct plot *p);
char *plot_range(size_t least, size_t most);

/*
 * What is known of how far a cell's median may be off, in its unit. Of samples that are not exact,
 * their 95 % interval (of the boots' medians if there are enough boots); of exact ones, how far the
 * medians of several seeds lie apart. exists is false where there is none: nothing to be drawn.
 */
struct interval plot_spread(const struct cell *cell);
/* A sentence that says which of these the lines of a picture are, "" if it has none. */
const char *plot_spread_text(const struct plot *p);

#endif
