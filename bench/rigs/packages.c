// SPDX-License-Identifier: MIT
/* Which Debian packages are wanted, as the build lists them (mk/deps.mk), and which are there. */
#include <stdlib.h>
#include <string.h>

#include "capabilities.h"
#include "lib/file_write.h"
#include "lib/paths.h"
#include "lib/subprocess.h"
#include "lib/text.h"

#define LIST "build/share/packages.tsv"

/* What dpkg says of all of them: "installed NAME" lines; NULL if it cannot be asked. */
static char *ask_dpkg(const struct strv *names)
{
	char *dpkg = find_program("dpkg-query"), *text = NULL, *error = NULL;
	struct strv argv = {0};
	struct subprocess p;

	if (!dpkg)
		return NULL;
	strv_add(&argv, "%s", dpkg);
	strv_add(&argv, "-W");
	strv_add(&argv, "-f");
	strv_add(&argv, "${db:Status-Status} ${Package}\\n");
	for (size_t i = 0; i < names->n; i++)
		strv_add(&argv, "%s", names->v[i]);
	/* It fails if one is unknown, and tells of the others all the same. */
	if (subprocess_start(&p, argv.v, NULL, &error)) {
		subprocess_wait(&p, 20);
		subprocess_kill(&p);
		text = subprocess_output(&p);
		subprocess_close(&p);
	}
	strv_free(&argv);
	free(dpkg);
	free(error);
	return text;
}

static bool installed(const char *said, const char *name)
{
	char *line = xasprintf("\n%s\n", said), *wanted = xasprintf("\ninstalled %s\n", name);
	bool found = strstr(line, wanted);

	free(line);
	free(wanted);
	return found;
}

json_t *package_capabilities(const char *root, char **error)
{
	char *path = root_path(root, LIST), *text, *said = NULL;
	struct strv lines = {0}, names = {0};
	json_t *all = json_array();
	size_t n;

	text = read_whole_file(path, &n, NULL);
	if (!text)
		fail(error, "%s is missing: `make host` provides it", LIST);
	if (text)
		strv_split(&lines, text, '\n');
	for (size_t i = 0; i < lines.n; i++)
		if (strcspn(lines.v[i], "\t") && strchr(lines.v[i], '\t')) {
			char *name = xstrndup(lines.v[i], strcspn(lines.v[i], "\t"));

			strv_add_distinct(&names, name);
			free(name);
		}
	if (names.n && !(said = ask_dpkg(&names)))
		fail(error, "there is no dpkg-query here to ask what is installed");
	for (size_t i = 0; said && i < lines.n; i++) {
		struct strv field = {0};

		strv_split(&field, lines.v[i], '\t');
		if (field.n == 3)
			json_array_append_new(all,
					      json_pack("{s:s, s:s, s:s, s:b}", "name", field.v[0],
							"target", field.v[1], "summary", field.v[2],
							"works", installed(said, field.v[0])));
		strv_free(&field);
	}
	strv_free(&lines);
	strv_free(&names);
	free(text);
	free(said);
	free(path);
	return all;
}
