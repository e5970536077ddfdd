// SPDX-License-Identifier: MIT
/*
 * Verdicts and annotations beside result sets. A line of annotations.tsv is a date (YYYY-MM-DD, or
 * as in result sets), a tab and a text; lines that begin with # are comments.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/dates.h"
#include "lib/file_write.h"
#include "lib/json.h"
#include "lib/paths.h"
#include "lib/utf8.h"
#include "model.h"
#include "resultset/schema.h"
#include "tree.h"

#define ANNOTATIONS_NAME "annotations.tsv"

static bool is_named(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');

	return strcmp(slash ? slash + 1 : path, name) == 0;
}

/* The shown part of a verdict; a published site omits directories. */
static json_t *shown_of(const struct site_model *m, const json_t *verdict)
{
	const char *judged = text_at(verdict, "new", "file", NULL), *slash = strrchr(judged, '/');
	const char *reason = text_at(verdict, "reason", NULL);
	json_t *shown;

	if (!m->q->gathered)
		return json_incref((json_t *)verdict);
	shown = json_pack("{s:s}", "verdict", text_at(verdict, "verdict", NULL));
	if (*reason)
		json_object_set_new(shown, "reason", json_string(reason));
	if (*judged)
		json_object_set_new(shown, "new",
				    json_pack("{s:s}", "file", slash ? slash + 1 : judged));
	return shown;
}

/* Whether the runs of a file ended as the verdict says. */
static bool is_verdict_of(struct site_model *m, const json_t *verdict, long long file)
{
	json_t *runs = json_object_get(verdict, "runs");
	size_t n = json_array_size(runs);
	bool same = n;

	for (size_t i = 0; i < n && same; i++) {
		const json_t *run = json_array_get(runs, i);
		sqlite3_stmt *s =
			index_ask(&m->index, "SELECT outcome FROM run WHERE file = ? AND name = ?",
				  "it", file, text_at(run, "id", NULL));

		same = index_row(&m->index, s) &&
		       strcmp(index_text(s, 0), text_at(run, "status", NULL)) == 0;
		index_done(s);
	}
	return same;
}

static size_t directory_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) : 0;
}

/* The date of the newest set in the verdict's directory that it may judge; "": none. The caller's.
 */
static char *date_of(struct site_model *m, const struct site_other *o, const json_t *verdict)
{
	const char *path = o->path + directory_prefix(m->index.dir);
	size_t n = directory_length(path);
	sqlite3_stmt *s = index_ask(&m->index,
				    "SELECT id, path, created FROM file WHERE state = 'set' "
				    "ORDER BY created DESC",
				    "");
	char *date = NULL;

	while (!date && index_row(&m->index, s)) {
		const char *set = index_text(s, 1);

		if (directory_length(set) == n && strncmp(set, path, n) == 0 &&
		    is_verdict_of(m, verdict, index_integer(s, 0)))
			date = xstrdup(index_text(s, 2));
	}
	index_done(s);
	return date ? date : xstrdup("");
}

static json_t *entry_of(struct site_model *m, const struct site_other *o, const json_t *verdict)
{
	AUTO_FREE char *of = m->q->gathered ? date_of(m, o, verdict) : xstrdup("");
	json_t *entry = json_pack("{s:s, s:s, s:o}", "name", o->name, "of", of, "verdict",
				  shown_of(m, verdict));

	return entry;
}

static bool read_verdicts(struct site_model *m, struct site_report *report, char **error)
{
	struct schema *schema = schema_load_named(m->root, "verdict.schema.json", error);

	for (size_t i = 0; i < m->nr_others && schema; i++) {
		const struct site_other *o = &m->other[i];
		AUTO_STRV struct strv errors = {0};
		json_t *verdict;

		if (!o->verdict)
			continue;
		verdict = json_load_file(o->path, JSON_REJECT_DUPLICATES, NULL);
		if (verdict && schema_check(schema, verdict, &errors)) {
			json_array_append_new(m->verdicts, entry_of(m, o, verdict));
		} else {
			strv_add(&report->notes, "%s is no verdict: %s", o->name,
				 errors.n ? errors.v[0] : "it cannot be read");
		}
		json_decref(verdict);
	}
	schema_free(schema);
	return schema;
}

static void read_line(struct site_model *m, const char *file, size_t number, const char *line,
		      struct site_report *report)
{
	size_t n = strcspn(line, "\t");

	if (!*line || *line == '#')
		return;
	if (!line[n] || (!is_day(line, n) && !is_time(line, n)) || !line[n + 1] || !is_utf8(line))
		strv_add(&report->notes,
			 "%s:%zu: expected a date that exists (YYYY-MM-DD), a tab and a "
			 "text; the line is left out",
			 file, number);
	else
		json_array_append_new(
			m->notes, json_pack("{s:s%, s:s}", "date", line, n, "text", line + n + 1));
}

static void read_annotations(struct site_model *m, const char *path, struct site_report *report)
{
	AUTO_STRV struct strv lines = {0};
	AUTO_FREE char *error = NULL, *text = NULL;
	size_t n;

	if (access(path, F_OK) < 0)
		return;
	text = read_whole_file(path, &n, &error);
	if (text) {
		strv_split(&lines, text, '\n');
		for (size_t i = 0; i < lines.n; i++)
			read_line(m, path, i + 1, lines.v[i], report);
	} else {
		strv_add(&report->notes, "%s", error);
	}
}

/* ---- verdicts and annotations of other publishers ---- */

static bool is_text(const json_t *o, const char *name)
{
	const char *text = json_string_value(json_object_get(o, name));

	return text && utf8_is_printable(text, false);
}

/* Checks the entry of a verdict, since anybody may have written the file. */
static bool is_entry(const json_t *e)
{
	const json_t *verdict = json_object_get(e, "verdict"),
		     *new = json_object_get(verdict, "new");
	const char *of = text_at(e, "of", NULL), *word = text_at(verdict, "verdict", NULL);

	return is_text(e, "name") && (!*of || is_time(of, strlen(of))) && *word &&
	       !word[strspn(word, "abcdefghijklmnopqrstuvwxyz")] &&
	       (!json_object_get(verdict, "reason") || is_text(verdict, "reason")) &&
	       (!new || is_text(new, "file"));
}

/* For each name the verdict of the newest set stays; with equal dates, ours. */
static void add_verdict(struct site_model *m, json_t *earlier)
{
	json_t *e;
	size_t i;

	json_array_foreach (m->verdicts, i, e) {
		if (strcmp(text_at(e, "name", NULL), text_at(earlier, "name", NULL)) != 0)
			continue;
		if (strcmp(text_at(e, "of", NULL), text_at(earlier, "of", NULL)) < 0)
			json_array_set(m->verdicts, i, earlier);
		return;
	}
	json_array_append(m->verdicts, earlier);
}

static void add_note(struct site_model *m, json_t *earlier)
{
	json_t *note;
	size_t i;

	json_array_foreach (m->notes, i, note)
		if (json_equal(note, earlier))
			return;
	json_array_append(m->notes, earlier);
}

static void read_earlier(struct site_model *m)
{
	json_auto_t *all =
		m->q->earlier ? json_load_file(m->q->earlier, JSON_REJECT_DUPLICATES, NULL) : NULL;
	json_t *e;
	size_t i;

	json_array_foreach (json_object_get(all, "verdicts"), i, e)
		if (is_entry(e))
			add_verdict(m, e);
	json_array_foreach (json_object_get(all, "annotations"), i, e) {
		const char *date = text_at(e, "date", NULL);

		if ((is_day(date, strlen(date)) || is_time(date, strlen(date))) &&
		    *text_at(e, "text", NULL) && json_object_size(e) == 2)
			add_note(m, e);
	}
}

bool write_annotations(const struct site_model *m, struct tree *t, char **error)
{
	json_auto_t *all =
		json_pack("{s:O, s:O}", "verdicts", m->verdicts, "annotations", m->notes);
	AUTO_FREE char *text = json_text(all, JSON_INDENT(1) | JSON_SORT_KEYS);

	return tree_write(t, SITE_ANNOTATIONS, text, strlen(text), error);
}

static int by_member(const void *a, const void *b, void *name)
{
	const json_t *const *x = a, *const *y = b;
	AUTO_FREE char *s = NULL, *t = NULL;
	int order = strcmp(text_at(*x, name, NULL), text_at(*y, name, NULL));

	/* Sort by contents only, so that all publishers get the same order. */
	if (order)
		return order;
	s = json_text(*x, JSON_SORT_KEYS);
	t = json_text(*y, JSON_SORT_KEYS);
	order = strcmp(s, t);
	return order;
}

/* Sorts an array of objects by a member. */
static void sort(json_t **array, const char *name)
{
	size_t n = json_array_size(*array);
	AUTO_FREE json_t **all = xcalloc(n + 1, sizeof(json_t *));
	json_t *sorted = json_array();

	for (size_t i = 0; i < n; i++)
		all[i] = json_array_get(*array, i);
	qsort_r(all, n, sizeof(json_t *), by_member, (void *)name);
	for (size_t i = 0; i < n; i++)
		json_array_append(sorted, all[i]);
	json_decref(*array);
	*array = sorted;
}

bool model_annotations(struct site_model *m, struct site_report *report, char **error)
{
	const struct strv *sources = m->q->sources;

	if (!read_verdicts(m, report, error))
		return false;
	for (size_t i = 0; i < sources->n; i++) {
		AUTO_FREE char *dir = tidy_directory(sources->v[i]),
			       *path = xasprintf("%s/%s", dir, ANNOTATIONS_NAME);

		read_annotations(m,
				 is_named(sources->v[i], ANNOTATIONS_NAME) ? sources->v[i] : path,
				 report);
	}
	if (m->q->gathered) {
		read_earlier(m);
		sort(&m->verdicts, "name");
	}
	sort(&m->notes, "date");
	return true;
}
