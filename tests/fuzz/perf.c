// SPDX-License-Identifier: MIT
/* A line of `perf stat -j`, which is not always JSON. */
#include "fuzz.h"

#include <math.h>
#include <string.h>

#include "collectors/perf.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char *line = malloc(n + 1);
	struct perf_count c;
	char asked[sizeof(c.event)];

	MUST(line);
	memcpy(line, bytes, n);
	line[n] = 0;
	if (perf_parse_line(line, &c)) {
		MUST(*c.event && memchr(c.event, 0, sizeof(c.event)));
		MUST(memchr(c.unit, 0, sizeof(c.unit)));
		MUST(memchr(c.missing, 0, sizeof(c.missing)));
		MUST(*c.missing || (isfinite(c.value) && c.value >= 0));
		MUST(*c.missing || (c.running > 0 && c.running <= 1));
		perf_event_asked(&c, asked);
		MUST(strlen(asked) < sizeof(asked));
	}
	perf_refusal(line, asked, sizeof(asked));
	MUST(*asked && strlen(asked) < sizeof(asked));
	free(line);
	return 0;
}
