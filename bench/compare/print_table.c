// SPDX-License-Identifier: MIT
/* A comparison as one table with every digit: a line for each two sides. */
#include <math.h>
#include <stdlib.h>

#include "comparison.h"
#include "format.h"
#include "lib/figures.h"

/* Takes over the text. */
static void put(struct table *g, char *text)
{
	strv_add(&g->cells, "%s", text);
	free(text);
}

static void put_heads(struct table *g, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		strv_add(&g->cells, "%s", names[i]);
	g->columns += n;
}

#define PUT_HEADS(g, names) put_heads(g, names, sizeof(names) / sizeof(*(names)))

static void put_head(struct table *g, const struct comparison *k, bool seeds)
{
	static const char *const axis[] = {"by", "base_value", "new_value"};
	static const char *const plain[] = {
		"workload",    "metric",     "unit",	"tier",	   "base_variant", "new_variant",
		"base_median", "new_median", "ratio",	"equal",   "base_n",	   "new_n",
		"base_min",    "base_max",   "new_min", "new_max", "base_missing", "new_missing"};
	static const char *const native[] = {"base_x_native", "new_x_native"};
	static const char *const by_seed[] = {
		"base_seeds", "base_seed_min", "base_seed_median", "base_seed_max",
		"new_seeds",  "new_seed_min",  "new_seed_median",  "new_seed_max"};
	static const char *const judged[] = {"judgement",	"difference", "difference_low",
					     "difference_high", "p",	      "p_adjusted",
					     "base_low",	"base_high",  "new_low",
					     "new_high",	"draws"};

	g->columns = 0;
	if (k->by)
		PUT_HEADS(g, axis);
	PUT_HEADS(g, plain);
	PUT_HEADS(g, judged);
	if (k->tax)
		PUT_HEADS(g, native);
	if (seeds)
		PUT_HEADS(g, by_seed);
}

static void put_judged(struct table *g, const struct difference *c)
{
	put(g, xstrdup(judgement_name(c->judgement)));
	put(g, plain_number(c->difference));
	put(g, plain_number(c->interval.low));
	put(g, plain_number(c->interval.high));
	put(g, plain_number(c->p));
	put(g, plain_number(c->adjusted));
	put(g, plain_number(c->of_base.low));
	put(g, plain_number(c->of_base.high));
	put(g, plain_number(c->of_new.low));
	put(g, plain_number(c->of_new.high));
	put(g, xstrdup(isnan(c->p) ? "" : c->boots ? "boots" : "samples"));
}

static void put_seeds(struct table *g, const struct cell *cell)
{
	const struct summary none = {0, NAN, NAN, NAN};
	const struct summary *by = cell ? &cell->by_median : &none;

	put(g, xasprintf("%zu", by->n));
	put(g, plain_number(by->min));
	put(g, plain_number(by->median));
	put(g, plain_number(by->max));
}

static void put_line(struct table *g, const struct comparison *k, const struct row *r, size_t side,
		     bool seeds)
{
	const struct summary none = {0, NAN, NAN, NAN};
	const struct side *base = &r->side[0], *new = &r->side[side];
	const struct difference *c = &r->against[side];
	const struct summary *a = base->cell ? &base->cell->summary : &none;
	const struct summary *b = new->cell ? &new->cell->summary : &none;

	if (k->by) {
		put(g, xstrdup(k->by));
		put(g, xstrdup(k->columns.v[0]));
		put(g, xstrdup(k->columns.v[side]));
	}
	put(g, xstrdup(r->point->label));
	put(g, xstrdup(r->metric ? r->metric : ""));
	put(g, xstrdup(r->unit ? r->unit : ""));
	put(g, xstrdup(k->data.tier));
	put(g, xstrdup(base->variant));
	put(g, xstrdup(new->variant));
	put(g, plain_number(base->median));
	put(g, plain_number(new->median));
	put(g, plain_number(c->ratio));
	put(g, xstrdup(c->judgement == JUDGED_EQUAL ? "1" : "0"));
	put(g, xasprintf("%zu", a->n));
	put(g, xasprintf("%zu", b->n));
	put(g, plain_number(a->min));
	put(g, plain_number(a->max));
	put(g, plain_number(b->min));
	put(g, plain_number(b->max));
	put(g, xstrdup(base->missing ? base->missing : ""));
	put(g, xstrdup(new->missing ? new->missing : ""));
	put_judged(g, c);
	if (k->tax) {
		put(g, plain_number(base->tax));
		put(g, plain_number(new->tax));
	}
	if (seeds) {
		put_seeds(g, base->cell);
		put_seeds(g, new->cell);
	}
}

void comparison_print_table(const struct comparison *k, enum table_format format)
{
	bool seeds = comparison_has_seeds(k);
	struct table g = {0};

	put_head(&g, k, seeds);
	for (size_t i = 0; i < k->n; i++)
		for (size_t side = 1; side < k->row[i].n; side++)
			put_line(&g, k, &k->row[i], side, seeds);
	table_print(&g, format, stdout);
	table_free(&g);
	/* A table has no comments: differences go to stderr. */
	for (size_t i = 0; i < k->differences.n; i++)
		complain("warning: %s", k->differences.v[i]);
}
