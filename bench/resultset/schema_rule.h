/* SPDX-License-Identifier: MIT */
/* A compiled schema, shared by schema.c, which makes it, and schema_check.c, which applies it. */
#ifndef PVMMU_BENCH_RESULTSET_SCHEMA_RULE_H
#define PVMMU_BENCH_RESULTSET_SCHEMA_RULE_H

#include <regex.h>

#include "schema.h"

struct schema_member {
	const char *name;
	const struct schema_rule *rule;
};

/* One schema object. Names and JSON values are borrowed from the schema's text. */
struct schema_rule {
	const json_t *json;			       /* what it was made of */
	const struct schema_rule *ref, *items, *extra; /* NULL: none; extra is for other members */
	bool closed;				       /* there may be no other members */
	const char *type;
	unsigned types; /* the JSON types that it admits, a bit each; 0: all */
	const json_t *constant, *one_of;
	struct schema_member *members; /* sorted by name */
	size_t nr_members;
	const char **required;
	size_t nr_required;
	json_int_t min_items, max_items, min_length; /* -1: none */
	double minimum, maximum;		     /* NaN: none */
	const char *pattern;
	regex_t regex; /* of the pattern, if there is one */
};

struct schema {
	json_t *json;
	struct schema_rule **rules; /* the first is the whole */
	size_t n;
};

#endif
