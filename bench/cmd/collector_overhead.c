// SPDX-License-Identifier: MIT
/*
 * The overhead of collectors: the same runs without any collector, once more without, which shows
 * the effect of repeating, and with each collector alone. The result set keeps them all; its `runs`
 * are those without a collector.
 */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collect/collect.h"
#include "commands.h"
#include "lib/figures.h"
#include "lib/interrupt.h"
#include "lib/json.h"
#include "lib/outcome.h"
#include "resultset/resultset_read.h"
#include "run/session.h"
#include "stats/summary.h"

/* In place of a collector's name: the repetition without collectors. */
#define REPEATED "none"
/* In the journal: the runs that the others are compared with. */
#define BASE "base"

/* The collectors to measure, as items of --collect. */
static void list_items(const struct session *s, struct strv *items)
{
	const struct collector *c;

	for (size_t i = 0; i < s->collect.n; i++)
		if (strcmp(s->collect.v[i], REPEATED) != 0)
			strv_add(items, "%s", s->collect.v[i]);
	for (size_t i = 0; !s->collect.n && (c = collector_at(i)); i++) {
		bool off = false;

		for (size_t k = 0; k < s->no_collect.n; k++)
			off |= strcmp(s->no_collect.v[k], c->name) == 0;
		/* Collectors of other rigs and tiers are left out silently. */
		if (!off && word_in(s->plan.runs[0].rig->name, c->rigs) &&
		    word_in(s->plan.runs[0].tier, c->tiers))
			strv_add(items, "%s", c->name);
	}
}

/* Whether it observes any run. If not, no run is needed to tell the reason. */
static bool observes(const struct session *s, const struct collecting *c)
{
	for (size_t i = 0; i < s->plan.n; i++) {
		json_auto_t *names = collecting_names(c, &s->plan.runs[i]);
		bool any = json_array_size(names);

		if (any)
			return true;
	}
	return false;
}

/* The reason why a requested collector does not observe the first run; a new reference. */
static json_t *reason(const struct session *s, const struct collecting *c)
{
	json_t *error = NULL;

	for (size_t i = 0; i < c->n; i++)
		if (c->all[i].asked)
			error = member_at(c->all[i].places, s->plan.runs[0].env, "why", NULL);
	return error ? json_incref(error) : json_string("no reason given");
}

/* The outcome over all passes. */
struct tally {
	enum outcome worst;
	size_t kept;
};

/*
 * Makes all runs as the pass of that name. With --resume, finished runs of that pass are taken
 * over.
 */
static json_t *run_pass(struct session *s, const struct engine *e, const char *pass,
			struct tally *tally)
{
	struct engine mine = *e;
	json_t *earlier = NULL, *runs;
	enum outcome how;
	size_t kept = 0;

	mine.pass = pass;
	if (s->resume && e->journal)
		earlier = journal_runs(e->journal, e->schema, pass);
	mine.earlier = earlier;
	runs = engine_run(&mine, &how, &kept);
	tally->kept += kept;
	tally->worst = outcome_worse(tally->worst, how);
	json_decref(earlier);
	return runs;
}

/*
 * All runs with one collector, an item of --collect, or with none. NULL with *skipped: it observes
 * none of them; skipped is NULL for the runs that the others are compared with.
 */
static json_t *runs_with(struct session *s, const struct engine *e, const char *item,
			 struct tally *tally, json_t **skipped)
{
	AUTO_STRV struct strv wanted = {0};
	struct strv unwanted = {0};
	struct collecting collecting;
	json_t *runs = NULL;
	AUTO_FREE char *error = NULL;

	strv_add(&wanted, REPEATED);
	if (strcmp(item, REPEATED) != 0)
		strv_add(&wanted, "%s", item);
	/* It was read without complaint before. */
	collecting_choose(&collecting, &wanted, &unwanted, &error);
	session_probe(s, &collecting);
	for (size_t i = 0; i < s->plan.n; i++)
		s->plan.runs[i].collect = collecting.words;
	if (strcmp(item, REPEATED) == 0 || observes(s, &collecting))
		runs = run_pass(s, e, skipped ? item : BASE, tally);
	else
		*skipped = reason(s, &collecting);
	for (size_t i = 0; i < s->plan.n; i++)
		s->plan.runs[i].collect = NULL;
	s->rig.collecting = &s->collecting;
	collecting_free(&collecting);
	return runs;
}

static struct summary summary_of(const json_t *series)
{
	json_t *samples = json_object_get(series, "samples");
	size_t n = json_array_size(samples);
	AUTO_FREE double *v = xcalloc(n + 1, sizeof(*v));

	for (size_t i = 0; i < n; i++)
		v[i] = json_number_value(json_array_get(samples, i)) /
		       (double)iterations_per_sample(series);
	return summarize(v, n);
}

static size_t nr_differing(const json_t *a, const json_t *b)
{
	size_t n = json_array_size(a), differ = 0;

	for (size_t i = 0; i < n; i++)
		differ += json_number_value(json_array_get(a, i)) !=
			  json_number_value(json_array_get(b, i));
	return differ;
}

/* One series of both runs, in one unit. */
static json_t *difference(const json_t *a, const json_t *b)
{
	struct summary x = summary_of(a), y = summary_of(b);
	json_t *one =
		json_pack("{s:s, s:s, s:f, s:f, s:f, s:I}", "name", text_at(a, "name", NULL),
			  "unit", text_at(a, "unit", NULL), "without", x.median, "with", y.median,
			  "difference", y.median - x.median, "samples", (json_int_t)y.n);

	/* In real time all samples differ. */
	if (json_is_true(json_object_get(a, "exact")) && x.n == y.n)
		json_object_set_new(
			one, "samples_differ",
			json_integer((json_int_t)nr_differing(json_object_get(a, "samples"),
							      json_object_get(b, "samples"))));
	return one;
}

/* The series of that name in that unit, or NULL. */
static json_t *series_of(const json_t *run, const char *name, const char *unit)
{
	json_t *series;
	size_t i;

	json_array_foreach (json_object_get(run, "series"), i, series)
		if (strcmp(text_at(series, "name", NULL), name) == 0 &&
		    strcmp(text_at(series, "unit", NULL), unit) == 0)
			return series;
	return NULL;
}

/*
 * Compares each series of the run without the collector with that of the run with it. A series that
 * cannot be compared is kept with the reason, so that it is not taken for one without a difference.
 */
static void add_differences(json_t *one, const json_t *without, const json_t *with)
{
	json_t *all = json_array(), *apart = json_array(), *a;
	size_t i;

	json_array_foreach (json_object_get(without, "series"), i, a) {
		const char *name = text_at(a, "name", NULL), *unit = text_at(a, "unit", NULL);
		json_t *b = series_of(with, name, unit);

		if (b) {
			json_array_append_new(all, difference(a, b));
		} else {
			AUTO_FREE char *error =
				xasprintf("the run with it has no such series in %s", unit);

			json_array_append_new(apart,
					      json_pack("{s:s, s:s}", "name", name, "why", error));
		}
	}
	json_object_set_new(one, "differences", all);
	if (json_array_size(apart))
		json_object_set(one, "not_compared", apart);
	json_decref(apart);
}

/* One run with one collector, beside that without. */
static json_t *compare(const char *item, const json_t *without, const json_t *with)
{
	AUTO_FREE char *name = xstrndup(item, strcspn(item, ":"));
	const char *error = text_at(with, "uncollected", name, NULL);
	json_t *one = json_pack("{s:s, s:s}", "collector", item, "run", text_at(with, "id", NULL));

	if (*error) {
		json_object_set_new(one, "skipped", json_string(error));
	} else if (strcmp(item, REPEATED) != 0 && !json_object_get(with, "collectors")) {
		json_object_set_new(one, "skipped", json_string("it is not for this env"));
	} else {
		json_object_set(one, "with", (json_t *)with);
		add_differences(one, without, with);
	}
	return one;
}

static const char *inseparable(const char *item)
{
	const struct collector *c;

	for (size_t i = 0; (c = collector_at(i)); i++)
		if (strcmp(c->name, item) == 0)
			return c->inseparable;
	return NULL;
}

/*
 * Measures the prepared session's plan so often, with the collectors that were asked for, or all
 * that there are. Returns the runs without; *all: what the set keeps as "disturbance". Both are
 * the caller's. *kept: how many runs were taken over from the journal of a session that died.
 */
static json_t *measure(struct session *s, const struct engine *e, json_t **all, enum outcome *worst,
		       size_t *kept)
{
	AUTO_STRV struct strv items = {0};
	struct tally tally = {.worst = OUTCOME_SUCCESS};
	json_t *base, *runs, *run, *skipped = NULL;
	size_t i;

	*all = json_array();
	strv_add(&items, REPEATED);
	list_items(s, &items);
	s->rig.disturb = true;
	base = runs_with(s, e, REPEATED, &tally, NULL);
	for (size_t k = 0; k < items.n && !cancelled(); k++) {
		const char *item = items.v[k], *error = inseparable(item);

		if (error) {
			json_array_append_new(
				*all, json_pack("{s:s, s:s}", "collector", item, "skipped", error));
			continue;
		}
		runs = runs_with(s, e, item, &tally, &skipped);
		if (!runs)
			json_array_append_new(*all, json_pack("{s:s, s:o}", "collector", item,
							      "skipped", skipped));
		json_array_foreach (runs, i, run)
			json_array_append_new(*all, compare(item, json_array_get(base, i), run));
		json_decref(runs);
	}
	*worst = tally.worst;
	*kept = tally.kept;
	return base;
}

static void print_difference(FILE *to, const char *collector, const char *run, const json_t *d)
{
	double without = json_number_value(json_object_get(d, "without"));
	double by = json_number_value(json_object_get(d, "difference"));
	json_t *differ = json_object_get(d, "samples_differ");
	AUTO_FREE char *size = readable_number(fabs(by)), *before = readable_number(without);
	AUTO_FREE char *percent = signed_percent(by == 0 ? 0 : 100 * by / fabs(without));

	fprintf(to, "%-20s %-32s %14s %-12s %s%s (%s %%)", collector, run, before,
		text_at(d, "unit", NULL), by < 0 ? "-" : "+", size, percent);
	if (differ)
		fprintf(to, ", %lld of %lld samples differ", (long long)json_integer_value(differ),
			(long long)json_integer_value(json_object_get(d, "samples")));
	fputc('\n', to);
}

/* A table of it. */
static void print_all(FILE *to, const json_t *all)
{
	json_t *one, *d;
	size_t i, k;

	fprintf(to, "%-20s %-32s %14s %-12s %s\n", "collector", "run", "median without", "unit",
		"with it");
	json_array_foreach ((json_t *)all, i, one) {
		const char *collector = text_at(one, "collector", NULL);
		const char *skipped = text_at(one, "skipped", NULL);
		const char *run = text_at(one, "run", NULL);
		json_t *differences = json_object_get(one, "differences");
		json_t *apart = json_object_get(one, "not_compared");

		if (*skipped)
			fprintf(to, "%-20s %-32s SKIP: %s\n", collector, run, skipped);
		else if (!json_array_size(differences) && !apart)
			fprintf(to, "%-20s %-32s %s\n", collector, run,
				text_at(one, "with", "outcome", "status", NULL));
		json_array_foreach (differences, k, d)
			print_difference(to, collector, run, d);
		json_array_foreach (apart, k, d)
			fprintf(to, "%-20s %-32s not compared: %s: %s\n", collector, run,
				text_at(d, "name", NULL), text_at(d, "why", NULL));
	}
}

static const struct session_work work = {
	.kind = SESSION_DISTURBANCE,
	.finds = "disturbance",
	.measure = measure,
	.print = print_all,
	.print_alone = true,
};

static int run(int argc, char **argv)
{
	return session_command_line(&command_disturbance, &work, argc, argv);
}

const struct command command_disturbance = {
	.name = "disturbance",
	.usage = "disturbance [OPTION]... --workload NAME[,...]",
	.summary = "measure the overhead of collectors: workloads without and with each",
	.details =
		"Takes the options of `run`. The workloads are measured without a collector, once more\n"
		"without (\"none\": the effect of repeating), and with each of --collect, or each that\n"
		"works here. On the exact tier samples may only differ by the work that a collector gives\n"
		"the guest; in real time, compare the difference of medians with that of \"none\".\n"
		"  pvmmu disturbance --variant eager --workload fork,exec\n"
		"  pvmmu disturbance --rig host --workload fork\n",
	.run = run,
};
