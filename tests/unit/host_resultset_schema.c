// SPDX-License-Identifier: MIT
/*
 * The validator keyword by keyword; tests/cli/resultset_validate.t compares it with the
 * standard's on whole files.
 */
#include "host.h"

#include <stdlib.h>
#include <string.h>

#include "resultset/schema.h"

static json_t *parse(const char *text)
{
	json_error_t parse_error;
	json_t *json = json_loads(text, JSON_DECODE_ANY, &parse_error);

	if (!json)
		fail_msg("%s: %s", text, parse_error.text);
	return json;
}

static void test_keywords(void **state)
{
	/* A schema, a value, and the violation (NULL: none). */
	static const char *const cases[][3] = {
		{"{}", "null", NULL},
		{"{\"type\":\"object\"}", "{}", NULL},
		{"{\"type\":\"object\"}", "[]", "(whole file): expected object, found array []"},
		{"{\"type\":\"integer\"}", "1", NULL},
		{"{\"type\":\"integer\"}", "1.0", NULL},
		{"{\"type\":\"integer\"}", "1.5",
		 "(whole file): expected integer, found number 1.5"},
		{"{\"type\":\"integer\"}", "true",
		 "(whole file): expected integer, found boolean true"},
		{"{\"type\":\"number\"}", "1", NULL},
		{"{\"type\":\"number\"}", "\"1\"",
		 "(whole file): expected number, found string \"1\""},
		{"{\"type\":\"boolean\"}", "false", NULL},
		{"{\"type\":\"null\"}", "null", NULL},
		{"{\"type\":\"string\"}", "null", "(whole file): expected string, found null null"},
		{"{\"const\":1}", "1.0", NULL},
		{"{\"const\":1}", "2", "(whole file): expected 1, found 2"},
		{"{\"const\":1}", "true", "(whole file): expected 1, found true"},
		{"{\"enum\":[\"a\",\"b\"]}", "\"b\"", NULL},
		{"{\"enum\":[\"a\",\"b\"]}", "\"c\"",
		 "(whole file): expected one of [\"a\",\"b\"], found \"c\""},
		{"{\"minimum\":2}", "2", NULL},
		{"{\"minimum\":2}", "1", "(whole file): expected at least 2, found 1"},
		{"{\"minimum\":2}", "\"1\"", NULL},
		{"{\"maximum\":2}", "2.0", NULL},
		{"{\"maximum\":2}", "3", "(whole file): expected at most 2, found 3"},
		{"{\"minLength\":2}", "\"\\u00fc\\u00fc\"", NULL},
		{"{\"minLength\":2}", "\"\\u00fc\"",
		 "(whole file): expected at least 2 characters, found \"\\u00FC\""},
		{"{\"pattern\":\"b+$\"}", "\"abb\"", NULL},
		{"{\"pattern\":\"^b+$\"}", "\"abb\"",
		 "(whole file): expected a string like ^b+$, found \"abb\""},
		{"{\"minItems\":1}", "[]", "(whole file): expected at least 1 elements, found 0"},
		{"{\"maxItems\":1}", "[1,2]", "(whole file): expected at most 1 elements, found 2"},
		{"{\"items\":{\"type\":\"string\"}}", "[\"a\",1]",
		 "/1: expected string, found integer 1"},
		{"{\"required\":[\"a\"]}", "{\"a\":null}", NULL},
		{"{\"required\":[\"a\"]}", "{}",
		 "(whole file): expected a member \"a\", found none"},
		{"{\"properties\":{\"a\":{\"type\":\"null\"}}}", "{\"a\":1,\"b\":1}",
		 "/a: expected null, found integer 1"},
		{"{\"properties\":{\"a\":{}},\"additionalProperties\":false}", "{\"a\":1,\"b\":1}",
		 "/b: expected no such member, found one"},
		{"{\"additionalProperties\":{\"type\":\"null\"}}", "{\"~/\":1}",
		 "/~0~1: expected null, found integer 1"},
		{"{\"$defs\":{\"x\":{\"type\":\"null\"}},\"items\":{\"$ref\":\"#/$defs/x\"}}",
		 "[1]", "/0: expected null, found integer 1"},
		{"{\"$defs\":{\"x\":{}},\"$ref\":\"#/$defs/x\",\"minimum\":1}", "0",
		 "(whole file): expected at least 1, found 0"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		json_t *schema = parse(cases[i][0]), *value = parse(cases[i][1]);
		struct strv errors = {0};
		char *error = NULL;
		struct schema *compiled = schema_compile(schema, &error);
		bool ok;

		if (!compiled)
			fail_msg("%s: %s", cases[i][0], error);
		ok = schema_check(compiled, value, &errors);
		assert_int_equal(ok, !cases[i][2]);
		assert_int_equal(errors.n, cases[i][2] ? 1 : 0);
		if (cases[i][2])
			assert_string_equal(errors.v[0], cases[i][2]);
		strv_free(&errors);
		schema_free(compiled);
		json_decref(schema);
		json_decref(value);
	}
}

static void test_all_violations(void **state)
{
	json_t *schema = parse("{\"required\":[\"a\",\"b\"],\"additionalProperties\":false}");
	json_t *value = parse("{\"c\":1,\"d\":2}");
	struct strv errors = {0};
	char *error = NULL;
	struct schema *compiled = schema_compile(schema, &error);

	(void)state;
	assert_false(schema_check(compiled, value, &errors));
	assert_int_equal(errors.n, 4);
	strv_free(&errors);
	schema_free(compiled);
	json_decref(schema);
	json_decref(value);
}

/* A file that is wrong everywhere does not fill the terminal, or the memory. */
static void test_many_violations(void **state)
{
	json_t *schema = parse("{\"items\":{\"type\":\"string\"}}"), *value = json_array();
	struct strv errors = {0};
	char *error = NULL;
	struct schema *compiled = schema_compile(schema, &error);

	(void)state;
	for (int i = 0; i < 1000; i++)
		json_array_append_new(value, json_integer(i));
	assert_false(schema_check(compiled, value, &errors));
	assert_int_equal(errors.n, SCHEMA_LISTED_MAX + 1);
	assert_string_equal(errors.v[SCHEMA_LISTED_MAX], "and 950 violations more");
	strv_free(&errors);
	schema_free(compiled);
	json_decref(schema);
	json_decref(value);
}

/* A schema that refers to itself is compiled once, and checked as deep as the value is. */
static void test_recursive(void **state)
{
	json_t *schema = parse("{\"additionalProperties\":{\"$ref\":\"#\"},\"type\":\"object\"}");
	json_t *value = parse("{\"a\":{\"b\":{},\"c\":1}}");
	struct strv errors = {0};
	char *error = NULL;
	struct schema *compiled = schema_compile(schema, &error);

	(void)state;
	assert_non_null(compiled);
	assert_false(schema_check(compiled, value, &errors));
	assert_int_equal(errors.n, 1);
	assert_string_equal(errors.v[0], "/a/c: expected object, found integer 1");
	strv_free(&errors);
	schema_free(compiled);
	json_decref(schema);
	json_decref(value);
}

/* An unknown keyword must not be passed over. */
static void test_unsupported(void **state)
{
	static const char *const bad[] = {
		"{\"oneOf\":[]}",
		"{\"properties\":{\"a\":{\"uniqueItems\":true}}}",
		"{\"items\":{\"format\":\"date\"}}",
		"{\"additionalProperties\":{\"not\":{}}}",
		"{\"$defs\":{\"a\":{\"if\":{}}}}",
		"{\"type\":[\"string\",\"null\"]}",
		"{\"items\":[{}]}",
		"{\"pattern\":\"(\"}",
		"{\"minItems\":\"1\"}",
		"{\"$ref\":\"#/$defs/none\"}",
		"{\"$ref\":\"http://elsewhere/\"}",
		"{\"required\":\"a\"}",
		"{\"properties\":[]}",
		"[]",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		json_t *schema = parse(bad[i]);
		char *error = NULL;

		if (schema_compile(schema, &error))
			fail_msg("%s is taken for supported", bad[i]);
		assert_non_null(error);
		free(error);
		json_decref(schema);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keywords),	cmocka_unit_test(test_all_violations),
		cmocka_unit_test(test_many_violations), cmocka_unit_test(test_recursive),
		cmocka_unit_test(test_unsupported),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("schema", tests, NULL, NULL);
}
