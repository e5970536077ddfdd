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
#include "run_order.h"
#include "run_record.h"

struct work {
	const struct engine *engine;
	atomic_size_t next;
	size_t *order;	   /* of starting, indices in the plan */
	size_t nr_runs;	   /* in the order, without those taken over */
	unsigned position; /* in real time: number of the latest run, from 1 */
	json_t **entries;  /* by index in the plan; one thread writes each */
	enum outcome *outcomes;
};

char *engine_log_path(const char *log_dir, const struct run_spec *spec)
{
	AUTO_FREE char *name = file_name(spec->id);
	char *path = xasprintf("%s/%s.log", log_dir, name);

	return path;
}

/*
 * The guest chooses names and numbers of an entry. If they do not fit the schema the run is an
 * error, and the file stays valid.
 */
static json_t *entry_of(const struct engine *e, const struct run_spec *spec, const struct boot *b,
			enum outcome *outcome, char **reason)
{
	json_t *entry = result_of_run(e->rig, spec, b, *outcome, *reason, e->warnings);
	AUTO_FREE char *error = NULL;

	if (entry_is_valid(e->schema, entry, &error))
		return entry;
	json_decref(entry);
	*outcome = OUTCOME_ERROR;
	replace_text(reason, "the records do not make a valid result: %s", error);
	return result_of_run(e->rig, spec, NULL, OUTCOME_ERROR, *reason, e->warnings);
}

/* A build may replace the image while it runs. Then it is not known which image was measured. */
static void check_same_image(const struct engine *e, const struct run_spec *spec,
			     const json_t *before, enum outcome *outcome, char **reason)
{
	json_auto_t *after = spec->rig->identify(e->rig, spec);

	if (*outcome == OUTCOME_SUCCESS && !json_equal(before, after)) {
		*outcome = OUTCOME_ERROR;
		*reason = xstrdup("the image was replaced while it ran");
	}
}

char *engine_command(const struct rig_context *c, const struct run_spec *spec, const char *log)
{
	AUTO_STRV struct strv argv = {0};

	spec->rig->command(c, spec, log, &argv);
	return shell_join(&argv);
}

/*
 * Are two identities equal in everything that is known before the boot? The rest (compiler, Xen's
 * banner and mitigations) follows from the hashes.
 */
static bool same_thing(const json_t *expected, const json_t *identity)
{
	json_auto_t *copy = json_deep_copy(identity);
	bool same;

	json_object_del(copy, "compiler");
	json_object_del(json_object_get(copy, "xen"), "banner");
	json_object_del(json_object_get(copy, "xen"), "mitigations");
	same = json_equal(copy, expected);
	return same;
}

/* Both may also have no collectors. */
static bool same_collectors(const json_t *a, const json_t *b)
{
	const json_t *x = json_object_get(a, "collectors"), *y = json_object_get(b, "collectors");

	return (!x && !y) || json_equal(x, y);
}

/*
 * A copy of the entry that belongs to this session's sweep, or to none. The sweep is not measured.
 */
static json_t *in_family(const struct run_spec *spec, json_t *entry)
{
	json_t *copy = json_copy(entry);

	if (spec->family)
		json_object_set(copy, "family", spec->family);
	else
		json_object_del(copy, "family");
	return copy;
}

/* The earlier entry of a run, if it measured the same thing; a new reference, or NULL. */
static json_t *keep_earlier(const struct engine *e, const struct run_spec *spec)
{
	json_auto_t *entry = NULL;
	json_t *run, *found = NULL;
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
	return found ? in_family(spec, found) : NULL;
}

/* Records a run that is not started, and why. */
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

/* Writes a run to the journal. A run that was interrupted has not ended, so it is left out. */
static void write_down(const struct engine *e, const json_t *entry)
{
	const char *status = text_at(entry, "outcome", "status", NULL);

	if (e->journal && (strcmp(status, outcome_name(OUTCOME_SKIP)) != 0 ||
			   outcome_is_intended(status, text_at(entry, "outcome", "reason", NULL))))
		journal_add_run(e->journal, entry, e->pass);
}

/* Boots a run once, or as often as it takes to know that its samples are exact. */
static void boot_run(struct work *w, size_t i, char **reason)
{
	const struct engine *e = w->engine;
	const struct run_spec *spec = &e->plan->runs[i];
	AUTO_FREE char *log = engine_log_path(e->log_dir, spec);
	json_auto_t *before = spec->rig->identify(e->rig, spec);
	enum outcome *outcome = &w->outcomes[i];
	struct boot b;

	if (e->verbose) {
		AUTO_FREE char *command = engine_command(e->rig, spec, log);

		complain("%s: %s", spec->id, command);
	}
	boot_init(&b, e->timeout);
	b.position = w->position;
	if (e->outputs)
		b.console.output = &e->outputs[i];
	b.observation = observation_start(e->rig, spec, &b);
	spec->rig->run(e->rig, spec, log, &b);
	panic_site_name(e->rig->root, spec, &b);
	*outcome = judge(&b, spec, reason);
	observation_stop(b.observation, &b, *outcome == OUTCOME_SUCCESS);
	if (*outcome == OUTCOME_SUCCESS && repeat_exact_needed(spec, &b))
		repeat_exact(e, spec, log, &b, outcome, reason);
	check_same_image(e, spec, before, outcome, reason);
	w->entries[i] = entry_of(e, spec, &b, outcome, reason);
	if (e->outputs)
		e->outputs[i].exit_code = judge_exit_code(&b, *outcome, &e->outputs[i].own_exit);
	boot_free(&b);
	write_down(e, w->entries[i]);
	if (*outcome == OUTCOME_SUCCESS && !e->keep_logs)
		unlink(log);
}

static void run_one(struct work *w, size_t i)
{
	const struct engine *e = w->engine;
	const struct run_spec *spec = &e->plan->runs[i];
	const char *broken = e->journal ? journal_broken(e->journal) : NULL;
	AUTO_FREE char *reason = NULL;

	if (cancelled()) {
		leave_out(w, i, OUTCOME_SKIP, REASON_INTERRUPTED " before it was started");
	} else if (broken) {
		reason = xasprintf("not started: %s", broken);
		leave_out(w, i, OUTCOME_ERROR, reason);
	} else {
		progress_started(spec->id);
		boot_run(w, i, &reason);
		progress_finished(spec->id, w->outcomes[i], reason);
	}
}

static void *work(void *argument)
{
	struct work *w = argument;
	size_t i;

	while ((i = atomic_fetch_add(&w->next, 1)) < w->nr_runs) {
		if (w->engine->controls) {
			/* Runs in real time have one thread. */
			drift_control_measure(w->engine, w->engine->controls,
					      w->engine->plan->runs[w->order[i]].id);
			w->position++;
		}
		run_one(w, w->order[i]);
	}
	return NULL;
}

/*
 * The first run of each image comes first: it saves a state that the others start from, and two
 * images can boot in parallel.
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

/*
 * Takes over earlier entries, and leaves the other runs in the order. Returns how many were taken
 * over.
 */
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

/* If one machine serves several runs, the rig gets the list of them. */
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
	/* This thread works too, so that runs are made even if no thread can be created. */
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
