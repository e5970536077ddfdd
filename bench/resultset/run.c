// SPDX-License-Identifier: MIT
#include "run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "identity.h"
#include "lib/json.h"
#include "resultset_read.h"

static json_int_t integer_at(const json_t *o, const char *name)
{
	return json_integer_value(json_object_get(o, name));
}

static void read_members(struct run *run, struct run_list *all)
{
	run->member = xcalloc(nr_identity_members, sizeof(*run->member));
	for (size_t i = 0; i < nr_identity_members; i++) {
		const json_t *value = identity_value(run->identity, &identity_members[i]);
		struct run_member *to = &run->member[i];

		to->could_tell = value || identity_could_tell(run->identity, &identity_members[i]);
		to->text = json_string_value(value);
		if (value && !to->text) {
			AUTO_FREE char *text = canonical_json(value);

			strv_add(&all->texts, "%s", text);
			to->text = all->texts.v[all->texts.n - 1];
		}
	}
}

static void read_identity(struct run *run, struct run_list *all)
{
	const json_t *identity = run->identity;
	const char *label = text_at(identity, "variant", "label", NULL);

	run->env = text_at(identity, "env", NULL);
	run->rig = text_at(identity, "rig", NULL);
	run->tier = text_at(identity, "tier", NULL);
	run->clock = identity_clock(identity);
	run->variant = text_at(identity, "variant", "name", NULL);
	run->label = *label ? label : run->variant;
	run->mutant = text_at(identity, "variant", "mutant", NULL);
	run->flavour = text_at(identity, "xen", "flavour", NULL);
	run->workload = text_at(identity, "workload", "name", NULL);
	run->image = text_at(identity, "image", "kernel_sha256", NULL);
	run->policy = member_at(identity, "variant", "policy", NULL);
	run->parameters = member_at(identity, "workload", "parameters", NULL);
	run->vcpus = integer_at(identity, "vcpus");
	run->seed = integer_at(identity, "seed");
	run->memory_mib = integer_at(identity, "memory_mib");
	run->high_pages = integer_at(identity, "high_pages");
	read_members(run, all);
}

static void read_series(struct run *run, const json_t *list)
{
	json_t *one;
	size_t i;

	run->nr_series = json_array_size(list);
	run->series = xcalloc(run->nr_series + 1, sizeof(*run->series));
	json_array_foreach (list, i, one)
		run->series[i] = (struct series){
			.name = text_at(one, "name", NULL),
			.unit = text_at(one, "unit", NULL),
			.lower_is_better = strcmp(text_at(one, "better", NULL), "lower") == 0,
			.exact = json_is_true(json_object_get(one, "exact")),
			.converted = json_object_get(one, "converted_from"),
			.iterations = (double)iterations_per_sample(one),
			.samples = json_object_get(one, "samples"),
			.n = json_array_size(json_object_get(one, "samples")),
		};
}

static void read_counters(struct run *run, const json_t *groups)
{
	const char *group, *name;
	json_t *counters, *value;

	json_object_foreach ((json_t *)groups, group, counters)
		json_object_foreach (counters, name, value) {
			run->counter = xrealloc(run->counter,
						(run->nr_counters + 1) * sizeof(*run->counter));
			run->counter[run->nr_counters++] =
				(struct counter){group, name, json_integer_value(value)};
		}
}

void runs_read(struct run_list *all, const json_t *set)
{
	const json_t *list = json_object_get(set, "runs");
	json_t *json;
	size_t i;

	*all = (struct run_list){.n = json_array_size(list)};
	all->run = xcalloc(all->n + 1, sizeof(*all->run));
	json_array_foreach (list, i, json) {
		const json_t *overhead = member_at(json, "timer_overhead", "least", NULL);
		struct run *run = &all->run[i];

		*run = (struct run){
			.id = text_at(json, "id", NULL),
			.status = text_at(json, "outcome", "status", NULL),
			.reason = text_at(json, "outcome", "reason", NULL),
			.exact = run_is_exact(json),
			.inexact = json_object_get(json, "inexact"),
			.counted_iterations = integer_at(json, "counted_iterations"),
			.overhead = overhead ? json_number_value(overhead) : NAN,
			.warnings = json_object_get(json, "warnings"),
			.axes = member_at(json, "family", "axes", NULL),
			.json = json,
			.identity = json_object_get(json, "identity"),
		};
		outcome_from_name(run->status, &run->outcome);
		read_identity(run, all);
		read_series(run, json_object_get(json, "series"));
		read_counters(run, json_object_get(json, "counters"));
	}
}

void runs_free(struct run_list *all)
{
	for (size_t i = 0; i < all->n; i++) {
		free(all->run[i].member);
		free(all->run[i].series);
		free(all->run[i].counter);
	}
	free(all->run);
	strv_free(&all->texts);
	*all = (struct run_list){0};
}

void series_samples(const struct series *s, double *to)
{
	json_t *sample;
	size_t i;

	json_array_foreach (s->samples, i, sample)
		to[i] = json_number_value(sample) / s->iterations;
}

const char *run_policy(const struct run *run, const char *axis)
{
	return text_at(run->policy, axis, NULL);
}

const struct run_member *run_member(const struct run *run, const char *path, const char *line)
{
	return &run->member[identity_member_at(path, line)];
}
