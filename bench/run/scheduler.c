// SPDX-License-Identifier: MIT
#include "scheduler.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect/collect.h"
#include "drift_control.h"
#include "journal.h"
#include "judge.h"
#include "lib/interrupt.h"
#include "lib/json.h"
#include "lib/paths.h"
#include "lib/progress.h"
#include "machine/panic_site.h"
#include "machine/program_output.h"
#include "repeat_exact.h"
#include "resultset/resultset_read.h"
#include "resultset/schema.h"
#include "run_order.h"
#include "run_record.h"

struct work {
	const struct engine *engine;
	atomic_size_t next;
	size_t *order;	   /* in which runs are started */
	size_t nr_runs;	   /* in it: what is not taken over */
	unsigned position; /* in real time: of the run that was started last, from 1 */
	json_t **entries;  /* by index in the plan; each written by one thread only */
	enum outcome *outcomes;
};

char *engine_log_path(const char *log_dir, const struct run_spec *spec)
{
	char *name = file_name(spec->id), *path = xasprintf("%s/%s.log", log_dir, name);

	free(name);
	return path;
}

/*
 * The guest chooses names and numbers that end up in the file. If they do not
 * fit the schema the run is an error; the file stays valid.
 */
static bool fits_schema(const struct engine *e, json_t *entry, char **error)
{
	json_t *set = result_set("-", json_object(), json_pack("[O]", entry));
	struct strv errors = {0};
	bool ok = schema_check(e->schema, set, &errors) && resultset_makes_sense(set, &errors);

	if (!ok)
		fail(error, "the records do not make a valid result: %s", errors.v[0]);
	strv_free(&errors);
	json_decref(set);
	return ok;
}

static json_t *entry_of(const struct engine *e, const struct run_spec *spec, const struct boot *b,
			enum outcome *outcome, char **reason)
{
	json_t *entry = result_of_run(e->rig, spec, b, *outcome, *reason, e->warnings);
	char *error = NULL;

	if (fits_schema(e, entry, &error))
		return entry;
	json_decref(entry);
	*outcome = OUTCOME_ERROR;
	free(*reason);
	*reason = error;
	/* Without what the guest sent. */
	return result_of_run(e->rig, spec, NULL, OUTCOME_ERROR, error, e->warnings);
}

/* A build that goes on meanwhile may replace the image: then nobody knows what was measured. */
static void check_same_image(const struct engine *e, const struct run_spec *spec,
			     const json_t *before, enum outcome *outcome, char **reason)
{
	json_t *after = spec->rig->identify(e->rig, spec);

	if (*outcome == OUTCOME_SUCCESS && !json_equal(before, after)) {
		*outcome = OUTCOME_ERROR;
		*reason = xstrdup("the image was replaced while it ran");
	}
	json_decref(after);
}

static void print_command(const struct engine *e, const struct run_spec *spec, const char *log)
{
	struct strv argv = {0};
	char *text;

	spec->rig->command(e->rig, spec, log, &argv);
	text = shell_join(&argv);
	complain("%s: %s", spec->id, text);
	free(text);
	strv_free(&argv);
}

/*
 * Equal in all that is known before the boot. What only a boot can tell (which
 * compiler, Xen's banner and what it has in force) follows from the hashes.
 */
static bool same_thing(const json_t *expected, const json_t *identity)
{
	json_t *copy = json_deep_copy(identity);
	bool same;

	json_object_del(copy, "compiler");
	json_object_del(json_object_get(copy, "xen"), "banner");
	json_object_del(json_object_get(copy, "xen"), "mitigations");
	same = json_equal(copy, expected);
	json_decref(copy);
	return same;
}

/* None at all is a choice as well. */
static bool same_collectors(const json_t *a, const json_t *b)
{
	const json_t *x = json_object_get(a, "collectors"), *y = json_object_get(b, "collectors");

	return (!x && !y) || json_equal(x, y);
}

/* The entry in the family that this session's sweep makes, or in none: that was not measured. */
static json_t *in_family(const struct run_spec *spec, json_t *entry)
{
	json_t *copy = json_copy(entry);

	if (spec->family)
		json_object_set(copy, "family", spec->family);
	else
		json_object_del(copy, "family");
	return copy;
}

/* The earlier entry of a run, if it will do; a new reference. */
static json_t *keep_earlier(const struct engine *e, const struct run_spec *spec)
{
	json_t *entry, *run, *found = NULL;
	size_t i;

	if (!e->earlier)
		return NULL;
	entry = result_not_run(e->rig, spec, "not started");
	json_array_foreach ((json_t *)e->earlier, i, run)
		if (strcmp(text_at(run, "id", NULL), spec->id) == 0 &&
		    strcmp(text_at(run, "outcome", "status", NULL),
			   outcome_name(OUTCOME_SUCCESS)) == 0 &&
		    same_thing(json_object_get(entry, "identity"),
			       json_object_get(run, "identity")) &&
		    same_collectors(entry, run))
			found = run;
	json_decref(entry);
	return found ? in_family(spec, found) : NULL;
}

/* Tells of a run that is not started, and why. */
static void leave_out(struct work *w, size_t i, enum outcome outcome, const char *reason)
{
	const struct engine *e = w->engine;
	struct strv none = {0};

	w->outcomes[i] = outcome;
	w->entries[i] = result_of_run(e->rig, &e->plan->runs[i], NULL, outcome, reason, &none);
	if (e->outputs)
		e->outputs[i].exit_code =
			outcome == OUTCOME_SKIP ? EXIT_INTERRUPTED : outcome_exit(outcome);
}

/* One that was cut short is none that has ended. */
static void write_down(const struct engine *e, const json_t *entry)
{
	const char *status = text_at(entry, "outcome", "status", NULL);

	if (e->journal && (strcmp(status, outcome_name(OUTCOME_SKIP)) != 0 ||
			   outcome_is_intended(status, text_at(entry, "outcome", "reason", NULL))))
		journal_add_run(e->journal, entry, e->pass);
}

static void run_one(struct work *w, size_t i)
{
	const struct engine *e = w->engine;
	const struct run_spec *spec = &e->plan->runs[i];
	char *log = engine_log_path(e->log_dir, spec), *reason = NULL;
	const char *broken = e->journal ? journal_broken(e->journal) : NULL;
	json_t *before = NULL;
	struct boot b;

	if (cancelled()) {
		leave_out(w, i, OUTCOME_SKIP, REASON_INTERRUPTED " before it was started");
	} else if (broken) {
		reason = xasprintf("not started: %s", broken);
		leave_out(w, i, OUTCOME_ERROR, reason);
	} else {
		progress_started(spec->id);
		if (e->verbose)
			print_command(e, spec, log);
		before = spec->rig->identify(e->rig, spec);
		boot_init(&b, e->timeout);
		b.position = w->position;
		if (e->outputs)
			b.console.output = &e->outputs[i];
		b.observation = observation_start(e->rig, spec, &b);
		spec->rig->run(e->rig, spec, log, &b);
		panic_site_name(e->rig->root, spec, &b);
		w->outcomes[i] = judge(&b, spec, &reason);
		observation_stop(b.observation, &b, w->outcomes[i] == OUTCOME_SUCCESS);
		if (w->outcomes[i] == OUTCOME_SUCCESS && repeat_exact_needed(spec, &b))
			repeat_exact(e, spec, log, &b, &w->outcomes[i], &reason);
		check_same_image(e, spec, before, &w->outcomes[i], &reason);
		w->entries[i] = entry_of(e, spec, &b, &w->outcomes[i], &reason);
		if (e->outputs)
			e->outputs[i].exit_code =
				judge_exit_code(&b, w->outcomes[i], &e->outputs[i].own_exit);
		boot_free(&b);
		write_down(e, w->entries[i]);
		if (w->outcomes[i] == OUTCOME_SUCCESS && !e->keep_logs)
			unlink(log);
		progress_finished(spec->id, w->outcomes[i], reason);
	}
	json_decref(before);
	free(reason);
	free(log);
}

static void *work(void *argument)
{
	struct work *w = argument;
	size_t i;

	while ((i = atomic_fetch_add(&w->next, 1)) < w->nr_runs) {
		if (w->engine->controls) {
			/* One at a time, so there is one thread. */
			drift_control_measure(w->engine, w->engine->controls,
					      w->engine->plan->runs[w->order[i]].id);
			w->position++;
		}
		run_one(w, w->order[i]);
	}
	return NULL;
}

/*
 * The first run of each image comes first: it leaves a state from which the
 * others start, and two images can boot side by side.
 */
static size_t *starting_order(const struct plan *p)
{
	size_t *order = xcalloc(p->n, sizeof(*order)), n = 0;

	if (strcmp(p->runs[0].tier, "wall") == 0) {
		run_order_make(p, order);
		return order;
	}

	for (int first = 1; first >= 0; first--) {
		for (size_t i = 0; i < p->n; i++) {
			size_t j = 0;

			while (strcmp(p->runs[j].image, p->runs[i].image))
				j++;
			if ((j == i) == (first == 1))
				order[n++] = i;
		}
	}
	return order;
}

/* Takes over what there is, and leaves the rest to be run. */
static size_t keep_all(struct work *w)
{
	size_t n = w->nr_runs, rest = 0;

	for (size_t k = 0; k < n; k++) {
		size_t i = w->order[k];

		w->entries[i] = keep_earlier(w->engine, &w->engine->plan->runs[i]);
		if (!w->entries[i])
			w->order[rest++] = i;
	}
	w->nr_runs = rest;
	return n - rest;
}

/* Tells a rig whose machine serves several runs which ones will come. */
static void begin(const struct work *w)
{
	const struct engine *e = w->engine;
	const struct rig *rig = e->plan->runs[0].rig;
	const struct run_spec **specs;

	e->rig->machine = NULL;
	if (!rig->begin)
		return;
	specs = xcalloc(w->nr_runs, sizeof(*specs));
	for (size_t k = 0; k < w->nr_runs; k++)
		specs[k] = &e->plan->runs[w->order[k]];
	e->rig->machine = rig->begin(e->rig, specs, w->nr_runs);
	free(specs);
}

static void end(const struct engine *e)
{
	const struct rig *rig = e->plan->runs[0].rig;

	if (rig->end)
		rig->end(e->rig->machine);
}

json_t *engine_run(const struct engine *e, enum outcome *worst, size_t *kept)
{
	size_t n = e->plan->n, threads, started = 0;
	struct work w = {.engine = e, .nr_runs = n};
	json_t *all = json_array();
	pthread_t *ids;

	w.entries = xcalloc(n, sizeof(*w.entries));
	w.outcomes = xcalloc(n, sizeof(*w.outcomes)); /* all success */
	w.order = starting_order(e->plan);
	*kept = keep_all(&w);
	threads = e->jobs < w.nr_runs ? e->jobs : w.nr_runs;
	ids = xcalloc(threads, sizeof(*ids));
	begin(&w);
	progress_begin(w.nr_runs, e->quiet);
	while (started + 1 < threads && pthread_create(&ids[started], NULL, work, &w) == 0)
		started++;
	/* This thread works too, so that nothing is lost where no thread can be had. */
	work(&w);
	for (size_t i = 0; i < started; i++)
		pthread_join(ids[i], NULL);
	progress_end();
	if (e->controls && w.nr_runs)
		drift_control_measure(e, e->controls, NULL);
	end(e);

	*worst = OUTCOME_SUCCESS;
	for (size_t i = 0; i < n; i++) {
		*worst = outcome_worse(*worst, w.outcomes[i]);
		json_array_append_new(all, w.entries[i]);
	}
	if (e->controls)
		drift_control_judge(e->controls, all);
	free(w.entries);
	free(w.outcomes);
	free(w.order);
	free(ids);
	return all;
}
