// SPDX-License-Identifier: MIT
#include "cpio.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file_write.h"

#define HEADER_LEN 110
#define END_MARK   "TRAILER!!!"

void archive_free(struct archive *a)
{
	free(a->bytes);
	strv_free(&a->names);
	*a = (struct archive){0};
}

static void put(struct archive *a, const void *bytes, size_t n)
{
	if (a->n + n > a->room) {
		a->room = 2 * (a->n + n);
		a->bytes = xrealloc(a->bytes, a->room);
	}
	if (n)
		memcpy(a->bytes + a->n, bytes, n);
	a->n += n;
}

static void pad(struct archive *a)
{
	put(a, "\0\0\0", -a->n & 3);
}

static void put_entry(struct archive *a, const char *name, unsigned mode, const char *bytes,
		      size_t n)
{
	char header[HEADER_LEN + 1];

	/*
	 * inode, mode, owner, group, links, date, size, four device numbers, length of name, check
	 */
	snprintf(header, sizeof(header),
		 "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
		 mode ? ++a->entries : 0, mode, 0, 0, 1, 0, (unsigned)n, 0, 0, 0, 0,
		 (unsigned)strlen(name) + 1, 0);
	put(a, header, HEADER_LEN);
	put(a, name, strlen(name) + 1);
	pad(a);
	put(a, bytes, n);
	pad(a);
}

static bool is_in(const struct archive *a, const char *name)
{
	for (size_t i = 0; i < a->names.n; i++)
		if (strcmp(a->names.v[i], name) == 0)
			return true;
	return false;
}

static void add_directory(struct archive *a, const char *name)
{
	if (is_in(a, name))
		return;
	put_entry(a, name, S_IFDIR | 0755, "", 0);
	strv_add(&a->names, "%s", name);
}

static void add_directories_above(struct archive *a, const char *name)
{
	for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
		AUTO_FREE char *dir = xstrndup(name, (size_t)(slash - name));

		add_directory(a, dir);
	}
}

static bool add(struct archive *a, const char *name, unsigned mode, const char *bytes, size_t n,
		char **error)
{
	if (is_in(a, name))
		return fail(error, "/%s is given twice", name);
	if (n > ARCHIVE_MAX - a->n || strlen(name) > PATH_MAX)
		return fail(error, "%s: more than 4 GiB of files", name);
	add_directories_above(a, name);
	put_entry(a, name, mode, bytes, n);
	strv_add(&a->names, "%s", name);
	return true;
}

bool archive_add(struct archive *a, const char *name, unsigned mode, const char *bytes, size_t n,
		 char **error)
{
	return add(a, name, S_IFREG | mode, bytes, n, error);
}

static bool add_tree(struct archive *a, const char *name, const char *path, char **error)
{
	struct dirent **entry;
	int n = scandir(path, &entry, NULL, alphasort);

	if (n < 0)
		return fail(error, "cannot read %s: %s", path, strerror(errno));
	if (*name)
		add_directories_above(a, name);
	if (*name)
		add_directory(a, name);
	for (int i = 0; i < n; i++) {
		const char *leaf = entry[i]->d_name;

		if (!*error && strcmp(leaf, ".") != 0 && strcmp(leaf, "..") != 0) {
			AUTO_FREE char *member = xasprintf("%s%s%s", name, *name ? "/" : "", leaf);
			AUTO_FREE char *from = xasprintf("%s/%s", path, leaf);

			archive_add_path(a, member, from, error);
		}
		free(entry[i]);
	}
	free(entry);
	return !*error;
}

static bool add_link(struct archive *a, const char *name, const char *path, char **error)
{
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target));

	if (n < 0)
		return fail(error, "cannot read %s: %s", path, strerror(errno));
	return add(a, name, S_IFLNK | 0777, target, (size_t)n, error);
}

bool archive_add_path(struct archive *a, const char *name, const char *path, char **error)
{
	struct stat st;
	AUTO_FREE char *bytes = NULL;
	size_t n;
	bool ok;

	if (lstat(path, &st) < 0)
		return fail(error, "cannot read %s: %s", path, strerror(errno));
	if (S_ISLNK(st.st_mode))
		return add_link(a, name, path, error);
	if (S_ISDIR(st.st_mode))
		return add_tree(a, name, path, error);
	if (!S_ISREG(st.st_mode))
		return fail(error, "%s is neither a file nor a directory", path);
	if (st.st_size > (off_t)ARCHIVE_MAX)
		return fail(error, "%s: more than 4 GiB of files", path);
	bytes = read_whole_file(path, &n, error);
	ok = bytes && archive_add(a, name, st.st_mode & 0777, bytes, n, error);
	return ok;
}

void archive_end(struct archive *a)
{
	put_entry(a, END_MARK, 0, "", 0);
}

/* Reads number i of the header, 8 hex digits; false if it is not a number. */
static bool field(const char *header, int i, size_t *v)
{
	char digits[9], *end;

	memcpy(digits, header + 6 + 8 * i, 8);
	digits[8] = 0;
	*v = strtoul(digits, &end, 16);
	return !*end;
}

/* Where the entry of that name begins, or NULL. */
static const char *find(const char *bytes, size_t n, const char *name)
{
	size_t at = 0, size, name_len;

	while (n - at >= HEADER_LEN && memcmp(bytes + at, "070701", 6) == 0 &&
	       field(bytes + at, 6, &size) && field(bytes + at, 11, &name_len)) {
		const char *there = bytes + at + HEADER_LEN;
		size_t rest = n - at;

		if (!name_len || name_len > rest - HEADER_LEN || there[name_len - 1])
			return NULL;
		while (there[0] == '.' && there[1] == '/')
			there += 2;
		if (strcmp(there, name) == 0)
			return bytes + at;
		name_len = (HEADER_LEN + name_len + 3) & ~(size_t)3;
		size = (size + 3) & ~(size_t)3;
		if (name_len > rest || size > rest - name_len)
			return NULL;
		at += name_len + size;
	}
	return NULL;
}

const char *archive_contents(const char *bytes, size_t n, const char *name, size_t *size)
{
	const char *entry = find(bytes, n, name);
	size_t name_len, before;

	if (!entry || !field(entry, 6, size) || !field(entry, 11, &name_len))
		return NULL;
	before = (HEADER_LEN + name_len + 3) & ~(size_t)3;
	if (before > (size_t)(bytes + n - entry) || *size > (size_t)(bytes + n - entry) - before)
		return NULL;
	return entry + before;
}

bool archive_has(const char *bytes, size_t n, const char *name)
{
	return find(bytes, n, name);
}

char *archive_end_mark(char *bytes, size_t n)
{
	const char *mark = find(bytes, n, END_MARK);

	return mark ? bytes + (mark - bytes) : NULL;
}
