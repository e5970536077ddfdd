// SPDX-License-Identifier: MIT
/*
 * The reader of result sets alone: syntax, migration, schema, sense. Bytes that begin with a brace
 * are a set as they are, others are edits (edits.h) of the smallest good one,
 * tests/fuzz/smallest.json; what is read is given out again and read a second time. Commands
 * on a set are in sets.c.
 */
#include "edits.h"
#include "fuzz.h"

#include <string.h>

#include "bench/resultset/resultset_read.h"
#include "bench/resultset/schema.h"

static struct schema *schema;
static json_t *good;

static void setup(void)
{
	struct strv errors = {0};
	char *error = NULL;

	json_never_fails();
	schema = schema_load(".", &error);
	good = json_load_file("tests/fuzz/smallest.json", 0, NULL);
	MUST(schema && good && resultset_check(good, schema, &errors));
}

/* A set that was let through is one wherever it goes. */
static void again(const json_t *set)
{
	struct strv errors = {0};
	char *text = json_text(set, 0);
	json_t *twin = resultset_parse(text, strlen(text), "it", schema, &errors);

	MUST(twin && !errors.n && json_equal(twin, set));
	json_decref(twin);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	json_t *set;

	if (!schema)
		setup();
	set = set_of(bytes, n, good, schema);
	if (set)
		again(set);
	json_decref(set);
	return 0;
}
