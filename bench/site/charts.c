// SPDX-License-Identifier: MIT
#include "charts.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../cancel.h"
#include "../progress.h"

char *charts_ask(struct charts *c, struct tree *t, const char *root, const struct plot_request *r,
		 char **why)
{
	char key[HASH_TEXT], *nothing = NULL, *path = NULL, *dark = NULL;
	struct picture picture;
	bool there;

	if (c->none)
		return NULL;
	if (plot_make(&picture, r, &nothing) && picture_key(&picture, root, key, why)) {
		path = xasprintf("charts/%.24s.svg", key);
		dark = xasprintf("charts/%.24s-dark.svg", key);
		c->asked++;
		there = json_object_get(t->kept, path);
		there = there || (tree_has(t, path) && tree_has(t, dark));
		if (!there) {
			json_object_set_new(t->kept, path, json_true());
			json_object_set_new(t->kept, dark, json_true());
			c->chart = xrealloc(c->chart, (c->n + 1) * sizeof(*c->chart));
			c->chart[c->n++] = (struct chart){picture, xstrdup(path)};
			picture = (struct picture){0};
		}
	}
	picture_free(&picture);
	free(nothing);
	free(dark);
	return path;
}

/* What threads share. */
struct work {
	struct charts *c;
	struct tree *t;
	const char *root;
	pthread_mutex_t lock;
	size_t next;
	char *why;
};

static void *draw_some(void *arg)
{
	struct work *w = arg;

	for (;;) {
		char *why = NULL, *out;
		const struct chart *chart = NULL;

		pthread_mutex_lock(&w->lock);
		if (w->next < w->c->n && !w->why && !cancelled())
			chart = &w->c->chart[w->next++];
		pthread_mutex_unlock(&w->lock);
		if (!chart)
			return NULL;
		progress_started("drawing");
		out = tree_path(w->t, chart->path);
		if (!picture_draw(&chart->picture, w->root, out, "both", &why)) {
			pthread_mutex_lock(&w->lock);
			fail(&w->why, "%s", why);
			pthread_mutex_unlock(&w->lock);
			free(why);
		}
		free(out);
		progress_finished("drawing", OUTCOME_SUCCESS, NULL);
	}
}

bool charts_draw(struct charts *c, struct tree *t, const char *root, unsigned jobs, bool quiet,
		 char **why)
{
	struct work w = {.c = c, .t = t, .root = root, .lock = PTHREAD_MUTEX_INITIALIZER};
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t *thread;
	size_t n = jobs ? jobs : cpus > 0 ? (size_t)cpus : 1, started = 0;

	if (!c->n)
		return true;
	/* Before there are threads: each picture sets it, to the same. */
	setenv("LC_ALL", "C.UTF-8", 1);
	thread = xcalloc(n, sizeof(*thread));
	progress_begin(c->n, quiet);
	while (started < n && started < c->n &&
	       pthread_create(&thread[started], NULL, draw_some, &w) == 0)
		started++;
	if (!started)
		draw_some(&w);
	for (size_t i = 0; i < started; i++)
		pthread_join(thread[i], NULL);
	progress_end();
	t->written += 2 * w.next;
	free(thread);
	if (w.why)
		fail(why, "%s", w.why);
	else if (w.next < c->n)
		fail(why, "interrupted: the site is as it was before, but for some pictures");
	free(w.why);
	return !*why;
}

void charts_free(struct charts *c)
{
	for (size_t i = 0; i < c->n; i++) {
		picture_free(&c->chart[i].picture);
		free(c->chart[i].path);
	}
	free(c->chart);
	*c = (struct charts){0};
}
