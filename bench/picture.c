// SPDX-License-Identifier: MIT
#include "picture.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "atomic.h"
#include "paths.h"
#include "subprocess.h"
#include "text.h"

#define GNUPLOT_SECONDS 60

/* Inside single quotes gnuplot knows one special thing, the quote itself. */
static char *gnuplot_string(const char *text)
{
	char *clean = printable(text, strlen(text)), *s = xstrdup("'");

	for (const char *p = clean; *p; p++)
		replace_text(&s, "%s%c%s", s, *p, *p == '\'' ? "'" : "");
	replace_text(&s, "%s'", s);
	free(clean);
	return s;
}

static void set_variable(char **script, const char *name, const char *value)
{
	char *quoted = gnuplot_string(value);

	replace_text(script, "%s%s=%s; ", *script, name, quoted);
	free(quoted);
}

/* Draws into a temporary name that keeps the suffix, by which gnuplot's script goes. */
static bool draw(const struct picture *p, const char *gnuplot, const char *data, const char *theme,
		 const char *out, char **why)
{
	const char *suffix = strrchr(out, '.');
	char *temporary = xasprintf("%s.%d%s", out, (int)getpid(), suffix);
	char *script = xstrdup(""), *gp = root_path(p->root, p->script), *said;
	struct subprocess child;
	struct strv argv = {0};

	set_variable(&script, "datafile", data);
	set_variable(&script, "outfile", temporary);
	set_variable(&script, "theme", theme);
	set_variable(&script, "title", p->title);
	set_variable(&script, "footer", p->footer);
	set_variable(&script, "unit", p->unit);
	if (p->mark)
		set_variable(&script, "mark", p->mark);
	strv_add(&argv, "%s", gnuplot);
	/* Whatever ~/.gnuplot and the locale say, the same input gives the same picture. */
	setenv("LC_ALL", "C.UTF-8", 1);
	strv_add(&argv, "-d");
	strv_add(&argv, "-e");
	strv_add(&argv, "%s", script);
	strv_add(&argv, "%s", gp);
	if (subprocess_start(&child, argv.v, p->root, why)) {
		bool ended = subprocess_wait(&child, GNUPLOT_SECONDS);

		subprocess_kill(&child);
		said = subprocess_output(&child);
		if (!ended || child.status || access(temporary, R_OK) < 0)
			fail(why, "gnuplot failed%s%s", *said ? ": " : "", said);
		else if (rename(temporary, out) < 0)
			fail(why, "cannot write %s", out);
		free(said);
		subprocess_close(&child);
	}
	if (*why)
		unlink(temporary);
	strv_free(&argv);
	free(script);
	free(gp);
	free(temporary);
	return !*why;
}

static bool draw_themes(const struct picture *p, const char *gnuplot, const char *data, char **why)
{
	char *out = absolute_path(p->out), *dark;
	const char *suffix = strrchr(out, '.');

	if (strcmp(p->theme, "both") != 0) {
		draw(p, gnuplot, data, p->theme, out, why);
	} else {
		dark = xasprintf("%.*s-dark%s", (int)(suffix - out), out, suffix);
		if (draw(p, gnuplot, data, "light", out, why))
			draw(p, gnuplot, data, "dark", dark, why);
		free(dark);
	}
	free(out);
	return !*why;
}

bool picture_draw(const struct picture *p, char **why)
{
	const char *dir = getenv("TMPDIR");
	char *data = xasprintf("%s/pvmmu-plot.XXXXXX", dir && *dir ? dir : "/tmp");
	char *gnuplot = find_program("gnuplot");
	int fd = -1;
	FILE *f = NULL;

	if (!gnuplot)
		fail(why, "gnuplot is missing: install the Debian package gnuplot-nox (`make deps` "
			  "does)");
	else if (can_write(p->out, why)) {
		fd = mkostemp(data, 0);
		f = fd < 0 ? NULL : fdopen(fd, "w");
		if (f)
			p->put(f, p->arg);
		if (!f || fclose(f) != 0)
			fail(why, "cannot write %s", data);
		else
			draw_themes(p, gnuplot, data, why);
		if (fd >= 0)
			unlink(data);
	}
	free(gnuplot);
	free(data);
	return !*why;
}
