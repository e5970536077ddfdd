// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "commands.h"
#include "comparison.h"
#include "grid.h"
#include "growth.h"
#include "outcome.h"
#include "reading.h"
#include "wide.h"

/* Every digit, for machines. */
static char *plain_number(double v)
{
	return isnan(v) ? xstrdup("") : xasprintf("%.15g", v);
}

static char *median_text(const struct side *s)
{
	return s->cell ? readable_number(s->cell->summary.median)
		       : xasprintf("missing: %s", s->missing);
}

static char *range_text(const struct side *s)
{
	char *min, *max, *text;

	if (!s->cell)
		return xstrdup("-");
	min = readable_number(s->cell->summary.min);
	max = readable_number(s->cell->summary.max);
	text = xasprintf("%s..%s", min, max);
	free(min);
	free(max);
	return text;
}

static char *ratio_text(const struct row *r)
{
	if (r->equal)
		return xstrdup("=");
	return isnan(r->ratio) ? xstrdup("-") : xasprintf("%.4f", r->ratio);
}

static char *n_text(const struct row *r)
{
	size_t a = r->base.cell ? r->base.cell->summary.n : 0;
	size_t b = r->new.cell ? r->new.cell->summary.n : 0;

	return a == b ? xasprintf("%zu", a) : xasprintf("%zu/%zu", a, b);
}

/* Some side was measured with several seeds. */
static bool has_seeds(const struct comparison *k)
{
	for (size_t i = 0; i < k->cells.n; i++)
		if (k->cells.cell[i].by_median.n > 1)
			return true;
	return false;
}

/* The spread between seeds, apart from that within a run. */
static char *seeds_text(const struct side *s)
{
	const struct summary *by = s->cell ? &s->cell->by_median : NULL;
	char *min, *median, *max, *text;

	if (!by || by->n < 2)
		return xstrdup("-");
	min = readable_number(by->min);
	median = readable_number(by->median);
	max = readable_number(by->max);
	text = xasprintf("%s / %s / %s of %zu", min, median, max, by->n);
	free(min);
	free(median);
	free(max);
	return text;
}

/* Takes over the text. */
static void put(struct grid *g, char *text)
{
	strv_add(&g->cells, "%s", text);
	free(text);
}

static bool of_metric(const struct row *r, const char *metric)
{
	return r->metric == metric || (r->metric && metric && strcmp(r->metric, metric) == 0);
}

static bool crosses_variants(const struct comparison *k)
{
	for (size_t i = 0; i < k->n; i++)
		if (strcmp(k->row[i].base.variant, k->row[i].new.variant) != 0)
			return true;
	return false;
}

static char *tax_text(const struct side *s)
{
	return isnan(s->tax) ? xstrdup("-") : xasprintf("%.2f", s->tax);
}

static void print_metric(const struct comparison *k, const char *metric, enum grid_format format,
			 bool tax)
{
	static const char *const head[] = {
		"workload", "variant",	  "base",      "new",		"ratio",
		"n",	    "base range", "new range", "base x native", "new x native"};
	bool seeds = has_seeds(k);
	struct grid g = {.columns = (tax ? 10 : 8) + (seeds ? 2 : 0),
			 .align = tax ? "llrrrrllrrll" : "llrrrrllll"};
	size_t plain = tax ? 10 : 8;
	bool cross = crosses_variants(k), exact = false;
	const char *unit = NULL;

	for (size_t i = 0; i < plain; i++)
		strv_add(&g.cells, "%s", head[i]);
	if (seeds) {
		strv_add(&g.cells, "base by seed");
		strv_add(&g.cells, "new by seed");
	}
	for (size_t i = 0; i < k->n; i++) {
		const struct row *r = &k->row[i];

		if (!of_metric(r, metric))
			continue;
		unit = unit ? unit : r->unit;
		exact = exact || r->exact;
		put(&g, xstrdup(r->panel->label));
		put(&g, cross ? xasprintf("%s -> %s", r->base.label, r->new.label)
			      : xstrdup(r->new.label));
		put(&g, median_text(&r->base));
		put(&g, median_text(&r->new));
		put(&g, ratio_text(r));
		put(&g, n_text(r));
		put(&g, range_text(&r->base));
		put(&g, range_text(&r->new));
		if (tax) {
			put(&g, tax_text(&r->base));
			put(&g, tax_text(&r->new));
		}
		if (seeds) {
			put(&g, seeds_text(&r->base));
			put(&g, seeds_text(&r->new));
		}
	}
	if (g.cells.n > g.columns) {
		printf("%s: medians in %s, tier %s%s%s\n", metric ? metric : "(nothing measured)",
		       unit ? unit : "no unit", k->cells.tier,
		       exact ? ", = means all samples are equal" : "",
		       seeds ? "; by seed: least / median / largest of the seeds' own medians"
			     : "");
		if (format == GRID_MARKDOWN)
			putchar('\n');
		grid_print(&g, format, stdout);
	}
	grid_free(&g);
}

static void print_tables(const struct comparison *k, enum grid_format format, bool tax)
{
	const char *bullet = format == GRID_MARKDOWN ? "- " : "";
	struct growths growths;

	if (!k->metrics.n)
		print_metric(k, NULL, format, tax);
	for (size_t m = 0; m < k->metrics.n; m++) {
		if (m)
			putchar('\n');
		print_metric(k, k->metrics.v[m], format, tax);
	}
	growths_make(&growths, &k->cells, NULL, NULL, false);
	growths_print(&growths, &k->cells, format, false, true);
	growths_free(&growths);
	if (k->differences.n + k->notes.n)
		putchar('\n');
	for (size_t i = 0; i < k->differences.n; i++)
		printf("%swarning: %s\n", bullet, k->differences.v[i]);
	for (size_t i = 0; i < k->notes.n; i++)
		printf("%snote: %s\n", bullet, k->notes.v[i]);
}

static void print_tsv(const struct comparison *k, bool tax)
{
	static const char *const head[] = {
		"workload",    "metric",       "unit",	      "tier",	       "base_variant",
		"new_variant", "base_median",  "new_median",  "ratio",	       "equal",
		"base_n",      "new_n",	       "base_min",    "base_max",      "new_min",
		"new_max",     "base_missing", "new_missing", "base_x_native", "new_x_native"};
	static const char *const by_seed[] = {
		"base_seeds", "base_seed_min", "base_seed_median", "base_seed_max",
		"new_seeds",  "new_seed_min",  "new_seed_median",  "new_seed_max"};
	size_t plain = sizeof(head) / sizeof(*head) - (tax ? 0 : 2);
	bool seeds = has_seeds(k);
	struct grid g = {.columns = plain + (seeds ? 8 : 0)};

	for (size_t i = 0; i < plain; i++)
		strv_add(&g.cells, "%s", head[i]);
	for (size_t i = 0; i < 8 && seeds; i++)
		strv_add(&g.cells, "%s", by_seed[i]);
	for (size_t i = 0; i < k->n; i++) {
		const struct row *r = &k->row[i];
		const struct summary none = {0, NAN, NAN, NAN};
		const struct summary *a = r->base.cell ? &r->base.cell->summary : &none;
		const struct summary *b = r->new.cell ? &r->new.cell->summary : &none;

		put(&g, xstrdup(r->panel->label));
		put(&g, xstrdup(r->metric ? r->metric : ""));
		put(&g, xstrdup(r->unit ? r->unit : ""));
		put(&g, xstrdup(k->cells.tier));
		put(&g, xstrdup(r->base.variant));
		put(&g, xstrdup(r->new.variant));
		put(&g, plain_number(a->median));
		put(&g, plain_number(b->median));
		put(&g, plain_number(r->ratio));
		put(&g, xstrdup(r->equal ? "1" : "0"));
		put(&g, xasprintf("%zu", a->n));
		put(&g, xasprintf("%zu", b->n));
		put(&g, plain_number(a->min));
		put(&g, plain_number(a->max));
		put(&g, plain_number(b->min));
		put(&g, plain_number(b->max));
		put(&g, xstrdup(r->base.missing ? r->base.missing : ""));
		put(&g, xstrdup(r->new.missing ? r->new.missing : ""));
		if (tax) {
			put(&g, plain_number(r->base.tax));
			put(&g, plain_number(r->new.tax));
		}
		for (int side = 0; side < 2 && seeds; side++) {
			const struct cell *cell = side ? r->new.cell : r->base.cell;
			const struct summary *by = cell ? &cell->by_median : &none;

			put(&g, xasprintf("%zu", by->n));
			put(&g, plain_number(by->min));
			put(&g, plain_number(by->median));
			put(&g, plain_number(by->max));
		}
	}
	grid_print(&g, GRID_TABS, stdout);
	grid_free(&g);
	/* Comments would not be part of a table: what differs goes to stderr. */
	for (size_t i = 0; i < k->differences.n; i++)
		complain("warning: %s", k->differences.v[i]);
}

/* What was asked for on the command line. */
struct asked {
	struct strv files, counters;
	const char *format, *base, *reference, *root;
	bool tax, wide, least;
};

static enum grid_format grid_format(const char *format)
{
	return strcmp(format, "md") == 0    ? GRID_MARKDOWN
	       : strcmp(format, "tsv") == 0 ? GRID_TABS
					    : GRID_TEXT;
}

static void print_comparison(const struct comparison *k, const struct asked *a)
{
	enum grid_format format = grid_format(a->format);

	if (strcmp(a->format, "json") == 0) {
		comparison_print_json(k, &a->files, a->tax);
	} else if (format == GRID_TABS) {
		print_tsv(k, a->tax);
	} else {
		if (a->files.n == 2)
			printf("base: %s\n%snew:  %s\n\n", a->files.v[0],
			       format == GRID_MARKDOWN ? "\n" : "", a->files.v[1]);
		print_tables(k, format, a->tax);
	}
}

static bool compare_sides(const struct asked *a, json_t *const *sets, char **why)
{
	struct comparison k;

	if (!comparison_make(&k, sets, a->files.n, a->base, &a->counters, why))
		return false;
	print_comparison(&k, a);
	comparison_free(&k);
	return true;
}

static bool print_wide(const struct asked *a, json_t *const *sets, char **why)
{
	struct wide w = {.tax = a->tax, .least = a->least, .format = grid_format(a->format)};
	struct cells cells;

	if (!cells_make(&cells, sets, 1, &a->counters, why))
		return false;
	if (!a->reference || reference_load(&w.reference, a->reference, why))
		wide_print(&w, &cells);
	reference_free(&w.reference);
	cells_free(&cells);
	return !*why;
}

static int compare(const struct asked *a)
{
	json_t *sets[2] = {NULL, NULL};
	char *why = NULL;
	int code = EXIT_ERROR;

	if (read_result_sets(&a->files, a->root, sets)) {
		if (a->wide ? print_wide(a, sets, &why) : compare_sides(a, sets, &why))
			code = EXIT_FINE;
		else
			complain("%s", why);
	}
	free(why);
	json_decref(sets[0]);
	json_decref(sets[1]);
	return code;
}

static int usage(const struct asked *a)
{
	const struct command *c = &command_compare;
	struct strv formats = {0};
	char *why = NULL;
	bool known = false;
	int code = -1;

	strv_split(&formats, "text,md,tsv,json", ',');
	for (size_t i = 0; i < formats.n; i++)
		known = known || strcmp(formats.v[i], a->format) == 0;
	if (!known && !unknown_name(&why, "format", a->format, &formats))
		code = usage_error(c, "%s", why);
	else if (a->files.n < 1 || a->files.n > 2)
		code = usage_error(c, "expected one or two files, found %zu", a->files.n);
	else if (a->files.n == 2 && (a->base || a->wide))
		code = usage_error(c, "%s is for one file", a->base ? "--base" : "--wide");
	else if (a->wide && (a->base || strcmp(a->format, "json") == 0))
		code = usage_error(c, "--wide goes without %s",
				   a->base ? "--base" : "--format json");
	else if (!a->wide && (a->least || a->reference))
		code = usage_error(c, "%s needs --wide", a->least ? "--least" : "--reference");
	free(why);
	strv_free(&formats);
	return code;
}

static int run(int argc, char **argv)
{
	struct asked a = {.format = "text"};
	const struct option_spec specs[] = {
		{"format", 0, OPTION_TEXT, &a.format, "FORMAT", "text, md, tsv or json (text)", 0,
		 0},
		{"base", 0, OPTION_TEXT, &a.base, "VARIANT",
		 "in one file, the variant to compare with (the first)", 0, 0},
		{"counters", 0, OPTION_LIST, &a.counters, "GROUP[.NAME][,...]",
		 "counters per iteration as well: a group's sum, one, or each (GROUP.*)", 0, 0},
		{"tax", 0, OPTION_FLAG, &a.tax, NULL,
		 "add the ratio to the native variant of the same ptl and pte", 0, 0},
		{"wide", 0, OPTION_FLAG, &a.wide, NULL,
		 "a row for each workload, a column for each variant", 0, 0},
		{"least", 0, OPTION_FLAG, &a.least, NULL,
		 "with --wide, least samples instead of medians", 0, 0},
		{"reference", 0, OPTION_TEXT, &a.reference, "FILE.tsv",
		 "with --wide, figures of other systems beside them", 0, 0},
		{"root", 0, OPTION_TEXT, &a.root, "DIR", "the project's root (also PVMMU_ROOT)", 0,
		 0},
		{0},
	};
	int code = options_read(&command_compare, specs, argc, argv, &a.files);

	code = code < 0 ? usage(&a) : code;
	code = code < 0 ? compare(&a) : code;
	strv_free(&a.files);
	strv_free(&a.counters);
	return code;
}

const struct command command_compare = {
	.name = "compare",
	.usage = "compare [OPTION]... BASE.json NEW.json | [OPTION]... FILE.json",
	.summary = "compare two result sets, or the variants in one",
	.details =
		"Two files with one variant each: those two are compared. Otherwise each variant\n"
		"is compared with itself. What only one side has is shown as missing.\n"
		"\n"
		"All variants of a file side by side, as tables for a document:\n"
		"  pvmmu compare FILE.json --wide --least --tax --counters hypercalls --format md\n",
	.run = run,
};
