// SPDX-License-Identifier: MIT
/* Lists of numbers as options take them, and the words between which they stand. */
#include "fuzz.h"

#include <string.h>

#include "bench/lib/number_list.h"

#define LEAST	-20
#define LARGEST 200 /* few, since finding the same value twice takes the square of that */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char *text = malloc(n + 1), *error = NULL;
	struct strv items = {0};
	struct values v;

	MUST(text);
	memcpy(text, bytes, n);
	text[n] = 0;
	if (values_read(&v, text, LEAST, LARGEST, "this", &error)) {
		MUST(!error && v.n && v.n <= VALUES_MAX);
		for (size_t i = 0; i < v.n; i++)
			MUST(v.v[i] >= LEAST && v.v[i] <= LARGEST);
		values_free(&v);
	} else {
		MUST(error);
	}
	strv_split(&items, text, ',');
	values_join(&items);
	strv_free(&items);
	free(error);
	free(text);
	return 0;
}
