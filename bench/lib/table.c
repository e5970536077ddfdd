// SPDX-License-Identifier: MIT
#include "table.h"

#include <stdlib.h>
#include <string.h>

static size_t width_of(const struct table *g, size_t column)
{
	size_t width = 3;

	for (size_t i = column; i < g->cells.n; i += g->columns)
		if (strlen(g->cells.v[i]) > width)
			width = strlen(g->cells.v[i]);
	return width;
}

static void print_tabs(const struct table *g, FILE *to)
{
	for (size_t i = 0; i < g->cells.n; i++)
		fprintf(to, "%s%c", g->cells.v[i], (i + 1) % g->columns ? '\t' : '\n');
}

void table_put_csv(const char *text, FILE *to)
{
	if (!text[strcspn(text, ",\"\r\n")]) {
		fputs(text, to);
		return;
	}
	fputc('"', to);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', to);
		fputc(*text, to);
	}
	fputc('"', to);
}

static void print_csv(const struct table *g, FILE *to)
{
	for (size_t i = 0; i < g->cells.n; i++) {
		table_put_csv(g->cells.v[i], to);
		fputc((i + 1) % g->columns ? ',' : '\n', to);
	}
}

/* Markdown's own characters, where a name has them: a bar would be a column, the others markup. */
static void escape_markdown(struct strv *cells)
{
	for (size_t i = 0; i < cells->n; i++) {
		const char *from = cells->v[i];
		char *to, *escaped;

		if (!from[strcspn(from, "|<`[\\&")])
			continue;
		to = escaped = xcalloc(2, strlen(from) + 1);
		for (; *from; *to++ = *from++)
			if (strchr("|<`[\\&", *from))
				*to++ = '\\';
		free(cells->v[i]);
		cells->v[i] = escaped;
	}
}

static void print_rule(const struct table *g, const size_t *width, FILE *to)
{
	for (size_t c = 0; c < g->columns; c++) {
		fputs("| ", to);
		for (size_t i = 0; i + 1 < width[c]; i++)
			fputc('-', to);
		fputs(g->align[c] == 'r' ? ": " : "- ", to);
	}
	fputs("|\n", to);
}

void table_print(struct table *g, enum table_format format, FILE *to)
{
	bool markdown = format == TABLE_MARKDOWN;
	bool aligned = markdown || format == TABLE_TEXT;
	size_t *width = xcalloc(g->columns, sizeof(*width));

	if (markdown)
		escape_markdown(&g->cells);
	for (size_t c = 0; c < g->columns; c++)
		width[c] = width_of(g, c);
	if (format == TABLE_TABS)
		print_tabs(g, to);
	if (format == TABLE_CSV)
		print_csv(g, to);
	for (size_t i = 0; aligned && i < g->cells.n; i++) {
		size_t c = i % g->columns;
		bool last = c + 1 == g->columns;
		int pad = (int)width[c];

		if (markdown)
			fputs("| ", to);
		if (g->align[c] == 'r')
			fprintf(to, "%*s", pad, g->cells.v[i]);
		else
			/* No blanks at the ends of lines. */
			fprintf(to, "%-*s", last && !markdown ? 0 : pad, g->cells.v[i]);
		fputs(markdown ? last ? " |" : " " : last ? "" : "  ", to);
		if (last)
			fputc('\n', to);
		if (markdown && i + 1 == g->columns)
			print_rule(g, width, to);
	}
	free(width);
}

void table_free(struct table *g)
{
	strv_free(&g->cells);
}
