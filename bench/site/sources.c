// SPDX-License-Identifier: MIT
#include "sources.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/paths.h"

/* DIR/0001 is a link to a directory, DIR/0001/NAME one to a file; the caller's. */
static bool link_source(const char *dir, size_t place, const char *source, char **error)
{
	AUTO_FREE char *to = absolute_path(source);
	char *at = xasprintf("%s/%04zu", dir, place), *name;
	struct stat st;
	bool ok = stat(to, &st) == 0 || fail(error, "cannot read %s: %s", source, strerror(errno));

	if (ok && !S_ISDIR(st.st_mode)) {
		ok = mkdir(at, 0777) == 0;
		name = xasprintf("%s/%s", at, strrchr(to, '/') + 1);
		free(at);
		at = name;
	}
	ok = ok && (symlink(to, at) == 0 || fail(error, "cannot link %s: %s", at, strerror(errno)));
	free(at);
	return ok;
}

static bool gather(struct site_model *m, char **error)
{
	const char *tmp = getenv("TMPDIR");
	const struct strv *sources = m->q->sources;
	bool ok = true;

	m->sources = xasprintf("%s/pvmmu-site.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(m->sources)) {
		fail(error, "cannot make directory %s: %s", m->sources, strerror(errno));
		free(m->sources);
		m->sources = NULL;
		return false;
	}
	for (size_t i = 0; i < sources->n && ok; i++)
		ok = link_source(m->sources, i + 1, sources->v[i], error);
	return ok;
}

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* A site below its own sources would be read as results the next time. */
static bool lies_apart(const struct site_model *m, char **error)
{
	AUTO_FREE char *out = real_place(m->q->out);
	bool ok = true;

	for (size_t i = 0; i < m->q->sources->n && ok; i++) {
		AUTO_FREE char *source = real_place(m->q->sources->v[i]);
		size_t n = folder_prefix(source);

		if (strcmp(out, source) == 0 ||
		    (strncmp(out, source, n - 1) == 0 && (n == 1 || out[n - 1] == '/')))
			ok = fail(error,
				  "%s lies in %s: the copies in the site would be taken for "
				  "results; choose another directory with --out",
				  m->q->out, m->q->sources->v[i]);
	}
	return ok;
}

bool sources_open(struct site_model *m, char **error)
{
	const struct strv *sources = m->q->sources;
	const char *dir;

	if (!lies_apart(m, error))
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

bool sources_numbered(const struct site_model *m)
{
	return m->sources;
}

void sources_close(struct site_model *m)
{
	static const char *const parts[] = {"", "-wal", "-shm", "-journal"};

	index_close(&m->index);
	refresh_free(&m->refresh);
	if (!m->sources)
		return;
	for (size_t i = 0; i < m->q->sources->n; i++) {
		AUTO_FREE char *at = xasprintf("%s/%04zu", m->sources, i + 1);
		AUTO_FREE char *source = absolute_path(m->q->sources->v[i]);
		AUTO_FREE char *in = xasprintf("%s%s", at, strrchr(source, '/'));

		if (unlink(at) < 0) {
			unlink(in);
			rmdir(at);
		}
	}
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		AUTO_FREE char *path = xasprintf("%s/%s%s", m->sources, INDEX_NAME, parts[i]);

		unlink(path);
	}
	rmdir(m->sources);
	free(m->sources);
	m->sources = NULL;
}
