// SPDX-License-Identifier: MIT
#include "workload_spec.h"

#include <string.h>

#include "lib/number_list.h"

json_t *axis_json(const char *name, const char *unit)
{
	return json_pack("{s:s, s:s}", "name", name, "unit", unit);
}

json_int_t default_of(const struct parameter *p, unsigned calibrate_ns)
{
	bool calibrated = calibrate_ns && strcmp(p->name, "calibrate") == 0;

	return calibrated ? calibrate_ns : p->def;
}

static json_t *default_parameters(const struct workload *w, unsigned calibrate_ns)
{
	json_t *all = json_object();

	for (size_t i = 0; i < w->nr_parameters; i++)
		json_object_set_new(all, w->parameters[i].name,
				    json_integer(default_of(&w->parameters[i], calibrate_ns)));
	return all;
}

/* Multiplies the combinations so far with the values of one parameter. */
static bool sweep(struct workload_spec *c, const struct parameter *p, const char *text,
		  char **error)
{
	AUTO_FREE char *what = xasprintf("%s:%s", c->workload->name, p->name);
	json_t *product = json_array(), *one;
	struct values values;
	size_t k;

	if (values_read(&values, text, p->min, p->max, what, error) &&
	    values.n * json_array_size(c->sweeps) > RUNS_MAX)
		mistake(error, "%s: more than %d combinations", what, RUNS_MAX);
	for (size_t i = 0; i < values.n && !*error; i++)
		json_array_foreach (c->sweeps, k, one) {
			json_t *copy = json_copy(one);

			json_object_set_new(copy, p->name, json_integer(values.v[i]));
			json_array_append_new(product, copy);
		}
	if (values.n > 1)
		json_array_append_new(c->axes, axis_json(p->name, p->unit));
	json_decref(c->sweeps);
	c->sweeps = product;
	values_free(&values);
	return !*error;
}

bool workload_spec_is_named(const char *text, const char *before, char **error)
{
	if (text[strcspn(text, ":=")] != '=')
		return true;
	if (!before)
		return mistake(error,
			       "\"%s\" names no workload: expected NAME[:PARAMETER=VALUE]...",
			       text);
	return mistake(
		error,
		"\"%s\" names no workload: a comma begins the next one, and parameters follow a "
		"colon, \"%s:%s\"",
		text, before, text);
}

bool workload_spec_read(struct workload_spec *c, const char *text, const char *before,
			const struct catalog *catalog, unsigned calibrate_ns, char **error)
{
	AUTO_STRV struct strv parts = {0};

	strv_split(&parts, text, ':');
	c->workload = workload_spec_is_named(text, before, error)
			      ? catalog_workload(catalog, parts.v[0], error)
			      : NULL;
	c->sweeps = json_array();
	c->axes = json_array();
	if (c->workload)
		json_array_append_new(c->sweeps, default_parameters(c->workload, calibrate_ns));
	for (size_t i = 1; i < parts.n && !*error; i++) {
		const struct parameter *p;
		char *equals = strchr(parts.v[i], '=');

		if (!equals) {
			mistake(error, "workload \"%s\": \"%s\" is not PARAMETER=VALUE", text,
				parts.v[i]);
			break;
		}
		*equals = 0;
		for (size_t k = 1; k < i; k++)
			if (strcmp(parts.v[k], parts.v[i]) == 0)
				mistake(error, "workload \"%s\": %s is given twice", text,
					parts.v[i]);
		p = workload_parameter(c->workload, parts.v[i], error);
		if (p && !*error)
			sweep(c, p, equals + 1, error);
	}
	return !*error;
}
