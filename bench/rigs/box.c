// SPDX-License-Identifier: MIT
/*
 * Rig box: a Xen host inside QEMU. Xen starts a small Linux as dom0 (mk/build-box.sh), and this
 * program runs in it with rig xl, so that rig xl is measured and tested on machines without Xen.
 * Needs no privileges.
 *
 * One machine serves all runs that want the same number of CPUs: dom0 boots once, does a job for
 * each run, one after the other, and sends back the result and console of each (box_port.h). They
 * are judged here, as if the domain's console had been read here. If the machine dies or a run
 * passes its deadline, the remaining runs get another machine.
 *
 * On the exact tier the emulator counts instructions, as on rig solo, and dom0 sleeps while a
 * domain runs. Dom0's occasional work on the same CPU shows as a sample that is higher by
 * thousands, always the same one: it depends on the runs before it in the session
 * (docs/measuring.md).
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "box_machine.h"
#include "lib/file_write.h"
#include "lib/json.h"
#include "lib/paths.h"
#include "probe.h"

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
	AUTO_FREE char *path = root_path(c->root, ABOUT);
	json_error_t parse_error;
	json_t *about = json_load_file(path, 0, &parse_error);

	if (!about)
		fail(error, "%s: %s: `make box` provides it", ABOUT, parse_error.text);
	return about;
}

static bool box_probe(struct rig_context *c, char **error)
{
	static const char *const files[] = {BOX_VMLINUX, BOX_RAMDISK, ABOUT};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		AUTO_FREE char *path = root_path(c->root, files[i]);

		if (access(path, R_OK) < 0)
			fail(error, "%s is missing: `make box` provides it", files[i]);
	}
	return !*error && probe_xen(c, error) && probe_qemu(c, error);
}

static bool box_ready(const struct rig_context *c, const struct run_spec *spec, char **error)
{
	if (spec->program)
		return fail(error, "rig box runs workloads; a program of yours runs on rigs solo "
				   "and xl");
	return guest_ready(c, spec, error);
}

static json_t *dom0_of(const struct rig_context *c)
{
	json_auto_t *about = load_about(c, NULL);
	json_t *dom0 = json_pack("{s:s}", "command_line", box_dom0_command_line);
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
	return dom0;
}

static json_t *box_identify(const struct rig_context *c, const struct run_spec *spec)
{
	AUTO_FREE char *xen = box_xen_command_line(spec);
	AUTO_STRV struct strv args = {0};
	json_t *identity;

	box_arguments(spec, "session.cpio", "console.log", "port", &args);
	identity = qemu_identity(c, spec, &args, strcmp(spec->tier, "wall") ? NULL : "tcg", xen);
	json_object_set_new(identity, "dom0", dom0_of(c));
	guest_identify(c, spec, identity);
	return identity;
}

/* Hands on the results of collectors inside to those outside: see collectors/inside.h. */
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

/* Takes facts that only the inside knows, and whether the run went well there. */
static void take_result(const struct rig_context *c, const struct job *j, struct boot *b)
{
	json_auto_t *set = json_loads(j->result, 0, NULL), *expected = json_object();
	json_t *run = json_array_get(json_object_get(set, "runs"), 0), *warning;
	const char *status = text_at(run, "outcome", "status", NULL);
	const char *reason = text_at(run, "outcome", "reason", NULL);
	const char *banner = text_at(run, "identity", "xen", "banner", NULL);
	size_t i;

	guest_identify(c, j->spec, expected);
	if (!*status) {
		fail(&b->error, "the box sent no valid result");
	} else if (!json_equal(member_at(run, "identity", "image", NULL),
			       json_object_get(expected, "image"))) {
		fail(&b->error, "the box measured another image than this one");
	} else if (strcmp(status, "timeout") == 0) {
		b->end = BOOT_TIMED_OUT;
		replace_text(&b->late, "%g s (--timeout) within the box", b->timeout);
	} else if (strcmp(status, "error") == 0 && !j->console) {
		fail(&b->error, "in the box: %s", *reason ? reason : "no reason given");
	}
	if (*banner && !b->console.banner)
		b->console.banner = xstrdup(banner);
	/* Xen's serial console is the box's; inside, Xen was asked for its log. */
	if (!b->console.xen.mitigations)
		b->console.xen.mitigations =
			json_incref(member_at(run, "identity", "xen", "mitigations", NULL));
	json_array_foreach (json_object_get(run, "warnings"), i, warning)
		strv_add(&b->warnings, "%s", json_string_value(warning));
	hand_on(run, b);
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
		     j->output && *j->output ? j->output : "no output");
	if (b->error)
		b->end = BOOT_NOT_STARTED;
}

static void box_run(const struct rig_context *c, const struct run_spec *spec,
		    const char *console_log, struct boot *b)
{
	AUTO_FREE char *log_dir = directory_of(console_log);
	struct box *box = c->machine;
	struct job *j = box->jobs;

	while (j->spec != spec)
		j++;
	box->timeout = b->timeout;
	if (box_machine_do(box, j, log_dir, &b->error))
		fill(c, j, console_log, b);
	if (b->end != BOOT_ENDED)
		box->failed = true;
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
