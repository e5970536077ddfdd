// SPDX-License-Identifier: MIT
/*
 * Rig xl: this machine is Xen's dom0, and xl creates the guest as a domU. The image is the same as
 * on other rigs. The guest finds on its command line what to run, and a user's program in its
 * initial ramdisk.
 *
 * Values of a domU must not be compared with those of a guest that is dom0, as on rig solo: Xen
 * checks more when it validates a domU's entries (docs/measuring.md).
 *
 * The clock is the time-stamp counter, in real time. It counts instructions only if this dom0 runs
 * in an emulator that does so (rig box), which sets PVMMU_INSTRUCTION_CLOCK; the guest checks it.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "lib/cpio.h"
#include "lib/file_write.h"
#include "lib/interrupt.h"
#include "lib/paths.h"
#include "probe.h"
#include "spec/user_program.h"
#include "xl_domain.h"

#define INFO_SECONDS 30.0
#define CLOCK	     "PVMMU_INSTRUCTION_CLOCK"

/* Debian has xl in a directory that a user's PATH may lack. */
static char *find_tool(const char *name)
{
	char *path = find_program(name), *sbin;

	if (path)
		return path;
	sbin = xasprintf("/usr/sbin/%s", name);
	path = find_program(sbin);
	free(sbin);
	return path;
}

/* Why this machine is not a dom0 that we may use; NULL: it is. The caller's. */
static char *not_dom0(void)
{
	size_t n;
	AUTO_FREE char *about = read_whole_file("/proc/xen/capabilities", &n, NULL);
	bool control = about && strstr(about, "control_d");
	char *type = read_whole_file("/sys/hypervisor/type", &n, NULL);
	bool xen = about || (type && strncmp(type, "xen", 3) == 0);

	free(type);
	if (!xen) {
		return xstrdup("this machine does not run on Xen (no /sys/hypervisor/type that "
			       "says so); `--rig box` has a Xen host inside an emulator");
	} else if (!about) {
		return xstrdup("/proc/xen is not there: mount -t xenfs xenfs /proc/xen");
	}
	if (!control)
		return xstrdup("this machine is a domain without control over others, not dom0 "
			       "(no control_d in /proc/xen/capabilities)");
	if (access("/dev/xen/privcmd", R_OK | W_OK) < 0)
		return xasprintf("/dev/xen/privcmd: %s; it is root's", strerror(errno));
	return NULL;
}

/* The value of a line "NAME   : VALUE" of `xl info`, "" if it is missing; the caller's. */
static char *info_value(const char *info, const char *name)
{
	size_t n = strlen(name);

	for (const char *line = info; line; line = strchr(line, '\n')) {
		const char *value;

		line += *line == '\n';
		value = line + n + strspn(line + n, " ");
		if (strncmp(line, name, n) == 0 && *value == ':') {
			value += 1 + strspn(value + 1, " ");
			return xstrndup(value, strcspn(value, "\n"));
		}
	}
	return xstrdup("");
}

/* Xen's banner as on its console, as far as xl knows it. */
static void remember_xen(struct rig_context *c, const char *info)
{
	AUTO_FREE char *compiler = info_value(info, "cc_compiler"),
		       *by = info_value(info, "cc_compile_by");
	AUTO_FREE char *where = info_value(info, "cc_compile_domain");
	AUTO_FREE char *when = info_value(info, "cc_compile_date");

	c->xen_version = info_value(info, "xen_version");
	c->xen_command_line = info_value(info, "xen_commandline");
	c->xen_build_id = info_value(info, "build_id");
	c->xen_banner = xasprintf("Xen version %s (%s@%s) (%s) %s", c->xen_version, by, where,
				  compiler, when);
}

/* Reads Xen's boot log. A full ring has lost the beginning of it, and the result says so. */
static void remember_log(struct rig_context *c, char *xl)
{
	char *argv[] = {xl, (char *)"dmesg", NULL};
	AUTO_FREE char *log = xl_output(argv, INFO_SECONDS, NULL);

	if (log)
		xen_log_text(&c->xen_log, log);
}

static bool xl_probe(struct rig_context *c, char **error)
{
	AUTO_FREE char *info = NULL, *told = NULL;
	char *argv[] = {NULL, (char *)"info", NULL}, *xl = find_tool("xl");
	char *xenstore = find_tool("xenstore-read"), *machine;

	argv[0] = xl;
	info = xl ? xl_output(argv, INFO_SECONDS, &told) : NULL;
	if (!info) {
		machine = not_dom0();
		fail(error, "%s%s%s", machine ? machine : "", machine ? "; " : "",
		     xl ? told : "xl is missing: install the Debian package xen-utils-common");
		free(machine);
	} else if (!xenstore) {
		fail(error, "xenstore-read is missing: install the Debian package xenstore-utils");
	} else {
		remember_xen(c, info);
		remember_log(c, xl);
		if (!*c->xen_version)
			fail(error, "`xl info` does not say which Xen this is");
	}
	free(xl);
	free(xenstore);
	return !*error;
}

/* Whether the clock of this machine counts instructions. */
static bool counts_instructions(void)
{
	const char *clock = getenv(CLOCK);

	return clock && strcmp(clock, "1") == 0;
}

static bool xl_ready(const struct rig_context *c, const struct run_spec *spec, char **error)
{
	if (strcmp(spec->tier, "exact") == 0 && !counts_instructions())
		fail(error,
		     "%s: tier exact needs a clock that counts instructions, which dom0 has "
		     "inside of an emulator only: --rig box; here: --tier wall",
		     spec->id);
	return guest_ready(c, spec, error);
}

static void set_text(json_t *o, const char *name, const char *value)
{
	if (value && *value)
		json_object_set_new(o, name, json_string(value));
}

static json_t *xl_identify(const struct rig_context *c, const struct run_spec *spec)
{
	json_t *xen = json_pack("{s:s}", "version", c->xen_version), *dom0, *identity;
	struct utsname u;

	uname(&u);
	set_text(xen, "command_line", c->xen_command_line);
	set_text(xen, "build_id", c->xen_build_id);
	set_text(xen, "flavour", spec->flavour);
	dom0 = json_pack("{s:s}", "release", u.release);
	set_text(dom0, "cpus", c->cpus);
	set_text(dom0, "cpupool", c->cpupool);
	identity = json_pack("{s:o, s:o}", "xen", xen, "dom0", dom0);
	guest_identify(c, spec, identity);
	return identity;
}

static void xl_command(const struct rig_context *c, const struct run_spec *spec,
		       const char *console_log, struct strv *argv)
{
	AUTO_FREE char *xl = find_tool("xl");

	(void)c;
	(void)spec;
	strv_add_words(argv, xl ? xl : "xl", "create", "-F", "-p", NULL);
	strv_add(argv, "%s.cfg", console_log);
}

/*
 * Joins the initial ramdisk and the program's archive in one file, so that the guest unpacks both.
 */
static char *program_ramdisk(const char *initramfs, const struct program *p, const char *to,
			     char **error)
{
	size_t n = 0, rest = 0;
	char *all = read_whole_file(initramfs, &n, error), *end, *path = NULL;
	AUTO_FREE char *more = all ? read_whole_file(p->archive_file, &rest, error) : NULL;

	end = more ? archive_end_mark(all, n) : NULL;
	if (more && !end) {
		fail(error, "%s has no end", initramfs);
	} else if (more) {
		n = (size_t)(end - all);
		all = xrealloc(all, n + rest);
		memcpy(all + n, more, rest);
		path = xasprintf("%s.ramdisk", to);
		if (!write_plainly(path, all, n + rest, error)) {
			free(path);
			path = NULL;
		}
	}
	free(all);
	return path;
}

/*
 * The file from which `xl create` makes a domain: lines of KEY = VALUE. A text stands between
 * quotes, and a backslash in it is only a backslash.
 */
static bool add_line(char **all, const char *key, const char *value, char **error)
{
	for (const char *p = value; *p; p++)
		if (*p == '"' || *p == '\\' || (unsigned char)*p < ' ')
			return fail(error,
				    "xl's configuration cannot hold %s \"%s\": no quotes, "
				    "backslashes and line ends, please",
				    key, value);
	replace_text(all, "%s%s = \"%s\"\n", *all, key, value);
	return true;
}

/*
 * A domain needs a UUID. Making it here avoids libuuid's wait for random numbers, which takes
 * seconds in a machine that has none. The names of one process are unique enough.
 */
static char *uuid_of(const char *name)
{
	char h[HASH_TEXT];

	hash_text(name, h);
	return xasprintf("%.8s-%.4s-4%.3s-8%.3s-%.12s", h, h + 8, h + 12, h + 15, h + 18);
}

/* The configuration's text, the caller's. NULL with *error: a text cannot be written in it. */
static char *config_text(const struct rig_context *c, const struct run_spec *spec, const char *name,
			 const char *ramdisk, char **error)
{
	AUTO_FREE char *uuid = uuid_of(name), *guest = guest_path(spec);
	AUTO_FREE char *kernel = root_path(c->root, guest), *line = guest_command_line(c, spec);
	/*
	 * The time-stamp counter is the guest's clock; by default Xen may emulate it, at hundreds
	 * of times the cost. A domain that has ended stays until its console has been read to the
	 * end; we destroy it.
	 */
	char *all = xasprintf("type = \"pv\"\nuuid = \"%s\"\nmemory = %u\nmaxmem = %u\nvcpus = %u\n"
			      "tsc_mode = \"native\"\n"
			      "on_poweroff = \"preserve\"\non_reboot = \"preserve\"\n"
			      "on_crash = \"preserve\"\non_watchdog = \"preserve\"\n",
			      uuid, spec->memory_mib, spec->memory_mib, spec->vcpus);

	if (spec->high_mib)
		replace_text(&line, "high_mib=%u %s", spec->high_mib, line);
	if (add_line(&all, "name", name, error) && add_line(&all, "kernel", kernel, error) &&
	    add_line(&all, "ramdisk", ramdisk, error) && add_line(&all, "extra", line, error) &&
	    (!c->cpus || add_line(&all, "cpus", c->cpus, error)) &&
	    (!c->cpupool || add_line(&all, "pool", c->cpupool, error)))
		return all;
	free(all);
	return NULL;
}

/* Writes what xl needs; returns the configuration's path, the caller's. NULL with *error. */
static char *prepare(const struct rig_context *c, const struct run_spec *spec, const char *name,
		     const char *console_log, char **ramdisk, char **error)
{
	AUTO_FREE char *relative = initramfs_path(spec), *initramfs = root_path(c->root, relative);
	AUTO_FREE char *text = NULL;
	char *path;

	*ramdisk = spec->program ? program_ramdisk(initramfs, spec->program, console_log, error)
				 : xstrdup(initramfs);
	text = *ramdisk ? config_text(c, spec, name, *ramdisk, error) : NULL;
	if (!text)
		return NULL;
	path = xasprintf("%s.cfg", console_log);
	if (write_plainly(path, text, strlen(text), error))
		return path;
	free(path);
	return NULL;
}

static void xl_run(const struct rig_context *c, const struct run_spec *spec,
		   const char *console_log, struct boot *b)
{
	struct xl_tools tools = {find_tool("xl"), find_tool("xenstore-read")};
	/* The name of no other domain, and of none that an earlier process of ours has left. */
	static unsigned domains;
	AUTO_FREE char *name = xasprintf("pvmmu-%d-%u", (int)getpid(), ++domains);
	AUTO_FREE char *ramdisk = NULL, *config = NULL, *error = NULL;
	struct xl_domain d;

	config = prepare(c, spec, name, console_log, &ramdisk, &b->error);
	if (config && xl_domain_create(&d, &tools, name, config, &b->error)) {
		b->console.banner = xstrdup(c->xen_banner);
		b->console.xen.closed = true;
		b->console.xen.mitigations = json_incref(c->xen_log.mitigations);
		for (size_t i = 0; i < c->xen_log.complaints.n; i++)
			strv_add(&b->console.xen.complaints, "%s", c->xen_log.complaints.v[i]);
		b->processors = spec->vcpus;
		xl_domain_follow(&d, b, console_log);
		if (!xl_domain_destroy(&d, &error))
			strv_add(&b->warnings, "the domain %s may be left: %s", name, error);
	} else if (cancelled()) {
		b->end = BOOT_INTERRUPTED;
	}
	if (config)
		unlink(config);
	if (spec->program && ramdisk)
		unlink(ramdisk);
	free(tools.xl);
	free(tools.xenstore_read);
}

static const struct rig xl = {
	.name = "xl",
	.summary = "this machine is Xen's dom0: the guest is created as a domU by xl; needs root",
	.envs = "xen64",
	.tiers = "wall exact",
	.alone = true,
	.probe = xl_probe,
	.ready = xl_ready,
	.identify = xl_identify,
	.command = xl_command,
	.run = xl_run,
};
RIG(xl);
