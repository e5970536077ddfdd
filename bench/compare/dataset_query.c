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

char *dataset_identity(const struct dataset *c, struct side_filter side, const char *group,
		       const char *name)
{
	struct strv values = {0};
	json_t *identity;
	char *joined;
	size_t k;

	for (size_t i = 0; i < c->n; i++) {
		const struct cell *cell = &c->cell[i];

		if (cell->file != side.file ||
		    (side.variant && strcmp(side.variant, cell->variant) != 0))
			continue;
		json_array_foreach (cell->identities, k, identity) {
			json_t *v = group ? member_at(identity, group, name, NULL)
					  : json_object_get(identity, name);
			char *text = json_is_string(v) ? xstrdup(json_string_value(v))
				     : v ? json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT)
					 : xstrdup("unknown");

			/* A run that failed early cannot tell all, and a native one has no Xen:
			 * that is no difference. */
			if (v || (cell->metric && (!group || json_object_get(identity, group))))
				strv_add_distinct(&values, text);
			free(text);
		}
	}
	joined = strv_join(&values, " | ");
	strv_free(&values);
	return joined;
}
