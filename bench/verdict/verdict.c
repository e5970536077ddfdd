// SPDX-License-Identifier: MIT
#include "verdict.h"

#include <stdlib.h>
#include <string.h>

#include "compare/comparison.h"

void verdict_free(struct verdict *r)
{
	gates_free(&r->gates);
	noise_file_free(&r->noise);
	declaration_free(&r->declaration);
	for (int i = 0; i < 2; i++)
		json_decref(r->set[i]);
	json_decref(r->judged);
	strv_free(&r->reasons);
	strv_free(&r->notes);
	strv_free(&r->warnings);
	free(r->finding);
	*r = (struct verdict){0};
}

/* Adds a reason for each run and gate row with this outcome. */
static void give_reasons(struct verdict *r, enum outcome o)
{
	for (size_t i = 0; i < r->declaration.ids.n; i++) {
		const struct finding *f = &r->finding[i];

		if (f->outcome == o && !f->intended)
			strv_add(&r->reasons, "%s: %s%s%s", f->id,
				 o == OUTCOME_SKIP ? "missing" : outcome_name(o),
				 f->reason ? ": " : "", f->reason ? f->reason : "");
	}
	for (size_t i = 0; i < r->gates.nr_rows; i++) {
		const struct gate_row *row = &r->gates.row[i];

		if (row->outcome == o)
			strv_add(&r->reasons, "%s on %s%s%s: %s%s%s", row->gate->text, row->point,
				 *row->variant ? " " : "", row->variant,
				 o == OUTCOME_SKIP ? "inconclusive" : "does not hold",
				 row->reason ? ": " : "", row->reason ? row->reason : "");
	}
}

static void look_at_runs(struct verdict *r)
{
	json_t *runs = json_array();

	r->finding = declaration_findings(&r->declaration, r->set[0]);
	for (size_t i = 0; i < r->declaration.ids.n; i++) {
		const struct finding *f = &r->finding[i];

		r->successes += f->outcome == OUTCOME_SUCCESS;
		r->skips += f->intended;
		if (f->run)
			json_array_append(runs, f->run);
		if (!f->intended)
			r->outcome = outcome_worse(r->outcome, f->outcome);
	}
	r->undeclared = json_array_size(json_object_get(r->set[0], "runs")) - json_array_size(runs);
	r->judged = json_copy(r->set[0]);
	json_object_set_new(r->judged, "runs", runs);
}

/* Intervals cover the spread of samples, but not the spread between boots. */
static void note_noise(struct verdict *r)
{
	for (size_t i = 0; i < r->gates.nr_rows && !r->noise.noise.n; i++)
		if (r->gates.row[i].metric && !r->gates.row[i].exact) {
			strv_add(&r->notes, "the noise floor is not known: `pvmmu aa` measures it, "
					    "--noise names its file");
			return;
		}
}

/* A difference may be caused by another Xen, QEMU or compiler. */
static bool warn_of_differences(struct verdict *r, char **error)
{
	json_t *sets[2] = {r->set[1], r->judged};
	const struct comparison_request everything = {0};
	struct comparison k;

	if (!r->file[1])
		return true;
	if (!comparison_make(&k, sets, 2, &everything, error))
		return false;
	for (size_t i = 0; i < k.differences.n; i++)
		strv_add(&r->warnings, "base and new: %s", k.differences.v[i]);
	comparison_free(&k);
	return true;
}

enum exit_code verdict_make(struct verdict *r, char **error)
{
	static const enum outcome from_the_worst[] = {OUTCOME_ERROR, OUTCOME_CRASH, OUTCOME_TIMEOUT,
						      OUTCOME_FAILURE, OUTCOME_SKIP};
	json_t *sets[2];
	bool all_skipped;

	look_at_runs(r);
	sets[0] = r->judged;
	sets[1] = r->set[1];
	all_skipped = !r->successes && r->outcome == OUTCOME_SUCCESS;
	if (all_skipped)
		r->outcome = OUTCOME_SKIP;
	if (r->gates.n && !gates_check(&r->gates, sets, r->file[1] ? 2 : 1, &r->declaration,
				       r->noise.noise.n ? &r->noise.noise : NULL, error))
		return EXIT_ERROR;
	if (!warn_of_differences(r, error))
		return EXIT_ERROR;
	note_noise(r);
	r->outcome = outcome_worse(r->outcome, gates_outcome(&r->gates));
	for (size_t i = 0; i < sizeof(from_the_worst) / sizeof(*from_the_worst); i++)
		give_reasons(r, from_the_worst[i]);
	if (all_skipped)
		strv_add(&r->reasons, "every declared run was skipped");
	return outcome_exit(r->outcome);
}
