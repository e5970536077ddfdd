// SPDX-License-Identifier: MIT
/* The records in which the guest tells Xen's counters, an array of them. */
#include "fuzz.h"

#include <jansson.h>

#include "collectors/perfc.h"

static void check(const json_t *all)
{
	json_t *value, *element;
	const char *name, *index;

	MUST(json_integer_value(json_object_get(all, "stretches")) >= 1);
	json_object_foreach (json_object_get(all, "counters"), name, value)
		MUST(*name && json_integer_value(value) > 0);
	json_object_foreach (json_object_get(all, "arrays"), name, value) {
		MUST(*name && json_object_size(value));
		json_object_foreach (value, index, element)
			MUST(json_integer_value(element) > 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	json_t *records = json_loadb((const char *)bytes, n, JSON_REJECT_DUPLICATES, NULL), *all;
	char *error = NULL;

	if (!json_is_array(records)) {
		json_decref(records);
		return 0;
	}
	all = perfc_from_records(records, &error);
	MUST(!all == !!error);
	if (all)
		check(all);
	json_decref(all);
	json_decref(records);
	free(error);
	return 0;
}
