// SPDX-License-Identifier: MIT
/* Hypercalls of an operation, by kind: from the guest's counters. Without a hypervisor there are
 * none, so native variants are left out. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stacks.h"

static const char group[] = "hypercalls";

static double part_of(const struct plot *p, size_t point, size_t series, const char *part,
		      const char **missing)
{
	AUTO_FREE char *metric = xasprintf("%s.%s", group, part);
	const struct cell *cell = plot_cell(p, point, series, metric, missing);

	return cell ? cell->summary.median : NAN;
}

static bool makes_calls(const struct plot *p, const struct plot_series *s)
{
	for (size_t i = 0; i < p->data.n; i++) {
		const struct cell *cell = &p->data.cell[i];

		if (cell->file == s->file && strcmp(cell->variant, s->variant) == 0 &&
		    cell->counter && cell->summary.max > 0)
			return true;
	}
	return false;
}

static bool begin(struct plot *p, char **error)
{
	static const char none[] = "no hypercalls were counted";
	struct strv counters = {0}, parts = {0};
	bool made;

	strv_add(&counters, "%s.*", group);
	made = plot_lay_out_counters(p, &counters, none, error);
	strv_free(&counters);
	if (!made)
		return false;
	plot_keep_series(p, makes_calls);
	for (size_t i = 0; i < p->data.n; i++)
		if (p->data.cell[i].counter)
			strv_add_distinct(&parts, strchr(p->data.cell[i].metric, '.') + 1);
	made = stacks_begin(p, &parts, part_of, true);
	strv_free(&parts);
	return made || fail(error, "%s", none);
}

static char *title(const struct plot *p)
{
	return plot_title(p, "hypercalls per operation");
}

static char *scale(const struct plot *p)
{
	(void)p;
	return xstrdup("Hypercalls per iteration, by kind; a multicall is one, whatever it holds. "
		       "Each panel has a scale of its own, from zero.");
}

static char *what(const struct plot *p)
{
	return xasprintf("hypercalls counted by the guest, tier %s", p->data.shown);
}

static const struct plot_kind hypercalls = {
	.name = "hypercalls",
	.summary = "hypercalls of an operation, by kind",
	.script = "plots/stacks.gp",
	.columns = 2,
	.begin = begin,
	.put = stacks_put,
	.title = title,
	.scale = scale,
	.what = what,
	.words = stacks_words,
	.end = stacks_end,
};

PLOT_KIND(hypercalls);
