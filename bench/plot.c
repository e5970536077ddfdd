// SPDX-License-Identifier: MIT
#include "plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "plots/kind.h"
#include "resultset.h"
#include "version.h"

extern const struct plot_kind *const __start_pvmmu_plots[];
extern const struct plot_kind *const __stop_pvmmu_plots[];

/* The linker's order is that of the files; sorted, whatever that is. */
const struct plot_kind *plot_kind_at(size_t i)
{
	for (const struct plot_kind *const *a = __start_pvmmu_plots; a < __stop_pvmmu_plots; a++) {
		size_t before = 0;

		for (const struct plot_kind *const *b = __start_pvmmu_plots; b < __stop_pvmmu_plots;
		     b++)
			before += strcmp((*b)->name, (*a)->name) < 0;
		if (before == i)
			return *a;
	}
	return NULL;
}

const struct plot_kind *plot_kind_by_name(const char *name, char **why)
{
	const struct plot_kind *k;
	struct strv names = {0};

	for (size_t i = 0; (k = plot_kind_at(i)); i++) {
		if (strcmp(k->name, name) == 0)
			break;
		strv_add(&names, "%s", k->name);
	}
	if (!k)
		unknown_name(why, "kind", name, &names);
	strv_free(&names);
	return k;
}

char *plot_kinds_text(void)
{
	const struct plot_kind *k;
	struct strv lines = {0};
	char *text;

	for (size_t i = 0; (k = plot_kind_at(i)); i++)
		strv_add(&lines, "  %-10s %s\n", k->name, k->summary);
	text = strv_join(&lines, "");
	strv_free(&lines);
	return text;
}

static bool is_asked_for(const struct plot_request *r, const json_t *run)
{
	const char *workload = text_at(run, "identity", "workload", "name", NULL);
	const char *variant = text_at(run, "identity", "variant", "name", NULL);
	bool found = !r->variants || !r->variants->n;

	for (size_t i = 0; !found && i < r->variants->n; i++)
		found = strcmp(r->variants->v[i], variant) == 0;
	return found && (!r->workload || strcmp(r->workload, workload) == 0);
}

/* A set with those runs only; it shares them. */
static json_t *only_asked(const struct plot_request *r, json_t *set)
{
	json_t *runs = json_array(), *copy = json_copy(set), *run;
	size_t i;

	json_array_foreach (json_object_get(set, "runs"), i, run)
		if (is_asked_for(r, run))
			json_array_append(runs, run);
	json_object_set_new(copy, "runs", runs);
	return copy;
}

/* What is drawn, and what it was measured with. */
static char *footer(const struct plot *p, const struct plot_kind *kind)
{
	char *what = kind->what(p), *vcpus = plot_all_of(p, NULL, "vcpus"), *text;
	char *xen = plot_all_of(p, "xen", "version"), *qemu = plot_all_of(p, "qemu", "version");

	text = xasprintf("%s, %s vCPU; %s%s%s%s; pvmmu %s", what, vcpus, *xen ? "Xen " : "", xen,
			 *xen ? "; " : "", qemu, PVMMU_VERSION);
	free(what);
	free(vcpus);
	free(xen);
	free(qemu);
	return text;
}

static void fill_in(struct picture *to, const struct plot *p, const struct plot_kind *kind)
{
	char *title = p->ask->title ? xstrdup(p->ask->title) : kind->title(p);
	char *foot = footer(p, kind), *unit = kind->unit(p);
	FILE *f = open_memstream(&to->table, &to->table_size);

	to->script = kind->script;
	picture_text(to, "title", title);
	picture_text(to, "footer", foot);
	picture_text(to, "unit", unit);
	if (kind->words)
		kind->words(p, to);
	kind->put(f, p);
	fclose(f);
	free(title);
	free(foot);
	free(unit);
}

bool plot_make(struct picture *to, const struct plot_request *r, char **why)
{
	const struct plot_kind *kind = plot_kind_by_name(r->kind, why);
	struct plot p = {.ask = r, .nr_sets = r->files->n, .metric = r->metric, .picture = to};

	*to = (struct picture){0};
	if (!kind)
		return false;
	p.sets = xcalloc(p.nr_sets, sizeof(*p.sets));
	for (size_t i = 0; i < p.nr_sets; i++)
		p.sets[i] = only_asked(r, r->sets[i]);
	if (kind->begin(&p, why))
		fill_in(to, &p, kind);
	if (kind->end)
		kind->end(&p);
	cells_free(&p.cells);
	strv_free(&p.metrics);
	for (size_t i = 0; i < p.nr_sets; i++)
		json_decref(p.sets[i]);
	free(p.sets);
	return !*why;
}

/* ---- what kinds are made with ---- */

static bool has(const struct strv *list, const char *word)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i], word) == 0)
			return true;
	return false;
}

/* A metric may be a counter as well: then the sets are laid out again with it. */
static bool find_counter(struct plot *p)
{
	struct strv counters = {0};
	struct cells with;
	char *unknown = NULL;
	bool found;

	strv_add(&counters, "%s", p->metric);
	found = cells_make(&with, p->sets, p->nr_sets, &counters, &unknown);
	if (found) {
		cells_free(&p->cells);
		p->cells = with;
		strv_free(&p->metrics);
		cells_metrics(&p->cells, &p->metrics);
		found = has(&p->metrics, p->metric);
	}
	free(unknown);
	strv_free(&counters);
	return found;
}

bool plot_lay_out(struct plot *p, char **why)
{
	if (!cells_make(&p->cells, p->sets, p->nr_sets, &(struct strv){0}, why))
		return false;
	cells_metrics(&p->cells, &p->metrics);
	if (!p->metrics.n)
		return fail(why, "nothing was measured: there is nothing to draw");
	if (!p->metric)
		p->metric = p->metrics.v[0];
	return has(&p->metrics, p->metric) || find_counter(p) ||
	       unknown_name(why, "metric", p->metric, &p->metrics);
}

bool plot_wants(const struct plot *p, size_t panel)
{
	return !p->ask->panel || strcmp(p->cells.panel[panel].label, p->ask->panel) == 0;
}

/* The file's name tells two cells of one variant apart. One word, as all names of bars. */
char *plot_bar_name(const struct plot *p, size_t file, const char *variant)
{
	const char *path = p->ask->files->v[file], *slash = strrchr(path, '/');
	const char *label = cells_label(&p->cells, variant);
	bool several = false;
	char *name;

	for (size_t i = 0; i < p->cells.n; i++)
		several = several || (p->cells.cell[i].file != file &&
				      strcmp(p->cells.cell[i].variant, variant) == 0);
	name = several ? xasprintf("%s@%s", label, slash ? slash + 1 : path) : xstrdup(label);
	/* What ends a word in gnuplot, or joins several. */
	for (char *c = name; *c; c++)
		if (strchr(" \t\"'", *c))
			*c = '_';
	return name;
}

char *plot_all_of(const struct plot *p, const char *group, const char *name)
{
	struct strv values = {0};
	char *joined;

	for (size_t file = 0; file < p->nr_sets; file++) {
		char *v = cells_identity(&p->cells, (struct side_filter){file, NULL}, group, name);

		if (*v)
			strv_add_distinct(&values, v);
		free(v);
	}
	joined = strv_join(&values, " | ");
	strv_free(&values);
	return joined;
}

/* Of the metric that is drawn, in a panel that is. */
static bool is_drawn(const struct plot *p, const struct cell *cell)
{
	return cell->metric && strcmp(cell->metric, p->metric) == 0 && plot_wants(p, cell->panel);
}

const struct cell *plot_any_cell(const struct plot *p)
{
	for (size_t i = 0; i < p->cells.n; i++)
		if (is_drawn(p, &p->cells.cell[i]))
			return &p->cells.cell[i];
	return NULL;
}

char *plot_n(const struct plot *p)
{
	size_t min = SIZE_MAX, max = 0;

	for (size_t i = 0; i < p->cells.n; i++) {
		size_t samples = p->cells.cell[i].summary.n;

		if (!is_drawn(p, &p->cells.cell[i]))
			continue;
		min = samples < min ? samples : min;
		max = samples > max ? samples : max;
	}
	return min == max ? xasprintf("%zu", max) : xasprintf("%zu to %zu", min, max);
}

char *plot_what_measured(const struct plot *p)
{
	const struct cell *cell = plot_any_cell(p);
	char *n = plot_n(p);
	char *text = xasprintf("%s (%s is better), tier %s, median of n = %s", cell->unit,
			       cell->lower ? "lower" : "higher", p->cells.tier, n);

	free(n);
	return text;
}
