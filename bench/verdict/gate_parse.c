// SPDX-License-Identifier: MIT
#include "gate_parse.h"

#include <ctype.h>
#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/number_list.h"
#include "spec/run_spec.h"

/* A gate while it is read. */
struct reader {
	const char *text;
	char **error;
};

PRINTF_LIKE(3, 4)
static bool wrong(const struct reader *r, const char *at, const char *fmt, ...)
{
	va_list ap;
	AUTO_FREE char *message = NULL;

	va_start(ap, fmt);
	message = xvasprintf(fmt, ap);
	va_end(ap);
	if (*at)
		fail(r->error, "gate \"%s\": column %zu: %s, found \"%s\"", r->text,
		     (size_t)(at - r->text) + 1, message, at);
	else
		fail(r->error, "gate \"%s\": at its end: %s, found nothing", r->text, message);
	return false;
}

static bool is_name(const char *from, const char *to, const char *besides)
{
	for (const char *p = from; p < to; p++)
		if (!isalnum((unsigned char)*p) && !strchr(besides, *p))
			return false;
	return from < to;
}

/* PARAMETER=VALUE from `from` up to `to`. */
static bool read_parameter(struct gate *g, const struct reader *r, const char *from, const char *to)
{
	const char *equals = memchr(from, '=', (size_t)(to - from));
	AUTO_FREE char *name = NULL, *number = NULL;
	long long value;
	char *error = NULL;

	if (!equals || !is_name(from, equals, "_"))
		return wrong(r, from, "expected PARAMETER=VALUE between colons");
	name = xstrndup(from, (size_t)(equals - from));
	number = xstrndup(equals + 1, (size_t)(to - equals - 1));
	if (!parse_number(number, -1000000000000, 1000000000000, name, &value, &error))
		wrong(r, equals + 1, "%s: expected a whole number", name);
	else if (json_object_get(g->parameters, name))
		wrong(r, from, "%s is given twice", name);
	else
		json_object_set_new(g->parameters, name, json_integer(value));
	free(error);
	return !*r->error;
}

/* WORKLOAD[:PARAMETER=VALUE]... from the beginning up to `to`. */
static bool read_workload(struct gate *g, const struct reader *r, const char *to)
{
	const char *colon = memchr(r->text, ':', (size_t)(to - r->text));
	const char *end = colon ? colon : to;

	if (!is_name(r->text, end, "_-*?"))
		return wrong(r, r->text, "expected a workload's name, or * for all");
	g->workload = xstrndup(r->text, (size_t)(end - r->text));
	while (end < to) {
		const char *from = end + 1;

		end = memchr(from, ':', (size_t)(to - from));
		end = end ? end : to;
		if (!read_parameter(g, r, from, end))
			return false;
	}
	return true;
}

static bool read_limit(struct gate *g, const struct reader *r, const char *at)
{
	static const struct {
		const char *suffix;
		double factor;
		bool is_time;
	} scales[] = {{"", 1, false},	 {"k", 1e3, false}, {"M", 1e6, false}, {"ns", 1, true},
		      {"us", 1e3, true}, {"ms", 1e6, true}, {"s", 1e9, true}};
	bool sign = *at == '+' || *at == '-';
	const char *digits = at + sign;
	char *end;

	/* strtod() also accepts a second sign, hexadecimal numbers and infinity. */
	if (!isdigit((unsigned char)*digits))
		return wrong(r, at, "expected a number: 700000, +1000 or -2.5%%");
	if (*digits == '0' && (digits[1] == 'x' || digits[1] == 'X'))
		return wrong(r, at, "expected a decimal number");
	g->limit = strtod(at, &end);
	if (!isfinite(g->limit) || fabs(g->limit) > 1e15)
		return wrong(r, at, "expected a number of at most 1e15");
	if (strcmp(end, "%") == 0) {
		g->kind = LIMIT_PERCENT;
		return sign || wrong(r, at,
				     "a percentage is relative to the base: expected a sign, as in "
				     "+2%% or +0%%");
	}
	g->kind = sign ? LIMIT_DIFFERENCE : LIMIT_ABSOLUTE;
	for (size_t i = 0; i < sizeof(scales) / sizeof(*scales); i++)
		if (strcmp(end, scales[i].suffix) == 0) {
			g->limit *= scales[i].factor;
			g->is_time = scales[i].is_time;
			return true;
		}
	return wrong(r, end, "expected %%, k, M, ns, us, ms, s or the end");
}

bool gate_read(struct gate *g, const char *text, char **error)
{
	const struct reader r = {text, error};
	const char *comparison = strpbrk(text, "<>"), *metric, *variant;

	*g = (struct gate){.text = xstrdup(text), .parameters = json_object()};
	if (!comparison || comparison[1] != '=')
		return wrong(&r, comparison ? comparison : text + strlen(text),
			     "expected <= or >= behind the metric");
	metric = memrchr(text, ':', (size_t)(comparison - text));
	if (!metric)
		return wrong(&r, text, "expected WORKLOAD:METRIC in front of %.2s", comparison);
	if (!is_name(metric + 1, comparison, "_-.*") ||
	    (memchr(metric + 1, '*', (size_t)(comparison - metric - 1)) &&
	     comparison - metric != 2))
		return wrong(&r, metric + 1,
			     "expected a metric: a series' name, a counter, or * for every series");
	g->metric = xstrndup(metric + 1, (size_t)(comparison - metric - 1));
	g->at_least = *comparison == '>';
	variant = memchr(text, '@', (size_t)(metric - text));
	if (variant && variant + 1 == metric)
		return wrong(&r, variant + 1, "expected a variant behind @");
	if (variant)
		g->variant = xstrndup(variant + 1, (size_t)(metric - variant - 1));
	return read_workload(g, &r, variant ? variant : metric) &&
	       read_limit(g, &r, comparison + 2);
}

void gate_free(struct gate *g)
{
	free(g->text);
	free(g->workload);
	free(g->variant);
	free(g->metric);
	json_decref(g->parameters);
	*g = (struct gate){0};
}

static bool like(const char *pattern, const char *name)
{
	return name && (strcmp(pattern, name) == 0 || fnmatch(pattern, name, 0) == 0);
}

bool gate_matches(const struct gate *g, const struct gate_subject *s)
{
	const char *name;
	json_t *value;

	if (!like(g->workload, s->workload) ||
	    (g->variant && !like(g->variant, s->variant) && !like(g->variant, s->label)))
		return false;
	json_object_foreach (g->parameters, name, value) {
		json_int_t has = strcmp(name, AXIS_VCPUS) == 0
					 ? s->vcpus
					 : json_integer_value(json_object_get(s->parameters, name));

		if (strcmp(name, AXIS_VCPUS) != 0 && !json_object_get(s->parameters, name))
			return false;
		if (has != json_integer_value(value))
			return false;
	}
	return true;
}
