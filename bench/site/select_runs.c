// SPDX-License-Identifier: MIT
/* Selects the runs that a site shows from the index, and reads them: see model.h. */
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "model.h"
#include "resultset/identity.h"
#include "resultset/resultset_read.h"
#include "resultset/schema.h"

/* A run in the index; its file is not read yet. */
struct candidate {
	long long file; /* row in the index */
	size_t place, group;
	char *id, *created;
	const json_t *kind; /* borrowed */
	bool newest;	    /* of its kind */
};

struct candidates {
	struct candidate *v;
	size_t n, room;
	/* {series: {"cell", "row", "seed", "group", "mutant"}}, a cache */
	json_t *kinds;
	json_t *cells; /* {cell: [places of the newest so far]} */
};

char *group_key(const json_t *series, char **title)
{
	const char *rig = text_at(series, "rig", NULL), *tier = text_at(series, "tier", NULL);
	const char *clock = text_at(series, "clock", NULL);
	const char *flavour = text_at(series, "flavour", NULL);
	long long vcpus = json_integer_value(json_object_get(series, "vcpus"));
	long long memory = json_integer_value(json_object_get(series, "memory_mib"));
	bool timed = strcmp(tier, "exact") != 0;

	*title = xasprintf("tier %s, rig %s%s%s%s%s", tier, rig, timed ? ", clock " : "",
			   timed ? clock : "", *flavour ? ", Xen built as " : "", flavour);
	if (vcpus)
		replace_text(title, "%s, %lld vCPU%s", *title, vcpus, vcpus == 1 ? "" : "s");
	if (memory)
		replace_text(title, "%s, %lld MiB", *title, memory);
	return xasprintf("%s %s %s %s %06lld %09lld", tier, strcmp(rig, "solo") == 0 ? "" : rig,
			 clock, flavour, vcpus, memory);
}

static size_t group_of(struct site_model *m, const json_t *series)
{
	char *title, *key = group_key(series, &title);

	for (size_t i = 0; i < m->nr_groups; i++) {
		if (strcmp(m->group[i].key, key) == 0) {
			free(key);
			free(title);
			return i;
		}
	}
	m->group = xrealloc(m->group, (m->nr_groups + 1) * sizeof(*m->group));
	m->group[m->nr_groups] = (struct site_group){.key = key, .title = title};
	return m->nr_groups++;
}

/* The properties of a series: a cell covers all seeds, a row all variants, also native ones.
 * Borrowed. */
static const json_t *kind_of(struct site_model *m, struct candidates *all, const char *text)
{
	json_t *kind = json_object_get(all->kinds, text);
	json_auto_t *series = NULL;
	json_int_t seed, group;
	AUTO_FREE char *cell = NULL, *row = NULL, *workload = NULL;
	bool mutant;

	if (kind)
		return kind;
	series = json_loads(text, 0, NULL);
	seed = json_integer_value(json_object_get(series, "seed"));
	mutant = member_at(series, "variant", "mutant", NULL);
	/* Mutants are not shown. */
	group = mutant ? 0 : (json_int_t)group_of(m, series);
	json_object_del(series, "seed");
	cell = canonical_json(series);
	workload = canonical_json(json_object_get(series, "workload"));
	row = xasprintf("%lld %s", (long long)group, workload);
	kind = json_pack("{s:s, s:s, s:I, s:b, s:I}", "cell", cell, "row", row, "seed", seed,
			 "mutant", mutant, "group", group);
	json_object_set_new_nocheck(all->kinds, text, kind);
	return kind;
}

/* Marks the last candidate as the newest of its cell, with those of the same file and time. */
static void keep_newest(struct candidates *all, const char *cell)
{
	struct candidate *c = &all->v[all->n - 1], *old;
	json_t *list = json_object_get(all->cells, cell), *place;
	size_t i;

	old = list ? &all->v[json_integer_value(json_array_get(list, 0))] : NULL;
	if (!old || old->file != c->file || strcmp(old->created, c->created) != 0) {
		json_array_foreach (list, i, place)
			all->v[json_integer_value(place)].newest = false;
		list = json_array();
		json_object_set_new_nocheck(all->cells, cell, list);
	}
	c->newest = true;
	json_array_append_new(list, json_integer((json_int_t)all->n - 1));
}

static int by_row(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

/* The rows of the model's files, which exclude copies, sorted; the caller's. */
static long long *rows_of_files(const struct site_model *m)
{
	long long *rows = xcalloc(m->nr_files + 1, sizeof(*rows));

	for (size_t i = 0; i < m->nr_files; i++)
		rows[i] = m->file[i].row;
	qsort(rows, m->nr_files, sizeof(*rows), by_row);
	return rows;
}

static void choose(struct site_model *m, struct candidates *all)
{
	/* The order is the same on all machines, also for two runs of the same second. */
	sqlite3_stmt *s =
		index_ask(&m->index,
			  "SELECT series.key, run.file, run.place, run.name, run.created FROM run "
			  "JOIN series ON series.id = run.series JOIN file ON file.id = run.file "
			  "ORDER BY run.created, file.sha256, run.place",
			  "");
	AUTO_FREE long long *rows = rows_of_files(m);

	all->kinds = json_object();
	all->cells = json_object();
	while (index_row(&m->index, s)) {
		long long row = index_integer(s, 1);
		const json_t *kind;

		if (!bsearch(&row, rows, m->nr_files, sizeof(*rows), by_row))
			continue;
		kind = kind_of(m, all, index_text(s, 0));
		if (json_is_true(json_object_get(kind, "mutant")))
			continue;
		if (all->n == all->room) {
			all->room = all->room ? 2 * all->room : 256;
			all->v = xrealloc(all->v, all->room * sizeof(*all->v));
		}
		all->v[all->n++] = (struct candidate){
			.file = row,
			.place = (size_t)index_integer(s, 2),
			.group = (size_t)json_integer_value(json_object_get(kind, "group")),
			.id = xstrdup(index_text(s, 3)),
			.created = xstrdup(index_text(s, 4)),
			.kind = kind,
		};
		keep_newest(all, text_at(kind, "cell", NULL));
	}
	index_done(s);
}

/*
 * The seeds that a row shows: those that all its cells have, since other seeds would compare memory
 * layouts rather than variants. If there is none, the most frequent seed. cells: {cell: {seed:
 * true}}. Returns {seed: true}, a new reference.
 */
static json_t *common_seeds(json_t *cells)
{
	json_auto_t *count = json_object();
	json_t *common = json_object(), *seeds, *n;
	const char *cell, *seed, *most = NULL;
	json_int_t best = 0;

	json_object_foreach (cells, cell, seeds)
		json_object_foreach (seeds, seed, n)
			json_object_set_new(
				count, seed,
				json_integer(1 + json_integer_value(json_object_get(count, seed))));
	json_object_foreach (count, seed, n) {
		if ((size_t)json_integer_value(n) == json_object_size(cells))
			json_object_set_new(common, seed, json_true());
		if (json_integer_value(n) > best) {
			best = json_integer_value(n);
			most = seed;
		}
	}
	if (most && !json_object_size(common))
		json_object_set_new(common, most, json_true());
	return common;
}

static char *seed_text(const struct candidate *c)
{
	return xasprintf("%lld", (long long)json_integer_value(json_object_get(c->kind, "seed")));
}

/* Drops runs whose seed their row does not show. */
static void keep_common_seeds(struct site_model *m, struct candidates *all)
{
	json_auto_t *rows = json_object(), *common = json_object();
	json_t *cells;
	const char *row;

	for (size_t i = 0; i < all->n; i++) {
		const struct candidate *c = &all->v[i];
		AUTO_FREE char *seed = seed_text(c);

		if (c->newest)
			json_object_set_new(
				object_in(object_in(rows, text_at(c->kind, "row", NULL)),
					  text_at(c->kind, "cell", NULL)),
				seed, json_true());
	}
	json_object_foreach (rows, row, cells)
		json_object_set_new_nocheck(common, row, common_seeds(cells));
	for (size_t i = 0; i < all->n; i++) {
		struct candidate *c = &all->v[i];
		AUTO_FREE char *seed = seed_text(c);

		if (c->newest &&
		    !json_object_get(json_object_get(common, text_at(c->kind, "row", NULL)),
				     seed)) {
			c->newest = false;
			m->other_seeds++;
		}
	}
}

static void candidates_free(struct candidates *all)
{
	for (size_t i = 0; i < all->n; i++) {
		free(all->v[i].id);
		free(all->v[i].created);
	}
	free(all->v);
	json_decref(all->kinds);
	json_decref(all->cells);
}

/* ---- reading ---- */

/* The origin of a run is its own file, not the first file of the group. */
static void set_origin(struct site_group *g, json_t *run, const json_t *origin)
{
	json_t *all = json_object_get(g->set, "merged_from");
	size_t i = 0;

	while (i < json_array_size(all) && json_array_get(all, i) != origin)
		i++;
	if (i == json_array_size(all))
		json_array_append(all, (json_t *)origin);
	json_object_set_new(run, "origin", json_integer((json_int_t)i));
}

/* Puts a run into its group's set. */
static bool take_run(struct site_model *m, const struct candidate *c, size_t file, json_t *set,
		     json_t *head, char **error)
{
	struct site_group *g = &m->group[c->group];
	json_t *run = json_array_get(json_object_get(set, "runs"), c->place), *copy;

	if (strcmp(text_at(run, "id", NULL), c->id) != 0)
		return fail(error, "%s has changed while it was read: try again",
			    m->file[file].path);
	if (!g->set) {
		g->set = json_copy(head);
		json_object_set_new(g->set, "merged_from", json_array());
	}
	copy = json_copy(run);
	set_origin(g, copy, origin_of(head, run));
	g->run = xrealloc(g->run, (g->n + 1) * sizeof(*g->run));
	g->run[g->n++] = (struct site_run){
		.run = copy,
		.set = head,
		.origin = origin_of(head, run),
		.file = file,
		.place = c->place,
		.created = xstrdup(c->created),
	};
	return true;
}

static bool read_file(struct site_model *m, const struct candidates *all, size_t file,
		      const struct schema *schema, char **error)
{
	AUTO_STRV struct strv errors = {0};
	json_auto_t *set = NULL;
	json_t *head = NULL;

	for (size_t i = 0; i < all->n && !*error; i++) {
		const struct candidate *c = &all->v[i];

		if (!c->newest || c->file != m->file[file].row)
			continue;
		if (!set) {
			set = resultset_load(m->file[file].path, schema, &errors);
			/* The head is kept, the other runs of the file are not. */
			head = json_copy(set);
			json_object_del(head, "runs");
		}
		if (set)
			take_run(m, c, file, set, head, error);
		else
			fail(error, "%s", errors.v[0]);
	}
	if (head) {
		m->head = xrealloc(m->head, (m->nr_heads + 1) * sizeof(*m->head));
		m->head[m->nr_heads++] = (struct site_head){file, head};
	}
	return !*error;
}

bool model_select_runs(struct site_model *m, char **error)
{
	struct candidates all = {0};
	struct schema *schema = schema_load(m->root, error);

	choose(m, &all);
	keep_common_seeds(m, &all);
	/* The newest first, since the set of a group gets the first head. */
	for (size_t i = 0; i < m->nr_files && !*error; i++)
		read_file(m, &all, i, schema, error);
	candidates_free(&all);
	schema_free(schema);
	return !*error;
}
