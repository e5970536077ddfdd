// SPDX-License-Identifier: MIT
/*
 * What a reader of a comparison has to know beside its numbers: what else than the variant differs
 * between the sides, which is a warning, and where it does not, which is a note.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "comparison.h"
#include "lib/json.h"
#include "machine/xen_log.h"
#include "resultset/axes.h"

/* Two envs are compared on purpose: worth a note, no warning. */
static void note_envs(struct comparison *k, const struct side *a, const struct side *b,
		      const char *of_a, const char *of_b)
{
	const char *x = text_at(json_array_get(a->cell->identities, 0), "env", NULL);
	const char *y = text_at(json_array_get(b->cell->identities, 0), "env", NULL);
	char *text;

	if (strcmp(x, y) == 0)
		return;
	text = xasprintf("%s runs on %s, %s on %s", of_a, x, of_b, y);
	strv_add_distinct(&k->notes, text);
	free(text);
}

/* Where pte pages have memory of their own, without a mapping. */
static void note_zone(struct comparison *k, const struct side *s, const char *name)
{
	const json_t *pages = json_object_get(json_array_get(s->cell->identities, 0), "high_pages");
	char *text;

	if (!pages)
		return;
	text = xasprintf("%s: pte pages come from a zone of %lld pages that are not mapped "
			 "permanently, which on x86-64 is our construction",
			 name, (long long)json_integer_value(pages));
	strv_add_distinct(&k->notes, text);
	free(text);
}

/* What should be the same on both sides of a row, or the row is about more than it says. */
static const struct field {
	const char *group, *name, *line; /* the last of xen.mitigations, see xen_log.h */
} fields[] = {
	{NULL, "rig", NULL},
	{NULL, "memory_mib", NULL},
	{NULL, "seed", NULL},
	{"xen", "version", NULL},
	{"xen", "banner", NULL},
	{"xen", "sha256", NULL},
	{"xen", "command_line", NULL},
	{"xen", "mitigations", XEN_XPTI},
	{"xen", "mitigations", "PV L1TF shadowing"},
	{"xen", "mitigations", "Support for PV VMs"},
	{"xen", "mitigations", "Xen settings"},
	{"xen", "mitigations", "Compiled-in support"},
	{"qemu", "version", NULL},
	{"qemu", "sha256", NULL},
	{NULL, "compiler", NULL},
	{"image", "initramfs_sha256", NULL},
	{"variant", "mutant", NULL},
};

#define NR_FIELDS (sizeof(fields) / sizeof(*fields))

static json_t *value_in(const json_t *identity, const struct field *f)
{
	return f->group ? member_at(identity, f->group, f->name, f->line, NULL)
			: json_object_get(identity, f->name);
}

/* Could this identity have told it? */
static bool could_tell(const json_t *identity, const struct field *f)
{
	return !f->group || member_at(identity, f->group, f->line ? f->name : NULL, NULL);
}

/*
 * Distinct values among a cell's runs. "unknown" where a run could tell and did not; a native one
 * has no Xen to tell of.
 */
static void collect(struct strv *values, const struct cell *cell, const struct field *f)
{
	json_t *identity;
	size_t i;

	json_array_foreach (cell->identities, i, identity) {
		const json_t *v = value_in(identity, f);
		char *text = json_is_string(v) ? xstrdup(json_string_value(v))
			     : v	       ? json_text(v, JSON_ENCODE_ANY | JSON_COMPACT)
					       : xstrdup("unknown");

		if (v || could_tell(identity, f))
			strv_add_distinct(values, text);
		free(text);
	}
}

/* By an axis, what it is about is meant to differ. */
static bool is_axis(const char *by, const struct field *f)
{
	return by && (strcmp(by, f->group ? f->group : f->name) == 0 ||
		      (strcmp(by, "memory") == 0 && strcmp(f->name, "memory_mib") == 0));
}

static bool differ(const struct cell *a, const struct cell *b, const struct field *f)
{
	struct strv x = {0}, y = {0};
	bool differ;

	if (json_array_size(a->identities) == 1 && json_array_size(b->identities) == 1 &&
	    json_equal(value_in(json_array_get(a->identities, 0), f),
		       value_in(json_array_get(b->identities, 0), f)))
		return false;
	collect(&x, a, f);
	collect(&y, b, f);
	differ = x.n && y.n && x.n != y.n;
	for (size_t i = 0; i < x.n && i < y.n && !differ; i++)
		differ = strcmp(x.v[i], y.v[i]) != 0;
	strv_free(&x);
	strv_free(&y);
	return differ;
}

/* Of all rows that differ in it, both sides' values. */
static void note_differences(struct comparison *k, const struct field *f)
{
	struct strv x = {0}, y = {0};

	for (size_t i = 0; i < k->nr_all; i++)
		for (size_t s = 1; s < k->row[i].n; s++) {
			const struct cell *a = k->row[i].side[0].cell, *b = k->row[i].side[s].cell;

			if (!a || !b || !differ(a, b, f))
				continue;
			collect(&x, a, f);
			collect(&y, b, f);
		}
	if (x.n && !is_axis(k->by, f)) {
		char *of_x = strv_join(&x, " | "), *of_y = strv_join(&y, " | ");

		strv_add(&k->differences, "%s%s%s%s%s differs: %s / %s", f->group ? f->group : "",
			 f->group ? "." : "", f->name, f->line ? ", " : "", f->line ? f->line : "",
			 of_x, of_y);
		free(of_x);
		free(of_y);
	}
	strv_free(&x);
	strv_free(&y);
}

/* Of two Xens, an older result may not say what was in force. */
static bool same_as_far_as_known(const json_t *x, const json_t *y)
{
	json_t *copy_x, *copy_y;
	bool same;

	if (!x || !y || !json_object_get(x, "mitigations") == !json_object_get(y, "mitigations"))
		return false;
	copy_x = json_copy((json_t *)x);
	copy_y = json_copy((json_t *)y);
	json_object_del(copy_x, "mitigations");
	json_object_del(copy_y, "mitigations");
	same = json_equal(copy_x, copy_y);
	json_decref(copy_x);
	json_decref(copy_y);
	return same;
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
			if ((x || y) && !json_equal(x, y) && !same_as_far_as_known(x, y))
				return false;
		}
	return true;
}

/*
 * What Xen has in force where it runs. An older set does not know, which makes nothing
 * incomparable. Xen says nothing of an option that it ignores; other options with the same outcome
 * are a hint.
 */
static void note_mitigations(struct comparison *k, const struct cell *a, const struct cell *b)
{
	const json_t *x = json_object_get(json_array_get(a->identities, 0), "xen");
	const json_t *y = json_object_get(json_array_get(b->identities, 0), "xen");
	const json_t *of_x = json_object_get(x, "mitigations");
	const json_t *of_y = json_object_get(y, "mitigations");
	const char *xpti = text_at(of_x ? of_x : of_y, XEN_XPTI, NULL);
	char *text = NULL;

	if (x && y && !of_x != !of_y)
		text = xasprintf("which mitigations Xen had in force is unknown on one side: XPTI "
				 "alone doubles a null call");
	else if (of_x && json_equal(of_x, of_y) &&
		 !json_equal(json_object_get(x, "command_line"),
			     json_object_get(y, "command_line")))
		text = xasprintf("Xen's command lines differ and the mitigations in force do not: "
				 "Xen may have ignored an option");
	if (text)
		strv_add_distinct(&k->notes, text);
	free(text);
	if (*xpti && (!of_x || !of_y || json_equal(of_x, of_y))) {
		text = xasprintf("in force in Xen: %s: %s", XEN_XPTI, xpti);
		strv_add_distinct(&k->notes, text);
		free(text);
	}
}

/* Nothing is subtracted; who compares small samples should know what is in all of them. */
static void note_overhead(struct comparison *k)
{
	double least = NAN, largest = NAN;
	const char *unit = "";
	char *text, *range;

	for (size_t i = 0; i < k->data.n; i++) {
		const struct cell *cell = &k->data.cell[i];

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

/* The same bytes can differ by what is around them only, or by chance. */
static void note_images(struct comparison *k, const struct row *r, size_t side)
{
	const struct side *s = &r->side[side];
	const char *image, *name = k->by ? r->side[0].label : s->variant;
	char *text, *where;

	if (!r->against[side].same_image)
		return;
	image = text_at(json_array_get(s->cell->identities, 0), "image", "kernel_sha256", NULL);
	where = k->by ? xasprintf("in %s and %s", k->columns.v[0], k->columns.v[side])
		      : xstrdup("on both sides");
	text = xasprintf("the image%s%s is the same %s (%.12s)", *name ? " of " : "", name, where,
			 image);
	strv_add_distinct(&k->notes, text);
	free(text);
	free(where);
}

static void check_repetition(struct comparison *k, const struct row *r, size_t side)
{
	const struct difference *c = &r->against[side];
	char *text;

	if (!c->exact || c->judgement == JUDGED_EQUAL || c->judgement == JUDGED_MISSING ||
	    !same_identities(r->side[0].cell, r->side[side].cell))
		return;
	text = xasprintf("%s: the same image, Xen, QEMU and seed gave other samples: the exact "
			 "tier did not repeat",
			 r->point->label);
	strv_add_distinct(&k->differences, text);
	free(text);
}

/* How many boots stand behind a p, and what that means. */
static void note_boots(struct comparison *k)
{
	size_t by_boots = 0, by_samples = 0;

	for (size_t i = 0; i < k->nr_all; i++)
		for (size_t s = 1; s < k->row[i].n; s++) {
			const struct difference *c = &k->row[i].against[s];

			by_boots += !isnan(c->p) && c->boots;
			by_samples += !isnan(c->p) && !c->boots;
		}
	if (by_samples)
		strv_add(&k->notes,
			 "%zu of %zu tests are about samples of few boots: what differs from boot "
			 "to boot counts as a difference there; with --seeds %zu or more, boots "
			 "are compared",
			 by_samples, by_samples + by_boots, mann_whitney_needs(ALPHA));
	if (by_boots)
		strv_add(&k->notes, "%zu of %zu tests compare the medians of boots", by_boots,
			 by_samples + by_boots);
}

static void note_without(struct comparison *k)
{
	const struct strv *ids = &k->data.without;

	if (ids->n)
		strv_add(&k->notes, "%zu runs are left out, for they have no %s: %s%s", ids->n,
			 k->by, ids->v[0], ids->n > 1 ? ", ..." : "");
}

static void add_warnings(struct comparison *k, const json_t *set)
{
	json_t *run, *warning;
	size_t i, w;

	json_array_foreach (json_object_get(set, "runs"), i, run)
		json_array_foreach (json_object_get(run, "warnings"), w, warning) {
			char *text = xasprintf("%s: %s", text_at(run, "id", NULL),
					       json_string_value(warning));

			strv_add_distinct(&k->notes, text);
			free(text);
		}
}

/* Where columns are made by what one image can be given, it is no news that the image is one. */
static bool one_image_serves_all(const struct comparison *k, json_t *const *sets, size_t nr_sets)
{
	static const char *const axes[] = {"vcpus", "memory", "seed", "rig", "xen", "qemu"};
	json_t *run;
	size_t i;

	for (i = 0; i < sizeof(axes) / sizeof(*axes) && k->by; i++)
		if (strcmp(k->by, axes[i]) == 0)
			return true;
	for (size_t f = 0; f < nr_sets && k->by; f++)
		json_array_foreach (json_object_get(sets[f], "runs"), i, run)
			if (axis_is_parameter(run, k->by))
				return true;
	return false;
}

void comparison_notes(struct comparison *k, json_t *const *sets, size_t nr_sets)
{
	bool images = !one_image_serves_all(k, sets, nr_sets);

	for (size_t f = 0; f < NR_FIELDS; f++)
		note_differences(k, &fields[f]);
	for (size_t i = 0; i < k->nr_all; i++)
		for (size_t s = 1; s < k->row[i].n; s++) {
			const struct side *a = &k->row[i].side[0], *b = &k->row[i].side[s];
			const char *of_a = k->by ? k->columns.v[0] : a->label;
			const char *of_b = k->by ? k->columns.v[s] : b->label;

			if (!a->cell || !b->cell)
				continue;
			note_envs(k, a, b, of_a, of_b);
			note_mitigations(k, a->cell, b->cell);
			note_zone(k, a, of_a);
			note_zone(k, b, of_b);
			check_repetition(k, &k->row[i], s);
			if (images)
				note_images(k, &k->row[i], s);
		}
	note_overhead(k);
	note_boots(k);
	note_without(k);
	for (size_t f = 0; f < nr_sets; f++)
		add_warnings(k, sets[f]);
}
