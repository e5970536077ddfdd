// SPDX-License-Identifier: MIT
/*
 * The geometric means of a table's rows. With them the mean of ratios is the ratio of means, and no
 * row counts for more than its share. A row that only some
 * sides have would move one mean and not the other, so it is left out, and named.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "comparison.h"

static struct mean *mean_of(struct comparison *k, const struct row *r)
{
	char *of = k->crosses ? row_variant(k, r) : xstrdup("");
	struct mean *mean = NULL;

	for (size_t i = 0; i < k->nr_means && !mean; i++)
		if (strcmp(k->mean[i].metric, r->metric) == 0 && strcmp(k->mean[i].of, of) == 0)
			mean = &k->mean[i];
	if (mean) {
		free(of);
		return mean;
	}
	k->mean = xrealloc(k->mean, (k->nr_means + 1) * sizeof(*k->mean));
	mean = &k->mean[k->nr_means++];
	*mean = (struct mean){.metric = r->metric,
			      .of = of,
			      .n = r->n,
			      .value = xcalloc(r->n, sizeof(*mean->value)),
			      .ratio = xcalloc(r->n, sizeof(*mean->ratio))};
	return mean;
}

static bool counts(const struct row *r, const char **error)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct side *s = &r->side[i];

		*error = s->cell ? "not above 0" : s->missing;
		if (!s->cell || !(s->median > 0))
			return false;
	}
	return true;
}

static void leave_out(struct comparison *k, struct mean *mean, const struct row *r,
		      const char *error)
{
	char *variant = row_variant(k, r);

	strv_add(&mean->left_out, "%s%s%s (%s)", r->point->label, *variant && !*mean->of ? " " : "",
		 *mean->of ? "" : variant, error);
	free(variant);
}

void comparison_means(struct comparison *k)
{
	const char *error;

	for (size_t i = 0; i < k->nr_all; i++) {
		const struct row *r = &k->row[i];
		struct mean *mean;

		if (!r->metric)
			continue;
		mean = mean_of(k, r);
		if (!counts(r, &error)) {
			leave_out(k, mean, r, error);
			continue;
		}
		mean->rows++;
		for (size_t s = 0; s < r->n; s++)
			mean->value[s] += log(r->side[s].median);
	}
	for (size_t i = 0; i < k->nr_means; i++) {
		struct mean *mean = &k->mean[i];

		for (size_t s = 0; s < mean->n; s++)
			mean->value[s] = exp(mean->value[s] / (double)mean->rows);
		for (size_t s = 0; s < mean->n; s++)
			mean->ratio[s] = mean->value[s] / mean->value[0];
	}
}
