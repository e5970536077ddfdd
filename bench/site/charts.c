// SPDX-License-Identifier: MIT
/*
 * The charts of a site. All are laid out before any page is made: the name of a chart is a hash of
 * its inputs, so a chart that is there already needs no drawing. The missing ones are drawn by
 * several threads. A page then states the size of each chart, so that nothing moves while it loads.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/interrupt.h"
#include "lib/json.h"
#include "lib/paths.h"
#include "lib/progress.h"
#include "page.h"
#include "spec/custom_variant.h"

static char *dark_path(const char *path)
{
	return xasprintf("%.*s-dark.svg", (int)(strlen(path) - strlen(".svg")), path);
}

static void note_failure(struct charts *c, const char *path, const char *error)
{
	if (!c->failed)
		c->failed = json_object();
	json_object_set_new(c->failed, path, json_string(error));
}

/* Adds the chart to those to be drawn unless it is there. */
static void add_chart(struct charts *c, struct tree *t, const char *path, struct picture *picture)
{
	AUTO_FREE char *dark = dark_path(path);
	bool there = json_object_get(t->kept, path);

	there = there || (tree_has(t, path) && tree_has(t, dark));
	if (!there) {
		json_object_set_new(t->kept, path, json_true());
		json_object_set_new(t->kept, dark, json_true());
		c->chart = xrealloc(c->chart, (c->n + 1) * sizeof(*c->chart));
		c->chart[c->n++] = (struct chart){*picture, xstrdup(path)};
		*picture = (struct picture){0};
	}
}

/* Lays a chart out and remembers its path under a name; nothing if there is nothing to draw. */
static void request_chart(struct site *s, const struct plot_request *r, const char *name)
{
	struct charts *c = &s->charts;
	AUTO_FREE char *error = NULL;
	AUTO_FREE char *path = NULL;
	char key[HASH_TEXT];
	struct picture picture;

	if (c->none)
		return;
	if (plot_make(&picture, r, &error)) {
		c->asked++;
		if (picture_key(&picture, s->model.root, key, &error)) {
			path = xasprintf("charts/%.24s.svg", key);
			add_chart(c, &s->tree, path, &picture);
		} else {
			/* Without a key it needs another name. */
			path = xasprintf("charts/missing-%zu.svg", c->asked);
			note_failure(c, path, error);
		}
		json_object_set_new_nocheck(s->pictures, name, json_string(path));
	}
	picture_free(&picture);
}

/* Shared by the threads. */
struct work {
	struct site *s;
	pthread_mutex_t lock;
	size_t next;
};

/* A chart needs both themes, so both files go. */
static void give_up(struct site *s, const struct chart *chart, const char *out, const char *error)
{
	AUTO_FREE char *dark = dark_path(chart->path), *dark_out = tree_path(&s->tree, dark);

	if (!cancelled())
		note_failure(&s->charts, chart->path, error);
	json_object_del(s->tree.kept, chart->path);
	json_object_del(s->tree.kept, dark);
	unlink(out);
	unlink(dark_out);
}

static void *draw_some(void *arg)
{
	struct work *w = arg;
	struct site *s = w->s;

	for (;;) {
		AUTO_FREE char *error = NULL, *out = NULL;
		const struct chart *chart = NULL;

		pthread_mutex_lock(&w->lock);
		if (w->next < s->charts.n && !cancelled())
			chart = &s->charts.chart[w->next++];
		pthread_mutex_unlock(&w->lock);
		if (!chart)
			return NULL;
		progress_started("drawing");
		out = tree_path(&s->tree, chart->path);
		if (!picture_draw(&chart->picture, s->model.root, out, "both", &error)) {
			pthread_mutex_lock(&w->lock);
			give_up(s, chart, out, error);
			pthread_mutex_unlock(&w->lock);
		}
		progress_finished("drawing", OUTCOME_SUCCESS, NULL);
	}
}

/* Draws the missing charts. A chart that fails leaves no file. false with *error: interrupted. */
static bool draw_missing(struct site *s, char **error)
{
	struct work w = {.s = s, .lock = PTHREAD_MUTEX_INITIALIZER};
	const struct site_request *q = s->model.q;
	struct charts *c = &s->charts;
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	AUTO_FREE pthread_t *thread = NULL;
	size_t n = q->jobs ? q->jobs : cpus > 0 ? (size_t)cpus : 1, started = 0;
	size_t before = json_object_size(c->failed);

	if (!c->n)
		return true;
	/* picture_draw() sets it as well; setting it before the threads start avoids a race. */
	setenv("LC_ALL", "C.UTF-8", 1);
	thread = xcalloc(n, sizeof(*thread));
	progress_begin(c->n, q->quiet);
	while (started < n && started < c->n &&
	       pthread_create(&thread[started], NULL, draw_some, &w) == 0)
		started++;
	if (!started)
		draw_some(&w);
	for (size_t i = 0; i < started; i++)
		pthread_join(thread[i], NULL);
	progress_end();
	c->drawn = w.next - (json_object_size(c->failed) - before);
	s->tree.written += 2 * c->drawn;
	return !cancelled() ||
	       fail(error, "interrupted: the site is as it was before, except for some charts");
}

void charts_free(struct charts *c)
{
	for (size_t i = 0; i < c->n; i++) {
		picture_free(&c->chart[i].picture);
		free(c->chart[i].path);
	}
	free(c->chart);
	json_decref(c->failed);
	*c = (struct charts){0};
}

/* The charts of a workload's page, in order. */
static const struct {
	const char *kind, *what;
	bool axes; /* includes variants given by their axes */
	bool many; /* needs more than one variant */
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

/* The name of a chart in site.pictures; the caller's. The history of a workload goes by its name.
 */
static char *chart_name(const struct site_group *g, const char *workload, size_t k)
{
	return xasprintf("%s\n%s\n%s", g->key, workload, kinds[k].kind);
}

/* named: the variants with a name; an empty list means all variants. */
static void request_kind(struct site *s, const struct site_group *g, const char *workload, size_t k,
			 const struct strv *named)
{
	AUTO_FREE char *name = chart_name(g, workload, k);
	const struct plot_request r = {
		.files = &(struct strv){(char *[]){g->title, NULL}, 1},
		.sets = &(json_t *const){g->set},
		.kind = kinds[k].kind,
		.workload = workload,
		.variants = kinds[k].axes ? NULL : named,
	};

	request_chart(s, &r, name);
}

/* Whether several variants have values of the workload. */
static bool has_several_variants(const struct site_group *g, const char *workload)
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

/* Charts usually fail for one common reason, so the first one stands for all. */
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
 * gnuplot's message without file names. These differ between machines and builds, but the same data
 * must give the same page. The caller's.
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

static void render_failure(struct page *p, const char *what, const char *error)
{
	AUTO_FREE char *reason = public_reason(error);

	html_leaf(
		p->h, "p", "failed",
		"The chart \"%s\" is missing because it could not be drawn: %s. Its values are in "
		"the tables.",
		what, reason);
}

bool draw_charts(struct site *s, char **error)
{
	const struct site_model *m = &s->model;
	AUTO_FREE char *gnuplot = find_program("gnuplot");

	s->pictures = json_object();
	if (!gnuplot && !s->charts.none) {
		strv_add(&s->report->notes, "gnuplot is missing, so pages have no charts: install "
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
			bool many = has_several_variants(g, m->workloads.v[w]);

			for (size_t k = 0; k < NR_KINDS; k++)
				if (many || !kinds[k].many)
					request_kind(s, g, m->workloads.v[w], k, &named);
		}
	}
	for (size_t w = 0; w < m->workloads.n && m->has_history; w++)
		request_chart(s,
			      &(struct plot_request){.files = &(struct strv){0},
						     .history = &m->history,
						     .kind = "history",
						     .workload = m->workloads.v[w]},
			      m->workloads.v[w]);
	if (!draw_missing(s, error))
		return false;
	note_failures(s);
	return true;
}

/* Reads the size from the beginning of an SVG file. */
static bool read_size(const struct site *s, const char *path, unsigned *width, unsigned *height)
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

/* first: the chart is visible at once, so it is not loaded lazily. */
static void render_chart(struct page *p, const char *path, const char *alt, bool first)
{
	static const char *const themes[] = {"light", "dark"};
	unsigned width, height;
	bool sized = read_size(p->s, path, &width, &height);

	html_open(p->h, "figure");
	for (size_t i = 0; i < 2; i++) {
		html_open(p->h, "img", "class", themes[i]);
		html_attr(p->h, "src", "%s%.*s%s.svg", p->up, (int)(strlen(path) - strlen(".svg")),
			  path, i ? "-dark" : "");
		html_attr(p->h, "alt", "%s", alt);
		if (sized) {
			html_attr(p->h, "width", "%u", width);
			html_attr(p->h, "height", "%u", height);
		}
		if (!first)
			html_attr(p->h, "loading", "lazy");
		html_close(p->h);
	}
	html_close(p->h);
}

void render_charts(struct page *p, const struct site_group *g, const char *workload, bool first)
{
	html_open(p->h, "div", "class", "charts");
	for (size_t k = 0; k < NR_KINDS; k++) {
		AUTO_FREE char *name = chart_name(g, workload, k);
		const char *path = json_string_value(json_object_get(p->s->pictures, name));
		const char *failed = path ? text_at(p->s->charts.failed, path, NULL) : "";

		if (*failed) {
			render_failure(p, kinds[k].what, failed);
		} else if (path) {
			AUTO_FREE char *alt =
				xasprintf("%s: %s, %s. The values are in the tables below.",
					  workload, kinds[k].what, g->title);

			render_chart(p, path, alt, first);
			first = false;
		}
	}
	html_close(p->h);
}

void render_history_chart(struct page *p, const char *workload)
{
	const char *path = json_string_value(json_object_get(p->s->pictures, workload));
	AUTO_FREE char *alt =
		xasprintf("%s over time. The page Trend lists the changes.", workload);
	const char *failed = path ? text_at(p->s->charts.failed, path, NULL) : "";

	if (!path)
		return;
	html_open(p->h, "section");
	html_leaf(p->h, "h2", NULL, "How it has changed");
	if (*failed)
		render_failure(p, "how it has changed", failed);
	else
		render_chart(p, path, alt, false);
	html_open(p->h, "p");
	page_link(p, "trend.html", "All changes, and what else was different then");
	html_close_to(p->h, "section");
}
