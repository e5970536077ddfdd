// SPDX-License-Identifier: MIT
/*
 * Histograms of batching: how many operations a batch held when it was flushed,
 * and why it was. From the counters batch_size and batch_flush, per iteration.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kind.h"

static const char *const parts[] = {"batch_size", "batch_flush"};

#define NR_PARTS (sizeof(parts) / sizeof(*parts))

static bool in_part(const struct cell *cell, size_t part)
{
	size_t n = strlen(parts[part]);

	return cell->counter && strncmp(cell->metric, parts[part], n) == 0 &&
	       cell->metric[n] == '.';
}

/* Variants that do not batch would be bars of nothing. */
static bool batches(const struct plot *p, size_t file, const char *variant)
{
	for (size_t i = 0; i < p->cells.n; i++) {
		const struct cell *cell = &p->cells.cell[i];

		if (cell->file == file && strcmp(cell->variant, variant) == 0 && in_part(cell, 0) &&
		    cell->summary.max > 0)
			return true;
	}
	return false;
}

static bool begin(struct plot *p, char **why)
{
	static const char none[] = "no batches were counted: they come from variants with "
				   "batch=multicall, as `make bench VARIANT=batched` measures";
	struct strv counters = {0};
	char *unknown = NULL;
	bool made;

	for (size_t i = 0; i < NR_PARTS; i++)
		strv_add(&counters, "%s.*", parts[i]);
	made = cells_make(&p->cells, p->sets, p->nr_sets, &counters, &unknown);
	strv_free(&counters);
	if (!made) {
		/* Other tiers are another trouble than no counters. */
		fail(why, "%s", strstr(unknown, "unknown counter") ? none : unknown);
		free(unknown);
		return false;
	}
	for (size_t i = 0; i < p->cells.n; i++)
		if (plot_wants(p, p->cells.cell[i].panel) &&
		    batches(p, p->cells.cell[i].file, p->cells.cell[i].variant))
			return true;
	return fail(why, "%s", none);
}

static void put_table(FILE *f, const struct plot *p)
{
	fputs("panel\tpart\tcategory\tvariant\tvalue\n", f);
	for (size_t part = 0; part < NR_PARTS; part++)
		for (size_t i = 0; i < p->cells.n; i++) {
			const struct cell *cell = &p->cells.cell[i];
			char *bar;

			if (!in_part(cell, part) || !plot_wants(p, cell->panel) ||
			    !batches(p, cell->file, cell->variant))
				continue;
			bar = plot_bar_name(p, cell->file, cell->variant);
			fprintf(f, "%s\t%s\t%s\t%s\t%.15g\n", p->cells.panel[cell->panel].label,
				parts[part], cell->metric + strlen(parts[part]) + 1, bar,
				cell->summary.median);
			free(bar);
		}
}

static char *title(const struct plot *p)
{
	char *env = plot_all_of(p, NULL, "env");
	char *text = xasprintf("%s: batches per operation", env);

	free(env);
	return text;
}

static char *unit(const struct plot *p)
{
	(void)p;
	return xstrdup("batches per iteration");
}

static char *what(const struct plot *p)
{
	return xasprintf("batches per iteration, tier %s", p->cells.tier);
}

static const struct plot_kind batch = {
	.name = "batch",
	.summary = "how large batches were, and why they were flushed",
	.script = "plots/batch.gp",
	.begin = begin,
	.put = put_table,
	.title = title,
	.unit = unit,
	.what = what,
};

PLOT_KIND(batch);
