// SPDX-License-Identifier: MIT
#include "matrix.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/figures.h"
#include "lib/json.h"
#include "spec/xen_words.h"
#include "native_ratio.h"
#include "resultset/resultset_read.h"
#include "scaling.h"
#include "sort.h"

/* The kind of a table's numbers. */
enum kind { COSTS, TAXES, SPREADS };

/* One table: its contents and its columns. */
struct pivot {
	const struct matrix *w;
	const struct dataset *c;
	const char *metric;
	json_int_t vcpus;
	enum kind kind;
	struct strv variants;
	bool series; /* not a counter */
	const char *unit;
};

static double value_of(const struct pivot *t, const struct cell *cell)
{
	const struct summary *seeds = t->w->least ? &cell->by_min : &cell->by_median;

	if (t->kind == TAXES)
		return ratio_to_native(t->c, cell, t->w->least);
	if (t->kind == SPREADS)
		return seeds->n > 1 && seeds->min > 0 ? 100 * (seeds->max - seeds->min) / seeds->min
						      : NAN;
	return t->w->least ? cell->summary.min : cell->summary.median;
}

static bool in_table(const struct pivot *t, size_t point)
{
	return t->c->point[point].vcpus == t->vcpus;
}

/* The cell with a number, or NULL. */
static const struct cell *measured(const struct pivot *t, size_t point, const char *variant)
{
	if (dataset_find_failed(t->c, 0, point, variant))
		return NULL;
	return dataset_find(t->c, 0, point, variant, t->metric);
}

/* Variants that were run at all with so many vCPUs. */
static void choose_columns(struct pivot *t)
{
	for (size_t i = 0; i < t->c->n; i++) {
		const struct cell *cell = &t->c->cell[i];

		if (!in_table(t, cell->point))
			continue;
		strv_add_distinct(&t->variants, cell->variant);
		if (cell->metric && strcmp(cell->metric, t->metric) == 0) {
			t->series = !cell->counter;
			t->unit = cell->unit;
		}
	}
	order_variants(t->c, &t->variants);
}

static bool has_row(const struct pivot *t, size_t point)
{
	for (size_t v = 0; v < t->variants.n; v++)
		if (dataset_find(t->c, 0, point, t->variants.v[v], t->metric) ||
		    dataset_find_failed(t->c, 0, point, t->variants.v[v]))
			return in_table(t, point);
	return false;
}

/* The label without the words of the heading. */
static void put_label(struct table *g, const struct point *p)
{
	const char *vcpus = strstr(p->label, " vcpus=");

	strv_add(&g->cells, "%.*s", (int)(vcpus ? vcpus - p->label : (long)strlen(p->label)),
		 p->label);
}

static void put_number(struct table *g, double v, bool ratio)
{
	char *text = ratio ? readable_ratio(v, 2) : readable_number(v);

	strv_add(&g->cells, "%s", text);
	free(text);
}

static void put_cell(struct table *g, const struct pivot *t, size_t point, const char *variant)
{
	const struct cell *cell = measured(t, point, variant);
	const struct cell *failed = dataset_find_failed(t->c, 0, point, variant);

	if (failed)
		strv_add(&g->cells, "%s", failed->status);
	else
		put_number(g, cell ? value_of(t, cell) : NAN, t->kind != COSTS);
}

static double best_under_xen(const struct pivot *t, size_t point)
{
	double best = NAN;

	for (size_t v = 0; v < t->variants.n; v++) {
		const struct cell *cell = measured(t, point, t->variants.v[v]);

		if (cell && !is_native(cell))
			best = fmin(best, value_of(t, cell));
	}
	return best;
}

static void put_row(struct table *g, const struct pivot *t, size_t point, size_t systems)
{
	const struct reference *r = &t->w->reference;
	const struct point *p = &t->c->point[point];

	put_label(g, p);
	for (size_t v = 0; v < t->variants.n; v++)
		put_cell(g, t, point, t->variants.v[v]);
	for (size_t s = 0; s < systems; s++)
		put_number(g, reference_of(r, p, s), false);
	for (size_t s = 0; s < systems; s++)
		put_number(g, best_under_xen(t, point) / reference_of(r, p, s), true);
}

static void print_heading(const struct pivot *t)
{
	const char *what = t->w->least ? "least sample" : "median";
	char *unit =
		t->kind == TAXES
			? xasprintf("ratio of the %s to the variant native's, all columns", what)
		: t->kind == SPREADS
			? xasprintf("from the minimum to the maximum %s of a seed, in percent",
				    what)
		: t->series ? xasprintf("%s, %s", what, t->unit)
			    : xstrdup(t->unit);

	printf("%s: %s, tier %s, %lld vCPU%s\n", t->metric, unit, t->c->shown, (long long)t->vcpus,
	       t->vcpus == 1 ? "" : "s");
	free(unit);
}

static void print_table(struct pivot *t)
{
	const struct reference *r = &t->w->reference;
	struct table g = {.columns = 1};
	size_t systems;
	char *align;

	choose_columns(t);
	systems = t->series && t->kind == COSTS ? r->systems.n : 0;
	g.columns += t->variants.n + 2 * systems;
	align = xcalloc(g.columns + 1, 1);
	memset(align, 'r', g.columns);
	align[0] = 'l';
	g.align = align;
	strv_add(&g.cells, "workload");
	for (size_t v = 0; v < t->variants.n; v++)
		strv_add(&g.cells, "%s", dataset_label(t->c, t->variants.v[v]));
	for (size_t s = 0; s < systems; s++)
		strv_add(&g.cells, "%s", r->systems.v[s]);
	for (size_t s = 0; s < systems; s++)
		strv_add(&g.cells, "best / %s", r->systems.v[s]);
	for (size_t p = 0; p < t->c->nr_points; p++)
		if (has_row(t, p))
			put_row(&g, t, p, systems);
	/* Calls of a hypervisor have no native price. */
	if (t->unit && t->variants.n && (t->series || t->kind == COSTS)) {
		print_heading(t);
		if (t->w->format == TABLE_MARKDOWN)
			putchar('\n');
		table_print(&g, t->w->format, stdout);
		putchar('\n');
	}
	table_free(&g);
	free(align);
	strv_free(&t->variants);
}

/* Whether Xen kept its page tables apart from its guests', in its own words; no Xen: "". */
static char *xpti_of(const struct dataset *c)
{
	struct strv told = {0};
	char *text;

	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < c->cell[i].nr_runs; k++) {
			const struct run *run = c->cell[i].run[k];
			const char *line = run_member(run, "xen.mitigations", XEN_XPTI)->text;

			if (run_member(run, "xen.mitigations", NULL)->could_tell)
				strv_add_distinct(&told, line ? line : "unknown");
		}
	text = strv_join(&told, " | ");
	strv_free(&told);
	return text;
}

static void print_identity(const struct dataset *c)
{
	static const struct {
		const char *before, *path, *after;
	} facts[] = {
		{"Xen ", "xen.version", ""},   {"", "qemu.version", ""},
		{"guest by ", "compiler", ""}, {"", "memory_mib", " MiB"},
		{"seed ", "seed", ""},
	};
	struct strv told = {0};
	char *text;

	for (size_t i = 0; i < sizeof(facts) / sizeof(*facts); i++) {
		text = dataset_identity(c, (struct side_filter){0, NULL}, facts[i].path);
		if (*text)
			strv_add(&told, "%s%s%s", facts[i].before, text, facts[i].after);
		free(text);
	}
	text = xpti_of(c);
	if (*text)
		strv_add(&told, "XPTI: %s", text);
	free(text);
	text = strv_join(&told, "; ");
	printf("%s\n", text);
	free(text);
	strv_free(&told);
}

static bool wanted(const struct matrix *w, const struct dataset *c, enum kind kind)
{
	bool several = false;

	for (size_t i = 0; i < c->n; i++)
		several = several || c->cell[i].by_median.n > 1;
	return kind == COSTS || (kind == TAXES && w->tax) || (kind == SPREADS && several);
}

void matrix_print(const struct matrix *w, const struct dataset *c)
{
	struct strv metrics = {0}, vcpus = {0};
	struct scaling scaling;

	dataset_metrics(c, &metrics);
	for (size_t p = 0; p < c->nr_points; p++) {
		char *n = xasprintf("%lld", (long long)c->point[p].vcpus);

		strv_add_distinct(&vcpus, n);
		free(n);
	}
	for (size_t m = 0; m < metrics.n; m++)
		for (size_t n = 0; n < vcpus.n; n++)
			for (enum kind kind = COSTS; kind <= SPREADS; kind++) {
				struct pivot t = {.w = w,
						  .c = c,
						  .metric = metrics.v[m],
						  .vcpus = atoll(vcpus.v[n]),
						  .kind = kind};

				if (wanted(w, c, kind))
					print_table(&t);
			}
	if (!metrics.n)
		puts("(nothing measured)");
	scaling_make(&scaling, c, NULL, METRIC_INSTRUCTIONS, w->least);
	scaling_print(&scaling, c, w->format, w->least, false);
	if (scaling.n)
		putchar('\n');
	scaling_free(&scaling);
	print_identity(c);
	strv_free(&metrics);
	strv_free(&vcpus);
}
