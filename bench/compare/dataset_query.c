// SPDX-License-Identifier: MIT
/* What is asked of cells once they are laid out. */
#include <stdlib.h>
#include <string.h>

#include "dataset.h"
#include "lib/json.h"
#include "sort.h"

const struct cell *dataset_find(const struct dataset *c, size_t file, size_t point,
				const char *variant, const char *metric)
{
	return dataset_at(c, point, file, variant, "", metric);
}

const struct cell *dataset_find_failed(const struct dataset *c, size_t file, size_t point,
				       const char *variant)
{
	return dataset_find(c, file, point, variant, NULL);
}

const char *dataset_label(const struct dataset *c, const char *variant)
{
	const char *label = json_string_value(json_object_get(c->names, variant));

	return label ? label : variant;
}

void dataset_metrics(const struct dataset *c, struct strv *metrics)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->cell[i].metric)
			strv_add_distinct(metrics, c->cell[i].metric);
}

void dataset_variants(const struct dataset *c, size_t file, struct strv *variants)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->cell[i].file == file)
			strv_add_distinct(variants, c->cell[i].variant);
	order_variants(c, variants);
}

char *dataset_identity(const struct dataset *c, struct side_filter side, const char *path)
{
	struct strv values = {0};
	char *joined;

	for (size_t i = 0; i < c->n; i++) {
		const struct cell *cell = &c->cell[i];

		if (cell->file != side.file ||
		    (side.variant && strcmp(side.variant, cell->variant) != 0))
			continue;
		for (size_t k = 0; k < cell->nr_runs; k++) {
			const struct run_member *m = run_member(cell->run[k], path, NULL);

			/* A run that failed early cannot tell all, which is no difference. */
			if (m->text || (cell->metric && m->could_tell))
				strv_add_distinct(&values, m->text ? m->text : "unknown");
		}
	}
	joined = strv_join(&values, " | ");
	strv_free(&values);
	return joined;
}
