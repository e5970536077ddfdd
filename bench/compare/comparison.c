// SPDX-License-Identifier: MIT
#include "comparison.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "native_ratio.h"
#include "resultset/axes.h"
#include "resultset/noise_floor.h"
#include "spec/catalog.h"

/* Where a row's sides are looked for. */
struct place {
	size_t file;
	const char *row, *column;
};

static struct side side_of(const struct comparison *k, struct place p, size_t panel,
			   const char *metric)
{
	const struct cells *c = &k->cells;
	const struct cell *failed = cells_at(c, panel, p.file, p.row, p.column, NULL), *any;
	struct side s = {.file = p.file, .variant = p.row, .tax = NAN};

	s.cell = metric ? cells_at(c, panel, p.file, p.row, p.column, metric) : NULL;
	any = s.cell ? s.cell : failed;
	/* Of several seeds one failed: the others alone are not what was asked for. */
	if (s.cell && failed)
		s.cell = NULL;
	s.label = any ? any->label : cells_label(c, p.row);
	if (any)
		s.variant = any->variant;
	if (s.cell && k->tax)
		s.tax = tax_of(c, s.cell, false);
	if (s.cell)
		return s;
	if (failed)
		s.missing = xstrdup(failed->status);
	else
		s.missing = xstrdup(k->by ? "not measured" : "not in the file");
	return s;
}

static void free_row(struct row *r)
{
	for (size_t i = 0; i < r->n; i++)
		free(r->side[i].missing);
	free(r->side);
	free(r->against);
}

static void add_row(struct comparison *k, const struct place *p, size_t n, size_t panel,
		    const char *metric)
{
	struct row r = {.panel = &k->cells.panel[panel],
			.metric = metric,
			.side = xcalloc(n, sizeof(*r.side)),
			.against = xcalloc(n, sizeof(*r.against)),
			.n = n,
			.place = k->nr_all};
	const struct cell *any = NULL;
	bool heard_of = false;

	r.exact = true;
	for (size_t i = 0; i < n; i++) {
		const struct cell *cell;

		r.side[i] = side_of(k, p[i], panel, metric);
		cell = r.side[i].cell;
		any = any ? any : cell;
		heard_of = heard_of || cell ||
			   cells_at(&k->cells, panel, p[i].file, p[i].row, p[i].column, NULL);
		r.exact = r.exact && (!cell || cell->exact);
		contrast_make(&r.against[i], r.side[0].cell, cell);
	}
	k->crosses = k->crosses || (!k->by && strcmp(r.side[0].variant, r.side[1].variant) != 0);
	/* In a pair both are seen as their contrast does. */
	for (size_t i = 0; i < n; i++)
		r.side[i].median = r.against[i].new;
	if (n == 2 && any && r.side[0].cell && r.side[1].cell)
		r.side[0].median = r.against[1].base;
	r.unit = any ? any->unit : NULL;
	r.exact = r.exact && any;
	if (!heard_of) {
		free_row(&r);
		return;
	}
	k->row = xrealloc(k->row, (k->nr_all + 1) * sizeof(*k->row));
	k->row[k->nr_all++] = r;
}

static bool has_metric(const struct cells *c, const struct place *p, size_t n, size_t panel,
		       const char *metric)
{
	for (size_t i = 0; i < n; i++)
		if (cells_at(c, panel, p[i].file, p[i].row, p[i].column, metric))
			return true;
	return false;
}

/* Rows of one panel for some sides. */
static void add_rows(struct comparison *k, const struct place *p, size_t n, size_t panel)
{
	bool some = false;

	for (size_t m = 0; m < k->metrics.n; m++) {
		if (!has_metric(&k->cells, p, n, panel, k->metrics.v[m]))
			continue;
		add_row(k, p, n, panel, k->metrics.v[m]);
		some = true;
	}
	/* Where nothing was measured, that is what the first metric's row says. */
	if (!some)
		add_row(k, p, n, panel, k->metrics.n ? k->metrics.v[0] : NULL);
}

static void add_pair(struct comparison *k, struct place base, struct place new)
{
	const struct place pair[] = {base, new};

	for (size_t panel = 0; panel < k->cells.nr_panels; panel++)
		add_rows(k, pair, 2, panel);
}

/* The cells' own copy of a variant's name, which lasts; of any if name is NULL. NULL: there is
 * none. */
static const char *lasting_name(const struct comparison *k, const char *name)
{
	for (size_t c = 0; c < k->cells.n; c++)
		if (!name || strcmp(k->cells.cell[c].variant, name) == 0)
			return k->cells.cell[c].variant;
	return NULL;
}

static void two_files(struct comparison *k)
{
	struct strv a = {0}, b = {0}, both = {0};

	cells_variants(&k->cells, 0, &a);
	cells_variants(&k->cells, 1, &b);
	for (size_t i = 0; i < a.n; i++)
		strv_add_distinct(&both, a.v[i]);
	for (size_t i = 0; i < b.n; i++)
		strv_add_distinct(&both, b.v[i]);
	if (a.n == 1 && b.n == 1) {
		add_pair(k, (struct place){0, k->cells.cell[0].variant, ""},
			 (struct place){1, k->cells.cell[k->cells.n - 1].variant, ""});
	} else {
		for (size_t i = 0; i < both.n; i++) {
			const char *name = lasting_name(k, both.v[i]);

			add_pair(k, (struct place){0, name, ""}, (struct place){1, name, ""});
		}
	}
	strv_free(&a);
	strv_free(&b);
	strv_free(&both);
}

static bool one_file(struct comparison *k, const char *base, char **why)
{
	struct strv variants = {0};
	const char *name = lasting_name(k, base);

	cells_variants(&k->cells, 0, &variants);
	if (variants.n < 2)
		fail(why, "one file with one variant has nothing to compare; give two files");
	if (!name)
		unknown_name(why, "base variant", base, &variants);
	for (size_t i = 0; i < variants.n && !*why; i++) {
		const char *other = lasting_name(k, variants.v[i]);

		if (strcmp(other, name) != 0)
			add_pair(k, (struct place){0, name, ""}, (struct place){0, other, ""});
	}
	strv_free(&variants);
	return !*why;
}

/* Each variant under a hypervisor beside the native one of the same ptl and pte: see
 * native_ratio.h. */
static bool by_env(struct comparison *k, size_t nr_sets, char **why)
{
	size_t before = k->nr_all;

	for (size_t f = 0; f < nr_sets; f++) {
		struct strv variants = {0};

		cells_variants(&k->cells, f, &variants);
		for (size_t v = 0; v < variants.n; v++) {
			const char *name = lasting_name(k, variants.v[v]);
			const struct cell *native = NULL;

			for (size_t i = 0; i < k->cells.n && !native; i++) {
				const struct cell *cell = &k->cells.cell[i];

				if (cell->file == f && strcmp(cell->variant, name) == 0)
					native = native_twin_of(&k->cells, cell);
			}
			if (native)
				add_pair(k, (struct place){native->file, native->variant, ""},
					 (struct place){f, name, ""});
		}
		strv_free(&variants);
	}
	return k->nr_all > before ||
	       fail(why, "by env: no run has a native one of the same ptl and pte, workload, vCPUs "
			 "and memory to be compared with: measure --variant native as well");
}

static bool is_number(const char *text)
{
	return *text && strlen(text) < 18 && !text[strspn(text, "0123456789")];
}

static int by_number(const void *a, const void *b)
{
	long long x = atoll(*(char *const *)a), y = atoll(*(char *const *)b);

	return x < y ? -1 : x > y;
}

/* The axis' values: numbers by size, other ones as they appear, the base first. */
static bool order_columns(struct comparison *k, const char *base, char **why)
{
	const struct strv *all = &k->cells.columns;
	bool numbers = true, found = !base;

	for (size_t i = 0; i < all->n; i++) {
		strv_add(&k->columns, "%s", all->v[i]);
		numbers = numbers && is_number(all->v[i]);
	}
	if (numbers && all->n)
		qsort(k->columns.v, k->columns.n, sizeof(*k->columns.v), by_number);
	for (size_t i = 0; i < k->columns.n && !found; i++)
		if (strcmp(k->columns.v[i], base) == 0) {
			char *first = k->columns.v[i];

			memmove(k->columns.v + 1, k->columns.v, i * sizeof(*k->columns.v));
			k->columns.v[0] = first;
			found = true;
		}
	if (!found)
		unknown_name(why, "base", base, all);
	else if (all->n < 2)
		fail(why, "by %s: all runs have the same value, %s: there is nothing to compare",
		     k->by, all->n ? all->v[0] : "none");
	return !*why;
}

/* By file, cells are told apart by the file as well. */
static size_t file_of(const struct comparison *k, const struct strv *files, const char *column)
{
	for (size_t i = 0; i < files->n && strcmp(k->by, "file") == 0; i++)
		if (strcmp(files->v[i], column) == 0)
			return i;
	return 0;
}

static bool by_axis(struct comparison *k, const struct comparison_request *q, char **why)
{
	const struct strv *rows = &k->cells.rows;
	struct place *places;

	if (!order_columns(k, q->base, why))
		return false;
	places = xcalloc(k->columns.n, sizeof(*places));
	for (size_t i = 0; i < k->columns.n; i++)
		places[i] = (struct place){.file = file_of(k, &q->files, k->columns.v[i]),
					   .column = k->columns.v[i]};
	for (size_t panel = 0; panel < k->cells.nr_panels; panel++)
		for (size_t r = 0; r < rows->n; r++) {
			for (size_t i = 0; i < k->columns.n; i++)
				places[i].row = rows->v[r];
			add_rows(k, places, k->columns.n, panel);
		}
	free(places);
	return true;
}

/* All that were measured, or of those the ones that are asked for. */
static bool choose_metrics(struct comparison *k, const struct strv *asked, char **why)
{
	struct strv all = {0};

	cells_metrics(&k->cells, &all);
	for (size_t i = 0; i < asked->n && !*why; i++) {
		size_t m = 0;

		while (m < all.n && strcmp(all.v[m], asked->v[i]) != 0)
			m++;
		if (m == all.n)
			unknown_name(why, "metric", asked->v[i], &all);
		else
			strv_add_distinct(&k->metrics, all.v[m]);
	}
	for (size_t i = 0; i < all.n && !asked->n; i++)
		strv_add(&k->metrics, "%s", all.v[i]);
	strv_free(&all);
	return !*why;
}

/* What measuring again changes is known of metrics that are not exact. */
static void set_noise_floor(struct row *r, const struct noise *noise)
{
	const struct noise_metric *m =
		noise && r->metric ? noise_find(noise, r->metric, r->panel->workload) : NULL;

	for (size_t s = 1; s < r->n && m; s++)
		r->against[s].noise_floor = m->largest / 100;
}

/* Table by table: a table is what has one metric. */
static void judge(struct comparison *k, double floor, const struct noise *noise)
{
	size_t most = 0;

	for (size_t i = 0; i < k->nr_all; i++) {
		most += k->row[i].n;
		set_noise_floor(&k->row[i], noise);
	}
	for (size_t m = 0; m < k->metrics.n; m++) {
		struct contrast **all = xcalloc(most, sizeof(*all));
		size_t n = 0;

		for (size_t i = 0; i < k->nr_all; i++)
			for (size_t s = 1; s < k->row[i].n; s++)
				if (k->row[i].metric &&
				    strcmp(k->row[i].metric, k->metrics.v[m]) == 0)
					all[n++] = &k->row[i].against[s];
		contrasts_judge(all, n, floor);
		free(all);
	}
}

bool comparison_make(struct comparison *k, json_t *const *sets, size_t nr_sets,
		     const struct comparison_request *q, char **why)
{
	/* Natives have other variants: they are paired, not put into columns. */
	bool env = q->by && strcmp(q->by, "env") == 0;
	const char *by = q->by ? q->by : nr_sets > 2 ? "file" : NULL;

	*k = (struct comparison){0};
	if (!cells_make_by(&k->cells, sets, nr_sets, env ? NULL : by, &q->files, &q->counters, why))
		return false;
	k->by = env ? NULL : by;
	k->tax = q->tax;
	if (choose_metrics(k, &q->metrics, why)) {
		if (env)
			by_env(k, nr_sets, why);
		else if (by)
			by_axis(k, q, why);
		else if (nr_sets == 2)
			two_files(k);
		else
			one_file(k, q->base, why);
	}
	if (!*why) {
		judge(k, q->floor, q->noise);
		comparison_notes(k, sets, nr_sets);
		comparison_means(k);
		comparison_arrange(k, q, why);
	}
	if (*why)
		comparison_free(k);
	return !*why;
}

void comparison_free(struct comparison *k)
{
	for (size_t i = 0; i < k->nr_all; i++)
		free_row(&k->row[i]);
	for (size_t i = 0; i < k->nr_means; i++) {
		free(k->mean[i].of);
		free(k->mean[i].value);
		free(k->mean[i].ratio);
		strv_free(&k->mean[i].left_out);
	}
	free(k->row);
	free(k->mean);
	strv_free(&k->columns);
	strv_free(&k->metrics);
	strv_free(&k->differences);
	strv_free(&k->notes);
	cells_free(&k->cells);
	*k = (struct comparison){0};
}

char *row_variant(const struct comparison *k, const struct row *r)
{
	if (k->by)
		return xstrdup(r->side[0].label);
	return k->crosses ? xasprintf("%s -> %s", r->side[0].label, r->side[1].label)
			  : xstrdup(r->side[1].label);
}

bool comparison_has_seeds(const struct comparison *k)
{
	for (size_t i = 0; i < k->cells.n; i++)
		if (k->cells.cell[i].by_median.n > 1)
			return true;
	return false;
}
