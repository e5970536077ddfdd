// SPDX-License-Identifier: MIT
#include "table.h"

#include <stdlib.h>
#include <string.h>

void table_add(struct table *t, const char *text)
{
	strv_add(&t->cells, "%s", text);
}

void table_add_all(struct table *t, ...)
{
	const char *text;
	va_list texts;

	va_start(texts, t);
	while ((text = va_arg(texts, const char *)))
		table_add(t, text);
	va_end(texts);
}

void table_take(struct table *t, char *text)
{
	table_add(t, text);
	free(text);
}

void table_head(struct table *t, const char *const *names)
{
	for (size_t i = 0; i < t->columns; i++)
		table_add(t, names[i]);
}

static size_t width_of(const struct table *t, size_t column)
{
	size_t width = 3;

	for (size_t i = column; i < t->cells.n; i += t->columns)
		if (strlen(t->cells.v[i]) > width)
			width = strlen(t->cells.v[i]);
	return width;
}

static void print_tabs(const struct table *t, FILE *to)
{
	for (size_t i = 0; i < t->cells.n; i++)
		fprintf(to, "%s%c", t->cells.v[i], (i + 1) % t->columns ? '\t' : '\n');
}

enum table_format table_format_named(const char *name)
{
	return strcmp(name, "md") == 0	  ? TABLE_MARKDOWN
	       : strcmp(name, "tsv") == 0 ? TABLE_TABS
	       : strcmp(name, "csv") == 0 ? TABLE_CSV
					  : TABLE_TEXT;
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

static void print_csv(const struct table *t, FILE *to)
{
	for (size_t i = 0; i < t->cells.n; i++) {
		table_put_csv(t->cells.v[i], to);
		fputc((i + 1) % t->columns ? ',' : '\n', to);
	}
}

/* Escapes Markdown's own characters: a bar would start a column, the others are markup. */
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

static void print_rule(const struct table *t, const size_t *width, FILE *to)
{
	for (size_t c = 0; c < t->columns; c++) {
		fputs("| ", to);
		for (size_t i = 0; i + 1 < width[c]; i++)
			fputc('-', to);
		fputs(t->align[c] == 'r' ? ": " : "- ", to);
	}
	fputs("|\n", to);
}

void table_print(struct table *t, enum table_format format, FILE *to)
{
	bool markdown = format == TABLE_MARKDOWN;
	bool aligned = markdown || format == TABLE_TEXT;
	size_t *width = xcalloc(t->columns, sizeof(*width));

	if (markdown)
		escape_markdown(&t->cells);
	for (size_t c = 0; c < t->columns; c++)
		width[c] = width_of(t, c);
	if (format == TABLE_TABS)
		print_tabs(t, to);
	if (format == TABLE_CSV)
		print_csv(t, to);
	for (size_t i = 0; aligned && i < t->cells.n; i++) {
		size_t c = i % t->columns;
		bool last = c + 1 == t->columns;
		int pad = (int)width[c];

		if (markdown)
			fputs("| ", to);
		if (t->align[c] == 'r')
			fprintf(to, "%*s", pad, t->cells.v[i]);
		else
			/* No blanks at the ends of lines. */
			fprintf(to, "%-*s", last && !markdown ? 0 : pad, t->cells.v[i]);
		fputs(markdown ? last ? " |" : " " : last ? "" : "  ", to);
		if (last)
			fputc('\n', to);
		if (markdown && i + 1 == t->columns)
			print_rule(t, width, to);
	}
	free(width);
}

void table_free(struct table *t)
{
	strv_free(&t->cells);
}
