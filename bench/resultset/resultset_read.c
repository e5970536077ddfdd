// SPDX-License-Identifier: MIT
/*
 * Reads result sets that anybody may have made. Three checks: JSON within a limit of bytes, the
 * current schema (migrate.h), and rules that no schema can state. A set that passes can be computed
 * with and shown: doubles hold its numbers, sums do not overflow, and names have no characters that
 * a terminal acts upon (utf8.h). A writer of HTML or of files quotes markup and paths by itself.
 */
#include "resultset_read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/dates.h"
#include "lib/json.h"
#include "lib/number_list.h"
#include "lib/utf8.h"
#include "migrate.h"
#include "schema.h"
#include "spec/run_spec.h"

/* More of what makes no sense is counted, not listed. */
#define LISTED_MAX SCHEMA_LISTED_MAX

/* Doubles hold every integer up to here: the instructions of a month. */
#define NUMBER_MAX 9007199254740992.0

/* ---- sense ---- */

struct sense {
	struct strv *errors;
	size_t found; /* also what is not listed */
};

PRINTF_LIKE(3, 4)
static void nonsense(struct sense *s, size_t run, const char *fmt, ...)
{
	va_list ap;
	char *text;

	if (s->found++ >= LISTED_MAX)
		return;
	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	strv_add(s->errors, "/runs/%zu%s", run, text);
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
static void check_family(const json_t *run, size_t i, struct sense *s)
{
	json_t *axes = member_at(run, "family", "axes", NULL), *axis;
	json_t *point = member_at(run, "family", "point", NULL);
	size_t k;

	json_array_foreach (axes, k, axis) {
		const char *name = text_at(axis, "name", NULL);
		json_t *value = axis_value(json_object_get(run, "identity"), name);

		if (!value || !json_equal(value, json_object_get(point, name)))
			nonsense(s, i, "/family/point/%s: expected the value that the identity has",
				 name);
		json_decref(value);
	}
	if (json_array_size(axes) != json_object_size(point))
		nonsense(s, i, "/family/point: expected a value for each of %zu axes, found %zu",
			 json_array_size(axes), json_object_size(point));
}

/*
 * The first of those that have the name, or `i` itself, which is then remembered in `seen`. Hashed:
 * a file may have as many as fit into it.
 */
static size_t first_with(json_t *seen, const char *name, size_t i)
{
	json_t *first = json_object_get(seen, name);

	if (first)
		return (size_t)json_integer_value(first);
	json_object_set_new(seen, name, json_integer((json_int_t)i));
	return i;
}

static void check_series(const json_t *run, size_t i, const char *status, struct sense *s)
{
	json_t *series = json_object_get(run, "series"), *one, *names = json_object();
	json_t *counted = json_object_get(run, "counted_iterations");
	json_t *n = member_at(run, "identity", "workload", "parameters", "n", NULL);
	json_int_t boots = json_integer_value(member_at(run, "inexact", "boots", NULL));
	bool success = strcmp(status, "success") == 0;
	size_t k, twin;

	boots = boots ? boots : 1; /* samples of as many are there */

	json_array_foreach (series, k, one) {
		const char *name = text_at(one, "name", NULL);
		json_int_t samples = (json_int_t)json_array_size(json_object_get(one, "samples"));
		json_int_t timed;

		if (__builtin_mul_overflow(samples, iterations_per_sample(one), &timed))
			timed = -1;
		if (success && counted && json_integer_value(counted) != timed / boots)
			nonsense(s, i,
				 "/counted_iterations: expected %lld as in /series/%zu, found %lld",
				 (long long)(timed / boots), k,
				 (long long)json_integer_value(counted));
		if (boots > 1 && json_is_true(json_object_get(one, "exact")))
			nonsense(s, i, "/series/%zu/exact: expected false as the run is inexact",
				 k);
		if (n && (samples % boots || samples / boots != json_integer_value(n)))
			nonsense(s, i,
				 "/series/%zu/samples: expected %lld as the parameter n, "
				 "found %lld",
				 k, (long long)json_integer_value(n), (long long)(samples / boots));
		twin = first_with(names, name, k);
		if (twin != k)
			nonsense(s, i,
				 "/series/%zu/name: expected another than of /series/%zu, found "
				 "\"%s\"",
				 k, twin, name);
	}
	json_decref(names);
}

static void check_counters(const json_t *run, size_t i, struct sense *s)
{
	json_t *group, *value;
	const char *name, *counter;

	json_object_foreach (json_object_get(run, "counters"), name, group) {
		double sum = 0;

		json_object_foreach (group, counter, value)
			sum += json_number_value(value);
		if (sum > NUMBER_MAX)
			nonsense(s, i, "/counters/%s: expected a sum of at most %.0f, found %g",
				 name, NUMBER_MAX, sum);
	}
}

static void check_run(const json_t *run, size_t i, struct sense *s)
{
	const char *status = text_at(run, "outcome", "status", NULL);
	bool success = strcmp(status, "success") == 0;
	size_t series = json_array_size(json_object_get(run, "series")), k;
	bool program = member_at(run, "identity", "workload", "program", NULL);
	json_t *audit, *pair;
	const char *name;

	check_family(run, i, s);
	if (success && !series && !program)
		nonsense(s, i, "/series: expected samples of a success, found none");
	if (!success && series)
		nonsense(s, i, "/series: expected no samples with outcome %s, found %zu series",
			 status, series);
	if (!success && !member_at(run, "outcome", "reason", NULL))
		nonsense(s, i, "/outcome: expected a reason for %s, found none", status);
	if (!json_object_get(run, "counters") != !json_object_get(run, "counted_iterations"))
		nonsense(s, i, ": expected counters and counted_iterations together");
	check_series(run, i, status, s);
	check_counters(run, i, s);
	json_array_foreach (json_object_get(run, "audits"), k, audit)
		if (success && !json_is_true(json_object_get(audit, "ok")))
			nonsense(s, i, "/audits/%zu/ok: expected true in a success", k);
	json_object_foreach (json_object_get(run, "conserved"), name, pair) {
		if (success &&
		    !json_equal(json_object_get(pair, "before"), json_object_get(pair, "after")))
			nonsense(s, i, "/conserved/%s: expected no change in a success", name);
	}
}

static void check_origin(const json_t *set, const json_t *run, size_t i, struct sense *s)
{
	json_t *origin = json_object_get(run, "origin");
	size_t sources = json_array_size(json_object_get(set, "merged_from"));

	if (origin && (size_t)json_integer_value(origin) >= sources)
		nonsense(s, i, "/origin: expected an index into %zu of /merged_from, found %lld",
			 sources, (long long)json_integer_value(origin));
}

/* ---- what can be shown and computed with ---- */

PRINTF_LIKE(4, 5)
static void harmful(struct sense *s, const struct json_place *at, const json_t *v, const char *fmt,
		    ...)
{
	char *pointer, *found, *text;
	va_list ap;

	if (s->found++ >= LISTED_MAX)
		return;
	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	pointer = json_pointer_to(at);
	found = json_excerpt(v);
	strv_add(s->errors, "%s: expected %s, found %s", pointer, text, found);
	free(pointer);
	free(found);
	free(text);
}

/* Arguments and output of a user's program are kept as they were and never printed as a name. */
static bool is_verbatim(const struct json_place *at)
{
	if (!at->name)
		return false;
	if (strcmp(at->name, "output") == 0)
		return true;
	return at->up && at->up->name && strcmp(at->up->name, "program") == 0 &&
	       (strcmp(at->name, "arguments") == 0 || strcmp(at->name, "environment") == 0);
}

static void check_harmless(const json_t *v, const struct json_place *at, struct sense *s)
{
	struct json_place here = {.up = at};
	json_t *below;

	if (is_verbatim(at))
		return;
	if (json_is_object(v)) {
		json_object_foreach ((json_t *)v, here.name, below) {
			if (!utf8_is_printable(here.name, false))
				harmful(s, at, v, "names without control characters");
			check_harmless(below, &here, s);
		}
	} else if (json_is_array(v)) {
		json_array_foreach (v, here.index, below)
			check_harmless(below, &here, s);
	} else if (json_is_string(v)) {
		/* Scripts are quoted in commands, line by line. */
		bool lines = at->name && strcmp(at->name, "command") == 0;

		if (!utf8_is_printable(json_string_value(v), lines))
			harmful(s, at, v, "text without control characters");
	} else if (json_number_value(v) > NUMBER_MAX || json_number_value(v) < -NUMBER_MAX) {
		harmful(s, at, v, "a number within %.0f (2^53), up to which doubles are exact",
			NUMBER_MAX);
	}
}

/* The calendar is no matter of a pattern. */
static void check_dates(const json_t *set, struct sense *s)
{
	const struct json_place top = {0}, sources = {.up = &top, .name = "merged_from"};
	struct json_place source = {.up = &sources}, at = {.up = &top, .name = "created"};
	json_t *created = json_object_get(set, "created"), *one;

	if (!is_time(json_string_value(created), json_string_length(created)))
		harmful(s, &at, created, "a day and time that exist");
	at.up = &source;
	json_array_foreach (json_object_get(set, "merged_from"), source.index, one) {
		created = json_object_get(one, "created");
		if (!is_time(json_string_value(created), json_string_length(created)))
			harmful(s, &at, created, "a day and time that exist");
	}
}

bool resultset_makes_sense(const json_t *set, struct strv *errors)
{
	json_t *runs = json_object_get(set, "runs"), *run, *ids = json_object();
	struct sense s = {errors, 0};
	struct json_place top = {0};
	size_t i, twin;

	check_harmless(set, &top, &s);
	check_dates(set, &s);
	json_array_foreach (runs, i, run) {
		const char *id = text_at(run, "id", NULL);

		check_run(run, i, &s);
		check_origin(set, run, i, &s);
		twin = first_with(ids, id, i);
		if (twin != i)
			nonsense(&s, i, "/id: expected another than of /runs/%zu, found \"%s\"",
				 twin, id);
	}
	json_decref(ids);
	if (s.found > LISTED_MAX)
		strv_add(errors, "and %zu more that make no sense", s.found - LISTED_MAX);
	return !s.found;
}

/* ---- files ---- */

/* Bytes as they come, from a file or from memory, up to a limit. */
struct source {
	int fd; /* -1: memory */
	const char *bytes;
	size_t n, limit, got;
	int error; /* errno of a read */
	bool too_long;
};

static size_t more(void *to, size_t room, void *arg)
{
	struct source *s = arg;
	ssize_t n;

	if (s->fd < 0) {
		n = (ssize_t)(s->n < room ? s->n : room);
		memcpy(to, s->bytes, (size_t)n);
		s->bytes += n;
		s->n -= (size_t)n;
		return (size_t)n;
	}
	do
		n = read(s->fd, to, room);
	while (n < 0 && errno == EINTR);
	s->error = n < 0 ? errno : 0;
	s->got += n > 0 ? (size_t)n : 0;
	s->too_long = s->got > s->limit;
	return n < 0 || s->too_long ? (size_t)-1 : (size_t)n;
}

bool resultset_check(json_t *set, const struct schema *schema, struct strv *errors)
{
	return resultset_migrate(set, errors) && schema_check(schema, set, errors) &&
	       resultset_makes_sense(set, errors);
}

static json_t *load(struct source *source, const char *name, const struct schema *schema,
		    struct strv *errors)
{
	struct strv found = {0};
	json_error_t parse_error;
	json_t *set = json_load_callback(more, source, JSON_REJECT_DUPLICATES, &parse_error);

	if (source->too_long) {
		strv_add(errors,
			 "%s: larger than %zu MiB, the most that is read; set %s to read more",
			 name, source->limit >> 20, RESULTSET_LIMIT_ENV);
	} else if (source->error) {
		strv_add(errors, "%s: cannot read: %s", name, strerror(source->error));
	} else if (!set) {
		strv_add(errors, "%s:%d:%d: %s", name, parse_error.line, parse_error.column,
			 parse_error.text);
	} else if (resultset_check(set, schema, &found)) {
		return set;
	}
	for (size_t i = 0; i < found.n; i++)
		strv_add(errors, "%s: %s", name, found.v[i]);
	strv_free(&found);
	json_decref(set);
	return NULL;
}

/* false with an error. */
static bool read_limit(size_t *limit, struct strv *errors)
{
	const char *given = getenv(RESULTSET_LIMIT_ENV);
	long long mib = RESULTSET_LIMIT_MIB;
	char *error = NULL;

	if (given && *given &&
	    !parse_number(given, 1, 1 << 20, RESULTSET_LIMIT_ENV " (MiB)", &mib, &error)) {
		strv_add(errors, "%s", error);
		free(error);
		return false;
	}
	*limit = (size_t)mib << 20;
	return true;
}

json_t *resultset_load(const char *path, const struct schema *schema, struct strv *errors)
{
	struct source source = {.fd = -1};
	json_t *set = NULL;
	struct stat st;

	if (!read_limit(&source.limit, errors))
		return NULL;
	source.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (source.fd < 0) {
		strv_add(errors, "%s: cannot open: %s", path, strerror(errno));
		return NULL;
	}
	/* Known before anything is read; of a pipe it shows while reading. */
	if (fstat(source.fd, &st) == 0 && S_ISREG(st.st_mode))
		source.got = (size_t)st.st_size > source.limit ? (size_t)st.st_size : 0;
	set = load(&source, path, schema, errors);
	close(source.fd);
	return set;
}

json_t *resultset_parse(const char *bytes, size_t n, const char *name, const struct schema *schema,
			struct strv *errors)
{
	struct source source = {.fd = -1, .bytes = bytes, .n = n};

	return load(&source, name, schema, errors);
}

bool run_is_exact(const json_t *run)
{
	return strcmp(text_at(run, "identity", "tier", NULL), "exact") == 0 &&
	       !json_object_get(run, "inexact");
}

const char *shown_tier(const char *tier, bool all_exact)
{
	return all_exact || strcmp(tier, "exact") != 0 ? tier : "exact (but not all of this is)";
}

json_int_t iterations_per_sample(const json_t *series)
{
	const json_t *told = json_object_get(series, "iterations_per_sample");

	return told ? json_integer_value(told) : 1;
}

double *sample_values(const json_t *series, size_t *n)
{
	double reps = (double)iterations_per_sample(series);
	double *v = json_numbers(json_object_get(series, "samples"), n);

	for (size_t i = 0; i < *n; i++)
		v[i] /= reps;
	return v;
}
