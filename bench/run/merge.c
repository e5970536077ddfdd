// SPDX-License-Identifier: MIT
#include "merge.h"

#include <stdlib.h>
#include <string.h>

#include "compare/dataset.h"
#include "lib/json.h"
#include "lib/utf8.h"
#include "resultset/identity.h"
#include "resultset/units.h"
#include "run_record.h"

struct taken {
	json_t *run;
	const json_t *origin;	       /* the set, or its entry of merged_from */
	const struct source_set *from; /* the file */
};

struct merging {
	struct taken *v;
	size_t n;
	json_t *by_id; /* {id: index} */
	struct merged *m;
};

/* A run without the members that may differ between equal runs. A new reference. */
static json_t *statement(const json_t *run)
{
	json_t *copy = json_copy((json_t *)run);

	json_object_del(copy, "observed");
	json_object_del(copy, "origin");
	/* The sweep that the run was part of. */
	json_object_del(copy, "family");
	return copy;
}

static bool say_the_same(const json_t *a, const json_t *b)
{
	json_auto_t *x = statement(a), *y = statement(b);
	bool same = json_equal(x, y);

	return same;
}

static bool is_newer(const struct taken *a, const struct taken *b)
{
	return strcmp(text_at(a->origin, "created", NULL), text_at(b->origin, "created", NULL)) > 0;
}

static void take(struct merging *g, struct taken t, enum prefer prefer)
{
	const char *id = text_at(t.run, "id", NULL);
	json_t *place = json_object_get(g->by_id, id);
	struct taken *other = place ? &g->v[json_integer_value(place)] : NULL;

	if (!other) {
		json_object_set_new(g->by_id, id, json_integer((json_int_t)g->n));
		g->v = xrealloc(g->v, (g->n + 1) * sizeof(*g->v));
		g->v[g->n++] = t;
	} else if (say_the_same(other->run, t.run)) {
		g->m->same++;
	} else {
		strv_add(&g->m->conflicts, "%s: in %s and, different, in %s", id, other->from->path,
			 t.from->path);
		if (prefer == PREFER_LAST || (prefer == PREFER_NEWEST && is_newer(&t, other)))
			*other = t;
	}
}

/* The file's name without its directory. */
static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The entry of merged_from for a run's origin; a new reference. */
static json_t *entry_of(const struct taken *t)
{
	AUTO_FREE char *name = NULL;
	json_t *entry;

	if (t->origin != t->from->set)
		return json_incref((json_t *)t->origin);
	/* A file name may hold bytes that JSON may not. */
	name = utf8_escape(base_name(t->from->path));
	entry = json_pack("{s:s, s:s, s:O, s:O, s:O, s:O}", "file", name, "sha256", t->from->sha256,
			  "created", json_object_get(t->origin, "created"), "producer",
			  json_object_get(t->origin, "producer"), "command",
			  json_object_get(t->origin, "command"), "observed",
			  json_object_get(t->origin, "observed"));
	return entry;
}

/* The index of an entry in a list; a new entry is appended. Takes over the entry. */
static size_t place_of(json_t *list, json_t *entry)
{
	json_t *one;
	size_t i;

	json_array_foreach (list, i, one)
		if (json_equal(one, entry))
			break;
	if (i == json_array_size(list))
		json_array_append(list, entry);
	json_decref(entry);
	return i;
}

static json_t *runs_of(const struct merging *g, json_t *merged_from)
{
	json_t *runs = json_array();

	for (size_t i = 0; i < g->n; i++) {
		json_t *run = json_copy(g->v[i].run);
		size_t origin = place_of(merged_from, entry_of(&g->v[i]));

		json_object_set_new(run, "origin", json_integer((json_int_t)origin));
		json_array_append_new(runs, run);
	}
	return runs;
}

/* Concatenates a list of all sets: controls, disturbances. */
static void add_lists(json_t *to, const struct source_set *sources, size_t n, const char *name)
{
	json_auto_t *all = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_extend(all, json_object_get(sources[i].set, name));
	if (json_array_size(all))
		json_object_set(to, name, all);
}

/* Can tables show the merged set? If not, *error has the message of compare. */
static bool can_be_shown(json_t *set, char **error)
{
	struct strv none = {0};
	struct dataset c;
	bool ok;

	/* The conversion changes a copy, so values stay as they were measured. */
	json_incref(set);
	ok = units_settle(&set, 1, UNITS_REFUSE, NULL, error) &&
	     dataset_make(&c, &set, 1, &none, error);
	if (ok)
		dataset_free(&c);
	json_decref(set);
	return ok;
}

bool merge_sets(struct merged *m, const struct source_set *sources, size_t n, enum prefer prefer,
		const char *command, char **error)
{
	struct merging g = {.m = m, .by_id = json_object()};
	json_t *from = json_array(), *run;
	size_t i;

	*m = (struct merged){0};
	for (size_t k = 0; k < n; k++)
		json_array_foreach (json_object_get(sources[k].set, "runs"), i, run)
			take(&g, (struct taken){run, origin_of(sources[k].set, run), &sources[k]},
			     prefer);
	m->set = result_set(command, json_object(), runs_of(&g, from));
	json_object_set_new(m->set, "merged_from", from);
	add_lists(m->set, sources, n, "controls");
	add_lists(m->set, sources, n, "disturbance");
	free(g.v);
	json_decref(g.by_id);
	if (m->conflicts.n && prefer == PREFER_NONE)
		return fail(error, "%zu runs share their id with another and differ",
			    m->conflicts.n);
	return can_be_shown(m->set, error);
}

void merged_free(struct merged *m)
{
	json_decref(m->set);
	strv_free(&m->conflicts);
	*m = (struct merged){0};
}
