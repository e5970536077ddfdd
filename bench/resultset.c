// SPDX-License-Identifier: MIT
#include "resultset.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collect.h"
#include "migrate.h"
#include "output.h"
#include "plan.h"
#include "schema.h"
#include "series.h"
#include "version.h"

static json_t *walk(const json_t *o, va_list names)
{
	const char *name;

	while (o && (name = va_arg(names, const char *)))
		o = json_object_get(o, name);
	return (json_t *)o;
}

json_t *member_at(const json_t *o, ...)
{
	va_list names;
	json_t *found;

	va_start(names, o);
	found = walk(o, names);
	va_end(names);
	return found;
}

const char *text_at(const json_t *o, ...)
{
	va_list names;
	const char *text;

	va_start(names, o);
	text = json_string_value(walk(o, names));
	va_end(names);
	return text ? text : "";
}

/* ---- writing ---- */

/* Copies a string that the guest sent, if it did. */
static void copy_text(json_t *to, const char *name, const json_t *from)
{
	const char *text = json_string_value(json_object_get(from, name));

	if (text && *text)
		json_object_set_new(to, name, json_string(text));
}

static json_t *identity_of(const struct rig_context *c, const struct run_spec *spec,
			   const struct stream *s)
{
	json_t *policy = spec->variant->policy ? json_incref(spec->variant->policy) : json_object();
	json_t *o = json_pack("{s:s, s:s, s:s, s:{s:s, s:o}, s:{s:s, s:O}, s:I, s:I}", "env",
			      spec->env, "rig", spec->rig->name, "tier", spec->tier, "variant",
			      "name", spec->image, "policy", policy, "workload", "name",
			      spec->workload->name, "parameters", spec->parameters, "vcpus",
			      (json_int_t)spec->vcpus, "seed", (json_int_t)spec->seed);
	json_t *made_of = spec->rig->identify(c, spec);

	/* Only a machine of ours has what we gave it. */
	if (!spec->rig->variant)
		json_object_set_new(o, "memory_mib", json_integer(spec->memory_mib));
	if (spec->program)
		json_object_set_new(json_object_get(o, "workload"), "program",
				    program_identity(spec->program));
	if (spec->variant->label)
		json_object_set_new(json_object_get(o, "variant"), "label",
				    json_string(spec->variant->label));
	if (spec->mutant)
		json_object_set_new(json_object_get(o, "variant"), "mutant",
				    json_string(spec->mutant));
	json_object_update(o, made_of);
	json_decref(made_of);
	if (!s)
		return o;
	copy_text(o, "compiler", s->boot);
	if (json_object_get(s->boot, "high_pages"))
		json_object_set(o, "high_pages", json_object_get(s->boot, "high_pages"));
	if (s->banner && json_object_get(o, "xen"))
		json_object_set_new(json_object_get(o, "xen"), "banner", json_string(s->banner));
	return o;
}

json_int_t iterations_per_sample(const json_t *series)
{
	const json_t *told = json_object_get(series, "iterations_per_sample");

	return told ? json_integer_value(told) : 1;
}

/* {"group.name": n} as {"group": {"name": n}} */
static json_t *counters_of(const json_t *flat)
{
	json_t *groups = json_object(), *value;
	const char *name;

	json_object_foreach ((json_t *)flat, name, value) {
		const char *dot = strchr(name, '.');
		char *group = xstrndup(name, (size_t)(dot - name));

		if (!json_object_get(groups, group))
			json_object_set_new(groups, group, json_object());
		json_object_set(json_object_get(groups, group), dot + 1, value);
		free(group);
	}
	return groups;
}

static json_t *conserved_of(const json_t *record)
{
	json_t *all = json_object(), *pair;
	const char *name;

	json_object_foreach ((json_t *)record, name, pair) {
		if (json_array_size(pair) == 2)
			json_object_set_new(all, name,
					    json_pack("{s:O, s:O}", "before",
						      json_array_get(pair, 0), "after",
						      json_array_get(pair, 1)));
	}
	return all;
}

/* Why the hypervisor was not asked in an audit, where there is one. */
static const char *unchecked(const struct stream *s)
{
	json_t *audit;
	size_t i;

	json_array_foreach (s->audits, i, audit)
		if (*text_at(audit, "unchecked", NULL))
			return text_at(audit, "unchecked", NULL);
	return NULL;
}

static void add_distinct(json_t *texts, const char *text)
{
	json_t *one;
	size_t i;

	json_array_foreach (texts, i, one)
		if (strcmp(json_string_value(one), text) == 0)
			return;
	json_array_append_new(texts, json_string(text));
}

static json_t *warnings_of(const struct run_spec *spec, const struct stream *s,
			   const struct boot *b, const struct strv *extra)
{
	json_t *all = s ? json_copy(s->warnings) : json_array();
	json_int_t idle =
		s ? json_integer_value(json_object_get(s->counters, "sched.all_idle")) : 0;
	char *text;

	for (size_t i = 0; i < extra->n; i++)
		json_array_append_new(all, json_string(extra->v[i]));
	if (idle && strcmp(spec->tier, "exact") == 0) {
		text = xasprintf("all vCPUs were idle %lld times during the timed iterations: "
				 "virtual time skips ahead then, so these samples are not "
				 "instruction counts",
				 (long long)idle);
		json_array_append_new(all, json_string(text));
		free(text);
	}
	if (s && *stream_mutant(s)) {
		text = xasprintf("the image is a mutant (%s): its numbers mean nothing",
				 stream_mutant(s));
		json_array_append_new(all, json_string(text));
		free(text);
	}
	if (spec->flavour) {
		text = xasprintf(
			"Xen is the build \"%s\", for tests: its numbers mean nothing beside "
			"a release build's",
			spec->flavour);
		json_array_append_new(all, json_string(text));
		free(text);
	}
	if (s && unchecked(s) && strncmp(text_at(s->boot, "env", NULL), "xen", 3) == 0) {
		text = xasprintf("the audit does not know Xen's view of the tables: %s",
				 unchecked(s));
		json_array_append_new(all, json_string(text));
		free(text);
	}
	if (s && s->exit && !s->banner && strcmp(spec->env, "xen64") == 0)
		json_array_append_new(all,
				      json_string("Xen's banner was not on the console: which "
						  "build of it ran is known by its hash only"));
	if (s && s->exit && b->end == BOOT_STOPPED && !stream_is_fatal(s))
		json_array_append_new(all, json_string("the machine did not switch itself off "
						       "after the last record"));
	/* Last, because a rig may hand on what a judge inside of it has found already. */
	for (size_t i = 0; b && i < b->warnings.n; i++)
		add_distinct(all, b->warnings.v[i]);
	return all;
}

static json_t *outcome_of(const struct stream *s, enum outcome outcome, const char *reason)
{
	json_t *o = json_pack("{s:s}", "status", outcome_name(outcome));
	json_t *tail;

	if (!reason)
		return o;
	json_object_set_new(o, "reason", json_string(reason));
	tail = s ? stream_tail(s) : json_array();
	if (json_array_size(tail))
		json_object_set(o, "console", tail);
	json_decref(tail);
	return o;
}

json_t *result_of_run(const struct rig_context *c, const struct run_spec *spec,
		      const struct boot *b, enum outcome outcome, const char *reason,
		      const struct strv *warnings)
{
	const struct stream *s = b ? &b->stream : NULL;
	char *command = run_command(spec);
	json_t *o = json_pack("{s:s, s:o, s:o, s:[], s:o, s:s, s:{}}", "id", spec->id, "identity",
			      identity_of(c, spec, s), "outcome", outcome_of(s, outcome, reason),
			      "series", "warnings", warnings_of(spec, s, b, warnings), "command",
			      command, "observed");
	json_t *observed = json_object_get(o, "observed");
	json_t *collectors = collecting_names(c->collecting, spec);

	free(command);
	if (json_array_size(collectors))
		json_object_set(o, "collectors", collectors);
	json_decref(collectors);
	if (spec->family)
		json_object_set(o, "family", spec->family);
	if (b && b->end != BOOT_NOT_STARTED)
		json_object_set_new(observed, "duration_s", json_real(b->seconds));
	if (b && b->end != BOOT_NOT_STARTED && !spec->rig->variant) {
		json_object_set_new(observed, "start", json_string(b->warm ? "warm" : "cold"));
	}
	if (b && b->no_kvm)
		json_object_set_new(observed, "no_kvm", json_string(b->no_kvm));
	if (b && b->position)
		json_object_set_new(observed, "position", json_integer(b->position));
	if (s && s->conserved && (outcome == OUTCOME_SUCCESS || outcome == OUTCOME_FAILURE))
		json_object_set_new(o, "conserved", conserved_of(s->conserved));
	if (s && json_array_size(s->audits) &&
	    (outcome == OUTCOME_SUCCESS || outcome == OUTCOME_FAILURE))
		json_object_set(o, "audits", s->audits);
	if (b && b->collected)
		json_object_set(o, "collected", b->collected);
	if (b && b->uncollected)
		json_object_set(o, "uncollected", b->uncollected);
	if (s && s->output)
		json_object_set_new(o, "output", output_json(s->output));
	if (outcome != OUTCOME_SUCCESS)
		return o;
	/* A program need not measure anything. */
	if (s->workload) {
		json_object_set_new(o, "clock", clock_of(spec, s));
		if (json_object_get(s->workload, "timer_overhead"))
			json_object_set_new(o, "timer_overhead", overhead_of(spec, s));
		json_object_set_new(o, "series", series_of(spec, s));
	}
	if (s->counters && (!c->collecting || collecting_has(c->collecting, "guest", spec))) {
		json_object_set_new(o, "counted_iterations", json_integer(s->counted_iterations));
		json_object_set_new(o, "counters", counters_of(s->counters));
	}
	if (b->first_sample_seconds >= 0)
		json_object_set_new(observed, "first_sample_s", json_real(b->first_sample_seconds));
	return o;
}

json_t *result_not_run(const struct rig_context *c, const struct run_spec *spec, const char *reason)
{
	struct strv none = {0};

	return result_of_run(c, spec, NULL, OUTCOME_SKIP, reason, &none);
}

json_t *result_set(const char *command, json_t *observed, json_t *runs)
{
	time_t now = time(NULL);
	char created[32];
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(created, sizeof(created), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return json_pack("{s:i, s:s, s:{s:s, s:s}, s:s, s:o, s:o}", "schema_version",
			 RESULTSET_VERSION, "created", created, "producer", "name", "pvmmu",
			 "version", PVMMU_VERSION, "command", command, "observed", observed, "runs",
			 runs);
}

/* ---- reading ---- */

PRINTF_LIKE(3, 4) static void nonsense(struct strv *errors, size_t run, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	strv_add(errors, "/runs/%zu%s", run, text);
	free(text);
}

json_t *axis_value(const json_t *identity, const char *axis)
{
	json_t *v = member_at(identity, "workload", "parameters", axis, NULL);
	const char *text = text_at(identity, "variant", "policy", axis, NULL);
	char *end;
	long long number;

	if (v)
		return json_incref(v);
	if (strcmp(axis, AXIS_VCPUS) == 0)
		return json_incref(json_object_get(identity, "vcpus"));
	number = strtoll(text, &end, 10);
	return *text && !*end ? json_integer(number) : NULL;
}

/* A point in a sweep is where its identity says, on all axes and no others. */
static void check_family(const json_t *run, size_t i, struct strv *errors)
{
	json_t *axes = member_at(run, "family", "axes", NULL), *axis;
	json_t *point = member_at(run, "family", "point", NULL);
	size_t k;

	json_array_foreach (axes, k, axis) {
		const char *name = text_at(axis, "name", NULL);
		json_t *value = axis_value(json_object_get(run, "identity"), name);

		if (!value || !json_equal(value, json_object_get(point, name)))
			nonsense(errors, i,
				 "/family/point/%s: expected the value that the identity has",
				 name);
		json_decref(value);
	}
	if (json_array_size(axes) != json_object_size(point))
		nonsense(errors, i,
			 "/family/point: expected a value for each of %zu axes, found %zu",
			 json_array_size(axes), json_object_size(point));
}

static void check_run(const json_t *run, size_t i, struct strv *errors)
{
	const char *status = text_at(run, "outcome", "status", NULL);
	bool success = strcmp(status, "success") == 0;
	json_t *series = json_object_get(run, "series"), *one, *pair;
	json_t *counted = json_object_get(run, "counted_iterations");
	json_t *n = member_at(run, "identity", "workload", "parameters", "n", NULL);
	bool program = member_at(run, "identity", "workload", "program", NULL);
	json_t *audit;
	const char *name;
	size_t k;

	check_family(run, i, errors);
	if (success && !json_array_size(series) && !program)
		nonsense(errors, i, "/series: expected samples of a success, found none");
	if (!success && json_array_size(series))
		nonsense(errors, i,
			 "/series: expected no samples with outcome %s, found %zu series", status,
			 json_array_size(series));
	if (!success && !member_at(run, "outcome", "reason", NULL))
		nonsense(errors, i, "/outcome: expected a reason for %s, found none", status);
	if (!json_object_get(run, "counters") != !counted)
		nonsense(errors, i, ": expected counters and counted_iterations together");
	json_array_foreach (series, k, one) {
		size_t samples = json_array_size(json_object_get(one, "samples"));
		json_int_t timed = (json_int_t)samples * iterations_per_sample(one);

		if (success && counted && json_integer_value(counted) != timed)
			nonsense(errors, i,
				 "/counted_iterations: expected %lld as in /series/%zu, found %lld",
				 (long long)timed, k, (long long)json_integer_value(counted));

		if (n && (json_int_t)samples != json_integer_value(n))
			nonsense(errors, i,
				 "/series/%zu/samples: expected %lld as the parameter n, "
				 "found %zu",
				 k, (long long)json_integer_value(n), samples);
		for (size_t j = 0; j < k; j++)
			if (strcmp(text_at(json_array_get(series, j), "name", NULL),
				   text_at(one, "name", NULL)) == 0)
				nonsense(errors, i,
					 "/series/%zu/name: expected another than of "
					 "/series/%zu, found \"%s\"",
					 k, j, text_at(one, "name", NULL));
	}
	json_array_foreach (json_object_get(run, "audits"), k, audit)
		if (success && !json_is_true(json_object_get(audit, "ok")))
			nonsense(errors, i, "/audits/%zu/ok: expected true in a success", k);
	json_object_foreach (json_object_get(run, "conserved"), name, pair) {
		if (success &&
		    !json_equal(json_object_get(pair, "before"), json_object_get(pair, "after")))
			nonsense(errors, i, "/conserved/%s: expected no change in a success", name);
	}
}

static void check_origin(const json_t *set, const json_t *run, size_t i, struct strv *errors)
{
	json_int_t origin = json_integer_value(json_object_get(run, "origin"));
	size_t sources = json_array_size(json_object_get(set, "merged_from"));

	if (json_object_get(run, "origin") && (size_t)origin >= sources)
		nonsense(errors, i,
			 "/origin: expected an index into %zu of /merged_from, found %lld", sources,
			 (long long)origin);
}

bool resultset_makes_sense(const json_t *set, struct strv *errors)
{
	json_t *runs = json_object_get(set, "runs"), *run;
	size_t before = errors->n, i;

	json_array_foreach (runs, i, run) {
		const char *id = text_at(run, "id", NULL);

		check_run(run, i, errors);
		check_origin(set, run, i, errors);
		for (size_t k = 0; k < i; k++)
			if (strcmp(id, text_at(json_array_get(runs, k), "id", NULL)) == 0)
				nonsense(errors, i,
					 "/id: expected another than of /runs/%zu, "
					 "found \"%s\"",
					 k, id);
	}
	return errors->n == before;
}

json_t *resultset_load(const char *path, const json_t *schema, struct strv *errors)
{
	json_error_t error;
	json_t *set = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	struct strv found = {0};

	if (!set && error.line < 0) {
		strv_add(errors, "%s: %s", path, error.text);
		return NULL;
	}
	if (!set) {
		strv_add(errors, "%s:%d:%d: %s", path, error.line, error.column, error.text);
		return NULL;
	}
	if (resultset_migrate(set, &found) && schema_check(schema, set, &found))
		resultset_makes_sense(set, &found);
	for (size_t i = 0; i < found.n; i++)
		strv_add(errors, "%s: %s", path, found.v[i]);
	if (found.n) {
		json_decref(set);
		set = NULL;
	}
	strv_free(&found);
	return set;
}
