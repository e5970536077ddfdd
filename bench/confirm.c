// SPDX-License-Identifier: MIT
#include "confirm.h"

#include <string.h>

#include "judge.h"
#include "rigs/rig.h"

/* If not even two of so many agree, that is no accident any more. */
#define BOOTS_MAX 9

bool confirm_needed(const struct run_spec *spec)
{
	return spec->rig->repeats && spec->vcpus > 1 && !spec->program &&
	       strcmp(spec->tier, "exact") == 0;
}

static json_t *measured(const struct boot *b)
{
	const struct stream *s = &b->stream;

	return json_pack("[O, O?, O?]", s->series, s->counters, s->conserved);
}

/* What collectors saw of another boot; takes it over from there. */
static void take_collected(struct boot *to, struct boot *from)
{
	to->collected = from->collected;
	to->uncollected = from->uncollected;
	from->collected = from->uncollected = NULL;
}

static void disown_collected(struct boot *b)
{
	const char *name;
	json_t *value;

	if (!b->collected)
		return;
	if (!b->uncollected)
		b->uncollected = json_object();
	json_object_foreach (b->collected, name, value)
		json_object_set_new(
			b->uncollected, name,
			json_string(
				"the boot that it observed gave other samples than two others"));
	json_decref(b->collected);
	b->collected = NULL;
}

void confirm(const struct engine *e, const struct run_spec *spec, const char *log, struct boot *b,
	     enum outcome *outcome, char **reason)
{
	json_t *seen[BOOTS_MAX] = {measured(b)};
	unsigned n = 1, same = BOOTS_MAX;

	while (*outcome == OUTCOME_SUCCESS && same == BOOTS_MAX && n < BOOTS_MAX) {
		struct boot again;

		boot_init(&again, e->timeout);
		again.position = b->position;
		spec->rig->run(e->rig, spec, log, &again);
		take_collected(&again, b);
		boot_free(b);
		*b = again;
		*outcome = judge(b, spec, reason);
		if (*outcome != OUTCOME_SUCCESS)
			break;
		seen[n] = measured(b);
		for (unsigned i = 0; i < n && same == BOOTS_MAX; i++)
			if (json_equal(seen[i], seen[n]))
				same = i;
		n++;
	}
	b->boots = n;
	if (*outcome == OUTCOME_SUCCESS && same == BOOTS_MAX) {
		*outcome = OUTCOME_ERROR;
		*reason = xasprintf("no two of %u boots gave the same: the exact tier does not "
				    "repeat on this machine",
				    n);
	} else if (n > 2) {
		strv_add(&b->warnings,
			 "it took %u boots until two gave the same: QEMU let the vCPUs run in "
			 "another order",
			 n);
	}
	if (same != 0)
		disown_collected(b);
	for (unsigned i = 0; i < n; i++)
		json_decref(seen[i]);
}
