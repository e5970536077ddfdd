/* SPDX-License-Identifier: MIT */
/*
 * The interface of chart kinds. Each kind is a file in kinds/, found by wildcard, with a gnuplot
 * script in plots/. It registers itself with PLOT_KIND(); `plot --help` then lists it.
 *
 * A kind turns result sets into a table and writes the texts around the chart. The script decides
 * where things are on the page. A cell that was not measured is a row without a number, so that it
 * can be drawn as missing; never a row of zeros, and never no row.
 *
 * A row begins with the numbers of its point and its series, from 1 as gnuplot counts, for the
 * script. Their names follow, for people.
 */
#ifndef PVMMU_BENCH_PLOT_KIND_H
#define PVMMU_BENCH_PLOT_KIND_H

#include <stdio.h>

#include "compare/dataset.h"
#include "plot.h"

/* Has a colour and an entry in the legend: usually a variant of a file. */
struct plot_series {
	size_t file;
	const char *variant; /* as in cells; borrowed */
	char *name;	     /* in the legend */
	const char *key;     /* the variant that determines its colour; borrowed */
};

/* A chart while it is made. */
struct plot {
	const struct plot_request *ask;
	json_t **sets; /* of ask, reduced to the requested runs */
	size_t nr_sets;
	struct dataset data;
	struct strv metrics; /* of the cells ... */
	const char *metric;  /* ... and the one that is drawn */
	struct plot_series *series;
	size_t nr_series;
	size_t *point; /* the points that are drawn, in order */
	size_t nr_points;
	size_t nr_panels; /* as many; begin() may change it */
	void *own;	  /* the kind's data; plot_make() frees it after end() */
};

struct plot_kind {
	const char *name, *summary; /* the summary in lower case, without a full stop */
	const char *script;
	/* The parts of a request that it supports. */
	bool takes_metric, takes_baseline, takes_axis;
	bool of_directory; /* it draws the index of a directory, not sets */
	unsigned columns;  /* of panels at most; 0: 3, or 2 if there are many series */
	unsigned width;	   /* of the page in pixels, if the script may widen it; 0: by columns */
	/* Lays the sets out; false with *error if there is nothing to draw. */
	bool (*begin)(struct plot *p, char **error);
	void (*write_table)(FILE *f, const struct plot *p);
	/* Texts, the caller's: above the chart, about its axes, and about what was measured.
	 * Without title() the title is "ENV: about", without axis_note() the note is `note`,
	 * without subtitle() it is plot_subtitle(). */
	char *(*title)(const struct plot *p);
	char *(*axis_note)(const struct plot *p);
	char *(*subtitle)(const struct plot *p);
	const char *about, *note;
	/* Sets further variables of the script, or NULL. They may replace points and series of p.
	 */
	void (*variables)(const struct plot *p, struct picture *to);
	void (*end)(struct plot *p); /* frees the contents of p->own; or NULL */
};

/* Registers pointers, not structs, since structs could have alignment gaps between them. */
#define PLOT_KIND(k)                                                                               \
	static const struct plot_kind *const k##_entry                                             \
		__attribute__((section("pvmmu_plots"), used)) = &(k)

/*
 * Lays out the series of samples, and the requested metric if it is a counter; sets p->metric,
 * series and points. false with *error: nothing was measured, or there is no such metric.
 */
bool plot_lay_out(struct plot *p, char **error);

/* The same for counters, named as for dataset_make(). none: the message if there are none. */
bool plot_lay_out_counters(struct plot *p, const struct strv *counters, const char *none,
			   char **error);

/* Finds all variants of all files: native ones first, then by policy (series_order.c). */
void plot_find_series(struct plot *p);
void plot_find_points(struct plot *p);
/* The series of the requested baseline, by default the first; nr_series: there is none. */
size_t plot_baseline(const struct plot *p);
/* Whether there is one; false with *error. */
bool plot_has_baseline(const struct plot *p, char **error);
/* Keeps only some series. */
void plot_keep_series(struct plot *p,
		      bool (*keep)(const struct plot *p, const struct plot_series *s));
/* Whether a series ran on Xen. */
bool plot_is_xen(const struct plot *p, const struct plot_series *s);
/* Whether any counter of a series with this prefix is above zero. */
bool plot_has_counts(const struct plot *p, const struct plot_series *s, const char *prefix);
void plot_free_series(struct plot *p);

/*
 * The cell of a point and a series; NULL with *missing, a few words. A cell with a failed seed
 * counts as missing, since the median of the other seeds would look complete.
 */
const struct cell *plot_cell(const struct plot *p, size_t point, size_t series, const char *metric,
			     const char **missing);
/* The median over the baseline's; NaN if there is none or it is not above zero. */
double plot_ratio(const struct plot *p, size_t point, const struct cell *cell, size_t baseline);

/* A file's name in legends: without its directory, if that is unique. Borrowed. */
const char *plot_file_name(const struct plot *p, size_t file);

/* A list of names as a variable of the picture; too long names are shortened. */
void plot_list(struct picture *to, const char *name, const struct strv *names);
/* The same for the names of all series of p. */
void plot_list_variants(struct picture *to, const char *name, const struct plot *p);

/* Labels of points, "fork mb=16"; and names of series with the keys of their colours (NULL: by
 * place). For kinds whose points or series are not those of cells. */
void plot_list_points(struct picture *to, const struct strv *labels);
void plot_list_series(struct picture *to, const struct strv *names, const struct strv *keys);

/* The beginning of a row, "1\t2\tfork mb=16\teager"; numbers count from 0 here. */
void plot_row(FILE *f, const struct plot *p, size_t point, size_t series);
void plot_named_row(FILE *f, size_t point, size_t series, const char *label, const char *name);
/* A tab and a number with all its digits, NaN if there is none. */
void plot_value(FILE *f, double v);
/* A tab and either end of an interval, NaN if it does not exist. */
void plot_interval(FILE *f, struct interval i);
/* A tab, "missing: REASON" unless that is NULL, and the end of the row. */
void plot_end_row(FILE *f, const char *missing);

/* The distinct values of a member of all identities, joined by " | ". The caller's. */
char *plot_all_of(const struct plot *p, const char *path);

/* The subject of a chart behind the envs that it shows. The caller's. */
char *plot_title(const struct plot *p, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Any cell of the drawn metric; there is one after plot_lay_out(). */
const struct cell *plot_any_cell(const struct plot *p);
/* The unit of the drawn metric, or the name of the counter. */
const char *plot_quantity(const struct plot *p);

/* "instructions (lower is better), tier exact, median of n = 64"; "8 to 64". The caller's. */
char *plot_subtitle(const struct plot *p);
char *plot_n(const struct plot *p);
char *plot_range(size_t min, size_t max);

/*
 * The uncertainty of a cell's median, in its unit. For samples that are not exact: the 95 %
 * interval (of the boots' medians if there are enough boots). For exact ones: the range of the
 * medians of several seeds.
 */
struct interval plot_spread(const struct cell *cell);
/* A sentence that says what the lines of a chart show. */
const char *plot_spread_text(const struct plot *p);

#endif
