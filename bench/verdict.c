// SPDX-License-Identifier: MIT
#include "verdict.h"

#include <stdlib.h>
#include <string.h>

#include "atomic.h"
#include "resultset.h"
#include "text.h"

const char *verdict_name(enum exit_code code)
{
	switch (code) {
	case EXIT_FINE: return "pass";
	case EXIT_SKIPPED: return "skip";
	case EXIT_ERROR: return "error";
	case EXIT_FAILED: return "fail";
	case EXIT_CRASHED: return "crash";
	case EXIT_TIMED_OUT: return "timeout";
	case EXIT_USAGE: return "usage";
	case EXIT_INTERRUPTED: return "interrupted";
	}
	return "error";
}

bool verdict_write(const char *out, enum exit_code code, const char *reason, const json_t *runs,
		   char **why)
{
	char *dir = directory_of(out), *path = xasprintf("%s/verdict.json", dir), *text;
	json_t *v = json_pack("{s:s, s:i, s:s*, s:[]}", "verdict", verdict_name(code), "exit_code",
			      (int)code, "reason", reason, "runs");
	json_t *run;
	size_t i;
	bool ok;

	json_array_foreach ((json_t *)runs, i, run) {
		const char *run_reason =
			json_string_value(member_at(run, "outcome", "reason", NULL));

		json_array_append_new(json_object_get(v, "runs"),
				      json_pack("{s:s, s:s, s:s*}", "id", text_at(run, "id", NULL),
						"status", text_at(run, "outcome", "status", NULL),
						"reason", run_reason));
	}
	text = json_dumps(v, JSON_INDENT(1));
	replace_text(&text, "%s\n", text);
	ok = write_atomically(path, text, strlen(text), why);
	free(text);
	json_decref(v);
	free(path);
	free(dir);
	return ok;
}
