// SPDX-License-Identifier: MIT
/* Which runs are points of one series, and what is told to have changed between two. */
#include "host.h"

#include <stdlib.h>
#include <string.h>

#include "resultset/identity.h"
#include "resultset/run.h"
#include "lib/json.h"
#include "lib/text.h"
#include "spec/xen_words.h"

#define IDENTITY                                                                                   \
	"\"env\":\"xen64\",\"rig\":\"solo\",\"tier\":\"exact\",\"vcpus\":1,\"seed\":1,"            \
	"\"memory_mib\":512,\"compiler\":\"gcc 12\","                                              \
	"\"variant\":{\"name\":\"eager\",\"policy\":{\"pin\":\"eager\",\"ptl\":\"mm\"}},"          \
	"\"workload\":{\"name\":\"fork\",\"parameters\":{\"n\":64,\"mb\":16}},"                    \
	"\"image\":{\"kernel_sha256\":\"aa\"},\"xen\":{\"version\":\"4.17\"}"

static json_t *parse(const char *text)
{
	json_error_t error;
	json_t *json = json_loads(text, 0, &error);

	if (!json)
		fail_msg("%s: %s\n", text, error.text);
	return json;
}

/* The identity with one member (of a member, if `in` is given) set. */
static char *key_with(const char *in, const char *name, const char *value)
{
	json_t *identity = parse("{" IDENTITY "}");
	json_t *at = in ? json_object_get(identity, in) : identity;
	char *key;

	if (name)
		assert_int_equal(
			json_object_set_new(at, name, json_loads(value, JSON_DECODE_ANY, NULL)), 0);
	key = series_key(identity);
	json_decref(identity);
	return key;
}

static void test_what_names_a_series(void **state)
{
	static const struct {
		const char *in, *name, *value;
		bool same;
	} cases[] = {
		{NULL, "env", "\"native64\"", false},
		{NULL, "rig", "\"box\"", false},
		{NULL, "tier", "\"wall\"", false},
		{NULL, "vcpus", "4", false},
		{NULL, "seed", "2", false},
		{NULL, "memory_mib", "768", false},
		{"variant", "name", "\"nopin\"", false},
		{"variant", "policy", "{\"pin\":\"none\",\"ptl\":\"mm\"}", false},
		{"variant", "mutant", "\"leak_page\"", false},
		{"workload", "name", "\"exec\"", false},
		{"workload", "parameters", "{\"n\":64,\"mb\":17}", false},
		{"workload", "parameters", "{\"n\":64}", false},
		{"workload", "program", "{\"path\":\"/bin/a\",\"arguments\":[\"1\"]}", false},
		{"xen", "flavour", "\"perfc\"", false},
		/* Members that may change along one. */
		{"xen", "version", "\"4.20\"", true},
		{"xen", "sha256", "\"bb\"", true},
		{"image", "kernel_sha256", "\"bb\"", true},
		{NULL, "compiler", "\"clang 14\"", true},
		{NULL, "qemu", "{\"version\":\"7.2\",\"accelerator\":\"tcg\"}", true},
		{NULL, "high_pages", "64", true},
		{NULL, "dom0", "{\"release\":\"6.1\"}", true},
		{"variant", "label", "\"mine\"", true},
		/* Other spellings. */
		{NULL, "vcpus", "1.0", true},
		{"workload", "parameters", "{\"mb\":16,\"n\":64.0}", true},
		{"workload", "parameters", "{\"mb\":1.6e1,\"\\u006e\":64}", true},
		{"variant", "policy", "{\"ptl\":\"m\\u006d\",\"pin\":\"eager\"}", true},
	};
	char *key = key_with(NULL, NULL, NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *other = key_with(cases[i].in, cases[i].name, cases[i].value);

		if ((strcmp(key, other) == 0) != cases[i].same)
			fail_msg("%s %s: %s\n", cases[i].name, cases[i].value, other);
		free(other);
	}
	free(key);
}

static void test_clock(void **state)
{
	json_t *exact =
		parse("{\"tier\":\"exact\",\"rig\":\"solo\",\"qemu\":{\"accelerator\":\"tcg\"}}");
	json_t *kvm =
		parse("{\"tier\":\"wall\",\"rig\":\"solo\",\"qemu\":{\"accelerator\":\"kvm\"}}");
	json_t *xl = parse("{\"tier\":\"wall\",\"rig\":\"xl\"}");

	(void)state;
	assert_string_equal(identity_clock(exact), "instructions");
	assert_string_equal(identity_clock(kvm), "kvm");
	assert_string_equal(identity_clock(xl), "xl");
	json_decref(exact);
	json_decref(kvm);
	json_decref(xl);
}

/* {"observed": ...} and "id" are no part of anything. */
static void test_made_of(void **state)
{
	json_t *set = parse("{\"producer\":{\"version\":\"abc\"},\"observed\":{\"load_1min\":9},"
			    "\"merged_from\":[{\"producer\":{\"version\":\"def\"}}]}");
	json_t *run = parse("{\"id\":\"x\",\"identity\":{" IDENTITY "},"
			    "\"collectors\":[\"guest\",\"insn\"],\"observed\":{\"duration_s\":3}}");
	json_t *merged = parse("{\"origin\":0,\"identity\":{}}");
	json_t *outside = parse("{\"origin\":7,\"identity\":{}}");
	json_t *of = made_of(set, run), *changes;
	char *text = canonical_json(of);

	(void)state;
	assert_string_equal(text,
			    "{\"collectors\":\"insn\",\"commit\":\"abc\",\"compiler\":\"gcc 12\","
			    "\"image.kernel_sha256\":\"aa\",\"xen.version\":\"4.17\"}");
	free(text);
	json_decref(of);
	of = made_of(set, merged);
	assert_string_equal(text_at(of, "commit", NULL), "def");
	json_decref(of);
	of = made_of(set, outside);
	assert_string_equal(text_at(of, "commit", NULL), "abc");
	json_decref(of);
	json_decref(run);
	json_decref(merged);
	json_decref(outside);
	json_decref(set);

	of = parse(
		"{\"xen.version\":\"4.17\",\"compiler\":\"a\",\"commit\":\"x\",\"xen.banner\":\"b\"}");
	run = parse("{\"commit\":\"y\",\"xen.version\":\"4.20\",\"compiler\":\"a\",\"new\":\"b\"}");
	changes = made_of_changes(of, run);
	text = canonical_json(changes);
	assert_string_equal(text, "[{\"from\":\"x\",\"to\":\"y\",\"what\":\"commit\"},"
				  "{\"from\":\"4.17\",\"to\":\"4.20\",\"what\":\"xen.version\"}]");
	free(text);
	json_decref(changes);
	json_decref(of);
	json_decref(run);
}

static void test_commits(void **state)
{
	static const struct {
		const char *a, *b;
		size_t changes;
	} cases[] = {
		{"54769bc", "54769bcd1234", 0},	 {"54769bc", "54769bd", 1},
		{"54769bc", "54769bc-dirty", 1}, {"54769bc-dirty", "54769bcd1234-dirty", 0},
		{"v1-3-g12", "v1-3-g12", 0},	 {"v1", "v1.2", 1},
	};
	json_t *set =
		parse("{\"producer\":{\"version\":\"v\",\"commit\":\"0123456789abcdef-dirty\"}}");
	json_t *run = parse("{\"source\":{\"guest\":\"fedcba98765432\"}}"), *none = json_object();
	char *text;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		json_t *a = json_pack("{s:s}", "commit", cases[i].a);
		json_t *b = json_pack("{s:s}", "commit", cases[i].b);
		json_t *changes = made_of_changes(a, b);

		assert_int_equal(json_array_size(changes), cases[i].changes);
		json_decref(a);
		json_decref(b);
		json_decref(changes);
	}
	text = commit_of(set, run);
	assert_string_equal(text, "fedcba987654");
	free(text);
	text = commit_of(set, none);
	assert_string_equal(text, "0123456789ab-dirty");
	free(text);
	assert_null(commit_of(none, none));
	json_decref(set);
	json_decref(run);
	json_decref(none);
}

/* Is the path a row of the table, or the beginning of one? */
static bool is_listed(const char *path, bool *below)
{
	size_t n = strlen(path);
	bool listed = false;

	*below = false;
	for (size_t i = 0; i < nr_identity_members; i++) {
		const char *row = identity_members[i].path;

		listed = listed || strcmp(row, path) == 0;
		*below = *below || (strncmp(row, path, n) == 0 && row[n] == '.');
	}
	return listed;
}

static void check_members(const json_t *schema, const char *above)
{
	const char *name;
	json_t *member;

	json_object_foreach (json_object_get(schema, "properties"), name, member) {
		char *path = xasprintf("%s%s%s", above, *above ? "." : "", name);
		bool below, listed = is_listed(path, &below);

		if (!listed && !below)
			fail_msg("%s is in results.schema.json and not in identity_members[]\n",
				 path);
		if (below)
			check_members(member, path);
		free(path);
	}
}

/* The table has each member that a result can have, and no other. */
static void test_table_and_schema(void **state)
{
	json_t *schema = json_load_file("results.schema.json", 0, NULL), *identity;

	(void)state;
	assert_non_null(schema);
	identity = member_at(schema, "$defs", "identity", NULL);
	check_members(identity, "");
	for (size_t i = 0; i < nr_identity_members; i++) {
		const json_t *at = identity;
		struct strv names = {0};

		strv_split(&names, identity_members[i].path, '.');
		for (size_t k = 0; k < names.n; k++)
			at = member_at(at, "properties", names.v[k], NULL);
		if (!at)
			fail_msg("%s is not in results.schema.json\n", identity_members[i].path);
		strv_free(&names);
	}
	json_decref(schema);
}

/* A member is told, unknown though it could be told, or no matter of this run. */
static void test_members_of_a_run(void **state)
{
	json_t *set = parse("{\"runs\":[{\"id\":\"x\",\"identity\":{" IDENTITY "},"
			    "\"outcome\":{\"status\":\"success\"},\"timer_overhead\":{\"least\":6},"
			    "\"counters\":{\"tlb\":{\"all\":4,\"one\":2}},\"counted_iterations\":2,"
			    "\"series\":[{\"name\":\"insns\",\"unit\":\"instructions\","
			    "\"better\":\"lower\",\"exact\":true,\"iterations_per_sample\":4,"
			    "\"samples\":[8,10]}]}]}");
	struct run_list all;
	const struct run *run;
	double samples[2];

	(void)state;
	runs_read(&all, set);
	assert_int_equal(all.n, 1);
	run = &all.run[0];
	assert_string_equal(run->label, "eager");
	assert_string_equal(run->mutant, "");
	assert_string_equal(run->clock, "instructions");
	assert_string_equal(run_policy(run, "ptl"), "mm");
	assert_int_equal(run->memory_mib, 512);
	assert_true(run->exact && run->outcome == OUTCOME_SUCCESS && run->overhead == 6);
	assert_string_equal(run_member(run, "memory_mib", NULL)->text, "512");
	assert_string_equal(run_member(run, "xen.version", NULL)->text, "4.17");
	assert_string_equal(run_member(run, "workload.parameters", NULL)->text,
			    "{\"mb\":16,\"n\":64}");
	assert_null(run_member(run, "xen.sha256", NULL)->text);
	assert_true(run_member(run, "xen.sha256", NULL)->could_tell);
	assert_false(run_member(run, "dom0.version", NULL)->could_tell);
	assert_false(run_member(run, "xen.mitigations", XEN_XPTI)->could_tell);
	assert_int_equal(run->nr_counters, 2);
	assert_string_equal(run->counter[1].name, "one");
	assert_int_equal(run->series[0].n, 2);
	series_samples(&run->series[0], samples);
	assert_true(samples[0] == 2 && samples[1] == 2.5);
	runs_free(&all);
	json_decref(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_names_a_series),
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_made_of),
		cmocka_unit_test(test_commits),
		cmocka_unit_test(test_table_and_schema),
		cmocka_unit_test(test_members_of_a_run),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
