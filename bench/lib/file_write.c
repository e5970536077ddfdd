// SPDX-License-Identifier: MIT
#include "file_write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "destination.h"
#include "paths.h"
#include "text.h"

/*
 * Opens a new temporary file in the same directory. -1 with *error, in which the destination is
 * called `name`.
 */
static int open_beside(const struct destination *d, const char *name, char **temporary,
		       char **error)
{
	int fd;

	*temporary = name_beside(d->path, "");
	fd = mkostemp(*temporary, O_CLOEXEC);
	if (fd < 0) {
		fail(error, "cannot write %s: %s", name, strerror(errno));
		free(*temporary);
		*temporary = NULL;
	}
	return fd;
}

/* A rename is only durable once its directory is on disk as well. */
void sync_directory(const char *path)
{
	AUTO_FREE char *dir = directory_of(path);
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
}

/* Writing keeps permissions. The owner is kept if we are allowed to. */
static bool give_access(int fd, const struct destination *d)
{
	mode_t mask;

	if (d->there) {
		if ((d->st.st_uid != geteuid() || d->st.st_gid != getegid()) &&
		    fchown(fd, d->st.st_uid, d->st.st_gid) < 0)
			errno = 0;
		return fchmod(fd, d->st.st_mode & 0777) == 0;
	}
	mask = umask(0);
	umask(mask);
	return fchmod(fd, 0666 & ~mask) == 0;
}

static bool replace_file(const struct destination *d, const char *name, const char *bytes, size_t n,
			 char **error)
{
	AUTO_FREE char *temporary = NULL;
	int fd = open_beside(d, name, &temporary, error);
	bool ok;

	if (fd < 0)
		return false;
	ok = write_all(fd, bytes, n) && give_access(fd, d) && fsync(fd) == 0;
	ok = close(fd) == 0 && ok;
	ok = ok && rename(temporary, d->path) == 0;
	if (ok) {
		sync_directory(d->path);
	} else {
		/* This comes before the message, which needs memory that may not be there. */
		int failure = errno;

		unlink(temporary);
		fail(error, "cannot write %s: %s", name, strerror(failure));
	}
	return ok;
}

bool write_atomically(const char *path, const char *bytes, size_t n, char **error)
{
	struct destination d;
	bool ok = destination_find(&d, path, error) &&
		  (d.through ? destination_write_through(&d, path, bytes, n, error)
			     : replace_file(&d, path, bytes, n, error));

	destination_free(&d);
	return ok;
}

bool can_write(const char *path, char **error)
{
	AUTO_FREE char *temporary = NULL;
	struct destination d;
	bool ok = destination_find(&d, path, error);
	int fd;

	if (ok && !d.through) {
		fd = open_beside(&d, path, &temporary, error);
		ok = fd >= 0;
		if (ok) {
			close(fd);
			unlink(temporary);
		}
	}
	destination_free(&d);
	return ok;
}

char *read_whole_file(const char *path, size_t *n, char **error)
{
	FILE *f = fopen(path, "rb");
	char *text = NULL;
	size_t got;

	*n = 0;
	if (!f) {
		fail(error, "cannot read %s: %s", path, strerror(errno));
		return NULL;
	}
	do {
		text = xrealloc(text, *n + 65536 + 1);
		got = fread(text + *n, 1, 65536, f);
		*n += got;
	} while (got);
	if (ferror(f)) {
		fail(error, "cannot read %s: %s", path, strerror(errno));
		free(text);
		fclose(f);
		*n = 0;
		return NULL;
	}
	text[*n] = 0;
	fclose(f);
	return text;
}

bool write_plainly(const char *path, const char *bytes, size_t n, char **error)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	bool ok = fd >= 0 && write_all(fd, bytes, n);

	if (fd >= 0)
		ok = close(fd) == 0 && ok;
	return ok || fail(error, "cannot write %s: %s", path, strerror(errno));
}

bool copy_file(const char *from, const char *to, char **error)
{
	size_t n;
	AUTO_FREE char *text = read_whole_file(from, &n, error);
	bool ok = text && write_plainly(to, text, n, error);

	return ok;
}

bool sync_path(const char *path, char **error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (!ok)
		fail(error, "cannot write %s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return ok;
}
