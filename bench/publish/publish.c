// SPDX-License-Identifier: MIT
#include "publish.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/dirtree.h"
#include "lib/file_write.h"
#include "lib/interrupt.h"
#include "lib/json.h"
#include "lib/paths.h"
#include "lib/sha256.h"

/* Publishers that overtake each other more often have some other problem. */
#define ATTEMPTS 5

/* Files that others put beside a site. */
static bool is_foreign(const char *path)
{
	static const char *const names[] = {"CNAME", ".nojekyll", ".htaccess", "robots.txt"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(path, names[i]) == 0)
			return true;
	return strncmp(path, ".well-known/", 12) == 0;
}

static bool is_raw(const char *path)
{
	return strncmp(path, PUBLISH_RAW, strlen(PUBLISH_RAW)) == 0;
}

bool published_read(struct published *old, const char *mark, const char *where, char **error)
{
	json_auto_t *m = mark ? json_loads(mark, JSON_REJECT_DUPLICATES, NULL) : NULL;
	json_t *path;
	const char *name;
	json_t *value;
	size_t i;

	old->ours = json_object();
	json_array_foreach (json_object_get(m, "files"), i, path)
		if (json_is_string(path))
			json_object_set_new(old->ours, json_string_value(path), json_true());
	if (json_object_size(old->ours))
		return true;
	json_object_foreach (old->files, name, value)
		if (!is_foreign(name))
			return fail(error,
				    "%s holds other files, %s for one, and no %s: it was not "
				    "published by pvmmu; choose another place, or empty it",
				    where, name, PUBLISH_MARK);
	return true;
}

void published_free(struct published *old)
{
	json_decref(old->files);
	json_decref(old->ours);
	*old = (struct published){0};
}

static void plan_file(struct publish_plan *p, const char *path, char *source)
{
	p->file = xrealloc(p->file, (p->n + 1) * sizeof(*p->file));
	p->file[p->n++] = (struct publish_file){xstrdup(path), source};
}

static bool plan_site(struct publish_plan *p, const char *site, const struct published *old,
		      json_t *ours, char **error)
{
	AUTO_STRV struct strv files = {0};
	bool ok = directory_list(site, &files, error);

	for (size_t i = 0; i < files.n && ok; i++) {
		const char *path = files.v[i];

		/* Hidden files, such as the mark of a site, are not published. */
		if (*path == '.')
			continue;
		if (json_object_get(old->files, path) && !json_object_get(old->ours, path) &&
		    !is_foreign(path))
			ok = fail(error, "%s is there already, and was not published by pvmmu",
				  path);
		plan_file(p, path, xasprintf("%s/%s", site, path));
		json_object_set_new(ours, path, json_true());
	}
	return ok;
}

/* Writes a further file of ours that is not part of the site. */
static bool plan_made(struct publish_plan *p, const char *tmp, const char *path, const char *text,
		      char **error)
{
	char *source = xasprintf("%s/%s", tmp, path);
	bool ok = write_plainly(source, text, strlen(text), error);

	plan_file(p, path, source);
	return ok;
}

/* The mark does not list itself. */
static char *mark_text(const json_t *ours)
{
	json_t *files = json_array();
	json_auto_t *mark = NULL;
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)ours, name, value)
		json_array_append_new(files, json_string(name));
	mark = json_pack("{s:i, s:o}", "publish_version", 1, "files", files);
	return json_text(mark, JSON_INDENT(1));
}

bool publish_plan(struct publish_plan *p, const char *site, const struct published *old,
		  const char *tmp, bool nojekyll, char **error)
{
	json_auto_t *ours = json_object();
	json_t *value;
	const char *path;
	AUTO_FREE char *mark = NULL;
	bool ok = plan_site(p, site, old, ours, error);

	if (nojekyll) {
		ok = ok && plan_made(p, tmp, ".nojekyll", "", error);
		json_object_set_new(ours, ".nojekyll", json_true());
	}
	json_object_foreach (old->files, path, value) {
		bool listed = json_object_get(old->ours, path);

		if (json_object_get(ours, path) || strcmp(path, PUBLISH_MARK) == 0)
			continue;
		if (listed && !is_raw(path)) {
			strv_add(&p->drop, "%s", path);
			continue;
		}
		strv_add(&p->keep, "%s", path);
		if (listed)
			json_object_set_new(ours, path, json_true());
	}
	mark = mark_text(ours);
	ok = ok && plan_made(p, tmp, PUBLISH_MARK, mark, error);
	return ok;
}

void publish_plan_free(struct publish_plan *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->file[i].path);
		free(p->file[i].source);
	}
	free(p->file);
	strv_free(&p->keep);
	strv_free(&p->drop);
	*p = (struct publish_plan){0};
}

void publish_count(struct publish_report *r, const char *path, bool before, bool same)
{
	bool raw = is_raw(path);

	r->same += before && same;
	r->changed += before && !same;
	r->added += !before;
	r->sets += raw;
	r->new_sets += raw && !before;
}

void publish_report_free(struct publish_report *report)
{
	free(report->address);
	strv_free(&report->notes);
	*report = (struct publish_report){0};
}

/*
 * The cache of a target, a directory: it keeps the site, so that the next publish only updates it.
 * *fd is locked, so that one publish at a time works in it. The caller's; NULL with *error.
 */
static char *open_cache(const struct publish_request *q, int *fd, char **error)
{
	AUTO_FREE char *place = real_place(q->branch ? q->repo : q->to);
	AUTO_FREE char *target =
		q->branch ? xasprintf("branch %s of %s", q->branch, place) : xstrdup(place);
	AUTO_FREE char *build = root_path(q->root, "build"),
		       *all = root_path(q->root, "build/publish");
	char hash[HASH_TEXT], *dir;
	bool ok;

	hash_text(target, hash);
	dir = xasprintf("%s/%.16s", all, hash);
	ok = make_directory(build, error) && make_directory(all, error) &&
	     make_directory(dir, error);
	*fd = ok ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (ok && (*fd < 0 || !wait_for_lock(*fd)))
		ok = fail(error,
			  cancelled() ? "interrupted; nothing was published" : "cannot lock %s: %s",
			  dir, strerror(errno));
	if (ok)
		return dir;
	free(dir);
	return NULL;
}

static enum publish_result attempt(const struct publish_request *q, const char *cache,
				   struct publish_report *report, char **error)
{
	const struct publish_target *target =
		q->branch ? &publish_to_branch : &publish_to_directory;
	AUTO_FREE void *state = xcalloc(1, target->size);
	struct published old = {0};
	struct publish_plan plan = {0};
	struct publish_before before = {0};
	AUTO_FREE char *site = NULL, *tmp = xasprintf("%s/made", cache);
	enum publish_result result = PUBLISH_FAILED;

	if (make_directory(tmp, error) && target->open(state, q, cache, &old, &before, error))
		site = q->site ? xstrdup(q->site) : publish_site(q, cache, &before, report, error);
	if (site && publish_plan(&plan, site, &old, tmp, target->nojekyll, error)) {
		if (cancelled())
			fail(error, "interrupted; nothing was published");
		else
			result = target->put(state, &plan, &old, report, error);
	}
	target->close(state);
	publish_plan_free(&plan);
	published_free(&old);
	free(before.sets);
	free(before.annotations);
	return result;
}

bool publish(const struct publish_request *q, struct publish_report *report, char **error)
{
	int fd = -1;
	AUTO_FREE char *cache = open_cache(q, &fd, error);
	enum publish_result result = PUBLISH_RACED;

	for (int i = 0; cache && i < ATTEMPTS && result == PUBLISH_RACED; i++) {
		publish_report_free(report);
		result = attempt(q, cache, report, error);
	}
	if (fd >= 0)
		close(fd);
	if (result == PUBLISH_RACED)
		fail(error, "others kept publishing to the same place; try again");
	return result == PUBLISH_DONE;
}
