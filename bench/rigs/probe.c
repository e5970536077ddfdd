// SPDX-License-Identifier: MIT
#include "probe.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect/collect.h"
#include "lib/paths.h"
#include "lib/subprocess.h"
#include "ramdisk.h"
#include "spec/user_program.h"

#define VERSION_SECONDS 20

bool guest_ready(const struct rig_context *c, const struct run_spec *spec, char **error)
{
	char *relative[] = {guest_path(spec), initramfs_path(spec)}, *command = guest_command(spec);

	for (size_t i = 0; i < 2; i++) {
		AUTO_FREE char *path = root_path(c->root, relative[i]);

		if (access(path, R_OK) < 0)
			fail(error, "%s is missing: `%s` provides it", relative[i], command);
		else if (i && spec->program && !*error)
			program_fits(spec->program, spec->memory_mib, path, error);
		free(relative[i]);
	}
	free(command);
	if (!*error && !spec->program)
		ramdisk_fresh(c, spec, error);
	return !*error;
}

void guest_identify(const struct rig_context *c, const struct run_spec *spec, json_t *identity)
{
	static const char *const names[] = {"kernel_sha256", "initramfs_sha256"};
	char *relative[] = {guest_path(spec), initramfs_path(spec)}, *error = NULL;
	json_auto_t *image = json_object();

	for (size_t i = 0; i < 2; i++) {
		char *path = root_path(c->root, relative[i]), hash[HASH_TEXT];

		if (!error && hash_still_file(path, hash, &error))
			json_object_set_new(image, names[i], json_string(hash));
		free(path);
		free(relative[i]);
	}
	if (!error)
		json_object_set(identity, "image", image);
	free(error);
}

char *guest_command_line(const struct rig_context *c, const struct run_spec *spec)
{
	AUTO_FREE char *collectors = collecting_guest_words(c->collecting, spec);
	char *s = xasprintf("seed=%llu%s%s", (unsigned long long)spec->seed,
			    spec->no_audit ? " audit=0" : "", collectors);
	json_t *value;
	const char *name;

	/* A program gets its arguments in the session archive. */
	if (spec->program)
		return s;
	replace_text(&s, "init=/bin/%s %s --", spec->workload->name, s);
	json_object_foreach (spec->parameters, name, value)
		replace_text(&s, "%s %s=%lld", s, name, (long long)json_integer_value(value));
	return s;
}

/*
 * A change here changes every number. Xen must be told the console's rate, or it leaves the port as
 * the firmware set it. Xen says its version at level `info` from 4.20 on. Dom0's memory and vCPUs
 * are fixed, or Xen would give it all there is.
 */
char *xen_command_line(const struct run_spec *spec, unsigned dom0_mib, unsigned dom0_vcpus,
		       const char *more)
{
	return xasprintf("console=com1 com1=115200,8n1 loglvl=info guest_loglvl=%s "
			 "dom0_mem=%uM,max:%uM dom0_max_vcpus=%u%s",
			 flavour_is_for_tests(spec->flavour) ? "all" : "warning", dom0_mib,
			 dom0_mib, dom0_vcpus, more);
}

void qemu_exact_clock(struct strv *args)
{
	strv_add_words(args, "-accel", "tcg", "-icount", "shift=0,sleep=off", "-rtc",
		       "base=2026-01-01,clock=vm", NULL);
}

void qemu_words(unsigned vcpus, struct strv *args)
{
	strv_add_words(args, "-machine", "pc,hpet=off", "-nodefaults", "-display", "none",
		       "-monitor", "none", "-no-reboot", NULL);
	strv_add_option(args, "-smp", "%u", vcpus);
}

void qemu_console(const char *path, bool append, struct strv *args)
{
	AUTO_FREE char *file = double_commas(path);

	strv_add_option(args, "-chardev", "file,id=con,path=%s%s", file,
			append ? ",append=on" : "");
	strv_add_words(args, "-serial", "chardev:con", NULL);
}

json_t *qemu_identity(const struct rig_context *c, const struct run_spec *spec,
		      const struct strv *args, const char *accelerator, const char *xen_line)
{
	json_t *arguments = json_array(), *identity;

	for (size_t i = 0; i < args->n; i++)
		json_array_append_new(arguments, json_string(args->v[i]));
	identity =
		json_pack("{s:{s:s, s:s, s:o, s:s*}}", "qemu", "version", c->qemu_version, "sha256",
			  c->qemu_sha256, "arguments", arguments, "accelerator", accelerator);
	if (xen_line)
		json_object_set_new(
			identity, "xen",
			json_pack("{s:s, s:s, s:s, s:s, s:s*}", "package", c->xen_package,
				  "version", c->xen_version, "sha256", c->xen_sha256,
				  "command_line", xen_line, "flavour",
				  flavour_is_for_tests(spec->flavour) ? spec->flavour : NULL));
	return identity;
}

bool probe_qemu(struct rig_context *c, char **error)
{
	const char *name = c->qemu_given ? c->qemu_given : "qemu-system-x86_64";
	char *text, *argv[] = {NULL, (char[]){"--version"}, NULL};
	int status;

	argv[0] = c->qemu = find_program(name);
	if (!c->qemu)
		return fail(error,
			    "%s is missing: install the Debian package qemu-system-x86 "
			    "(`make deps` does)",
			    name);
	if (!hash_file(c->qemu, c->qemu_sha256, error))
		return false;
	text = subprocess_run(argv, VERSION_SECONDS, &status, error);
	if (!text)
		return false;
	text[strcspn(text, "\n")] = 0;
	c->qemu_version = text;
	return (!status && *text) ||
	       fail(error, "%s --version does not work%s%s", c->qemu, *text ? ": " : "", text);
}

bool probe_xen(struct rig_context *c, char **error)
{
	char *xen = xen_path(c->flavour), *about = xasprintf("%s.json", xen);
	AUTO_FREE char *path = root_path(c->root, about), *binary = root_path(c->root, xen);
	const char *package, *version, *sha256;
	json_error_t parse_error;
	json_auto_t *json = NULL;

	if (access(path, R_OK) < 0 || access(binary, R_OK) < 0)
		fail(error, "%s is missing: `make xen%s%s` provides it",
		     access(binary, R_OK) < 0 ? xen : about, c->flavour ? " FLAVOUR=" : "",
		     c->flavour ? c->flavour : "");
	else if (!(json = json_load_file(path, 0, &parse_error)))
		fail(error, "%s:%d:%d: %s", about, parse_error.line, parse_error.column,
		     parse_error.text);
	else if (json_unpack(json, "{s:s, s:s, s:s}", "package", &package, "version", &version,
			     "sha256", &sha256))
		fail(error, "%s does not hold package, version and sha256", about);
	else if (hash_file(binary, c->xen_sha256, error) && strcmp(sha256, c->xen_sha256) != 0)
		fail(error, "%s is not the file that %s describes: `make xen` again", xen, about);
	else if (!*error) {
		c->xen_package = xstrdup(package);
		c->xen_version = xstrdup(version);
	}
	free(xen);
	free(about);
	return !*error;
}
