/* SPDX-License-Identifier: MIT */
/*
 * Names for addresses, from the symbol table of an ELF file for x86-64, and its code: the bytes
 * show which of several programs was executed at an address.
 */
#ifndef PVMMU_COLLECTORS_SYMBOLS_H
#define PVMMU_COLLECTORS_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct symbols;

/*
 * Reads the file; the caller's. NULL with *error: it cannot be read, is not such a file, or has no
 * symbols in code.
 */
struct symbols *symbols_load(const char *path, char **error);
void symbols_free(struct symbols *s);

/*
 * The name of the function at an address; NULL: outside the file's code, or before its first
 * symbol. *at, if not NULL: its start. Borrowed from s. Code without a symbol of its own belongs to
 * the symbol before it.
 */
const char *symbols_at(const struct symbols *s, uint64_t address, uint64_t *at);

/* Whether the file has these bytes as code at the address. */
bool symbols_code_is(const struct symbols *s, uint64_t address, const unsigned char *code,
		     size_t n);

/* Its build id; 0 if it has none. Borrowed. */
size_t symbols_build_id(const struct symbols *s, const unsigned char **id);

#endif
