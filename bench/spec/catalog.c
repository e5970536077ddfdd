// SPDX-License-Identifier: MIT
#include "catalog.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/paths.h"
#include "lib/registry.h"

static json_t *load_list(const char *root, const char *file, const char *member, const char *how,
			 char **error)
{
	AUTO_FREE char *path = root_path(root, file);
	json_error_t parse_error;
	json_t *json = NULL;

	if (access(path, R_OK) < 0)
		fail(error, "%s is missing: %s", file, how);
	else if (!(json = json_load_file(path, JSON_REJECT_DUPLICATES, &parse_error)))
		fail(error, "%s:%d:%d: %s", file, parse_error.line, parse_error.column,
		     parse_error.text);
	else if (!json_is_array(json_object_get(json, member)))
		fail(error, "%s: /%s is not an array", file, member);
	if (*error) {
		json_decref(json);
		return NULL;
	}
	return json;
}

static bool read_variant(struct variant *v, json_t *json, size_t i, char **error)
{
	if (json_unpack(json, "{s:s, s:s, s:s, s:o}", "name", &v->name, "env", &v->env, "summary",
			&v->summary, "policy", &v->policy) ||
	    !json_is_object(v->policy))
		return fail(error, "variants.json: /variants/%zu is not a variant", i);
	return true;
}

static bool read_workload(struct workload *w, json_t *json, size_t i, char **error)
{
	json_t *params = NULL, *param;
	json_int_t min_vcpus = 0;
	size_t k;

	if (json_unpack(json, "{s:s, s:s, s:s, s?s, s?I, s:o}", "name", &w->name, "summary",
			&w->summary, "measures", &w->measures, "points", &w->points, "min_vcpus",
			&min_vcpus, "params", &params) ||
	    !json_is_array(params))
		return fail(error, "workloads.json: /workloads/%zu is not a workload", i);
	w->min_vcpus = (unsigned)min_vcpus;
	w->nr_parameters = json_array_size(params);
	w->parameters = xcalloc(w->nr_parameters, sizeof(*w->parameters));
	json_array_foreach (params, k, param) {
		struct parameter *p = &w->parameters[k];

		if (json_unpack(param, "{s:s, s:s, s:I, s:I, s:I, s:s}", "name", &p->name, "unit",
				&p->unit, "default", &p->def, "min", &p->min, "max", &p->max,
				"help", &p->help))
			return fail(error,
				    "workloads.json: /workloads/%zu/params/%zu is not a parameter",
				    i, k);
	}
	return true;
}

bool catalog_load(struct catalog *c, const char *root, char **error)
{
	json_t *list, *item;
	size_t i;

	*c = (struct catalog){0};
	c->variants_json = load_list(root, "build/share/variants.json", "variants",
				     "`make guest VARIANT=eager` provides it", error);
	c->workloads_json = c->variants_json
				    ? load_list(root, "build/share/workloads.json", "workloads",
						"`make workloads` provides it", error)
				    : NULL;
	if (!c->workloads_json)
		goto bad;

	c->custom = json_object_get(c->variants_json, "custom");
	list = json_object_get(c->variants_json, "variants");
	c->variants = xcalloc(json_array_size(list), sizeof(*c->variants));
	json_array_foreach (list, i, item) {
		if (!read_variant(&c->variants[c->nr_variants++], item, i, error))
			goto bad;
	}
	list = json_object_get(c->workloads_json, "workloads");
	c->workloads = xcalloc(json_array_size(list), sizeof(*c->workloads));
	json_array_foreach (list, i, item) {
		if (!read_workload(&c->workloads[c->nr_workloads++], item, i, error))
			goto bad;
	}
	return true;
bad:
	catalog_free(c);
	return false;
}

void catalog_free(struct catalog *c)
{
	for (size_t i = 0; i < c->nr_workloads; i++)
		free(c->workloads[i].parameters);
	for (size_t i = 0; i < c->nr_customs; i++) {
		free(c->customs[i]->name);
		free(c->customs[i]->label);
		free(c->customs[i]->family);
		json_decref(c->customs[i]->variant.axes);
		json_decref(c->customs[i]->variant.policy);
		free(c->customs[i]);
	}
	free(c->customs);
	free(c->variants);
	free(c->workloads);
	json_decref(c->variants_json);
	json_decref(c->workloads_json);
	*c = (struct catalog){0};
}

const struct variant *catalog_variant(const struct catalog *c, const char *name, char **error)
{
	return find_named(c->variants, c->nr_variants, sizeof(*c->variants), "variant", name,
			  error);
}

const struct workload *catalog_workload(const struct catalog *c, const char *name, char **error)
{
	return find_named(c->workloads, c->nr_workloads, sizeof(*c->workloads), "workload", name,
			  error);
}

const struct parameter *workload_parameter(const struct workload *w, const char *name, char **error)
{
	AUTO_FREE char *kind = xasprintf("parameter of %s", w->name);

	return find_named(w->parameters, w->nr_parameters, sizeof(*w->parameters), kind, name,
			  error);
}
