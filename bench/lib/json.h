/* SPDX-License-Identifier: MIT */
/*
 * Additions to jansson. Allocation never fails, as with strings (text.h): json_never_fails() makes
 * jansson end the program instead. Otherwise a NULL from json_pack() would silently become a
 * missing member, and a missing member of a result means "not measured".
 */
#ifndef PVMMU_BENCH_LIB_JSON_H
#define PVMMU_BENCH_LIB_JSON_H

#include <jansson.h>
#include <stdbool.h>

#include "text.h"

/* Makes jansson allocate like xcalloc(). To be called before its first use. */
void json_never_fails(void);

/* A value as text, with the flags of json_dumps(). The caller's. */
char *json_text(const json_t *value, size_t flags);

/* A value for a message: JSON in ASCII on one line, cut if long. The caller's. */
char *json_excerpt(const json_t *value);

/* The place of a value in its document: member `name` or element `index` of the value above it. */
struct json_place {
	const struct json_place *up; /* NULL: the top */
	const char *name;
	size_t index;
};

/* The JSON pointer to a place, "(whole file)" for the top. The caller's. */
char *json_pointer_to(const struct json_place *at);

/* A JSON pointer one member further, "/a" and "b" -> "/a/b", with ~ and / in the name escaped. */
char *json_pointer_below(const char *pointer, const char *name);

/* A member that is an array or an object; added to o, empty, if there is none. Borrowed. */
json_t *array_in(json_t *o, const char *name);
json_t *object_in(json_t *o, const char *name);

/* The member at a path of names ("xen", "version"), ended by NULL; NULL if there is none. */
json_t *member_at(const json_t *o, ...) __attribute__((sentinel));
/* The same for a string; "" if there is none. */
const char *text_at(const json_t *o, ...) __attribute__((sentinel));

/* Adds a member with a number; none if it is NaN. */
void set_number_in(json_t *o, const char *name, double v);

/* The numbers of an array, *n of them; the caller's. */
double *json_numbers(const json_t *list, size_t *n);

/* Strings as an array, and back. The array is the caller's. */
json_t *json_of_texts(const struct strv *texts);
void strv_add_json(struct strv *to, const json_t *texts);

#endif
