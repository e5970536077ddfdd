// SPDX-License-Identifier: MIT
#include "number_list.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool parse_number(const char *text, long long min, long long max, const char *what, long long *out,
		  char **error)
{
	char *end;

	errno = 0;
	*out = strtoll(text, &end, 10);
	if (end == text || *end || errno || isspace((unsigned char)*text))
		return mistake(error, "%s: \"%s\" is not a whole number", what, text);
	if (*out < min || *out > max)
		return mistake(error, "%s: %lld is out of range, valid: %lld to %lld", what, *out,
			       min, max);
	return true;
}

#define SHARE_MAX 10

bool parse_share(const char *text, const char *what, double *out, char **error)
{
	size_t digits = strspn(text, "0123456789."), n = strlen(text);
	bool percent = n && text[n - 1] == '%', good = strpbrk(text, "0123456789");
	const char *dot = strchr(text, '.');
	AUTO_FREE char *number = NULL;

	good = good && digits == n - percent && (!dot || !strchr(dot + 1, '.'));
	/* No division, so that 1.1% is the same double as 0.011. */
	number = xasprintf("%.*s%s", (int)digits, text, percent ? "e-2" : "");
	*out = good ? strtod(number, NULL) : 0;
	if (!good)
		return mistake(error, "%s: expected a share, 5%% or 0.05, found \"%s\"", what,
			       text);
	if (!percent && *out >= 1)
		return mistake(
			error,
			"%s: expected a share, 5%% or 0.05, found \"%s\": is it %s%%? A number "
			"from 1 on needs the sign %%",
			what, text, text);
	if (*out > SHARE_MAX)
		return mistake(error, "%s: expected at most %d%%, found \"%s\"", what,
			       100 * SHARE_MAX, text);
	return true;
}

/* A list that is being read. */
struct reading {
	struct values *to;
	long long min, max;
	const char *what;
	char **error;
	size_t single; /* numbers since the last range, the newest of the values */
};

static bool add(struct reading *r, long long v)
{
	struct values *to = r->to;

	for (size_t i = 0; i < to->n; i++)
		if (to->v[i] == v)
			return mistake(r->error, "%s: %lld is given twice", r->what, v);
	if (to->n == VALUES_MAX)
		return mistake(r->error, "%s: more than %d values", r->what, VALUES_MAX);
	to->v = xrealloc(to->v, (to->n + 1) * sizeof(*to->v));
	to->v[to->n++] = v;
	return true;
}

/* The numbers before the dots of "1,2,4..128" give the factor or the step. */
static bool go_on(struct reading *r, const char *item, long long b, long long end)
{
	const long long *last = r->to->v + r->to->n - 1;
	long long start = *last, a = start, step = b - a;
	bool steps = r->single > 1 && a - last[-1] == step;
	bool factor = !steps && a > 0 && b > a && b % a == 0;

	if (step <= 0)
		return mistake(r->error, "%s: %lld,%s runs down, write it upwards", r->what, a,
			       item);
	if (!add(r, b))
		return false;
	while (b < end) {
		/* Values beyond the end are not computed, so nothing overflows. */
		if (factor ? b > end / (b / a) : b > end - step)
			break;
		step = factor ? b * (b / a) - b : step;
		a = b;
		b += step;
		if (!add(r, b))
			return false;
	}
	if (b == end)
		return true;
	if (factor)
		return mistake(r->error,
			       "%s: %lld,%s: a factor of %lld does not arrive at %lld but at %lld; "
			       "steps of 1 are A..B, others take three numbers: A,B,C..D",
			       r->what, start, item, b / a, end, b);
	return mistake(r->error, "%s: %lld,%s: steps of %lld do not arrive at %lld but at %lld",
		       r->what, start, item, step, end, b);
}

/* "4..128" */
static bool read_range(struct reading *r, const char *item, const char *dots)
{
	AUTO_FREE char *left = xstrndup(item, (size_t)(dots - item));
	long long first, end;
	bool ok = parse_number(left, r->min, r->max, r->what, &first, r->error) &&
		  parse_number(dots + 2, r->min, r->max, r->what, &end, r->error);

	if (!ok)
		return false;
	if (first >= end)
		return mistake(r->error, "%s: %s runs %s", r->what, item,
			       first > end ? "down, write it upwards"
					   : "nowhere, write one number");
	if (r->single) {
		ok = go_on(r, item, first, end);
	} else if (end - first >= VALUES_MAX) {
		ok = mistake(r->error, "%s: %s is more than %d values", r->what, item, VALUES_MAX);
	} else {
		for (; ok && first <= end; first++)
			ok = add(r, first);
	}
	r->single = 0;
	return ok;
}

bool values_read(struct values *to, const char *text, long long min, long long max,
		 const char *what, char **error)
{
	struct reading r = {.to = to, .min = min, .max = max, .what = what, .error = error};
	AUTO_STRV struct strv commas = {0}, items = {0};
	bool ok = true;

	*to = (struct values){0};
	strv_split(&commas, text, ',');
	for (size_t i = 0; i < commas.n; i++)
		strv_split(&items, commas.v[i], '+');
	for (size_t i = 0; ok && i < items.n; i++) {
		const char *dots = strstr(items.v[i], "..");
		long long v;

		if (dots) {
			ok = read_range(&r, items.v[i], dots);
		} else {
			ok = parse_number(items.v[i], min, max, what, &v, error) && add(&r, v);
			r.single++;
		}
	}
	if (!ok)
		values_free(to);
	return ok;
}

void values_free(struct values *values)
{
	free(values->v);
	*values = (struct values){0};
}

void values_join(struct strv *items)
{
	struct strv joined = {0};

	for (size_t i = 0; i < items->n; i++) {
		char **last = joined.n ? &joined.v[joined.n - 1] : NULL;

		if (last && isdigit((unsigned char)*items->v[i]))
			replace_text(last, "%s,%s", *last, items->v[i]);
		else
			strv_add(&joined, "%s", items->v[i]);
	}
	strv_free(items);
	*items = joined;
}
