// SPDX-License-Identifier: MIT
/*
 * Files that all sites share: styles and scripts of plots/site/, and colours. A variant has the
 * same colour as in charts, from plots/style.gp, with a class for each name of that palette. Ratios
 * go from blue over white to orange, which colour-blind readers can distinguish; the number is
 * always there.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/file_write.h"
#include "lib/paths.h"
#include "page.h"

static const char *const assets[] = {"style.css", "figures.js", "site.js", "compare.js",
				     "icon.svg"};

#define NR_ASSETS (sizeof(assets) / sizeof(*assets))

/* The ratios, or their inverses, at which the steps of colour begin. */
static const double steps[] = {1.005, 1.05, 1.15, 1.3, 1.6, 2.2, 3.2, 5, 10};

#define NR_STEPS (sizeof(steps) / sizeof(*steps))

char *heat_class(double ratio, bool lower_is_better)
{
	double by = ratio < 1 ? 1 / ratio : ratio;
	size_t step = 0;

	if (!(ratio > 0))
		return xstrdup("none");
	while (step < NR_STEPS && by >= steps[step])
		step++;
	return step ? xasprintf("%s%zu", (ratio > 1) == lower_is_better ? "worse" : "better", step)
		    : xstrdup("same");
}

char *heat_steps(void)
{
	AUTO_STRV struct strv list = {0};

	for (size_t i = 0; i < NR_STEPS; i++)
		strv_add(&list, "%g", steps[i]);
	return strv_join(&list, " ");
}

/* The words of a line NAME = "..." of the palette. */
static bool read_words(struct strv *to, const char *text, const char *name, char **error)
{
	AUTO_FREE char *begin = xasprintf("\n%s", name);
	const char *line = strstr(text, begin), *quote = line ? strchr(line, '"') : NULL;
	AUTO_FREE char *words = NULL;

	if (!quote)
		return fail(error, "plots/style.gp has no %s", name);
	words = xstrndup(quote + 1, strcspn(quote + 1, "\"\n"));
	strv_split(to, words, ' ');
	return true;
}

static bool is_colour(const char *word)
{
	return *word == '#' && strlen(word) == 7 && strspn(word + 1, "0123456789abcdefABCDEF") == 6;
}

static bool write_colours(struct site *s, char **error)
{
	AUTO_FREE char *path = root_path(s->model.root, "plots/style.gp"), *text = NULL,
		       *css = xstrdup("");
	AUTO_STRV struct strv colours = {0};
	size_t n;
	bool ok;

	text = read_whole_file(path, &n, error);
	ok = text && read_words(&s->coloured, text, "style_names", error) &&
	     read_words(&colours, text, "style_colours", error);
	if (ok && colours.n != s->coloured.n)
		ok = fail(error, "plots/style.gp: %zu names and %zu colours", s->coloured.n,
			  colours.n);
	for (size_t i = 0; ok && i < colours.n; i++) {
		ok = is_colour(colours.v[i]) ||
		     fail(error, "plots/style.gp: \"%s\" is no colour", colours.v[i]);
		replace_text(&css, "%s.k%zu { --k: %s; }\n", css, i, colours.v[i]);
	}
	ok = ok && tree_write(&s->tree, "assets/colours.css", css, strlen(css), error);
	return ok;
}

char *colour_class(const struct site *s, const char *variant)
{
	for (size_t i = 0; i < s->coloured.n; i++)
		if (strcmp(s->coloured.v[i], variant) == 0)
			return xasprintf("k%zu", i);
	return NULL;
}

bool write_assets(struct site *s, char **error)
{
	for (size_t i = 0; i < NR_ASSETS; i++) {
		AUTO_FREE char *from = xasprintf("%s/plots/site/%s", s->model.root, assets[i]),
			       *text = NULL;
		AUTO_FREE char *to = xasprintf("assets/%s", assets[i]);
		size_t n;

		text = read_whole_file(from, &n, error);
		if (text)
			tree_write(&s->tree, to, text, n, error);
	}
	return !*error && write_colours(s, error);
}
