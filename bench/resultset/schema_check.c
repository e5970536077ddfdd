// SPDX-License-Identifier: MIT
/* Only what is wrong costs anything: pointers and excerpts are made for violations, never before.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "schema_rule.h"

struct check {
	struct strv *errors;
	size_t found; /* also those that are not listed */
};

PRINTF_LIKE(3, 4)
static void violation(struct check *c, const struct json_place *at, const char *fmt, ...)
{
	char *pointer, *text;
	va_list ap;

	if (c->found++ >= SCHEMA_LISTED_MAX)
		return;
	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	pointer = json_pointer_to(at);
	strv_add(c->errors, "%s: %s", pointer, text);
	free(pointer);
	free(text);
}

/* A violation whose message ends in the value found. */
PRINTF_LIKE(4, 5)
static void unexpected(struct check *c, const struct json_place *at, const json_t *v,
		       const char *fmt, ...)
{
	char *expected, *found;
	va_list ap;

	if (c->found >= SCHEMA_LISTED_MAX) {
		c->found++;
		return;
	}
	va_start(ap, fmt);
	expected = xvasprintf(fmt, ap);
	va_end(ap);
	found = json_excerpt(v);
	violation(c, at, "%s %s", expected, found);
	free(expected);
	free(found);
}

static const char *type_name(const json_t *v)
{
	static const char *const names[] = {
		[JSON_OBJECT] = "object",   [JSON_ARRAY] = "array", [JSON_STRING] = "string",
		[JSON_INTEGER] = "integer", [JSON_REAL] = "number", [JSON_TRUE] = "boolean",
		[JSON_FALSE] = "boolean",   [JSON_NULL] = "null",
	};

	return names[json_typeof(v)];
}

static bool is_type(const struct schema_rule *rule, const json_t *v)
{
	unsigned type = 1u << json_typeof(v);

	if (rule->types & type || !rule->types)
		return true;
	return type == 1u << JSON_REAL && rule->types & 1u << JSON_INTEGER &&
	       floor(json_real_value(v)) == json_real_value(v);
}

static bool same(const json_t *a, const json_t *b)
{
	if (json_is_number(a) && json_is_number(b))
		return json_number_value(a) == json_number_value(b);
	return json_equal(a, b);
}

static void check_value(struct check *c, const struct schema_rule *rule, const json_t *v,
			const struct json_place *at);

static const struct schema_rule *rule_of_member(const struct schema_rule *rule, const char *name)
{
	size_t from = 0, to = rule->nr_members;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int order = strcmp(name, rule->members[middle].name);

		if (!order)
			return rule->members[middle].rule;
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return NULL;
}

static void check_object(struct check *c, const struct schema_rule *rule, const json_t *v,
			 const struct json_place *at)
{
	const char *name;
	json_t *member;

	for (size_t i = 0; i < rule->nr_required; i++)
		if (!json_object_get(v, rule->required[i]))
			violation(c, at, "expected a member \"%s\", found none", rule->required[i]);
	json_object_foreach ((json_t *)v, name, member) {
		const struct schema_rule *sub = rule_of_member(rule, name);
		struct json_place here = {.up = at, .name = name};

		if (sub || rule->extra)
			check_value(c, sub ? sub : rule->extra, member, &here);
		else if (rule->closed)
			violation(c, &here, "expected no such member, found one");
	}
}

static void check_array(struct check *c, const struct schema_rule *rule, const json_t *v,
			const struct json_place *at)
{
	json_int_t n = (json_int_t)json_array_size(v);
	json_t *element;
	size_t i;

	if (rule->min_items >= 0 && n < rule->min_items)
		violation(c, at, "expected at least %lld elements, found %lld",
			  (long long)rule->min_items, (long long)n);
	if (rule->max_items >= 0 && n > rule->max_items)
		violation(c, at, "expected at most %lld elements, found %lld",
			  (long long)rule->max_items, (long long)n);
	if (!rule->items)
		return;
	json_array_foreach (v, i, element) {
		struct json_place here = {.up = at, .index = i};

		check_value(c, rule->items, element, &here);
	}
}

static json_int_t characters(const char *utf8)
{
	json_int_t n = 0;

	for (; *utf8; utf8++)
		n += ((unsigned char)*utf8 & 0xc0) != 0x80;
	return n;
}

static void check_string(struct check *c, const struct schema_rule *rule, const json_t *v,
			 const struct json_place *at)
{
	const char *text = json_string_value(v);

	if (rule->min_length >= 0 && characters(text) < rule->min_length)
		unexpected(c, at, v, "expected at least %lld characters, found",
			   (long long)rule->min_length);
	if (rule->pattern) {
		int answer;

		errno = 0;
		answer = regexec(&rule->regex, text, 0, NULL, 0);
		/* No statement about the string; and glibc (2.36) calls that a mismatch, too. */
		if (answer == REG_ESPACE || (answer && errno == ENOMEM))
			out_of_memory();
		if (answer)
			unexpected(c, at, v, "expected a string like %s, found", rule->pattern);
	}
}

static void check_number(struct check *c, const struct schema_rule *rule, const json_t *v,
			 const struct json_place *at)
{
	double value = json_number_value(v);

	if (value < rule->minimum)
		unexpected(c, at, v, "expected at least %g, found", rule->minimum);
	if (value > rule->maximum)
		unexpected(c, at, v, "expected at most %g, found", rule->maximum);
}

static void check_choice(struct check *c, const struct schema_rule *rule, const json_t *v,
			 const struct json_place *at)
{
	bool found = !rule->one_of;
	json_t *one;
	char *text;
	size_t i;

	if (rule->constant && !same(rule->constant, v)) {
		text = json_excerpt(rule->constant);
		unexpected(c, at, v, "expected %s, found", text);
		free(text);
	}
	json_array_foreach (rule->one_of, i, one)
		found = found || same(one, v);
	if (found)
		return;
	text = json_text(rule->one_of, JSON_COMPACT);
	unexpected(c, at, v, "expected one of %s, found", text);
	free(text);
}

static void check_value(struct check *c, const struct schema_rule *rule, const json_t *v,
			const struct json_place *at)
{
	if (rule->ref)
		check_value(c, rule->ref, v, at);
	if (!is_type(rule, v)) {
		/* The rest would only repeat it in other words. */
		unexpected(c, at, v, "expected %s, found %s", rule->type, type_name(v));
		return;
	}
	check_choice(c, rule, v, at);
	if (json_is_object(v))
		check_object(c, rule, v, at);
	else if (json_is_array(v))
		check_array(c, rule, v, at);
	else if (json_is_string(v))
		check_string(c, rule, v, at);
	else if (json_is_number(v))
		check_number(c, rule, v, at);
}

bool schema_check(const struct schema *schema, const json_t *value, struct strv *errors)
{
	struct check c = {errors, 0};
	struct json_place top = {0};

	check_value(&c, schema->rules[0], value, &top);
	if (c.found > SCHEMA_LISTED_MAX)
		strv_add(errors, "and %zu violations more", c.found - SCHEMA_LISTED_MAX);
	return !c.found;
}
