// SPDX-License-Identifier: MIT
#include "registry.h"

#include <string.h>

#include "text.h"

/* Pointers to different structs are different types, so they are copied, not cast. */
static const void *entry(const char *start, size_t i)
{
	const void *e;

	memcpy(&e, start + i * sizeof(e), sizeof(e));
	return e;
}

static const char *name_of(const void *e)
{
	const char *name;

	memcpy(&name, e, sizeof(name));
	return name;
}

/* There are few entries: no need to sort. */
const void *registry_at(const void *start, const void *stop, size_t i)
{
	size_t n = (size_t)((const char *)stop - (const char *)start) / sizeof(void *);

	for (size_t a = 0; a < n; a++) {
		const void *e = entry(start, a);
		size_t smaller = 0;

		for (size_t b = 0; b < n; b++)
			smaller += strcmp(name_of(entry(start, b)), name_of(e)) < 0;
		if (smaller == i)
			return e;
	}
	return NULL;
}

const void *registry_find(const void *start, const void *stop, const char *what, const char *name,
			  char **error)
{
	AUTO_STRV struct strv names = {0};
	const void *e;

	for (size_t i = 0; (e = registry_at(start, stop, i)); i++) {
		if (strcmp(name_of(e), name) == 0)
			break;
		strv_add(&names, "%s", name_of(e));
	}
	if (!e)
		unknown_name(error, what, name, &names);
	return e;
}

const void *find_named(const void *first, size_t n, size_t size, const char *what, const char *name,
		       char **error)
{
	AUTO_STRV struct strv names = {0};

	for (size_t i = 0; i < n; i++) {
		const void *e = (const char *)first + i * size;

		if (strcmp(name_of(e), name) == 0)
			return e;
		strv_add(&names, "%s", name_of(e));
	}
	unknown_name(error, what, name, &names);
	return NULL;
}
