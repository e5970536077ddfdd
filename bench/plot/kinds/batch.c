// SPDX-License-Identifier: MIT
/*
 * Histograms of batching: how many operations a batch held when it was flushed,
 * and why it was. From the counters batch_size and batch_flush, per iteration.
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

/* Variants that do not batch would be bars of nothing. */
static bool batches(const struct plot *p, const struct plot_series *s)
{
	for (size_t i = 0; i < p->data.n; i++) {
		const struct cell *cell = &p->data.cell[i];

		if (cell->file == s->file && strcmp(cell->variant, s->variant) == 0 &&
		    in_part(cell, 0) && cell->summary.max > 0)
			return true;
	}
	return false;
}

static bool begin(struct plot *p, char **error)
{
	static const char none[] = "no batches were counted: they come from variants with "
				   "batch=multicall, as `make bench VARIANT=batched` measures";
	struct strv counters = {0};
	bool made;

	for (size_t i = 0; i < NR_PARTS; i++)
		strv_add(&counters, "%s.*", parts[i]);
	made = plot_lay_out_counters(p, &counters, none, error);
	strv_free(&counters);
	if (made)
		plot_keep_series(p, batches);
	return made && (p->nr_series || fail(error, "%s", none));
}

/* All categories of a part, in order of appearance; on a terminal, where each takes a line, those
 * that were counted. */
static void find_categories(const struct plot *p, size_t part, struct strv *categories)
{
	for (size_t i = 0; i < p->data.n; i++)
		if (in_part(&p->data.cell[i], part) &&
		    (!p->ask->text_columns || p->data.cell[i].summary.max > 0))
			strv_add_distinct(categories, category_of(&p->data.cell[i], part));
}

static void put_part(FILE *f, const struct plot *p, size_t point, size_t part)
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

static void put_table(FILE *f, const struct plot *p)
{
	fputs("#\t#\tpanel\tvariant\t#\t#\tvalue\tpart\tcategory\n", f);
	for (size_t point = 0; point < p->nr_points; point++)
		for (size_t part = 0; part < NR_PARTS; part++)
			put_part(f, p, point, part);
}

/* "3_4" is 3–4, "full_entries" is shown as two lines. */
static void words(const struct plot *p, struct picture *to)
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

static char *title(const struct plot *p)
{
	return plot_title(p, "batches per operation");
}

static char *scale(const struct plot *p)
{
	(void)p;
	return xstrdup("Left: operations in a batch. Right: why it was flushed. Bars are batches "
		       "per iteration, each row on a scale of its own, from zero.");
}

static char *what(const struct plot *p)
{
	return xasprintf("batches per iteration, tier %s", p->data.shown);
}

static const struct plot_kind batch = {
	.name = "batch",
	.summary = "how large batches were, and why they were flushed",
	.script = "plots/batch.gp",
	.columns = 1,
	.begin = begin,
	.put = put_table,
	.title = title,
	.scale = scale,
	.what = what,
	.words = words,
};

PLOT_KIND(batch);
