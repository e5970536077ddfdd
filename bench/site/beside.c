// SPDX-License-Identifier: MIT
/*
 * What lies beside result sets: verdicts, and annotations. annotations.tsv has a line for each, a
 * date (YYYY-MM-DD, or as in result sets), a tab and a text; lines that begin with # say nothing.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../atomic.h"
#include "../dates.h"
#include "../paths.h"
#include "../schema.h"
#include "../visible.h"
#include "model.h"

#define ANNOTATIONS_NAME "annotations.tsv"

static bool is_named(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');

	return strcmp(slash ? slash + 1 : path, name) == 0;
}

static bool read_verdicts(struct site_model *m, struct site_report *report, char **why)
{
	struct schema *schema = schema_load_named(m->root, "verdict.schema.json", why);

	for (size_t i = 0; i < m->nr_others && schema; i++) {
		const struct site_other *o = &m->other[i];
		struct strv errors = {0};
		json_t *verdict;

		if (!o->verdict)
			continue;
		verdict = json_load_file(o->path, JSON_REJECT_DUPLICATES, NULL);
		if (verdict && schema_check(schema, verdict, &errors)) {
			json_array_append_new(m->verdicts, json_pack("{s:s, s:O}", "name", o->name,
								     "verdict", verdict));
		} else {
			strv_add(&report->notes, "%s is no verdict: %s", o->name,
				 errors.n ? errors.v[0] : "it cannot be read");
		}
		json_decref(verdict);
		strv_free(&errors);
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
	struct strv lines = {0};
	char *why = NULL, *text;
	size_t n;

	if (access(path, F_OK) < 0)
		return;
	text = read_whole_file(path, &n, &why);
	if (text) {
		strv_split(&lines, text, '\n');
		for (size_t i = 0; i < lines.n; i++)
			read_line(m, path, i + 1, lines.v[i], report);
	} else {
		strv_add(&report->notes, "%s", why);
	}
	strv_free(&lines);
	free(text);
	free(why);
}

static int by_date(const void *a, const void *b)
{
	const json_t *const *x = a, *const *y = b;

	return strcmp(json_string_value(json_object_get(*x, "date")),
		      json_string_value(json_object_get(*y, "date")));
}

static void sort_annotations(struct site_model *m)
{
	size_t n = json_array_size(m->notes);
	json_t **all = xcalloc(n + 1, sizeof(json_t *)), *sorted = json_array();

	for (size_t i = 0; i < n; i++)
		all[i] = json_array_get(m->notes, i);
	qsort(all, n, sizeof(json_t *), by_date);
	for (size_t i = 0; i < n; i++)
		json_array_append(sorted, all[i]);
	json_decref(m->notes);
	m->notes = sorted;
	free(all);
}

bool model_beside(struct site_model *m, struct site_report *report, char **why)
{
	const struct strv *sources = m->q->sources;

	if (!read_verdicts(m, report, why))
		return false;
	for (size_t i = 0; i < sources->n; i++) {
		char *dir = tidy_directory(sources->v[i]);
		char *path = xasprintf("%s/%s", dir, ANNOTATIONS_NAME);

		read_annotations(m,
				 is_named(sources->v[i], ANNOTATIONS_NAME) ? sources->v[i] : path,
				 report);
		free(path);
		free(dir);
	}
	sort_annotations(m);
	return true;
}
