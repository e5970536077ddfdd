// SPDX-License-Identifier: MIT
#include "verdict_file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/file_write.h"
#include "lib/json.h"
#include "lib/paths.h"
#include "lib/text.h"

/* The outcome behind an exit code. */
static enum outcome outcome_of_exit(enum exit_code code)
{
	for (int o = 0; o < NR_OUTCOMES; o++)
		if (outcome_exit((enum outcome)o) == code)
			return (enum outcome)o;
	return code == EXIT_INTERRUPTED ? OUTCOME_SKIP : OUTCOME_ERROR;
}

const char *verdict_of_outcome(enum outcome o)
{
	switch (o) {
	case OUTCOME_SUCCESS: return "pass";
	case OUTCOME_SKIP: return "inconclusive";
	case OUTCOME_ERROR: return "error";
	default: return "fail";
	}
}

const char *verdict_name(enum exit_code code)
{
	return verdict_of_outcome(outcome_of_exit(code));
}

json_t *verdict_json(enum exit_code code, const char *reason, const json_t *runs)
{
	json_t *v = json_pack("{s:i, s:s, s:s, s:i, s:s*, s:[]}", "verdict_version",
			      VERDICT_VERSION, "verdict", verdict_name(code), "outcome",
			      outcome_name(outcome_of_exit(code)), "exit_code", (int)code, "reason",
			      reason, "runs");
	json_t *run;
	size_t i;

	json_array_foreach ((json_t *)runs, i, run) {
		const char *run_reason =
			json_string_value(member_at(run, "outcome", "reason", NULL));

		json_array_append_new(json_object_get(v, "runs"),
				      json_pack("{s:s, s:s, s:s*}", "id", text_at(run, "id", NULL),
						"status", text_at(run, "outcome", "status", NULL),
						"reason", run_reason));
	}
	return v;
}

bool verdict_save(const char *path, const json_t *verdict, char **error)
{
	char *text = json_dumps(verdict, JSON_INDENT(1));
	bool ok = text || fail(error, "cannot write %s: no memory", path);

	if (ok) {
		replace_text(&text, "%s\n", text);
		ok = write_atomically(path, text, strlen(text), error);
	}
	free(text);
	return ok;
}

char *verdict_path(const char *result)
{
	char *dir = directory_of(result), *path = xasprintf("%s/verdict.json", dir);

	free(dir);
	return path;
}

bool verdict_write_running(const char *out, char **error)
{
	char *path = verdict_path(out);
	const char *slash = strrchr(out, '/');
	char *reason = xasprintf("process %ld is measuring %s; if there is none, it died, and "
				 "--resume takes over what it had",
				 (long)getpid(), slash ? slash + 1 : out);
	json_t *v = verdict_json(EXIT_SKIPPED, reason, NULL);
	bool ok;

	json_object_set_new(v, "verdict", json_string(VERDICT_RUNNING));
	ok = verdict_save(path, v, error);
	json_decref(v);
	free(reason);
	free(path);
	return ok;
}

bool verdict_write(const char *out, enum exit_code code, const char *reason, const json_t *runs,
		   char **error)
{
	char *path = verdict_path(out);
	json_t *v = verdict_json(code, reason, runs);
	bool ok = verdict_save(path, v, error);

	json_decref(v);
	free(path);
	return ok;
}
