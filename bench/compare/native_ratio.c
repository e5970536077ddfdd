// SPDX-License-Identifier: MIT
#include "native_ratio.h"

#include <math.h>
#include <string.h>

#define NATIVE "native"

static bool is_native_run(const struct run *run)
{
	return strncmp(run->env, NATIVE, strlen(NATIVE)) == 0;
}

bool is_native(const struct cell *cell)
{
	return is_native_run(cell->run[0]);
}

/* "xen64" -> "64" */
static const char *width_of(const struct run *run)
{
	return run->env + strcspn(run->env, "0123456789");
}

static bool has_policy(const struct run *native, const char *ptl, const char *pte)
{
	return strcmp(run_policy(native, "ptl"), ptl) == 0 &&
	       strcmp(run_policy(native, "pte"), pte) == 0;
}

/* Alike in all but the hypervisor and the policy. */
static bool is_beside(const struct cell *native, const struct cell *cell)
{
	const struct run *a = native->run[0], *b = cell->run[0];

	return native->point == cell->point && native->metric &&
	       strcmp(native->metric, cell->metric) == 0 && strcmp(native->unit, cell->unit) == 0 &&
	       native->lower == cell->lower && is_native_run(a) && !*a->mutant &&
	       strcmp(width_of(a), width_of(b)) == 0 && a->memory_mib == b->memory_mib;
}

static const struct cell *find(const struct dataset *c, const struct cell *cell, const char *ptl,
			       const char *pte)
{
	const struct cell *elsewhere = NULL;

	if (!cell->metric)
		return NULL;
	for (size_t i = 0; i < c->n; i++) {
		const struct cell *n = &c->cell[i];

		if (!is_beside(n, cell) || !has_policy(n->run[0], ptl, pte) ||
		    dataset_find_failed(c, n->file, n->point, n->variant))
			continue;
		if (n->file == cell->file)
			return n;
		elsewhere = elsewhere ? elsewhere : n;
	}
	return elsewhere;
}

const struct cell *native_of(const struct dataset *c, const struct cell *cell)
{
	return find(c, cell, "mm", "low");
}

const struct cell *native_twin_of(const struct dataset *c, const struct cell *cell)
{
	const char *ptl = run_policy(cell->run[0], "ptl"), *pte = run_policy(cell->run[0], "pte");

	return is_native(cell) || !*ptl || !*pte ? NULL : find(c, cell, ptl, pte);
}

double ratio_to_native(const struct dataset *c, const struct cell *cell, bool minimum)
{
	const struct cell *native = native_of(c, cell);
	double of = native ? minimum ? native->summary.min : native->summary.median : 0;

	return of > 0 ? (minimum ? cell->summary.min : cell->summary.median) / of : NAN;
}

double native_ratio(const struct dataset *c, const struct cell *cell, bool minimum)
{
	return is_native(cell) ? NAN : ratio_to_native(c, cell, minimum);
}
