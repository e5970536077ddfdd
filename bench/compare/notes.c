// SPDX-License-Identifier: MIT
/*
 * Notes beside the numbers of a comparison. A warning names a difference
 * between the sides other than the variant; a note says the rest.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "comparison.h"
#include "resultset/identity.h"
#include "spec/xen_words.h"

static const struct run *run_of(const struct side *s)
{
	return s->cell->run[0];
}

/* Two envs are compared on purpose: worth a note, no warning. */
static void note_envs(struct comparison *k, const struct side *a, const struct side *b,
		      const char *of_a, const char *of_b)
{
	const char *x = run_of(a)->env, *y = run_of(b)->env;
	char *text;

	if (strcmp(x, y) == 0)
		return;
	text = xasprintf("%s runs on %s, %s on %s", of_a, x, of_b, y);
	strv_add_distinct(&k->notes, text);
	free(text);
}

/* Notes pte pages that have memory of their own, without a mapping. */
static void note_zone(struct comparison *k, const struct side *s, const char *name)
{
	char *text;

	if (!run_of(s)->high_pages)
		return;
	text = xasprintf("%s: pte pages come from a zone of %lld pages that are not mapped "
			 "permanently, which on x86-64 is our construction",
			 name, (long long)run_of(s)->high_pages);
	strv_add_distinct(&k->notes, text);
	free(text);
}

/*
 * Distinct values of a member among a cell's runs. "unknown" where a run could tell and did not; a
 * native one has no Xen to tell of.
 */
static void collect(struct strv *values, const struct cell *cell, size_t member)
{
	for (size_t i = 0; i < cell->nr_runs; i++) {
		const struct run_member *m = &cell->run[i]->member[member];

		if (m->could_tell)
			strv_add_distinct(values, m->text ? m->text : "unknown");
	}
}

/* A comparison by an axis is about the members of that name: they are meant to differ. */
static bool is_axis(const char *by, const struct identity_member *m)
{
	size_t n = strcspn(m->path, ".");

	return by && ((strlen(by) == n && strncmp(by, m->path, n) == 0) ||
		      (m->axis && strcmp(by, m->axis) == 0));
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool differ(const struct cell *a, const struct cell *b, size_t member)
{
	struct strv x = {0}, y = {0};
	bool differ;

	if (a->nr_runs == 1 && b->nr_runs == 1 &&
	    same_text(a->run[0]->member[member].text, b->run[0]->member[member].text))
		return false;
	collect(&x, a, member);
	collect(&y, b, member);
	differ = x.n && y.n && x.n != y.n;
	for (size_t i = 0; i < x.n && i < y.n && !differ; i++)
		differ = strcmp(x.v[i], y.v[i]) != 0;
	strv_free(&x);
	strv_free(&y);
	return differ;
}

/* Both sides' values, of all rows that differ in the member. */
static void note_differences(struct comparison *k, size_t member)
{
	const struct identity_member *m = &identity_members[member];
	struct strv x = {0}, y = {0};

	for (size_t i = 0; i < k->nr_all; i++)
		for (size_t s = 1; s < k->row[i].n; s++) {
			const struct cell *a = k->row[i].side[0].cell, *b = k->row[i].side[s].cell;

			if (!a || !b || !differ(a, b, member))
				continue;
			collect(&x, a, member);
			collect(&y, b, member);
		}
	if (x.n && !is_axis(k->by, m)) {
		AUTO_FREE char *name = identity_member_name(m), *of_x = strv_join(&x, " | "),
			       *of_y = strv_join(&y, " | ");

		strv_add(&k->differences, "%s differs: %s / %s", name, of_x, of_y);
	}
	strv_free(&x);
	strv_free(&y);
}

/* Equal in all members that decide an exact sample. */
static bool same_identities(const struct cell *a, const struct cell *b)
{
	size_t mitigations = identity_member_at("xen.mitigations", NULL);

	if (a->nr_runs != b->nr_runs)
		return false;
	for (size_t i = 0; i < a->nr_runs; i++)
		for (size_t m = 0; m < nr_identity_members; m++) {
			const char *x = a->run[i]->member[m].text, *y = b->run[i]->member[m].text;

			if (!(identity_members[m].use & MEMBER_EXACT) || same_text(x, y))
				continue;
			/* An older result does not say what Xen has in force. */
			if (m != mitigations || (x && y))
				return false;
		}
	return true;
}

/*
 * The mitigations that Xen has in force. An older set does not tell them and can still be compared.
 * Xen ignores an option silently; different options with the same outcome are a hint.
 */
static void note_mitigations(struct comparison *k, const struct run *a, const struct run *b)
{
	const struct run_member *x = run_member(a, "xen.mitigations", NULL);
	const struct run_member *y = run_member(b, "xen.mitigations", NULL);
	const char *xpti = run_member(x->text ? a : b, "xen.mitigations", XEN_XPTI)->text;
	char *text = NULL;

	if (x->could_tell && y->could_tell && !x->text != !y->text)
		text = xasprintf("which mitigations Xen had in force is unknown on one side: XPTI "
				 "alone doubles a null call");
	else if (x->text && same_text(x->text, y->text) &&
		 !same_text(run_member(a, "xen.command_line", NULL)->text,
			    run_member(b, "xen.command_line", NULL)->text))
		text = xasprintf("Xen's command lines differ and the mitigations in force do not: "
				 "Xen may have ignored an option");
	if (text)
		strv_add_distinct(&k->notes, text);
	free(text);
	if (xpti && (!x->text || !y->text || same_text(x->text, y->text))) {
		text = xasprintf("in force in Xen: %s: %s", XEN_XPTI, xpti);
		strv_add_distinct(&k->notes, text);
		free(text);
	}
}

/* The overhead is not subtracted; a reader of small samples should know it. */
static void note_overhead(struct comparison *k)
{
	double min = NAN, max = NAN;
	const char *unit = "";
	char *text, *range;

	for (size_t i = 0; i < k->data.n; i++) {
		const struct cell *cell = &k->data.cell[i];

		if (isnan(cell->overhead))
			continue;
		min = fmin(min, cell->overhead);
		max = fmax(max, cell->overhead);
		unit = cell->unit;
	}
	if (isnan(min))
		return;
	range = min < max ? xasprintf("%g to %g", min, max) : xasprintf("%g", min);
	text = xasprintf("%s %s of each sample are the measurement itself", range, unit);
	strv_add_distinct(&k->notes, text);
	free(text);
	free(range);
}

/* If the image is the same, only its surroundings or chance make a difference. */
static void note_images(struct comparison *k, const struct row *r, size_t side)
{
	const struct side *s = &r->side[side];
	const char *image, *name = k->by ? r->side[0].label : s->variant;
	char *text, *where;

	if (!r->against[side].same_image)
		return;
	image = run_of(s)->image;
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

/* Says how many boots each test is about. */
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

static void add_warnings(struct comparison *k, const struct run *run)
{
	json_t *warning;
	size_t i;

	json_array_foreach (run->warnings, i, warning) {
		char *text = xasprintf("%s: %s", run->id, json_string_value(warning));

		strv_add_distinct(&k->notes, text);
		free(text);
	}
}

/* If one image can take all values of the axis, the same image is no news. */
static bool one_image_serves_all(const struct comparison *k)
{
	static const char *const axes[] = {"vcpus", "memory", "seed", "rig", "xen", "qemu"};
	const struct dataset *c = &k->data;

	for (size_t i = 0; i < sizeof(axes) / sizeof(*axes) && k->by; i++)
		if (strcmp(k->by, axes[i]) == 0)
			return true;
	for (size_t f = 0; f < c->nr_sets && k->by; f++)
		for (size_t i = 0; i < c->set[f].n; i++)
			if (json_object_get(c->set[f].run[i].parameters, k->by))
				return true;
	return false;
}

void comparison_notes(struct comparison *k)
{
	bool images = !one_image_serves_all(k);

	for (size_t m = 0; m < nr_identity_members; m++)
		if (identity_members[m].use & MEMBER_SIDES)
			note_differences(k, m);
	for (size_t i = 0; i < k->nr_all; i++)
		for (size_t s = 1; s < k->row[i].n; s++) {
			const struct side *a = &k->row[i].side[0], *b = &k->row[i].side[s];
			const char *of_a = k->by ? k->columns.v[0] : a->label;
			const char *of_b = k->by ? k->columns.v[s] : b->label;

			if (!a->cell || !b->cell)
				continue;
			note_envs(k, a, b, of_a, of_b);
			note_mitigations(k, run_of(a), run_of(b));
			note_zone(k, a, of_a);
			note_zone(k, b, of_b);
			check_repetition(k, &k->row[i], s);
			if (images)
				note_images(k, &k->row[i], s);
		}
	note_overhead(k);
	note_boots(k);
	note_without(k);
	for (size_t f = 0; f < k->data.nr_sets; f++)
		for (size_t i = 0; i < k->data.set[f].n; i++)
			add_warnings(k, &k->data.set[f].run[i]);
}
