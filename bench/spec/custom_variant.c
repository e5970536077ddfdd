// SPDX-License-Identifier: MIT
#include "custom_variant.h"

#include <stdlib.h>
#include <string.h>

#include "lib/number_list.h"

bool is_custom(const char *text)
{
	return strncmp(text, CUSTOM, strlen(CUSTOM)) == 0;
}

void custom_join(struct strv *items)
{
	struct strv joined = {0};

	values_join(items);
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

static json_t *find_axis(const struct catalog *c, const char *name, char **error)
{
	AUTO_STRV struct strv names = {0};
	json_t *axis, *found = NULL;
	size_t i;

	json_array_foreach (axes_of(c), i, axis) {
		strv_add(&names, "%s", text_of(axis, "name"));
		if (strcmp(text_of(axis, "name"), name) == 0)
			found = axis;
	}
	if (!found)
		unknown_name(error, "axis", name, &names);
	return found;
}

/* The value as a policy spells it, or NULL with *error. */
static json_t *checked_value(const json_t *axis, const char *text, char **error)
{
	json_t *values = json_object_get(axis, "values"), *value;
	AUTO_STRV struct strv valid = {0};
	long long number;
	json_t *found = NULL;
	AUTO_FREE char *kind = NULL;
	size_t i;

	if (!values)
		return parse_number(text, 1, json_integer_value(json_object_get(axis, "max")),
				    text_of(axis, "name"), &number, error)
			       ? json_sprintf("%lld", number)
			       : NULL;
	json_array_foreach (values, i, value) {
		strv_add(&valid, "%s", json_string_value(value));
		if (strcmp(json_string_value(value), text) == 0)
			found = json_incref(value);
	}
	kind = xasprintf("value of %s", text_of(axis, "name"));
	if (!found)
		unknown_name(error, kind, text, &valid);
	return found;
}

/* Whether a condition AXIS=VALUE holds. NULL always holds. */
static bool holds(const json_t *policy, const char *condition)
{
	size_t n = condition ? strcspn(condition, "=") : 0;
	AUTO_FREE char *axis = condition ? xstrndup(condition, n) : NULL;
	const char *value = axis ? text_of(policy, axis) : NULL;
	bool yes = !condition || (value && strcmp(value, condition + n + 1) == 0);

	return yes;
}

/* {axis: value} as given. NULL with *error. */
static json_t *read_spec(const struct catalog *c, const char *spec, char **error)
{
	json_t *given = json_object(), *axis, *value;
	AUTO_STRV struct strv parts = {0};

	strv_split(&parts, spec + strlen(CUSTOM), ',');
	for (size_t i = 0; i < parts.n && !*error; i++) {
		char *equals = strchr(parts.v[i], '=');

		if (!equals) {
			mistake(error, "\"%s\" is not AXIS=VALUE", parts.v[i]);
			break;
		}
		*equals = 0;
		axis = find_axis(c, parts.v[i], error);
		if (json_object_get(given, parts.v[i]))
			mistake(error, "%s is given twice", parts.v[i]);
		value = axis && !*error ? checked_value(axis, equals + 1, error) : NULL;
		if (value)
			json_object_set_new(given, parts.v[i], value);
	}
	return given;
}

/* The defaults with the given values, in the order of the axes; *error if they contradict. */
static json_t *complete(const struct catalog *c, const json_t *given, char **error)
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
			mistake(error, "%s needs %s", name, needs);
	}
	json_array_foreach (json_object_get(c->custom, "exclusions"), i, pair)
		if (holds(policy, text_of(pair, "one")) && holds(policy, text_of(pair, "other")))
			mistake(error, "%s excludes %s: %s", text_of(pair, "one"),
				text_of(pair, "other"), text_of(pair, "reason"));
	return policy;
}

/* Spells all axes, or those that differ from the base: at least one, so that it can be typed. */
static char *spelling(const struct catalog *c, const json_t *policy, bool whole)
{
	AUTO_STRV struct strv parts = {0};
	json_t *axis;
	char *list, *text;
	size_t i;

	for (int again = 0; again < 2 && !parts.n; again++)
		json_array_foreach (axes_of(c), i, axis) {
			const char *name = text_of(axis, "name"), *value = text_of(policy, name);

			/* An axis that the base does not have is always spelled. */
			if (value && (whole || (again && !parts.n) || text_of(axis, "needs") ||
				      strcmp(value, text_of(axis, "default")) != 0))
				strv_add(&parts, "%s=%s", name, value);
		}
	list = strv_join(&parts, ",");
	text = xasprintf(CUSTOM "%s", list);
	free(list);
	return text;
}

static bool add_one(struct catalog *c, const char *spec, char **error)
{
	char *wrong = NULL;
	json_t *given = read_spec(c, spec, &wrong), *policy;
	struct custom_variant *v;

	policy = wrong ? NULL : complete(c, given, &wrong);
	json_decref(given);
	if (wrong) {
		mistake(error, "variant \"%s\": %s", spec, wrong);
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

/* A part of a specification, AXIS=VALUES, with separate values. */
struct part {
	char *axis; /* with the "=" */
	struct strv values;
	const char *unit; /* of a numeric axis, else NULL; borrowed */
};

/* Numbers are lists as in number_list.h; a plus separates words. */
static bool read_part(const struct catalog *c, const char *text, struct part *p, char **error)
{
	const char *values = text + strcspn(text, "=");
	AUTO_FREE char *name = xstrndup(text, (size_t)(values - text)), *unknown = NULL;
	json_t *axis = find_axis(c, name, &unknown);
	json_int_t max = json_integer_value(json_object_get(axis, "max"));
	struct values numbers = {0};
	bool ok = true;

	values += *values == '=';
	p->axis = xstrndup(text, (size_t)(values - text));
	if (max) {
		p->unit = text_of(axis, "unit");
		ok = values_read(&numbers, values, 1, max, name, error);
		for (size_t i = 0; i < numbers.n; i++)
			strv_add(&p->values, "%lld", numbers.v[i]);
		values_free(&numbers);
	} else {
		/* Errors in a word or an axis are found when the variant is made. */
		strv_split(&p->values, values, '+');
	}
	return ok;
}

/* Every combination; the first part changes most slowly. */
static bool add_all(struct catalog *c, const char *begun, const struct part *parts, size_t n,
		    char **error)
{
	bool ok = true;

	if (!n)
		return add_one(c, begun, error);
	for (size_t i = 0; i < parts->values.n && ok; i++) {
		AUTO_FREE char *more =
			xasprintf("%s%s%s%s", begun, begun[strlen(CUSTOM)] ? "," : "", parts->axis,
				  parts->values.v[i]);

		ok = add_all(c, more, parts + 1, n - 1, error);
	}
	return ok;
}

/* Records in the variants from `first` on which sweep they are points of. */
static void set_family(struct catalog *c, size_t first, const struct part *parts, size_t n)
{
	for (; first < c->nr_customs; first++) {
		struct custom_variant *v = c->customs[first];
		json_t *axes = json_array(), *rest = json_copy(v->variant.policy);

		for (size_t i = 0; i < n; i++) {
			const struct part *p = &parts[i];
			AUTO_FREE char *name = xstrndup(p->axis, strcspn(p->axis, "="));

			if (p->unit && p->values.n > 1) {
				json_object_del(rest, name);
				json_array_append_new(axes, json_pack("{s:s, s:s}", "name", name,
								      "unit", p->unit));
			}
		}
		if (json_array_size(axes)) {
			v->variant.axes = json_incref(axes);
			v->variant.family = v->family = spelling(c, rest, true);
		}
		json_decref(axes);
		json_decref(rest);
	}
}

bool custom_expand(struct catalog *c, const char *spec, size_t *first, char **error)
{
	AUTO_STRV struct strv texts = {0};
	struct part *parts;
	AUTO_FREE char *wrong = NULL;
	size_t n;

	*first = c->nr_customs;
	if (!axes_of(c))
		return mistake(error,
			       "build/share/variants.json names no axes: `make guest` again");
	strv_split(&texts, spec + strlen(CUSTOM), ',');
	values_join(&texts);
	n = texts.n;
	parts = xcalloc(n, sizeof(*parts));
	for (size_t i = 0; i < n && !wrong; i++)
		read_part(c, texts.v[i], &parts[i], &wrong);
	if (wrong)
		mistake(error, "variant \"%s\": %s", spec, wrong);
	else if (add_all(c, CUSTOM, parts, n, error))
		set_family(c, *first, parts, n);
	for (size_t i = 0; i < n; i++) {
		free(parts[i].axis);
		strv_free(&parts[i].values);
	}
	free(parts);
	return !*error;
}
