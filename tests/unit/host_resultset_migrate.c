// SPDX-License-Identifier: MIT
/*
 * Files of older versions, as the programs of that time wrote them, are taken to what this one
 * writes: tests/golden/schema/VERSION-NAME.json is such a file, .changes beside it what migration
 * does to it, a line for each value, and the schema accepts what comes out.
 */
#include "host.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "lib/file_write.h"
#include "resultset/identity.h"
#include "resultset/migrate.h"
#include "lib/json.h"
#include "resultset/resultset_read.h"
#include "resultset/schema.h"

static struct schema *schema;

static void add_change(struct strv *lines, const char *at, const json_t *was, const json_t *is)
{
	char *old = was ? canonical_json(was) : xstrdup("-");
	char *new = is ? canonical_json(is) : xstrdup("-");

	strv_add(lines, "%s\t%s\t%s", at, old, new);
	free(old);
	free(new);
}

/* The differences, in the order of names. */
static void differences(struct strv *lines, const char *at, const json_t *was, const json_t *is)
{
	json_t *names = json_object(), *value;
	const char *name;
	char *below;
	size_t i;

	if (json_is_object(was) && json_is_object(is)) {
		json_object_update(names, (json_t *)was);
		json_object_update(names, (json_t *)is);
		json_object_foreach (names, name, value) {
			const json_t *a = json_object_get(was, name);
			const json_t *b = json_object_get(is, name);

			below = xasprintf("%s/%s", at, name);
			if (a && b)
				differences(lines, below, a, b);
			else
				add_change(lines, below, a, b);
			free(below);
		}
	} else if (json_is_array(was) && json_is_array(is) &&
		   json_array_size(was) == json_array_size(is)) {
		json_array_foreach (was, i, value) {
			below = xasprintf("%s/%zu", at, i);
			differences(lines, below, value, json_array_get(is, i));
			free(below);
		}
	} else if (!json_equal(was, is)) {
		add_change(lines, at, was, is);
	}
	json_decref(names);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void test_one_file(const char *path)
{
	json_t *was = json_load_file(path, 0, NULL), *is = json_deep_copy(was);
	char *wanted_path = xasprintf("%.*s.changes", (int)strlen(path) - 5, path);
	char *wanted, *got, *error = NULL;
	struct strv lines = {0}, errors = {0};
	size_t n;

	assert_non_null(was);
	assert_true(resultset_migrate(is, &errors));
	schema_check(schema, is, &errors);
	resultset_makes_sense(is, &errors);
	for (size_t i = 0; i < errors.n; i++)
		fail_msg("%s: %s\n", path, errors.v[i]);
	differences(&lines, "", was, is);
	qsort(lines.v, lines.n, sizeof(*lines.v), by_text);
	strv_add(&lines, "%s", "");
	got = strv_join(&lines, "\n");
	wanted = read_whole_file(wanted_path, &n, &error);
	assert_non_null(wanted);
	assert_string_equal(got, wanted);
	free(wanted);
	free(got);
	free(wanted_path);
	strv_free(&lines);
	json_decref(was);
	json_decref(is);
}

static void test_golden(void **state)
{
	bool seen[RESULTSET_VERSION] = {false};
	glob_t found;

	(void)state;
	assert_int_equal(glob("tests/golden/schema/*.json", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		int version = atoi(strrchr(found.gl_pathv[i], '/') + 1);

		assert_in_range(version, 1, RESULTSET_VERSION - 1);
		seen[version] = true;
		test_one_file(found.gl_pathv[i]);
	}
	globfree(&found);
	for (int v = 1; v < RESULTSET_VERSION; v++)
		if (!seen[v])
			fail_msg("there is no file of version %d\n", v);
}

/* Values that migration leaves alone, and values that no version ever had. */
static void test_versions(void **state)
{
	static const struct {
		const char *set, *error;
	} cases[] = {
		{"{\"schema_version\":2}", NULL},
		{"{\"schema_version\":0}", "/schema_version: expected 1 to 2, found 0"},
		{"{\"schema_version\":-1}", "/schema_version: expected 1 to 2, found -1"},
		{"{\"schema_version\":3}",
		 "/schema_version: expected 1 to 2, found 3: a newer version of this program wrote "
		 "the file"},
		/* For the schema to refuse. */
		{"{\"schema_version\":\"1\"}", NULL},
		{"{}", NULL},
		{"[1]", NULL},
		{"{\"schema_version\":1}", NULL},
		{"{\"schema_version\":1,\"runs\":7,\"disturbance\":{}}", NULL},
		{"{\"schema_version\":1,\"runs\":[null,[],{\"collected\":3,\"identity\":[]}]}",
		 NULL},
		{"{\"schema_version\":1,\"disturbance\":[{\"with\":null}]}", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		json_t *set = json_loads(cases[i].set, 0, NULL);
		struct strv errors = {0};

		assert_int_equal(resultset_migrate(set, &errors), !cases[i].error);
		assert_int_equal(errors.n, cases[i].error != NULL);
		if (cases[i].error)
			assert_string_equal(errors.v[0], cases[i].error);
		strv_free(&errors);
		json_decref(set);
	}
}

/* Values that are there are not touched, and programs get no parameters. */
static void test_parameters(void **state)
{
	static const char *const cases[][3] = {
		{"pagefault", "{\"n\":8,\"kb\":64,\"reps\":2}",
		 "{\"calibrate\":0,\"kb\":64,\"n\":8,\"reps\":2,\"unmap\":0}"},
		{"fork", "{\"n\":8}", "{\"calibrate\":0,\"n\":8,\"reps\":1}"},
		{"mine", "{}", "{}"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *text =
			xasprintf("{\"schema_version\":1,\"runs\":[{\"identity\":{\"workload\":"
				  "{\"name\":\"%s\",\"parameters\":%s}}}]}",
				  cases[i][0], cases[i][1]);
		json_t *set = json_loads(text, 0, NULL);
		struct strv errors = {0};
		char *got;

		assert_true(resultset_migrate(set, &errors));
		got = canonical_json(member_at(json_array_get(json_object_get(set, "runs"), 0),
					       "identity", "workload", "parameters", NULL));
		assert_string_equal(got, cases[i][2]);
		free(got);
		free(text);
		json_decref(set);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_parameters),
	};
	char *error = NULL;
	int failed;

	schema = schema_load(".", &error);
	if (!schema)
		fail_msg("%s\n", error);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	schema_free(schema);
	return failed;
}
