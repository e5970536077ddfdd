// SPDX-License-Identifier: MIT
/* environment.html: what the shown figures were made with and where, and what they warn of. */
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "page.h"
#include "resultset/identity.h"

/* Hashes of images are as many as variants. */
static bool is_long(const char *what)
{
	return strncmp(what, "image.", 6) == 0 || strstr(what, "command_line");
}

/* What no two runs have in common; it is with the runs themselves. */
static bool is_fleeting(const char *what)
{
	static const char *const names[] = {"duration_s", "load_1min", "jobs", "kept_runs",
					    "qemu.arguments"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i], what) == 0)
			return true;
	return false;
}

/* {what: {value: {"runs", "first", "last"}}}, of flat objects. */
static void note_value(json_t *all, const char *what, const char *value, const char *created)
{
	json_t *values = json_object_get(all, what), *seen;

	if (is_fleeting(what))
		return;
	if (!values) {
		values = json_object();
		json_object_set_new_nocheck(all, what, values);
	}
	seen = json_object_get(values, value);
	if (!seen) {
		seen = json_pack("{s:I, s:s, s:s}", "runs", (json_int_t)0, "first", created, "last",
				 created);
		json_object_set_new_nocheck(values, value, seen);
	}
	json_object_set_new(seen, "runs",
			    json_integer(1 + json_integer_value(json_object_get(seen, "runs"))));
	if (strcmp(created, text_at(seen, "first", NULL)) < 0)
		json_object_set_new(seen, "first", json_string(created));
	if (strcmp(created, text_at(seen, "last", NULL)) > 0)
		json_object_set_new(seen, "last", json_string(created));
}

static void note_all(json_t *all, const json_t *from, const char *created)
{
	json_t *value;
	const char *what;

	json_object_foreach ((json_t *)from, what, value) {
		AUTO_FREE char *text = json_is_string(value) ? xstrdup(json_string_value(value))
							     : canonical_json(value);

		note_value(all, what, text, created);
	}
}

static void put_values(struct page *p, json_t *all, const char *caption)
{
	static const char *const heads[] = {"what", "value", "#runs shown", "first", "last", NULL};
	json_t *values, *seen;
	const char *what, *value;

	page_table(p, "figures text", true, caption);
	html_open(p->h, "thead");
	page_heads(p, heads);
	html_close(p->h);
	html_open(p->h, "tbody");
	json_object_foreach (all, what, values)
		json_object_foreach (values, value, seen) {
			long long runs = json_integer_value(json_object_get(seen, "runs"));

			html_open(p->h, "tr");
			html_open(p->h, "th");
			html_attr(p->h, "scope", "row");
			html_text(p->h, "%s", what);
			html_close(p->h);
			html_leaf(p->h, "td", "long", "%s", *value ? value : "none");
			page_number(p, (double)runs, "%lld", runs);
			html_leaf(p->h, "td", NULL, "%s", text_at(seen, "first", NULL));
			html_leaf(p->h, "td", NULL, "%s", text_at(seen, "last", NULL));
			html_close(p->h);
		}
	html_close(p->h);
	page_table_end(p);
}

/* What warnings there are, and of which runs. */
static json_t *collect_warnings(const struct site_model *m)
{
	json_t *all = json_object();

	for (size_t i = 0; i < m->nr_groups; i++)
		for (size_t k = 0; k < m->group[i].n; k++) {
			const json_t *run = m->group[i].run[k].run;
			json_t *warning, *ids;
			size_t w;

			json_array_foreach (json_object_get(run, "warnings"), w, warning) {
				ids = json_object_get(all, json_string_value(warning));
				if (!ids) {
					ids = json_array();
					json_object_set_new_nocheck(all, json_string_value(warning),
								    ids);
				}
				json_array_append(ids, json_object_get(run, "id"));
			}
		}
	return all;
}

static void put_warnings(struct page *p)
{
	json_auto_t *all = collect_warnings(&p->s->model);
	json_t *ids, *id;
	const char *warning;
	size_t i;

	html_leaf(p->h, "h2", NULL, "Warnings of the runs that are shown");
	if (!json_object_size(all))
		html_leaf(p->h, "p", NULL, "None.");
	json_object_foreach (all, warning, ids) {
		html_open(p->h, "details");
		html_leaf(p->h, "summary", NULL, "%zu: %s", json_array_size(ids), warning);
		html_open(p->h, "ul");
		json_array_foreach (ids, i, id)
			html_leaf(p->h, "li", NULL, "%s", json_string_value(id));
		html_close(p->h);
		html_close(p->h);
	}
}

void write_environment(struct site *s)
{
	struct page p = page_begin(s, "environment.html", "Environment",
				   "What the figures that are shown were made of, where they were "
				   "measured, and what they warn of.",
				   NULL);
	const struct site_model *m = &s->model;
	json_auto_t *made = json_object(), *observed = json_object(), *bytes = json_object();

	for (size_t i = 0; i < m->nr_groups; i++)
		for (size_t k = 0; k < m->group[i].n; k++) {
			const struct site_run *r = &m->group[i].run[k];
			json_auto_t *of = made_of(r->set, r->run);
			json_t *value;
			const char *what;

			json_object_foreach (of, what, value)
				note_value(is_long(what) ? bytes : made, what,
					   json_string_value(value), r->created);
			note_all(observed, json_object_get(r->origin, "observed"), r->created);
		}
	if (!m->nr_groups)
		html_leaf(p.h, "p", NULL, "There are no result sets yet.");
	else
		page_tools(&p, "table.figures tbody tr");
	if (json_object_size(made))
		put_values(&p, made, "programs and sources");
	if (json_object_size(observed))
		put_values(&p, observed, "machines");
	if (json_object_size(bytes)) {
		html_open(p.h, "details");
		html_leaf(p.h, "summary", NULL, "images, byte by byte, and command lines");
		put_values(&p, bytes, "images and command lines");
		html_close(p.h);
	}
	if (m->nr_groups)
		put_warnings(&p);
	page_end(&p);
}
