// SPDX-License-Identifier: MIT
/* environment.html: software, machines and warnings of the shown runs. */
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "page.h"
#include "resultset/identity.h"

/* Whether a member has many or long values, such as the hash of each image. */
static bool is_long(const char *what)
{
	return strncmp(what, "image.", 6) == 0 || strstr(what, "command_line");
}

/* Whether a member differs between any two runs; it is shown with the runs themselves. */
static bool is_different_each_time(const char *what)
{
	static const char *const names[] = {"duration_s", "load_1min", "jobs", "kept_runs",
					    "qemu.arguments"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i], what) == 0)
			return true;
	return false;
}

/* Counts a value of a member in {what: {value: {"runs", "first", "last"}}}. */
static void note_value(json_t *all, const char *what, const char *value, const char *created)
{
	json_t *values, *seen;

	if (is_different_each_time(what))
		return;
	values = object_in(all, what);
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

static void render_values(struct page *p, json_t *all, const char *caption)
{
	static const char *const heads[] = {"what", "value", "#runs shown", "first", "last", NULL};
	json_t *values, *seen;
	const char *what, *value;

	page_table(p, "figures text", true, caption, heads);
	json_object_foreach (all, what, values)
		json_object_foreach (values, value, seen) {
			long long runs = json_integer_value(json_object_get(seen, "runs"));

			html_open(p->h, "tr");
			html_open(p->h, "th", "scope", "row");
			html_text(p->h, "%s", what);
			html_close(p->h);
			html_leaf(p->h, "td", "long", "%s", *value ? value : "none");
			page_number(p, (double)runs, "%lld", runs);
			html_leaf(p->h, "td", NULL, "%s", text_at(seen, "first", NULL));
			html_leaf(p->h, "td", NULL, "%s", text_at(seen, "last", NULL));
			html_close(p->h);
		}
	page_table_end(p);
}

/* {warning: ids of its runs}; a new reference. */
static json_t *collect_warnings(const struct site_model *m)
{
	json_t *all = json_object();

	for (size_t i = 0; i < m->nr_groups; i++)
		for (size_t k = 0; k < m->group[i].n; k++) {
			const json_t *run = m->group[i].run[k].run;
			json_t *warning;
			size_t w;

			json_array_foreach (json_object_get(run, "warnings"), w, warning)
				json_array_append(array_in(all, json_string_value(warning)),
						  json_object_get(run, "id"));
		}
	return all;
}

static void render_warnings(struct page *p)
{
	json_auto_t *all = collect_warnings(&p->s->model);
	json_t *ids, *id;
	const char *warning;
	size_t i;

	html_leaf(p->h, "h2", NULL, "Warnings of the shown runs");
	if (!json_object_size(all))
		html_leaf(p->h, "p", NULL, "None.");
	json_object_foreach (all, warning, ids) {
		html_open(p->h, "details");
		html_leaf(p->h, "summary", NULL, "%zu: %s", json_array_size(ids), warning);
		html_open(p->h, "ul");
		json_array_foreach (ids, i, id)
			html_leaf(p->h, "li", NULL, "%s", json_string_value(id));
		html_close_to(p->h, "details");
	}
}

void write_environment(struct site *s)
{
	struct page p = page_begin(s, "environment.html", "Environment",
				   "Software, machines and warnings of the shown runs.", NULL);
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
		render_values(&p, made, "programs and sources");
	if (json_object_size(observed))
		render_values(&p, observed, "machines");
	if (json_object_size(bytes)) {
		html_open(p.h, "details");
		html_leaf(p.h, "summary", NULL, "images, byte by byte, and command lines");
		render_values(&p, bytes, "images and command lines");
		html_close(p.h);
	}
	if (m->nr_groups)
		render_warnings(&p);
	page_end(&p);
}
