// SPDX-License-Identifier: MIT
/* A comparison for people: a table for each metric, then warnings and notes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "comparison.h"
#include "format.h"
#include "lib/figures.h"
#include "scaling.h"

/* Shared by all tables. */
struct page {
	const struct comparison *k;
	const struct comparison_request *q;
	enum table_format format;
	bool seeds;
};

/* One table, while it is filled. */
struct text_table {
	const struct page *page;
	const char *metric, *unit;
	struct table g;
	char align[512];
	bool exact;
};

static bool of_metric(const struct row *r, const char *metric)
{
	return r->metric == metric || (r->metric && metric && strcmp(r->metric, metric) == 0);
}

static void head(struct text_table *t, const char *name, char align)
{
	strv_add(&t->g.cells, "%s", name);
	if (t->g.columns + 1 < sizeof(t->align))
		t->align[t->g.columns] = align;
	t->g.columns++;
}

/* Takes over the text. */
static void put(struct text_table *t, char *text)
{
	strv_add(&t->g.cells, "%s", text);
	free(text);
}

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

static char *native_ratio_text(const struct side *s)
{
	return readable_ratio(s->tax, 2);
}

/* ---- in pairs ---- */

static void pair_head(struct text_table *t)
{
	head(t, "workload", 'l');
	head(t, "variant", 'l');
	head(t, "base", 'r');
	head(t, "new", 'r');
	head(t, t->exact ? "ratio" : "change", 'r');
	head(t, "difference", 'r');
	if (!t->exact) {
		head(t, "95 % interval", 'l');
		head(t, "p", 'r');
	}
	head(t, "n", 'r');
	if (t->exact) {
		head(t, "base range", 'l');
		head(t, "new range", 'l');
	}
	if (t->page->k->tax) {
		head(t, "base x native", 'r');
		head(t, "new x native", 'r');
	}
	if (t->page->seeds) {
		head(t, "base by seed", 'l');
		head(t, "new by seed", 'l');
	}
}

static void pair_row(struct text_table *t, const struct row *r)
{
	const struct side *a = &r->side[0], *b = &r->side[1];
	const struct difference *c = &r->against[1];

	put(t, xstrdup(r->point->label));
	put(t, row_variant(t->page->k, r));
	put(t, median_text(a, t->exact ? NULL : &c->of_base));
	put(t, median_text(b, t->exact ? NULL : &c->of_new));
	put(t, t->exact ? ratio_text(c) : change_text(c));
	put(t, difference_text(c));
	if (!t->exact) {
		put(t, interval_text(&c->interval));
		put(t, p_text(c));
	}
	put(t, n_text(c, a, b));
	if (t->exact) {
		put(t, range_text(a));
		put(t, range_text(b));
	}
	if (t->page->k->tax) {
		put(t, native_ratio_text(a));
		put(t, native_ratio_text(b));
	}
	if (t->page->seeds) {
		put(t, seeds_text(a));
		put(t, seeds_text(b));
	}
}

static void fill_up(struct text_table *t)
{
	while (t->g.cells.n % t->g.columns)
		put(t, xstrdup("-"));
}

static void pair_mean(struct text_table *t, const struct mean *m)
{
	put(t, xasprintf("(geometric mean of %zu)", m->rows));
	put(t, xstrdup(*m->of ? m->of : "-"));
	put(t, readable_number(m->value[0]));
	put(t, readable_number(m->value[1]));
	put(t, t->exact ? readable_ratio(without_noise(m->ratio[1]), 4)
			: share_percent(without_noise(m->ratio[1]) - 1));
	fill_up(t);
}

/* ---- by an axis ---- */

static bool names_rows(const struct comparison *k)
{
	return strcmp(k->by, "variant") != 0;
}

static void axis_head(struct text_table *t)
{
	const struct comparison *k = t->page->k;

	head(t, "workload", 'l');
	if (names_rows(k))
		head(t, "variant", 'l');
	for (size_t i = 0; i < k->columns.n; i++) {
		head(t, k->columns.v[i], 'r');
		if (i) {
			head(t, "change", 'r');
			if (!t->exact)
				head(t, "p", 'r');
		}
	}
	head(t, "n", 'l');
}

static char *all_n_text(const struct row *r)
{
	struct strv all = {0};
	bool same = true;
	char *text;

	for (size_t i = 0; i < r->n; i++) {
		const struct cell *cell = r->side[i].cell;

		strv_add(&all, "%zu", cell ? cell->summary.n : 0);
		same = same && strcmp(all.v[i], all.v[0]) == 0;
	}
	text = same ? xstrdup(all.v[0]) : strv_join(&all, "/");
	strv_free(&all);
	return text;
}

static void axis_row(struct text_table *t, const struct row *r)
{
	const struct comparison *k = t->page->k;

	put(t, xstrdup(r->point->label));
	if (names_rows(k))
		put(t, row_variant(k, r));
	for (size_t i = 0; i < r->n; i++) {
		const struct difference *c = &r->against[i];

		put(t, median_text(&r->side[i], t->exact ? NULL : &c->of_new));
		if (i) {
			put(t, change_text(c));
			if (!t->exact)
				put(t, p_text(c));
		}
	}
	put(t, all_n_text(r));
}

static void axis_mean(struct text_table *t, const struct mean *m)
{
	put(t, xasprintf("(geometric mean of %zu)", m->rows));
	if (names_rows(t->page->k))
		put(t, xstrdup("-"));
	for (size_t i = 0; i < m->n; i++) {
		put(t, readable_number(m->value[i]));
		if (i) {
			put(t, share_percent(without_noise(m->ratio[i]) - 1));
			if (!t->exact)
				put(t, xstrdup("-"));
		}
	}
	fill_up(t);
}

/* ---- both ---- */

/* The line above a table: all that its columns' names do not say. */
static void print_heading(const struct text_table *t)
{
	const struct page *page = t->page;

	printf("%s: medians in %s, tier %s", t->metric ? t->metric : "(nothing measured)",
	       t->unit ? t->unit : "no unit", page->k->data.shown);
	if (page->k->by)
		printf(", by %s, changes from %s", page->k->by, page->k->columns.v[0]);
	if (t->exact)
		printf(", = means all samples are equal");
	if (page->q->floor > 0)
		printf("; changes below %g %% are negligible", 100 * page->q->floor);
	if (page->seeds && !page->k->by)
		printf("; by seed: minimum / median / maximum of the seeds' own medians");
	putchar('\n');
	if (!t->exact && t->unit)
		printf("%sintervals of 95 %%; p adjusted for all tests of the table; ~ is what "
		       "chance explains: p not below 0.05\n",
		       page->format == TABLE_MARKDOWN ? "\n" : "");
	if (page->format == TABLE_MARKDOWN)
		putchar('\n');
}

#define LEFT_OUT_SHOWN 8

static void print_left_out(const struct mean *m)
{
	printf("left out of the geometric mean%s%s: ", *m->of ? " of " : "", m->of);
	for (size_t i = 0; i < m->left_out.n && i < LEFT_OUT_SHOWN; i++)
		printf("%s%s", i ? ", " : "", m->left_out.v[i]);
	if (m->left_out.n > LEFT_OUT_SHOWN)
		printf(" and %zu more (all with --format json)", m->left_out.n - LEFT_OUT_SHOWN);
	putchar('\n');
}

/* One row alone is its own mean. */
static void put_means(struct text_table *t)
{
	const struct comparison *k = t->page->k;

	for (size_t i = 0; i < k->nr_means; i++)
		if (t->metric && strcmp(k->mean[i].metric, t->metric) == 0 && k->mean[i].rows > 1)
			(k->by ? axis_mean : pair_mean)(t, &k->mean[i]);
}

static void print_means_notes(const struct text_table *t)
{
	const struct comparison *k = t->page->k;
	bool some = false;

	for (size_t i = 0; i < k->nr_means && t->metric; i++) {
		const struct mean *m = &k->mean[i];

		if (strcmp(m->metric, t->metric) != 0 || !m->left_out.n || m->rows < 2)
			continue;
		if (!some && t->page->format == TABLE_MARKDOWN)
			putchar('\n');
		some = true;
		print_left_out(m);
	}
}

static void print_metric(const struct page *page, const char *metric)
{
	const struct comparison *k = page->k;
	struct text_table t = {.page = page, .metric = metric, .exact = true};
	size_t rows = 0;

	t.g.align = t.align;
	memset(t.align, 'l', sizeof(t.align) - 1);
	for (size_t i = 0; i < k->n; i++) {
		const struct row *r = &k->row[i];

		if (!of_metric(r, metric))
			continue;
		rows++;
		t.unit = t.unit ? t.unit : r->unit;
		t.exact = t.exact && (r->exact || !r->unit);
	}
	(k->by ? axis_head : pair_head)(&t);
	for (size_t i = 0; i < k->n; i++)
		if (of_metric(&k->row[i], metric))
			(k->by ? axis_row : pair_row)(&t, &k->row[i]);
	if (rows) {
		put_means(&t);
		print_heading(&t);
		table_print(&t.g, page->format, stdout);
		print_means_notes(&t);
	}
	table_free(&t.g);
}

static void print_files(const struct page *page, const struct strv *files)
{
	bool markdown = page->format == TABLE_MARKDOWN;

	if (!page->k->by && files->n == 2)
		printf("base: %s\n%snew:  %s\n\n", files->v[0], markdown ? "\n" : "", files->v[1]);
}

void comparison_print_text(const struct comparison *k, const struct comparison_request *q,
			   const struct strv *files, enum table_format format)
{
	const struct page page = {k, q, format, comparison_has_seeds(k)};
	const char *bullet = format == TABLE_MARKDOWN ? "- " : "";
	struct scaling scaling;

	print_files(&page, files);
	if (!k->metrics.n)
		print_metric(&page, NULL);
	for (size_t m = 0; m < k->metrics.n; m++) {
		if (m)
			putchar('\n');
		print_metric(&page, k->metrics.v[m]);
	}
	if (k->n < k->nr_all || q->regressions || q->changed)
		printf("%s%zu of %zu rows%s\n", k->n ? "\n" : "", k->n, k->nr_all,
		       q->regressions ? ": what has become worse"
		       : q->changed   ? ": what has changed"
				      : ": what every side has");
	/* A selection is not asked how costs grow. */
	if (k->n == k->nr_all && !k->by) {
		scaling_make(&scaling, &k->data, NULL, NULL, false);
		scaling_print(&scaling, &k->data, format, false, true);
		scaling_free(&scaling);
	}
	if (k->differences.n + k->notes.n)
		putchar('\n');
	for (size_t i = 0; i < k->differences.n; i++)
		printf("%swarning: %s\n", bullet, k->differences.v[i]);
	for (size_t i = 0; i < k->notes.n; i++)
		printf("%snote: %s\n", bullet, k->notes.v[i]);
}
