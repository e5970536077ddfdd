// SPDX-License-Identifier: MIT
/*
 * A badge may be shown in any font. Its boxes fit the widths of DejaVu Sans, and textLength makes
 * other fonts fit too.
 */
#include "badge.h"

#include <stdlib.h>
#include <string.h>

#include "lib/text.h"

#define FONT_SIZE 11
#define HEIGHT	  20
#define PADDING	  7 /* on either side of a word */

/* White text on these colours has a contrast of at least 4.5 (WCAG 2). */
static const struct colour {
	const char *word, *fill;
} colours[] = {
	{"pass", "#1a7f37"},  {"fail", "#cf222e"},    {"inconclusive", "#9a6700"},
	{"error", "#6e40c9"}, {"running", "#0969da"},
};
static const struct colour unknown = {"no verdict", "#57606a"};

/*
 * The width of a word of lower-case letters and blanks in pixels, from the advances of DejaVu Sans
 * in 1/1000 em.
 */
static unsigned width(const char *word)
{
	static const unsigned short letters[] = {613, 635, 550, 635, 615, 352, 635, 634, 278,
						 278, 579, 278, 974, 634, 612, 635, 635, 411,
						 521, 392, 634, 592, 818, 592, 592, 525};
	unsigned sum = 0;

	for (; *word; word++)
		sum += *word >= 'a' && *word <= 'z' ? letters[*word - 'a'] : 318;
	return (sum * FONT_SIZE + 500) / 1000;
}

char *badge_svg(const char *verdict)
{
	static const char name[] = "pvmmu";
	const struct colour *c = &unknown;
	unsigned left, right, text;

	for (size_t i = 0; verdict && i < sizeof(colours) / sizeof(*colours); i++)
		if (strcmp(colours[i].word, verdict) == 0)
			c = &colours[i];
	text = width(c->word);
	left = width(name) + 2 * PADDING;
	right = text + 2 * PADDING;
	return xasprintf(
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" role=\"img\" "
		"aria-label=\"%s: %s\">\n"
		"<title>%s: %s</title>\n"
		"<rect width=\"%u\" height=\"%u\" fill=\"#24292f\"/>\n"
		"<rect x=\"%u\" width=\"%u\" height=\"%u\" fill=\"%s\"/>\n"
		"<g fill=\"#ffffff\" font-family=\"DejaVu Sans,Verdana,sans-serif\" font-size=\"%u\">\n"
		"<text x=\"%u\" y=\"14\" textLength=\"%u\">%s</text>\n"
		"<text x=\"%u\" y=\"14\" textLength=\"%u\">%s</text>\n"
		"</g>\n</svg>\n",
		left + right, HEIGHT, name, c->word, name, c->word, left, HEIGHT, left, right,
		HEIGHT, c->fill, FONT_SIZE, PADDING, width(name), name, left + PADDING, text,
		c->word);
}
