/* SPDX-License-Identifier: MIT */
/* What the kinds of pictures share: result sets laid out, and what was asked for. */
#ifndef PVMMU_BENCH_PLOT_H
#define PVMMU_BENCH_PLOT_H

#include <stdio.h>

#include "cells.h"

struct plot {
	struct strv files;
	const char *out, *theme, *kind, *metric, *title, *root_given;
	bool tax;
	char *root;
	json_t **sets;
	struct cells cells;
	struct strv metrics; /* of the cells, the chosen one in metric */
};

/*
 * A kind: its gnuplot script, and its table and words. begin() lays out the
 * sets; the texts are the caller's.
 */
struct plot_kind {
	const char *name, *script;
	bool (*begin)(struct plot *p, char **why);
	void (*put)(FILE *f, const void *plot);
	char *(*title)(const struct plot *p);
	char *(*unit)(const struct plot *p);
	char *(*what)(const struct plot *p);	   /* the footer's first words: what is drawn */
	const char *(*mark)(const struct plot *p); /* or NULL */
};

extern const struct plot_kind plot_bars, plot_batch;

/* A variant of a file as one word, the same in all tables of one picture. The caller's. */
char *plot_bar_name(const struct plot *p, size_t file, const char *variant);

/* Distinct values of a member of all identities, joined by " | ". The caller's. */
char *plot_all_of(const struct plot *p, const char *group, const char *name);

#endif
