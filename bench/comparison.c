// SPDX-License-Identifier: MIT
#include "comparison.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "resultset.h"
#include "tax.h"

/* A pair of sides to go through all panels with. */
struct pair {
	struct side_filter base, new;
};

static struct side side_of(const struct cells *c, struct side_filter f, size_t panel,
			   const char *metric)
{
	struct side s = {.file = f.file,
			 .variant = f.variant,
			 .label = cells_label(c, f.variant),
			 .tax = NAN};
	const struct cell *failed = cells_find_failed(c, f.file, panel, f.variant);

	s.cell = metric ? cells_find(c, f.file, panel, f.variant, metric) : NULL;
	/* Of several seeds one failed: the others alone are not what was asked for. */
	if (s.cell && failed)
		s.cell = NULL;
	if (s.cell)
		s.tax = tax_of(c, s.cell, false);
	else
		s.missing = xstrdup(failed ? failed->status : "not in the file");
	return s;
}

static bool same_samples(const struct cell *a, const struct cell *b)
{
	if (a->summary.n != b->summary.n)
		return false;
	for (size_t i = 0; i < a->summary.n; i++)
		if (a->samples[i] != b->samples[i])
			return false;
	return true;
}

static void add_row(struct comparison *k, const struct pair *p, size_t panel, const char *metric)
{
	const struct cells *c = &k->cells;
	struct row r = {.panel = &c->panel[panel],
			.metric = metric,
			.base = side_of(c, p->base, panel, metric),
			.new = side_of(c, p->new, panel, metric),
			.ratio = NAN};
	const struct cell *a = r.base.cell, *b = r.new.cell;
	const struct cell *any = a ? a : b;

	/* Neither side has ever heard of it. */
	if (!a && !b && !cells_find_failed(c, p->base.file, panel, p->base.variant) &&
	    !cells_find_failed(c, p->new.file, panel, p->new.variant)) {
		free(r.base.missing);
		free(r.new.missing);
		return;
	}
	r.unit = any ? any->unit : NULL;
	r.exact = any && any->exact;
	if (a && b) {
		r.equal = a->exact && b->exact && same_samples(a, b);
		if (a->summary.median != 0)
			r.ratio = b->summary.median / a->summary.median;
	}
	k->row = xrealloc(k->row, (k->n + 1) * sizeof(*k->row));
	k->row[k->n++] = r;
}

static bool has_metric(const struct cells *c, const struct pair *p, size_t panel,
		       const char *metric)
{
	return cells_find(c, p->base.file, panel, p->base.variant, metric) ||
	       cells_find(c, p->new.file, panel, p->new.variant, metric);
}

static void add_pair(struct comparison *k, const struct pair *p)
{
	for (size_t panel = 0; panel < k->cells.nr_panels; panel++) {
		bool some = false;

		for (size_t m = 0; m < k->metrics.n; m++) {
			if (!has_metric(&k->cells, p, panel, k->metrics.v[m]))
				continue;
			add_row(k, p, panel, k->metrics.v[m]);
			some = true;
		}
		/* Where nothing was measured, that is what the first metric's row says. */
		if (!some)
			add_row(k, p, panel, k->metrics.n ? k->metrics.v[0] : NULL);
	}
}

/* Two envs are compared on purpose: worth a note, no warning. */
static void note_envs(struct comparison *k, const struct pair *p)
{
	char *a = cells_identity(&k->cells, p->base, NULL, "env");
	char *b = cells_identity(&k->cells, p->new, NULL, "env");

	if (*a && *b && strcmp(a, b) != 0) {
		char *text = xasprintf("%s runs on %s, %s on %s",
				       cells_label(&k->cells, p->base.variant), a,
				       cells_label(&k->cells, p->new.variant), b);

		strv_add_distinct(&k->notes, text);
		free(text);
	}
	free(a);
	free(b);
}

/* Where pte pages have memory of their own, without a mapping. */
static void note_zone(struct comparison *k, struct side_filter side)
{
	char *pages = cells_identity(&k->cells, side, NULL, "high_pages");

	if (*pages >= '0' && *pages <= '9') {
		char *text = xasprintf("%s: pte pages come from a zone of %s pages that are not "
				       "mapped permanently, which on x86-64 is our construction",
				       cells_label(&k->cells, side.variant), pages);

		strv_add_distinct(&k->notes, text);
		free(text);
	}
	free(pages);
}

static void add_differences(struct comparison *k, const struct pair *p)
{
	static const struct {
		const char *group, *name;
	} fields[] = {
		{NULL, "rig"},
		{NULL, "memory_mib"},
		{NULL, "seed"},
		{"xen", "version"},
		{"xen", "banner"},
		{"xen", "sha256"},
		{"xen", "command_line"},
		{"qemu", "version"},
		{"qemu", "sha256"},
		{NULL, "compiler"},
		{"image", "initramfs_sha256"},
		{"variant", "mutant"},
	};

	note_envs(k, p);
	note_zone(k, p->base);
	note_zone(k, p->new);
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		char *a = cells_identity(&k->cells, p->base, fields[i].group, fields[i].name);
		char *b = cells_identity(&k->cells, p->new, fields[i].group, fields[i].name);

		/* One side without any value has no successful run to tell it, or no Xen. */
		if (*a && *b && strcmp(a, b) != 0) {
			char *text = xasprintf("%s%s%s differs: %s / %s",
					       fields[i].group ? fields[i].group : "",
					       fields[i].group ? "." : "", fields[i].name, a, b);

			strv_add_distinct(&k->differences, text);
			free(text);
		}
		free(a);
		free(b);
	}
}

/* Equal in all that decides an exact sample. */
static bool same_identities(const struct cell *a, const struct cell *b)
{
	static const char *const parts[] = {"env",   "rig",	   "image",	 "xen", "qemu",
					    "vcpus", "memory_mib", "high_pages", "seed"};
	size_t n = json_array_size(a->identities);

	if (n != json_array_size(b->identities))
		return false;
	for (size_t i = 0; i < n; i++)
		for (size_t p = 0; p < sizeof(parts) / sizeof(*parts); p++) {
			json_t *x = json_object_get(json_array_get(a->identities, i), parts[p]);
			json_t *y = json_object_get(json_array_get(b->identities, i), parts[p]);

			/* Without Xen there is none, nor without pte=high a zone. */
			if ((x || y) && !json_equal(x, y))
				return false;
		}
	return true;
}

/* Nothing is subtracted; who compares small samples should know what is in all of them. */
static void note_overhead(struct comparison *k)
{
	double least = NAN, largest = NAN;
	const char *unit = "";
	char *text, *range;

	for (size_t i = 0; i < k->cells.n; i++) {
		const struct cell *cell = &k->cells.cell[i];

		if (isnan(cell->overhead))
			continue;
		least = fmin(least, cell->overhead);
		largest = fmax(largest, cell->overhead);
		unit = cell->unit;
	}
	if (isnan(least))
		return;
	range = least < largest ? xasprintf("%g to %g", least, largest) : xasprintf("%g", least);
	text = xasprintf("of each sample %s %s are the measurement itself", range, unit);
	strv_add_distinct(&k->notes, text);
	free(text);
	free(range);
}

static void add_notes(struct comparison *k, json_t *const *sets, size_t nr_sets)
{
	json_t *run, *warning;
	size_t i, w;

	for (i = 0; i < k->n; i++) {
		const struct row *r = &k->row[i];
		char *a, *b, *text = NULL;

		if (r->base.cell && r->new.cell && r->exact &&
		    !r->equal &&same_identities(r->base.cell, r->new.cell)) {
			text = xasprintf(
				"%s: the same image, Xen, QEMU and seed gave other samples: "
				"the exact tier did not repeat",
				r->panel->label);
			strv_add_distinct(&k->differences, text);
			free(text);
		}
		if (!r->base.cell || !r->new.cell)
			continue;
		a = cells_identity(&k->cells, (struct side_filter){r->base.file, r->base.variant},
				   "image", "kernel_sha256");
		b = cells_identity(&k->cells, (struct side_filter){r->new.file, r->new.variant},
				   "image", "kernel_sha256");
		if (strcmp(a, b) == 0) {
			text = xasprintf("the image of %s is the same on both sides (%.12s)",
					 r->new.variant, a);
			strv_add_distinct(&k->notes, text);
			free(text);
		}
		free(a);
		free(b);
	}
	note_overhead(k);
	for (size_t f = 0; f < nr_sets; f++)
		json_array_foreach (json_object_get(sets[f], "runs"), i, run)
			json_array_foreach (json_object_get(run, "warnings"), w, warning) {
				char *text = xasprintf("%s: %s", text_at(run, "id", NULL),
						       json_string_value(warning));

				strv_add_distinct(&k->notes, text);
				free(text);
			}
}

static void add_all(struct comparison *k, const struct pair *p)
{
	add_pair(k, p);
	add_differences(k, p);
}

/* The cells' own copy of a variant's name, which lasts; of any if name is NULL. NULL: there is
 * none. */
static const char *lasting_name(const struct comparison *k, const char *name)
{
	for (size_t c = 0; c < k->cells.n; c++)
		if (!name || strcmp(k->cells.cell[c].variant, name) == 0)
			return k->cells.cell[c].variant;
	return NULL;
}

static void two_files(struct comparison *k)
{
	struct strv a = {0}, b = {0}, both = {0};

	cells_variants(&k->cells, 0, &a);
	cells_variants(&k->cells, 1, &b);
	for (size_t i = 0; i < a.n; i++)
		strv_add_distinct(&both, a.v[i]);
	for (size_t i = 0; i < b.n; i++)
		strv_add_distinct(&both, b.v[i]);
	if (a.n == 1 && b.n == 1) {
		add_all(k, &(struct pair){{0, k->cells.cell[0].variant},
					  {1, k->cells.cell[k->cells.n - 1].variant}});
	} else {
		for (size_t i = 0; i < both.n; i++) {
			const char *name = lasting_name(k, both.v[i]);

			add_all(k, &(struct pair){{0, name}, {1, name}});
		}
	}
	strv_free(&a);
	strv_free(&b);
	strv_free(&both);
}

static bool one_file(struct comparison *k, const char *base, char **why)
{
	struct strv variants = {0};
	const char *name = lasting_name(k, base);

	cells_variants(&k->cells, 0, &variants);
	if (variants.n < 2)
		fail(why, "one file with one variant has nothing to compare; give two files");
	if (!name)
		unknown_name(why, "base variant", base, &variants);
	for (size_t i = 0; i < variants.n && !*why; i++) {
		const char *other = lasting_name(k, variants.v[i]);

		if (strcmp(other, name) != 0)
			add_all(k, &(struct pair){{0, name}, {0, other}});
	}
	strv_free(&variants);
	return !*why;
}

bool comparison_make(struct comparison *k, json_t *const *sets, size_t nr_sets, const char *base,
		     const struct strv *counters, char **why)
{
	*k = (struct comparison){0};
	if (!cells_make(&k->cells, sets, nr_sets, counters, why))
		return false;
	cells_metrics(&k->cells, &k->metrics);
	if (nr_sets == 2)
		two_files(k);
	else
		one_file(k, base, why);
	if (*why) {
		comparison_free(k);
		return false;
	}
	add_notes(k, sets, nr_sets);
	return true;
}

void comparison_free(struct comparison *k)
{
	for (size_t i = 0; i < k->n; i++) {
		free(k->row[i].base.missing);
		free(k->row[i].new.missing);
	}
	free(k->row);
	strv_free(&k->metrics);
	strv_free(&k->differences);
	strv_free(&k->notes);
	cells_free(&k->cells);
	*k = (struct comparison){0};
}
