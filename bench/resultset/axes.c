// SPDX-License-Identifier: MIT
#include "axes.h"

#include <stdlib.h>
#include <string.h>

#include "identity.h"
#include "lib/json.h"
#include "spec/catalog.h"

static char *text_of(const json_t *value)
{
	if (json_is_string(value))
		return xstrdup(json_string_value(value));
	if (json_is_integer(value))
		return xasprintf("%lld", (long long)json_integer_value(value));
	return NULL;
}

/* The member as tables show it, the caller's; NULL: not told. */
static char *shown(const json_t *identity, const struct identity_member *m)
{
	char *text = text_of(identity_value(identity, m));
	size_t skip = m->prefix ? strlen(m->prefix) : 0;

	if (text && skip && strncmp(text, m->prefix, skip) == 0)
		replace_text(&text, "%s", text + skip);
	if (text && m->cut)
		replace_text(&text, "%.*s", m->cut, text);
	return text;
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

	if (strcmp(axis, "commit") == 0)
		return commit_of(set, run);
	if (strcmp(axis, "variant") == 0 && *label)
		return xstrdup(label);
	for (size_t i = 0; i < nr_identity_members; i++)
		if (identity_members[i].axis && strcmp(identity_members[i].axis, axis) == 0)
			return shown(identity, &identity_members[i]);
	value = json_object_get(parameters_of(run), axis);
	return text_of(value ? value : json_object_get(policy_of(run), axis));
}

void axes_usual(struct strv *names)
{
	for (size_t i = 0; i < nr_identity_members; i++)
		if (identity_members[i].axis)
			strv_add(names, "%s", identity_members[i].axis);
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
