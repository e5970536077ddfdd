// SPDX-License-Identifier: MIT
/*
 * Result sets. Bytes that begin with a brace are one as they are, and mostly show what is done
 * about syntax. Others are edits of a good one (tests/fuzz/set.json), four bytes each: which value,
 * what happens to it, and two of what comes in its place. Only so does a fuzzer get past the
 * schema, to what lays sets out and computes with them: whatever the reader lets through, all of
 * that must stand.
 */
#include "fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench/commands.h"
#include "bench/growth.h"
#include "bench/json.h"
#include "bench/noise.h"
#include "bench/resultset.h"
#include "bench/schema.h"

static struct schema *schema;
static json_t *good;
static FILE *nowhere;

static const char *const replacements[] = {
	"0",
	"1",
	"2",
	"3",
	"-1",
	"0.5",
	"1e308",
	"-1e308",
	"1e-308",
	"9007199254740992",
	"9223372036854775807",
	"-9223372036854775808",
	"null",
	"true",
	"false",
	"[]",
	"{}",
	"\"\"",
	"\"a\"",
	"\"../../etc/passwd\"",
	"\"<script>|`$(x)`\"",
	"\"\\u001b[31m\"",
	"\"%s%n\"",
	"\"\\u202e\"",
	"\"xen64-\"",
	"\"@~:\"",
	"\"exact\"",
	"\"wall\"",
	"\"eager\"",
	"\"mb\"",
	"\"vcpus\"",
	"\"lower\"",
	"\"higher\"",
	"\"success\"",
	"\"failure\"",
	"[1,1,1]",
	"[0,0,0]",
	"[1e300,-1e300,3]",
	"{\"a\":1}",
	"{\"hypercalls\":{\"\":1}}",
};
#define NR_REPLACEMENTS (sizeof(replacements) / sizeof(*replacements))

static void setup(void)
{
	char *why = NULL;

	json_never_fails();
	schema = schema_load(".", &why);
	good = json_load_file("tests/fuzz/set.json", 0, NULL);
	nowhere = fopen("/dev/null", "w");
	MUST(schema && good && nowhere);
	setenv("PVMMU_ROOT", ".", 1);
}

static json_t *replacement(const uint8_t *edit)
{
	/* Half of them are names and values that are there elsewhere. */
	return json_loads(replacements[edit[2] % NR_REPLACEMENTS], JSON_DECODE_ANY, NULL);
}

static void change_member(json_t *object, const char *name, const uint8_t *edit)
{
	json_t *new = replacement(edit);

	switch (edit[1] % 4) {
	case 0: json_object_del(object, name); break;
	case 1: json_object_set(object, replacements[edit[3] % NR_REPLACEMENTS], new); break;
	default: json_object_set(object, name, new);
	}
	json_decref(new);
}

static void change_element(json_t *array, size_t i, const uint8_t *edit)
{
	json_t *new = replacement(edit);

	switch (edit[1] % 4) {
	case 0: json_array_remove(array, i); break;
	case 1: json_array_insert(array, i, new); break;
	case 2: json_array_append_new(array, json_deep_copy(json_array_get(array, i))); break;
	default: json_array_set(array, i, new);
	}
	json_decref(new);
}

/* Changes the value that is *nth in order; true: done. */
static bool change(json_t *at, size_t *nth, const uint8_t *edit)
{
	const char *name;
	json_t *below;
	size_t i;

	json_object_foreach (at, name, below) {
		if (!(*nth)--) {
			change_member(at, name, edit);
			return true;
		}
		if (change(below, nth, edit))
			return true;
	}
	json_array_foreach (at, i, below) {
		if (!(*nth)--) {
			change_element(at, i, edit);
			return true;
		}
		if (change(below, nth, edit))
			return true;
	}
	return false;
}

/* There are more than 256 values: the upper bits of what happens to it count as well. */
static json_t *edited(const uint8_t *bytes, size_t n)
{
	json_t *set = json_deep_copy(good);

	for (; n >= 4; bytes += 4, n -= 4) {
		size_t nth = bytes[0] + 256u * (bytes[1] >> 6);

		change(set, &nth, bytes);
	}
	return set;
}

static void compute(json_t *set)
{
	struct strv counters = {0};
	struct growths growths;
	struct cells cells;
	struct noise noise;
	char *why = NULL;

	if (cells_make(&cells, &set, 1, &counters, &why)) {
		growths_make(&growths, &cells, NULL, NULL, false);
		for (size_t i = 0; i < cells.n; i++)
			MUST(!cells.cell[i].metric || cells.cell[i].summary.n);
		growths_free(&growths);
		cells_free(&cells);
	} else {
		MUST(why);
	}
	free(why);
	why = NULL;
	/* The set as its own repetition: no shift, whatever is in it. */
	json_object_set_new(set, "repetitions", json_pack("[O]", json_object_get(set, "runs")));
	MUST(noise_of(&noise, set, &why) && !why);
	for (size_t i = 0; i < noise.n; i++)
		MUST(noise.metric[i].largest == 0 && noise.metric[i].p95 == 0);
	noise_free(&noise);
	json_object_del(set, "repetitions");
}

/* Commands read files. Too slow for each: for some, always the same ones. */
static void run_commands(const json_t *set)
{
	int fd = memfd_create("set", MFD_CLOEXEC);
	char *text = json_text(set, 0), *path = xasprintf("/proc/self/fd/%d", fd);
	FILE *out = stdout;

	MUST(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	stdout = nowhere;
	command_compare.run(2, (char *[]){(char[]){"compare"}, path, NULL});
	command_compare.run(3, (char *[]){(char[]){"compare"}, path, path, NULL});
	command_growth.run(2, (char *[]){(char[]){"growth"}, path, NULL});
	command_effects.run(2, (char *[]){(char[]){"effects"}, path, NULL});
	stdout = out;
	close(fd);
	free(text);
	free(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct strv errors = {0};
	json_t *set;

	if (!schema)
		setup();
	if (n && bytes[0] == '{') {
		set = resultset_parse((const char *)bytes, n, "it", schema, &errors);
	} else {
		set = edited(bytes, n);
		if (!resultset_check(set, schema, &errors)) {
			json_decref(set);
			set = NULL;
		}
	}
	MUST(!set == !!errors.n);
	if (set)
		compute(set);
	if (set && n >= 4 && bytes[n - 1] == 0xff)
		run_commands(set);
	json_decref(set);
	strv_free(&errors);
	return 0;
}
