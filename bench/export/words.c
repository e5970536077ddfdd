// SPDX-License-Identifier: MIT
/* The words that formats are made of. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "lib/figures.h"
#include "lib/json.h"
#include "lib/text.h"

char *export_number(double v)
{
	char *text = plain_number(v);

	if (strtod(text, NULL) != v)
		replace_text(&text, "%.17g", v);
	return text;
}

json_t *export_json(double v)
{
	/* Up to where doubles are whole numbers one by one. */
	if (v == floor(v) && fabs(v) <= 9007199254740992.0)
		return json_integer((json_int_t)v);
	return json_real(v);
}

void export_put_json(FILE *to, json_t *value)
{
	AUTO_FREE char *text = json_text(value, JSON_INDENT(1) | JSON_REAL_PRECISION(17));

	fprintf(to, "%s\n", text);
	json_decref(value);
}

/* What formats put beside the parameters; one of that name gets another. */
static bool is_taken(const json_t *all, const char *name)
{
	static const char *const words[] = {"run",    "file", "metric", "unit",
					    "better", "id",   "status", "sample"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(words[i], name) == 0)
			return true;
	return json_object_get(all, name);
}

json_t *export_parameters(const struct export_run *r)
{
	static const char *const of_identity[] = {"env", "rig", "tier"};
	json_t *all = json_object(), *value;
	const char *name;

	for (size_t i = 0; i < sizeof(of_identity) / sizeof(*of_identity); i++)
		json_object_set(all, of_identity[i], json_object_get(r->identity, of_identity[i]));
	json_object_set(all, "workload", member_at(r->identity, "workload", "name", NULL));
	json_object_set(all, "variant", member_at(r->identity, "variant", "name", NULL));
	json_object_set(all, "vcpus", json_object_get(r->identity, "vcpus"));
	json_object_set(all, "seed", json_object_get(r->identity, "seed"));
	json_object_foreach (member_at(r->identity, "workload", "parameters", NULL), name, value) {
		AUTO_FREE char *own = xstrdup(name);

		while (is_taken(all, own))
			replace_text(&own, "param_%s", own);
		json_object_set(all, own, value);
	}
	return all;
}

char *export_text(const json_t *value)
{
	return json_is_string(value) ? xstrdup(json_string_value(value)) : json_text(value, 0);
}
