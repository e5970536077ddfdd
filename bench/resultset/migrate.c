// SPDX-License-Identifier: MIT
#include "migrate.h"

#include <string.h>

#include "lib/json.h"
#include "resultset_read.h"

/* ---- 1 to 2 ---- */

/*
 * A parameter that workloads got later, and the value that says what they did before. Without it
 * the same measurement would be two, before and after. A workload that became another one under
 * the same name (ctx, which handed over by yielding before it had "procs" and "kb") is not here:
 * its old runs are a series of their own.
 */
static const struct {
	const char *workload; /* NULL: all that the harness runs */
	const char *parameter;
	json_int_t value;
} later_parameters[] = {
	{NULL, "reps", 1},
	{NULL, "calibrate", 0},
	{"pagefault", "kb", 4},
	{"pagefault", "unmap", 0},
};

static void add_parameters(const json_t *run)
{
	const char *workload = text_at(run, "identity", "workload", "name", NULL);
	json_t *parameters = member_at(run, "identity", "workload", "parameters", NULL);

	/* A program of the user's takes none; "n" is what each workload has had from the first. */
	if (!json_object_get(parameters, "n"))
		return;
	for (size_t i = 0; i < sizeof(later_parameters) / sizeof(*later_parameters); i++)
		if ((!later_parameters[i].workload ||
		     strcmp(later_parameters[i].workload, workload) == 0) &&
		    !json_object_get(parameters, later_parameters[i].parameter))
			json_object_set_new(parameters, later_parameters[i].parameter,
					    json_integer(later_parameters[i].value));
}

/* At that time perf was the only collector, and its counts had no name around them. */
static void name_perf(const json_t *run)
{
	json_t *collected = json_object_get(run, "collected"), *perf;

	if (!json_object_get(collected, "events"))
		return;
	perf = json_copy(collected);
	json_object_clear(collected);
	json_object_set_new(collected, "perf", perf);
}

static void run_to_2(const json_t *run)
{
	add_parameters(run);
	name_perf(run);
}

static void to_2(json_t *set)
{
	json_t *one;
	size_t i;

	json_array_foreach (json_object_get(set, "runs"), i, one)
		run_to_2(one);
	json_array_foreach (json_object_get(set, "disturbance"), i, one)
		run_to_2(json_object_get(one, "with"));
}

/* ---- all ---- */

/* steps[i] goes from version i + 1 to the next. */
static void (*const steps[])(json_t *set) = {to_2};

_Static_assert(sizeof(steps) / sizeof(*steps) == RESULTSET_VERSION - 1,
	       "a step for each version but the newest");

bool resultset_migrate(json_t *set, struct strv *errors)
{
	json_t *stated = json_object_get(set, "schema_version");
	json_int_t version = json_integer_value(stated);

	if (!json_is_integer(stated))
		return true;
	if (version < 1 || version > RESULTSET_VERSION) {
		strv_add(errors, "/schema_version: expected 1 to %d, found %lld%s",
			 RESULTSET_VERSION, (long long)version,
			 version > 0 ? ": a newer version of this program wrote the file" : "");
		return false;
	}
	for (; version < RESULTSET_VERSION; version++)
		steps[version - 1](set);
	json_object_set_new(set, "schema_version", json_integer(RESULTSET_VERSION));
	return true;
}
