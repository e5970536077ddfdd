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

static struct side side_of(const struct comparison *k, struct place p, size_t point,
			   const char *metric)
{
	const struct dataset *c = &k->data;
	const struct cell *failed = dataset_at(c, point, p.file, p.row, p.column, NULL), *any;
	struct side s = {.file = p.file, .variant = p.row, .tax = NAN};

	s.cell = metric ? dataset_at(c, point, p.file, p.row, p.column, metric) : NULL;
	any = s.cell ? s.cell : failed;
	/* One of several seeds failed: the others alone are not the requested cell. */
	if (s.cell && failed)
		s.cell = NULL;
	s.label = any ? any->label : dataset_label(c, p.row);
	if (any)
		s.variant = any->variant;
	if (s.cell && k->tax)
		s.tax = native_ratio(c, s.cell, false);
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

static void add_row(struct comparison *k, const struct place *p, size_t n, size_t point,
		    const char *metric)
{
	struct row r = {.point = &k->data.point[point],
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

		r.side[i] = side_of(k, p[i], point, metric);
		cell = r.side[i].cell;
		any = any ? any : cell;
		heard_of = heard_of || cell ||
			   dataset_at(&k->data, point, p[i].file, p[i].row, p[i].column, NULL);
		r.exact = r.exact && (!cell || cell->exact);
		difference_make(&r.against[i], r.side[0].cell, cell);
	}
	k->crosses = k->crosses || (!k->by && strcmp(r.side[0].variant, r.side[1].variant) != 0);
	/* A pair shows the medians that its difference is about. */
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

static bool has_metric(const struct dataset *c, const struct place *p, size_t n, size_t point,
		       const char *metric)
{
	for (size_t i = 0; i < n; i++)
		if (dataset_at(c, point, p[i].file, p[i].row, p[i].column, metric))
			return true;
	return false;
}

/* Rows of one point for some sides. */
static void add_rows(struct comparison *k, const struct place *p, size_t n, size_t point)
{
	bool some = false;

	for (size_t m = 0; m < k->metrics.n; m++) {
		if (!has_metric(&k->data, p, n, point, k->metrics.v[m]))
			continue;
		add_row(k, p, n, point, k->metrics.v[m]);
		some = true;
	}
	/* If no side has a measurement, the row of the first metric says so. */
	if (!some)
		add_row(k, p, n, point, k->metrics.n ? k->metrics.v[0] : NULL);
}

static void add_pair(struct comparison *k, struct place base, struct place new)
{
	const struct place pair[] = {base, new};

	for (size_t point = 0; point < k->data.nr_points; point++)
		add_rows(k, pair, 2, point);
}

/* A copy of a variant's name that lasts as long as the cells; any variant's if name is NULL.
 * NULL: no cell has it. */
static const char *lasting_name(const struct comparison *k, const char *name)
{
	for (size_t c = 0; c < k->data.n; c++)
		if (!name || strcmp(k->data.cell[c].variant, name) == 0)
			return k->data.cell[c].variant;
	return NULL;
}

static void two_files(struct comparison *k)
{
	struct strv a = {0}, b = {0}, both = {0};

	dataset_variants(&k->data, 0, &a);
	dataset_variants(&k->data, 1, &b);
	for (size_t i = 0; i < a.n; i++)
		strv_add_distinct(&both, a.v[i]);
	for (size_t i = 0; i < b.n; i++)
		strv_add_distinct(&both, b.v[i]);
	if (a.n == 1 && b.n == 1) {
		add_pair(k, (struct place){0, k->data.cell[0].variant, ""},
			 (struct place){1, k->data.cell[k->data.n - 1].variant, ""});
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

static bool one_file(struct comparison *k, const char *base, char **error)
{
	struct strv variants = {0};
	const char *name = lasting_name(k, base);

	dataset_variants(&k->data, 0, &variants);
	if (variants.n < 2)
		fail(error, "one file with one variant has nothing to compare; give two files");
	if (!name)
		unknown_name(error, "base variant", base, &variants);
	for (size_t i = 0; i < variants.n && !*error; i++) {
		const char *other = lasting_name(k, variants.v[i]);

		if (strcmp(other, name) != 0)
			add_pair(k, (struct place){0, name, ""}, (struct place){0, other, ""});
	}
	strv_free(&variants);
	return !*error;
}

/* Each variant under a hypervisor beside the native one of the same ptl and pte: see
 * native_ratio.h. */
static bool by_env(struct comparison *k, size_t nr_sets, char **error)
{
	size_t before = k->nr_all;

	for (size_t f = 0; f < nr_sets; f++) {
		struct strv variants = {0};

		dataset_variants(&k->data, f, &variants);
		for (size_t v = 0; v < variants.n; v++) {
			const char *name = lasting_name(k, variants.v[v]);
			const struct cell *native = NULL;

			for (size_t i = 0; i < k->data.n && !native; i++) {
				const struct cell *cell = &k->data.cell[i];

				if (cell->file == f && strcmp(cell->variant, name) == 0)
					native = native_twin_of(&k->data, cell);
			}
			if (native)
				add_pair(k, (struct place){native->file, native->variant, ""},
					 (struct place){f, name, ""});
		}
		strv_free(&variants);
	}
	return k->nr_all > before ||
	       fail(error,
		    "by env: no run has a native one of the same ptl and pte, workload, vCPUs "
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

/* Orders the axis' values: numbers by size, others by appearance, the base first. */
static bool order_columns(struct comparison *k, const char *base, char **error)
{
	const struct strv *all = &k->data.columns;
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
		unknown_name(error, "base", base, all);
	else if (all->n < 2)
		fail(error, "by %s: all runs have the same value, %s: there is nothing to compare",
		     k->by, all->n ? all->v[0] : "none");
	return !*error;
}

/* By file, cells are told apart by the file as well. */
static size_t file_of(const struct comparison *k, const struct strv *files, const char *column)
{
	for (size_t i = 0; i < files->n && strcmp(k->by, "file") == 0; i++)
		if (strcmp(files->v[i], column) == 0)
			return i;
	return 0;
}

static bool by_axis(struct comparison *k, const struct comparison_request *q, char **error)
{
	const struct strv *rows = &k->data.rows;
	struct place *places;

	if (!order_columns(k, q->base, error))
		return false;
	places = xcalloc(k->columns.n, sizeof(*places));
	for (size_t i = 0; i < k->columns.n; i++)
		places[i] = (struct place){.file = file_of(k, &q->files, k->columns.v[i]),
					   .column = k->columns.v[i]};
	for (size_t point = 0; point < k->data.nr_points; point++)
		for (size_t r = 0; r < rows->n; r++) {
			for (size_t i = 0; i < k->columns.n; i++)
				places[i].row = rows->v[r];
			add_rows(k, places, k->columns.n, point);
		}
	free(places);
	return true;
}

/* All measured metrics, or the requested ones. */
static bool choose_metrics(struct comparison *k, const struct strv *asked, char **error)
{
	struct strv all = {0};

	dataset_metrics(&k->data, &all);
	for (size_t i = 0; i < asked->n && !*error; i++) {
		size_t m = 0;

		while (m < all.n && strcmp(all.v[m], asked->v[i]) != 0)
			m++;
		if (m == all.n)
			unknown_name(error, "metric", asked->v[i], &all);
		else
			strv_add_distinct(&k->metrics, all.v[m]);
	}
	for (size_t i = 0; i < all.n && !asked->n; i++)
		strv_add(&k->metrics, "%s", all.v[i]);
	strv_free(&all);
	return !*error;
}

/* Only metrics that are not exact have a noise floor. */
static void set_noise_floor(struct row *r, const struct noise *noise)
{
	const struct noise_metric *m =
		noise && r->metric ? noise_find(noise, r->metric, r->point->workload) : NULL;

	for (size_t s = 1; s < r->n && m; s++)
		r->against[s].noise_floor = m->largest / 100;
}

/* Judges table by table; a table has the rows of one metric. */
static void judge(struct comparison *k, double floor, const struct noise *noise)
{
	size_t most = 0;

	for (size_t i = 0; i < k->nr_all; i++) {
		most += k->row[i].n;
		set_noise_floor(&k->row[i], noise);
	}
	for (size_t m = 0; m < k->metrics.n; m++) {
		struct difference **all = xcalloc(most, sizeof(*all));
		size_t n = 0;

		for (size_t i = 0; i < k->nr_all; i++)
			for (size_t s = 1; s < k->row[i].n; s++)
				if (k->row[i].metric &&
				    strcmp(k->row[i].metric, k->metrics.v[m]) == 0)
					all[n++] = &k->row[i].against[s];
		differences_judge(all, n, floor);
		free(all);
	}
}

bool comparison_make(struct comparison *k, json_t *const *sets, size_t nr_sets,
		     const struct comparison_request *q, char **error)
{
	/* Natives have other variants: they are paired, not put into columns. */
	bool env = q->by && strcmp(q->by, "env") == 0;
	const char *by = q->by ? q->by : nr_sets > 2 ? "file" : NULL;

	*k = (struct comparison){0};
	if (!dataset_make_by(&k->data, sets, nr_sets, env ? NULL : by, &q->files, &q->counters,
			     error))
		return false;
	k->by = env ? NULL : by;
	k->tax = q->tax;
	if (choose_metrics(k, &q->metrics, error)) {
		if (env)
			by_env(k, nr_sets, error);
		else if (by)
			by_axis(k, q, error);
		else if (nr_sets == 2)
			two_files(k);
		else
			one_file(k, q->base, error);
	}
	if (!*error) {
		judge(k, q->floor, q->noise);
		comparison_notes(k);
		comparison_means(k);
		comparison_arrange(k, q, error);
	}
	if (*error)
		comparison_free(k);
	return !*error;
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
	dataset_free(&k->data);
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
	for (size_t i = 0; i < k->data.n; i++)
		if (k->data.cell[i].by_median.n > 1)
			return true;
	return false;
}
