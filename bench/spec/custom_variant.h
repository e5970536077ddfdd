/* SPDX-License-Identifier: MIT */
/*
 * Variants without a name: "custom:batch=multicall,depth=8" is eager with those axes changed. The
 * build (mk/variant.awk) says which axes there are, which values they take and which exclude each
 * other; it reads the same language for make.
 *
 * A variant's name is its canonical form with every axis in order, so two spellings are one
 * variant. Its label has only the axes that differ from eager. Several values make a variant each:
 * a list as in number_list.h for a numeric axis, values with a plus between them for words, since a
 * comma would begin another variant.
 */
#ifndef PVMMU_BENCH_SPEC_CUSTOM_VARIANT_H
#define PVMMU_BENCH_SPEC_CUSTOM_VARIANT_H

#include "catalog.h"

#define CUSTOM "custom:"

bool is_custom(const char *text);

/*
 * Joins specifications of a list that was split at commas: an item with an "=", or with a digit
 * first, continues the item before it.
 */
void custom_join(struct strv *items);

/*
 * Appends the variants that a specification means to the catalog, which owns them; *first is the
 * index in c->customs of the first one. A variant that exists already is added again. false with
 * *error: unknown axes or values (with the valid ones), or a combination without sense (with the
 * reason).
 */
bool custom_expand(struct catalog *c, const char *spec, size_t *first, char **error);

#endif
