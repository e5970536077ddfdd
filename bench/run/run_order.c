// SPDX-License-Identifier: MIT
#include "run_order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/summary.h"

#define DRIFT_SHARE  0.03
#define DRIFT_ERRORS 4

/* ---- the order ---- */

static uint64_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

/* Do they differ in nothing but the variant? */
static bool same_point(const struct run_spec *a, const struct run_spec *b)
{
	return a->seed == b->seed && a->workload == b->workload && a->vcpus == b->vcpus &&
	       json_equal(a->parameters, b->parameters);
}

static void shuffle(size_t *v, size_t n, uint64_t seed)
{
	uint64_t state = seed;

	/* Seeds that are neighbours are to give orders that are none. */
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

		/* Of what is left the round that is named first; in it, the point that is. */
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

static double *numbers_of(const json_t *list, size_t *n)
{
	double *v = xcalloc(json_array_size(list) + 1, sizeof(*v));

	*n = json_array_size(list);
	for (size_t i = 0; i < *n; i++)
		v[i] = json_number_value(json_array_get(list, i));
	return v;
}

/* The median of a control, and the standard error of it. */
static double median_of(const json_t *list, double *error)
{
	size_t n;
	double *v = numbers_of(list, &n), median = summarize(v, n).median;

	for (size_t i = 0; i < n; i++)
		v[i] = fabs(v[i] - median);
	*error = 1.25 * 1.4826 * summarize(v, n).median / sqrt((double)n);
	free(v);
	return median;
}

size_t run_order_drift(const json_t *values, bool *departs, double *reference)
{
	size_t n = json_array_size(values), departing = 0, i;
	double *median = xcalloc(n + 1, sizeof(*median)), *error = xcalloc(n + 1, sizeof(*error));
	double *sorted = xcalloc(n + 1, sizeof(*sorted)), allowed;
	json_t *one;

	json_array_foreach ((json_t *)values, i, one)
		sorted[i] = median[i] = median_of(one, &error[i]);
	*reference = 0;
	if (n) {
		summarize(sorted, n); /* sorts */
		*reference = sorted[(n - 1) / 2];
		allowed = fmax(DRIFT_SHARE * *reference, DRIFT_ERRORS * summarize(error, n).median);
		for (i = 0; i < n; i++)
			departing += (departs[i] = fabs(median[i] - *reference) > allowed);
	}
	free(median);
	free(error);
	free(sorted);
	return departing;
}
