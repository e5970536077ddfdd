// SPDX-License-Identifier: MIT
#include "noise_floor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "resultset_read.h"
#include "stats/summary.h"

/* The shifts of one metric while they are gathered. */
struct shifts {
	double *v;
	size_t n;
};

struct values_of {
	double *v; /* sorted, by iteration */
	size_t n;
};

static struct values_of sorted_values(const json_t *series)
{
	json_t *samples = json_object_get(series, "samples"), *one;
	struct values_of all = {.n = json_array_size(samples)};
	double reps = (double)iterations_per_sample(series);
	size_t i;

	all.v = xcalloc(all.n + 1, sizeof(*all.v));
	json_array_foreach (samples, i, one)
		all.v[i] = json_number_value(one) / reps;
	summarize(all.v, all.n);
	return all;
}

static bool same_workload(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static struct noise_metric *metric_of(struct noise *n, struct shifts **shifts, const json_t *series,
				      const char *workload)
{
	const char *name = text_at(series, "name", NULL);

	for (size_t i = 0; i < n->n; i++)
		if (strcmp(n->metric[i].name, name) == 0 &&
		    same_workload(n->metric[i].workload, workload))
			return &n->metric[i];
	n->metric = xrealloc(n->metric, (n->n + 1) * sizeof(*n->metric));
	*shifts = xrealloc(*shifts, (n->n + 1) * sizeof(**shifts));
	(*shifts)[n->n] = (struct shifts){0};
	n->metric[n->n] =
		(struct noise_metric){.name = name,
				      .workload = workload,
				      .unit = text_at(series, "unit", NULL),
				      .exact = json_is_true(json_object_get(series, "exact"))};
	return &n->metric[n->n++];
}

/* Sample by sample, in the order in which they were taken. */
static bool repeats(const json_t *a, const json_t *b)
{
	return json_equal(json_object_get(a, "samples"), json_object_get(b, "samples"));
}

/* Compares two repetitions of one series. */
struct pair {
	double shift;
	bool positive;
};

static struct pair compare(const json_t *a, const json_t *b)
{
	struct values_of x = sorted_values(a), y = sorted_values(b);
	double p = summary_of_sorted(x.v, x.n).median, q = summary_of_sorted(y.v, y.n).median;
	bool exact = json_is_true(json_object_get(a, "exact"));
	struct pair pair = {
		.shift = p == q ? 0 : 100 * fabs(p - q) / fmin(fabs(p), fabs(q)),
		.positive = exact ? !repeats(a, b) : mann_whitney(x.v, x.n, y.v, y.n).p < ALPHA,
	};

	free(x.v);
	free(y.v);
	return pair;
}

static void add_pair(struct noise *n, struct shifts **shifts, const json_t *a, struct pair pair,
		     const json_t *run, const char *workload)
{
	struct noise_metric *m = metric_of(n, shifts, a, workload);
	struct shifts *s = &(*shifts)[m - n->metric];

	s->v = xrealloc(s->v, (s->n + 1) * sizeof(*s->v));
	s->v[s->n++] = pair.shift;
	m->pairs++;
	/* Medians may be equal where samples are not; that pair is worse than one that repeats. */
	if (!m->worst || pair.shift > m->largest ||
	    (pair.shift == m->largest && pair.positive && !m->positives)) {
		m->largest = pair.shift;
		m->worst = text_at(run, "id", NULL);
	}
	m->positives += pair.positive;
}

static const json_t *series_named(const json_t *run, const char *name)
{
	json_t *series;
	size_t i;

	json_array_foreach (json_object_get(run, "series"), i, series)
		if (strcmp(text_at(series, "name", NULL), name) == 0)
			return series;
	return NULL;
}

/* All pairs of two repetitions of one run. */
static void add_run(struct noise *n, struct shifts **shifts, const json_t *const *repetition,
		    size_t nr)
{
	const json_t *counted = json_object_get(repetition[0], "counters");
	json_t *series;
	size_t k;

	for (k = 1; k < nr && counted && run_is_exact(repetition[0]); k++) {
		const json_t *again = json_object_get(repetition[k], "counters");

		if (again && !json_equal(counted, again))
			n->recounted = text_at(repetition[k], "id", NULL);
	}
	for (size_t a = 0; a < nr; a++)
		for (size_t b = a + 1; b < nr; b++)
			json_array_foreach (json_object_get(repetition[a], "series"), k, series) {
				const char *name = text_at(series, "name", NULL);
				const json_t *other = series_named(repetition[b], name);

				const char *workload = text_at(repetition[0], "identity",
							       "workload", "name", NULL);
				struct pair pair;

				if (!other)
					continue;
				pair = compare(series, other);
				add_pair(n, shifts, series, pair, repetition[a], workload);
				add_pair(n, shifts, series, pair, repetition[a], NULL);
			}
}

/* The minimum value that 95 of 100 do not exceed. */
static double percentile95(struct shifts *s)
{
	size_t rank = (size_t)ceil(0.95 * (double)s->n);

	summarize(s->v, s->n); /* sorts */
	return s->n ? s->v[rank - 1] : NAN;
}

/* Whether a series has one unit and one sense in both, if both have it. */
static bool same_units(const json_t *a, const json_t *b)
{
	json_t *series;
	size_t i;

	json_array_foreach (json_object_get(a, "series"), i, series) {
		const json_t *other = series_named(b, text_at(series, "name", NULL));

		if (other &&
		    (strcmp(text_at(series, "unit", NULL), text_at(other, "unit", NULL)) != 0 ||
		     strcmp(text_at(series, "better", NULL), text_at(other, "better", NULL)) != 0))
			return false;
	}
	return true;
}

/* Repetitions of what failed are no samples, but they have to be there. */
static bool same_thing(const json_t *const *repetition, size_t nr)
{
	for (size_t k = 1; k < nr; k++)
		if ((!json_equal(json_object_get(repetition[0], "identity"),
				 json_object_get(repetition[k], "identity")) ||
		     !same_units(repetition[0], repetition[k])) &&
		    json_array_size(json_object_get(repetition[0], "series")) &&
		    json_array_size(json_object_get(repetition[k], "series")))
			return false;
	return true;
}

/* The workloads of a metric in order, then what all of them say together. */
static int all_last(const void *a, const void *b)
{
	const struct noise_metric *x = a, *y = b;
	int by_name = strcmp(x->name, y->name);

	if (by_name || !x->workload || !y->workload)
		return by_name ? by_name : !x->workload - !y->workload;
	return strcmp(x->workload, y->workload);
}

bool noise_of(struct noise *n, const json_t *set, char **error)
{
	json_t *runs = json_object_get(set, "runs"), *again = json_object_get(set, "repetitions");
	const json_t *first = json_array_get(runs, 0), **repetition;
	struct shifts *shifts = NULL;
	size_t nr = json_array_size(again) + 1, i;
	json_t *run;

	*n = (struct noise){.rig = text_at(first, "identity", "rig", NULL),
			    .tier = text_at(first, "identity", "tier", NULL),
			    .accelerator = text_at(first, "identity", "qemu", "accelerator", NULL),
			    .repetitions = nr};
	if (!again)
		return fail(error, "it holds no repetitions: `pvmmu aa` makes such sets");
	repetition = xcalloc(nr, sizeof(*repetition));
	json_array_foreach (runs, i, run) {
		repetition[0] = run;
		for (size_t k = 1; k < nr; k++)
			repetition[k] = json_array_get(json_array_get(again, k - 1), i);
		if (!same_thing(repetition, nr)) {
			fail(error, "/repetitions: %s was not repeated as it is in /runs",
			     text_at(run, "id", NULL));
			break;
		}
		add_run(n, &shifts, repetition, nr);
	}
	/* Derived from the shifts while both are in one order. */
	for (i = 0; i < n->n; i++) {
		n->metric[i].p95 = percentile95(&shifts[i]);
		free(shifts[i].v);
	}
	if (n->n)
		qsort(n->metric, n->n, sizeof(*n->metric), all_last);
	free(shifts);
	free(repetition);
	return !*error;
}

void noise_free(struct noise *n)
{
	free(n->metric);
	*n = (struct noise){0};
}

const struct noise_metric *noise_find(const struct noise *n, const char *metric,
				      const char *workload)
{
	const struct noise_metric *all = NULL;

	for (size_t i = 0; i < n->n; i++) {
		const struct noise_metric *m = &n->metric[i];

		if (strcmp(m->name, metric) != 0)
			continue;
		if (m->workload && strcmp(m->workload, workload) == 0)
			return m;
		if (!m->workload)
			all = m;
	}
	return all;
}

bool noise_is_for(const struct noise *n, const json_t *set, char **error)
{
	const json_t *first = json_array_get(json_object_get(set, "runs"), 0);
	const char *rig = text_at(first, "identity", "rig", NULL);
	const char *tier = text_at(first, "identity", "tier", NULL);
	const char *by = text_at(first, "identity", "qemu", "accelerator", NULL);

	if (strcmp(rig, n->rig) == 0 && strcmp(tier, n->tier) == 0 &&
	    strcmp(by, n->accelerator) == 0)
		return true;
	return fail(error,
		    "the noise floor is of rig %s, tier %s%s%s; the set is of rig %s, tier %s%s%s",
		    n->rig, n->tier, *n->accelerator ? " by " : "", n->accelerator, rig, tier,
		    *by ? " by " : "", by);
}
