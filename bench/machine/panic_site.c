// SPDX-License-Identifier: MIT
#include "panic_site.h"

#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "lib/file_write.h"
#include "lib/paths.h"
#include "spec/image_paths.h"

static char *read_list(const char *root, const struct run_spec *spec)
{
	AUTO_FREE char *relative = panic_sites_path(spec), *path = root_path(root, relative);
	size_t n;
	char *list = read_whole_file(path, &n, NULL);

	return list;
}

/* The rest of the line that begins with "ADDRESS "; or NULL. */
static char *line_of(char *list, const char *address)
{
	size_t length = strlen(address);
	char *rest;

	for (char *line = strtok_r(list, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		if (strncmp(line, address, length) == 0 && line[length] == ' ')
			return line + length + 1;
	return NULL;
}

void panic_site_name(const char *root, const struct run_spec *spec, struct boot *b)
{
	json_t *panic = b->console.panic;
	const char *where = json_string_value(json_object_get(panic, "where"));
	const char *reason = json_string_value(json_object_get(panic, "reason"));
	AUTO_FREE char *list = where ? read_list(root, spec) : NULL;
	char *place = list ? line_of(list, where) : NULL, *words;

	if (place) {
		words = strchr(place, ' ');
		if (words)
			*words++ = '\0';
		json_object_set_new(panic, "where", json_string(place));
		if (words && reason && strcmp(reason, "BUG_ON") == 0)
			json_object_set_new(panic, "reason", json_string(words));
	}
}
