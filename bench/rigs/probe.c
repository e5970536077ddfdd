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

bool guest_ready(const struct rig_context *c, const struct run_spec *spec, char **error)
{
	char *relative[] = {guest_path(spec), initramfs_path(spec)};

	for (size_t i = 0; i < 2; i++) {
		char *path = root_path(c->root, relative[i]);

		if (access(path, R_OK) < 0)
			fail(error, "%s is missing: `make guest VARIANT=%s` provides it",
			     relative[i], spec->image);
		else if (i && spec->program && !*error)
			program_fits(spec->program, spec->memory_mib, path, error);
		free(path);
		free(relative[i]);
	}
	if (!*error && !spec->program)
		ramdisk_fresh(c, spec, error);
	return !*error;
}

void guest_identify(const struct rig_context *c, const struct run_spec *spec, json_t *identity)
{
	static const char *const names[] = {"kernel_sha256", "initramfs_sha256"};
	char *relative[] = {guest_path(spec), initramfs_path(spec)}, *error = NULL;
	json_t *image = json_object();

	for (size_t i = 0; i < 2; i++) {
		char *path = root_path(c->root, relative[i]), hash[HASH_TEXT];

		if (!error && hash_still_file(path, hash, &error))
			json_object_set_new(image, names[i], json_string(hash));
		free(path);
		free(relative[i]);
	}
	if (!error)
		json_object_set(identity, "image", image);
	json_decref(image);
	free(error);
}

char *guest_command_line(const struct rig_context *c, const struct run_spec *spec)
{
	char *collectors = collecting_guest_words(c->collecting, spec);
	char *s = xasprintf("seed=%llu%s%s", (unsigned long long)spec->seed,
			    spec->no_audit ? " audit=0" : "", collectors);
	json_t *value;
	const char *name;

	free(collectors);
	/* A program comes with its arguments in the session archive. */
	if (spec->program)
		return s;
	replace_text(&s, "init=/bin/%s %s --", spec->workload->name, s);
	json_object_foreach (spec->parameters, name, value)
		replace_text(&s, "%s %s=%lld", s, name, (long long)json_integer_value(value));
	return s;
}

char *double_commas(const char *text)
{
	char *s = xstrdup("");

	for (; *text; text++)
		replace_text(&s, "%s%c%s", s, *text, *text == ',' ? "," : "");
	return s;
}

void qemu_words(unsigned vcpus, struct strv *args)
{
	static const char *const words[] = {"-machine", "pc,hpet=off", "-nodefaults",
					    "-display", "none",	       "-monitor",
					    "none",	"-no-reboot",  "-smp"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		strv_add(args, "%s", words[i]);
	strv_add(args, "%u", vcpus);
}

bool probe_qemu(struct rig_context *c, char **error)
{
	const char *name = c->qemu_given ? c->qemu_given : "qemu-system-x86_64";
	struct subprocess p;
	bool ended;
	char *text, *newline, *argv[] = {NULL, (char[]){"--version"}, NULL};

	c->qemu = find_program(name);
	if (!c->qemu)
		return fail(error,
			    "%s is missing: install the Debian package qemu-system-x86 "
			    "(`make deps` does)",
			    name);
	if (!hash_file(c->qemu, c->qemu_sha256, error))
		return false;
	argv[0] = c->qemu;
	if (!subprocess_start(&p, argv, NULL, error))
		return false;
	ended = subprocess_wait(&p, 20);
	subprocess_kill(&p);
	text = subprocess_output(&p);
	newline = strchr(text, '\n');
	if (newline)
		*newline = 0;
	subprocess_close(&p);
	if (!ended || p.status || !*text)
		fail(error, "%s --version does not work%s%s", c->qemu, *text ? ": " : "", text);
	c->qemu_version = text;
	return !*error;
}

bool probe_xen(struct rig_context *c, char **error)
{
	char *xen = xen_path(c->flavour), *about = xasprintf("%s.json", xen);
	char *path = root_path(c->root, about), *binary = root_path(c->root, xen);
	const char *package, *version, *sha256;
	json_error_t parse_error;
	json_t *json = NULL;

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
	json_decref(json);
	free(xen);
	free(about);
	free(path);
	free(binary);
	return !*error;
}
