// SPDX-License-Identifier: MIT
#include "charts.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/interrupt.h"
#include "lib/progress.h"

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

/* To be drawn, if it is not there. */
static void take(struct charts *c, struct tree *t, const char *path, struct picture *picture)
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

char *charts_ask(struct charts *c, struct tree *t, const char *root, const struct plot_request *r)
{
	AUTO_FREE char *error = NULL;
	char *path = NULL, key[HASH_TEXT];
	struct picture picture;

	if (c->none)
		return NULL;
	if (plot_make(&picture, r, &error)) {
		c->asked++;
		if (picture_key(&picture, root, key, &error)) {
			path = xasprintf("charts/%.24s.svg", key);
			take(c, t, path, &picture);
		} else {
			/* It has no name either. */
			path = xasprintf("charts/missing-%zu.svg", c->asked);
			note_failure(c, path, error);
		}
	}
	picture_free(&picture);
	return path;
}

/* What threads share. */
struct work {
	struct charts *c;
	struct tree *t;
	const char *root;
	pthread_mutex_t lock;
	size_t next;
};

/* Only with both themes a picture is one. */
static void give_up(struct work *w, const struct chart *chart, const char *out, const char *error)
{
	AUTO_FREE char *dark = dark_path(chart->path), *dark_out = tree_path(w->t, dark);

	/* Being interrupted is no fault of the picture's. */
	if (!cancelled())
		note_failure(w->c, chart->path, error);
	json_object_del(w->t->kept, chart->path);
	json_object_del(w->t->kept, dark);
	unlink(out);
	unlink(dark_out);
}

static void *draw_some(void *arg)
{
	struct work *w = arg;

	for (;;) {
		char *error = NULL;
		AUTO_FREE char *out = NULL;
		const struct chart *chart = NULL;

		pthread_mutex_lock(&w->lock);
		if (w->next < w->c->n && !cancelled())
			chart = &w->c->chart[w->next++];
		pthread_mutex_unlock(&w->lock);
		if (!chart)
			return NULL;
		progress_started("drawing");
		out = tree_path(w->t, chart->path);
		if (!picture_draw(&chart->picture, w->root, out, "both", &error)) {
			pthread_mutex_lock(&w->lock);
			give_up(w, chart, out, error);
			pthread_mutex_unlock(&w->lock);
			free(error);
		}
		progress_finished("drawing", OUTCOME_SUCCESS, NULL);
	}
}

bool charts_draw(struct charts *c, struct tree *t, const char *root, unsigned jobs, bool quiet,
		 char **error)
{
	struct work w = {.c = c, .t = t, .root = root, .lock = PTHREAD_MUTEX_INITIALIZER};
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	AUTO_FREE pthread_t *thread = NULL;
	size_t n = jobs ? jobs : cpus > 0 ? (size_t)cpus : 1, started = 0;
	size_t before = json_object_size(c->failed);

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
	c->drawn = w.next - (json_object_size(c->failed) - before);
	t->written += 2 * c->drawn;
	if (cancelled())
		fail(error, "interrupted: the site is as it was before, but for some pictures");
	return !*error;
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
