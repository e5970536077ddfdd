// SPDX-License-Identifier: MIT
#include "judge.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "abi/record.h"
#include "lib/subprocess.h"
#include "machine/rig.h"
#include "rigs/host_info.h"

/* By how much two measurements of how fast a clock runs may differ. */
#define TICK_TOLERANCE 0.005

/* How a workload ends that has skipped itself: exit status 3 (workloads/harness/harness.h). */
#define SKIP_STATUS (3 << 8)

static const char *text_of(const json_t *record, const char *name)
{
	const char *s = json_string_value(json_object_get(record, name));

	return s && *s ? s : NULL;
}

__attribute__((format(printf, 3, 4))) static enum outcome verdict(enum outcome o, char **reason,
								  const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	/* One line, printable: parts of it come from the guest. */
	*reason = printable(text, strlen(text));
	free(text);
	return o;
}

static char *fatal_reason(const struct console *s)
{
	if (!s->panic)
		return xstrdup(s->fatal);
	return xasprintf("guest panic: %s%s%s",
			 text_of(s->panic, "reason") ? text_of(s->panic, "reason") : "?",
			 text_of(s->panic, "where") ? " at " : "",
			 text_of(s->panic, "where") ? text_of(s->panic, "where") : "");
}

/* The first thing that the guest found wrong with itself, or NULL. */
static char *audit_problem(const struct console *s)
{
	json_t *audit;
	size_t i;

	json_array_foreach (s->audits, i, audit) {
		json_int_t n = json_integer_value(json_object_get(audit, "problem_count"));
		const json_t *problems = json_object_get(audit, "problems");

		if (!n)
			continue;
		return xasprintf("%s%s (%lld in all)",
				 strcmp(text_of(audit, "when"), "end") == 0
					 ? "after the last process: "
					 : "",
				 json_string_value(json_array_get(problems, 0)), (long long)n);
	}
	return NULL;
}

static enum outcome judge_dead(const struct boot *b, char **reason)
{
	const struct console *s = &b->console;
	char *text, *found;
	enum outcome o;

	if (console_is_fatal(s)) {
		text = fatal_reason(s);
		found = audit_problem(s);
		o = verdict(OUTCOME_CRASH, reason, "%s%s%s", text,
			    found ? "; the audit had found: " : "", found ? found : "");
		free(found);
	} else if (b->end == BOOT_INTERRUPTED) {
		return verdict(OUTCOME_SKIP, reason, REASON_INTERRUPTED " while it ran");
	} else if (b->end == BOOT_TIMED_OUT) {
		return verdict(OUTCOME_TIMEOUT, reason,
			       "no end after %s; console: %zu lines, last: %s",
			       b->late ? b->late : "its time", s->lines,
			       s->tail[CONSOLE_TAIL - 1] ? s->tail[CONSOLE_TAIL - 1] : "none");
	} else if (b->end == BOOT_ENDED && b->status) {
		text = describe_status(b->status);
		o = verdict(OUTCOME_ERROR, reason, "QEMU %s%s%s", text,
			    b->output && *b->output ? ": " : "", b->output ? b->output : "");
	} else if (s->torn) {
		/* One of the torn lines may have been the exit record: we cannot know. */
		return verdict(OUTCOME_ERROR, reason, "%s", s->problem);
	} else {
		return verdict(OUTCOME_CRASH, reason,
			       "the machine went off without an \"exit\" record%s%s",
			       s->problem ? "; " : "", s->problem ? s->problem : "");
	}
	free(text);
	return o;
}

/*
 * Where a machine's time-stamp counter is this processor's own, in real time, the guest must find
 * it as fast as we do; else its clock was set wrong when it booted, or is none of real time.
 */
static bool check_real_time(const struct console *s, const struct run_spec *spec, char **error)
{
	double host = host_tick_ns();
	double guest = (double)json_integer_value(json_object_get(s->boot, "giga_ticks_ns")) / 1e9;

	if (strcmp(spec->tier, "exact") == 0 || spec->rig->variant || !host ||
	    strcmp(text_of(s->workload, "clock"), "tsc") != 0)
		return true;
	if (!guest)
		return fail(error, "the guest does not tell what a tick is worth");
	if (guest > host * (1 - TICK_TOLERANCE) && guest < host * (1 + TICK_TOLERANCE))
		return true;
	return fail(error,
		    "the guest's clock is not real time: a tick is %.4f ns to it, %.4f ns here",
		    guest, host);
}

/* The samples are all there, on a clock that counts what it should. */
static bool check_samples(const struct console *s, const struct run_spec *spec, char **error)
{
	json_int_t iterations, nop1000 = -1, readings = 1, least = 0, largest = 0;
	const char *clock, *name;
	json_t *series;

	if (json_unpack(s->workload, "{s:s, s:I, s?I, s?{s:I, s:I, s:I}}", "clock", &clock,
			"iterations", &iterations, "nop1000", &nop1000, "timer_overhead",
			"readings", &readings, "least", &least, "largest", &largest) ||
	    readings < 1 || least < 0 || largest < least)
		return fail(error, "a \"workload\" record of the wrong shape");
	if (strcmp(clock, "tsc") != 0 && strcmp(clock, "monotonic") != 0)
		return fail(error, "unknown clock \"%s\"", clock);
	if (strcmp(spec->tier, "exact") == 0 && strcmp(clock, "tsc") == 0 &&
	    (nop1000 < 1000 || nop1000 > NOP1000_MAX))
		return nop1000 < 0 ? fail(error, "the clock's calibration (nop1000) is missing")
				   : fail(error,
					  "the clock does not count instructions: 1000 nops took "
					  "%lld ticks",
					  (long long)nop1000);
	if (!check_real_time(s, spec, error))
		return false;
	if (!json_object_size(s->series))
		return fail(error, "no samples");
	json_object_foreach (s->series, name, series) {
		json_int_t reps = json_integer_value(json_object_get(series, "reps"));
		size_t n = json_array_size(json_object_get(series, "values"));

		if (iterations % reps || (json_int_t)n != iterations / reps)
			return fail(
				error,
				"series \"%s\" has %zu samples of %lld (%lld iterations, %lld in each)",
				name, n, (long long)(iterations / reps), (long long)iterations,
				(long long)reps);
	}
	if (s->counters && s->counted_iterations != iterations)
		return fail(error, "the counters are about %lld iterations, the samples about %lld",
			    (long long)s->counted_iterations, (long long)iterations);
	return true;
}

/* A number that the guest reports is the one it was given. */
static bool told_number(const json_t *record, const char *name, json_int_t given)
{
	json_t *told = json_object_get(record, name);

	return !told || json_integer_value(told) == given;
}

/* The guest is the one we meant to boot. */
static bool check_guest(const struct console *s, const struct run_spec *spec, char **error)
{
	const char *env = text_of(s->boot, "env"), *variant = text_of(s->boot, "variant");
	json_t *value, *given;
	const char *key;

	if (!env || strcmp(env, spec->env) != 0)
		return fail(error, "the image says it runs on \"%s\"", env ? env : "");
	if (!variant || strcmp(variant, spec->variant->name) != 0)
		return fail(error, "the image says it is variant \"%s\"", variant ? variant : "");
	if (strcmp(console_mutant(s), spec->mutant ? spec->mutant : "") != 0)
		return fail(error, "the image says it is mutant \"%s\"", console_mutant(s));
	json_object_foreach (json_object_get(s->boot, "policy"), key, value) {
		given = json_object_get(spec->variant->policy, key);
		if (!given || !json_equal(given, value))
			return fail(error,
				    "the image was built with another %s than variant \"%s\" has",
				    key, variant);
	}
	if (!told_number(s->boot, "vcpus", spec->vcpus) ||
	    !told_number(s->boot, "seed", (json_int_t)spec->seed))
		return fail(error, "the guest got other vCPUs or another seed than asked for");
	return true;
}

/* The workload is the one we meant to run. */
static bool check_workload(const struct console *s, const struct run_spec *spec, char **error)
{
	json_t *told = json_object_get(s->workload, "params"), *value, *given;
	const char *name = text_of(s->workload, "name"), *key;

	if (!name || strcmp(name, spec->workload->name) != 0)
		return fail(error, "the workload says it is \"%s\"", name ? name : "");
	json_object_foreach (told, key, value) {
		given = json_object_get(spec->parameters, key);
		if (given && !json_equal(given, value))
			return fail(error, "the workload ran with another %s than asked for", key);
	}
	return true;
}

static const json_t *audit_at(const struct console *s, const char *when)
{
	json_t *audit;
	size_t i;

	json_array_foreach (s->audits, i, audit)
		if (strcmp(text_of(audit, "when"), when) == 0)
			return audit;
	return NULL;
}

/*
 * A guest that says it examines itself has done so: without processes, and before
 * that with them alive, if the harness of a workload was there to ask for it.
 */
static bool check_audited(const struct console *s, bool harness, char **error)
{
	static const char *const due[] = {"end", "demand"};
	size_t n = harness ? 2 : 1;

	for (size_t i = 0; i < n && json_is_true(json_object_get(s->boot, "audit")); i++)
		if (!audit_at(s, due[i]))
			return fail(error, "the \"audit\" record (%s) is missing", due[i]);
	return true;
}

static bool check_records(const struct console *s, const struct run_spec *spec, char **error)
{
	const struct {
		const char *type;
		const json_t *record;
	} due[] = {
		{"workload", s->workload}, {"counters", s->counters}, {"conserved", s->conserved}};

	for (size_t i = 0; i < sizeof(due) / sizeof(*due); i++)
		if (!due[i].record)
			return fail(error, "the \"%s\" record is missing", due[i].type);
	return check_audited(s, true, error) && check_samples(s, spec, error) &&
	       check_guest(s, spec, error) && check_workload(s, spec, error);
}

static char *lost_quantities(const json_t *conserved)
{
	const json_t *pair;
	const char *name;
	char *all = NULL;

	json_object_foreach ((json_t *)conserved, name, pair) {
		json_t *before = json_array_get(pair, 0), *after = json_array_get(pair, 1);
		char *one;

		if (!json_is_array(pair) || json_equal(before, after))
			continue;
		one = xasprintf("%s%s%s was %lld, is %lld", all ? all : "", all ? "; " : "", name,
				(long long)json_integer_value(before),
				(long long)json_integer_value(after));
		free(all);
		all = one;
	}
	if (!all && !json_is_true(json_object_get(conserved, "ok")))
		all = xstrdup("the guest says so");
	return all;
}

/*
 * A program need not print records; if it does they must be whole. Its exit status
 * is looked at last: whether what it says of the guest is right counts for more.
 */
static enum outcome judge_program(const struct console *s, const struct run_spec *spec,
				  char **reason)
{
	const char *done = text_of(s->done, "status"), *done_reason = text_of(s->done, "reason");
	int status = (int)json_integer_value(json_object_get(s->exit, "status"));
	bool skipped = done && strcmp(done, "skip") == 0 && status == SKIP_STATUS;
	enum outcome o = OUTCOME_SUCCESS;
	char *error = NULL;

	if (!s->conserved)
		return verdict(OUTCOME_ERROR, reason, "the \"conserved\" record is missing");
	if ((error = lost_quantities(s->conserved))) {
		o = verdict(OUTCOME_FAILURE, reason, "not conserved over the program: %s", error);
	} else if ((error = audit_problem(s))) {
		o = verdict(OUTCOME_FAILURE, reason, "the audit found: %s", error);
	} else if (!check_audited(s, false, &error) || !check_guest(s, spec, &error)) {
		o = verdict(OUTCOME_ERROR, reason, "%s", error);
	} else if (skipped || (status && done_reason)) {
		o = verdict(skipped ? OUTCOME_SKIP : OUTCOME_FAILURE, reason, "%s",
			    done_reason ? done_reason : "skipped by the program");
	} else if (status) {
		error = describe_status(status);
		o = verdict(OUTCOME_FAILURE, reason, "the program %s", error);
	} else if (s->workload && (!done || !check_samples(s, spec, &error))) {
		o = verdict(OUTCOME_ERROR, reason, "%s",
			    error ? error : "the \"done\" record is missing");
	}
	free(error);
	return o;
}

/* Nothing ran, so nothing was measured: that is no failure of the workload's. */
static enum outcome judge_unstarted(const struct console *s, const struct run_spec *spec,
				    char **reason)
{
	const char *path = text_of(s->unstarted, "path");
	int err = (int)json_integer_value(json_object_get(s->unstarted, "error"));

	return verdict(OUTCOME_ERROR, reason, "the guest cannot start %s: %s%s",
		       path ? path : "the program", strerror(err),
		       spec->program ? ""
				     : "; `make guests` puts the workloads that are built into its "
				       "initial ramdisk");
}

static enum outcome judge_finished(const struct boot *b, const struct run_spec *spec, char **reason)
{
	const struct console *s = &b->console;
	json_int_t abi = json_integer_value(json_object_get(s->boot, "abi"));
	json_t *status = json_object_get(s->exit, "status");
	const char *done = text_of(s->done, "status"), *done_reason = text_of(s->done, "reason");
	bool skipped = done && strcmp(done, "skip") == 0;
	enum outcome o = OUTCOME_SUCCESS;
	char *error = NULL;

	/* First: what else is wrong may follow from it. */
	if (s->boot && abi != RECORD_ABI)
		return verdict(OUTCOME_ERROR, reason,
			       "the guest speaks record abi %lld, this program %d: rebuild both "
			       "(`make guests`)",
			       (long long)abi, RECORD_ABI);
	if (s->problem)
		return verdict(OUTCOME_ERROR, reason, "%s", s->problem);
	if (!s->boot)
		return verdict(OUTCOME_ERROR, reason, "the \"boot\" record is missing");
	if (b->end == BOOT_ENDED && b->status) {
		error = describe_status(b->status);
		o = verdict(OUTCOME_ERROR, reason, "QEMU %s after the last record", error);
		free(error);
		return o;
	}
	if (!json_is_integer(status))
		return verdict(OUTCOME_ERROR, reason, "an \"exit\" record without a status");
	if (s->unstarted)
		return judge_unstarted(s, spec, reason);
	if (spec->program)
		return judge_program(s, spec, reason);
	if (done && strcmp(done, "fail") == 0)
		return verdict(OUTCOME_FAILURE, reason, "the workload failed: %s",
			       done_reason ? done_reason : "no reason given");
	if (json_integer_value(status) && !(skipped && json_integer_value(status) == SKIP_STATUS)) {
		error = describe_status((int)json_integer_value(status));
		o = verdict(OUTCOME_FAILURE, reason, "the workload %s", error);
	} else if (!done) {
		return verdict(OUTCOME_ERROR, reason, "the \"done\" record is missing");
	} else if (s->conserved && (error = lost_quantities(s->conserved))) {
		o = verdict(OUTCOME_FAILURE, reason, "not conserved over the workload: %s", error);
	} else if ((error = audit_problem(s))) {
		o = verdict(OUTCOME_FAILURE, reason, "the audit found: %s", error);
	} else if (skipped) {
		return verdict(OUTCOME_SKIP, reason, "%s",
			       done_reason ? done_reason : "skipped by the workload");
	} else if (strcmp(done, "ok") != 0) {
		return verdict(OUTCOME_ERROR, reason, "unknown status \"%s\" of \"done\"", done);
	} else if (!check_records(s, spec, &error)) {
		o = verdict(OUTCOME_ERROR, reason, "%s", error);
	}
	free(error);
	return o;
}

int judge_exit_code(const struct boot *b, enum outcome o, bool *own)
{
	const struct console *s = &b->console;
	int status = (int)json_integer_value(json_object_get(s->exit, "status"));
	char *lost = s->conserved ? lost_quantities(s->conserved) : NULL;
	char *found = audit_problem(s);

	*own = o == OUTCOME_SUCCESS || (o == OUTCOME_FAILURE && status && !lost && !found);
	free(lost);
	free(found);
	if (!*own)
		return outcome_exit(o);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* A workload as a process of this machine: no guest, so nothing that one would report. */
static enum outcome judge_process(const struct boot *b, const struct run_spec *spec, char **reason)
{
	const struct console *s = &b->console;
	const char *done = text_of(s->done, "status"), *done_reason = text_of(s->done, "reason");
	enum outcome o = OUTCOME_SUCCESS;
	char *error = NULL;

	if (b->end != BOOT_ENDED)
		return judge_dead(b, reason);
	/* The limit is this machine's, and what it says goes to a file. */
	if (WIFSIGNALED(b->status) && WTERMSIG(b->status) == SIGXFSZ) {
		error = describe_status(b->status);
		o = verdict(OUTCOME_ERROR, reason, "the workload %s", error);
		free(error);
		return o;
	}
	if (s->problem)
		return verdict(OUTCOME_ERROR, reason, "%s", s->problem);
	if (done && strcmp(done, "skip") == 0 && b->status == SKIP_STATUS)
		return verdict(OUTCOME_SKIP, reason, "%s",
			       done_reason ? done_reason : "skipped by the workload");
	if (done && strcmp(done, "fail") == 0)
		return verdict(OUTCOME_FAILURE, reason, "the workload failed: %s",
			       done_reason ? done_reason : "no reason given");
	if (b->status) {
		error = describe_status(b->status);
		o = verdict(OUTCOME_FAILURE, reason, "the workload %s", error);
	} else if (!done || !s->workload) {
		o = verdict(OUTCOME_ERROR, reason, "the \"%s\" record is missing",
			    done ? "workload" : "done");
	} else if (!check_samples(s, spec, &error) || !check_workload(s, spec, &error)) {
		o = verdict(OUTCOME_ERROR, reason, "%s", error);
	}
	free(error);
	return o;
}

enum outcome judge(const struct boot *b, const struct run_spec *spec, char **reason)
{
	*reason = NULL;
	if (b->end == BOOT_NOT_STARTED)
		return verdict(OUTCOME_ERROR, reason, "%s", b->error ? b->error : "not started");
	/* What the console would have said is not known; what it did say is. */
	if (b->cut && b->end != BOOT_INTERRUPTED && !console_is_fatal(&b->console))
		return verdict(OUTCOME_ERROR, reason, "%s", b->cut);
	if (spec->rig->variant)
		return judge_process(b, spec, reason);
	if (console_is_fatal(&b->console) || !b->console.exit)
		return judge_dead(b, reason);
	return judge_finished(b, spec, reason);
}
