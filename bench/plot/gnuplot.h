/* SPDX-License-Identifier: MIT */
/*
 * A picture: a gnuplot script of plots/, the words it writes and the table it draws. Those are all
 * that the picture depends on, besides the theme and gnuplot itself, so that what has not changed
 * need not be drawn again, and the same input gives the same bytes.
 *
 * Words come from files of strangers. They reach gnuplot in single quotes, in which it knows
 * nothing but the quote itself: no backquotes, no macros, no escapes. Scripts write them without
 * `enhanced`; what is to be bold is escaped here, by picture_bold().
 */
#ifndef PVMMU_BENCH_PLOT_GNUPLOT_H
#define PVMMU_BENCH_PLOT_GNUPLOT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/sha256.h"
#include "lib/text.h"

struct picture {
	const char *script; /* relative to the root; borrowed */
	char *words;	    /* assignments in gnuplot's language */
	char *table;	    /* tab-separated, see the script */
	size_t table_size;
};

/* Variables for the script. Line breaks become blanks, what is invisible is shown by number. */
void picture_text(struct picture *p, const char *name, const char *text);
void picture_number(struct picture *p, const char *name, double value);
/* A number as one of such a list, which the script takes for one by real(). */
void picture_add_number(struct strv *list, double value);
/* An array NAME, and how many it holds as NAME_n; none is an array of one empty text. */
void picture_list(struct picture *p, const char *name, const struct strv *list);
/* The text in bold, for a label that is `enhanced`: nothing in it is a command. The caller's. */
char *picture_bold(const char *text);

/*
 * A hash of all that the picture depends on but its theme and its format: scripts, words, table,
 * gnuplot's version. Without drawing. false with *error.
 */
bool picture_key(const struct picture *p, const char *root, char key[HASH_TEXT], char **error);

/*
 * Draws into out, which ends in .svg, .png, or .txt for a terminal. theme: light, dark, or both
 * (the second beside the first, as OUT-dark), by one gnuplot. Under temporary names, which are then
 * renamed. false with *error; then nothing is left, but perhaps the first of two.
 */
bool picture_draw(const struct picture *p, const char *root, const char *out, const char *theme,
		  char **error);

void picture_free(struct picture *p);

#endif
