/* SPDX-License-Identifier: MIT */
/*
 * Edits of a good result set, four bytes each: which value, what happens to it, and two of what
 * comes in its place. Bytes alone hardly ever make JSON that a schema lets through.
 */
#ifndef PVMMU_TESTS_FUZZ_EDITS_H
#define PVMMU_TESTS_FUZZ_EDITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/lib/json.h"
#include "bench/resultset/resultset_read.h"
#include "fuzz.h"

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
/* More would mostly undo each other, and take the time. */
#define EDITS_MAX	16
#define NR_REPLACEMENTS (sizeof(replacements) / sizeof(*replacements))

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
static json_t *edited(const json_t *good, const uint8_t *bytes, size_t n)
{
	json_t *set = json_deep_copy(good);

	if (n > 4 * EDITS_MAX)
		n = 4 * EDITS_MAX;
	for (; n >= 4; bytes += 4, n -= 4) {
		size_t nth = bytes[0] + 256u * (bytes[1] >> 6);

		change(set, &nth, bytes);
	}
	return set;
}

/* The bytes as a set, or what edits make of a good one; NULL if it is refused, which takes a word.
 */
static json_t *set_of(const uint8_t *bytes, size_t n, const json_t *good,
		      const struct schema *schema)
{
	struct strv errors = {0};
	json_t *set;

	if (n && bytes[0] == '{') {
		set = resultset_parse((const char *)bytes, n, "it", schema, &errors);
	} else {
		set = edited(good, bytes, n);
		if (!resultset_check(set, schema, &errors)) {
			json_decref(set);
			set = NULL;
		}
	}
	MUST(!set == !!errors.n);
	strv_free(&errors);
	return set;
}

#endif
