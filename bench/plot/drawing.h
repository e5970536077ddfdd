/* SPDX-License-Identifier: MIT */
/*
 * Files that gnuplot draws for us. It draws into a temporary file, which is finished, and then gets
 * its name or goes where a path leads that is no file's (destination.h). Temporary files are
 * removed however the program ends.
 */
#ifndef PVMMU_BENCH_PLOT_DRAWING_H
#define PVMMU_BENCH_PLOT_DRAWING_H

#include <stdbool.h>

#include "lib/destination.h"

struct drawing {
	const char *out; /* as it was asked for; borrowed */
	struct destination to;
	char *temporary; /* for gnuplot; it has the suffix of `out`, by which scripts go */
};

/* Chooses the temporary file: beside the file that it will be, or among other temporary ones. false
 * with *error. End it in any case. */
bool begin_drawing(struct drawing *f, const char *out, char **error);

/* Makes of what gnuplot has drawn what it has to be. false with *error. */
bool finish_drawing(const struct drawing *f, char **error);

/* Gives it its name, or a stream its bytes. false with *error. */
bool put_drawing(const struct drawing *f, char **error);
void end_drawing(struct drawing *f);

/* Another temporary file, until it is forgotten, which removes it. Any thread may. */
void remember_temporary(const char *path);
void forget_temporary(const char *path);

#endif
