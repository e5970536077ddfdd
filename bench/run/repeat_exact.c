// SPDX-License-Identifier: MIT
#include "repeat_exact.h"

#include <string.h>

#include "judge.h"
#include "machine/panic_site.h"
#include "machine/rig.h"

/* If a cold boot does not repeat a run, it is measured from so many fresh states. */
#define FRESH_STATES 4
#define BOOTS_MAX    (2 + FRESH_STATES)

bool repeat_exact_needed(const struct run_spec *spec, const struct boot *b)
{
	if (!spec->rig->repeats || spec->program || strcmp(spec->tier, "exact") != 0)
		return false;
	return spec->vcpus > 1 || (b->snapshot && !b->believed);
}

struct boots {
	json_t *measured[BOOTS_MAX];
	unsigned n;
};

static void take(struct boots *all, const struct boot *b)
{
	const struct console *s = &b->console;

	all->measured[all->n++] =
		json_pack("[O, O?, O?, O?]", s->series, s->counters, s->conserved, s->exit);
}

static unsigned results_of(const struct boots *all)
{
	unsigned results = 0;

	for (unsigned i = 0; i < all->n; i++) {
		unsigned j = 0;

		while (!json_equal(all->measured[j], all->measured[i]))
			j++;
		results += j == i;
	}
	return results;
}

/* Appends the samples of another boot. false: it has other series. */
static bool add_samples(struct console *to, const struct console *from)
{
	json_t *series, *other;
	const char *name;

	if (json_object_size(to->series) != json_object_size(from->series))
		return false;
	json_object_foreach (to->series, name, series) {
		other = json_object_get(from->series, name);
		if (!other || json_array_extend(json_object_get(series, "values"),
						json_object_get(other, "values")) < 0)
			return false;
	}
	return true;
}

enum from { FROM_NOTHING, FROM_KEPT_STATE, FROM_FRESH_STATE };

/* false: this boot failed, and b describes it from now on. */
static bool boot_again(const struct engine *e, const struct run_spec *spec, const char *log,
		       enum from from, struct boots *all, struct boot *b, struct boot *again,
		       enum outcome *outcome, char **reason)
{
	boot_init(again, e->timeout);
	again->position = b->position;
	again->want_cold = from == FROM_NOTHING;
	again->want_fresh = from == FROM_FRESH_STATE;
	spec->rig->run(e->rig, spec, log, again);
	panic_site_name(e->rig->root, spec, again);
	*outcome = judge(again, spec, reason);
	if (*outcome == OUTCOME_SUCCESS) {
		take(all, again);
		return true;
	}
	boot_free(b);
	*b = *again;
	return false;
}

/* Two boots are equal. Records it, and trusts the state that the first boot came from. */
static void note_equal(const struct engine *e, const struct run_spec *spec, enum from second,
		       struct boot *b)
{
	b->confirmed = second == FROM_KEPT_STATE ? "kept state" : "cold boot";
	if (b->snapshot && !b->believed && second == FROM_NOTHING && spec->rig->believe)
		spec->rig->believe(e->rig, spec, b->state);
}

static void warn(struct boot *b)
{
	strv_add(&b->warnings,
		 "not exact: %u boots from fresh states gave %u different results, though nothing "
		 "else differed; the samples are those of all of them, the counters of the first",
		 b->boots, b->results);
}

void repeat_exact(const struct engine *e, const struct run_spec *spec, const char *log,
		  struct boot *b, enum outcome *outcome, char **reason)
{
	struct boot again[BOOTS_MAX - 1];
	struct boots all = {0};
	unsigned made = 0;
	enum from second = b->snapshot && b->believed ? FROM_KEPT_STATE : FROM_NOTHING;
	bool equal, ok;

	take(&all, b);
	ok = boot_again(e, spec, log, second, &all, b, &again[made], outcome, reason);
	made += ok;
	equal = ok && json_equal(all.measured[0], all.measured[1]);
	while (ok && !equal && made < BOOTS_MAX - 1) {
		ok = boot_again(e, spec, log, FROM_FRESH_STATE, &all, b, &again[made], outcome,
				reason);
		made += ok;
	}
	if (ok) {
		b->boots = all.n;
		b->results = equal ? 0 : results_of(&all);
		for (unsigned i = 0; i < made && !equal && ok; i++)
			ok = add_samples(&b->console, &again[i].console);
		if (equal)
			note_equal(e, spec, second, b);
		else if (ok)
			warn(b);
	}
	if (!ok && *outcome == OUTCOME_SUCCESS) {
		*outcome = OUTCOME_ERROR;
		*reason = xstrdup("two boots gave series that are not the same");
	}
	for (unsigned i = 0; i < made; i++)
		boot_free(&again[i]);
	for (unsigned i = 0; i < all.n; i++)
		json_decref(all.measured[i]);
}
