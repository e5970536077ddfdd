/* SPDX-License-Identifier: MIT */
/*
 * A picture: a gnuplot script of plots/, its variables and the table that it draws. The picture
 * depends only on these, the theme and gnuplot itself: the same input gives the same bytes, and an
 * unchanged picture need not be drawn again.
 *
 * Texts come from files of others. They reach gnuplot in single quotes, where only the quote is
 * special: no backquotes, no macros, no escapes. Scripts draw them without `enhanced`; bold texts
 * are escaped by picture_bold().
 */
#ifndef PVMMU_BENCH_PLOT_GNUPLOT_H
#define PVMMU_BENCH_PLOT_GNUPLOT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/sha256.h"
#include "lib/text.h"

struct picture {
	const char *script; /* relative to the root; borrowed */
	char *variables;    /* assignments in gnuplot's language */
	char *table;	    /* tab-separated, see the script */
	size_t table_size;
};

/* Variables of the script. Line breaks become blanks, invisible characters are escaped. */
void picture_text(struct picture *p, const char *name, const char *text);
void picture_number(struct picture *p, const char *name, double value);
/* Adds a number to a list; the script reads it by real(). */
void picture_add_number(struct strv *list, double value);
/* An array NAME and its length NAME_n; an empty list becomes an array of one empty text. */
void picture_list(struct picture *p, const char *name, const struct strv *list);
/* The text in bold, escaped for a label that is `enhanced`. The caller's. */
char *picture_bold(const char *text);

/*
 * A hash of the scripts, variables, table and gnuplot's version, but not of theme and format. It
 * needs no drawing. false with *error.
 */
bool picture_key(const struct picture *p, const char *root, char key[HASH_TEXT], char **error);

/*
 * Draws into out, which ends in .svg, .png, or .txt for a terminal. theme: light, dark, or both
 * (the second as OUT-dark), by one gnuplot. Files get their names when all are drawn. false with
 * *error; of two files the first may then be there.
 */
bool picture_draw(const struct picture *p, const char *root, const char *out, const char *theme,
		  char **error);

void picture_free(struct picture *p);

#endif
