// SPDX-License-Identifier: MIT
#include "expected_runs.h"

#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/number_list.h"
#include "spec/custom_variant.h"

static bool read_request(struct declaration *d, struct request *r, const char *root,
			 const json_t *set, char **error)
{
	const json_t *first = json_array_get(json_object_get(set, "runs"), 0);

	if (!r->rig)
		r->rig = text_at(first, "identity", "rig", NULL);
	if (!r->tier)
		r->tier = text_at(first, "identity", "tier", NULL);
	r->memory_mib = MEMORY_MIN_MIB; /* no part of an id */
	custom_join(&r->variants);
	values_join(&r->workloads);
	if (!catalog_load(&d->catalog, root, error) || !plan_make(&d->plan, r, &d->catalog, error))
		return false;
	for (size_t i = 0; i < d->plan.n; i++)
		strv_add(&d->ids, "%s", d->plan.runs[i].id);
	return true;
}

bool declaration_of_request(struct declaration *d, struct request *r, const char *root,
			    const json_t *set, char **error)
{
	*d = (struct declaration){.by = xstrdup("the options")};
	return read_request(d, r, root, set, error);
}

bool declaration_of_file(struct declaration *d, const char *path, const json_t *file,
			 const char *root, const json_t *set, char **error)
{
	struct request r = {.rig = json_string_value(json_object_get(file, "rig")),
			    .tier = json_string_value(json_object_get(file, "tier")),
			    .matrix = json_is_true(json_object_get(file, "matrix"))};
	AUTO_FREE char *wrong = NULL;

	*d = (struct declaration){.by = xstrdup(path)};
	strv_add_json(&r.variants, json_object_get(file, "variants"));
	strv_add_json(&r.workloads, json_object_get(file, "workloads"));
	if (json_object_get(file, "vcpus"))
		strv_add(&r.vcpus, "%s", text_at(file, "vcpus", NULL));
	if (json_object_get(file, "seeds"))
		strv_add(&r.seeds, "%s", text_at(file, "seeds", NULL));
	strv_add_json(&d->gates, json_object_get(file, "gates"));
	if (!read_request(d, &r, root, set, &wrong))
		fail(error, "%s: %s", path, wrong);
	strv_free(&r.variants);
	strv_free(&r.workloads);
	strv_free(&r.vcpus);
	strv_free(&r.seeds);
	return !*error;
}

bool declaration_of_set(struct declaration *d, const json_t *set, char **error)
{
	const json_t *declared = json_object_get(set, "declared");

	*d = (struct declaration){.by = xstrdup("the set itself")};
	strv_add_json(&d->ids, declared);
	return declared ||
	       fail(error,
		    "the set does not say which runs it should have: an older pvmmu made it; name "
		    "them (--variant, --workload) or give a file (--declaration)");
}

void declaration_free(struct declaration *d)
{
	free(d->by);
	strv_free(&d->ids);
	strv_free(&d->gates);
	plan_free(&d->plan);
	catalog_free(&d->catalog);
	*d = (struct declaration){0};
}

/* {id: run} */
static json_t *runs_by_id(const json_t *set)
{
	json_t *all = json_object(), *run;
	size_t i;

	json_array_foreach (json_object_get(set, "runs"), i, run)
		json_object_set(all, text_at(run, "id", NULL), run);
	return all;
}

/*
 * Why a run is not the declared one; NULL: it is. An id leaves out default values, and a default
 * may have changed since.
 */
static const char *mismatch(const struct run_spec *spec, const json_t *run)
{
	if (strcmp(text_at(run, "identity", "tier", NULL), spec->tier) != 0)
		return "measured on another tier";
	if (strcmp(text_at(run, "identity", "rig", NULL), spec->rig->name) != 0)
		return "measured on another rig";
	if (!json_equal(member_at(run, "identity", "workload", "parameters", NULL),
			spec->parameters))
		return "measured with other parameters";
	return NULL;
}

static struct finding finding_of(const struct run_spec *spec, const char *id, json_t *run)
{
	struct finding f = {.id = id, .outcome = OUTCOME_SKIP, .reason = "not in the set"};
	const char *other = run && spec ? mismatch(spec, run) : NULL;

	if (!run)
		return f;
	if (other) {
		f.reason = other;
		return f;
	}
	outcome_from_name(text_at(run, "outcome", "status", NULL), &f.outcome);
	f.reason = json_string_value(member_at(run, "outcome", "reason", NULL));
	f.intended = outcome_is_intended(outcome_name(f.outcome), f.reason);
	f.run = run;
	return f;
}

struct finding *declaration_findings(const struct declaration *d, const json_t *set)
{
	struct finding *all = xcalloc(d->ids.n + 1, sizeof(*all));
	json_auto_t *runs = runs_by_id(set);

	for (size_t i = 0; i < d->ids.n; i++)
		all[i] = finding_of(d->plan.n ? &d->plan.runs[i] : NULL, d->ids.v[i],
				    json_object_get(runs, d->ids.v[i]));
	return all;
}

const char *declaration_find(const struct declaration *d, const struct gate *g)
{
	for (size_t i = 0; i < d->plan.n; i++) {
		const struct run_spec *r = &d->plan.runs[i];
		const struct gate_subject s = {r->workload->name, r->parameters, r->vcpus,
					       r->variant->name, r->variant->label};

		if (gate_matches(g, &s))
			return r->id;
	}
	return NULL;
}
