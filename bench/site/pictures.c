// SPDX-License-Identifier: MIT
/*
 * The pictures on a workload's page. They are drawn before pages are made, since a page tells how
 * large they are: nothing then moves while it is loaded.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/paths.h"
#include "page.h"
#include "spec/custom_variant.h"

/* Pictures that a workload may have, in the order in which they answer. */
static const struct {
	const char *kind, *what;
	bool axes; /* also of variants that have no name but their axes */
	bool many; /* says nothing of one variant alone */
} kinds[] = {
	{"bars", "what it costs", false, true},
	{"tax", "against native", false, true},
	{"scaling", "how it grows", true, false},
	{"where", "where the instructions go", false, false},
	{"hypercalls", "hypercalls of one operation", false, false},
	{"batch", "sizes of batches, and why they ended", false, false},
	{"samples", "how the samples are distributed", false, false},
	{"effects", "what each axis of the policy does", true, true},
	{"timeline", "the domain's time", false, false},
};

#define NR_KINDS (sizeof(kinds) / sizeof(*kinds))

/* In `pictures` a picture goes by this; the caller's. */
static char *name_of(const struct site_group *g, const char *workload, size_t k)
{
	return xasprintf("%s\n%s\n%s", g->key, workload, kinds[k].kind);
}

static void ask(struct site *s, const struct site_group *g, const char *workload, size_t k,
		const struct strv *named)
{
	AUTO_FREE char *title = xstrdup(g->title), *name = name_of(g, workload, k), *path = NULL;
	char *titles[] = {title, NULL};
	const struct strv files = {titles, 1};
	const struct plot_request r = {
		.files = &files,
		.sets = &(json_t *const){g->set},
		.kind = kinds[k].kind,
		.workload = workload,
		/* All of them, if none has a name. */
		.variants = kinds[k].axes ? NULL : named,
	};

	path = charts_ask(&s->charts, &s->tree, s->model.root, &r);
	if (path)
		json_object_set_new_nocheck(s->pictures, name, json_string(path));
}

/* Of all groups: its lines are those that were measured more than once. */
static void ask_history(struct site *s, const char *workload)
{
	const struct plot_request r = {
		.files = &(struct strv){0},
		.history = &s->model.history,
		.kind = "history",
		.workload = workload,
	};
	AUTO_FREE char *path = charts_ask(&s->charts, &s->tree, s->model.root, &r);

	if (path)
		json_object_set_new_nocheck(s->pictures, workload, json_string(path));
}

/* Has the group more than one variant's figures of a workload? */
static bool has_many(const struct site_group *g, const char *workload)
{
	const char *one = NULL;

	for (size_t i = 0; i < g->data.n; i++) {
		const struct cell *c = &g->data.cell[i];

		if (!c->metric || strcmp(g->data.point[c->point].workload, workload) != 0)
			continue;
		if (one && strcmp(one, c->variant) != 0)
			return true;
		one = c->variant;
	}
	return false;
}

/* Many may fail for one reason, which is told once. */
static void note_failures(struct site *s)
{
	const char *path, *first = NULL;
	json_t *reason;

	json_object_foreach (s->charts.failed, path, reason)
		first = first ? first : json_string_value(reason);
	if (first)
		strv_add(&s->report->notes, "%zu of %zu charts could not be drawn; the first: %s",
			 json_object_size(s->charts.failed), s->charts.asked, first);
}

/*
 * What gnuplot says, without the names of files, which are those of this machine and this moment: a
 * page has to be the same wherever it is made. The caller's.
 */
static char *public_reason(const char *error)
{
	const char *line = strstr(error, " line "), *colon = line ? strstr(line, ": ") : NULL;
	const char *text = colon ? colon + 2 : error;
	char *reason = xstrndup(text, strcspn(text, "\n"));

	if (!*reason || strchr(reason, '/'))
		replace_text(&reason, "gnuplot failed");
	return reason;
}

/* In the place of a picture that could not be drawn. */
static void put_failure(struct page *p, const char *what, const char *error)
{
	AUTO_FREE char *reason = public_reason(error);

	html_open_class(p->h, "p", "failed");
	html_text(
		p->h,
		"The chart \"%s\" is missing, for it could not be drawn: %s. Its figures are in the "
		"tables.",
		what, reason);
	html_close(p->h);
}

bool draw_pictures(struct site *s, char **error)
{
	const struct site_model *m = &s->model;
	AUTO_FREE char *gnuplot = find_program("gnuplot");

	s->pictures = json_object();
	if (!gnuplot && !s->charts.none) {
		strv_add(&s->report->notes,
			 "gnuplot is missing, so pages have no pictures: install "
			 "the Debian package gnuplot-nox (`make deps` does)");
		s->charts.none = true;
	}
	for (size_t i = 0; i < m->nr_groups; i++) {
		const struct site_group *g = &m->group[i];
		AUTO_STRV struct strv named = {0};

		for (size_t v = 0; v < g->variants.n; v++)
			if (!is_custom(g->variants.v[v]))
				strv_add(&named, "%s", g->variants.v[v]);
		for (size_t w = 0; w < m->workloads.n; w++) {
			bool many = has_many(g, m->workloads.v[w]);

			for (size_t k = 0; k < NR_KINDS; k++)
				if (many || !kinds[k].many)
					ask(s, g, m->workloads.v[w], k, &named);
		}
	}
	for (size_t w = 0; w < m->workloads.n && m->has_history; w++)
		ask_history(s, m->workloads.v[w]);
	if (!charts_draw(&s->charts, &s->tree, m->root, m->q->jobs, m->q->quiet, error))
		return false;
	note_failures(s);
	return true;
}

/* How large a picture is, from the begin of its file. */
static bool size_of(const struct site *s, const char *path, unsigned *width, unsigned *height)
{
	AUTO_FREE char *at = tree_path(&s->tree, path);
	char begin[512] = "", *svg;
	FILE *f = fopen(at, "r");
	bool ok = false;

	if (f && fread(begin, 1, sizeof(begin) - 1, f) && (svg = strstr(begin, "<svg"))) {
		const char *w = strstr(svg, " width=\""), *h = strstr(svg, " height=\"");

		ok = w && h && sscanf(w, " width=\"%u", width) == 1 &&
		     sscanf(h, " height=\"%u", height) == 1;
	}
	if (f)
		fclose(f);
	return ok;
}

/* alt: what is said to who cannot see it. */
static void put_picture(struct page *p, const char *path, const char *alt, bool first)
{
	static const char *const themes[] = {"light", "dark"};
	unsigned width, height;
	bool sized = size_of(p->s, path, &width, &height);

	html_open(p->h, "figure");
	for (size_t i = 0; i < 2; i++) {
		html_open_class(p->h, "img", themes[i]);
		html_attr(p->h, "src", "%s%.*s%s.svg", p->up, (int)(strlen(path) - strlen(".svg")),
			  path, i ? "-dark" : "");
		html_attr(p->h, "alt", "%s", alt);
		if (sized) {
			html_attr(p->h, "width", "%u", width);
			html_attr(p->h, "height", "%u", height);
		}
		/* The one that everybody sees at once is not worth waiting for. */
		if (!first)
			html_attr(p->h, "loading", "lazy");
		html_close(p->h);
	}
	html_close(p->h);
}

void put_pictures(struct page *p, const struct site_group *g, const char *workload, bool first)
{
	html_open_class(p->h, "div", "charts");
	for (size_t k = 0; k < NR_KINDS; k++) {
		AUTO_FREE char *name = name_of(g, workload, k);
		const char *path = json_string_value(json_object_get(p->s->pictures, name));

		const char *failed = path ? text_at(p->s->charts.failed, path, NULL) : "";

		if (*failed) {
			put_failure(p, kinds[k].what, failed);
		} else if (path) {
			AUTO_FREE char *alt =
				xasprintf("%s: %s, %s. The figures are in the tables below.",
					  workload, kinds[k].what, g->title);

			put_picture(p, path, alt, first);
			first = false;
		}
	}
	html_text(p->h, "%s", "");
	html_close(p->h);
}

void put_history_picture(struct page *p, const char *workload)
{
	const char *path = json_string_value(json_object_get(p->s->pictures, workload));
	AUTO_FREE char *alt = xasprintf(
		"%s in the course of time. Changes are listed on the page Trend.", workload);

	if (path) {
		const char *failed = text_at(p->s->charts.failed, path, NULL);

		html_open(p->h, "section");
		html_leaf(p->h, "h2", NULL, "How it has changed");
		if (*failed)
			put_failure(p, "how it has changed", failed);
		else
			put_picture(p, path, alt, false);
		html_open(p->h, "p");
		page_link(p, "trend.html", "All changes, and what else was different then");
		html_close(p->h);
		html_close(p->h);
	}
}
