// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "lib/outcome.h"
#include "lib/paths.h"
#include "resultset/resultset_read.h"
#include "resultset/schema.h"

static int validate(const struct strv *files, const char *root_given, bool quiet)
{
	AUTO_FREE char *root = NULL, *error = NULL;
	struct schema *schema = NULL;
	json_t *set;
	int code = EXIT_FINE;

	if (find_root(root_given, &root, &error))
		schema = schema_load(root, &error);
	if (!schema) {
		complain("%s", error);
		code = EXIT_ERROR;
	}
	for (size_t i = 0; i < files->n && schema; i++) {
		AUTO_STRV struct strv errors = {0};

		set = resultset_load(files->v[i], schema, &errors);
		for (size_t k = 0; k < errors.n; k++)
			complain("%s", errors.v[k]);
		if (!set)
			code = EXIT_ERROR;
		else if (!quiet)
			printf("%s: valid, %zu runs\n", files->v[i],
			       json_array_size(json_object_get(set, "runs")));
		json_decref(set);
	}
	schema_free(schema);
	return code;
}

static int run(int argc, char **argv)
{
	AUTO_STRV struct strv files = {0};
	const char *root = NULL;
	bool quiet = false;
	const struct option_spec specs[] = {
		OPT_FLAG("quiet", 'q', &quiet, "print nothing but errors"),
		OPT_ROOT(&root),
		OPT_END,
	};
	int code = options_read(&command_validate, specs, argc, argv, &files);

	if (code < 0)
		code = files.n ? validate(&files, root, quiet)
			       : usage_error(&command_validate, "no file given");
	return code;
}

const struct command command_validate = {
	.name = "validate",
	.usage = "validate [OPTION]... FILE.json...",
	.summary = "check result sets against the schema and for sense",
	.run = run,
};
