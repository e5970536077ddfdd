// SPDX-License-Identifier: MIT
/* Gates as options and files take them: either a bound that can be computed with, or a reason. */
#include "fuzz.h"

#include <math.h>
#include <string.h>

#include "bench/verdict/gate_parse.h"
#include "bench/lib/json.h"

/* The text of a gate does not depend on how often it is read. */
static void read_again(const struct gate *g)
{
	struct gate again;
	char *error = NULL;

	MUST(gate_read(&again, g->text, &error) && !error);
	MUST(again.limit == g->limit && again.kind == g->kind && again.at_least == g->at_least);
	MUST(strcmp(again.metric, g->metric) == 0 && strcmp(again.workload, g->workload) == 0);
	MUST(json_equal(again.parameters, g->parameters));
	gate_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static json_t *parameters;
	char *text = malloc(n + 1), *error = NULL;
	struct gate g;

	if (!parameters) {
		json_never_fails();
		parameters = json_pack("{s:i, s:i}", "mb", 16, "n", 64);
	}
	MUST(text && parameters);
	memcpy(text, bytes, n);
	text[n] = 0;
	if (gate_read(&g, text, &error)) {
		const struct gate_subject subject = {"fork", parameters, 4, "custom:depth=8",
						     "eager"};

		MUST(!error && isfinite(g.limit) && *g.metric && *g.workload);
		MUST(!strchr(g.metric, ':') && !strchr(g.workload, '@'));
		gate_matches(&g, &subject);
		read_again(&g);
	} else {
		MUST(error && strncmp(error, "gate \"", 6) == 0);
	}
	gate_free(&g);
	free(error);
	free(text);
	return 0;
}
