// SPDX-License-Identifier: MIT
#include "axes.h"

#include <stdlib.h>
#include <string.h>

#include "identity.h"
#include "lib/json.h"
#include "spec/catalog.h"

/* Axes that every run may have, with the place of their value in the identity. */
static const struct {
	const char *name, *group, *member;
	const char *prefix; /* not shown */
	int cut;	    /* this many characters are enough; 0: all of them */
} fixed[] = {
	{"variant", "variant", "name", "", 0},
	{"workload", "workload", "name", "", 0},
	{"env", NULL, "env", "", 0},
	{"rig", NULL, "rig", "", 0},
	{"tier", NULL, "tier", "", 0},
	{"vcpus", NULL, "vcpus", "", 0},
	{"memory", NULL, "memory_mib", "", 0},
	{"seed", NULL, "seed", "", 0},
	{"xen", "xen", "version", "", 0},
	{"qemu", "qemu", "version", "QEMU emulator version ", 0},
	{"compiler", NULL, "compiler", "", 0},
	{"image", "image", "kernel_sha256", "", 12},
};

#define NR_FIXED (sizeof(fixed) / sizeof(*fixed))

static char *text_of(const json_t *value)
{
	if (json_is_string(value))
		return xstrdup(json_string_value(value));
	if (json_is_integer(value))
		return xasprintf("%lld", (long long)json_integer_value(value));
	return NULL;
}

static const json_t *policy_of(const json_t *run)
{
	return member_at(run, "identity", "variant", "policy", NULL);
}

static const json_t *parameters_of(const json_t *run)
{
	return member_at(run, "identity", "workload", "parameters", NULL);
}

bool axis_is_policy(const json_t *run, const char *axis)
{
	return json_object_get(policy_of(run), axis);
}

bool axis_is_parameter(const json_t *run, const char *axis)
{
	return json_object_get(parameters_of(run), axis);
}

char *axis_text(const json_t *set, const json_t *run, const char *axis)
{
	const json_t *identity = json_object_get(run, "identity"), *value;
	const char *label = text_at(identity, "variant", "label", NULL);
	char *text;

	if (strcmp(axis, "commit") == 0)
		return commit_of(set, run);
	if (strcmp(axis, "variant") == 0 && *label)
		return xstrdup(label);
	for (size_t i = 0; i < NR_FIXED; i++) {
		size_t skip = strlen(fixed[i].prefix);

		if (strcmp(fixed[i].name, axis) != 0)
			continue;
		text = text_of(fixed[i].group
				       ? member_at(identity, fixed[i].group, fixed[i].member, NULL)
				       : json_object_get(identity, fixed[i].member));
		if (text && strncmp(text, fixed[i].prefix, skip) == 0)
			replace_text(&text, "%s", text + skip);
		if (text && fixed[i].cut)
			replace_text(&text, "%.*s", fixed[i].cut, text);
		return text;
	}
	value = json_object_get(parameters_of(run), axis);
	return text_of(value ? value : json_object_get(policy_of(run), axis));
}

void axes_usual(struct strv *names)
{
	for (size_t i = 0; i < NR_FIXED; i++)
		strv_add(names, "%s", fixed[i].name);
	strv_add(names, "commit");
}

bool axis_is_known(json_t *const *sets, size_t n, const char *axis, char **error)
{
	struct strv names = {0};
	bool known = false;
	const char *name;
	json_t *run, *value;
	size_t i;

	axes_usual(&names);
	for (i = 0; i < names.n; i++)
		known = known || strcmp(names.v[i], axis) == 0;
	for (size_t f = 0; f < n && !known; f++)
		json_array_foreach (json_object_get(sets[f], "runs"), i, run) {
			known = known || axis_is_policy(run, axis) || axis_is_parameter(run, axis);
			json_object_foreach ((json_t *)policy_of(run), name, value)
				strv_add_distinct(&names, name);
			json_object_foreach ((json_t *)parameters_of(run), name, value)
				strv_add_distinct(&names, name);
		}
	if (!known)
		unknown_name(error, "axis", axis, &names);
	strv_free(&names);
	return known;
}
