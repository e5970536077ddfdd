// SPDX-License-Identifier: MIT
#include "run_out.h"

#include <stdlib.h>
#include <string.h>

#include "lib/destination.h"
#include "lib/dirtree.h"
#include "lib/file_write.h"
#include "lib/paths.h"
#include "resultset/verdict_file.h"

/* Of an absolute path. A directory for a name that ends in a slash would be made in vain. */
static bool make_place(const char *out, char **error)
{
	char *dir = directory_of(out), *not_made = NULL;
	bool ok = !strrchr(out, '/')[1] || make_directory(dir, &not_made);

	if (!ok)
		fail(error, "cannot write %s: %s", out, not_made);
	free(not_made);
	free(dir);
	return ok;
}

bool run_can_write(const char *out, char **error)
{
	struct destination result = {0}, verdict = {0};
	char *beside = verdict_path(out);
	bool ok = make_place(out, error) && destination_find(&result, out, error);

	if (ok && result.through)
		ok = fail(error,
			  "cannot write %s: it is no regular file, and a run leaves logs and "
			  "verdict.json beside its result; name a file, and `pvmmu export` writes "
			  "it anywhere",
			  out);
	ok = ok && destination_find(&verdict, beside, error);
	if (ok && is_same_file(&result, &verdict))
		ok = fail(error, "cannot write %s: the verdict goes there; choose another name",
			  out);
	ok = ok && can_write(out, error);
	destination_free(&result);
	destination_free(&verdict);
	free(beside);
	return ok;
}
