// SPDX-License-Identifier: MIT
#include "aa.h"

#include <stdlib.h>
#include <string.h>

#include "figures.h"
#include "grid.h"
#include "noise.h"
#include "resultset.h"

json_t *aa_measure(struct session *s, const struct engine *e, json_t **again, enum outcome *worst,
		   size_t *kept)
{
	json_t *all, *first = json_array(), *run;
	size_t n = s->plan.n, i;

	plan_repeat(&s->plan, s->repetitions);
	all = engine_run(e, worst, kept);
	*again = json_array();
	for (i = 1; i < s->repetitions; i++)
		json_array_append_new(*again, json_array());
	json_array_foreach (all, i, run)
		json_array_append(i < n ? first : json_array_get(*again, i / n - 1), run);
	json_decref(all);
	return first;
}

static json_t *metric_json(const struct noise_metric *m)
{
	json_t *o =
		json_pack("{s:s, s:s, s:b, s:I, s:I, s:f, s:f}", "name", m->name, "unit", m->unit,
			  "exact", m->exact, "pairs", (json_int_t)m->pairs, "positives",
			  (json_int_t)m->positives, "largest", m->largest, "p95", m->p95);

	if (m->workload)
		json_object_set_new(o, "workload", json_string(m->workload));
	if (m->worst)
		json_object_set_new(o, "worst", json_string(m->worst));
	return o;
}

json_t *aa_noise(const json_t *set, char **why)
{
	json_t *all = json_array();
	struct noise n;

	if (noise_of(&n, set, why))
		for (size_t i = 0; i < n.n; i++) {
			const struct noise_metric *m = &n.metric[i];

			json_array_append_new(all, metric_json(m));
			if (m->exact && m->positives && !m->workload)
				fail(why,
				     "exact samples did not repeat: %s in %zu of %zu pairs, as "
				     "in %s",
				     m->name, m->positives, m->pairs, m->worst);
		}
	if (n.recounted)
		fail(why, "counters did not repeat: %s", n.recounted);
	noise_free(&n);
	return all;
}

/* Takes over the text. */
static void put(struct grid *g, char *text)
{
	strv_add(&g->cells, "%s", text);
	free(text);
}

static char *percent_of(const json_t *m, const char *name)
{
	char *text = readable_percent(json_number_value(json_object_get(m, name)));

	replace_text(&text, "%s %%", text);
	return text;
}

void aa_print(FILE *to, const json_t *noise)
{
	static const char *const head[] = {
		"metric",	 "workload",	     "unit",	  "pairs", "noise floor",
		"95 % of pairs", "called different", "largest in"};
	struct grid g = {.columns = 8, .align = "lllrrrrl"};
	json_t *m;
	size_t i;

	for (i = 0; i < g.columns; i++)
		strv_add(&g.cells, "%s", head[i]);
	json_array_foreach ((json_t *)noise, i, m) {
		double pairs = json_number_value(json_object_get(m, "pairs"));
		double positives = json_number_value(json_object_get(m, "positives")), rate;
		const char *workload = text_at(m, "workload", NULL);
		bool exact = json_is_true(json_object_get(m, "exact"));

		put(&g, xstrdup(text_at(m, "name", NULL)));
		put(&g, xstrdup(*workload ? workload : "all"));
		put(&g, xstrdup(text_at(m, "unit", NULL)));
		put(&g, readable_number(pairs));
		put(&g, exact && !positives ? xstrdup("0 (exact)") : percent_of(m, "largest"));
		put(&g, percent_of(m, "p95"));
		rate = 100 * positives / pairs;
		put(&g, xasprintf(rate > 0 && rate < 1 ? "%.0f of %.0f (%.2g %%)"
						       : "%.0f of %.0f (%.0f %%)",
				  positives, pairs, rate));
		put(&g, xstrdup(exact && !positives ? "-" : text_at(m, "worst", NULL)));
	}
	grid_print(&g, GRID_TEXT, to);
	grid_free(&g);
}
