// SPDX-License-Identifier: MIT
#include "run_order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "stats/summary.h"

#define DRIFT_SHARE  0.03
#define DRIFT_ERRORS 4

/* ---- the order ---- */

static uint64_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

/* Do two runs differ only in the variant? */
static bool same_point(const struct run_spec *a, const struct run_spec *b)
{
	return a->seed == b->seed && a->workload == b->workload && a->vcpus == b->vcpus &&
	       json_equal(a->parameters, b->parameters);
}

static void shuffle(size_t *v, size_t n, uint64_t seed)
{
	uint64_t state = seed;

	/* Without these steps consecutive seeds would give similar orders. */
	for (int i = 0; i < 4; i++)
		next_random(&state);
	for (; n > 1; n--) {
		size_t k = next_random(&state) % n, last = v[n - 1];

		v[n - 1] = v[k];
		v[k] = last;
	}
}

void run_order_make(const struct plan *p, size_t *order)
{
	bool *taken = xcalloc(p->n, sizeof(*taken));
	size_t n = 0, point = 0;

	while (n < p->n) {
		size_t first = p->n, start;

		/* The lowest seed comes first, and in it the point that is named first. */
		for (size_t i = 0; i < p->n; i++)
			if (!taken[i] && (first == p->n || p->runs[i].seed < p->runs[first].seed))
				first = i;
		start = n;
		for (size_t i = first; i < p->n; i++) {
			if (taken[i] || !same_point(&p->runs[first], &p->runs[i]))
				continue;
			taken[i] = true;
			order[n++] = i;
		}
		shuffle(order + start, n - start, p->runs[first].seed * 1000003 + point++);
	}
	free(taken);
}

/* ---- drift ---- */

/* The median of a control; *error: its standard error. */
static double median_of(const json_t *list, double *error)
{
	size_t n;
	AUTO_FREE double *v = json_numbers(list, &n);
	double median = summarize(v, n).median;

	for (size_t i = 0; i < n; i++)
		v[i] = fabs(v[i] - median);
	*error = 1.25 * 1.4826 * summarize(v, n).median / sqrt((double)n);
	return median;
}

size_t run_order_drift(const json_t *values, bool *departs, double *share)
{
	size_t n = json_array_size(values), departing = 0;
	AUTO_FREE double *median = xcalloc(n + 1, sizeof(*median));
	AUTO_FREE double *error = xcalloc(n + 1, sizeof(*error));
	AUTO_FREE double *sorted = xcalloc(n + 1, sizeof(*sorted));
	double reference, allowed;

	for (size_t i = 0; i < n; i++)
		sorted[i] = median[i] = median_of(json_array_get(values, i), &error[i]);
	summarize(sorted, n); /* sorts */
	reference = n ? sorted[(n - 1) / 2] : 0;
	allowed = fmax(DRIFT_SHARE * reference, DRIFT_ERRORS * summarize(error, n).median);
	for (size_t i = 0; i < n; i++) {
		departing += (departs[i] = fabs(median[i] - reference) > allowed);
		share[i] = median[i] / reference - 1;
	}
	return departing;
}
