// SPDX-License-Identifier: MIT
/*
 * Rig solo: QEMU loads Xen as a multiboot kernel and hands it our guest as the
 * only domain. Needs no privileges and nothing of the host but QEMU.
 *
 * The exact tier rests on -icount shift=0,sleep=off: each instruction takes one
 * nanosecond of virtual time, the time-stamp counter ticks once with each, and
 * virtual time never waits for the host. With the clock and the calendar cut
 * off from the host as well (-rtc), two boots of the same bytes execute the
 * same instructions. The console goes to a file, because a full pipe would make
 * the emulated serial port try again later, in host time.
 *
 * QEMU runs in the project's root, so that its command line names no other
 * directory of this machine, apart from the console's file.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../boot.h"
#include "../paths.h"
#include "../subprocess.h"
#include "rig.h"

#define XEN	  "build/xen/xen"
#define XEN_JSON  "build/xen/xen.json"
#define INITRAMFS "build/guest/%s/initramfs.cpio"
#define GUEST	  "build/guest/%s/%s/pvmmu-guest.elf"

/* Of the machine's memory, what Xen keeps for itself. */
#define XEN_MEMORY_MIB 256

/*
 * Xen's whole command line; a change here changes every number. The console
 * must be told its rate or Xen leaves the port as the firmware set it; dom0's
 * memory and vCPUs are fixed, or Xen would give it all there is.
 */
static char *xen_command_line(const struct run_spec *spec)
{
	return xasprintf("console=com1 com1=115200,8n1 loglvl=warning guest_loglvl=warning "
			 "dom0_mem=%uM,max:%uM dom0_max_vcpus=%u",
			 spec->memory_mib, spec->memory_mib, spec->vcpus);
}

static char *guest_path(const struct run_spec *spec)
{
	return xasprintf(GUEST, spec->env, spec->image);
}

static char *initramfs_path(const struct run_spec *spec)
{
	return xasprintf(INITRAMFS, spec->env);
}

static char *guest_command_line(const struct run_spec *spec)
{
	char *s = xasprintf("init=/bin/%s seed=%llu --", spec->workload->name,
			    (unsigned long long)spec->seed);
	json_t *value;
	const char *name;

	json_object_foreach (spec->parameters, name, value)
		replace_text(&s, "%s %s=%lld", s, name, (long long)json_integer_value(value));
	return s;
}

/* QEMU ends an option's element at a comma; a doubled one stands for itself. */
static char *double_commas(const char *text)
{
	char *s = xstrdup("");

	for (; *text; text++)
		replace_text(&s, "%s%c%s", s, *text, *text == ',' ? "," : "");
	return s;
}

/* Everything after the program's name. */
static void qemu_arguments(const struct run_spec *spec, const char *console_log, struct strv *args)
{
	char *xen = xen_command_line(spec), *guest = guest_path(spec);
	char *initramfs = initramfs_path(spec), *line = guest_command_line(spec);
	char *module = double_commas(line), *log = double_commas(console_log);

	strv_add(args, "-accel");
	strv_add(args, "tcg");
	strv_add(args, "-icount");
	strv_add(args, "shift=0,sleep=off");
	strv_add(args, "-rtc");
	strv_add(args, "base=2026-01-01,clock=vm");
	strv_add(args, "-nodefaults");
	strv_add(args, "-display");
	strv_add(args, "none");
	strv_add(args, "-monitor");
	strv_add(args, "none");
	strv_add(args, "-no-reboot");
	strv_add(args, "-smp");
	strv_add(args, "%u", spec->vcpus);
	strv_add(args, "-m");
	strv_add(args, "%uM", spec->memory_mib + XEN_MEMORY_MIB);
	strv_add(args, "-kernel");
	strv_add(args, "%s", XEN);
	strv_add(args, "-append");
	strv_add(args, "%s", xen);
	strv_add(args, "-initrd");
	strv_add(args, "%s %s,%s", guest, module, initramfs);
	strv_add(args, "-chardev");
	strv_add(args, "file,id=con,path=%s", log);
	strv_add(args, "-serial");
	strv_add(args, "chardev:con");
	free(xen);
	free(guest);
	free(initramfs);
	free(line);
	free(module);
	free(log);
}

static void solo_command(const struct rig_context *c, const struct run_spec *spec,
			 const char *console_log, struct strv *argv)
{
	strv_add(argv, "%s", c->qemu);
	qemu_arguments(spec, console_log, argv);
}

static bool probe_qemu(struct rig_context *c, char **why)
{
	const char *name = c->qemu_given ? c->qemu_given : "qemu-system-x86_64";
	struct subprocess p;
	bool ended;
	char *text, *newline, *argv[] = {NULL, (char[]){"--version"}, NULL};

	c->qemu = find_program(name);
	if (!c->qemu)
		return fail(why,
			    "%s is missing: install the Debian package qemu-system-x86 "
			    "(`make deps` does)",
			    name);
	if (!hash_file(c->qemu, c->qemu_sha256, why))
		return false;
	argv[0] = c->qemu;
	if (!subprocess_start(&p, argv, NULL, why))
		return false;
	ended = subprocess_wait(&p, 20);
	subprocess_kill(&p);
	text = subprocess_output(&p);
	newline = strchr(text, '\n');
	if (newline)
		*newline = 0;
	subprocess_close(&p);
	if (!ended || p.status || !*text)
		fail(why, "%s --version does not work%s%s", c->qemu, *text ? ": " : "", text);
	c->qemu_version = text;
	return !*why;
}

static bool probe_xen(struct rig_context *c, char **why)
{
	char *path = root_path(c->root, XEN_JSON), *binary = root_path(c->root, XEN);
	const char *package, *version, *sha256;
	json_error_t error;
	json_t *json = NULL;

	if (access(path, R_OK) < 0 || access(binary, R_OK) < 0)
		fail(why, "%s is missing: `make xen` provides it",
		     access(binary, R_OK) < 0 ? XEN : XEN_JSON);
	else if (!(json = json_load_file(path, 0, &error)))
		fail(why, "%s:%d:%d: %s", XEN_JSON, error.line, error.column, error.text);
	else if (json_unpack(json, "{s:s, s:s, s:s}", "package", &package, "version", &version,
			     "sha256", &sha256))
		fail(why, "%s does not hold package, version and sha256", XEN_JSON);
	else if (hash_file(binary, c->xen_sha256, why) && strcmp(sha256, c->xen_sha256) != 0)
		fail(why, "%s is not the file that %s describes: `make xen` again", XEN, XEN_JSON);
	else if (!*why) {
		c->xen_package = xstrdup(package);
		c->xen_version = xstrdup(version);
	}
	json_decref(json);
	free(path);
	free(binary);
	return !*why;
}

static bool solo_probe(struct rig_context *c, char **why)
{
	return probe_qemu(c, why) && probe_xen(c, why);
}

static bool solo_ready(const struct rig_context *c, const struct run_spec *spec, char **why)
{
	char *relative[] = {guest_path(spec), initramfs_path(spec)};

	for (size_t i = 0; i < 2; i++) {
		char *path = root_path(c->root, relative[i]);

		if (access(path, R_OK) < 0)
			fail(why, "%s is missing: `make guest VARIANT=%s` provides it", relative[i],
			     spec->image);
		free(path);
		free(relative[i]);
	}
	return !*why;
}

static json_t *solo_identify(const struct rig_context *c, const struct run_spec *spec)
{
	char *guest = guest_path(spec), *initramfs = initramfs_path(spec);
	char *guest_file = root_path(c->root, guest);
	char *initramfs_file = root_path(c->root, initramfs);
	char *xen = xen_command_line(spec);
	char kernel_hash[HASH_TEXT], initramfs_hash[HASH_TEXT], *why = NULL;
	json_t *identity, *arguments = json_array();
	struct strv args = {0};

	qemu_arguments(spec, "console.log", &args);
	for (size_t i = 0; i < args.n; i++)
		json_array_append_new(arguments, json_string(args.v[i]));
	identity = json_pack("{s:{s:s, s:s, s:s, s:s}, s:{s:s, s:s, s:o}}", "xen", "package",
			     c->xen_package, "version", c->xen_version, "sha256", c->xen_sha256,
			     "command_line", xen, "qemu", "version", c->qemu_version, "sha256",
			     c->qemu_sha256, "arguments", arguments);
	if (hash_file(guest_file, kernel_hash, &why) &&
	    hash_file(initramfs_file, initramfs_hash, &why))
		json_object_set_new(identity, "image",
				    json_pack("{s:s, s:s}", "kernel_sha256", kernel_hash,
					      "initramfs_sha256", initramfs_hash));
	free(why);
	strv_free(&args);
	free(guest);
	free(initramfs);
	free(guest_file);
	free(initramfs_file);
	free(xen);
	return identity;
}

static void solo_run(const struct rig_context *c, const struct run_spec *spec,
		     const char *console_log, struct boot *b)
{
	struct strv argv = {0};

	solo_command(c, spec, console_log, &argv);
	boot_follow(b, argv.v, c->root, console_log);
	strv_free(&argv);
}

static const struct rig solo = {
	.name = "solo",
	.summary = "QEMU starts Xen with our guest as its only domain; needs no privileges",
	.envs = "xen64",
	.tiers = "exact",
	.probe = solo_probe,
	.ready = solo_ready,
	.identify = solo_identify,
	.command = solo_command,
	.run = solo_run,
};
RIG(solo);
