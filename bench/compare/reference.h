/* SPDX-License-Identifier: MIT */
/*
 * Values of other systems, shown beside ours. A file of tab-separated
 * lines: the first names the columns, `workload`, `vcpus` and then one for each
 * system; # begins a comment; an empty field was not measured. A workload is
 * written as in a run's id, with the parameters that matter: fork:mb=16.
 */
#ifndef PVMMU_BENCH_COMPARE_REFERENCE_H
#define PVMMU_BENCH_COMPARE_REFERENCE_H

#include "dataset.h"

struct reference {
	struct strv systems;
	struct strv keys; /* "fork:mb=16@4" of each row */
	double *value;	  /* row by row, as many as there are systems; NaN: not measured */
};

/* false with *error, naming the line. Free it in any case. */
bool reference_load(struct reference *r, const char *path, char **error);
void reference_free(struct reference *r);

/* A system's value for a point, for any number of iterations; NaN: not known. */
double reference_of(const struct reference *r, const struct point *p, size_t system);

#endif
