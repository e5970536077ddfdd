// SPDX-License-Identifier: MIT
#include "tax.h"

#include <math.h>
#include <string.h>

#include "resultset.h"

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

static bool is_baseline(const struct cell *native, const struct cell *cell)
{
	static const char *const axes[] = {"ptl", "pte"};
	const json_t *a = identity_of(native), *b = identity_of(cell);

	for (size_t i = 0; i < sizeof(axes) / sizeof(*axes); i++) {
		json_t *value = member_at(a, "variant", "policy", axes[i], NULL);

		if (!value || !json_equal(value, member_at(b, "variant", "policy", axes[i], NULL)))
			return false;
	}
	return is_native(native) && !member_at(a, "variant", "mutant", NULL) &&
	       strcmp(width_of(a), width_of(b)) == 0 &&
	       json_equal(json_object_get(a, "memory_mib"), json_object_get(b, "memory_mib"));
}

const struct cell *native_of(const struct cells *c, const struct cell *cell)
{
	const struct cell *elsewhere = NULL;

	if (!cell->metric || is_native(cell))
		return NULL;
	for (size_t i = 0; i < c->n; i++) {
		const struct cell *n = &c->cell[i];

		if (n->panel != cell->panel || !n->metric || strcmp(n->metric, cell->metric) != 0 ||
		    !is_baseline(n, cell) || cells_find_failed(c, n->file, n->panel, n->variant))
			continue;
		if (n->file == cell->file)
			return n;
		elsewhere = elsewhere ? elsewhere : n;
	}
	return elsewhere;
}

double tax_of(const struct cells *c, const struct cell *cell, bool least)
{
	const struct cell *native = native_of(c, cell);
	double of = native ? least ? native->summary.min : native->summary.median : 0;

	return of > 0 ? (least ? cell->summary.min : cell->summary.median) / of : NAN;
}
