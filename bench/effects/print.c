// SPDX-License-Identifier: MIT
#include "print.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/figures.h"
#include "lib/json.h"

/* A sentence mentions a dependence on another axis if it is larger than this. */
#define WORTH_SAYING 0.005

/* ---- for readers ---- */

static char *percent(double ratio)
{
	char *text = signed_percent(100 * (without_noise(ratio) - 1));

	replace_text(&text, "%s %%", text);
	return text;
}

/* An integer comes back from its logarithm slightly changed. */
static char *base_text(double v)
{
	return readable_number(fabs(round(v) - v) < 1e-9 * fabs(v) ? round(v) : v);
}

static void print_head(const struct effects *e, const struct effects_of *of,
		       enum table_format format)
{
	AUTO_FREE char *base = of->linear_model.term[0].basis
				       ? base_text(exp(of->linear_model.term[0].value))
				       : xstrdup("not estimable");
	AUTO_STRV struct strv words = {0};
	AUTO_FREE char *levels = NULL;

	for (size_t f = 0; f < e->nr_factors; f++)
		strv_add(&words, "%s", e->factor[f].levels.v[0]);
	for (size_t i = 0; i < e->fixed.n; i++)
		strv_add(&words, "%s", e->fixed.v[i]);
	levels = strv_join(&words, " ");
	printf("%s%s: %s, medians in %s, tier %s; %zu variants, %zu of %zu terms\n",
	       format == TABLE_MARKDOWN ? "### " : "", of->point->label, of->metric, of->unit,
	       e->data.shown, of->n, of->linear_model.rank, of->linear_model.nr_terms);
	printf("%sbase: %s: %s\n%s", format == TABLE_MARKDOWN ? "\n" : "", levels, base,
	       format == TABLE_MARKDOWN ? "\n" : "");
}

static char *interval_text(const struct interval *i)
{
	AUTO_FREE char *low = NULL, *high = NULL;
	char *text;

	if (!i->exists)
		return xstrdup("-");
	low = percent(exp(i->low));
	high = percent(exp(i->high));
	text = xasprintf("%s .. %s", low, high);
	return text;
}

static void print_terms(const struct effects *e, const struct effects_of *of,
			enum table_format format)
{
	const struct linear_model *d = &of->linear_model;
	struct table g = {.columns = 3, .align = "lrr"};

	strv_add(&g.cells, "term");
	strv_add(&g.cells, "effect");
	strv_add(&g.cells, "95 %% CI");
	for (size_t k = 1; k < d->nr_terms; k++) {
		if (!d->term[k].basis)
			continue;
		table_take(&g, effects_term(e, of, k));
		table_take(&g, percent(exp(d->term[k].value)));
		table_take(&g, interval_text(&of->interval[k]));
	}
	table_print(&g, format, stdout);
	table_free(&g);
}

static const char *source_text(const struct effects_of *of)
{
	switch (of->source) {
	case INTERVAL_SEEDS: return "intervals: from the spread between seeds";
	case INTERVAL_LACK:
		return of->exact
			       ? "intervals: from what these terms do not explain, which is no noise "
				 "but interactions of more axes"
			       : "intervals: from what these terms do not explain";
	case INTERVAL_SAMPLES:
		return "intervals: from the samples of one boot each; boots may differ by more";
	case INTERVAL_NONE: break;
	}
	return of->exact ? "exact samples, and as many terms as variants: no intervals"
			 : "too few samples for intervals";
}

static void print_fit(const struct effects *e, const struct effects_of *of, const char *bullet)
{
	const struct linear_model *d = &of->linear_model;
	AUTO_STRV struct strv unknown = {0};
	AUTO_FREE char *list = NULL;

	printf("%s%s\n", bullet, source_text(of));
	if (d->freedom) {
		AUTO_FREE char *worst = readable_percent(100 * (without_noise(exp(d->worst)) - 1));

		printf("%s%zu terms for %zu variants; the largest miss is %s %%, of %s\n", bullet,
		       d->rank, d->n, worst, of->cell[d->worst_at]->label);
	}
	for (size_t k = 0; k < d->nr_terms; k++) {
		AUTO_FREE char *name = d->term[k].seen ? NULL : effects_term_alone(e, of, k);

		if (name)
			strv_add(&unknown, "%s", name);
	}
	list = strv_join(&unknown, ", ");
	if (unknown.n)
		printf("%snot measured: %s\n", bullet, list);
	if (d->rank + unknown.n < d->nr_terms)
		printf("%sterms with a + or - in them are one number for what was never measured "
		       "apart\n",
		       bullet);
}

static char *given_text(const struct effects *e, const struct pair_group *g)
{
	return xstrdup(g->given == e->nr_factors ? "(any)"
						 : e->factor[g->given].levels.v[g->level]);
}

static void print_pairs(const struct effects *e, const struct pair_group *groups, size_t n,
			enum table_format format)
{
	static const char *const head[] = {"change", "with", "pairs", "mean", "least", "largest"};
	struct table g = {.columns = 6, .align = "llrrrr"};
	size_t all = 0;

	table_head(&g, head);
	for (size_t i = 0; i < n; i++) {
		const struct pair_group *p = &groups[i];

		if (p->given == e->nr_factors)
			all = p->n;
		else if (p->n == all)
			continue; /* the other axis has only this level */
		table_add(&g, e->factor[p->factor].levels.v[p->to]);
		table_take(&g, given_text(e, p));
		table_take(&g, xasprintf("%zu", p->n));
		table_take(&g, percent(p->mean));
		table_take(&g, percent(p->min));
		table_take(&g, percent(p->max));
	}
	table_print(&g, format, stdout);
	table_free(&g);
}

/*
 * The spread of the means over the groups that start at `first`: one change, by the levels of
 * another axis.
 */
static double spread(const struct pair_group *groups, size_t n, size_t first)
{
	double min = groups[first].mean, max = min;

	for (size_t i = first;
	     i < n && groups[i].factor == groups[first].factor &&
	     groups[i].to == groups[first].to && groups[i].given == groups[first].given;
	     i++) {
		min = fmin(min, groups[i].mean);
		max = fmax(max, groups[i].mean);
	}
	return log(max / min);
}

static void say_group(const struct effects *e, const struct pair_group *g)
{
	double change = 100 * (without_noise(g->mean) - 1);
	AUTO_FREE char *little = readable_percent(fabs(change));

	if (change == 0)
		printf("changes nothing");
	else if (fabs(change) < 0.05)
		printf("%s %s %%", change < 0 ? "saves" : "costs", little);
	else
		printf("%s %.1f %%", change < 0 ? "saves" : "costs", fabs(change));
	printf("%s%s", g->given == e->nr_factors ? "" : " with ",
	       g->given == e->nr_factors ? "" : e->factor[g->given].levels.v[g->level]);
}

/*
 * Prints the levels of other axes that all pairs of a change share. The groups are behind `first`.
 */
static void say_always(const struct effects *e, const struct pair_group *groups, size_t n,
		       size_t first)
{
	const char *before = " (only measured with ";

	for (size_t k = first + 1; k < n && groups[k].given != e->nr_factors; k++)
		if (groups[k].n == groups[first].n) {
			printf("%s%s", before,
			       e->factor[groups[k].given].levels.v[groups[k].level]);
			before = ", ";
		}
	if (*before == ',')
		putchar(')');
}

/* Prints the mean effect of each change, and the axis on which it depends most. */
static void say(const struct effects *e, const struct effects_of *of,
		const struct pair_group *groups, size_t n, const char *bullet)
{
	for (size_t i = 0; i < n; i++) {
		size_t most = i;
		double widest = WORTH_SAYING;

		if (groups[i].given != e->nr_factors)
			continue;
		for (size_t k = i + 1; k < n && groups[k].given != e->nr_factors; k++)
			if ((k == i + 1 || groups[k - 1].given != groups[k].given) &&
			    spread(groups, n, k) > widest) {
				widest = spread(groups, n, k);
				most = k;
			}
		printf("%s%s on %s: ", bullet, e->factor[groups[i].factor].levels.v[groups[i].to],
		       of->point->label);
		say_group(e, &groups[most]);
		for (size_t k = most + 1;
		     most != i && k < n && groups[k].given == groups[most].given &&
		     groups[k].factor == groups[i].factor && groups[k].to == groups[i].to;
		     k++) {
			printf("; ");
			say_group(e, &groups[k]);
		}
		say_always(e, groups, n, i);
		putchar('\n');
	}
}

void effects_print(const struct effects *e, const struct effects_of *of, enum table_format format)
{
	const char *bullet = format == TABLE_MARKDOWN ? "- " : "";
	struct pair_group *groups;
	size_t n = effects_pairs(e, of, &groups);

	print_head(e, of, format);
	print_terms(e, of, format);
	putchar('\n');
	print_fit(e, of, bullet);
	if (n) {
		printf("\n%sPairs of variants that differ in one axis only:\n%s",
		       format == TABLE_MARKDOWN ? "" : "", format == TABLE_MARKDOWN ? "\n" : "");
		print_pairs(e, groups, n, format);
		putchar('\n');
		say(e, of, groups, n, bullet);
	}
	free(groups);
}

/* The point as `run` takes it. */
static char *workload_text(const struct point *p)
{
	AUTO_STRV struct strv words = {0}, kept = {0};
	char *text;

	strv_split(&words, p->label, ' ');
	for (size_t i = 0; i < words.n; i++)
		if (strncmp(words.v[i], "vcpus=", 6) != 0)
			strv_add(&kept, "%s", words.v[i]);
	text = strv_join(&kept, ":");
	return text;
}

void effects_print_lacking(const struct effects *e, const struct effects_of *of, size_t n,
			   const struct strv *files, enum table_format format)
{
	AUTO_STRV struct strv variants = {0}, workloads = {0}, vcpus = {0};
	const struct run *run;
	char *all[3], *names;

	for (size_t i = 0; i < n; i++) {
		AUTO_FREE char *workload = workload_text(of[i].point);
		AUTO_FREE char *cpus = xasprintf("%lld", (long long)of[i].point->vcpus);

		for (size_t k = 0; k < of[i].nr_more; k++) {
			AUTO_FREE char *variant = effects_variant(e, &of[i].more[k]);

			strv_add_distinct(&variants, variant);
			strv_add_distinct(&workloads, workload);
			strv_add_distinct(&vcpus, cpus);
		}
	}
	if (variants.n) {
		run = of[0].cell[0]->run[0];
		all[0] = strv_join(&variants, ",");
		all[1] = strv_join(&workloads, ",");
		all[2] = strv_join(&vcpus, ",");
		names = strv_join(files, " ");
		printf("\n%zu more variants would tell all terms apart:\n%s"
		       "    V=%s\n"
		       "    make guest VARIANT=$V && build/pvmmu run --rig %s --tier %s --vcpus %s "
		       "--mem %lld --workload %s --variant $V --out more.json\n"
		       "    build/pvmmu effects %s more.json\n",
		       variants.n, format == TABLE_MARKDOWN ? "\n" : "", all[0], run->rig,
		       run->tier, all[2], (long long)run->memory_mib, all[1], names);
		for (int i = 0; i < 3; i++)
			free(all[i]);
		free(names);
	}
}

/* ---- for programs ---- */

static const char *const source_names[] = {
	[INTERVAL_NONE] = "none",
	[INTERVAL_SEEDS] = "seeds",
	[INTERVAL_LACK] = "lack of fit",
	[INTERVAL_SAMPLES] = "samples",
};

static double change_of(double ratio)
{
	return 100 * (ratio - 1);
}

static void put_number(struct table *g, double v)
{
	if (isnan(v))
		table_add(g, "");
	else
		strv_add(&g->cells, "%.15g", v);
}

static void put_point(struct table *g, const struct effects_of *of, const char *kind)
{
	table_add_all(g, of->point->label, of->metric, of->unit, kind, NULL);
}

static void csv_terms(struct table *g, const struct effects *e, const struct effects_of *of)
{
	const struct linear_model *d = &of->linear_model;

	for (size_t k = 1; k < d->nr_terms; k++) {
		const struct interval *i = &of->interval[k];

		if (!d->term[k].basis)
			continue;
		put_point(g, of, "term");
		table_take(g, effects_term(e, of, k));
		table_add(g, "");
		put_number(g, change_of(exp(d->term[k].value)));
		put_number(g, i->exists ? change_of(exp(i->low)) : NAN);
		put_number(g, i->exists ? change_of(exp(i->high)) : NAN);
		table_add(g, source_names[of->source]);
		table_add(g, "");
	}
}

static const char *given(const struct effects *e, const struct pair_group *p)
{
	return p->given == e->nr_factors ? "" : e->factor[p->given].levels.v[p->level];
}

static void csv_pairs(struct table *g, const struct effects *e, const struct effects_of *of)
{
	struct pair_group *groups;
	size_t n = effects_pairs(e, of, &groups);

	for (size_t i = 0; i < n; i++) {
		const struct pair_group *p = &groups[i];

		put_point(g, of, "pairs");
		table_add(g, e->factor[p->factor].levels.v[p->to]);
		table_add(g, given(e, p));
		put_number(g, change_of(p->mean));
		put_number(g, change_of(p->min));
		put_number(g, change_of(p->max));
		table_add(g, "range");
		table_take(g, xasprintf("%zu", p->n));
	}
	free(groups);
}

void effects_print_csv(const struct effects *e, const struct effects_of *of, size_t n)
{
	static const char *const head[] = {
		"workload",	  "metric",	 "unit",	 "kind",     "term", "with",
		"effect_percent", "low_percent", "high_percent", "interval", "pairs"};
	struct table g = {.columns = sizeof(head) / sizeof(*head)};

	table_head(&g, head);
	for (size_t i = 0; i < n; i++) {
		csv_terms(&g, e, &of[i]);
		csv_pairs(&g, e, &of[i]);
	}
	table_print(&g, TABLE_CSV, stdout);
	table_free(&g);
}

static json_t *terms_json(const struct effects *e, const struct effects_of *of)
{
	const struct linear_model *d = &of->linear_model;
	json_t *all = json_array();

	for (size_t k = 0; k < d->nr_terms; k++) {
		AUTO_FREE char *name = effects_term_alone(e, of, k);
		json_t *one = json_pack("{s:s, s:I, s:b}", "term", name, "order",
					(json_int_t)d->term[k].order, "measured", d->term[k].seen);

		if (d->term[k].basis) {
			json_auto_t *aliases = json_object();

			for (size_t i = 0; i < d->nr_terms; i++)
				if (!d->term[i].basis && d->term[i].share[k] != 0) {
					AUTO_FREE char *alias = effects_term_alone(e, of, i);

					json_object_set_new(aliases, alias,
							    json_real(d->term[i].share[k]));
				}
			if (k)
				json_object_set_new(one, "percent",
						    json_real(change_of(exp(d->term[k].value))));
			else
				json_object_set_new(one, "value", json_real(exp(d->term[k].value)));
			if (k && of->interval[k].exists) {
				json_object_set_new(one, "low",
						    json_real(change_of(exp(of->interval[k].low))));
				json_object_set_new(
					one, "high",
					json_real(change_of(exp(of->interval[k].high))));
			}
			if (json_object_size(aliases))
				json_object_set(one, "aliases", aliases);
		}
		json_array_append_new(all, one);
	}
	return all;
}

static json_t *pairs_json(const struct effects *e, const struct effects_of *of)
{
	struct pair_group *groups;
	size_t n = effects_pairs(e, of, &groups);
	json_t *all = json_array();

	for (size_t i = 0; i < n; i++) {
		const struct pair_group *p = &groups[i];
		json_t *one = json_pack("{s:s, s:I, s:f, s:f, s:f}", "change",
					e->factor[p->factor].levels.v[p->to], "pairs",
					(json_int_t)p->n, "percent", change_of(p->mean), "least",
					change_of(p->min), "largest", change_of(p->max));

		if (p->given != e->nr_factors)
			json_object_set_new(one, "with", json_string(given(e, p)));
		json_array_append_new(all, one);
	}
	free(groups);
	return all;
}

static json_t *point_json(const struct effects *e, const struct effects_of *of)
{
	const struct linear_model *d = &of->linear_model;
	json_t *lacking = json_array();

	for (size_t i = 0; i < of->nr_more; i++) {
		AUTO_FREE char *variant = effects_variant(e, &of->more[i]);

		json_array_append_new(lacking, json_string(variant));
	}
	return json_pack("{s:s, s:s, s:I, s:O, s:s, s:s, s:b, s:I, s:I, s:f, s:s, s:o, s:o, s:o}",
			 "workload", of->point->workload, "label", of->point->label, "vcpus",
			 of->point->vcpus, "parameters", of->point->parameters, "metric",
			 of->metric, "unit", of->unit, "exact", of->exact, "variants",
			 (json_int_t)d->n, "rank", (json_int_t)d->rank, "largest_miss_percent",
			 change_of(exp(d->worst)), "intervals", source_names[of->source], "terms",
			 terms_json(e, of), "pairs", pairs_json(e, of), "lacking", lacking);
}

json_t *effects_json(const struct effects *e, const struct effects_of *of, size_t n)
{
	json_t *points = json_array(), *base = json_array();

	for (size_t f = 0; f < e->nr_factors; f++)
		json_array_append_new(base, json_string(e->factor[f].levels.v[0]));
	for (size_t i = 0; i < n; i++)
		json_array_append_new(points, point_json(e, &of[i]));
	return json_pack("{s:s, s:o, s:o, s:o, s:o}", "tier", e->data.tier, "base", base, "fixed",
			 json_of_texts(&e->fixed), "left_out", json_of_texts(&e->left_out),
			 "panels", points);
}
