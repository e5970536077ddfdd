// SPDX-License-Identifier: MIT
#include "gnuplot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/destination.h"
#include "lib/figures.h"
#include "lib/file_write.h"
#include "lib/paths.h"
#include "lib/subprocess.h"
#include "lib/utf8.h"

/* ---- temporary files, which are removed however the program ends ---- */

static struct {
	pthread_mutex_t lock; /* pictures may be drawn by several threads */
	struct strv paths;
	pid_t owner;
} temporaries = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* At exit. It takes no lock: the thread that ends the program may hold it. */
static void remove_temporaries(void)
{
	/* A child that failed to execute gnuplot must not remove them. */
	for (size_t i = 0; i < temporaries.paths.n && temporaries.owner == getpid(); i++)
		unlink(temporaries.paths.v[i]);
	strv_free(&temporaries.paths);
}

static void remember_temporary(const char *path)
{
	pthread_mutex_lock(&temporaries.lock);
	if (!temporaries.owner)
		atexit(remove_temporaries);
	temporaries.owner = getpid();
	strv_add(&temporaries.paths, "%s", path);
	pthread_mutex_unlock(&temporaries.lock);
}

/* Removes the file. */
static void forget_temporary(const char *path)
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

/* ---- a drawing: a file that gnuplot draws for us ---- */

/*
 * gnuplot draws into a temporary file, which is then finished and renamed, or copied to where the
 * path leads if that is no file (destination.h).
 */
struct drawing {
	const char *out; /* as requested; borrowed */
	struct destination to;
	char *temporary; /* with the suffix of `out`, which scripts look at */
};

/*
 * gnuplot's text for a terminal without the form feed at its beginning and the blanks that fill
 * each line. Three colours stand for the terminal's own (plots/style.gp).
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

static bool tidy(const char *path, char **error)
{
	size_t n;
	AUTO_FREE char *text = read_whole_file(path, &n, error),
		       *plain = text ? plain_terminal(text) : NULL;

	return plain && write_plainly(path, plain, strlen(plain), error);
}

/* gnuplot does not escape >, but XML forbids ]]> in text, which a label may contain. */
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

static bool finish_drawing(const struct drawing *f, char **error)
{
	const char *path = f->temporary, *suffix = strrchr(path, '.');

	return strcmp(suffix, ".svg") == 0   ? repair_svg(path, error)
	       : strcmp(suffix, ".txt") == 0 ? tidy(path, error)
					     : true;
}

/* Chooses the temporary file: beside the final one, or among other temporary ones. End it in any
 * case. */
static bool begin_drawing(struct drawing *f, const char *out, char **error)
{
	const char *suffix = strrchr(out, '.'), *tmp = getenv("TMPDIR");
	AUTO_FREE char *elsewhere = xasprintf("%s/pvmmu-plot", tmp && *tmp ? tmp : "/tmp");
	int fd = -1;

	f->out = out;
	if (destination_find(&f->to, out, error)) {
		f->temporary = name_beside(f->to.through ? elsewhere : f->to.path, suffix);
		fd = mkostemps(f->temporary, (int)strlen(suffix), O_CLOEXEC);
		if (fd < 0)
			fail(error, "cannot write %s: %s", out, strerror(errno));
	}
	if (fd >= 0) {
		close(fd);
		remember_temporary(f->temporary);
		/* gnuplot creates a new file itself, with the mode that the umask gives. */
		if (!f->to.through && !f->to.there)
			unlink(f->temporary);
		else if (f->to.there)
			chmod(f->temporary, f->to.st.st_mode & 0777);
	}
	return !*error;
}

/* Renames the file, or copies it to a stream. */
static bool place_drawing(const struct drawing *f, char **error)
{
	AUTO_FREE char *bytes = NULL;
	size_t n;

	if (!f->to.through)
		return rename(f->temporary, f->to.path) == 0 ||
		       fail(error, "cannot write %s: %s", f->out, strerror(errno));
	bytes = read_whole_file(f->temporary, &n, error);
	return bytes && destination_write_through(&f->to, f->out, bytes, n, error);
}

static void end_drawing(struct drawing *f)
{
	if (f->temporary)
		forget_temporary(f->temporary);
	free(f->temporary);
	destination_free(&f->to);
}

#define GNUPLOT_SECONDS 60

/* ---- the input of gnuplot ---- */

/*
 * Within single quotes the quote itself is the only special character of gnuplot. It should be
 * doubled, but 5.4 miscounts if two follow each other or one comes first. So each quote becomes a
 * string of its own, in double quotes, joined to the text before and behind it.
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

/* A text on one line, with invisible characters escaped. */
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

static void add_variables(struct picture *p, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void add_variables(struct picture *p, const char *fmt, ...)
{
	size_t n = p->variables ? strlen(p->variables) : 0;
	AUTO_FREE char *more = NULL;
	va_list ap;

	va_start(ap, fmt);
	more = xvasprintf(fmt, ap);
	va_end(ap);
	p->variables = xrealloc(p->variables, n + strlen(more) + 1);
	memcpy(p->variables + n, more, strlen(more) + 1);
}

void picture_text(struct picture *p, const char *name, const char *text)
{
	AUTO_FREE char *word = quoted_word(text);

	add_variables(p, "%s=%s; ", name, word);
}

void picture_number(struct picture *p, const char *name, double value)
{
	AUTO_FREE char *number = gnuplot_number(value);

	add_variables(p, "%s=%s; ", name, number);
}

void picture_add_number(struct strv *list, double value)
{
	AUTO_FREE char *number = gnuplot_number(value);

	strv_add(list, "%s", number);
}

void picture_list(struct picture *p, const char *name, const struct strv *list)
{
	add_variables(p, "%s_n=%zu; array %s[%zu]=[", name, list->n, name, list->n ? list->n : 1);
	for (size_t i = 0; i < list->n; i++) {
		AUTO_FREE char *word = quoted_word(list->v[i]);

		add_variables(p, "%s%s", i ? "," : "", word);
	}
	add_variables(p, "%s]; ", list->n ? "" : "''");
}

char *picture_bold(const char *text)
{
	/* Only enhanced text can be bold in an SVG, but it reads these characters as commands. */
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
	free(p->variables);
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

/* The version of a gnuplot, asked once. NULL with *error. Borrowed. */
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

/* Adds the hashes of all scripts, since any script may load any other. */
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
		hash_text(p->variables, hash);
		strv_add(&parts, "%s", hash);
		hash_bytes(p->table, p->table_size, hash);
		strv_add(&parts, "%s", hash);
		all = strv_join(&parts, "\n");
		hash_text(all, key);
		free(all);
	}
	return !*error;
}

/* Adds arguments that draw a file in a theme. */
static void add_drawing(struct strv *argv, const char *script, const char *theme, const char *out)
{
	AUTO_FREE char *file = quoted(out);

	strv_add(argv, "-e");
	strv_add(argv, "reset; theme='%s'; outfile=%s", theme, file);
	strv_add(argv, "%s", script);
}

/* Draws all files by one gnuplot. */
static bool run_gnuplot(const struct picture *p, const char *root, const char *gnuplot,
			const char *data, const struct drawing *file, const struct strv *themes,
			char **error)
{
	AUTO_FREE char *datafile = quoted(data), *gp = root_path(root, p->script);
	char *said;
	AUTO_STRV struct strv argv = {0};
	struct subprocess child;
	struct stat st;

	/* The locale and ~/.gnuplot (-d) must not change the picture. */
	setenv("LC_ALL", "C.UTF-8", 1);
	strv_add(&argv, "%s", gnuplot);
	strv_add(&argv, "-d");
	strv_add(&argv, "-e");
	strv_add(&argv, "datafile=%s; %s", datafile, p->variables);
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

/* Draws all files and then places them. */
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
		ok = place_drawing(&file[i], error);
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
 * Writes the table with two empty lines between the panels, so that gnuplot finds a block of data
 * (`index`) without parsing the fields of all others.
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
	const char *tmp = getenv("TMPDIR");
	AUTO_FREE char *data = xasprintf("%s/pvmmu-plot.XXXXXX", tmp && *tmp ? tmp : "/tmp");
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
