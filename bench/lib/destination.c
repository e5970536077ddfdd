// SPDX-License-Identifier: MIT
#include "destination.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "interrupt.h"
#include "paths.h"

/* The maximum number of links that the kernel follows. */
#define LINKS_MAX 40

/* A reader that was started together with us is ready by then. */
#define PATIENCE_MS 1000
#define LOOK_MS	    20

/*
 * The part of a file's name that its temporary file's name keeps, so that the latter fits into
 * NAME_MAX.
 */
#define NAME_KEPT 200

static bool ends_in_slash(const char *path)
{
	size_t n = strlen(path);

	return n && path[n - 1] == '/';
}

/* The open descriptor that a path names (/proc/self/fd/N and links to it); -1: none of ours. */
static int descriptor_of(const char *path)
{
	AUTO_FREE char *dir = directory_of(path), *own = NULL;
	char real[PATH_MAX], *end;
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	long number = strtol(name, &end, 10);
	bool ours = false;

	if (*name >= '0' && *name <= '9' && !*end && number <= INT_MAX && realpath(dir, real)) {
		own = xasprintf("/proc/%d/fd", (int)getpid());
		ours = strcmp(real, own) == 0;
	}
	return ours ? (int)number : -1;
}

/* Replaces *path by the target of the link there. false: there is no link. */
static bool follow(char **path)
{
	char target[PATH_MAX], *dir;
	ssize_t n = readlink(*path, target, sizeof(target) - 1);

	if (n < 0)
		return false;
	target[n] = 0;
	if (*target == '/') {
		replace_text(path, "%s", target);
		return true;
	}
	dir = directory_of(*path);
	replace_text(path, "%s/%s", dir, target);
	free(dir);
	return true;
}

static bool find_descriptor(struct destination *d, const char *name, char **error)
{
	int flags = fcntl(d->descriptor, F_GETFL);

	d->through = true;
	if (flags < 0)
		return fail(error, "cannot write %s: %s", name, strerror(errno));
	return (flags & O_ACCMODE) != O_RDONLY ||
	       fail(error, "cannot write %s: it is open for reading only", name);
}

/* Looks at the end of the links; false with *error if it cannot be written. */
static bool find_end(struct destination *d, const char *name, char **error)
{
	const char *no = NULL;

	if (stat(d->path, &d->st) < 0)
		return (errno == ENOENT && !ends_in_slash(d->path)) ||
		       fail(error, "cannot write %s: %s", name,
			    ends_in_slash(d->path) ? "the name ends in a slash, as a directory's"
						   : strerror(errno));
	switch (d->st.st_mode & S_IFMT) {
	case S_IFREG: d->there = true; break;
	case S_IFCHR:
	case S_IFIFO: d->through = true; break;
	case S_IFDIR: no = "it is a directory"; break;
	case S_IFSOCK: no = "it is a socket"; break;
	default: no = "it is a block device, which holds more than a file"; break;
	}
	if (!no && faccessat(AT_FDCWD, d->path, W_OK, AT_EACCESS) < 0)
		no = strerror(errno);
	return !no || fail(error, "cannot write %s: %s", name, no);
}

bool destination_find(struct destination *d, const char *path, char **error)
{
	*d = (struct destination){.path = xstrdup(path), .descriptor = -1};
	if (strcmp(path, "-") == 0)
		d->descriptor = STDOUT_FILENO;
	for (int i = 0; d->descriptor < 0; i++) {
		d->descriptor = descriptor_of(d->path);
		if (d->descriptor >= 0 || !follow(&d->path))
			break;
		if (i == LINKS_MAX)
			return fail(error, "cannot write %s: %s", path, strerror(ELOOP));
	}
	return d->descriptor >= 0 ? find_descriptor(d, path, error) : find_end(d, path, error);
}

void destination_free(struct destination *d)
{
	free(d->path);
	*d = (struct destination){0};
}

/*
 * With O_NONBLOCK the open returns when there is no reader, so that we can say so. -1 with errno.
 */
static int open_through(const struct destination *d, const char *name)
{
	for (int waited = 0;; waited += LOOK_MS) {
		int fd = open(d->path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

		if (fd >= 0) {
			fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
			return fd;
		}
		if (errno != ENXIO || !S_ISFIFO(d->st.st_mode))
			return -1;
		if (waited == PATIENCE_MS)
			complain("%s is a pipe without a reader: waiting for one", name);
		if (cancel_wait(LOOK_MS)) {
			errno = EINTR;
			return -1;
		}
	}
}

bool write_all(int fd, const char *bytes, size_t n)
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

bool destination_write_through(const struct destination *d, const char *name, const char *bytes,
			       size_t n, char **error)
{
	/* A closed pipe is reported, and must not kill us. */
	void (*before)(int) = signal(SIGPIPE, SIG_IGN);
	bool ok;
	int fd;

	/* Earlier output comes first. */
	fflush(stdout);
	fd = d->descriptor >= 0 ? fcntl(d->descriptor, F_DUPFD_CLOEXEC, 0) : open_through(d, name);
	ok = fd >= 0 && write_all(fd, bytes, n);
	if (!ok)
		fail(error, "cannot write %s: %s", name, strerror(errno));
	if (fd >= 0 && close(fd) < 0 && ok)
		ok = fail(error, "cannot write %s: %s", name, strerror(errno));
	signal(SIGPIPE, before);
	return ok;
}

char *name_beside(const char *path, const char *end)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	return xasprintf("%.*s.%.*s.XXXXXX%s", (int)(name - path), path, NAME_KEPT, name, end);
}

bool is_standard_output(const char *path)
{
	struct destination d;
	bool is = destination_find(&d, path, NULL) && d.descriptor == STDOUT_FILENO;

	destination_free(&d);
	return is;
}

bool is_same_file(const struct destination *a, const struct destination *b)
{
	const char *x = strrchr(a->path, '/'), *y = strrchr(b->path, '/');
	AUTO_FREE char *in_x = NULL, *in_y = NULL;
	struct stat s, t;
	bool same;

	if (a->through || b->through || a->there != b->there)
		return false;
	if (a->there)
		return a->st.st_dev == b->st.st_dev && a->st.st_ino == b->st.st_ino;
	in_x = directory_of(a->path);
	in_y = directory_of(b->path);
	same = strcmp(x ? x + 1 : a->path, y ? y + 1 : b->path) == 0 && stat(in_x, &s) == 0 &&
	       stat(in_y, &t) == 0 && s.st_dev == t.st_dev && s.st_ino == t.st_ino;
	return same;
}

bool spares_inputs(const char *path, const struct strv *files, char **error)
{
	struct destination d;
	struct stat st;
	bool ok = destination_find(&d, path, error);

	for (size_t i = 0; i < files->n && ok && d.there; i++)
		if (stat(files->v[i], &st) == 0 && st.st_dev == d.st.st_dev &&
		    st.st_ino == d.st.st_ino)
			ok = fail(error,
				  "cannot write %s: it is read too, as %s; choose another name",
				  path, files->v[i]);
	destination_free(&d);
	return ok;
}
