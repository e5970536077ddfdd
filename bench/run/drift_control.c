// SPDX-License-Identifier: MIT
#include "drift_control.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock_units.h"
#include "journal.h"
#include "judge.h"
#include "lib/interrupt.h"
#include "lib/json.h"
#include "run_order.h"
#include "stats/summary.h"

void drift_control_measure(const struct engine *e, json_t *all, const char *next)
{
	const struct run_spec *spec = &e->plan->control;
	AUTO_FREE char *log = NULL, *reason = NULL;
	enum outcome outcome;
	json_t *one, *series;
	struct boot b;

	if (!spec->workload || cancelled())
		return;
	log = engine_log_path(e->log_dir, spec);
	boot_init(&b, e->timeout);
	spec->rig->run(e->rig, spec, log, &b);
	outcome = judge(&b, spec, &reason);
	one = json_pack("{s:s}", "status", outcome_name(outcome));
	if (next)
		json_object_set_new(one, "before", json_string(next));
	if (outcome == OUTCOME_SUCCESS) {
		series = series_of(spec, &b.console, true);
		json_object_set(one, "series", json_array_get(series, 0));
		json_decref(series);
		unlink(log);
	} else {
		json_object_set_new(one, "reason", json_string(reason));
		complain("the drift control: %s", reason);
	}
	json_array_append_new(all, one);
	if (e->journal && !cancelled())
		journal_add_control(e->journal, one);
	boot_free(&b);
}

static json_t *run_by_id(json_t *runs, const char *id)
{
	json_t *run;
	size_t i;

	json_array_foreach (runs, i, run)
		if (strcmp(text_at(run, "id", NULL), id) == 0)
			return run;
	return NULL;
}

static void warn(json_t *run, const char *side, double share)
{
	AUTO_FREE char *text = NULL;

	if (!run)
		return;
	text = xasprintf("the control %s this run differs from its usual time by %+.1f %%: the "
			 "load of the machine changed",
			 side, 100 * share);
	json_array_append_new(json_object_get(run, "warnings"), json_string(text));
}

void drift_control_judge(const json_t *all, json_t *runs)
{
	json_auto_t *values = json_array(), *good = json_array();
	AUTO_FREE bool *departs = xcalloc(json_array_size(all) + 1, sizeof(*departs));
	AUTO_FREE double *share = xcalloc(json_array_size(all) + 1, sizeof(*share));
	const char *previous = "";
	json_t *one;
	size_t i;

	json_array_foreach ((json_t *)all, i, one)
		if (member_at(one, "series", "samples", NULL)) {
			json_array_append(values, member_at(one, "series", "samples", NULL));
			json_array_append(good, one);
		}
	run_order_drift(values, departs, share);
	json_array_foreach (good, i, one) {
		const char *next = text_at(one, "before", NULL);

		if (departs[i]) {
			warn(run_by_id(runs, previous), "after", share[i]);
			warn(run_by_id(runs, next), "before", share[i]);
		}
		previous = next;
	}
}
