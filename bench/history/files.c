// SPDX-License-Identifier: MIT
#include "files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/table.h"
#include "lib/text.h"

enum { PATH, STATE, WHY, CREATED, PRODUCER, TIERS, RIGS, RUNS, GOOD, ORIGIN, SHA256, COMMAND };

static sqlite3_stmt *ask(struct index *x, bool all, const char *since, const char *until)
{
	return index_ask(
		x,
		"SELECT path, state, why, created, producer, tiers, rigs, runs, good, "
		"origin, sha256, command FROM file "
		"WHERE (state = 'set' AND created BETWEEN ? AND ?) OR (? AND state <> 'set') "
		"ORDER BY state <> 'set', created, path",
		"tti", since ? since : "", until ? until : "~", (long long)all);
}

/* Where a file was imported from; "" if it was not. The caller's. */
static char *origin_of_file(const char *text)
{
	json_t *origin = *text ? json_loads(text, 0, NULL) : NULL;
	char *from = xstrdup(text_at(origin, "from", NULL));

	json_decref(origin);
	return from;
}

static void print_table(struct index *x, sqlite3_stmt *s, const struct refresh *r, bool all,
			enum table_format format)
{
	static const char *const head[] = {"created", "runs", "good",	       "commit", "tier",
					   "rig",     "file", "imported from", "state"};
	struct table g = {.columns = all ? 9 : 8, .align = "lrrllllll"};

	for (size_t i = 0; i < g.columns; i++)
		strv_add(&g.cells, "%s", head[i]);
	while (index_row(x, s)) {
		bool set = strcmp(index_text(s, STATE), "set") == 0;
		const char *error = index_text(s, WHY), *none = format == TABLE_CSV ? "" : "-";
		char *from = origin_of_file(index_text(s, ORIGIN));

		strv_add(&g.cells, "%s", set ? index_text(s, CREATED) : none);
		strv_add(&g.cells, "%s", set ? index_text(s, RUNS) : none);
		strv_add(&g.cells, "%s", set ? index_text(s, GOOD) : none);
		strv_add(&g.cells, "%s", set ? index_text(s, PRODUCER) : none);
		strv_add(&g.cells, "%s", set ? index_text(s, TIERS) : none);
		strv_add(&g.cells, "%s", set ? index_text(s, RIGS) : none);
		strv_add(&g.cells, "%s", index_text(s, PATH));
		strv_add(&g.cells, "%s", *from ? from : none);
		if (all)
			/* The first error only; validate tells them all. */
			strv_add(&g.cells, "%s%s%.*s", index_text(s, STATE), *error ? ": " : "",
				 (int)strcspn(error, "\n"), error);
		free(from);
	}
	for (size_t i = 0; i < r->own.n && all; i++) {
		for (int k = 0; k < 6; k++)
			strv_add(&g.cells, "%s", format == TABLE_CSV ? "" : "-");
		strv_add(&g.cells, "%s", r->own.v[i]);
		strv_add(&g.cells, "%s", format == TABLE_CSV ? "" : "-");
		strv_add(&g.cells, "%s", r->own_kinds.v[i]);
	}
	table_print(&g, format, stdout);
	table_free(&g);
}

static json_t *file_json(sqlite3_stmt *s)
{
	const char *state = index_text(s, STATE);
	json_t *o = json_pack("{s:s, s:s}", "file", index_text(s, PATH), "state", state);
	struct strv errors = {0};

	if (*index_text(s, SHA256))
		json_object_set_new(o, "sha256", json_string(index_text(s, SHA256)));
	if (strcmp(state, "verdict") == 0 || strcmp(state, "declaration") == 0 ||
	    strcmp(state, "link") == 0) {
		if (*index_text(s, WHY))
			json_object_set_new(o, "about", json_string(index_text(s, WHY)));
		return o;
	}
	if (strcmp(state, "set") != 0) {
		strv_split(&errors, index_text(s, WHY), '\n');
		json_object_set_new(o, "errors", json_array());
		for (size_t i = 0; i < errors.n; i++)
			json_array_append_new(json_object_get(o, "errors"),
					      json_string(errors.v[i]));
		strv_free(&errors);
		return o;
	}
	json_object_set_new(o, "created", json_string(index_text(s, CREATED)));
	json_object_set_new(o, "version", json_string(index_text(s, PRODUCER)));
	json_object_set_new(o, "command", json_string(index_text(s, COMMAND)));
	json_object_set_new(o, "tiers", json_string(index_text(s, TIERS)));
	json_object_set_new(o, "rigs", json_string(index_text(s, RIGS)));
	json_object_set_new(o, "runs", json_integer(index_integer(s, RUNS)));
	json_object_set_new(o, "good", json_integer(index_integer(s, GOOD)));
	if (*index_text(s, ORIGIN))
		json_object_set_new(o, "origin", json_loads(index_text(s, ORIGIN), 0, NULL));
	return o;
}

void history_print_files(struct index *x, const struct refresh *r, bool all, const char *since,
			 const char *until, const char *format)
{
	sqlite3_stmt *s = ask(x, all, since, until);
	json_t *files;
	char *text;

	if (strcmp(format, "json") != 0) {
		print_table(x, s, r, all,
			    strcmp(format, "md") == 0	 ? TABLE_MARKDOWN
			    : strcmp(format, "csv") == 0 ? TABLE_CSV
							 : TABLE_TEXT);
		index_done(s);
		return;
	}
	files = json_array();
	while (index_row(x, s))
		json_array_append_new(files, file_json(s));
	index_done(s);
	for (size_t i = 0; i < r->own.n && all; i++)
		json_array_append_new(files, json_pack("{s:s, s:s}", "file", r->own.v[i], "state",
						       r->own_kinds.v[i]));
	files = json_pack("{s:s, s:o}", "results", x->dir, "files", files);
	text = json_text(files, JSON_INDENT(1));
	puts(text);
	free(text);
	json_decref(files);
}
