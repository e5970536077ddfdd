// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include "compare/native_ratio.h"
#include "lib/json.h"
#include "lib/sha256.h"
#include "model.h"
#include "resultset/units.h"
#include "spec/custom_variant.h"

/* Whether a variant has a name, or a label in the group. */
static bool is_called(const struct site_group *g, const char *variant, const char *name)
{
	return strcmp(variant, name) == 0 || strcmp(dataset_label(&g->data, variant), name) == 0;
}

static const char *choose_baseline(const struct site_model *m, const struct site_group *g)
{
	const char *const wanted[] = {m->q->baseline, "native", "nopin"};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		for (size_t v = 0; v < g->variants.n && wanted[i]; v++)
			if (is_called(g, g->variants.v[v], wanted[i]))
				return g->variants.v[v];
	return g->variants.n ? g->variants.v[0] : NULL;
}

static bool is_native_variant(const struct site_group *g, const char *variant)
{
	for (size_t i = 0; i < g->data.n; i++)
		if (strcmp(g->data.cell[i].variant, variant) == 0)
			return is_native(&g->data.cell[i]);
	return false;
}

/* Native variants first, as the reference; then those with a name; otherwise the order stays. */
static void order_columns(struct site_group *g)
{
	struct strv sorted = {0};

	for (int part = 0; part < 3; part++)
		for (size_t v = 0; v < g->variants.n; v++) {
			const char *name = g->variants.v[v];

			if (part == (is_native_variant(g, name) ? 0 : 1 + is_custom(name)))
				strv_add(&sorted, "%s", name);
		}
	strv_free(&g->variants);
	g->variants = sorted;
}

/* The number of samples counts last, in descending order. */
static int by_parameters(const json_t *a, const json_t *b)
{
	static const char samples[] = "n";
	json_int_t n = json_integer_value(json_object_get(a, samples));
	json_int_t m = json_integer_value(json_object_get(b, samples)), x, y;
	json_t *value;
	const char *name;

	json_object_foreach ((json_t *)a, name, value) {
		x = json_integer_value(value);
		y = json_integer_value(json_object_get(b, name));
		if (strcmp(name, samples) != 0 && x != y)
			return x < y ? -1 : 1;
	}
	return (n < m) - (n > m);
}

/* By identity, whatever the file: workload, parameters, variant, seed. */
static int by_identity(const void *a, const void *b)
{
	const json_t *x = json_object_get(((const struct site_run *)a)->run, "identity");
	const json_t *y = json_object_get(((const struct site_run *)b)->run, "identity");
	int order =
		strcmp(text_at(x, "workload", "name", NULL), text_at(y, "workload", "name", NULL));

	if (!order)
		order = by_parameters(member_at(x, "workload", "parameters", NULL),
				      member_at(y, "workload", "parameters", NULL));
	if (!order)
		order = strcmp(text_at(x, "variant", "name", NULL),
			       text_at(y, "variant", "name", NULL));
	if (!order)
		order = (int)(json_integer_value(json_object_get(x, "seed")) -
			      json_integer_value(json_object_get(y, "seed")));
	return order;
}

static void order_runs(struct site_group *g)
{
	json_t *runs = json_array();

	qsort(g->run, g->n, sizeof(*g->run), by_identity);
	for (size_t i = 0; i < g->n; i++)
		json_array_append(runs, g->run[i].run);
	json_object_set_new(g->set, "runs", runs);
}

static bool is_nearer(const struct cell *a, const struct cell *b)
{
	return a->lower ? a->summary.median < b->summary.median
			: a->summary.median > b->summary.median;
}

/* A cell that may be the best; native variants do not compete. */
static const struct cell *contender(const struct site_group *g, size_t point, size_t v, bool custom)
{
	const struct cell *cell = dataset_find(&g->data, 0, point, g->variants.v[v], g->metric);

	return cell && !is_native(cell) && is_custom(cell->variant) == custom &&
			       !dataset_find_failed(&g->data, 0, point, g->variants.v[v])
		       ? cell
		       : NULL;
}

static void find_best(struct site_group *g, size_t point, bool custom)
{
	struct site_best *best = &g->best[custom][point];
	const struct cell *cell;

	for (size_t v = 0; v < g->variants.n; v++) {
		cell = contender(g, point, v, custom);
		best->n += cell != NULL;
		if (cell && (!best->first || is_nearer(cell, best->first)))
			best->first = cell;
	}
	for (size_t v = 0; v < g->variants.n && best->first; v++) {
		cell = contender(g, point, v, custom);
		/* Only exact values have ties. */
		if (cell && (cell == best->first ||
			     (cell->exact && cell->summary.median == best->first->summary.median)))
			strv_add(&best->ties, "%s", cell->variant);
		else if (cell && (!best->next || is_nearer(cell, best->next)))
			best->next = cell;
	}
	difference_make(&best->difference, best->next, best->first);
}

static void find_all_best(struct site_group *g)
{
	AUTO_FREE struct difference **all = xcalloc(2 * g->data.nr_points + 1, sizeof(*all));
	size_t n = 0;

	for (int custom = 0; custom < 2; custom++) {
		g->best[custom] = xcalloc(g->data.nr_points + 1, sizeof(**g->best));
		for (size_t p = 0; p < g->data.nr_points && g->metric; p++) {
			find_best(g, p, custom);
			if (g->best[custom][p].next)
				all[n++] = &g->best[custom][p].difference;
		}
	}
	differences_judge(all, n, 0);
}

/* Lays out the counters of all runs; a group without counters is no error. */
static void lay_out_counters(struct site_group *g)
{
	AUTO_STRV struct strv groups = {0}, asked = {0};
	json_t *value;
	const char *name;
	AUTO_FREE char *none = NULL;

	for (size_t i = 0; i < g->n; i++)
		json_object_foreach (json_object_get(g->run[i].run, "counters"), name, value)
			strv_add_distinct(&groups, name);
	for (size_t i = 0; i < groups.n; i++)
		strv_add(&asked, "%s.*", groups.v[i]);
	g->has_counters =
		asked.n && dataset_make(&g->counted, &(json_t *const){g->set}, 1, &asked, &none);
}

/* The title of the group has the number of vCPUs, so labels of points need not. */
static void shorten_labels(struct site_group *g)
{
	for (size_t i = 0; i < g->data.nr_points; i++) {
		const struct point *p = &g->data.point[i];
		AUTO_FREE char *end = xasprintf(" vcpus=%lld", (long long)p->vcpus);
		size_t n = strlen(p->label), m = strlen(end);

		if (n > m && strcmp(p->label + n - m, end) == 0)
			p->label[n - m] = 0;
	}
}

static bool lay_out(struct site_model *m, struct site_group *g, char **error)
{
	const struct units_words words = {.notes = &m->apart};

	order_runs(g);
	if (!units_settle(&g->set, 1, UNITS_APART, &words, error) ||
	    !dataset_make(&g->data, &(json_t *const){g->set}, 1, &(struct strv){0}, error))
		return false;
	shorten_labels(g);
	dataset_variants(&g->data, 0, &g->variants);
	order_columns(g);
	dataset_metrics(&g->data, &g->metrics);
	g->metric = g->metrics.n ? g->metrics.v[0] : NULL;
	g->baseline = choose_baseline(m, g);
	find_all_best(g);
	lay_out_counters(g);
	for (size_t p = 0; p < g->data.nr_points; p++)
		strv_add_distinct(&m->workloads, g->data.point[p].workload);
	for (size_t v = 0; v < g->variants.n; v++)
		strv_add_distinct(&m->variants, g->variants.v[v]);
	return true;
}

static int by_key(const void *a, const void *b)
{
	const struct site_group *x = a, *y = b;

	return strcmp(x->key, y->key);
}

static bool baseline_is_there(const struct site_model *m, char **error)
{
	const char *wanted = m->q->baseline;
	AUTO_FREE char *valid = NULL;

	if (!wanted || !m->nr_groups)
		return true;
	for (size_t i = 0; i < m->nr_groups; i++)
		if (m->group[i].baseline && is_called(&m->group[i], m->group[i].baseline, wanted))
			return true;
	valid = strv_join(&m->variants, ", ");
	fail(error, "the baseline \"%s\" is not among the variants: %s", wanted, valid);
	return false;
}

bool model_groups(struct site_model *m, char **error)
{
	if (!model_select_runs(m, error))
		return false;
	if (m->nr_groups)
		qsort(m->group, m->nr_groups, sizeof(*m->group), by_key);
	for (size_t i = 0; i < m->nr_groups && !*error; i++) {
		m->group[i].id = xasprintf("g%zu", i + 1);
		lay_out(m, &m->group[i], error);
	}
	return !*error && baseline_is_there(m, error);
}

void model_groups_free(struct site_model *m)
{
	for (size_t i = 0; i < m->nr_groups; i++) {
		struct site_group *g = &m->group[i];

		for (size_t k = 0; k < g->n; k++) {
			json_decref(g->run[k].run);
			free(g->run[k].created);
		}
		free(g->run);
		if (g->has_counters)
			dataset_free(&g->counted);
		strv_free(&g->variants);
		strv_free(&g->metrics);
		for (int custom = 0; custom < 2; custom++) {
			for (size_t k = 0; k < g->data.nr_points && g->best[custom]; k++)
				strv_free(&g->best[custom][k].ties);
			free(g->best[custom]);
		}
		dataset_free(&g->data);
		json_decref(g->set);
		free(g->key);
		free(g->id);
		free(g->title);
	}
	free(m->group);
	for (size_t i = 0; i < m->nr_heads; i++)
		json_decref(m->head[i].set);
	free(m->head);
}

const struct site_run *run_of_cell(const struct site_group *g, const struct cell *cell, size_t k)
{
	for (size_t i = 0; i < g->n && k < cell->nr_runs; i++)
		if (json_object_get(g->run[i].run, "identity") == cell->run[k]->identity)
			return &g->run[i];
	return NULL;
}

char *cell_anchor(const struct site_group *g, size_t point, const char *variant)
{
	AUTO_FREE char *what = xasprintf("%s\n%s\n%s", g->key, g->data.point[point].label, variant);
	char hash[HASH_TEXT];

	hash_text(what, hash);
	return xasprintf("c-%.12s", hash);
}
