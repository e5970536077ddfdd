// SPDX-License-Identifier: MIT
#include "hash.h"

#include <errno.h>
#include <sha2.h>
#include <string.h>

#include "text.h"

bool hash_file(const char *path, char out[HASH_TEXT], char **why)
{
	_Static_assert(HASH_TEXT == SHA256_DIGEST_STRING_LENGTH, "libmd's digest text");

	if (!SHA256File(path, out))
		return fail(why, "cannot read %s: %s", path, strerror(errno));
	return true;
}

void hash_text(const char *text, char out[HASH_TEXT])
{
	hash_bytes(text, strlen(text), out);
}

void hash_bytes(const void *bytes, size_t n, char out[HASH_TEXT])
{
	SHA256Data(bytes, n, out);
}
