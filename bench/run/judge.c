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

/* Two measurements of a clock's speed may differ by this share. */
#define TICK_TOLERANCE 0.005

/* The exit status of a workload that skips itself is 3 (workloads/harness/harness.h). */
#define SKIP_STATUS (3 << 8)

/* A string of a record; NULL if it has none, or an empty one. */
static const char *text_of(const json_t *record, const char *name)
{
	const char *s = json_string_value(json_object_get(record, name));

	return s && *s ? s : NULL;
}

/* Has the "done" record this status? */
static bool says(const struct console *s, const char *status)
{
	const char *done = text_of(s->done, "status");

	return done && strcmp(done, status) == 0;
}

__attribute__((format(printf, 3, 4))) static enum outcome verdict(enum outcome o, char **reason,
								  const char *fmt, ...)
{
	va_list ap;
	AUTO_FREE char *text = NULL;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	/* The reason becomes one printable line, because parts of it come from the guest. */
	*reason = printable(text, strlen(text));
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

/* The first problem that the guest's audit found, or NULL. The caller's. */
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
	AUTO_FREE char *text = NULL, *found = NULL;

	if (console_is_fatal(s)) {
		text = fatal_reason(s);
		found = audit_problem(s);
		return verdict(OUTCOME_CRASH, reason, "%s%s%s", text,
			       found ? "; the audit had found: " : "", found ? found : "");
	}
	if (b->end == BOOT_INTERRUPTED)
		return verdict(OUTCOME_SKIP, reason, REASON_INTERRUPTED " while it ran");
	if (b->end == BOOT_TIMED_OUT)
		return verdict(OUTCOME_TIMEOUT, reason,
			       "no end after %s; console: %zu lines, last: %s",
			       b->late ? b->late : "its time", s->lines,
			       s->tail[CONSOLE_TAIL - 1] ? s->tail[CONSOLE_TAIL - 1] : "none");
	if (b->end == BOOT_ENDED && b->status) {
		text = describe_status(b->status);
		return verdict(OUTCOME_ERROR, reason, "QEMU %s%s%s", text,
			       b->output && *b->output ? ": " : "", b->output ? b->output : "");
	}
	/* One of the torn lines may have been the exit record. */
	if (s->torn)
		return verdict(OUTCOME_ERROR, reason, "%s", s->problem);
	return verdict(OUTCOME_CRASH, reason, "the machine went off without an \"exit\" record%s%s",
		       s->problem ? "; " : "", s->problem ? s->problem : "");
}

/*
 * A guest on this processor's own time-stamp counter must find it as fast as we do. Otherwise its
 * clock was set wrongly at boot, or does not count real time.
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

/* Checks that all samples are there, and that the clock counts what it should. */
static bool check_samples(const struct console *s, const struct run_spec *spec, char **error)
{
	json_int_t iterations, nop1000 = -1, readings = 1, min = 0, max = 0;
	const char *clock, *name;
	json_t *series;

	if (json_unpack(s->workload, "{s:s, s:I, s?I, s?{s:I, s:I, s:I}}", "clock", &clock,
			"iterations", &iterations, "nop1000", &nop1000, "timer_overhead",
			"readings", &readings, "least", &min, "largest", &max) ||
	    readings < 1 || min < 0 || max < min)
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

/* Is a number that the guest reports the one it was given? */
static bool told_number(const json_t *record, const char *name, json_int_t given)
{
	json_t *told = json_object_get(record, name);

	return !told || json_integer_value(told) == given;
}

/* Checks that the guest is the one that was to boot. */
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

/* Checks that the workload is the one that was to run. */
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
 * A guest with an audit must report one without processes. With the harness of a workload it must
 * also report one with processes alive.
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
	AUTO_STRV struct strv lost = {0};
	const json_t *pair;
	const char *name;

	json_object_foreach ((json_t *)conserved, name, pair) {
		json_t *before = json_array_get(pair, 0), *after = json_array_get(pair, 1);

		if (json_is_array(pair) && !json_equal(before, after))
			strv_add(&lost, "%s was %lld, is %lld", name,
				 (long long)json_integer_value(before),
				 (long long)json_integer_value(after));
	}
	if (!lost.n && !json_is_true(json_object_get(conserved, "ok")))
		strv_add(&lost, "the guest says so");
	return lost.n ? strv_join(&lost, "; ") : NULL;
}

/*
 * A program need not print records; if it does they must be complete. Its exit status comes last,
 * because what it shows of the guest counts for more.
 */
static enum outcome judge_program(const struct console *s, const struct run_spec *spec,
				  char **reason)
{
	const char *done_reason = text_of(s->done, "reason");
	int status = (int)json_integer_value(json_object_get(s->exit, "status"));
	bool skipped = says(s, "skip") && status == SKIP_STATUS;
	AUTO_FREE char *error = NULL;

	if (!s->conserved)
		return verdict(OUTCOME_ERROR, reason, "the \"conserved\" record is missing");
	if ((error = lost_quantities(s->conserved)))
		return verdict(OUTCOME_FAILURE, reason, "not conserved over the program: %s",
			       error);
	if ((error = audit_problem(s)))
		return verdict(OUTCOME_FAILURE, reason, "the audit found: %s", error);
	if (!check_audited(s, false, &error) || !check_guest(s, spec, &error))
		return verdict(OUTCOME_ERROR, reason, "%s", error);
	if (skipped || (status && done_reason))
		return verdict(skipped ? OUTCOME_SKIP : OUTCOME_FAILURE, reason, "%s",
			       done_reason ? done_reason : "skipped by the program");
	if (status) {
		error = describe_status(status);
		return verdict(OUTCOME_FAILURE, reason, "the program %s", error);
	}
	if (s->workload && (!text_of(s->done, "status") || !check_samples(s, spec, &error)))
		return verdict(OUTCOME_ERROR, reason, "%s",
			       error ? error : "the \"done\" record is missing");
	return OUTCOME_SUCCESS;
}

/* The workload says that it failed, or its exit status does. A skip is no failure. */
static bool has_failed(const struct console *s, int status, char **reason)
{
	const char *done_reason = text_of(s->done, "reason");
	AUTO_FREE char *text = NULL;

	if (says(s, "fail")) {
		verdict(OUTCOME_FAILURE, reason, "the workload failed: %s",
			done_reason ? done_reason : "no reason given");
		return true;
	}
	if (!status || (says(s, "skip") && status == SKIP_STATUS))
		return false;
	text = describe_status(status);
	verdict(OUTCOME_FAILURE, reason, "the workload %s", text);
	return true;
}

static enum outcome skipped(const struct console *s, char **reason)
{
	const char *done_reason = text_of(s->done, "reason");

	return verdict(OUTCOME_SKIP, reason, "%s",
		       done_reason ? done_reason : "skipped by the workload");
}

/* The program did not run, so this is no failure of the workload. */
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
	const char *done = text_of(s->done, "status");
	AUTO_FREE char *error = NULL;

	/* This comes first, because another ABI may cause any of the other problems. */
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
		return verdict(OUTCOME_ERROR, reason, "QEMU %s after the last record", error);
	}
	if (!json_is_integer(status))
		return verdict(OUTCOME_ERROR, reason, "an \"exit\" record without a status");
	if (s->unstarted)
		return judge_unstarted(s, spec, reason);
	if (spec->program)
		return judge_program(s, spec, reason);
	if (has_failed(s, (int)json_integer_value(status), reason))
		return OUTCOME_FAILURE;
	if (!done)
		return verdict(OUTCOME_ERROR, reason, "the \"done\" record is missing");
	if (s->conserved && (error = lost_quantities(s->conserved)))
		return verdict(OUTCOME_FAILURE, reason, "not conserved over the workload: %s",
			       error);
	if ((error = audit_problem(s)))
		return verdict(OUTCOME_FAILURE, reason, "the audit found: %s", error);
	if (says(s, "skip"))
		return skipped(s, reason);
	if (strcmp(done, "ok") != 0)
		return verdict(OUTCOME_ERROR, reason, "unknown status \"%s\" of \"done\"", done);
	if (!check_records(s, spec, &error))
		return verdict(OUTCOME_ERROR, reason, "%s", error);
	return OUTCOME_SUCCESS;
}

int judge_exit_code(const struct boot *b, enum outcome o, bool *own)
{
	const struct console *s = &b->console;
	int status = (int)json_integer_value(json_object_get(s->exit, "status"));
	AUTO_FREE char *lost = s->conserved ? lost_quantities(s->conserved) : NULL;
	AUTO_FREE char *found = audit_problem(s);

	*own = o == OUTCOME_SUCCESS || (o == OUTCOME_FAILURE && status && !lost && !found);
	if (!*own)
		return outcome_exit(o);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* A workload as a process of this machine has no guest and no records of a guest. */
static enum outcome judge_process(const struct boot *b, const struct run_spec *spec, char **reason)
{
	const struct console *s = &b->console;
	AUTO_FREE char *error = NULL;

	if (b->end != BOOT_ENDED)
		return judge_dead(b, reason);
	/* The limit on file sizes is this machine's, and the workload's output goes to a file. */
	if (WIFSIGNALED(b->status) && WTERMSIG(b->status) == SIGXFSZ) {
		error = describe_status(b->status);
		return verdict(OUTCOME_ERROR, reason, "the workload %s", error);
	}
	if (s->problem)
		return verdict(OUTCOME_ERROR, reason, "%s", s->problem);
	if (says(s, "skip") && b->status == SKIP_STATUS)
		return skipped(s, reason);
	if (has_failed(s, b->status, reason))
		return OUTCOME_FAILURE;
	if (!text_of(s->done, "status") || !s->workload)
		return verdict(OUTCOME_ERROR, reason, "the \"%s\" record is missing",
			       text_of(s->done, "status") ? "workload" : "done");
	if (!check_samples(s, spec, &error) || !check_workload(s, spec, &error))
		return verdict(OUTCOME_ERROR, reason, "%s", error);
	return OUTCOME_SUCCESS;
}

enum outcome judge(const struct boot *b, const struct run_spec *spec, char **reason)
{
	*reason = NULL;
	if (b->end == BOOT_NOT_STARTED)
		return verdict(OUTCOME_ERROR, reason, "%s", b->error ? b->error : "not started");
	/* The lost part of the console is not known; the part that arrived still counts. */
	if (b->cut && b->end != BOOT_INTERRUPTED && !console_is_fatal(&b->console))
		return verdict(OUTCOME_ERROR, reason, "%s", b->cut);
	if (spec->rig->variant)
		return judge_process(b, spec, reason);
	if (console_is_fatal(&b->console) || !b->console.exit)
		return judge_dead(b, reason);
	return judge_finished(b, spec, reason);
}
