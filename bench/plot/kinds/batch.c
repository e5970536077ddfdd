// SPDX-License-Identifier: MIT
/*
 * Histograms of batches: how many operations a batch held when it was flushed, and why it was
 * flushed. From the counters batch_size and batch_flush, per iteration.
 */
#include <stdlib.h>
#include <string.h>

#include "plot/kind.h"

static const char *const parts[] = {"batch_size", "batch_flush"};

#define NR_PARTS (sizeof(parts) / sizeof(*parts))

static bool in_part(const struct cell *cell, size_t part)
{
	size_t n = strlen(parts[part]);

	return cell->counter && strncmp(cell->metric, parts[part], n) == 0 &&
	       cell->metric[n] == '.';
}

static const char *category_of(const struct cell *cell, size_t part)
{
	return cell->metric + strlen(parts[part]) + 1;
}

/* Variants that do not batch are left out. */
static bool batches(const struct plot *p, const struct plot_series *s)
{
	return plot_has_counts(p, s, "batch_size.");
}

static bool begin(struct plot *p, char **error)
{
	static const char none[] = "no batches were counted: they come from variants with "
				   "batch=multicall, as `make bench VARIANT=batched` measures";
	AUTO_STRV struct strv counters = {0};

	for (size_t i = 0; i < NR_PARTS; i++)
		strv_add(&counters, "%s.*", parts[i]);
	if (!plot_lay_out_counters(p, &counters, none, error))
		return false;
	plot_keep_series(p, batches);
	return p->nr_series || fail(error, "%s", none);
}

/* All categories of a part, in order of appearance. On a terminal each category takes a line, so
 * empty ones are left out. */
static void find_categories(const struct plot *p, size_t part, struct strv *categories)
{
	for (size_t i = 0; i < p->data.n; i++)
		if (in_part(&p->data.cell[i], part) &&
		    (!p->ask->text_columns || p->data.cell[i].summary.max > 0))
			strv_add_distinct(categories, category_of(&p->data.cell[i], part));
}

static void write_part(FILE *f, const struct plot *p, size_t point, size_t part)
{
	AUTO_STRV struct strv categories = {0};

	find_categories(p, part, &categories);
	for (size_t c = 0; c < categories.n; c++)
		for (size_t s = 0; s < p->nr_series; s++) {
			AUTO_FREE char *metric = xasprintf("%s.%s", parts[part], categories.v[c]);
			const struct cell *cell =
				dataset_find(&p->data, p->series[s].file, p->point[point],
					     p->series[s].variant, metric);

			if (!cell)
				continue;
			plot_row(f, p, point, s);
			fprintf(f, "\t%zu\t%zu", part + 1, c + 1);
			plot_value(f, cell->summary.median);
			fprintf(f, "\t%s\t%s\n", parts[part], categories.v[c]);
		}
}

static void write_table(FILE *f, const struct plot *p)
{
	fputs("#\t#\tpanel\tvariant\t#\t#\tvalue\tpart\tcategory\n", f);
	for (size_t point = 0; point < p->nr_points; point++)
		for (size_t part = 0; part < NR_PARTS; part++)
			write_part(f, p, point, part);
}

/* "3_4" is shown as 3–4, "full_entries" as two lines. */
static void set_variables(const struct plot *p, struct picture *to)
{
	static const char *const names[] = {"size", "reason"};

	for (size_t part = 0; part < NR_PARTS; part++) {
		AUTO_STRV struct strv categories = {0}, shown = {0};

		find_categories(p, part, &categories);
		for (size_t c = 0; c < categories.n; c++) {
			char *cut = strchr(categories.v[c], '_');

			if (cut)
				*cut = 0;
			strv_add(&shown, "%s%s%s", categories.v[c],
				 !cut	     ? ""
				 : part == 0 ? "–"
					     : " ",
				 cut ? cut + 1 : "");
		}
		picture_list(to, names[part], &shown);
	}
}

static char *subtitle(const struct plot *p)
{
	return xasprintf("batches per iteration, tier %s", p->data.shown);
}

static const struct plot_kind batch = {
	.name = "batch",
	.summary = "how large batches were, and why they were flushed",
	.script = "plots/batch.gp",
	.columns = 1,
	.begin = begin,
	.write_table = write_table,
	.about = "batches per operation",
	.note = "Left: operations in a batch. Right: why it was flushed. Bars are batches per "
		"iteration. Each row has a scale of its own, from zero.",
	.subtitle = subtitle,
	.variables = set_variables,
};

PLOT_KIND(batch);
