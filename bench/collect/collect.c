// SPDX-License-Identifier: MIT
#include "collect.h"

#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/number_list.h"
#include "lib/registry.h"
#include "machine/boot.h"
#include "machine/rig.h"
#include "spec/catalog.h"

/* The maximum of a numeric option. */
#define OPTION_MAX 1000000000

REGISTRY(collector, pvmmu_collectors);

const struct collector *collector_at(size_t i)
{
	return REGISTERED_AT(pvmmu_collectors, i);
}

/* ---- which ---- */

static json_t *default_options(const struct collector *c)
{
	json_t *all = json_object();
	AUTO_STRV struct strv list = {0};

	strv_split(&list, c->options ? c->options : "", ' ');
	for (size_t i = 0; i < list.n && *list.v[i]; i++) {
		char *equals = strchr(list.v[i], '=');

		if (equals)
			*equals = 0;
		json_object_set_new(all, list.v[i],
				    equals ? json_integer(atoll(equals + 1)) : json_false());
	}
	return all;
}

static struct chosen *find(const struct collecting *c, const char *name, char **error)
{
	return (struct chosen *)find_named(c->all, c->n, sizeof(*c->all), "collector", name, error);
}

/* One NAME or NAME=NUMBER behind a collector's name. */
static bool set_option(struct chosen *one, char *text, char **error)
{
	const char *collector = one->collector->name;
	char *equals = strchr(text, '=');
	json_t *old, *value;
	struct strv names = {0};
	long long number = 0;
	const char *name;

	if (equals)
		*equals = 0;
	old = json_object_get(one->options, text);
	if (!old) {
		json_object_foreach (one->options, name, value)
			strv_add(&names, "%s", name);
		if (names.n)
			unknown_name(error, "option of the collector", text, &names);
		else
			fail(error, "--collect: %s takes no options, found \"%s\"", collector,
			     text);
		strv_free(&names);
		return false;
	}
	if (!json_is_integer(old) && equals)
		return fail(error, "--collect: %s:%s takes no value", collector, text);
	if (json_is_integer(old) && !equals)
		return fail(error, "--collect: expected %s:%s=NUMBER", collector, text);
	if (json_is_integer(old)) {
		AUTO_FREE char *what = xasprintf("--collect %s:%s", collector, text);

		parse_number(equals + 1, 0, OPTION_MAX, what, &number, error);
	}
	json_object_set_new(one->options, text, equals ? json_integer(number) : json_true());
	return !*error;
}

/* One item of --collect: NAME[:OPTION]... */
static bool want(struct collecting *c, const char *text, char **error)
{
	AUTO_STRV struct strv parts = {0};
	struct chosen *one;

	strv_split(&parts, text, ':');
	one = find(c, parts.v[0], error);
	if (one) {
		one->on = one->asked = true;
		for (size_t i = 1; i < parts.n && set_option(one, parts.v[i], error); i++)
			;
	}
	return !*error;
}

static void add_words(struct collecting *c, const char *option, const struct strv *items)
{
	AUTO_FREE char *list = strv_join(items, ",");

	if (items->n)
		replace_text(&c->words, "%s %s %s", c->words, option, list);
}

bool collecting_choose(struct collecting *c, const struct strv *wanted, const struct strv *unwanted,
		       char **error)
{
	const struct collector *one;

	*c = (struct collecting){.words = xstrdup("")};
	for (size_t i = 0; (one = collector_at(i)); i++) {
		c->all = xrealloc(c->all, (c->n + 1) * sizeof(*c->all));
		c->all[c->n++] = (struct chosen){.name = one->name,
						 .collector = one,
						 .on = one->by_default,
						 .options = default_options(one),
						 .places = json_object()};
	}
	/*
	 * "none" counts first, wherever it stands in the list; then the named ones are switched on.
	 */
	for (size_t i = 0; i < wanted->n; i++)
		for (size_t k = 0; k < c->n && strcmp(wanted->v[i], "none") == 0; k++)
			c->all[k].on = false;
	for (size_t i = 0; i < wanted->n && !*error; i++)
		if (strcmp(wanted->v[i], "none") != 0)
			want(c, wanted->v[i], error);
	for (size_t i = 0; i < unwanted->n && !*error; i++) {
		struct chosen *off = find(c, unwanted->v[i], error);

		if (off && off->asked)
			fail(error, "%s is both in --collect and in --no-collect", unwanted->v[i]);
		else if (off)
			off->on = false;
	}
	add_words(c, "--collect", wanted);
	add_words(c, "--no-collect", unwanted);
	return !*error;
}

void collecting_free(struct collecting *c)
{
	for (size_t i = 0; i < c->n; i++) {
		json_decref(c->all[i].options);
		json_decref(c->all[i].places);
	}
	free(c->all);
	free(c->words);
	*c = (struct collecting){0};
}

/* ---- where ---- */

char *collector_misplaced(const struct collector *c, const struct collector_place *place)
{
	const struct {
		const char *what, *name, *valid;
	} axes[] = {{"rig", place->rig, c->rigs},
		    {"env", place->env, c->envs},
		    {"tier", place->tier, c->tiers}};

	for (size_t i = 0; i < sizeof(axes) / sizeof(*axes); i++)
		if (!word_in(axes[i].name, axes[i].valid))
			return xasprintf("%s is not for %s %s; it is for %s", c->name, axes[i].what,
					 axes[i].name, axes[i].valid);
	return NULL;
}

void collecting_probe(struct collecting *c, const struct collector_place *place)
{
	for (size_t i = 0; i < c->n; i++) {
		struct chosen *one = &c->all[i];
		json_t *probed = NULL;
		char *error;

		if (!one->on || json_object_get(one->places, place->env))
			continue;
		if (!one->asked && one->collector->only_asked &&
		    word_in(place->rig, one->collector->only_asked))
			continue;
		error = collector_misplaced(one->collector, place);
		if (error && !one->asked) {
			/* A default collector that is not for this place is left out silently. */
			free(error);
			continue;
		}
		if (!error)
			probed = one->collector->probe(place, &error);
		json_object_set_new(
			one->places, place->env,
			probed ? json_pack("{s:o}", "probed", probed)
			       : json_pack("{s:s}", "why", error ? error : "no reason given"));
		free(error);
	}
}

static const json_t *probed_in(const struct chosen *one, const char *env)
{
	return one->on ? member_at(one->places, env, "probed", NULL) : NULL;
}

bool collecting_has(const struct collecting *c, const char *name, const struct run_spec *spec)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->all[i].collector->name, name) == 0)
			return probed_in(&c->all[i], spec->env);
	return false;
}

char *collecting_guest_words(const struct collecting *c, const struct run_spec *spec)
{
	char *words = xstrdup("");

	for (size_t i = 0; c && i < c->n; i++)
		if (probed_in(&c->all[i], spec->env) && c->all[i].collector->guest_word)
			replace_text(&words, "%s %s", words, c->all[i].collector->guest_word);
	return words;
}

json_t *collecting_names(const struct collecting *c, const struct run_spec *spec)
{
	json_t *all = json_array(), *value;

	for (size_t i = 0; c && i < c->n; i++) {
		char *text = xstrdup(c->all[i].collector->name);
		const char *name;

		if (!probed_in(&c->all[i], spec->env)) {
			free(text);
			continue;
		}
		json_object_foreach (c->all[i].options, name, value) {
			if (json_is_true(value))
				replace_text(&text, "%s:%s", text, name);
			else if (json_is_integer(value))
				replace_text(&text, "%s:%s=%lld", text, name,
					     (long long)json_integer_value(value));
		}
		json_array_append_new(all, json_string(text));
		free(text);
	}
	return all;
}
