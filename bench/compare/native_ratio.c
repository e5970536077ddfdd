// SPDX-License-Identifier: MIT
#include "native_ratio.h"

#include <math.h>
#include <string.h>

#include "lib/json.h"

#define NATIVE "native"

static const json_t *identity_of(const struct cell *cell)
{
	return json_array_get(cell->identities, 0);
}

bool is_native(const struct cell *cell)
{
	return strncmp(text_at(identity_of(cell), "env", NULL), NATIVE, strlen(NATIVE)) == 0;
}

/* "xen64" -> "64" */
static const char *width_of(const json_t *identity)
{
	const char *env = text_at(identity, "env", NULL);

	return env + strcspn(env, "0123456789");
}

static bool has_policy(const struct cell *native, const char *ptl, const char *pte)
{
	const json_t *identity = identity_of(native);

	return strcmp(text_at(identity, "variant", "policy", "ptl", NULL), ptl) == 0 &&
	       strcmp(text_at(identity, "variant", "policy", "pte", NULL), pte) == 0;
}

/* Alike in all but the hypervisor and the policy. */
static bool is_beside(const struct cell *native, const struct cell *cell)
{
	const json_t *a = identity_of(native), *b = identity_of(cell);

	return native->point == cell->point && native->metric &&
	       strcmp(native->metric, cell->metric) == 0 && strcmp(native->unit, cell->unit) == 0 &&
	       native->lower == cell->lower && is_native(native) &&
	       !member_at(a, "variant", "mutant", NULL) && strcmp(width_of(a), width_of(b)) == 0 &&
	       json_equal(json_object_get(a, "memory_mib"), json_object_get(b, "memory_mib"));
}

static const struct cell *find(const struct dataset *c, const struct cell *cell, const char *ptl,
			       const char *pte)
{
	const struct cell *elsewhere = NULL;

	if (!cell->metric)
		return NULL;
	for (size_t i = 0; i < c->n; i++) {
		const struct cell *n = &c->cell[i];

		if (!is_beside(n, cell) || !has_policy(n, ptl, pte) ||
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
	const json_t *identity = identity_of(cell);
	const char *ptl = text_at(identity, "variant", "policy", "ptl", NULL);
	const char *pte = text_at(identity, "variant", "policy", "pte", NULL);

	return is_native(cell) || !*ptl || !*pte ? NULL : find(c, cell, ptl, pte);
}

double ratio_to_native(const struct dataset *c, const struct cell *cell, bool least)
{
	const struct cell *native = native_of(c, cell);
	double of = native ? least ? native->summary.min : native->summary.median : 0;

	return of > 0 ? (least ? cell->summary.min : cell->summary.median) / of : NAN;
}

double native_ratio(const struct dataset *c, const struct cell *cell, bool least)
{
	return is_native(cell) ? NAN : ratio_to_native(c, cell, least);
}
