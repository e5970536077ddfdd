/* SPDX-License-Identifier: MIT */
/*
 * A validator for the part of JSON Schema 2020-12 that results.schema.json
 * uses. It is driven by that file; a keyword it does not know is an error in
 * the schema, never silently passed over.
 *
 * Known: $ref (to #/...), type, const, enum, properties, required,
 * additionalProperties, items, minItems, maxItems, minimum, maximum, minLength,
 * pattern. Annotations: $schema, $id, $defs, $comment, title, description, unit.
 * Patterns are POSIX extended expressions, which for what the schema uses mean
 * the same as the standard's.
 *
 * A schema is compiled once (schema.c), patterns and all, since a result set has
 * a sample wherever it can have one; schema_check.c walks the value.
 */
#ifndef PVMMU_BENCH_RESULTSET_SCHEMA_H
#define PVMMU_BENCH_RESULTSET_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>

#include "lib/text.h"

/* More violations of one value than this are counted, not listed. */
#define SCHEMA_LISTED_MAX 50

struct schema;

/* Reads root's results.schema.json and compiles it. NULL with *error. The caller's. */
struct schema *schema_load(const char *root, char **error);
/* The same for another schema there. */
struct schema *schema_load_named(const char *root, const char *name, char **error);

/* Compiles a schema, of which it keeps a reference. NULL with *error: not supported, not well
 * formed.
 */
struct schema *schema_compile(json_t *json, char **error);

/* NULL is no schema. */
void schema_free(struct schema *schema);

/*
 * Checks a value. For each violation, adds "POINTER: expected ..., found ..." to
 * errors; POINTER is a JSON pointer, "(whole file)" the top. Returns true if there is none.
 */
bool schema_check(const struct schema *schema, const json_t *value, struct strv *errors);

#endif
