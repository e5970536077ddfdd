// SPDX-License-Identifier: MIT
#include "paths.h"

#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

#define MARK "results.schema.json"

static bool is_root(const char *dir)
{
	AUTO_FREE char *mark = root_path(dir, MARK);
	bool yes = access(mark, R_OK) == 0;

	return yes;
}

bool find_root(const char *given, char **root, char **error)
{
	char exe[PATH_MAX], *tidy;
	ssize_t n;

	if (!given)
		given = getenv("PVMMU_ROOT");
	if (given && *given) {
		if (!is_root(given))
			return fail(error, "%s is not the project's root: no %s in it", given,
				    MARK);
		tidy = tidy_directory(given);
		*root = absolute_path(tidy);
		free(tidy);
		return true;
	}
	n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	if (n < 0)
		return fail(error, "cannot tell where the program is; give --root DIR");
	exe[n] = 0;
	for (char *dir = dirname(exe); strcmp(dir, "/") != 0; dir = dirname(dir)) {
		if (is_root(dir)) {
			*root = xstrdup(dir);
			return true;
		}
	}
	return fail(error, "no %s above the program; give --root DIR", MARK);
}

char *root_path(const char *root, const char *relative)
{
	return xasprintf("%s/%s", root, relative);
}

/* mk/guest.mk names the directories of images in the same way. */
char *file_name(const char *name)
{
	char *s = xstrdup(name);

	for (char *c = s; *c; c++)
		*c = *c == ':' || *c == ',' ? '-' : *c == '=' ? '.' : *c == '/' ? '_' : *c;
	return s;
}

char *absolute_path(const char *path)
{
	char cwd[PATH_MAX];

	if (*path == '/' || !getcwd(cwd, sizeof(cwd)))
		return xstrdup(path);
	if (strcmp(path, ".") == 0)
		return xstrdup(cwd);
	return xasprintf("%s/%s", strcmp(cwd, "/") == 0 ? "" : cwd, path);
}

char *tidy_directory(const char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	return xstrndup(path, n);
}

char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return xstrdup(".");
	return slash == path ? xstrdup("/") : xstrndup(path, (size_t)(slash - path));
}

size_t directory_prefix(const char *dir)
{
	size_t n = strlen(dir);

	return n && dir[n - 1] == '/' ? n : n + 1;
}

char *real_place(const char *path)
{
	char *whole = realpath(path, NULL), *tidy, *above, *real;

	if (whole)
		return whole;
	tidy = tidy_directory(path);
	above = directory_of(tidy);
	real = realpath(above, NULL);
	whole = xasprintf("%s/%s", real ? real : above,
			  strrchr(tidy, '/') ? strrchr(tidy, '/') + 1 : tidy);
	free(tidy);
	free(above);
	free(real);
	return whole;
}

char *find_program(const char *name)
{
	const char *path = getenv("PATH");
	AUTO_STRV struct strv dirs = {0};
	char *found = NULL;

	if (strchr(name, '/'))
		return access(name, X_OK) == 0 ? absolute_path(name) : NULL;
	strv_split(&dirs, path ? path : "/usr/local/bin:/usr/bin:/bin", ':');
	for (size_t i = 0; i < dirs.n && !found; i++) {
		AUTO_FREE char *p = xasprintf("%s/%s", *dirs.v[i] ? dirs.v[i] : ".", name);

		if (access(p, X_OK) == 0)
			found = absolute_path(p);
	}
	return found;
}
