// SPDX-License-Identifier: MIT
#include "box_session.h"

#include <stdlib.h>
#include <string.h>

#include "collect/collect.h"
#include "lib/file_write.h"
#include "lib/paths.h"
#include "machine/boot.h"
#include "probe.h"

/* A file of the project under the same name in the box's /pvmmu, once. */
static bool add_file(struct box_session *s, const char *root, const char *relative, char **error)
{
	char *path = root_path(root, relative), *name = xasprintf("pvmmu/%s", relative);
	bool ok = true;

	for (size_t i = 0; i < s->archive.names.n; i++)
		if (strcmp(s->archive.names.v[i], name) == 0)
			goto out;
	ok = archive_add_path(&s->archive, name, path, error);
out:
	free(path);
	free(name);
	return ok;
}

bool box_session_begin(struct box_session *s, const char *root, char **error)
{
	static const char *const files[] = {"results.schema.json", "build/pvmmu",
					    "build/share/variants.json",
					    "build/share/workloads.json"};

	*s = (struct box_session){0};
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (!add_file(s, root, files[i], error))
			return false;
	return true;
}

void box_session_free(struct box_session *s)
{
	archive_free(&s->archive);
}

/* The same run on rig xl, as a job of the box's shell. */
static char *job_text(const struct rig_context *c, const struct run_spec *spec, double timeout)
{
	struct run_spec inside = *spec;
	struct strv word = {0};
	char *command, *text;

	/*
	 * On the exact tier the clock in there counts instructions, too. Else it is the wall's, and
	 * only out here can be seen what the machine itself has had.
	 */
	if (strcmp(spec->tier, "exact") != 0)
		timeout = timeout * BOOT_LIVES_TIMES < BOOT_TIMEOUT_MAX ? timeout * BOOT_LIVES_TIMES
									: BOOT_TIMEOUT_MAX;
	inside.rig = rig_by_name("xl", NULL);
	inside.flavour = NULL; /* the Xen that runs */
	command = run_command(&inside);
	if (c->cpus) {
		char *quoted;

		strv_add(&word, "%s", c->cpus);
		quoted = shell_join(&word);
		replace_text(&command, "%s --cpus %s", command, quoted);
		free(quoted);
		strv_free(&word);
	}
	text = xasprintf(
		"%s%s --timeout %u --no-control --keep-logs --quiet --out /run/result.json\n",
		strcmp(spec->tier, "exact") == 0 ? "export PVMMU_INSTRUCTION_CLOCK=1\n" : "",
		command, (unsigned)timeout);
	free(command);
	return text;
}

bool box_session_add(struct box_session *s, const struct rig_context *c,
		     const struct run_spec *spec, unsigned number, double timeout, char **error)
{
	char *guest = guest_path(spec), *initramfs = initramfs_path(spec);
	char *text = job_text(c, spec, timeout), *name = xasprintf("box/%04u.job", number);
	bool ok = add_file(s, c->root, guest, error) && add_file(s, c->root, initramfs, error) &&
		  archive_add(&s->archive, name, 0644, text, strlen(text), error);

	s->perf = s->perf || (c->collecting && collecting_has(c->collecting, "perf", spec));
	free(guest);
	free(initramfs);
	free(text);
	free(name);
	return ok;
}

/* Linux takes archives one behind the other, each on a multiple of 4 bytes. */
static void append(char **all, size_t *n, const char *bytes, size_t more)
{
	*all = xrealloc(*all, *n + 4 + more);
	memset(*all + *n, 0, 4);
	*n = (*n + 3) & ~(size_t)3;
	memcpy(*all + *n, bytes, more);
	*n += more;
}

static bool append_file(char **all, size_t *n, const char *root, const char *relative, char **error)
{
	char *path = root_path(root, relative);
	size_t more;
	char *bytes = read_whole_file(path, &more, error);
	bool found = bytes;

	if (found)
		append(all, n, bytes, more);
	free(bytes);
	free(path);
	return found;
}

bool box_session_write(struct box_session *s, const char *root, const char *to, char **error)
{
	char *all = NULL;
	size_t n = 0;
	bool ok;

	archive_end(&s->archive);
	ok = append_file(&all, &n, root, BOX_RAMDISK, error) &&
	     (!s->perf || append_file(&all, &n, root, BOX_PERF, error));
	if (ok)
		append(&all, &n, s->archive.bytes, s->archive.n);
	ok = ok && write_plainly(to, all, n, error);
	free(all);
	return ok;
}
