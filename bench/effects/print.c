// SPDX-License-Identifier: MIT
#include "print.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/figures.h"
#include "lib/json.h"

/* In a sentence it is said what an effect depends on, if it does by more than this. */
#define WORTH_SAYING 0.005

/* Takes over the text. */
static void put(struct table *g, char *text)
{
	strv_add(&g->cells, "%s", text);
	free(text);
}

static char *percent(double ratio)
{
	char *text = signed_percent(100 * (without_noise(ratio) - 1));

	replace_text(&text, "%s %%", text);
	return text;
}

/* A whole number comes back from its logarithm as almost one. */
static char *base_text(double v)
{
	return readable_number(fabs(round(v) - v) < 1e-9 * fabs(v) ? round(v) : v);
}

static void print_head(const struct effects *e, const struct effects_of *of,
		       enum table_format format)
{
	char *base = of->linear_model.term[0].basis ? base_text(exp(of->linear_model.term[0].value))
						    : xstrdup("not estimable");
	struct strv words = {0};
	char *levels;

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
	free(levels);
	free(base);
	strv_free(&words);
}

static char *interval_text(const struct interval *i)
{
	char *low, *high, *text;

	if (!i->exists)
		return xstrdup("-");
	low = percent(exp(i->low));
	high = percent(exp(i->high));
	text = xasprintf("%s .. %s", low, high);
	free(low);
	free(high);
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
		put(&g, effects_term(e, of, k));
		put(&g, percent(exp(d->term[k].value)));
		put(&g, interval_text(&of->interval[k]));
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
	return of->exact ? "exact samples, and as many terms as variants: no error to be had"
			 : "too few samples for intervals";
}

static void print_fit(const struct effects *e, const struct effects_of *of, const char *bullet)
{
	const struct linear_model *d = &of->linear_model;
	struct strv unknown = {0};
	char *list;

	printf("%s%s\n", bullet, source_text(of));
	if (d->freedom) {
		char *worst = readable_percent(100 * (without_noise(exp(d->worst)) - 1));

		printf("%s%zu terms for %zu variants; the largest miss is %s %%, of %s\n", bullet,
		       d->rank, d->n, worst, of->cell[d->worst_at]->label);
		free(worst);
	}
	for (size_t k = 0; k < d->nr_terms; k++) {
		char *name = d->term[k].seen ? NULL : effects_term_alone(e, of, k);

		if (name)
			strv_add(&unknown, "%s", name);
		free(name);
	}
	list = strv_join(&unknown, ", ");
	if (unknown.n)
		printf("%snot measured: %s\n", bullet, list);
	if (d->rank + unknown.n < d->nr_terms)
		printf("%sterms with a + or - in them are one number for what was never measured "
		       "apart\n",
		       bullet);
	free(list);
	strv_free(&unknown);
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

	for (size_t i = 0; i < g.columns; i++)
		strv_add(&g.cells, "%s", head[i]);
	for (size_t i = 0; i < n; i++) {
		const struct pair_group *p = &groups[i];

		if (p->given == e->nr_factors)
			all = p->n;
		else if (p->n == all)
			continue; /* that other axis is always so */
		put(&g, xstrdup(e->factor[p->factor].levels.v[p->to]));
		put(&g, given_text(e, p));
		put(&g, xasprintf("%zu", p->n));
		put(&g, percent(p->mean));
		put(&g, percent(p->least));
		put(&g, percent(p->largest));
	}
	table_print(&g, format, stdout);
	table_free(&g);
}

/* Groups of one change by the levels of one other axis stand together: how far apart are they? */
static double spread(const struct pair_group *groups, size_t n, size_t first)
{
	double least = groups[first].mean, largest = least;

	for (size_t i = first;
	     i < n && groups[i].factor == groups[first].factor &&
	     groups[i].to == groups[first].to && groups[i].given == groups[first].given;
	     i++) {
		least = fmin(least, groups[i].mean);
		largest = fmax(largest, groups[i].mean);
	}
	return log(largest / least);
}

static void say_group(const struct effects *e, const struct pair_group *g)
{
	double change = 100 * (without_noise(g->mean) - 1);
	char *little = readable_percent(fabs(change));

	if (change == 0)
		printf("changes nothing");
	else if (fabs(change) < 0.05)
		printf("%s %s %%", change < 0 ? "saves" : "costs", little);
	else
		printf("%s %.1f %%", change < 0 ? "saves" : "costs", fabs(change));
	free(little);
	printf("%s%s", g->given == e->nr_factors ? "" : " with ",
	       g->given == e->nr_factors ? "" : e->factor[g->given].levels.v[g->level]);
}

/* What the other axes were in all of a change's pairs, which are behind `first`. */
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

/* What each change does on the mean, and with what other axis that changes most. */
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
	struct strv words = {0}, kept = {0};
	char *text;

	strv_split(&words, p->label, ' ');
	for (size_t i = 0; i < words.n; i++)
		if (strncmp(words.v[i], "vcpus=", 6) != 0)
			strv_add(&kept, "%s", words.v[i]);
	text = strv_join(&kept, ":");
	strv_free(&words);
	strv_free(&kept);
	return text;
}

void effects_print_lacking(const struct effects *e, const struct effects_of *of, size_t n,
			   const struct strv *files, enum table_format format)
{
	struct strv variants = {0}, workloads = {0}, vcpus = {0};
	const struct run *run;
	char *all[3], *names;

	for (size_t i = 0; i < n; i++) {
		char *workload = workload_text(of[i].point);
		char *cpus = xasprintf("%lld", (long long)of[i].point->vcpus);

		for (size_t k = 0; k < of[i].nr_more; k++) {
			char *variant = effects_variant(e, &of[i].more[k]);

			strv_add_distinct(&variants, variant);
			strv_add_distinct(&workloads, workload);
			strv_add_distinct(&vcpus, cpus);
			free(variant);
		}
		free(workload);
		free(cpus);
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
	strv_free(&variants);
	strv_free(&workloads);
	strv_free(&vcpus);
}
