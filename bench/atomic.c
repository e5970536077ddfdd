// SPDX-License-Identifier: MIT
#include "atomic.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return xstrdup(".");
	return slash == path ? xstrdup("/") : xstrndup(path, (size_t)(slash - path));
}

/* Opens a fresh temporary file beside path. -1 with *why. */
static int open_beside(const char *path, char **temporary, char **why)
{
	int fd;

	*temporary = xasprintf("%s.XXXXXX", path);
	fd = mkostemp(*temporary, O_CLOEXEC);
	if (fd < 0) {
		fail(why, "cannot write %s: %s", path, strerror(errno));
		free(*temporary);
		*temporary = NULL;
	}
	return fd;
}

static bool write_all(int fd, const char *bytes, size_t n)
{
	while (n) {
		ssize_t done = write(fd, bytes, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		bytes += done;
		n -= (size_t)done;
	}
	return true;
}

/* A rename is only durable once its directory is on disk as well. */
static void sync_directory(const char *path)
{
	char *dir = directory_of(path);
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(dir);
}

bool write_atomically(const char *path, const char *bytes, size_t n, char **why)
{
	char *temporary;
	mode_t mask = umask(0);
	bool ok;
	int fd;

	umask(mask);
	fd = open_beside(path, &temporary, why);
	if (fd < 0)
		return false;
	ok = write_all(fd, bytes, n) && fchmod(fd, 0666 & ~mask) == 0 && fsync(fd) == 0;
	ok = close(fd) == 0 && ok;
	ok = ok && rename(temporary, path) == 0;
	if (ok) {
		sync_directory(path);
	} else {
		/* First of all, since a message takes memory, which may be what there is none of.
		 */
		int error = errno;

		unlink(temporary);
		fail(why, "cannot write %s: %s", path, strerror(error));
	}
	free(temporary);
	return ok;
}

bool can_write(const char *path, char **why)
{
	char *dir = directory_of(path), *temporary = NULL;
	struct stat st;
	bool ok = true;
	int fd;

	if (mkdir(dir, 0777) < 0 && errno != EEXIST)
		ok = fail(why, "cannot write %s: cannot make directory %s: %s", path, dir,
			  strerror(errno));
	else if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		ok = fail(why, "cannot write %s: it is a directory", path);
	if (ok) {
		fd = open_beside(path, &temporary, why);
		ok = fd >= 0;
		if (ok) {
			close(fd);
			unlink(temporary);
		}
	}
	free(temporary);
	free(dir);
	return ok;
}

char *read_whole_file(const char *path, size_t *n, char **why)
{
	FILE *f = fopen(path, "rb");
	char *text = NULL;
	size_t got;

	*n = 0;
	if (!f) {
		fail(why, "cannot read %s: %s", path, strerror(errno));
		return NULL;
	}
	do {
		text = xrealloc(text, *n + 65536 + 1);
		got = fread(text + *n, 1, 65536, f);
		*n += got;
	} while (got);
	text[*n] = 0;
	fclose(f);
	return text;
}

bool write_plainly(const char *path, const char *bytes, size_t n, char **why)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	bool ok = fd >= 0 && write_all(fd, bytes, n);

	if (fd >= 0)
		ok = close(fd) == 0 && ok;
	return ok || fail(why, "cannot write %s: %s", path, strerror(errno));
}

bool copy_file(const char *from, const char *to, char **why)
{
	size_t n;
	char *text = read_whole_file(from, &n, why);
	bool ok = text && write_plainly(to, text, n, why);

	free(text);
	return ok;
}
