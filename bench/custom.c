// SPDX-License-Identifier: MIT
#include "custom.h"

#include <stdlib.h>
#include <string.h>

#include "plan.h"

bool is_custom(const char *text)
{
	return strncmp(text, CUSTOM, strlen(CUSTOM)) == 0;
}

void custom_join(struct strv *items)
{
	struct strv joined = {0};

	for (size_t i = 0; i < items->n; i++) {
		char **last = joined.n ? &joined.v[joined.n - 1] : NULL;

		if (last && is_custom(*last) && !is_custom(items->v[i]) && strchr(items->v[i], '='))
			replace_text(last, "%s,%s", *last, items->v[i]);
		else
			strv_add(&joined, "%s", items->v[i]);
	}
	strv_free(items);
	*items = joined;
}

static const char *text_of(const json_t *o, const char *name)
{
	return json_string_value(json_object_get(o, name));
}

static json_t *axes_of(const struct catalog *c)
{
	return json_object_get(c->custom, "axes");
}

static json_t *find_axis(const struct catalog *c, const char *name, char **why)
{
	struct strv names = {0};
	json_t *axis, *found = NULL;
	size_t i;

	json_array_foreach (axes_of(c), i, axis) {
		strv_add(&names, "%s", text_of(axis, "name"));
		if (strcmp(text_of(axis, "name"), name) == 0)
			found = axis;
	}
	if (!found)
		unknown_name(why, "axis", name, &names);
	strv_free(&names);
	return found;
}

/* The value as it is written in a policy, or NULL with *why. */
static json_t *checked_value(const json_t *axis, const char *text, char **why)
{
	json_t *values = json_object_get(axis, "values"), *value;
	struct strv valid = {0};
	long long number;
	json_t *found = NULL;
	char *kind;
	size_t i;

	if (!values)
		return parse_number(text, 1, json_integer_value(json_object_get(axis, "max")),
				    text_of(axis, "name"), &number, why)
			       ? json_sprintf("%lld", number)
			       : NULL;
	json_array_foreach (values, i, value) {
		strv_add(&valid, "%s", json_string_value(value));
		if (strcmp(json_string_value(value), text) == 0)
			found = json_incref(value);
	}
	kind = xasprintf("value of %s", text_of(axis, "name"));
	if (!found)
		unknown_name(why, kind, text, &valid);
	free(kind);
	strv_free(&valid);
	return found;
}

/* condition: AXIS=VALUE. NULL always holds. */
static bool holds(const json_t *policy, const char *condition)
{
	size_t n = condition ? strcspn(condition, "=") : 0;
	char *axis = condition ? xstrndup(condition, n) : NULL;
	const char *value = axis ? text_of(policy, axis) : NULL;
	bool yes = !condition || (value && strcmp(value, condition + n + 1) == 0);

	free(axis);
	return yes;
}

/* {axis: value} as asked for. NULL with *why. */
static json_t *read_spec(const struct catalog *c, const char *spec, char **why)
{
	json_t *given = json_object(), *axis, *value;
	struct strv parts = {0};

	strv_split(&parts, spec + strlen(CUSTOM), ',');
	for (size_t i = 0; i < parts.n && !*why; i++) {
		char *equals = strchr(parts.v[i], '=');

		if (!equals) {
			fail(why, "\"%s\" is not AXIS=VALUE", parts.v[i]);
			break;
		}
		*equals = 0;
		axis = find_axis(c, parts.v[i], why);
		if (json_object_get(given, parts.v[i]))
			fail(why, "%s is given twice", parts.v[i]);
		value = axis && !*why ? checked_value(axis, equals + 1, why) : NULL;
		if (value)
			json_object_set_new(given, parts.v[i], value);
	}
	strv_free(&parts);
	return given;
}

/* What was asked for on top of the defaults, in the order of the axes; *why if it makes no sense.
 */
static json_t *complete(const struct catalog *c, const json_t *given, char **why)
{
	json_t *policy = json_object(), *axis, *pair;
	size_t i;

	json_array_foreach (axes_of(c), i, axis) {
		const char *name = text_of(axis, "name"), *needs = text_of(axis, "needs");
		json_t *value = json_object_get(given, name);

		if (holds(policy, needs))
			json_object_set(policy, name,
					value ? value : json_object_get(axis, "default"));
		else if (value)
			fail(why, "%s needs %s", name, needs);
	}
	json_array_foreach (json_object_get(c->custom, "exclusions"), i, pair)
		if (holds(policy, text_of(pair, "one")) && holds(policy, text_of(pair, "other")))
			fail(why, "%s excludes %s: %s", text_of(pair, "one"),
			     text_of(pair, "other"), text_of(pair, "reason"));
	return policy;
}

/* All axes, or those that are not as in the base: at least one, so that it can be typed. */
static char *spelling(const struct catalog *c, const json_t *policy, bool whole)
{
	struct strv parts = {0};
	json_t *axis;
	char *list, *text;
	size_t i;

	for (int again = 0; again < 2 && !parts.n; again++)
		json_array_foreach (axes_of(c), i, axis) {
			const char *name = text_of(axis, "name"), *value = text_of(policy, name);

			/* What the base has no value of is always told. */
			if (value && (whole || (again && !parts.n) || text_of(axis, "needs") ||
				      strcmp(value, text_of(axis, "default")) != 0))
				strv_add(&parts, "%s=%s", name, value);
		}
	list = strv_join(&parts, ",");
	text = xasprintf(CUSTOM "%s", list);
	free(list);
	strv_free(&parts);
	return text;
}

static bool add_one(struct catalog *c, const char *spec, char **why)
{
	char *wrong = NULL;
	json_t *given = read_spec(c, spec, &wrong), *policy;
	struct custom_variant *v;

	policy = wrong ? NULL : complete(c, given, &wrong);
	json_decref(given);
	if (wrong) {
		fail(why, "variant \"%s\": %s", spec, wrong);
		free(wrong);
		json_decref(policy);
		return false;
	}
	v = xcalloc(1, sizeof(*v));
	v->name = spelling(c, policy, true);
	v->label = spelling(c, policy, false);
	v->variant = (struct variant){.name = v->name,
				      .label = v->label,
				      .summary = "axes given by hand",
				      .env = text_of(c->custom, "env"),
				      .policy = policy};
	c->customs = xrealloc(c->customs, (c->nr_customs + 1) * sizeof(*c->customs));
	c->customs[c->nr_customs++] = v;
	return true;
}

/* One specification for each of the values of the first list in it, and so on. */
static bool add_all(struct catalog *c, const char *spec, char **why)
{
	const char *plus = strchr(spec, '+'), *start = plus, *end;
	struct strv values = {0};
	char *list;
	bool ok = true;

	if (!plus)
		return add_one(c, spec, why);
	while (!strchr("=,:", start[-1]))
		start--;
	end = plus + strcspn(plus, ",");
	list = xstrndup(start, (size_t)(end - start));
	strv_split(&values, list, '+');
	for (size_t i = 0; i < values.n && ok; i++) {
		char *one = xasprintf("%.*s%s%s", (int)(start - spec), spec, values.v[i], end);

		ok = add_all(c, one, why);
		free(one);
	}
	strv_free(&values);
	free(list);
	return ok;
}

bool custom_expand(struct catalog *c, const char *spec, size_t *first, char **why)
{
	*first = c->nr_customs;
	if (!axes_of(c))
		return fail(why, "build/share/variants.json names no axes: `make guest` again");
	return add_all(c, spec, why);
}
