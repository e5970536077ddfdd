/* SPDX-License-Identifier: MIT */
/*
 * Variants without a name: "custom:batch=multicall,depth=8" is eager with those
 * axes changed. Which axes there are, which values they take and what does not
 * go together comes from the build (mk/variant.awk), which reads the same
 * language for make.
 *
 * A variant's name is its canonical form, with every axis in order, so that two
 * spellings are one variant. Its label has those axes only that are not as in
 * eager. Several values make a variant each: of an axis with numbers a list as in number_list.h, of
 * one with words those with a plus between them, since a comma would begin another variant.
 */
#ifndef PVMMU_BENCH_SPEC_CUSTOM_VARIANT_H
#define PVMMU_BENCH_SPEC_CUSTOM_VARIANT_H

#include "catalog.h"

#define CUSTOM "custom:"

bool is_custom(const char *text);

/*
 * A list that was split at commas: puts specifications together again. What holds an "=", or
 * begins with a digit, goes on with the one before it.
 */
void custom_join(struct strv *items);

/*
 * Appends the variants that a specification means to the catalog, which owns
 * them; *first is the index in c->customs of the first one. A variant that is
 * there already is there twice. false with *error: unknown axes or values (naming
 * the valid ones), or a combination that makes no sense (with the reason).
 */
bool custom_expand(struct catalog *c, const char *spec, size_t *first, char **error);

#endif
