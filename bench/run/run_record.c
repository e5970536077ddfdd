// SPDX-License-Identifier: MIT
#include "run_record.h"

#include <stdlib.h>
#include <string.h>

#include "clock_units.h"
#include "collect/collect.h"
#include "lib/dates.h"
#include "lib/file_write.h"
#include "lib/json.h"
#include "lib/paths.h"
#include "lib/options.h"
#include "machine/program_output.h"
#include "plan/plan.h"
#include "resultset/resultset_read.h"
#include "resultset/schema.h"
#include "rigs/probe.h"
#include "spec/image_paths.h"

/* Copies a string of the guest's, if there is one. */
static void copy_text(json_t *to, const char *name, const json_t *from)
{
	const char *text = json_string_value(json_object_get(from, name));

	if (text && *text)
		json_object_set_new(to, name, json_string(text));
}

static json_t *identity_of(const struct rig_context *c, const struct run_spec *spec,
			   const struct console *s)
{
	json_t *policy = spec->variant->policy ? json_incref(spec->variant->policy) : json_object();
	json_t *o = json_pack("{s:s, s:s, s:s, s:{s:s, s:o}, s:{s:s, s:O}, s:I, s:I}", "env",
			      spec->env, "rig", spec->rig->name, "tier", spec->tier, "variant",
			      "name", spec->image, "policy", policy, "workload", "name",
			      spec->workload->name, "parameters", spec->parameters, "vcpus",
			      (json_int_t)spec->vcpus, "seed", (json_int_t)spec->seed);
	json_auto_t *made_of = spec->rig->identify(c, spec);

	/* Runs on the host (rig host) have no memory of their own. */
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
	if (!s)
		return o;
	copy_text(o, "compiler", s->boot);
	if (json_object_get(s->boot, "high_pages"))
		json_object_set(o, "high_pages", json_object_get(s->boot, "high_pages"));
	if (s->banner && json_object_get(o, "xen"))
		json_object_set_new(json_object_get(o, "xen"), "banner", json_string(s->banner));
	if (s->xen.mitigations && json_object_get(o, "xen"))
		json_object_set(json_object_get(o, "xen"), "mitigations", s->xen.mitigations);
	return o;
}

/* {"group.name": n} as {"group": {"name": n}} */
static json_t *counters_of(const json_t *flat)
{
	json_t *groups = json_object(), *value;
	const char *name;

	json_object_foreach ((json_t *)flat, name, value) {
		const char *dot = strchr(name, '.');
		AUTO_FREE char *group = xstrndup(name, (size_t)(dot - name));

		if (!json_object_get(groups, group))
			json_object_set_new(groups, group, json_object());
		json_object_set(json_object_get(groups, group), dot + 1, value);
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

/* Why an audit did not ask the hypervisor; NULL: it did, or there was no audit. */
static const char *unchecked(const struct console *s)
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

PRINTF_LIKE(2, 3)
static void warn(json_t *warnings, const char *fmt, ...)
{
	AUTO_FREE char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	json_array_append_new(warnings, json_string(text));
}

/* Warns of what Xen's log has, or lacks, that a reader of the numbers should know. */
static void warn_of_xen(json_t *all, const json_t *identity, const struct console *s)
{
	const json_t *xen = json_object_get(identity, "xen");
	AUTO_STRV struct strv sentences = {0};

	if (!xen || !s)
		return;
	if (s->exit && !s->banner)
		warn(all, "Xen's banner was not on the console: which build of it ran is known by "
			  "its hash only");
	if (s->exit && !s->xen.mitigations)
		warn(all,
		     "Xen's log does not say which mitigations are in force (XPTI and others)");
	xen_ignored_options(text_at(xen, "command_line", NULL), s->xen.mitigations,
			    &s->xen.complaints, &sentences);
	for (size_t i = 0; i < sentences.n; i++)
		warn(all, "%s", sentences.v[i]);
}

static json_t *warnings_of(const struct run_spec *spec, const json_t *identity,
			   const struct console *s, const struct boot *b, const struct strv *extra)
{
	json_t *all = s ? json_copy(s->warnings) : json_array();
	json_int_t idle =
		s ? json_integer_value(json_object_get(s->counters, "sched.all_idle")) : 0;

	for (size_t i = 0; i < extra->n; i++)
		warn(all, "%s", extra->v[i]);
	if (idle && strcmp(spec->tier, "exact") == 0)
		warn(all,
		     "all vCPUs were idle %lld times during the timed iterations: virtual time "
		     "skips ahead then, so these samples are not instruction counts",
		     (long long)idle);
	if (s && *console_mutant(s))
		warn(all, "the image is a mutant (%s): its numbers mean nothing",
		     console_mutant(s));
	if (flavour_is_for_tests(spec->flavour))
		warn(all,
		     "Xen is the build \"%s\", for tests: its numbers mean nothing beside a "
		     "release build's",
		     spec->flavour);
	if (s && unchecked(s) && env_is_xen(text_at(s->boot, "env", NULL)))
		warn(all, "the audit does not know Xen's view of the tables: %s", unchecked(s));
	warn_of_xen(all, identity, s);
	if (s && s->exit && b->end == BOOT_STOPPED && !console_is_fatal(s))
		warn(all, "the machine did not switch itself off after the last record");
	/* These come last, because a rig may pass on what a judge inside of it has found already.
	 */
	for (size_t i = 0; b && i < b->warnings.n; i++)
		add_distinct(all, b->warnings.v[i]);
	return all;
}

static json_t *outcome_of(const struct console *s, enum outcome outcome, const char *reason)
{
	json_t *o = json_pack("{s:s}", "status", outcome_name(outcome));
	json_auto_t *tail = NULL;

	if (!reason)
		return o;
	json_object_set_new(o, "reason", json_string(reason));
	tail = s ? console_tail(s) : json_array();
	if (json_array_size(tail))
		json_object_set(o, "console", tail);
	return o;
}

/*
 * Adds the commit that the guest was built from, as its build recorded it. It is no part of the
 * identity: other commits may give the same bytes, and only bytes decide samples.
 */
static void add_source(json_t *o, const struct rig_context *c, const struct run_spec *spec)
{
	AUTO_FREE char *image = guest_path(spec), *directory = directory_of(image);
	AUTO_FREE char *path = xasprintf("%s/%s/source", c->root, directory);
	size_t n = 0;
	AUTO_FREE char *commit = read_whole_file(path, &n, NULL);

	if (commit && n) {
		commit[strcspn(commit, "\n")] = 0;
		if (strspn(commit, "0123456789abcdef") == 40)
			json_object_set_new(o, "source", json_pack("{s:s}", "guest", commit));
	}
}

/* Adds the members that only a successful run has. */
static void add_measured(json_t *o, const struct rig_context *c, const struct run_spec *spec,
			 const struct boot *b)
{
	const struct console *s = &b->console;

	if (b->results)
		json_object_set_new(o, "inexact",
				    json_pack("{s:i, s:i}", "boots", (int)b->boots, "results",
					      (int)b->results));
	/* A program may measure nothing. */
	if (s->workload) {
		json_object_set_new(o, "clock", clock_of(spec, s));
		if (json_object_get(s->workload, "timer_overhead"))
			json_object_set_new(o, "timer_overhead", overhead_of(spec, s));
		json_object_set_new(o, "series", series_of(spec, s, !b->results));
	}
	if (s->counters && (!c->collecting || collecting_has(c->collecting, "guest", spec))) {
		json_object_set_new(o, "counted_iterations", json_integer(s->counted_iterations));
		json_object_set_new(o, "counters", counters_of(s->counters));
	}
	if (b->first_sample_seconds >= 0)
		json_object_set_new(json_object_get(o, "observed"), "first_sample_s",
				    json_real(b->first_sample_seconds));
}

json_t *result_of_run(const struct rig_context *c, const struct run_spec *spec,
		      const struct boot *b, enum outcome outcome, const char *reason,
		      const struct strv *warnings)
{
	const struct console *s = b ? &b->console : NULL;
	AUTO_FREE char *command = run_command(spec);
	json_t *identity = identity_of(c, spec, s);
	json_t *o = json_pack("{s:s, s:o, s:o, s:[], s:o, s:s, s:{}}", "id", spec->id, "identity",
			      identity, "outcome", outcome_of(s, outcome, reason), "series",
			      "warnings", warnings_of(spec, identity, s, b, warnings), "command",
			      command, "observed");
	json_t *observed = json_object_get(o, "observed");
	json_auto_t *collectors = collecting_names(c->collecting, spec);

	if (json_array_size(collectors))
		json_object_set(o, "collectors", collectors);
	if (spec->family)
		json_object_set(o, "family", spec->family);
	if (!spec->rig->variant)
		add_source(o, c, spec);
	if (b && b->end != BOOT_NOT_STARTED)
		json_object_set_new(observed, "duration_s", json_real(b->seconds));
	if (b && b->end != BOOT_NOT_STARTED && !spec->rig->variant) {
		json_object_set_new(observed, "start", json_string(b->snapshot ? "warm" : "cold"));
	}
	if (b && b->no_kvm)
		json_object_set_new(observed, "no_kvm", json_string(b->no_kvm));
	if (b && b->boots)
		json_object_set_new(observed, "boots", json_integer(b->boots));
	if (b && b->confirmed)
		json_object_set_new(observed, "confirmed", json_string(b->confirmed));
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
	if (outcome == OUTCOME_SUCCESS)
		add_measured(o, c, spec, b);
	return o;
}

json_t *result_not_run(const struct rig_context *c, const struct run_spec *spec, const char *reason)
{
	struct strv none = {0};

	return result_of_run(c, spec, NULL, OUTCOME_SKIP, reason, &none);
}

bool entry_is_valid(const struct schema *schema, json_t *entry, char **error)
{
	json_auto_t *set = result_set("-", json_object(), json_pack("[O]", entry));
	AUTO_STRV struct strv errors = {0};

	return (schema_check(schema, set, &errors) && resultset_makes_sense(set, &errors)) ||
	       fail(error, "%s", errors.v[0]);
}

json_t *result_set(const char *command, json_t *observed, json_t *runs)
{
	AUTO_FREE char *created = time_now(TIME_FORMAT);
	json_t *producer = json_pack("{s:s, s:s, s:s*}", "name", "pvmmu", "version", PVMMU_VERSION,
				     "commit", *PVMMU_COMMIT ? PVMMU_COMMIT : NULL);

	return json_pack("{s:i, s:s, s:o, s:s, s:o, s:o}", "schema_version", RESULTSET_VERSION,
			 "created", created, "producer", producer, "command", command, "observed",
			 observed, "runs", runs);
}
