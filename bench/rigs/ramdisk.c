// SPDX-License-Identifier: MIT
#include "ramdisk.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cpio.h"
#include "lib/paths.h"
#include "probe.h"

/* A regular file, mapped, because there are megabytes for each run. */
struct mapped {
	const char *bytes; /* NULL: unreadable or empty */
	size_t n;
};

static struct mapped map_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct mapped m = {0};
	struct stat st;
	void *at;

	if (fd < 0)
		return m;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
		at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (at != MAP_FAILED)
			m = (struct mapped){at, (size_t)st.st_size};
	}
	close(fd);
	return m;
}

static void unmap(struct mapped *m)
{
	if (m->bytes)
		munmap((void *)m->bytes, m->n);
}

enum freshness { FRESH, MISSING, OTHER };

static enum freshness look_at(const struct rig_context *c, const struct mapped *ramdisk,
			      const char *programs, const char *name)
{
	AUTO_FREE char *relative = xasprintf("%s/%s", programs, name),
		       *path = root_path(c->root, relative);
	AUTO_FREE char *inside = xasprintf("bin/%s", name);
	struct mapped built = map_file(path);
	enum freshness found = FRESH;
	const char *contents;
	size_t n;

	if (built.bytes) {
		contents = archive_contents(ramdisk->bytes, ramdisk->n, inside, &n);
		if (!contents)
			found = MISSING;
		else if (n != built.n || memcmp(contents, built.bytes, n) != 0)
			found = OTHER;
	}
	unmap(&built);
	return found;
}

/* A helper is a program that workloads execute; it has no source among the workloads. */
static bool is_helper(const struct rig_context *c, const char *name)
{
	AUTO_FREE char *relative = xasprintf("workloads/%s.c", name),
		       *path = root_path(c->root, relative);
	bool helper = *name != '.' && access(path, F_OK) < 0;

	return helper;
}

/* The name of a helper that differs, the caller's; NULL: all are the same. */
static char *other_helper(const struct rig_context *c, const struct mapped *ramdisk,
			  const char *programs)
{
	char *directory = root_path(c->root, programs), *found = NULL;
	DIR *d = opendir(directory);
	struct dirent *entry;

	while (d && !found && (entry = readdir(d)))
		if (is_helper(c, entry->d_name) &&
		    look_at(c, ramdisk, programs, entry->d_name) == OTHER)
			found = xstrdup(entry->d_name);
	if (d)
		closedir(d);
	free(directory);
	return found;
}

bool ramdisk_fresh(const struct rig_context *c, const struct run_spec *spec, char **error)
{
	AUTO_FREE char *relative = initramfs_path(spec), *path = root_path(c->root, relative),
		       *programs = programs_path(spec->env), *command = guest_command(spec),
		       *other = NULL;
	struct mapped ramdisk = map_file(path);
	const char *name = spec->workload->name;
	enum freshness found = ramdisk.bytes ? look_at(c, &ramdisk, programs, name) : FRESH;
	bool fresh = found == FRESH;

	if (fresh && ramdisk.bytes)
		other = other_helper(c, &ramdisk, programs);
	if (found == MISSING)
		fail(error, "%s lacks the workload %s, which is in %s: `%s` puts it in", relative,
		     name, programs, command);
	else if (found == OTHER || other)
		fail(error, "%s has another %s than %s: `%s` brings it up to date", relative,
		     other ? other : name, programs, command);
	fresh = fresh && !other;
	unmap(&ramdisk);
	return fresh;
}
