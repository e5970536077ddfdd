// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "events.h"
#include "lib/json.h"
#include "print.h"

static void set_number(json_t *o, const char *name, double v)
{
	if (!isnan(v))
		json_object_set_new(o, name, json_real(v));
}

static json_t *run_json(const struct past_run *r)
{
	json_t *o = json_pack("{s:s, s:s, s:s, s:I, s:s}", "created", r->created, "id", r->name,
			      "file", r->file, "run", (json_int_t)r->place, "outcome", r->outcome);

	if (*r->reason)
		json_object_set_new(o, "reason", json_string(r->reason));
	if (*r->commit)
		json_object_set_new(o, "commit", json_string(r->commit));
	return o;
}

static json_t *point_json(const struct history_point *p)
{
	json_t *o = run_json(p->run);

	if (p->run->copies)
		json_object_set_new(o, "copies", json_integer((json_int_t)p->run->copies));
	if (p->value_place >= 0)
		json_object_set_new(o, "series", json_integer(p->value_place));
	if (p->n)
		json_object_set_new(o, "n", json_integer((json_int_t)p->n));
	set_number(o, "median", p->median);
	set_number(o, "least", p->least);
	set_number(o, "largest", p->largest);
	return o;
}

static json_t *event_json(const struct track *t, const struct event *e)
{
	json_t *before = run_json(e->before->run), *after = run_json(e->after->run);
	const char *kind = !e->change ? "outcome" : t->exact ? "exact" : "shift";
	json_t *o;

	json_object_set_new(before, "command", json_string(e->before->run->command));
	json_object_set_new(after, "command", json_string(e->after->run->command));
	if (e->change) {
		set_number(before, "median", e->change->before);
		set_number(after, "median", e->change->after);
	}
	o = json_pack("{s:s, s:o, s:o, s:O, s:O}", "kind", kind, "before", before, "after", after,
		      "changed", e->made, "observed", e->observed);
	if (e->change)
		set_number(o, "p", e->change->p);
	return o;
}

static json_t *track_json(const struct track *t, struct index *x)
{
	json_t *points = json_array(), *changes = json_array(), *o;
	struct events all = events_of(t, x);

	for (size_t i = 0; i < t->n; i++)
		json_array_append_new(points, point_json(&t->point[i]));
	for (size_t i = 0; i < all.n; i++)
		json_array_append_new(changes, event_json(t, &all.event[i]));
	events_free(&all);
	o = json_pack("{s:s, s:s, s:O, s:o, s:o}", "key", t->key, "label", t->label, "identity",
		      t->identity, "points", points, "changes", changes);
	if (!t->metric)
		return o;
	json_object_set_new(o, "metric", json_string(t->metric));
	json_object_set_new(o, "unit", json_string(t->unit));
	json_object_set_new(o, "better", json_string(t->lower ? "lower" : "higher"));
	json_object_set_new(o, "exact", json_boolean(t->exact));
	return o;
}

void history_print_json(const struct history *h, struct index *x)
{
	json_t *series = json_array(), *all;
	char *text;

	for (size_t i = 0; i < h->n; i++)
		json_array_append_new(series, track_json(&h->track[i], x));
	all = json_pack("{s:s, s:o}", "results", x->dir, "series", series);
	text = json_text(all, JSON_INDENT(1));
	puts(text);
	free(text);
	json_decref(all);
}
