// SPDX-License-Identifier: MIT
/*
 * Totals and their parts: the instructions of an operation, and its hypercalls. Both use the script
 * plots/stacks.gp, which draws a stack for each series.
 */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "plot/kind.h"
#include "resultset/resultset_read.h"

/* More colours cannot be told apart, so further parts are summed up as "other". */
#define STACK_PARTS_MAX 8

struct stacks {
	struct strv parts;    /* the largest first, "other" last */
	double *value;	      /* by point, series and part */
	const char **missing; /* by point and series: the reason, or NULL */
};

/* The value of a part of a cell; NaN with *missing, unless that was set before. */
typedef double (*stacks_part)(const struct plot *p, size_t point, size_t series, const char *part,
			      const char **missing);

static double *value_at(const struct stacks *s, const struct plot *p, size_t point, size_t series,
			size_t part)
{
	return &s->value[(point * p->nr_series + series) * s->parts.n + part];
}

/* The sum of a part over all that is drawn. */
static double weight(const struct plot *p, stacks_part part_of, const char *part)
{
	double sum = 0;

	for (size_t point = 0; point < p->nr_points; point++)
		for (size_t series = 0; series < p->nr_series; series++) {
			const char *missing = NULL;
			double v = part_of(p, point, series, part, &missing);

			sum += missing || isnan(v) ? 0 : v;
		}
	return sum;
}

/* The parts that are not zero, by weight if `sorted`. */
static void choose_parts(struct strv *to, const struct plot *p, const struct strv *parts,
			 stacks_part part_of, bool sorted)
{
	AUTO_FREE double *weights = xcalloc(parts->n + 1, sizeof(*weights));
	size_t left = 0;

	for (size_t i = 0; i < parts->n; i++) {
		weights[i] = weight(p, part_of, parts->v[i]);
		left += weights[i] > 0;
	}
	while (left--) {
		size_t next = 0;

		for (size_t i = 0; i < parts->n; i++)
			if (!(weights[next] > 0) || (sorted && weights[i] > weights[next]))
				next = i;
		strv_add(to, "%s", parts->v[next]);
		weights[next] = 0;
	}
}

/*
 * Fills in p->own from all possible parts, in order; parts that are zero everywhere are left out.
 * sorted: the largest first. false: all parts are zero.
 */
static bool begin_stacks(struct plot *p, const struct strv *parts, stacks_part part_of, bool sorted)
{
	struct stacks *s = xcalloc(1, sizeof(*s));
	AUTO_STRV struct strv chosen = {0};
	size_t shown;

	choose_parts(&chosen, p, parts, part_of, sorted);
	shown = chosen.n > STACK_PARTS_MAX + 1 ? STACK_PARTS_MAX : chosen.n;
	for (size_t i = 0; i < shown; i++)
		strv_add(&s->parts, "%s", chosen.v[i]);
	if (shown < chosen.n)
		strv_add(&s->parts, "other");
	s->value = xcalloc(p->nr_points * p->nr_series * s->parts.n + 1, sizeof(*s->value));
	s->missing = xcalloc(p->nr_points * p->nr_series + 1, sizeof(*s->missing));
	for (size_t point = 0; point < p->nr_points; point++)
		for (size_t series = 0; series < p->nr_series; series++)
			for (size_t i = 0; i < chosen.n; i++)
				*value_at(s, p, point, series, i < shown ? i : shown) +=
					part_of(p, point, series, chosen.v[i],
						&s->missing[point * p->nr_series + series]);
	p->own = s;
	return s->parts.n > 0;
}

static void write_stack(FILE *f, const struct plot *p, size_t point, size_t series)
{
	const struct stacks *s = p->own;
	const char *missing = s->missing[point * p->nr_series + series];
	double whole = 0, from = 0;

	for (size_t i = 0; i < s->parts.n && !missing; i++)
		whole += *value_at(s, p, point, series, i);
	for (size_t i = 0; i < s->parts.n && !missing; i++) {
		double to = from + *value_at(s, p, point, series, i);

		plot_row(f, p, point, series);
		fprintf(f, "\t%zu", i + 1);
		plot_value(f, from);
		plot_value(f, to);
		plot_value(f, whole);
		fprintf(f, "\t%s\t\n", s->parts.v[i]);
		from = to;
	}
	if (missing) {
		plot_row(f, p, point, series);
		fprintf(f, "\t0\tNaN\tNaN\tNaN\t\tmissing: %s\n", missing);
	}
}

static void write_table(FILE *f, const struct plot *p)
{
	fputs("#\t#\tpanel\tvariant\t#\tfrom\tto\twhole\tpart\tlabel\n", f);
	for (size_t point = 0; point < p->nr_points; point++)
		for (size_t series = 0; series < p->nr_series; series++)
			write_stack(f, p, point, series);
}

/* A letter for each part, preferably from its name. */
static void add_marks(struct picture *to, const struct strv *parts)
{
	AUTO_STRV struct strv marks = {0};
	char taken[64] = "";

	for (size_t i = 0; i < parts->n; i++) {
		const char *c = parts->v[i];
		char mark[2] = {0}, any = 'A';

		while (*c && (!isalpha((unsigned char)*c) || strchr(taken, *c)))
			c++;
		while (strchr(taken, any))
			any++;
		*mark = *c ? *c : any;
		strncat(taken, mark, sizeof(taken) - strlen(taken) - 1);
		strv_add(&marks, "%s", mark);
	}
	picture_list(to, "mark", &marks);
}

static void set_variables(const struct plot *p, struct picture *to)
{
	const struct stacks *s = p->own;

	plot_list_variants(to, "row", p);
	plot_list_series(to, &s->parts, NULL);
	add_marks(to, &s->parts);
}

static void end(struct plot *p)
{
	struct stacks *s = p->own;

	if (!s)
		return;
	strv_free(&s->parts);
	free(s->value);
	free(s->missing);
}

/* ---- instructions: Xen, the guest kernel, its processes ---- */

static const char *const owners[] = {"xen", "kernel", "user"};
static const char *const shown[] = {"Xen", "guest kernel", "processes"};

#define NR_OWNERS (sizeof(owners) / sizeof(*owners))

/* The mean over all samples. Parts of means add up to the mean sample; medians need not add up. */
static double owned_instructions(const struct plot *p, size_t point, size_t series,
				 const char *part, const char **missing)
{
	const struct cell *cell = plot_cell(p, point, series, p->metric, missing);
	size_t samples = 0, k, i;
	double sum = 0;
	json_t *one;

	for (k = 0; cell && k < cell->nr_runs; k++) {
		const json_t *run = cell->run[k]->json;
		const json_t *insn = member_at(run, "collected", "insn", NULL);
		json_int_t reps =
			iterations_per_sample(json_array_get(json_object_get(run, "series"), 0));

		/* A native run has no counts of Xen, but every run has counts of the kernel. */
		samples += json_array_size(json_object_get(insn, "kernel"));
		for (size_t w = 0; w < NR_OWNERS; w++) {
			if (strcmp(shown[w], part) != 0)
				continue;
			json_array_foreach (json_object_get(insn, owners[w]), i, one)
				sum += json_number_value(one) / (double)reps;
		}
	}
	if (cell && !samples)
		*missing = "not attributed";
	return samples ? sum / (double)samples : NAN;
}

static bool begin_where(struct plot *p, char **error)
{
	AUTO_STRV struct strv parts = {0};

	if (!plot_lay_out(p, error))
		return false;
	for (size_t w = 0; w < NR_OWNERS; w++)
		strv_add(&parts, "%s", shown[w]);
	return begin_stacks(p, &parts, owned_instructions, false) ||
	       fail(error, "nothing was attributed: measure with --collect insn");
}

static char *subtitle_where(const struct plot *p)
{
	AUTO_FREE char *n = plot_n(p);

	return xasprintf("instructions by collector insn, tier %s, mean of n = %s", p->data.shown,
			 n);
}

static const struct plot_kind where = {
	.name = "where",
	.summary = "where the instructions go: Xen, guest kernel, processes (collector insn)",
	.script = "plots/stacks.gp",
	.columns = 2,
	.begin = begin_where,
	.write_table = write_table,
	.about = "where the instructions of an operation go",
	.note = "Instructions of the mean sample, by owner. Each panel has a scale of its own, from "
		"zero. Counts are exact and have no error.",
	.subtitle = subtitle_where,
	.variables = set_variables,
	.end = end,
};

PLOT_KIND(where);

/* ---- hypercalls, by kind, from the guest's counters ---- */

static const char group[] = "hypercalls.";

static double calls_of_kind(const struct plot *p, size_t point, size_t series, const char *part,
			    const char **missing)
{
	AUTO_FREE char *metric = xasprintf("%s%s", group, part);
	const struct cell *cell = plot_cell(p, point, series, metric, missing);

	return cell ? cell->summary.median : NAN;
}

/* Native variants make no hypercalls, so they are left out. */
static bool makes_calls(const struct plot *p, const struct plot_series *s)
{
	return plot_has_counts(p, s, group);
}

static bool begin_hypercalls(struct plot *p, char **error)
{
	static const char none[] = "no hypercalls were counted";
	AUTO_STRV struct strv counters = {0}, parts = {0};

	strv_add(&counters, "%s*", group);
	if (!plot_lay_out_counters(p, &counters, none, error))
		return false;
	plot_keep_series(p, makes_calls);
	for (size_t i = 0; i < p->data.n; i++)
		if (p->data.cell[i].counter)
			strv_add_distinct(&parts, strchr(p->data.cell[i].metric, '.') + 1);
	return begin_stacks(p, &parts, calls_of_kind, true) || fail(error, "%s", none);
}

static char *subtitle_hypercalls(const struct plot *p)
{
	return xasprintf("hypercalls counted by the guest, tier %s", p->data.shown);
}

static const struct plot_kind hypercalls = {
	.name = "hypercalls",
	.summary = "hypercalls of an operation, by kind",
	.script = "plots/stacks.gp",
	.columns = 2,
	.begin = begin_hypercalls,
	.write_table = write_table,
	.about = "hypercalls per operation",
	.note = "Hypercalls per iteration, by kind; a multicall counts as one, whatever it holds. "
		"Each panel has a scale of its own, from zero.",
	.subtitle = subtitle_hypercalls,
	.variables = set_variables,
	.end = end,
};

PLOT_KIND(hypercalls);
