// SPDX-License-Identifier: MIT
#include "identity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/text.h"

/* Beyond this a double does not tell neighbouring integers apart. */
#define WHOLE_MAX 9007199254740992.0

const char *identity_clock(const json_t *identity)
{
	const char *accelerator = text_at(identity, "qemu", "accelerator", NULL);

	if (strcmp(text_at(identity, "tier", NULL), "exact") == 0)
		return "instructions";
	return *accelerator ? accelerator : text_at(identity, "rig", NULL);
}

/* JSON does not tell 1 from 1.0, and neither does the schema. */
static json_t *with_integers(const json_t *value)
{
	json_t *copy, *member;
	const char *name;
	double real;
	size_t i;

	switch (json_typeof(value)) {
	case JSON_OBJECT:
		copy = json_object();
		json_object_foreach ((json_t *)value, name, member)
			json_object_set_new(copy, name, with_integers(member));
		return copy;
	case JSON_ARRAY:
		copy = json_array();
		json_array_foreach (value, i, member)
			json_array_append_new(copy, with_integers(member));
		return copy;
	case JSON_REAL:
		real = json_real_value(value);
		if (floor(real) == real && fabs(real) < WHOLE_MAX)
			return json_integer((json_int_t)real);
		return json_incref((json_t *)value);
	default: return json_incref((json_t *)value);
	}
}

char *canonical_json(const json_t *value)
{
	json_t *same = with_integers(value);
	char *text = json_text(same, JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY);

	json_decref(same);
	return text;
}

/* Copies a member, if it is there. */
static void take(json_t *to, const char *name, const json_t *from)
{
	json_t *value = json_object_get(from, name);

	if (value)
		json_object_set(to, name, value);
}

static void take_all(json_t *to, const char *const *names, const json_t *from)
{
	for (; *names; names++)
		take(to, *names, from);
}

static const char *const whole_members[] = {"env",  "rig",	  "tier", "vcpus",
					    "seed", "memory_mib", NULL};
static const char *const variant_members[] = {"name", "policy", "mutant", NULL};
static const char *const workload_members[] = {"name", "parameters", NULL};
static const char *const program_members[] = {"path", "arguments", "environment", NULL};

json_t *series_identity(const json_t *identity)
{
	json_t *o = json_object(), *part;
	const json_t *program = member_at(identity, "workload", "program", NULL);

	take_all(o, whole_members, identity);
	json_object_set_new(o, "clock", json_string(identity_clock(identity)));
	json_object_set_new(o, "variant", part = json_object());
	take_all(part, variant_members, json_object_get(identity, "variant"));
	json_object_set_new(o, "workload", part = json_object());
	take_all(part, workload_members, json_object_get(identity, "workload"));
	if (program) {
		json_object_set_new(part, "program", json_object());
		take_all(json_object_get(part, "program"), program_members, program);
	}
	if (member_at(identity, "xen", "flavour", NULL))
		json_object_set(o, "flavour", member_at(identity, "xen", "flavour", NULL));
	return o;
}

char *series_key(const json_t *identity)
{
	json_t *series = series_identity(identity);
	char *key = canonical_json(series);

	json_decref(series);
	return key;
}

const json_t *origin_of(const json_t *set, const json_t *run)
{
	const json_t *origin = json_object_get(run, "origin");
	const json_t *all = json_object_get(set, "merged_from");
	json_int_t i = json_integer_value(origin);

	if (!json_is_integer(origin) || i < 0 || (size_t)i >= json_array_size(all))
		return set;
	return json_array_get(all, (size_t)i);
}

char *commit_of(const json_t *set, const json_t *run)
{
	const json_t *origin = origin_of(set, run);
	const char *guest = text_at(run, "source", "guest", NULL);
	const char *own = text_at(origin, "producer", "commit", NULL);
	const char *version = text_at(origin, "producer", "version", NULL);
	const char *commit = *guest ? guest : own, *dirty = strstr(commit, "-dirty");

	if (*commit)
		return xasprintf("%.12s%s", commit, dirty ? dirty : "");
	return *version ? xstrdup(version) : NULL;
}

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

static void flatten(json_t *to, const char *name, const json_t *value)
{
	json_t *member;
	const char *below;
	char *text;

	if (json_is_object(value)) {
		json_object_foreach ((json_t *)value, below, member) {
			text = xasprintf("%s.%s", name, below);
			flatten(to, text, member);
			free(text);
		}
		return;
	}
	text = json_is_string(value) ? xstrdup(json_string_value(value)) : canonical_json(value);
	json_object_set_new(to, name, json_string(text));
	free(text);
}

/* Counters of the guest's own are read unless that is switched off, which older sets do not say. */
static char *collectors_of(const json_t *run)
{
	struct strv names = {0};
	json_t *name;
	char *text;
	size_t i;

	json_array_foreach (json_object_get(run, "collectors"), i, name)
		if (strcmp(json_string_value(name), "guest") != 0)
			strv_add(&names, "%s", json_string_value(name));
	text = strv_join(&names, ",");
	strv_free(&names);
	return text;
}

json_t *made_of(const json_t *set, const json_t *run)
{
	json_t *identity = json_object_get(run, "identity"), *o = json_object(), *value;
	const json_t *program = member_at(identity, "workload", "program", NULL);
	const char *name;
	char *text;

	json_object_foreach (identity, name, value)
		if (!is_one_of(name, whole_members) && strcmp(name, "variant") != 0 &&
		    strcmp(name, "workload") != 0)
			flatten(o, name, value);
	/* Part of the series, not of what may change. */
	json_object_del(o, "xen.flavour");
	json_object_foreach ((json_t *)program, name, value)
		if (!is_one_of(name, program_members)) {
			text = xasprintf("program.%s", name);
			flatten(o, text, value);
			free(text);
		}
	text = commit_of(set, run);
	if (text)
		json_object_set_new(o, "commit", json_string(text));
	free(text);
	text = collectors_of(run);
	json_object_set_new(o, "collectors", json_string(text));
	free(text);
	return o;
}

/* One commit may be abbreviated to more digits than the other. */
static bool same_commit(const char *a, const char *b)
{
	size_t n = strcspn(a, "-"), m = strcspn(b, "-"), least = n < m ? n : m;

	return least >= 7 && strncmp(a, b, least) == 0 && strcmp(a + n, b + m) == 0;
}

static bool is_same(const char *name, const json_t *a, const json_t *b)
{
	return json_equal(a, b) || (strcmp(name, "commit") == 0 &&
				    same_commit(json_string_value(a), json_string_value(b)));
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

json_t *made_of_changes(const json_t *from, const json_t *to)
{
	const char **names = xcalloc(json_object_size(from) + 1, sizeof(*names)), *name;
	json_t *changes = json_array(), *value, *other;
	size_t n = 0;

	json_object_foreach ((json_t *)from, name, value)
		names[n++] = name;
	qsort(names, n, sizeof(*names), by_name);
	for (size_t i = 0; i < n; i++) {
		value = json_object_get(from, names[i]);
		other = json_object_get(to, names[i]);
		if (other && !is_same(names[i], value, other))
			json_array_append_new(changes,
					      json_pack("{s:s, s:O, s:O}", "what", names[i], "from",
							value, "to", other));
	}
	free(names);
	return changes;
}
