// SPDX-License-Identifier: MIT
#include "select.h"

#include <stdlib.h>
#include <string.h>

/* Hexadecimal digits of a series' key: more series than 16^8 are nowhere. */
#define KEY_DIGITS 8

void series_list_free(struct series_list *all)
{
	for (size_t i = 0; i < all->n; i++)
		json_decref(all->v[i].identity);
	free(all->v);
	*all = (struct series_list){0};
}

void series_list_read(struct series_list *all, struct index *x, const char *begin)
{
	sqlite3_stmt *s = index_ask(x, "SELECT id, key FROM series ORDER BY key", "");

	while (index_row(x, s)) {
		struct series_row c = {.row = index_integer(s, 0)};

		hash_text(index_text(s, 1), c.key);
		c.key[KEY_DIGITS] = 0;
		if (begin && strncmp(c.key, begin, strlen(begin)) != 0)
			continue;
		c.identity = json_loads(index_text(s, 1), 0, NULL);
		all->v = xrealloc(all->v, (all->n + 1) * sizeof(*all->v));
		all->v[all->n++] = c;
	}
	index_done(s);
}

/* Takes flat members (made_of()) back to where an identity has them. */
static void unflatten(json_t *identity, const char *made_of)
{
	json_t *flat = json_loads(made_of, 0, NULL), *value;
	const char *name, *dot;

	json_object_foreach (flat, name, value) {
		char *group = xstrndup(name, strcspn(name, "."));

		dot = strchr(name, '.');
		if (dot && !json_object_get(identity, group))
			json_object_set_new(identity, group, json_object());
		if (dot)
			json_object_set(json_object_get(identity, group), dot + 1, value);
		else
			json_object_set(identity, name, value);
		free(group);
	}
	json_decref(flat);
}

/*
 * Filters are about runs of sets. So each series is presented as a run, once for each of the
 * builds that it was measured with if these may matter, and what the filter leaves says which are
 * meant.
 */
static json_t *as_set(struct index *x, const struct series_list *all, bool builds)
{
	json_t *runs = json_array(), *from = json_array();

	for (size_t i = 0; i < all->n; i++) {
		sqlite3_stmt *s = index_ask(
			x,
			builds ? "SELECT max(label), build, made_of, max(revision) FROM run "
				 "JOIN build ON build.id = build WHERE series = ? GROUP BY build"
			       : "SELECT max(label), 0, '{}', '' FROM run WHERE series = ?",
			"i", all->v[i].row);

		while (index_row(x, s)) {
			json_t *identity = json_deep_copy(all->v[i].identity);

			if (*index_text(s, 0))
				json_object_set_new(json_object_get(identity, "variant"), "label",
						    json_string(index_text(s, 0)));
			unflatten(identity, index_text(s, 2));
			json_array_append_new(runs,
					      json_pack("{s:o, s:I, s:I, s:I}", "identity",
							identity, "chosen", (json_int_t)i, "build",
							(json_int_t)index_integer(s, 1), "origin",
							(json_int_t)json_array_size(from)));
			json_array_append_new(from, json_pack("{s:{s:s}}", "producer", "version",
							      index_text(s, 3)));
		}
		index_done(s);
	}
	return json_pack("{s:o, s:o}", "runs", runs, "merged_from", from);
}

json_t *series_choose(struct index *x, const struct series_list *all, struct filter *f,
		      char **error)
{
	bool builds = f && f->where.n, any = f && (builds || f->variants.n || f->workloads.n);
	json_t *set = as_set(x, all, builds), *runs = NULL;

	if (!any || filter_sets(f, &set, 1, error))
		runs = json_incref(json_object_get(set, "runs"));
	json_decref(set);
	return runs;
}
