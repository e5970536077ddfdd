// SPDX-License-Identifier: MIT
/*
 * Collectors at work in one run, between the plan, which names them, and the rig, which adds their
 * words to its commands.
 */
#include <stdlib.h>
#include <string.h>

#include "collect.h"
#include "lib/dirtree.h"
#include "lib/json.h"
#include "lib/paths.h"
#include "machine/boot.h"
#include "machine/rig.h"
#include "spec/image_paths.h"

struct observer {
	const struct collector *collector;
	struct collector_hooks hooks;
	void *state;
	char *dir;
};

struct observation {
	struct collector_place place;
	char *guest, *program, *xen;
	struct observer *v;
	size_t n;
};

static void uncollected(struct boot *b, const struct collector *c, char *error)
{
	if (!b->uncollected)
		b->uncollected = json_object();
	json_object_set_new(b->uncollected, c->name,
			    json_string(error ? error : "no reason given"));
	free(error);
}

static void start_one(struct observation *o, const struct chosen *one, const struct run_spec *spec,
		      struct boot *b)
{
	const struct collector *c = one->collector;
	struct observer new = {.collector = c,
			       .hooks = {.command = json_array(), .qemu = json_array()}};
	char *error = NULL;

	new.dir = temporary_directory("pvmmu", &error);
	if (new.dir) {
		const struct collector_run run = {
			.place = &o->place,
			.probed = member_at(one->places, spec->env, "probed", NULL),
			.options = one->options,
			.dir = new.dir,
			.id = spec->id,
			.guest = o->guest,
			.program = o->program,
			.xen = o->xen,
			.vcpus = spec->vcpus,
		};

		new.state = c->start ? c->start(&run, &new.hooks, &error) : NULL;
		if (new.state || (!c->start && !error)) {
			o->v = xrealloc(o->v, (o->n + 1) * sizeof(*o->v));
			o->v[o->n++] = new;
			return;
		}
		directory_remove(new.dir, NULL);
	}
	uncollected(b, c, error);
	json_decref(new.hooks.command);
	json_decref(new.hooks.qemu);
	free(new.dir);
}

struct observation *observation_start(const struct rig_context *c, const struct run_spec *spec,
				      struct boot *b)
{
	struct observation *o = xcalloc(1, sizeof(*o));
	AUTO_FREE char *guest = spec->rig->variant ? NULL : guest_debug_path(spec);
	AUTO_FREE char *xen = xen_path(spec->flavour);

	o->place = (struct collector_place){c->root,	spec->rig->name, spec->env,
					    spec->tier, c->qemu,	 spec->flavour};
	if (guest)
		o->guest = root_path(c->root, guest);
	if (!spec->program)
		o->program = xasprintf("%s/build/workloads/%s", c->root, spec->workload->name);
	if (env_is_xen(spec->env))
		o->xen = root_path(c->root, xen);
	for (size_t i = 0; c->collecting && i < c->collecting->n; i++) {
		const struct chosen *one = &c->collecting->all[i];
		const char *error = text_at(one->places, spec->env, "why", NULL);

		if (one->on && *error)
			uncollected(b, one->collector, xstrdup(error));
		else if (one->on && member_at(one->places, spec->env, "probed", NULL))
			start_one(o, one, spec, b);
	}
	return o;
}

static bool add_words(const json_t *words, struct strv *argv)
{
	json_t *word;
	size_t i;

	json_array_foreach (words, i, word)
		strv_add(argv, "%s", json_string_value(word));
	return json_array_size(words);
}

bool observation_command(const struct observation *o, struct strv *argv)
{
	bool any = false;

	for (size_t i = 0; o && i < o->n; i++)
		any |= add_words(o->v[i].hooks.command, argv);
	return any;
}

bool observation_qemu(const struct observation *o, struct strv *argv)
{
	bool any = false;

	for (size_t i = 0; o && i < o->n; i++)
		any |= add_words(o->v[i].hooks.qemu, argv);
	return any;
}

bool observation_cold(const struct observation *o)
{
	for (size_t i = 0; o && i < o->n; i++)
		if (o->v[i].hooks.cold)
			return true;
	return false;
}

void observation_begun(const struct observation *o, const struct collector_moment *at)
{
	for (size_t i = 0; o && i < o->n; i++)
		if (o->v[i].collector->begun)
			o->v[i].collector->begun(o->v[i].state, at);
}

void observation_ended(const struct observation *o, const struct collector_moment *at)
{
	for (size_t i = 0; o && i < o->n; i++)
		if (o->v[i].collector->ended)
			o->v[i].collector->ended(o->v[i].state, at);
}

/* The part of the run that a collector is given. */
static json_t *seen_by(const struct collector *c, const struct console *s)
{
	json_t *seen = json_object(), *records = json_object_get(s->collected, c->name);

	if (s->workload)
		json_object_set(seen, "workload", s->workload);
	if (json_object_size(s->series))
		json_object_set(seen, "series", s->series);
	if (s->counters) {
		json_object_set(seen, "counters", s->counters);
		json_object_set_new(seen, "counted_iterations",
				    json_integer(s->counted_iterations));
	}
	if (records)
		json_object_set(seen, "records", records);
	return seen;
}

static void stop_one(struct observer *o, struct boot *b, bool success)
{
	const struct collector *c = o->collector;
	json_auto_t *seen = success ? seen_by(c, &b->console) : NULL, *value = NULL;
	AUTO_FREE char *error = NULL;

	if (c->stop)
		value = c->stop(o->state, seen, &error);
	if (value && success) {
		if (!b->collected)
			b->collected = json_object();
		json_object_set(b->collected, c->name, value);
	} else if (error && success) {
		uncollected(b, c, error);
		error = NULL;
	}
	json_decref(o->hooks.command);
	json_decref(o->hooks.qemu);
	directory_remove(o->dir, NULL);
	free(o->dir);
}

void observation_stop(struct observation *o, struct boot *b, bool success)
{
	for (size_t i = 0; i < o->n; i++)
		stop_one(&o->v[i], b, success);
	free(o->v);
	free(o->guest);
	free(o->program);
	free(o->xen);
	free(o);
}
