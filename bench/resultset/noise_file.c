// SPDX-License-Identifier: MIT
#include "noise_file.h"

#include <stdlib.h>
#include <unistd.h>

#include "lib/paths.h"
#include "load.h"

/* noise.json in the directory of a file, if there is one; the caller's. */
static char *found_beside(const char *file)
{
	char *dir = directory_of(file), *path = xasprintf("%s/" NOISE_FILE, dir);

	free(dir);
	if (access(path, F_OK) == 0)
		return path;
	free(path);
	return NULL;
}

bool noise_file_load(struct noise_file *f, const char *given, const char *beside, const char *root,
		     const json_t *set, char **note, char **error)
{
	char *wrong = NULL;

	*f = (struct noise_file){.path = given ? xstrdup(given) : found_beside(beside)};
	if (!f->path)
		return true;
	f->set = read_result_set(f->path, root);
	if (!f->set)
		return fail(error, "%s cannot be used", f->path);
	if (!noise_of(&f->noise, f->set, &wrong) || !noise_is_for(&f->noise, set, &wrong)) {
		if (given)
			fail(error, "%s: %s", f->path, wrong);
		else
			fail(note, "%s is not used: %s", f->path, wrong);
		noise_free(&f->noise);
	}
	free(wrong);
	return !*error;
}

void noise_file_free(struct noise_file *f)
{
	noise_free(&f->noise);
	json_decref(f->set);
	free(f->path);
	*f = (struct noise_file){0};
}
