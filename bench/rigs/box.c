// SPDX-License-Identifier: MIT
/*
 * Rig box: a Xen host inside QEMU. Xen starts a small Linux as dom0 (mk/build-box.sh), and in it
 * this program runs with rig xl, so that all of xl's way is measured and tested on machines that
 * have no Xen. Needs no privileges.
 *
 * One machine serves all runs that want as many CPUs: dom0 boots once, carries out a job for each
 * run, one after the other, and sends back each one's result and console (box_port.h). What comes
 * back is judged here, as if the domain's console had been read here. If the machine dies or a run
 * passes its deadline, the rest gets another machine.
 *
 * On the exact tier the emulator counts instructions, as on rig solo, and dom0 sleeps while a
 * domain runs; what it does now and then on the same CPU shows as a sample that is higher by
 * thousands, always the same one: what a run comes behind in its session is part of what it
 * repeats with (docs/measuring.md).
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "box_machine.h"
#include "box_session.h"
#include "lib/file_write.h"
#include "lib/json.h"
#include "lib/paths.h"
#include "probe.h"
#include "ramdisk.h"

#define ABOUT "build/box/box.json"

static void box_command(const struct rig_context *c, const struct run_spec *spec,
			const char *console_log, struct strv *argv)
{
	(void)console_log;
	strv_add(argv, "%s", c->qemu);
	box_arguments(spec, "RAMDISK", "box.log", "port", argv);
}

static json_t *load_about(const struct rig_context *c, char **error)
{
	char *path = root_path(c->root, ABOUT);
	json_error_t parse_error;
	json_t *about = json_load_file(path, 0, &parse_error);

	if (!about)
		fail(error, "%s: %s: `make box` provides it", ABOUT, parse_error.text);
	free(path);
	return about;
}

static bool box_probe(struct rig_context *c, char **error)
{
	static const char *const files[] = {BOX_VMLINUX, BOX_RAMDISK, ABOUT};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		char *path = root_path(c->root, files[i]);

		if (access(path, R_OK) < 0)
			fail(error, "%s is missing: `make box` provides it", files[i]);
		free(path);
	}
	return !*error && probe_xen(c, error) && probe_qemu(c, error);
}

static bool box_ready(const struct rig_context *c, const struct run_spec *spec, char **error)
{
	char *relative[] = {guest_path(spec), initramfs_path(spec)};

	if (spec->program)
		fail(error, "rig box runs workloads; a program of yours runs on rigs solo and xl");
	for (size_t i = 0; i < 2; i++) {
		char *path = root_path(c->root, relative[i]);

		if (access(path, R_OK) < 0)
			fail(error, "%s is missing: `make guest VARIANT=%s` provides it",
			     relative[i], spec->image);
		free(path);
		free(relative[i]);
	}
	if (!*error)
		ramdisk_fresh(c, spec, error);
	return !*error;
}

static json_t *image_of(const struct rig_context *c, const struct run_spec *spec)
{
	char *guest = guest_path(spec), *initramfs = initramfs_path(spec), *error = NULL;
	char *guest_file = root_path(c->root, guest), *ramdisk = root_path(c->root, initramfs);
	char guest_hash[HASH_TEXT], ramdisk_hash[HASH_TEXT];
	json_t *image = NULL;

	if (hash_still_file(guest_file, guest_hash, &error) &&
	    hash_still_file(ramdisk, ramdisk_hash, &error))
		image = json_pack("{s:s, s:s}", "kernel_sha256", guest_hash, "initramfs_sha256",
				  ramdisk_hash);
	free(error);
	free(guest);
	free(initramfs);
	free(guest_file);
	free(ramdisk);
	return image;
}

static json_t *dom0_of(const struct rig_context *c)
{
	json_t *about = load_about(c, NULL),
	       *dom0 = json_pack("{s:s}", "command_line", box_dom0_command_line);
	const char *kernel = json_string_value(json_object_get(about, "kernel"));

	if (kernel) {
		json_object_set_new(dom0, "package", json_string(kernel));
		json_object_set(dom0, "version",
				json_object_get(json_object_get(about, "packages"), kernel));
		json_object_set(dom0, "kernel_sha256", json_object_get(about, "kernel_sha256"));
		json_object_set(dom0, "ramdisk_sha256", json_object_get(about, "ramdisk_sha256"));
	}
	if (c->cpus)
		json_object_set_new(dom0, "cpus", json_string(c->cpus));
	json_decref(about);
	return dom0;
}

static json_t *box_identify(const struct rig_context *c, const struct run_spec *spec)
{
	char *xen = box_xen_command_line(spec);
	json_t *identity, *arguments = json_array(), *image = image_of(c, spec);
	struct strv args = {0};

	box_arguments(spec, "session.cpio", "console.log", "port", &args);
	for (size_t i = 0; i < args.n; i++)
		json_array_append_new(arguments, json_string(args.v[i]));
	identity = json_pack("{s:{s:s, s:s, s:o}, s:{s:s, s:s, s:s, s:s}, s:o}", "qemu", "version",
			     c->qemu_version, "sha256", c->qemu_sha256, "arguments", arguments,
			     "xen", "package", c->xen_package, "version", c->xen_version, "sha256",
			     c->xen_sha256, "command_line", xen, "dom0", dom0_of(c));
	if (spec->flavour)
		json_object_set_new(json_object_get(identity, "xen"), "flavour",
				    json_string(spec->flavour));
	if (strcmp(spec->tier, "wall") == 0)
		json_object_set_new(json_object_get(identity, "qemu"), "accelerator",
				    json_string("tcg"));
	if (image)
		json_object_set_new(identity, "image", image);
	strv_free(&args);
	free(xen);
	return identity;
}

/* What collectors inside have seen or not, for those outside: see collectors/inside.h. */
static void hand_on(const json_t *run, struct boot *b)
{
	json_t *value;
	const char *name;

	json_object_foreach (json_object_get(run, "uncollected"), name, value)
		json_object_set_new(b->console.collected, name, json_pack("[{s:O}]", "why", value));
	json_object_foreach (json_object_get(run, "collected"), name, value)
		json_object_set_new(b->console.collected, name,
				    json_pack("[{s:O}]", "value", value));
}

/* What only the inside knows, and whether it went as it should. */
static void take_result(const struct rig_context *c, const struct job *j, struct boot *b)
{
	json_t *set = json_loads(j->result, 0, NULL), *run, *warning, *image, *expected;
	const char *status, *reason, *banner;
	size_t i;

	run = json_array_get(json_object_get(set, "runs"), 0);
	status = json_string_value(json_object_get(json_object_get(run, "outcome"), "status"));
	reason = json_string_value(json_object_get(json_object_get(run, "outcome"), "reason"));
	banner = json_string_value(json_object_get(
		json_object_get(json_object_get(run, "identity"), "xen"), "banner"));
	image = json_object_get(json_object_get(run, "identity"), "image");
	expected = image_of(c, j->spec);
	if (!status) {
		fail(&b->error, "the box sent a result that is none");
	} else if (!json_equal(image, expected)) {
		fail(&b->error, "the box measured another image than this one");
	} else if (strcmp(status, "timeout") == 0) {
		b->end = BOOT_TIMED_OUT;
		free(b->late);
		b->late = xasprintf("%g s (--timeout) within the box", b->timeout);
	} else if (strcmp(status, "error") == 0 && !j->console) {
		fail(&b->error, "in the box: %s", reason ? reason : "no reason given");
	}
	if (banner && !b->console.banner)
		b->console.banner = xstrdup(banner);
	/* Xen's serial console is the box's; inside, it was asked for its log. */
	if (!b->console.xen.mitigations)
		b->console.xen.mitigations =
			json_incref(member_at(run, "identity", "xen", "mitigations", NULL));
	json_array_foreach (json_object_get(run, "warnings"), i, warning)
		strv_add(&b->warnings, "%s", json_string_value(warning));
	hand_on(run, b);
	json_decref(expected);
	json_decref(set);
}

static void fill(const struct rig_context *c, const struct job *j, const char *console_log,
		 struct boot *b)
{
	char *error = NULL;

	b->end = j->end;
	b->seconds = j->seconds;
	if (j->error && j->end == BOOT_NOT_STARTED)
		fail(&b->error, "%s", j->error);
	if (j->error && j->end == BOOT_TIMED_OUT)
		b->late = xstrdup(j->error);
	if (j->console) {
		b->console.xen.closed = true;
		console_feed(&b->console, j->console, j->console_n);
		console_end(&b->console);
		if (!write_plainly(console_log, j->console, j->console_n, &error))
			strv_add(&b->warnings, "%s", error);
		free(error);
	}
	if (j->result)
		take_result(c, j, b);
	else if (j->end == BOOT_ENDED)
		fail(&b->error, "in the box, pvmmu ended with status %d: %s", j->status,
		     j->output && *j->output ? j->output : "it said nothing");
	if (b->error)
		b->end = BOOT_NOT_STARTED;
}

static void box_run(const struct rig_context *c, const struct run_spec *spec,
		    const char *console_log, struct boot *b)
{
	char *log_dir = directory_of(console_log);
	struct box *box = c->machine;
	struct job *j = box->jobs;

	while (j->spec != spec)
		j++;
	box->timeout = b->timeout;
	if (box_machine_do(box, j, log_dir, &b->error))
		fill(c, j, console_log, b);
	if (b->end != BOOT_ENDED)
		box->failed = true;
	free(log_dir);
}

static const struct rig box = {
	.name = "box",
	.summary =
		"QEMU starts Xen with a Linux as dom0, in which rig xl runs; needs no privileges",
	.envs = "xen64",
	.tiers = "exact wall",
	.alone = true,
	.probe = box_probe,
	.ready = box_ready,
	.identify = box_identify,
	.command = box_command,
	.begin = box_machine_begin,
	.end = box_machine_end,
	.run = box_run,
};
RIG(box);
