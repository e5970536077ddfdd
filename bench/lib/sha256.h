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
 * The same of a file that is hashed again and again and changes rarely, as an image does. It is
 * read once only while its status says that nobody has written it. From any thread.
 */
bool hash_still_file(const char *path, char out[HASH_TEXT], char **error);

/* The same of a text, and of bytes in memory. */
void hash_text(const char *text, char out[HASH_TEXT]);
void hash_bytes(const void *bytes, size_t n, char out[HASH_TEXT]);

#endif
