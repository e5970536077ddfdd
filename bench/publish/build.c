// SPDX-License-Identifier: MIT
/*
 * Builds the site to publish from the given sources and from the sets published before. Links to
 * all of them, one for each source and "published", lie in one directory, with the index of result
 * sets. The next publish uses the same directory, so unchanged sets are not read again.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/dirtree.h"
#include "lib/file_write.h"
#include "lib/paths.h"
#include "publish.h"
#include "site/site.h"

#define ANNOTATIONS "annotations.tsv"

/* Removes the links of the previous publish. */
static void unlink_all(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (*e->d_name != '.')
			unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
}

/* Links dir/NAME to a source. The default NAME is the source's own, with a number in front if it is
 * taken. A file gets the suffix .json, since the index reads no others. */
static bool link_one(const char *dir, const char *where, const char *name, char **error)
{
	char *to = realpath(where, NULL);
	AUTO_FREE char *at = NULL;
	const char *end = "";
	struct stat st;
	bool is_history = name, ok = false;

	if (!to || stat(to, &st) < 0) {
		free(to);
		return fail(error, "cannot read %s: %s", where, strerror(errno));
	}
	if (!name)
		name = strrchr(to, '/') + 1;
	name += strspn(name, ".");
	if (!*name || (!is_history && strcmp(name, SITE_PUBLISHED) == 0))
		name = "source";
	if (S_ISREG(st.st_mode) &&
	    (strlen(name) < 5 || strcmp(name + strlen(name) - 5, ".json") != 0))
		end = ".json";
	at = xasprintf("%s/%s%s", dir, name, end);
	for (unsigned i = 2; !(ok = symlink(to, at) == 0) && errno == EEXIST; i++)
		replace_text(&at, "%s/%u-%s%s", dir, i, name, end);
	if (!ok)
		fail(error, "cannot make %s: %s", at, strerror(errno));
	free(to);
	return ok;
}

/* Joins the annotations of all sources. */
static bool gather_annotations(const char *dir, const struct strv *sources, char **error)
{
	AUTO_FREE char *all = xstrdup(""), *to = xasprintf("%s/" ANNOTATIONS, dir);
	bool ok = true;
	size_t n;

	for (size_t i = 0; i < sources->n && ok; i++) {
		AUTO_FREE char *path = xasprintf("%s/" ANNOTATIONS, sources->v[i]);
		char *text;

		text = access(path, F_OK) == 0 ? read_whole_file(path, &n, error) : xstrdup("");
		ok = text;
		if (ok && *text)
			replace_text(&all, "%s%s\n", all, text);
		free(text);
	}
	if (ok && *all)
		ok = write_plainly(to, all, strlen(all), error);
	return ok;
}

static bool gather(const struct publish_request *q, const char *dir, const char *history,
		   char **error)
{
	AUTO_STRV struct strv sources = {0};
	AUTO_FREE char *results = root_path(q->root, "results");
	bool ok = make_directory(dir, error);

	for (size_t i = 0; i < q->sources->n; i++)
		strv_add(&sources, "%s", q->sources->v[i]);
	if (!sources.n && access(results, F_OK) == 0)
		strv_add(&sources, "%s", results);
	if (ok)
		unlink_all(dir);
	ok = ok && (!history || link_one(dir, history, SITE_PUBLISHED, error));
	for (size_t i = 0; i < sources.n && ok; i++)
		ok = link_one(dir, sources.v[i], NULL, error);
	ok = ok && gather_annotations(dir, &sources, error);
	return ok;
}

char *publish_site(const struct publish_request *q, const char *cache,
		   const struct publish_before *before, struct publish_report *report, char **error)
{
	AUTO_FREE char *sets = xasprintf("%s/sets", cache);
	char *out = xasprintf("%s/site", cache);
	const struct strv source = {&sets, 1};
	const struct site_request request = {
		.sources = &source,
		.out = out,
		.baseline = q->baseline,
		.title = q->title,
		.root_given = q->root,
		.gathered = true,
		.earlier = before->annotations,
		.quiet = q->quiet,
	};
	struct site_report built = {0};
	bool ok = gather(q, sets, before->sets, error) && site_build(&request, &built, error);

	/* The published site is better than a new one without any chart. */
	if (ok && built.failed && built.failed == built.charts)
		ok = fail(error, "nothing is published: none of %zu charts could be drawn",
			  built.charts);

	for (size_t i = 0; i < built.notes.n; i++)
		strv_add(&report->notes, "%s", built.notes.v[i]);
	site_report_free(&built);
	if (ok)
		return out;
	free(out);
	return NULL;
}
