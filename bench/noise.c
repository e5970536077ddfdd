// SPDX-License-Identifier: MIT
#include "noise.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "resultset.h"
#include "stats.h"

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

static struct noise_metric *metric_of(struct noise *n, struct shifts **shifts, const json_t *series)
{
	const char *name = text_at(series, "name", NULL);

	for (size_t i = 0; i < n->n; i++)
		if (strcmp(n->metric[i].name, name) == 0)
			return &n->metric[i];
	n->metric = xrealloc(n->metric, (n->n + 1) * sizeof(*n->metric));
	*shifts = xrealloc(*shifts, (n->n + 1) * sizeof(**shifts));
	(*shifts)[n->n] = (struct shifts){0};
	n->metric[n->n] =
		(struct noise_metric){.name = name,
				      .unit = text_at(series, "unit", NULL),
				      .exact = json_is_true(json_object_get(series, "exact"))};
	return &n->metric[n->n++];
}

/* Sample by sample, in the order in which they were taken. */
static bool repeats(const json_t *a, const json_t *b)
{
	return json_equal(json_object_get(a, "samples"), json_object_get(b, "samples"));
}

static void add_pair(struct noise *n, struct shifts **shifts, const json_t *a, const json_t *b,
		     const char *id)
{
	struct noise_metric *m = metric_of(n, shifts, a);
	struct shifts *s = &(*shifts)[m - n->metric];
	struct values_of x = sorted_values(a), y = sorted_values(b);
	double p = summary_of_sorted(x.v, x.n).median, q = summary_of_sorted(y.v, y.n).median;
	double shift = p == q ? 0 : 100 * fabs(p - q) / fmin(fabs(p), fabs(q));

	s->v = xrealloc(s->v, (s->n + 1) * sizeof(*s->v));
	s->v[s->n++] = shift;
	m->pairs++;
	if (m->exact ? !repeats(a, b) : mann_whitney(x.v, x.n, y.v, y.n).p < ALPHA)
		m->positives++;
	if (!m->worst || shift > m->largest) {
		m->largest = shift;
		m->worst = id;
	}
	free(x.v);
	free(y.v);
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
	json_t *series;
	size_t k;

	for (size_t a = 0; a < nr; a++)
		for (size_t b = a + 1; b < nr; b++)
			json_array_foreach (json_object_get(repetition[a], "series"), k, series) {
				const char *name = text_at(series, "name", NULL);
				const json_t *other = series_named(repetition[b], name);

				if (other)
					add_pair(n, shifts, series, other,
						 text_at(repetition[a], "id", NULL));
			}
}

/* The least value that 95 of 100 do not exceed. */
static double percentile95(struct shifts *s)
{
	size_t rank = (size_t)ceil(0.95 * (double)s->n);

	summarize(s->v, s->n); /* sorts */
	return s->n ? s->v[rank - 1] : NAN;
}

bool noise_of(struct noise *n, const json_t *set, char **why)
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
		return fail(why, "it holds no repetitions: `pvmmu aa` makes such sets");
	repetition = xcalloc(nr, sizeof(*repetition));
	json_array_foreach (runs, i, run) {
		repetition[0] = run;
		for (size_t k = 1; k < nr; k++)
			repetition[k] = json_array_get(json_array_get(again, k - 1), i);
		add_run(n, &shifts, repetition, nr);
	}
	for (i = 0; i < n->n; i++) {
		n->metric[i].p95 = percentile95(&shifts[i]);
		free(shifts[i].v);
	}
	free(shifts);
	free(repetition);
	return true;
}

void noise_free(struct noise *n)
{
	free(n->metric);
	*n = (struct noise){0};
}

const struct noise_metric *noise_find(const struct noise *n, const char *metric)
{
	for (size_t i = 0; i < n->n; i++)
		if (strcmp(n->metric[i].name, metric) == 0)
			return &n->metric[i];
	return NULL;
}

bool noise_is_for(const struct noise *n, const json_t *set, char **why)
{
	const json_t *first = json_array_get(json_object_get(set, "runs"), 0);
	const char *rig = text_at(first, "identity", "rig", NULL);
	const char *tier = text_at(first, "identity", "tier", NULL);
	const char *by = text_at(first, "identity", "qemu", "accelerator", NULL);

	if (strcmp(rig, n->rig) == 0 && strcmp(tier, n->tier) == 0 &&
	    strcmp(by, n->accelerator) == 0)
		return true;
	return fail(why,
		    "the noise floor is of rig %s, tier %s%s%s; the set is of rig %s, tier %s%s%s",
		    n->rig, n->tier, *n->accelerator ? " by " : "", n->accelerator, rig, tier,
		    *by ? " by " : "", by);
}
