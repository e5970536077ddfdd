// SPDX-License-Identifier: MIT
#include "dataset_names.h"

#include <stdlib.h>
#include <string.h>

#include "lib/json.h"

char *point_label(const struct run *run, json_int_t vcpus, const char *by)
{
	const char *id = run->id, *env = run->env;
	size_t skip = strlen(env) + 1;
	struct strv parts = {0}, kept = {0};
	char *middle, *label;

	if (strncmp(id, env, strlen(env)) != 0 || strlen(id) <= skip)
		skip = 0;
	middle = xstrndup(id + skip, strcspn(id + skip, "@~"));
	strv_split(&parts, middle, ':');
	for (size_t i = 0; i < parts.n; i++) {
		size_t n = strcspn(parts.v[i], "=");
		bool axis =
			by && parts.v[i][n] && strlen(by) == n && strncmp(parts.v[i], by, n) == 0;

		if (!axis && strncmp(parts.v[i], "seed=", 5) != 0)
			strv_add(&kept, "%s", parts.v[i]);
	}
	if (vcpus > 1)
		strv_add(&kept, "vcpus=%lld", (long long)vcpus);
	label = strv_join(&kept, " ");
	strv_free(&parts);
	strv_free(&kept);
	free(middle);
	return label;
}

void tell_points_apart(struct dataset *c)
{
	bool *twin = xcalloc(c->nr_points, sizeof(*twin));
	json_t *first = json_object();

	for (size_t i = 0; i < c->nr_points; i++) {
		json_t *seen = json_object_get(first, c->point[i].label);

		twin[i] = seen;
		if (seen)
			twin[json_integer_value(seen)] = true;
		else
			json_object_set_new_nocheck(first, c->point[i].label,
						    json_integer((json_int_t)i));
	}
	json_decref(first);
	for (size_t i = 0; i < c->nr_points; i++) {
		struct strv all = {0};
		json_t *value;
		const char *name;

		if (!twin[i])
			continue;
		strv_add(&all, "%s", c->point[i].workload);
		json_object_foreach (c->point[i].parameters, name, value)
			strv_add(&all, "%s=%lld", name, (long long)json_integer_value(value));
		if (c->point[i].vcpus > 1)
			strv_add(&all, "vcpus=%lld", (long long)c->point[i].vcpus);
		free(c->point[i].label);
		c->point[i].label = strv_join(&all, " ");
		strv_free(&all);
	}
	free(twin);
}
