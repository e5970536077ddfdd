// SPDX-License-Identifier: MIT
#include "text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "outcome.h"
#include "utf8.h"

void out_of_memory(void)
{
	fputs("pvmmu: out of memory\n", stderr);
	exit(EXIT_ERROR);
}

static void *checked(void *p)
{
	if (!p)
		out_of_memory();
	return p;
}

void free_pointer_at(void *pointer)
{
	free(*(void **)pointer);
}

void *xcalloc(size_t n, size_t size)
{
	return checked(calloc(n ? n : 1, size ? size : 1));
}

void *xrealloc(void *p, size_t size)
{
	return checked(realloc(p, size ? size : 1));
}

char *xstrdup(const char *s)
{
	return checked(strdup(s));
}

char *xstrndup(const char *s, size_t n)
{
	return checked(strndup(s, n));
}

char *xvasprintf(const char *fmt, va_list ap)
{
	char *s = NULL;

	if (vasprintf(&s, fmt, ap) < 0)
		s = NULL;
	return checked(s);
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = xvasprintf(fmt, ap);
	va_end(ap);
	return s;
}

void replace_text(char **s, const char *fmt, ...)
{
	va_list ap;
	char *old = *s;

	va_start(ap, fmt);
	*s = xvasprintf(fmt, ap);
	va_end(ap);
	free(old);
}

static void set_error(char **error, const char *fmt, va_list ap)
{
	if (error && !*error)
		*error = xvasprintf(fmt, ap);
}

bool fail(char **error, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set_error(error, fmt, ap);
	va_end(ap);
	return false;
}

/* The latest one. */
static char *mistaken;

bool mistake(char **error, const char *fmt, ...)
{
	bool first = error && !*error;
	va_list ap;

	va_start(ap, fmt);
	set_error(error, fmt, ap);
	va_end(ap);
	if (first)
		replace_text(&mistaken, "%s", *error);
	return false;
}

bool is_mistake(const char *error)
{
	return error && mistaken && strcmp(error, mistaken) == 0;
}

void complain(const char *fmt, ...)
{
	va_list ap;
	AUTO_FREE char *s = NULL, *shown = NULL;

	va_start(ap, fmt);
	s = xvasprintf(fmt, ap);
	va_end(ap);
	shown = utf8_escape(s);
	fprintf(stderr, "pvmmu: %s\n", shown);
}

void strv_add(struct strv *list, const char *fmt, ...)
{
	va_list ap;

	list->v = xrealloc(list->v, (list->n + 2) * sizeof(*list->v));
	va_start(ap, fmt);
	list->v[list->n++] = xvasprintf(fmt, ap);
	va_end(ap);
	list->v[list->n] = NULL;
}

void strv_add_words(struct strv *list, ...)
{
	const char *word;
	va_list ap;

	va_start(ap, list);
	while ((word = va_arg(ap, const char *)))
		strv_add(list, "%s", word);
	va_end(ap);
}

void strv_add_option(struct strv *list, const char *option, const char *fmt, ...)
{
	va_list ap;
	AUTO_FREE char *value = NULL;

	va_start(ap, fmt);
	value = xvasprintf(fmt, ap);
	va_end(ap);
	strv_add_words(list, option, value, NULL);
}

size_t strv_find(const struct strv *list, const char *text)
{
	size_t i = 0;

	while (i < list->n && strcmp(list->v[i], text) != 0)
		i++;
	return i;
}

bool strv_has(const struct strv *list, const char *text)
{
	return strv_find(list, text) < list->n;
}

void strv_add_distinct(struct strv *list, const char *text)
{
	if (!strv_has(list, text))
		strv_add(list, "%s", text);
}

void strv_free(struct strv *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->v[i]);
	free(list->v);
	*list = (struct strv){0};
}

char *strv_join(const struct strv *list, const char *between)
{
	char *s = xstrdup("");

	for (size_t i = 0; i < list->n; i++)
		replace_text(&s, "%s%s%s", s, i ? between : "", list->v[i]);
	return s;
}

void strv_split(struct strv *list, const char *text, char sep)
{
	const char *end;

	while ((end = strchr(text, sep))) {
		strv_add(list, "%.*s", (int)(end - text), text);
		text = end + 1;
	}
	strv_add(list, "%s", text);
}

static bool shell_safe(const char *s)
{
	if (!*s)
		return false;
	for (; *s; s++)
		if (!isalnum((unsigned char)*s) && !strchr("-_./:=,+@%~", *s))
			return false;
	return true;
}

/* Adds a word in a form that writes odd bytes as numbers, so that the line is printable text. */
static void add_as_numbers(struct strv *words, const char *p)
{
	AUTO_FREE char *quoted = xstrdup("$'");

	for (; *p; p++)
		if (*p < ' ' || *p > '~' || *p == '\'' || *p == '\\')
			replace_text(&quoted, "%s\\x%02x", quoted, (unsigned char)*p);
		else
			replace_text(&quoted, "%s%c", quoted, *p);
	strv_add(words, "%s'", quoted);
}

char *shell_word(const char *word)
{
	char *quoted = xstrdup("'");

	for (; *word; word++)
		if (*word == '\'')
			replace_text(&quoted, "%s'\\''", quoted);
		else
			replace_text(&quoted, "%s%c", quoted, *word);
	replace_text(&quoted, "%s'", quoted);
	return quoted;
}

char *double_commas(const char *text)
{
	char *s = xstrdup("");

	for (; *text; text++)
		replace_text(&s, "%s%c%s", s, *text, *text == ',' ? "," : "");
	return s;
}

char *shell_join(const struct strv *argv)
{
	AUTO_STRV struct strv words = {0};
	char *s;

	for (size_t i = 0; i < argv->n; i++) {
		const char *p = argv->v[i];
		AUTO_FREE char *quoted = NULL;

		/* A leading ~ would be expanded as a home directory. */
		if (shell_safe(p) && *p != '~') {
			strv_add(&words, "%s", p);
			continue;
		}
		if (!utf8_is_printable(p, true)) {
			add_as_numbers(&words, p);
			continue;
		}
		quoted = shell_word(p);
		strv_add(&words, "%s", quoted);
	}
	s = strv_join(&words, " ");
	return s;
}

/*
 * The number of edits between two words: a letter added, removed or changed, or two neighbours
 * exchanged (optimal string alignment). Three rows are kept; the words are short.
 */
static size_t distance(const char *a, const char *b)
{
	size_t n = strlen(b), result;
	size_t *rows = xcalloc(3 * (n + 1), sizeof(*rows));
	size_t *row = rows, *above = rows + n + 1, *second = rows + 2 * (n + 1);

	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t *oldest = second;

		second = above;
		above = row;
		row = oldest;
		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t best = above[j - 1] + (a[i - 1] != b[j - 1]);

			if (above[j] + 1 < best)
				best = above[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    second[j - 2] + 1 < best)
				best = second[j - 2] + 1;
			row[j] = best;
		}
	}
	result = row[n];
	free(rows);
	return result;
}

const char *did_you_mean(const char *word, const struct strv *candidates)
{
	const char *best = NULL;
	size_t best_distance = strlen(word) / 2 < 3 ? strlen(word) / 2 + 1 : 3;

	for (size_t i = 0; i < candidates->n; i++) {
		size_t d = distance(word, candidates->v[i]);

		if (d < best_distance || (d == best_distance && !best && d <= 2)) {
			best_distance = d;
			best = candidates->v[i];
		}
	}
	return best;
}

char *printable(const char *bytes, size_t n)
{
	char *s = xcalloc(n + 1, 1);

	for (size_t i = 0; i < n; i++)
		s[i] = (bytes[i] >= ' ' && bytes[i] <= '~') || bytes[i] == '\t' ? bytes[i] : '?';
	return s;
}

bool word_in(const char *word, const char *words)
{
	AUTO_STRV struct strv list = {0};

	strv_split(&list, words, ' ');
	return strv_has(&list, word);
}

int choose_word(const char *list, const char *kind, const char *word, char **error)
{
	AUTO_STRV struct strv valid = {0};
	size_t at;

	strv_split(&valid, list, ',');
	at = strv_find(&valid, word);
	return at < valid.n || unknown_name(error, kind, word, &valid) ? (int)at : -1;
}

bool unknown_name(char **error, const char *kind, const char *name, const struct strv *valid)
{
	const char *close = did_you_mean(name, valid);
	AUTO_FREE char *list = strv_join(valid, ", ");

	if (close)
		mistake(error, "unknown %s \"%s\"; did you mean \"%s\"? valid: %s", kind, name,
			close, list);
	else
		mistake(error, "unknown %s \"%s\"; valid: %s", kind, name, *list ? list : "none");
	return false;
}
