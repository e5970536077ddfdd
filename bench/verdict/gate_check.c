// SPDX-License-Identifier: MIT
#include "gate_check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "resultset/units.h"
#include "spec/catalog.h"

/* More samples than this are never suggested. */
#define NEED_MAX 100000

bool gates_read(struct gates *g, const struct strv *texts, bool has_base, char **error)
{
	*g = (struct gates){.gate = xcalloc(texts->n + 1, sizeof(*g->gate))};
	for (size_t i = 0; i < texts->n && !*error; i++) {
		struct gate *one = &g->gate[g->n++];

		if (gate_read(one, texts->v[i], error) && one->kind != LIMIT_ABSOLUTE && !has_base)
			fail(error,
			     "gate \"%s\" is relative, and there is no base to be relative to: "
			     "--base FILE",
			     one->text);
		for (size_t k = 0; k + 1 < g->n; k++)
			if (strcmp(g->gate[k].text, one->text) == 0)
				fail(error, "gate \"%s\" is given twice", one->text);
	}
	return !*error;
}

void gates_free(struct gates *g)
{
	for (size_t i = 0; i < g->n; i++)
		gate_free(&g->gate[i]);
	for (size_t i = 0; i < g->nr_rows; i++)
		free(g->row[i].reason);
	free(g->gate);
	free(g->row);
	dataset_free(&g->data);
	*g = (struct gates){0};
}

enum outcome gates_outcome(const struct gates *g)
{
	enum outcome worst = OUTCOME_SUCCESS;

	for (size_t i = 0; i < g->nr_rows; i++)
		worst = outcome_worse(worst, g->row[i].outcome);
	return worst;
}

/* ---- one cell ---- */

/*
 * The values of a cell that statistics use. Samples of one boot share its memory layout and its
 * moment, so the medians of several boots are used if they are enough for an interval.
 */
struct evidence {
	const double *v; /* sorted */
	size_t n;
};

static bool by_boots(const struct cell *c)
{
	return c->by_median.n >= median_interval_needs(CONFIDENCE);
}

static struct evidence evidence_of(const struct cell *c, bool boots)
{
	return boots ? (struct evidence){c->medians, c->by_median.n}
		     : (struct evidence){c->samples, c->summary.n};
}

/*
 * Is the value beyond the limit? The slack allows for decimal fractions that binary ones only
 * approximate.
 */
static bool beyond(const struct gate_row *r, double value)
{
	double slack = 1e-12 * fmax(fabs(value), fabs(r->limit));

	return r->gate->at_least ? value < r->limit - slack : value > r->limit + slack;
}

/* Sets the tested value (the median or the difference) and its limit. */
static void set_limit(struct gate_row *r)
{
	bool absolute = r->gate->kind == LIMIT_ABSOLUTE;

	r->tested = absolute ? r->new : r->new - r->base;
	r->limit = r->gate->kind == LIMIT_PERCENT ? r->gate->limit * r->base / 100 : r->gate->limit;
	if (r->gate->is_time)
		r->limit /= unit_in_ns(r->unit);
}

/*
 * The number of samples that would move the interval's end to the limit. Its width falls with the
 * root of the number of samples.
 */
static size_t samples_needed(const struct gate_row *r, size_t n)
{
	double half = (r->interval.high - r->interval.low) / 2, room = fabs(r->tested - r->limit);
	double need = room > 0 ? ceil((double)n * half * half / (room * room)) : INFINITY;

	return need > (double)n && need <= NEED_MAX ? (size_t)need : 0;
}

static void judge_by_interval(struct gate_row *r, const struct cell *base, const struct cell *new)
{
	bool boots = by_boots(new) && (!base || by_boots(base));
	struct evidence b = evidence_of(new, boots), a = {0};
	const char *of = boots ? "boots" : "samples";
	size_t needed = median_interval_needs(CONFIDENCE);
	struct shift shift;

	if (base) {
		a = evidence_of(base, boots);
		shift = hodges_lehmann(a.v, a.n, b.v, b.n, CONFIDENCE);
		r->tested = shift.estimate;
		r->interval = shift.interval;
		needed = mann_whitney_needs(ALPHA);
	} else {
		r->interval = median_interval(b.v, b.n, CONFIDENCE);
	}
	if (!r->interval.exists) {
		r->outcome = OUTCOME_SKIP;
		r->need = needed;
		r->reason = xasprintf("too few %s for a confidence interval: need n >= %zu", of,
				      r->need);
	} else if (beyond(r, r->interval.low) && beyond(r, r->interval.high)) {
		r->outcome = OUTCOME_FAILURE;
	} else if (beyond(r, r->interval.low) || beyond(r, r->interval.high)) {
		r->outcome = OUTCOME_SKIP;
		r->need = samples_needed(r, base && a.n < b.n ? a.n : b.n);
		r->reason =
			r->need ? xasprintf("the limit is inside the confidence interval: need "
					    "about n >= %zu %s",
					    r->need, of)
				: xasprintf("the limit is inside the confidence interval, and the "
					    "measured value too close to it for more %s to help",
					    of);
	}
}

/* A difference below the noise floor is no evidence. */
static void apply_floor(struct gate_row *r, const struct noise *noise)
{
	const struct noise_metric *floor = noise ? noise_find(noise, r->metric, r->workload) : NULL;
	double percent = 100 * fabs(r->new - r->base) / fmin(fabs(r->new), fabs(r->base));

	if (!floor || r->exact || r->gate->kind == LIMIT_ABSOLUTE || isnan(percent) ||
	    percent > floor->largest)
		return;
	if (r->outcome == OUTCOME_FAILURE)
		r->outcome = OUTCOME_SKIP;
	replace_text(&r->reason, "%s%sbelow the noise floor of %.2g %%", r->reason ? r->reason : "",
		     r->reason ? "; " : "", floor->largest);
}

static void judge_row(struct gate_row *r, const struct cell *base, const struct cell *new,
		      const struct noise *noise)
{
	set_limit(r);
	r->exact = new->exact && (!base || base->exact);
	if (r->exact)
		r->outcome = beyond(r, r->tested) ? OUTCOME_FAILURE : OUTCOME_SUCCESS;
	else
		judge_by_interval(r, base, new);
	apply_floor(r, noise);
}

/* ---- all cells ---- */

static struct gate_row *add_row(struct gates *g, const struct gate *gate, const char *point,
				const char *variant)
{
	struct gate_row *r;

	g->row = xrealloc(g->row, (g->nr_rows + 1) * sizeof(*g->row));
	r = &g->row[g->nr_rows++];
	*r = (struct gate_row){.gate = gate, .point = point, .variant = variant};
	r->base = r->new = r->tested = r->limit = NAN;
	return r;
}

static void add_missing(struct gates *g, const struct gate *gate, const char *point,
			const char *variant, const char *reason)
{
	struct gate_row *r = add_row(g, gate, point, variant);

	r->outcome = OUTCOME_SKIP;
	r->reason = xstrdup(reason);
}

static bool matches(const struct gates *g, const struct gate *gate, const struct cell *cell)
{
	const struct point *p = &g->data.point[cell->point];
	const struct gate_subject s = {p->workload, p->parameters, p->vcpus, cell->variant,
				       cell->label};

	return gate_matches(gate, &s);
}

/* Did a run without samples skip itself on purpose? */
static bool skipped_by_intent(const struct cell *cell)
{
	if (strcmp(cell->status, outcome_name(OUTCOME_SKIP)) != 0)
		return false;
	for (size_t i = 0; i < cell->nr_runs; i++)
		if (!outcome_is_intended(cell->run[i]->status, cell->run[i]->reason))
			return false;
	return true;
}

/* A gate that names a workload needs its samples. A gate with a pattern accepts a skip. */
static void no_samples(struct gates *g, const struct gate *gate, const struct cell *cell)
{
	if (strpbrk(gate->workload, "*?") && skipped_by_intent(cell))
		g->skipped++;
	else
		add_missing(g, gate, g->data.point[cell->point].label, cell->label, cell->status);
}

static bool is_metric(const struct gate *gate, const struct cell *cell)
{
	if (!cell->metric)
		return false;
	return strcmp(gate->metric, "*") == 0 ? !cell->counter
					      : strcmp(gate->metric, cell->metric) == 0;
}

/*
 * Checks that base and new have the same unit. If times were converted (units.h), a limit without
 * a unit is ambiguous.
 */
static bool same_units(const struct gate *gate, const char *point, const struct cell *base,
		       const struct cell *new, char **error)
{
	if (strcmp(base->unit, new->unit) != 0)
		return fail(error, "%s %s is in %s, in the base in %s", point, new->metric,
			    new->unit, base->unit);
	if (base->lower != new->lower)
		return fail(error, "%s: of %s %s is better, in the base %s", point, new->metric,
			    new->lower ? "less" : "more", base->lower ? "less" : "more");
	return !(base->converted || new->converted) || gate->is_time || gate->limit == 0 ||
	       gate->kind == LIMIT_PERCENT ||
	       fail(error,
		    "gate \"%s\": %s is in another unit than in the base, so its limit needs a "
		    "unit: ns, us, ms or s",
		    gate->text, new->metric);
}

static void check_cell(struct gates *g, const struct gate *gate, const struct cell *new,
		       bool has_base, const struct noise *noise, char **error)
{
	const char *point = g->data.point[new->point].label;
	const struct cell *base = NULL, *failed;
	struct gate_row *r;

	if (gate->is_time && !unit_in_ns(new->unit)) {
		fail(error, "gate \"%s\": its limit is a time, but %s is in %s", gate->text,
		     new->metric, new->unit);
		return;
	}
	/* If one of several seeds failed, the others alone are not used. */
	failed = dataset_find_failed(&g->data, 0, new->point, new->variant);
	if (!failed && gate->kind != LIMIT_ABSOLUTE && has_base) {
		base = dataset_find(&g->data, 1, new->point, new->variant, new->metric);
		failed = dataset_find_failed(&g->data, 1, new->point, new->variant);
		if (!base || failed) {
			add_missing(g, gate, point, new->label, "not measured in the base");
			return;
		}
		if (!same_units(gate, point, base, new, error))
			return;
	}
	if (failed)
		return; /* the failed cell has its own row */
	r = add_row(g, gate, point, new->label);
	r->workload = g->data.point[new->point].workload;
	r->metric = new->metric;
	r->unit = new->unit;
	r->new = new->summary.median;
	r->new_n = new->summary.n;
	if (base) {
		r->base = base->summary.median;
		r->base_n = base->summary.n;
	}
	judge_row(r, base, new, noise);
}

/* Lists the metrics that the gate could name. */
static bool unknown_metric(const struct gates *g, const struct gate *gate, json_t *set,
			   char **error)
{
	AUTO_STRV struct strv valid = {0};
	json_t *run, *group;
	const char *name;
	size_t i;
	AUTO_FREE char *kind =
		xasprintf("gate \"%s\": column %zu: unknown metric", gate->text,
			  (size_t)(strstr(gate->text, gate->metric) - gate->text) + 1);

	for (i = 0; i < g->data.n; i++)
		if (g->data.cell[i].metric && matches(g, gate, &g->data.cell[i]))
			strv_add_distinct(&valid, g->data.cell[i].metric);
	json_array_foreach (json_object_get(set, "runs"), i, run)
		json_object_foreach (json_object_get(run, "counters"), name, group)
			strv_add_distinct(&valid, name);
	fail(error, "%s \"%s\"; valid here: ", kind, gate->metric);
	for (i = 0; i < valid.n; i++)
		replace_text(error, "%s%s%s", *error, i ? ", " : "", valid.v[i]);
	return false;
}

static void check_gate(struct gates *g, const struct gate *gate, json_t *const *sets,
		       size_t nr_sets, const struct declaration *d, const struct noise *noise,
		       char **error)
{
	size_t about = 0, before = g->nr_rows + g->skipped;
	const char *declared;

	for (size_t i = 0; i < g->data.n && !*error; i++) {
		const struct cell *c = &g->data.cell[i];

		if (c->file != 0 || !matches(g, gate, c))
			continue;
		about++;
		if (!c->metric)
			no_samples(g, gate, c);
		else if (is_metric(gate, c))
			check_cell(g, gate, c, nr_sets > 1, noise, error);
	}
	declared = declaration_find(d, gate);
	if (!about && declared && !*error)
		add_missing(g, gate, declared, "", "declared, but not in the set");
	else if (!about)
		fail(error,
		     "gate \"%s\" is about none of the declared runs: no such workload, "
		     "parameters or variant",
		     gate->text);
	else if (g->nr_rows + g->skipped == before && !*error)
		unknown_metric(g, gate, sets[0], error);
}

/* Lists the gates' metrics that are counters. */
static void counters_wanted(const struct gates *g, json_t *const *sets, size_t nr_sets,
			    struct strv *counters)
{
	for (size_t i = 0; i < g->n; i++) {
		AUTO_FREE char *group =
			xstrndup(g->gate[i].metric, strcspn(g->gate[i].metric, "."));
		json_t *run, *counter;
		bool found = false;
		size_t k;

		for (size_t s = 0; s < nr_sets; s++)
			json_array_foreach (json_object_get(sets[s], "runs"), k, run) {
				counter = member_at(run, "counters", group, NULL);
				found = found ||
					(counter &&
					 (strcmp(group, g->gate[i].metric) == 0 ||
					  json_object_get(counter,
							  g->gate[i].metric + strlen(group) + 1)));
			}
		if (found)
			strv_add_distinct(counters, g->gate[i].metric);
	}
}

bool gates_check(struct gates *g, json_t *const *sets, size_t nr_sets, const struct declaration *d,
		 const struct noise *noise, char **error)
{
	AUTO_STRV struct strv counters = {0};

	counters_wanted(g, sets, nr_sets, &counters);
	if (dataset_make(&g->data, sets, nr_sets, &counters, error))
		for (size_t i = 0; i < g->n && !*error; i++)
			check_gate(g, &g->gate[i], sets, nr_sets, d, noise, error);
	return !*error;
}
