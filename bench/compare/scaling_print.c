// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/figures.h"
#include "scaling.h"

/* Takes over the text. */
static void put(struct table *g, char *text)
{
	strv_add(&g->cells, "%s", text);
	free(text);
}

/* Without decimals, where they say next to nothing. */
static char *whole_text(double v)
{
	return readable_number(fabs(round(v) - v) > 0.01 * fabs(v) ? v : round(v));
}

/* As many digits as its error makes sense of: none below, where the error is 10 or more. */
static char *slope_text(double v, double error)
{
	return readable_number(isnan(error) || error < 10 || round(v) == 0 ? v : round(v));
}

static char *error_text(double error)
{
	if (isnan(error))
		return xstrdup("-");
	return error < 10 ? readable_percent(error) : readable_number(ceil(error));
}

static char *worst_text(const struct fit *f)
{
	char *text = readable_percent(f->worst);

	replace_text(&text, "%s %% at %.15g", text, f->worst_at);
	return text;
}

static char *note_text(const struct scaling_curve *g)
{
	const struct fit *f = &g->fit;
	char *lower, *upper, *text;

	if (f->flat)
		return xasprintf("no growth: it changes by %.2g %% in all", f->change);
	if (f->line)
		return xstrdup(f->n == 2 ? "2 points: no error" : "a line");
	if (isnan(f->middle)) {
		text = readable_ratio(f->r2, 3);
		replace_text(&text, "no straight line: R2 is %s", text);
		return text;
	}
	lower = whole_text(f->lower);
	upper = whole_text(f->upper);
	text = xasprintf("no straight line: %s per %s from %.15g to %.15g, %s from there to %.15g",
			 lower, g->per, f->from, f->middle, upper, f->to);
	free(lower);
	free(upper);
	return text;
}

/* Do both belong into one table? */
static bool together(const struct scaling_curve *a, const struct scaling_curve *b)
{
	return strcmp(a->axis, b->axis) == 0 && strcmp(a->of->metric, b->of->metric) == 0 &&
	       strcmp(a->of->unit, b->of->unit) == 0 && strcmp(a->per, b->per) == 0;
}

static void print_table(const struct scaling *all, const struct scaling_curve *first,
			const char *tier, bool two, enum table_format format, bool least)
{
	struct table g = {.columns = two ? 10 : 9, .align = two ? "lllrrrrrrl" : "llrrrrrrl"};

	strv_add(&g.cells, "workload");
	strv_add(&g.cells, "variant");
	if (two)
		strv_add(&g.cells, "file");
	strv_add(&g.cells, "points");
	strv_add(&g.cells, "%s", first->axis);
	strv_add(&g.cells, "at 0");
	strv_add(&g.cells, "per %s", first->per);
	strv_add(&g.cells, "+-");
	strv_add(&g.cells, "worst residual");
	strv_add(&g.cells, "note");
	for (const struct scaling_curve *l = first; l < all->v + all->n; l++) {
		const struct fit *f = &l->fit;

		if (!together(first, l))
			continue;
		strv_add(&g.cells, "%s", l->workload);
		strv_add(&g.cells, "%s", l->variant);
		if (two)
			strv_add(&g.cells, "%s", l->file ? "new" : "base");
		strv_add(&g.cells, "%zu", f->n);
		strv_add(&g.cells, "%.15g..%.15g", f->from, f->to);
		/* A slope that is none would only be quoted. */
		put(&g, f->line ? whole_text(f->intercept) : xstrdup("-"));
		put(&g, f->line ? slope_text(f->slope, f->slope_error) : xstrdup("-"));
		put(&g, f->line ? error_text(f->slope_error) : xstrdup("-"));
		put(&g, f->line && !isnan(f->worst) ? worst_text(f) : xstrdup("-"));
		put(&g, note_text(l));
	}
	printf("%s by %s: a line through %s in %s, tier %s; +- is the standard error\n",
	       first->of->metric, first->axis, least ? "least samples" : "medians", first->of->unit,
	       tier);
	if (format == TABLE_MARKDOWN)
		putchar('\n');
	table_print(&g, format, stdout);
	table_free(&g);
}

void scaling_print(const struct scaling *g, const struct dataset *c, enum table_format format,
		   bool least, bool more)
{
	bool two = false;

	for (size_t i = 0; i < g->n; i++)
		two = two || g->v[i].file;
	for (size_t i = 0; i < g->n; i++) {
		bool printed = false;

		for (size_t k = 0; k < i; k++)
			printed = printed || together(&g->v[k], &g->v[i]);
		if (printed)
			continue;
		if (more)
			putchar('\n');
		more = true;
		print_table(g, &g->v[i], c->shown, two, format, least);
	}
}

/* Every digit; what there is not is empty. Where the points are on no line there is no slope that
 * could be read by mistake. */
static void put_number(struct table *g, double v)
{
	if (isnan(v))
		strv_add(&g->cells, "%s", "");
	else
		strv_add(&g->cells, "%.15g", v);
}

void scaling_print_tsv(const struct scaling *g, const struct dataset *c, bool least)
{
	static const char *const head[] = {
		"workload",    "variant",     "file",	       "metric",    "unit",
		"tier",	       "statistic",   "axis",	       "axis_unit", "points",
		"from",	       "to",	      "line",	       "intercept", "slope",
		"slope_error", "r2",	      "worst_percent", "worst_at",  "change_percent",
		"middle",      "lower_slope", "upper_slope"};
	struct table table = {.columns = sizeof(head) / sizeof(*head)};

	for (size_t i = 0; i < table.columns; i++)
		strv_add(&table.cells, "%s", head[i]);
	for (size_t i = 0; i < g->n; i++) {
		const struct scaling_curve *l = &g->v[i];
		const struct fit *f = &l->fit;
		const double numbers[] = {f->line ? f->intercept : NAN,
					  f->line ? f->slope : NAN,
					  f->line ? f->slope_error : NAN,
					  f->r2,
					  f->worst,
					  f->worst_at,
					  f->change,
					  f->middle,
					  f->lower,
					  f->upper};

		strv_add(&table.cells, "%s", l->workload);
		strv_add(&table.cells, "%s", l->variant);
		strv_add(&table.cells, "%zu", l->file);
		strv_add(&table.cells, "%s", l->of->metric);
		strv_add(&table.cells, "%s", l->of->unit);
		strv_add(&table.cells, "%s", c->tier);
		strv_add(&table.cells, "%s", least ? "least" : "median");
		strv_add(&table.cells, "%s", l->axis);
		strv_add(&table.cells, "%s", l->per);
		strv_add(&table.cells, "%zu", f->n);
		put_number(&table, f->from);
		put_number(&table, f->to);
		strv_add(&table.cells, "%d", f->line);
		for (size_t k = 0; k < sizeof(numbers) / sizeof(*numbers); k++)
			put_number(&table, numbers[k]);
	}
	table_print(&table, TABLE_TABS, stdout);
	table_free(&table);
}

static void set_number(json_t *o, const char *name, double v)
{
	if (!isnan(v))
		json_object_set_new(o, name, json_real(v));
}

json_t *scaling_json(const struct scaling *g, bool least)
{
	json_t *all = json_array();

	for (size_t i = 0; i < g->n; i++) {
		const struct scaling_curve *l = &g->v[i];
		const struct fit *f = &l->fit;
		json_t *o = json_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:I, s:b, s:b}",
				      "workload", l->workload, "variant", l->variant, "file",
				      (json_int_t)l->file, "metric", l->of->metric, "unit",
				      l->of->unit, "statistic", least ? "least" : "median", "axis",
				      l->axis, "per", l->per, "points", (json_int_t)f->n, "line",
				      f->line, "flat", f->flat);

		set_number(o, "from", f->from);
		set_number(o, "to", f->to);
		set_number(o, "intercept", f->line ? f->intercept : NAN);
		set_number(o, "slope", f->line ? f->slope : NAN);
		set_number(o, "slope_error", f->line ? f->slope_error : NAN);
		set_number(o, "r2", f->r2);
		set_number(o, "worst_percent", f->worst);
		set_number(o, "worst_at", f->worst_at);
		set_number(o, "change_percent", f->change);
		set_number(o, "middle", f->middle);
		set_number(o, "lower_slope", f->lower);
		set_number(o, "upper_slope", f->upper);
		json_array_append_new(all, o);
	}
	return all;
}
