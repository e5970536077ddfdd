// SPDX-License-Identifier: MIT
#include "load.h"

#include <stdlib.h>

#include "lib/paths.h"
#include "resultset_read.h"
#include "schema.h"

bool read_result_sets(const struct strv *files, const char *root_given, json_t **sets)
{
	struct strv errors = {0};
	struct schema *schema = NULL;
	char *root = NULL, *error = NULL;
	bool ok;

	if (find_root(root_given, &root, &error))
		schema = schema_load(root, &error);
	for (size_t i = 0; i < files->n; i++)
		sets[i] = schema ? resultset_load(files->v[i], schema, &errors) : NULL;
	if (error)
		strv_add(&errors, "%s", error);
	for (size_t i = 0; i < errors.n; i++)
		complain("%s", errors.v[i]);
	ok = !errors.n;
	schema_free(schema);
	strv_free(&errors);
	free(root);
	free(error);
	return ok;
}

json_t *read_result_set(const char *file, const char *root_given)
{
	char *word[] = {(char *)file, NULL};
	const struct strv files = {word, 1};
	json_t *set = NULL;

	read_result_sets(&files, root_given, &set);
	return set;
}
