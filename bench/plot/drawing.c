// SPDX-License-Identifier: MIT
#include "drawing.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/file_write.h"

/* ---- files that must not stay behind, however we end ---- */

static struct {
	pthread_mutex_t lock; /* pictures may be drawn by several threads */
	struct strv paths;
	pid_t owner;
} temporaries = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* At exit: nobody else draws any more, and who holds the lock may be the one who ends us. */
static void remove_temporaries(void)
{
	/* Not in a child that could not become gnuplot. */
	for (size_t i = 0; i < temporaries.paths.n && temporaries.owner == getpid(); i++)
		unlink(temporaries.paths.v[i]);
	strv_free(&temporaries.paths);
}

void remember_temporary(const char *path)
{
	pthread_mutex_lock(&temporaries.lock);
	if (!temporaries.owner)
		atexit(remove_temporaries);
	temporaries.owner = getpid();
	strv_add(&temporaries.paths, "%s", path);
	pthread_mutex_unlock(&temporaries.lock);
}

void forget_temporary(const char *path)
{
	struct strv *all = &temporaries.paths;

	pthread_mutex_lock(&temporaries.lock);
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->v[i], path) == 0) {
			unlink(path);
			free(all->v[i]);
			all->v[i] = all->v[--all->n];
			all->v[all->n] = NULL;
			break;
		}
	pthread_mutex_unlock(&temporaries.lock);
}

/*
 * What gnuplot draws for a terminal: without the form feed that it begins with and the blanks that
 * fill each line. Three colours stand for the terminal's own (plots/style.gp).
 */
static char *plain_terminal(const char *text)
{
	static const char *const stand_ins[][2] = {
		{"\033[38;2;1;1;1m", "\033[0;39m"},
		{"\033[38;2;2;2;2m", "\033[0;2m"},
		{"\033[38;2;3;3;3m", "\033[0;2m"},
	};
	char *s = xcalloc(strlen(text) + 2, 1), *to = s;

	while (*text) {
		size_t i = 0, n = sizeof(stand_ins) / sizeof(*stand_ins);

		while (i < n && strncmp(text, stand_ins[i][0], strlen(stand_ins[i][0])) != 0)
			i++;
		if (i < n) {
			to = stpcpy(to, stand_ins[i][1]);
			text += strlen(stand_ins[i][0]);
			continue;
		}
		while (*text == '\n' && to > s && to[-1] == ' ')
			to--;
		if (*text != '\f')
			*to++ = *text;
		text++;
	}
	while (to > s && strchr(" \n", to[-1]))
		to--;
	*to++ = '\n';
	*to = 0;
	return s;
}

static bool is_text(const char *out)
{
	return strcmp(strrchr(out, '.'), ".txt") == 0;
}

static bool tidy(const char *path, char **error)
{
	size_t n;
	AUTO_FREE char *text = read_whole_file(path, &n, error),
		       *plain = text ? plain_terminal(text) : NULL;

	return plain && write_plainly(path, plain, strlen(plain), error);
}

/*
 * gnuplot writes > as it is, and ]]> is the one place where XML does not take that: such a word, of
 * somebody who wants to see what happens, would be a picture that nobody can open.
 */
static bool repair_svg(const char *path, char **error)
{
	size_t n;
	AUTO_FREE char *text = read_whole_file(path, &n, error);
	char *end;
	bool odd = text && strstr(text, "]]>");

	while (odd && (end = strstr(text, "]]>")))
		replace_text(&text, "%.*s]]&gt;%s", (int)(end - text), text, end + 3);
	return text && (!odd || write_plainly(path, text, strlen(text), error));
}

bool finish_drawing(const struct drawing *f, char **error)
{
	const char *path = f->temporary, *suffix = strrchr(path, '.');

	return strcmp(suffix, ".svg") == 0 ? repair_svg(path, error)
					   : !is_text(path) || tidy(path, error);
}

bool begin_drawing(struct drawing *f, const char *out, char **error)
{
	const char *suffix = strrchr(out, '.'), *tmp = getenv("TMPDIR");
	AUTO_FREE char *elsewhere = xasprintf("%s/pvmmu-plot", tmp && *tmp ? tmp : "/tmp");
	int fd = -1;

	f->out = out;
	if (destination_find(&f->to, out, error)) {
		f->temporary = name_beside(f->to.console ? elsewhere : f->to.path, suffix);
		fd = mkostemps(f->temporary, (int)strlen(suffix), O_CLOEXEC);
		if (fd < 0)
			fail(error, "cannot write %s: %s", out, strerror(errno));
	}
	if (fd >= 0) {
		close(fd);
		remember_temporary(f->temporary);
		/* A new picture is as accessible as gnuplot makes it, by the umask. */
		if (!f->to.console && !f->to.there)
			unlink(f->temporary);
		else if (f->to.there)
			chmod(f->temporary, f->to.st.st_mode & 0777);
	}
	return !*error;
}

bool put_drawing(const struct drawing *f, char **error)
{
	AUTO_FREE char *bytes = NULL;
	size_t n;

	if (!f->to.console)
		return rename(f->temporary, f->to.path) == 0 ||
		       fail(error, "cannot write %s: %s", f->out, strerror(errno));
	bytes = read_whole_file(f->temporary, &n, error);
	return bytes && destination_stream(&f->to, f->out, bytes, n, error);
}

void end_drawing(struct drawing *f)
{
	if (f->temporary)
		forget_temporary(f->temporary);
	free(f->temporary);
	destination_free(&f->to);
}
