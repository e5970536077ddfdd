// SPDX-License-Identifier: MIT
/* Selects the rows of a comparison and puts them in order. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "comparison.h"
#include "spec/catalog.h"

/* A row of several columns is as bad as the worst of them. */
static double worst(const struct row *r)
{
	double worst = -INFINITY;

	for (size_t i = 1; i < r->n; i++)
		worst = fmax(worst, difference_worsening(&r->against[i]));
	return worst;
}

static double largest(const struct row *r)
{
	double largest = -INFINITY;

	for (size_t i = 1; i < r->n; i++)
		largest = fmax(largest, fabs(difference_change(&r->against[i])));
	return largest;
}

static double surest(const struct row *r)
{
	double p = INFINITY;

	for (size_t i = 1; i < r->n; i++)
		p = fmin(p, r->against[i].p);
	return -p;
}

static double best(const struct row *r)
{
	double best = -INFINITY;

	for (size_t i = 1; i < r->n; i++)
		best = fmax(best, -difference_worsening(&r->against[i]));
	return best;
}

static const struct order {
	const char *name;
	double (*key)(const struct row *); /* the largest first; NULL: by name */
} orders[] = {
	{"file", NULL}, {"name", NULL},	   {"worst", worst},
	{"best", best}, {"size", largest}, {"p", surest},
};

#define NR_ORDERS (sizeof(orders) / sizeof(*orders))

void comparison_orders(struct strv *names)
{
	for (size_t i = 0; i < NR_ORDERS; i++)
		strv_add(names, "%s", orders[i].name);
}

/* A row with its sort key. */
struct keyed {
	struct row row;
	double key;
};

static int by_place(const struct row *a, const struct row *b)
{
	return a->place < b->place ? -1 : a->place > b->place;
}

static int by_key(const void *one, const void *other)
{
	const struct keyed *a = one, *b = other;

	if (a->key != b->key)
		return a->key > b->key ? -1 : 1;
	return by_place(&a->row, &b->row);
}

static int by_name(const void *one, const void *other)
{
	const struct keyed *a = one, *b = other;
	int order = strcmp(a->row.point->label, b->row.point->label);

	return order ? order : by_place(&a->row, &b->row);
}

static bool is_wanted(const struct row *r, const struct comparison_request *q)
{
	bool wanted = !q->regressions && !q->changed;

	for (size_t i = 0; i < r->n; i++)
		if (q->complete && !r->side[i].cell)
			return false;
	for (size_t i = 1; i < r->n && !wanted; i++) {
		enum judgement j = r->against[i].judgement;

		wanted = j == JUDGED_WORSE || (q->changed && j == JUDGED_BETTER);
	}
	return wanted;
}

static void sort(struct comparison *k, const struct order *order)
{
	struct keyed *all = xcalloc(k->n, sizeof(*all));

	for (size_t i = 0; i < k->n; i++) {
		all[i].row = k->row[i];
		all[i].key = order->key ? order->key(&k->row[i]) : 0;
	}
	qsort(all, k->n, sizeof(*all), order->key ? by_key : by_name);
	for (size_t i = 0; i < k->n; i++)
		k->row[i] = all[i].row;
	free(all);
}

bool comparison_arrange(struct comparison *k, const struct comparison_request *q, char **error)
{
	const char *asked = q->sort ? q->sort : "file";
	struct strv names = {0};

	/* Wanted rows go to the front and keep their order. */
	k->n = 0;
	for (size_t i = 0; i < k->nr_all; i++) {
		struct row r = k->row[i];

		if (!is_wanted(&r, q))
			continue;
		memmove(&k->row[k->n + 1], &k->row[k->n], (i - k->n) * sizeof(r));
		k->row[k->n++] = r;
	}
	for (size_t i = 0; i < NR_ORDERS; i++)
		if (strcmp(orders[i].name, asked) == 0) {
			if (i)
				sort(k, &orders[i]);
			return true;
		}
	comparison_orders(&names);
	unknown_name(error, "order", asked, &names);
	strv_free(&names);
	return false;
}
