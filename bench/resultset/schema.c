// SPDX-License-Identifier: MIT
#include "schema.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/paths.h"
#include "schema_rule.h"

static struct schema_rule *compile(struct schema *s, const json_t *json, const char *at,
				   char **error);

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

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct schema_member *)a)->name,
		      ((const struct schema_member *)b)->name);
}

/* All of an object of schemas; `rule` NULL: they are only looked at, for what $ref may mean. */
static void compile_members(struct schema *s, struct schema_rule *rule, const json_t *schemas,
			    const char *at, char **error)
{
	json_t *sub;
	const char *name;

	if (!json_is_object(schemas)) {
		fail(error, "schema %s: not an object", at);
		return;
	}
	if (rule)
		rule->members = xcalloc(json_object_size(schemas), sizeof(*rule->members));
	json_object_foreach ((json_t *)schemas, name, sub) {
		char *here = json_pointer_below(at, name);
		const struct schema_rule *compiled = compile(s, sub, here, error);

		if (rule)
			rule->members[rule->nr_members++] = (struct schema_member){name, compiled};
		free(here);
	}
	if (rule)
		qsort(rule->members, rule->nr_members, sizeof(*rule->members), by_name);
}

static bool take_required(struct schema_rule *rule, const json_t *names)
{
	json_t *name;
	size_t i;

	rule->required = xcalloc(json_array_size(names), sizeof(*rule->required));
	json_array_foreach (names, i, name) {
		if (!json_is_string(name))
			return false;
		rule->required[rule->nr_required++] = json_string_value(name);
	}
	return json_is_array(names);
}

/* The standard counts 1.0 as an integer, so that depends on more than the type. */
static bool take_type(struct schema_rule *rule, const json_t *v)
{
	static const struct {
		const char *name;
		unsigned types;
	} known[] = {
		{"object", 1u << JSON_OBJECT},
		{"array", 1u << JSON_ARRAY},
		{"string", 1u << JSON_STRING},
		{"boolean", 1u << JSON_TRUE | 1u << JSON_FALSE},
		{"null", 1u << JSON_NULL},
		{"integer", 1u << JSON_INTEGER},
		{"number", 1u << JSON_INTEGER | 1u << JSON_REAL},
	};

	rule->type = json_string_value(v);
	for (size_t i = 0; rule->type && i < sizeof(known) / sizeof(*known); i++)
		if (strcmp(rule->type, known[i].name) == 0)
			rule->types = known[i].types;
	return rule->types;
}

static bool take_pattern(struct schema_rule *rule, const json_t *v)
{
	if (!json_is_string(v) ||
	    regcomp(&rule->regex, json_string_value(v), REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	rule->pattern = json_string_value(v);
	return true;
}

static bool take_count(json_int_t *to, const json_t *v)
{
	*to = json_integer_value(v);
	return json_is_integer(v) && *to >= 0;
}

static bool take_limit(double *to, const json_t *v)
{
	*to = json_number_value(v);
	return json_is_number(v);
}

static bool take_value(const json_t **to, const json_t *v, bool ok)
{
	*to = v;
	return ok;
}

static bool take_ref(struct schema *s, struct schema_rule *rule, const json_t *v, char **error)
{
	const json_t *target = json_is_string(v) ? resolve(s->json, json_string_value(v)) : NULL;

	if (!json_is_object(target))
		return false;
	rule->ref = compile(s, target, json_string_value(v), error);
	return true;
}

static bool take_extra(struct schema *s, struct schema_rule *rule, const json_t *v, const char *at,
		       char **error)
{
	rule->closed = json_is_false(v);
	if (!json_is_boolean(v))
		rule->extra = compile(s, v, at, error);
	return true;
}

/* false: the keyword cannot have that value. Deeper mistakes go to *error. */
static bool take_keyword(struct schema *s, struct schema_rule *rule, const char *name,
			 const json_t *v, const char *at, char **error)
{
	static const char *const annotations[] = {"$schema", "$id",	    "$comment",
						  "title",   "description", "unit"};

	for (size_t i = 0; i < sizeof(annotations) / sizeof(*annotations); i++)
		if (strcmp(name, annotations[i]) == 0)
			return true;
	if (strcmp(name, "minimum") == 0)
		return take_limit(&rule->minimum, v);
	if (strcmp(name, "maximum") == 0)
		return take_limit(&rule->maximum, v);
	if (strcmp(name, "minItems") == 0)
		return take_count(&rule->min_items, v);
	if (strcmp(name, "maxItems") == 0)
		return take_count(&rule->max_items, v);
	if (strcmp(name, "minLength") == 0)
		return take_count(&rule->min_length, v);
	if (strcmp(name, "const") == 0)
		return take_value(&rule->constant, v, true);
	if (strcmp(name, "enum") == 0)
		return take_value(&rule->one_of, v, json_is_array(v));
	if (strcmp(name, "required") == 0)
		return take_required(rule, v);
	if (strcmp(name, "type") == 0)
		return take_type(rule, v);
	if (strcmp(name, "pattern") == 0)
		return take_pattern(rule, v);
	if (strcmp(name, "$ref") == 0)
		return take_ref(s, rule, v, error);
	if (strcmp(name, "additionalProperties") == 0)
		return take_extra(s, rule, v, at, error);
	if (strcmp(name, "items") == 0)
		rule->items = compile(s, v, at, error);
	else if (strcmp(name, "properties") == 0)
		compile_members(s, rule, v, at, error);
	else if (strcmp(name, "$defs") == 0)
		compile_members(s, NULL, v, at, error);
	else
		fail(error, "schema %s: unknown keyword", at);
	return true;
}

/* The rule of a schema object, each once, so that they may refer to one another. NULL with *error.
 */
static struct schema_rule *compile(struct schema *s, const json_t *json, const char *at,
				   char **error)
{
	struct schema_rule *rule;
	const char *name;
	json_t *v;

	if (!json_is_object(json)) {
		fail(error, "schema %s: not an object", at);
		return NULL;
	}
	for (size_t i = 0; i < s->n; i++)
		if (s->rules[i]->json == json)
			return s->rules[i];
	rule = xcalloc(1, sizeof(*rule));
	*rule = (struct schema_rule){.json = json,
				     .min_items = -1,
				     .max_items = -1,
				     .min_length = -1,
				     .minimum = NAN,
				     .maximum = NAN};
	s->rules = xrealloc(s->rules, (s->n + 1) * sizeof(struct schema_rule *));
	s->rules[s->n++] = rule;
	json_object_foreach ((json_t *)json, name, v) {
		char *here = json_pointer_below(at, name);

		if (!take_keyword(s, rule, name, v, here, error))
			fail(error, "schema %s: a value this keyword cannot have", here);
		free(here);
	}
	return rule;
}

struct schema *schema_compile(json_t *json, char **error)
{
	struct schema *s = xcalloc(1, sizeof(*s));

	s->json = json_incref(json);
	compile(s, json, "#", error);
	if (!*error)
		return s;
	schema_free(s);
	return NULL;
}

void schema_free(struct schema *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++) {
		struct schema_rule *rule = s->rules[i];

		if (rule->pattern)
			regfree(&rule->regex);
		free(rule->members);
		free(rule->required);
		free(rule);
	}
	free(s->rules);
	json_decref(s->json);
	free(s);
}

struct schema *schema_load(const char *root, char **error)
{
	return schema_load_named(root, "results.schema.json", error);
}

struct schema *schema_load_named(const char *root, const char *name, char **error)
{
	char *path = root_path(root, name);
	json_error_t parse_error;
	json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES, &parse_error);
	struct schema *s = NULL;

	if (json)
		s = schema_compile(json, error);
	else
		fail(error, "%s:%d:%d: %s", path, parse_error.line, parse_error.column,
		     parse_error.text);
	json_decref(json);
	free(path);
	return s;
}
