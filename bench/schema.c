// SPDX-License-Identifier: MIT
#include "schema.h"

#include <math.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "paths.h"

struct check {
	const json_t *root; /* where $ref points into */
	struct strv *errors;
};

char *json_excerpt(const json_t *value)
{
	char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_ENSURE_ASCII);

	if (!text)
		return xstrdup("?");
	if (strlen(text) > 60)
		memcpy(text + 57, "...", 4);
	return text;
}

/* The standard counts 1.0 as an integer. */
static bool is_type(const json_t *v, const char *type)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT: return strcmp(type, "object") == 0;
	case JSON_ARRAY: return strcmp(type, "array") == 0;
	case JSON_STRING: return strcmp(type, "string") == 0;
	case JSON_TRUE:
	case JSON_FALSE: return strcmp(type, "boolean") == 0;
	case JSON_NULL: return strcmp(type, "null") == 0;
	case JSON_INTEGER: return strcmp(type, "integer") == 0 || strcmp(type, "number") == 0;
	case JSON_REAL:
		return strcmp(type, "number") == 0 ||
		       (strcmp(type, "integer") == 0 &&
			floor(json_real_value(v)) == json_real_value(v));
	}
	return false;
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

static bool same(const json_t *a, const json_t *b)
{
	if (json_is_number(a) && json_is_number(b))
		return json_number_value(a) == json_number_value(b);
	return json_equal(a, b);
}

/* A JSON pointer escapes its two special characters. */
static char *below(const char *pointer, const char *name)
{
	char *s = xasprintf("%s/", pointer);

	for (; *name; name++)
		if (*name == '~' || *name == '/')
			replace_text(&s, "%s~%c", s, *name == '~' ? '0' : '1');
		else
			replace_text(&s, "%s%c", s, *name);
	return s;
}

PRINTF_LIKE(3, 4)
static void violation(const struct check *c, const char *pointer, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	strv_add(c->errors, "%s: %s", *pointer ? pointer : "(whole file)", text);
	free(text);
}

static const json_t *resolve(const json_t *root, const char *ref)
{
	struct strv parts = {0};
	const json_t *at = root;

	if (*ref != '#')
		return NULL;
	strv_split(&parts, ref, '/');
	for (size_t i = 1; i < parts.n && at; i++)
		at = json_object_get(at, parts.v[i]);
	strv_free(&parts);
	return at;
}

static void check_value(const struct check *c, const json_t *schema, const json_t *v,
			const char *pointer);

static void check_object(const struct check *c, const json_t *schema, const json_t *v,
			 const char *pointer)
{
	json_t *properties = json_object_get(schema, "properties");
	json_t *extra = json_object_get(schema, "additionalProperties"), *member, *name;
	const char *key;
	size_t i;

	json_array_foreach (json_object_get(schema, "required"), i, name) {
		if (!json_object_get(v, json_string_value(name)))
			violation(c, pointer, "expected a member \"%s\", found none",
				  json_string_value(name));
	}
	json_object_foreach ((json_t *)v, key, member) {
		json_t *sub = json_object_get(properties, key);
		char *at = below(pointer, key);

		if (!sub)
			sub = extra;
		if (json_is_false(sub))
			violation(c, at, "expected no such member, found one");
		else if (json_is_object(sub))
			check_value(c, sub, member, at);
		free(at);
	}
}

static void check_array(const struct check *c, const json_t *schema, const json_t *v,
			const char *pointer)
{
	json_t *items = json_object_get(schema, "items"), *element;
	json_t *min = json_object_get(schema, "minItems"),
	       *max = json_object_get(schema, "maxItems");
	size_t n = json_array_size(v), i;

	if (min && (json_int_t)n < json_integer_value(min))
		violation(c, pointer, "expected at least %lld elements, found %zu",
			  (long long)json_integer_value(min), n);
	if (max && (json_int_t)n > json_integer_value(max))
		violation(c, pointer, "expected at most %lld elements, found %zu",
			  (long long)json_integer_value(max), n);
	if (!items)
		return;
	json_array_foreach (v, i, element) {
		char *at = xasprintf("%s/%zu", pointer, i);

		check_value(c, items, element, at);
		free(at);
	}
}

static size_t characters(const char *utf8)
{
	size_t n = 0;

	for (; *utf8; utf8++)
		n += ((unsigned char)*utf8 & 0xc0) != 0x80;
	return n;
}

static void check_string(const struct check *c, const json_t *schema, const json_t *v,
			 const char *pointer)
{
	const char *text = json_string_value(v);
	const char *pattern = json_string_value(json_object_get(schema, "pattern"));
	json_t *min = json_object_get(schema, "minLength");
	char *found = json_excerpt(v);
	regex_t regex;

	if (min && (json_int_t)characters(text) < json_integer_value(min))
		violation(c, pointer, "expected at least %lld characters, found %s",
			  (long long)json_integer_value(min), found);
	if (pattern && regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) == 0) {
		if (regexec(&regex, text, 0, NULL, 0) != 0)
			violation(c, pointer, "expected a string like %s, found %s", pattern,
				  found);
		regfree(&regex);
	}
	free(found);
}

static void check_number(const struct check *c, const json_t *schema, const json_t *v,
			 const char *pointer)
{
	json_t *min = json_object_get(schema, "minimum"), *max = json_object_get(schema, "maximum");
	char *found = json_excerpt(v);

	if (min && json_number_value(v) < json_number_value(min))
		violation(c, pointer, "expected at least %g, found %s", json_number_value(min),
			  found);
	if (max && json_number_value(v) > json_number_value(max))
		violation(c, pointer, "expected at most %g, found %s", json_number_value(max),
			  found);
	free(found);
}

static void check_choice(const struct check *c, const json_t *schema, const json_t *v,
			 const char *pointer)
{
	json_t *constant = json_object_get(schema, "const"),
	       *one_of = json_object_get(schema, "enum");
	json_t *one;
	bool found = false;
	char *expected, *excerpt = json_excerpt(v);
	size_t i;

	if (constant && !same(constant, v)) {
		expected = json_excerpt(constant);
		violation(c, pointer, "expected %s, found %s", expected, excerpt);
		free(expected);
	}
	json_array_foreach (one_of, i, one)
		found = found || same(one, v);
	if (one_of && !found) {
		expected = json_dumps(one_of, JSON_COMPACT);
		violation(c, pointer, "expected one of %s, found %s", expected, excerpt);
		free(expected);
	}
	free(excerpt);
}

static void check_value(const struct check *c, const json_t *schema, const json_t *v,
			const char *pointer)
{
	const char *ref = json_string_value(json_object_get(schema, "$ref"));
	const char *type = json_string_value(json_object_get(schema, "type"));

	if (ref)
		check_value(c, resolve(c->root, ref), v, pointer);
	if (type && !is_type(v, type)) {
		char *excerpt = json_excerpt(v);

		violation(c, pointer, "expected %s, found %s %s", type, type_name(v), excerpt);
		free(excerpt);
		/* The rest would only repeat it in other words. */
		return;
	}
	check_choice(c, schema, v, pointer);
	if (json_is_object(v))
		check_object(c, schema, v, pointer);
	else if (json_is_array(v))
		check_array(c, schema, v, pointer);
	else if (json_is_string(v))
		check_string(c, schema, v, pointer);
	else if (json_is_number(v))
		check_number(c, schema, v, pointer);
}

bool schema_check(const json_t *schema, const json_t *value, struct strv *errors)
{
	struct check c = {schema, errors};
	size_t before = errors->n;

	check_value(&c, schema, value, "");
	return errors->n == before;
}

static bool supported(const json_t *root, const json_t *schema, const char *at, char **why);

static bool supported_members(const json_t *root, const json_t *schemas, const char *at, char **why)
{
	json_t *sub;
	const char *name;

	if (!json_is_object(schemas))
		return fail(why, "schema %s: not an object", at);
	json_object_foreach ((json_t *)schemas, name, sub) {
		char *here = below(at, name);

		supported(root, sub, here, why);
		free(here);
	}
	return !*why;
}

static bool supported_keyword(const json_t *root, const char *name, const json_t *v, const char *at,
			      char **why)
{
	static const char *const annotations[] = {"$schema", "$id",	    "$comment",
						  "title",   "description", "unit"};
	static const char *const numbers[] = {"minimum", "maximum"};
	static const char *const counts[] = {"minItems", "maxItems", "minLength"};
	regex_t regex;

	for (size_t i = 0; i < sizeof(annotations) / sizeof(*annotations); i++)
		if (strcmp(name, annotations[i]) == 0)
			return true;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (strcmp(name, numbers[i]) == 0)
			return json_is_number(v);
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++)
		if (strcmp(name, counts[i]) == 0)
			return json_is_integer(v);
	if (strcmp(name, "const") == 0)
		return true;
	if (strcmp(name, "enum") == 0 || strcmp(name, "required") == 0)
		return json_is_array(v);
	if (strcmp(name, "type") == 0)
		return json_is_string(v);
	if (strcmp(name, "$ref") == 0)
		return json_is_string(v) && json_is_object(resolve(root, json_string_value(v)));
	if (strcmp(name, "properties") == 0 || strcmp(name, "$defs") == 0)
		return supported_members(root, v, at, why);
	if (strcmp(name, "items") == 0)
		return supported(root, v, at, why);
	if (strcmp(name, "additionalProperties") == 0)
		return json_is_boolean(v) || supported(root, v, at, why);
	if (strcmp(name, "pattern") == 0) {
		if (!json_is_string(v) ||
		    regcomp(&regex, json_string_value(v), REG_EXTENDED | REG_NOSUB) != 0)
			return false;
		regfree(&regex);
		return true;
	}
	return fail(why, "schema %s: unknown keyword", at);
}

static bool supported(const json_t *root, const json_t *schema, const char *at, char **why)
{
	json_t *v;
	const char *name;

	if (!json_is_object(schema))
		return fail(why, "schema %s: not an object", at);
	json_object_foreach ((json_t *)schema, name, v) {
		char *here = below(at, name);

		if (!supported_keyword(root, name, v, here, why))
			fail(why, "schema %s: a value this keyword cannot have", here);
		free(here);
	}
	return !*why;
}

bool schema_is_supported(const json_t *schema, char **why)
{
	return supported(schema, schema, "#", why);
}

json_t *schema_load(const char *root, char **why)
{
	char *path = root_path(root, "results.schema.json");
	json_error_t error;
	json_t *schema = json_load_file(path, JSON_REJECT_DUPLICATES, &error);

	if (!schema)
		fail(why, "%s:%d:%d: %s", path, error.line, error.column, error.text);
	else if (!schema_is_supported(schema, why)) {
		json_decref(schema);
		schema = NULL;
	}
	free(path);
	return schema;
}
