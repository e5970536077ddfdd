/* SPDX-License-Identifier: MIT */
/* A picture drawn by gnuplot: a script of plots/, a table for it, and some words. */
#ifndef PVMMU_BENCH_PICTURE_H
#define PVMMU_BENCH_PICTURE_H

#include <stdbool.h>
#include <stdio.h>

struct picture {
	const char *root;   /* of the project, absolute */
	const char *script; /* relative to it */
	const char *out;    /* ends in .svg or .png */
	const char *theme;  /* light, dark, or both: the second beside the first, as OUT-dark */
	const char *title, *footer, *unit;
	const char *mark; /* a number to draw a line at, or NULL */
	/* Writes the table that the script describes. */
	void (*put)(FILE *f, const void *arg);
	const void *arg;
};

/* Draws under a temporary name and renames. false with *why; then nothing is left. */
bool picture_draw(const struct picture *p, char **why);

#endif
