// SPDX-License-Identifier: MIT
/*
 * A/A test: each run of a plan is repeated in one session, to find the difference between equal
 * measurements. In real time the repetitions alternate with those of the other variants, in an
 * order that the seed determines (run_order.h), like two variants to be compared. On the exact tier
 * any difference is an error of the rig.
 */

#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "lib/figures.h"
#include "lib/json.h"
#include "lib/table.h"
#include "resultset/noise_floor.h"
#include "run/session.h"

/*
 * Measures the prepared session's plan s->repetitions times. Returns the first runs; *again gets
 * the others as result sets keep them ("repetitions"). Both are the caller's. *kept: how many were
 * taken over from the journal of a session that died.
 */
static json_t *measure(struct session *s, const struct engine *e, json_t **again,
		       enum outcome *worst, size_t *kept)
{
	json_auto_t *all = NULL;
	json_t *first = json_array(), *run;
	size_t n = s->plan.n, i;

	plan_repeat(&s->plan, s->repetitions);
	all = engine_run(e, worst, kept);
	*again = json_array();
	for (i = 1; i < s->repetitions; i++)
		json_array_append_new(*again, json_array());
	json_array_foreach (all, i, run)
		json_array_append(i < n ? first : json_array_get(*again, i / n - 1), run);
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

/*
 * The noise of a set with repetitions, as result sets keep it ("noise"); the caller's. *error: an
 * exact metric that did not repeat, the caller's, or NULL.
 */
static json_t *conclude(const json_t *set, char **error)
{
	json_t *all = json_array();
	struct noise n;

	if (noise_of(&n, set, error))
		for (size_t i = 0; i < n.n; i++) {
			const struct noise_metric *m = &n.metric[i];

			json_array_append_new(all, metric_json(m));
			if (m->exact && m->positives && !m->workload)
				fail(error,
				     "exact samples did not repeat: %s in %zu of %zu pairs, as "
				     "in %s",
				     m->name, m->positives, m->pairs, m->worst);
		}
	if (n.recounted)
		fail(error, "counters did not repeat: %s", n.recounted);
	noise_free(&n);
	return all;
}

/* Adds a cell; frees the text. */
static void add_cell(struct table *g, char *text)
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

static void print_noise(FILE *to, const json_t *noise)
{
	static const char *const head[] = {
		"metric",	 "workload",	     "unit",	  "pairs", "noise floor",
		"95 % of pairs", "called different", "largest in"};
	struct table g = {.columns = 8, .align = "lllrrrrl"};
	json_t *m;
	size_t i;

	for (i = 0; i < g.columns; i++)
		strv_add(&g.cells, "%s", head[i]);
	json_array_foreach ((json_t *)noise, i, m) {
		double pairs = json_number_value(json_object_get(m, "pairs"));
		double positives = json_number_value(json_object_get(m, "positives")), rate;
		const char *workload = text_at(m, "workload", NULL);
		bool exact = json_is_true(json_object_get(m, "exact"));

		add_cell(&g, xstrdup(text_at(m, "name", NULL)));
		add_cell(&g, xstrdup(*workload ? workload : "all"));
		add_cell(&g, xstrdup(text_at(m, "unit", NULL)));
		add_cell(&g, readable_number(pairs));
		add_cell(&g, exact && !positives ? xstrdup("0 (exact)") : percent_of(m, "largest"));
		add_cell(&g, percent_of(m, "p95"));
		rate = 100 * positives / pairs;
		add_cell(&g, xasprintf(rate > 0 && rate < 1 ? "%.0f of %.0f (%.2g %%)"
							    : "%.0f of %.0f (%.0f %%)",
				       positives, pairs, rate));
		add_cell(&g, xstrdup(exact && !positives ? "-" : text_at(m, "worst", NULL)));
	}
	table_print(&g, TABLE_TEXT, to);
	table_free(&g);
}

static const struct session_work work = {
	.kind = SESSION_AA,
	.finds = "repetitions",
	.measure = measure,
	.concludes = "noise",
	.conclude = conclude,
	.print = print_noise,
};

static int run(int argc, char **argv)
{
	return session_command_line(&command_aa, &work, argc, argv);
}

const struct command command_aa = {
	.name = "aa",
	.usage = "aa [OPTION]...",
	.summary = "repeat measurements: the noise floor, and the false positives of tests",
	.details =
		"Takes the options of `run`. Each run is made --repeat times, in real time alternating\n"
		"with the others. Differences between repetitions are noise. For each metric:\n"
		"  noise floor       maximum shift of a median between two repetitions of a run; 95 % of\n"
		"                    the pairs shift no more than the value beside it\n"
		"  called different  pairs that differ by a test at the 5 % level; far more than 5 % means\n"
		"                    that boots differ from each other, so only --seeds helps\n"
		"On the exact tier all samples and counters must repeat, or the exit code is 4.\n"
		"\n"
		"`pvmmu verdict` uses results/noise.json for sets in the same directory.\n"
		"  pvmmu aa --variant eager --workload null_syscall,fork\n"
		"  pvmmu aa --rig host --workload fork,exec --repeat 5\n",
	.run = run,
};
