/* SPDX-License-Identifier: MIT */
/* SHA-256 of files, so that a result names the exact bytes it measured. */
#ifndef PVMMU_BENCH_LIB_SHA256_H
#define PVMMU_BENCH_LIB_SHA256_H

#include <stdbool.h>
#include <stddef.h>

#define HASH_TEXT 65

/* 64 hex digits and a NUL. false with *error if the file cannot be read. */
bool hash_file(const char *path, char out[HASH_TEXT], char **error);

/*
 * The same for a file that is hashed often and changes rarely, such as an image. It is read once
 * and then only if its status shows a change. Any thread may call it.
 */
bool hash_still_file(const char *path, char out[HASH_TEXT], char **error);

/* The same for a text, and for bytes in memory. */
void hash_text(const char *text, char out[HASH_TEXT]);
void hash_bytes(const void *bytes, size_t n, char out[HASH_TEXT]);

#endif
