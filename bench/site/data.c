// SPDX-License-Identifier: MIT
/*
 * data/ID.js: the values of one file, for the compare page. A page opened from the disk may not
 * read other files, but it may load scripts. So this is a script, which calls pvmmuSet() with an
 * object. It is JSON in ASCII in which < > and & are escaped, so that no name can end the script.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/format.h"
#include "lib/json.h"
#include "page.h"
#include "resultset/identity.h"
#include "resultset/resultset_read.h"
#include "resultset/schema.h"
#include "resultset/units.h"

static json_t *number_json(double v)
{
	return isnan(v) ? json_null() : json_real(v);
}

/* The command of the first run that is pooled in the cell. */
static const char *command_of(const json_t *set, const struct cell *cell)
{
	const json_t *identity = cell->run[0]->identity;
	json_t *run;
	size_t i;

	json_array_foreach (json_object_get(set, "runs"), i, run)
		if (json_object_get(run, "identity") == identity)
			return text_at(run, "command", NULL);
	return "";
}

/* "1", "1,2,4": only values of the same seeds are comparable. */
static json_t *seeds_of(const struct cell *cell)
{
	AUTO_STRV struct strv seeds = {0};
	AUTO_FREE char *all = NULL;

	for (size_t i = 0; i < cell->nr_runs; i++)
		strv_add(&seeds, "%lld", (long long)cell->run[i]->seed);
	all = strv_join(&seeds, ",");
	return json_string(all);
}

static json_t *row_of(const struct dataset *c, const json_t *set, const struct cell *cell)
{
	json_t *row = json_pack("{s:s, s:s, s:s, s:s}", "workload", c->point[cell->point].label,
				"variant", cell->label, "outcome", cell->status, "command",
				command_of(set, cell));
	struct difference of;

	if (!cell->metric)
		return row;
	/* Compared with itself, for the interval of its median, by boots or samples as in compare.
	 */
	difference_make(&of, cell, cell);
	json_object_set_new(row, "metric", json_string(cell->metric));
	json_object_set_new(row, "unit", json_string(cell->unit));
	/* The script converts times of other units. */
	if (unit_in_ns(cell->unit) > 0)
		json_object_set_new(row, "ns", json_real(unit_in_ns(cell->unit)));
	json_object_set_new(row, "exact", json_boolean(cell->exact));
	json_object_set_new(row, "lower", json_boolean(cell->lower));
	json_object_set_new(row, "seeds", seeds_of(cell));
	json_object_set_new(row, "median", number_json(of.new));
	json_object_set_new(row, "n", json_integer((json_int_t)cell->summary.n));
	if (!cell->exact && of.of_new.exists) {
		json_object_set_new(row, "low", number_json(of.of_new.low));
		json_object_set_new(row, "high", number_json(of.of_new.high));
	}
	return row;
}

/* The comparable runs of a set, {title: set}; a new reference. */
static json_t *groups_of(const json_t *set)
{
	json_t *groups = json_object(), *run, *part;
	size_t i;

	json_array_foreach (json_object_get(set, "runs"), i, run) {
		json_auto_t *series = series_identity(json_object_get(run, "identity"));
		AUTO_FREE char *title = NULL;

		free(group_key(series, &title));
		if (!member_at(series, "variant", "mutant", NULL)) {
			part = json_object_get(groups, title);
			if (!part) {
				part = json_pack("{s:[]}", "runs");
				json_object_set_new_nocheck(groups, title, part);
			}
			json_array_append(json_object_get(part, "runs"), run);
		}
	}
	return groups;
}

static json_t *data_of(const struct site_file *f, const json_t *set)
{
	json_auto_t *groups = groups_of(set);
	json_t *part, *rows;
	json_t *all =
		json_pack("{s:s, s:s, s:s, s:s, s:s, s:[]}", "id", f->id, "file", f->name, "raw",
			  f->raw, "created", f->created, "version", f->producer, "groups");
	const char *title;

	json_object_foreach (groups, title, part) {
		struct dataset c;
		char *error = NULL;

		json_t *settled = json_incref(part);

		if (!units_settle(&settled, 1, UNITS_CONVERT, NULL, &error) ||
		    !dataset_make(&c, &(json_t *const){settled}, 1, &(struct strv){0}, &error)) {
			json_decref(settled);
			free(error);
			continue;
		}
		rows = json_array();
		for (size_t i = 0; i < c.n; i++)
			json_array_append_new(rows, row_of(&c, settled, &c.cell[i]));
		json_array_append_new(json_object_get(all, "groups"),
				      json_pack("{s:s, s:o}", "title", title, "rows", rows));
		dataset_free(&c);
		json_decref(settled);
	}
	return all;
}

/* As an argument of a call. The caller's. */
static char *script_of(const json_t *data, size_t *n)
{
	char *text = json_text(data, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_SORT_KEYS), *script;
	FILE *f = open_memstream(&script, n);

	fputs("pvmmuSet(", f);
	for (const char *p = text; *p; p++) {
		if (strchr("<>&", *p))
			fprintf(f, "\\u%04x", (unsigned)*p);
		else
			fputc(*p, f);
	}
	fputs(");\n", f);
	fclose(f);
	free(text);
	return script;
}

bool write_data(struct site *s, const struct site_file *f, const struct schema *schema,
		char **error)
{
	AUTO_STRV struct strv errors = {0};
	json_auto_t *set = NULL;
	json_t *data;
	char *script;
	size_t n;

	if (tree_has(&s->tree, f->data))
		return true;
	set = resultset_load(f->path, schema, &errors);
	if (set) {
		data = data_of(f, set);
		script = script_of(data, &n);
		tree_write(&s->tree, f->data, script, n, error);
		free(script);
		json_decref(data);
	} else if (errors.n) {
		fail(error, "%s", errors.v[0]);
	}
	return !*error;
}
