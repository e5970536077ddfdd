// SPDX-License-Identifier: MIT
/* A trace of Xen's, in words of 32 bits; the first byte is the domain that is asked for. */
#include "fuzz.h"

#include <jansson.h>
#include <string.h>

#include "collectors/trace.h"

#define BINS 8

static json_int_t sum(const json_t *array)
{
	json_int_t total = 0;
	json_t *one;
	size_t i;

	json_array_foreach (array, i, one)
		total += json_integer_value(one);
	return total;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	uint32_t *words;
	char *error = NULL;
	json_t *all, *series;

	if (n < 1)
		return 0;
	/* Exactly that size, so that a word too many is noticed; and aligned. */
	words = malloc(n > 1 ? n - 1 : 1);
	MUST(words);
	memcpy(words, bytes + 1, n - 1);
	all = trace_counts(words, n - 1, bytes[0], BINS, &error);
	MUST(!all == !!error);
	if (all) {
		series = json_object_get(all, "series");
		MUST(json_array_size(json_object_get(series, "page_faults")) == BINS);
		/* Events within the time were counted. */
		MUST(sum(json_object_get(series, "page_faults")) <=
		     json_integer_value(json_object_get(all, "page_faults")));
		MUST(json_integer_value(json_object_get(series, "interval_ticks")) != 0);
	}
	json_decref(all);
	free(words);
	free(error);
	return 0;
}
