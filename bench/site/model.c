// SPDX-License-Identifier: MIT
#include "model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/dirtree.h"
#include "lib/paths.h"
#include "lib/sha256.h"

/* ---- the sources: one directory with its own index, or links to several sources ---- */

/* Makes DIR/0001 a link to a directory, or DIR/0001/NAME a link to a file. */
static bool link_source(const char *dir, size_t place, const char *source, char **error)
{
	AUTO_FREE char *to = absolute_path(source), *at = xasprintf("%s/%04zu", dir, place);
	struct stat st;
	bool ok = stat(to, &st) == 0 || fail(error, "cannot read %s: %s", source, strerror(errno));

	if (ok && !S_ISDIR(st.st_mode)) {
		ok = mkdir(at, 0777) == 0;
		replace_text(&at, "%s%s", at, strrchr(to, '/'));
	}
	return ok &&
	       (symlink(to, at) == 0 || fail(error, "cannot link %s: %s", at, strerror(errno)));
}

static bool gather(struct site_model *m, char **error)
{
	const struct strv *sources = m->q->sources;
	bool ok;

	m->sources = temporary_directory("pvmmu-site", error);
	ok = m->sources;
	for (size_t i = 0; i < sources->n && ok; i++)
		ok = link_source(m->sources, i + 1, sources->v[i], error);
	return ok;
}

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* A site below its own sources would be read as results next time. */
static bool is_outside_sources(const struct site_model *m, char **error)
{
	AUTO_FREE char *out = real_place(m->q->out);
	bool ok = true;

	for (size_t i = 0; i < m->q->sources->n && ok; i++) {
		AUTO_FREE char *source = real_place(m->q->sources->v[i]);
		size_t n = directory_prefix(source);

		if (strcmp(out, source) == 0 ||
		    (strncmp(out, source, n - 1) == 0 && (n == 1 || out[n - 1] == '/')))
			ok = fail(error,
				  "%s lies in %s: the copies in the site would be taken for "
				  "results; choose another directory with --out",
				  m->q->out, m->q->sources->v[i]);
	}
	return ok;
}

/* Opens the index of the sources and brings it up to date. false with *error. */
static bool sources_open(struct site_model *m, char **error)
{
	const struct strv *sources = m->q->sources;
	const char *dir;

	if (!is_outside_sources(m, error))
		return false;
	if (sources->n == 1 && is_directory(sources->v[0]))
		dir = sources->v[0];
	else if (gather(m, error))
		dir = m->sources;
	else
		return false;
	if (!index_open(&m->index, dir, NULL, false, error))
		return false;
	m->index.gathered = m->sources || m->q->gathered;
	return index_refresh(&m->index, m->q->root_given, m->q->quiet, &m->refresh, error);
}

static void sources_close(struct site_model *m)
{
	index_close(&m->index);
	refresh_free(&m->refresh);
	if (m->sources)
		directory_remove(m->sources, NULL);
	free(m->sources);
}

/* ---- names ---- */

/* Raise it when the layout of data/ID.js changes. */
#define DATA_FORMAT "3"

/* Longer names are cut. */
#define NAME_MAX_KEPT 80

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

char *plain_name(const char *name)
{
	size_t n = strlen(name), i = 0;
	char hash[HASH_TEXT];

	while (i < n && is_plain(name[i]))
		i++;
	/* "x-" is reserved for hashes. */
	if (n && n <= 40 && i == n && strncmp(name, "x-", 2) != 0)
		return xstrdup(name);
	hash_text(name, hash);
	return xasprintf("x-%.16s", hash);
}

char *workload_page(const char *workload)
{
	AUTO_FREE char *name = plain_name(workload);

	return xasprintf("workload/%s.html", name);
}

char *variant_page(const char *variant)
{
	AUTO_FREE char *name = plain_name(variant);

	return xasprintf("variant/%s.html", name);
}

/* The path of a file's copy, from its contents and, for people, its name. The caller's. */
static char *raw_name(const char *path, const char *sha256)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	size_t n = strlen(base), end;
	char *name;

	/* The file is a copy of some site. */
	if (n > 17 && strncmp(base, sha256, 16) == 0 && base[16] == '-')
		base += 17;
	n = strlen(base);
	end = n > 5 && strcmp(base + n - 5, ".json") == 0 ? n - 5 : n;
	name = xasprintf("raw/%.16s-%.*s.json", sha256,
			 (int)(end < NAME_MAX_KEPT ? end : NAME_MAX_KEPT), base);
	for (char *c = name + strlen("raw/"); *c; c++)
		if (!is_plain(*c) && *c != '.' && !(*c >= 'A' && *c <= 'Z'))
			*c = '_';
	return name;
}

static const char *without_number(const struct site_model *m, const char *path)
{
	const char *slash = m->sources || m->q->gathered ? strchr(path, '/') : NULL;

	return slash ? slash + 1 : path;
}

/* A set's name for readers. A published site uses the name of the copy, which does not tell where
 * the file lies here. The caller's. */
static char *name_of_set(const struct site_model *m, const char *path, const char *raw)
{
	return xstrdup(m->q->gathered ? raw + strlen("raw/0123456789abcdef-")
				      : without_number(m, path));
}

static void add_file(struct site_model *m, sqlite3_stmt *s)
{
	const char *path = index_text(s, 1), *sha256 = index_text(s, 2);
	char *raw = raw_name(path, sha256), *name = name_of_set(m, path, raw);
	AUTO_FREE char *what = xasprintf("%s %s %s %s", DATA_FORMAT, sha256, raw, name);
	char hash[HASH_TEXT];

	hash_text(what, hash);
	m->file = xrealloc(m->file, (m->nr_files + 1) * sizeof(*m->file));
	m->file[m->nr_files++] = (struct site_file){
		.row = index_integer(s, 0),
		.path = xasprintf("%s/%s", m->index.dir, path),
		.name = name,
		.sha256 = xstrdup(sha256),
		.created = xstrdup(index_text(s, 5)),
		.producer = xstrdup(index_text(s, 6)),
		.command = xstrdup(index_text(s, 7)),
		.tiers = xstrdup(index_text(s, 8)),
		.rigs = xstrdup(index_text(s, 9)),
		.runs = index_integer(s, 10),
		.good = index_integer(s, 11),
		.origin = xstrdup(index_text(s, 12)),
		.size = index_integer(s, 13),
		.raw = raw,
		.data = xasprintf("data/%.16s.js", hash),
	};
	memcpy(m->file[m->nr_files - 1].id, hash, 16);
}

/* A message without the temporary directory; the caller's. */
static char *without_directory(const struct site_model *m, const char *text)
{
	AUTO_FREE char *begin = xasprintf("%s/", m->index.dir);
	char *out = xcalloc(1, strlen(text) + 1);
	size_t n = strlen(begin);
	char *to = out;

	while (*text) {
		if ((m->sources || m->q->gathered) && strncmp(text, begin, n) == 0)
			text = without_number(m, text + n);
		else
			*to++ = *text++;
	}
	return out;
}

static void add_other(struct site_model *m, sqlite3_stmt *s)
{
	static const char published[] = SITE_PUBLISHED "/";
	const char *path = index_text(s, 1);

	m->other = xrealloc(m->other, (m->nr_others + 1) * sizeof(*m->other));
	m->other[m->nr_others++] = (struct site_other){
		.path = xasprintf("%s/%s", m->index.dir, path),
		.name = xstrdup(without_number(m, path)),
		.error = without_directory(m, index_text(s, 4)),
		.broken = strcmp(index_text(s, 3), "broken") == 0,
		.verdict = strcmp(index_text(s, 3), "verdict") == 0,
		.local = m->q->gathered && strncmp(path, published, strlen(published)) != 0,
	};
}

static void list_files(struct site_model *m)
{
	/* Among copies, take the one that readers have already, else the one with the shortest
	 * path. */
	sqlite3_stmt *s = index_ask(
		&m->index,
		"SELECT id, path, sha256, state, why, created, producer, "
		"command, tiers, rigs, runs, good, origin, size FROM file "
		"WHERE state <> 'set' OR NOT EXISTS (SELECT 1 FROM file f WHERE "
		"f.sha256 = file.sha256 AND "
		"(f.path NOT GLOB ?1, length(f.path), f.path) < "
		"(file.path NOT GLOB ?1, length(file.path), file.path)) "
		"ORDER BY created DESC, CASE WHEN ?2 THEN sha256 ELSE path END",
		"ti", m->q->gathered ? SITE_PUBLISHED "/*" : "", (long long)m->q->gathered);

	while (index_row(&m->index, s)) {
		if (strcmp(index_text(s, 3), "set") == 0)
			add_file(m, s);
		else
			add_other(m, s);
	}
	index_done(s);
}

static void read_history(struct site_model *m)
{
	const struct history_query q = {.rules = {CHANGE_SEGMENT, CHANGE_ALPHA, 0.01},
					.by_content = m->q->gathered};
	AUTO_FREE char *nothing = NULL;

	m->has_history = m->nr_files && history_read(&m->history, &m->index, &q, &nothing);
}

bool model_make(struct site_model *m, const struct site_request *q, struct site_report *report,
		char **error)
{
	AUTO_FREE char *unbuilt = NULL;

	*m = (struct site_model){.q = q, .verdicts = json_array(), .notes = json_array()};
	if (!find_root(q->root_given, &m->root, error) || !sources_open(m, error))
		return false;
	list_files(m);
	/* Without a build there are no descriptions of workloads, but the results are known. */
	m->has_catalog = catalog_load(&m->catalog, m->root, &unbuilt);
	if (!model_groups(m, error) || !model_annotations(m, report, error))
		return false;
	for (size_t i = 0; i < m->apart.n; i++)
		strv_add(&report->notes, "shown separately because they cannot be compared: %s",
			 m->apart.v[i]);
	read_history(m);
	report->sets = m->nr_files;
	for (size_t i = 0; i < m->nr_others; i++) {
		const struct site_other *o = &m->other[i];

		report->unusable += o->broken && !o->local;
		if (o->broken)
			strv_add(&report->notes, "%.*s", (int)strcspn(o->error, "\n"), o->error);
		else if (strcmp(o->error, LINK_OUTSIDE) == 0)
			strv_add(&report->notes, "%s: this symbolic link is not followed: %s",
				 o->name, o->error);
	}
	return true;
}

void model_free(struct site_model *m)
{
	for (size_t i = 0; i < m->nr_files; i++) {
		struct site_file *f = &m->file[i];
		char *texts[] = {f->path,  f->name, f->sha256, f->created, f->producer, f->command,
				 f->tiers, f->rigs, f->origin, f->raw,	   f->data};

		for (size_t k = 0; k < sizeof(texts) / sizeof(*texts); k++)
			free(texts[k]);
	}
	for (size_t i = 0; i < m->nr_others; i++) {
		free(m->other[i].path);
		free(m->other[i].name);
		free(m->other[i].error);
	}
	free(m->file);
	free(m->other);
	model_groups_free(m);
	if (m->has_history)
		history_free(&m->history);
	if (m->has_catalog)
		catalog_free(&m->catalog);
	strv_free(&m->workloads);
	strv_free(&m->apart);
	strv_free(&m->variants);
	json_decref(m->verdicts);
	json_decref(m->notes);
	sources_close(m);
	free(m->root);
	*m = (struct site_model){0};
}
