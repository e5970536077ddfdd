// SPDX-License-Identifier: MIT
#include "gnuplot.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drawing.h"
#include "lib/figures.h"
#include "lib/file_write.h"
#include "lib/paths.h"
#include "lib/subprocess.h"
#include "lib/utf8.h"

#define GNUPLOT_SECONDS 60

/*
 * Inside single quotes gnuplot knows one special thing, the quote itself. It is meant to be doubled
 * there, but 5.4 loses count where two follow each other or one comes first. So each is a text of
 * its own, in double quotes, joined to what is before and behind.
 */
static char *quoted(const char *text)
{
	static const char quote[] = "'.\"'\".'";
	char *s = xcalloc(sizeof(quote) * strlen(text) + 3, 1), *to = s;

	*to++ = '\'';
	for (; *text; text++)
		if (*text == '\'')
			to = stpcpy(to, quote);
		else
			*to++ = *text;
	*to = '\'';
	return s;
}

/* A word to be shown: one line, nothing invisible. */
static char *quoted_word(const char *text)
{
	char *clean = utf8_escape(text), *word;

	for (char *c = clean; *c; c++)
		if (*c == '\n' || *c == '\t')
			*c = ' ';
	word = quoted(clean);
	free(clean);
	return word;
}

static void add_words(struct picture *p, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void add_words(struct picture *p, const char *fmt, ...)
{
	size_t n = p->words ? strlen(p->words) : 0;
	AUTO_FREE char *more = NULL;
	va_list ap;

	va_start(ap, fmt);
	more = xvasprintf(fmt, ap);
	va_end(ap);
	p->words = xrealloc(p->words, n + strlen(more) + 1);
	memcpy(p->words + n, more, strlen(more) + 1);
}

void picture_text(struct picture *p, const char *name, const char *text)
{
	AUTO_FREE char *word = quoted_word(text);

	add_words(p, "%s=%s; ", name, word);
}

void picture_number(struct picture *p, const char *name, double value)
{
	AUTO_FREE char *number = gnuplot_number(value);

	add_words(p, "%s=%s; ", name, number);
}

void picture_add_number(struct strv *list, double value)
{
	AUTO_FREE char *number = gnuplot_number(value);

	strv_add(list, "%s", number);
}

void picture_list(struct picture *p, const char *name, const struct strv *list)
{
	add_words(p, "%s_n=%zu; array %s[%zu]=[", name, list->n, name, list->n ? list->n : 1);
	for (size_t i = 0; i < list->n; i++) {
		AUTO_FREE char *word = quoted_word(list->v[i]);

		add_words(p, "%s%s", i ? "," : "", word);
	}
	add_words(p, "%s]; ", list->n ? "" : "''");
}

char *picture_bold(const char *text)
{
	/* Only enhanced text is bold in an SVG, and it reads these as commands. */
	static const char special[] = "^_@&~{}\\";
	char *seen = utf8_escape(text);
	char *bold = xcalloc(2 * strlen(seen) + sizeof("{/:Bold }"), 1), *to = bold;

	to = stpcpy(to, "{/:Bold ");
	for (const char *c = seen; *c; c++) {
		if (strchr(special, *c))
			*to++ = '\\';
		*to++ = *c;
	}
	*to = '}';
	if (!*seen)
		*bold = 0;
	free(seen);
	return bold;
}

void picture_free(struct picture *p)
{
	free(p->words);
	free(p->table);
	*p = (struct picture){0};
}

static char *gnuplot_path(char **error)
{
	char *path = find_program("gnuplot");

	if (!path)
		fail(error,
		     "gnuplot is missing: install the Debian package gnuplot-nox (`make deps` "
		     "does)");
	return path;
}

/* What it says of its version, once for each gnuplot. NULL with *error. Borrowed. */
static const char *gnuplot_version(const char *gnuplot, char **error)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static char *asked, *version;
	char *argv[] = {xstrdup(gnuplot), xstrdup("--version"), NULL};
	struct subprocess child;

	pthread_mutex_lock(&lock);
	if (asked && strcmp(asked, gnuplot) == 0) {
		;
	} else if (subprocess_start(&child, argv, NULL, error)) {
		subprocess_wait(&child, GNUPLOT_SECONDS);
		subprocess_kill(&child);
		free(asked);
		free(version);
		asked = xstrdup(gnuplot);
		version = subprocess_output(&child);
		subprocess_close(&child);
	}
	pthread_mutex_unlock(&lock);
	free(argv[0]);
	free(argv[1]);
	return *error ? NULL : version;
}

static int is_script(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && strcmp(dot, ".gp") == 0;
}

/* Any script may load any other, so all of them count. */
static bool add_scripts(struct strv *parts, const char *root, char **error)
{
	AUTO_FREE char *dir = root_path(root, "plots");
	AUTO_FREE struct dirent **names = NULL;
	int n = scandir(dir, &names, is_script, alphasort);

	if (n < 0)
		fail(error, "cannot read %s", dir);
	for (int i = 0; i < n; i++) {
		AUTO_FREE char *path = root_path(dir, names[i]->d_name);
		char hash[HASH_TEXT];

		if (!*error && hash_file(path, hash, error))
			strv_add(parts, "%s %s", names[i]->d_name, hash);
		free(names[i]);
	}
	return !*error;
}

bool picture_key(const struct picture *p, const char *root, char key[HASH_TEXT], char **error)
{
	AUTO_FREE char *gnuplot = gnuplot_path(error);
	char hash[HASH_TEXT];
	const char *version = gnuplot ? gnuplot_version(gnuplot, error) : NULL;
	AUTO_STRV struct strv parts = {0};
	char *all;

	if (version && add_scripts(&parts, root, error)) {
		strv_add(&parts, "%s", version);
		strv_add(&parts, "%s", p->script);
		hash_text(p->words, hash);
		strv_add(&parts, "%s", hash);
		hash_bytes(p->table, p->table_size, hash);
		strv_add(&parts, "%s", hash);
		all = strv_join(&parts, "\n");
		hash_text(all, key);
		free(all);
	}
	return !*error;
}

/* The theme and the file, and the script that draws it, as further words of a command line. */
static void add_drawing(struct strv *argv, const char *script, const char *theme, const char *out)
{
	AUTO_FREE char *file = quoted(out);

	strv_add(argv, "-e");
	strv_add(argv, "reset; theme='%s'; outfile=%s", theme, file);
	strv_add(argv, "%s", script);
}

/* Has all files drawn by one gnuplot, each theme by theme. */
static bool run_gnuplot(const struct picture *p, const char *root, const char *gnuplot,
			const char *data, const struct drawing *file, const struct strv *themes,
			char **error)
{
	AUTO_FREE char *datafile = quoted(data), *gp = root_path(root, p->script);
	char *said;
	AUTO_STRV struct strv argv = {0};
	struct subprocess child;
	struct stat st;

	/* Whatever ~/.gnuplot and the locale say, the same input gives the same picture. */
	setenv("LC_ALL", "C.UTF-8", 1);
	strv_add(&argv, "%s", gnuplot);
	strv_add(&argv, "-d");
	strv_add(&argv, "-e");
	strv_add(&argv, "datafile=%s; %s", datafile, p->words);
	for (size_t i = 0; i < themes->n; i++)
		add_drawing(&argv, gp, themes->v[i], file[i].temporary);
	if (subprocess_start(&child, argv.v, root, error)) {
		bool ended = subprocess_wait(&child, GNUPLOT_SECONDS);

		subprocess_kill(&child);
		said = subprocess_output(&child);
		if (!ended || child.status)
			fail(error, "gnuplot failed%s%s", *said ? ": " : "", said);
		for (size_t i = 0; i < themes->n; i++)
			if (stat(file[i].temporary, &st) < 0 || !st.st_size)
				fail(error, "gnuplot has not drawn %s%s%s", file[i].out,
				     *said ? ": " : "", said);
		free(said);
		subprocess_close(&child);
	}
	return !*error;
}

/* Draws the files of a list and puts them into their places once all are there. */
static bool draw(const struct picture *p, const char *root, const char *gnuplot, const char *data,
		 const struct strv *outs, const struct strv *themes, char **error)
{
	AUTO_FREE struct drawing *file = xcalloc(outs->n, sizeof(*file));
	bool ok = true;

	for (size_t i = 0; i < outs->n && ok; i++)
		ok = begin_drawing(&file[i], outs->v[i], error);
	ok = ok && run_gnuplot(p, root, gnuplot, data, file, themes, error);
	for (size_t i = 0; i < outs->n && ok; i++)
		ok = finish_drawing(&file[i], error);
	for (size_t i = 0; i < outs->n && ok; i++)
		ok = put_drawing(&file[i], error);
	for (size_t i = 0; i < outs->n; i++)
		end_drawing(&file[i]);
	return ok;
}

static bool draw_themes(const struct picture *p, const char *root, const char *gnuplot,
			const char *data, const char *to, const char *theme, char **error)
{
	AUTO_STRV struct strv outs = {0}, themes = {0};
	AUTO_FREE char *out = absolute_path(to);
	const char *suffix = strrchr(out, '.');
	bool both = strcmp(theme, "both") == 0;

	strv_add(&outs, "%s", out);
	strv_add(&themes, "%s", both ? "light" : theme);
	if (both) {
		strv_add(&outs, "%.*s-dark%s", (int)(suffix - out), out, suffix);
		strv_add(&themes, "dark");
	}
	draw(p, root, gnuplot, data, &outs, &themes, error);
	return !*error;
}

/*
 * The table with two empty lines before each point: gnuplot finds a block of data (`index`) without
 * looking at the fields of all the others.
 */
static bool write_in_blocks(const char *path, const struct picture *p, char **error)
{
	char *text = xcalloc(3 * p->table_size + 1, 1), *to = text;
	const char *last = NULL, *end = p->table + p->table_size;
	bool ok;

	for (const char *line = p->table; line < end;) {
		const char *next = memchr(line, '\n', (size_t)(end - line));
		size_t n = next ? (size_t)(next + 1 - line) : (size_t)(end - line);
		size_t point = strcspn(line, "\t\n") + 1;

		if (last && *last != '#' && *line != '\n' && strncmp(line, last, point) != 0)
			to = stpcpy(to, "\n\n");
		last = *line != '\n' ? line : last;
		memcpy(to, line, n);
		to += n;
		line += n;
	}
	ok = write_plainly(path, text, (size_t)(to - text), error);
	free(text);
	return ok;
}

bool picture_draw(const struct picture *p, const char *root, const char *out, const char *theme,
		  char **error)
{
	const char *dir = getenv("TMPDIR");
	AUTO_FREE char *data = xasprintf("%s/pvmmu-plot.XXXXXX", dir && *dir ? dir : "/tmp");
	AUTO_FREE char *gnuplot = gnuplot_path(error);
	int fd = -1;

	if (gnuplot && can_write(out, error)) {
		fd = mkostemp(data, 0);
		remember_temporary(data);
		if (fd < 0)
			fail(error, "cannot write %s", data);
		else if (write_in_blocks(data, p, error))
			draw_themes(p, root, gnuplot, data, out, theme, error);
		if (fd >= 0)
			close(fd);
		forget_temporary(data);
	}
	return !*error;
}
