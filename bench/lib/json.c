// SPDX-License-Identifier: MIT
#include "json.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void *allocate(size_t size)
{
	return xrealloc(NULL, size);
}

void json_never_fails(void)
{
	json_set_alloc_funcs(allocate, free);
}

char *json_text(const json_t *value, size_t flags)
{
	char *text = json_dumps(value, flags | JSON_ENCODE_ANY);

	/* Only a value that is not JSON gives NULL, since allocate() never fails. */
	return text ? text : xstrdup("null");
}

#define EXCERPT 60

struct excerpt {
	char text[EXCERPT + 1];
	size_t n;
};

/* Stops jansson when the excerpt is full: the value may be most of a file. */
static int take(const char *bytes, size_t n, void *arg)
{
	struct excerpt *e = arg;
	size_t room = EXCERPT - e->n, taken = n < room ? n : room;

	memcpy(e->text + e->n, bytes, taken);
	e->n += taken;
	return n > room ? -1 : 0;
}

char *json_excerpt(const json_t *value)
{
	struct excerpt e = {.n = 0};
	bool cut = json_dump_callback(value, take, &e,
				      JSON_ENCODE_ANY | JSON_COMPACT | JSON_ENSURE_ASCII) < 0;

	e.text[e.n] = 0;
	if (cut && e.n == EXCERPT)
		memcpy(e.text + EXCERPT - 3, "...", 4);
	return e.n ? xstrdup(e.text) : xstrdup("?");
}

char *json_pointer_below(const char *pointer, const char *name)
{
	struct strv parts = {0};
	char *escaped, *below;

	strv_split(&parts, name, '~');
	escaped = strv_join(&parts, "~0");
	strv_free(&parts);
	strv_split(&parts, escaped, '/');
	free(escaped);
	escaped = strv_join(&parts, "~1");
	strv_free(&parts);
	below = xasprintf("%s/%s", pointer, escaped);
	free(escaped);
	return below;
}

static char *pointer_to(const struct json_place *at)
{
	char *above, *pointer;

	if (!at->up)
		return xstrdup("");
	above = pointer_to(at->up);
	pointer = at->name ? json_pointer_below(above, at->name)
			   : xasprintf("%s/%zu", above, at->index);
	free(above);
	return pointer;
}

char *json_pointer_to(const struct json_place *at)
{
	return at->up ? pointer_to(at) : xstrdup("(whole file)");
}

static json_t *walk(const json_t *o, va_list names)
{
	const char *name;

	while (o && (name = va_arg(names, const char *)))
		o = json_object_get(o, name);
	return (json_t *)o;
}

static json_t *container_in(json_t *o, const char *name, json_t *(*make)(void))
{
	json_t *value = json_object_get(o, name);

	if (!value) {
		value = make();
		json_object_set_new_nocheck(o, name, value);
	}
	return value;
}

json_t *array_in(json_t *o, const char *name)
{
	return container_in(o, name, json_array);
}

json_t *object_in(json_t *o, const char *name)
{
	return container_in(o, name, json_object);
}

json_t *member_at(const json_t *o, ...)
{
	va_list names;
	json_t *found;

	va_start(names, o);
	found = walk(o, names);
	va_end(names);
	return found;
}

const char *text_at(const json_t *o, ...)
{
	va_list names;
	const char *text;

	va_start(names, o);
	text = json_string_value(walk(o, names));
	va_end(names);
	return text ? text : "";
}

void set_number_in(json_t *o, const char *name, double v)
{
	if (!isnan(v))
		json_object_set_new(o, name, json_real(v));
}

double *json_numbers(const json_t *list, size_t *n)
{
	double *v;

	*n = json_array_size(list);
	v = xcalloc(*n + 1, sizeof(*v));
	for (size_t i = 0; i < *n; i++)
		v[i] = json_number_value(json_array_get(list, i));
	return v;
}

json_t *json_of_texts(const struct strv *texts)
{
	json_t *all = json_array();

	for (size_t i = 0; i < texts->n; i++)
		json_array_append_new(all, json_string(texts->v[i]));
	return all;
}

void strv_add_json(struct strv *to, const json_t *texts)
{
	json_t *one;
	size_t i;

	json_array_foreach ((json_t *)texts, i, one)
		strv_add(to, "%s", json_string_value(one));
}
