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
 */
#ifndef PVMMU_BENCH_SCHEMA_H
#define PVMMU_BENCH_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>

#include "text.h"

/* Reads root's results.schema.json and checks it. NULL with *why. The caller's. */
json_t *schema_load(const char *root, char **why);

/*
 * Checks a value. For each violation, adds "POINTER: expected ..., found ..." to
 * errors; POINTER is a JSON pointer, "" the whole. Returns true if there is none.
 */
bool schema_check(const json_t *schema, const json_t *value, struct strv *errors);

/* Are all of a schema's keywords known and well formed? false with *why. */
bool schema_is_supported(const json_t *schema, char **why);

/* A value for a message: JSON, cut if long. The caller's. */
char *json_excerpt(const json_t *value);

#endif
