// SPDX-License-Identifier: MIT
/*
 * Rig solo: QEMU loads Xen as a multiboot kernel with our guest as the only domain; or, on
 * native64 and native32, loads the guest itself as a kernel. Needs no privileges and only QEMU on
 * the host.
 *
 * The wall tier runs the same machine in real time, with the accelerator that the canary has found
 * to work (canary.h). It always boots, because a snapshot holds another time.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "canary.h"
#include "collect/collect.h"
#include "lib/file_write.h"
#include "lib/interrupt.h"
#include "lib/paths.h"
#include "lib/subprocess.h"
#include "machine/boot.h"
#include "machine/checkpoint.h"
#include "probe.h"
#include "solo_machine.h"
#include "spec/user_program.h"

/* The options of the canary's guest. */
#define CANARY "seed=1 init=/bin/null -- n=1 warmup=0"

/* The guest uses memory in one piece; QEMU splits it from this size on. */
#define NATIVE_MEMORY_MAX_MIB 3583
/* The direct map of a 32-bit guest; it uses no memory beyond (guest-kernel/arch/x86/32/width.h). */
#define NARROW_MEMORY_MAX_MIB 704

static void solo_command(const struct rig_context *c, const struct run_spec *spec,
			 const char *console_log, struct strv *argv)
{
	strv_add(argv, "%s", c->qemu);
	solo_run_arguments(c, spec, console_log, spec->program ? spec->program->archive_file : NULL,
			   argv);
}

/* As solo_command(), with the shortest of workloads. */
static void canary_command(const struct rig_context *c, const struct run_spec *spec,
			   const char *console_log, struct strv *argv)
{
	strv_add(argv, "%s", c->qemu);
	solo_machine_arguments(spec, CANARY, console_log, argv);
}

/* Without Xen the native envs still work; solo_ready() refuses the others. */
static bool solo_probe(struct rig_context *c, char **error)
{
	probe_xen(c, &c->xen_why);
	return probe_qemu(c, error);
}

static bool solo_ready(const struct rig_context *c, const struct run_spec *spec, char **error)
{
	if (!solo_is_native(spec) && c->xen_why)
		fail(error, "%s", c->xen_why);
	if (solo_is_native(spec) && !*env_width(spec->env) &&
	    spec->memory_mib > NATIVE_MEMORY_MAX_MIB)
		fail(error, "%s: native64 takes up to %d MiB (--mem)", spec->id,
		     NATIVE_MEMORY_MAX_MIB);
	if (*env_width(spec->env) && spec->memory_mib > NARROW_MEMORY_MAX_MIB)
		fail(error, "%s: %s takes up to %d MiB (--mem)", spec->id, spec->env,
		     NARROW_MEMORY_MAX_MIB);
	if (!guest_ready(c, spec, error))
		return false;
	if (solo_is_wall(spec))
		canary_ask(c, spec, canary_command);
	return true;
}

static json_t *solo_identify(const struct rig_context *c, const struct run_spec *spec)
{
	AUTO_FREE char *xen = solo_is_native(spec) ? NULL : solo_xen_command_line(spec);
	AUTO_STRV struct strv args = {0};
	json_t *identity;

	solo_run_arguments(c, spec, "console.log", spec->program ? "session.cpio" : NULL, &args);
	identity = qemu_identity(c, spec, &args,
				 solo_is_wall(spec) ? canary_found(spec->env)->name : NULL, xen);
	guest_identify(c, spec, identity);
	return identity;
}

/* Mutants are usually booted once, and their snapshots would only fill the disk. */
static bool may_use_snapshot(const struct rig_context *c, const struct run_spec *spec,
			     const struct boot *b)
{
	return !c->cold && !spec->mutant && !solo_is_wall(spec) && !b->want_cold &&
	       !observation_cold(b->observation);
}

/* The key of a snapshot: a hash of every byte that the machine is made of. */
static bool state_key(const struct rig_context *c, const struct run_spec *spec, char key[HASH_TEXT],
		      char **error)
{
	char *relative[] = {guest_path(spec), initramfs_path(spec)};
	AUTO_FREE char *all = NULL, *machine = NULL;
	char hash[HASH_TEXT];
	AUTO_STRV struct strv args = {0};
	bool ok = true;

	all = xasprintf("%s %s", c->qemu_sha256, solo_is_native(spec) ? "" : c->xen_sha256);
	for (size_t i = 0; i < 2; i++) {
		AUTO_FREE char *path = root_path(c->root, relative[i]);

		ok = ok && hash_still_file(path, hash, error);
		if (ok)
			replace_text(&all, "%s %s", all, hash);
		free(relative[i]);
	}
	solo_machine_arguments(spec, "", "", &args);
	machine = shell_join(&args);
	replace_text(&all, "%s %s", all, machine);
	hash_text(all, key);
	return ok;
}

static bool open_state(const struct rig_context *c, const struct run_spec *spec, bool fresh,
		       struct snapshot *s, char **error)
{
	AUTO_FREE char *image = file_name(spec->image);
	AUTO_FREE char *slot =
		xasprintf("%s-%s-%u-%u%s%s", spec->env, image, spec->vcpus, spec->memory_mib,
			  spec->flavour ? "-" : "", spec->flavour ? spec->flavour : "");
	char key[HASH_TEXT];
	bool ok = state_key(c, spec, key, error);

	if (spec->high_mib)
		replace_text(&slot, "%s-high%u", slot, spec->high_mib);
	if (ok && !snapshot_open(s, c->root, slot, key, fresh, error)) {
		snapshot_close(s);
		ok = false;
	}
	return ok;
}

static enum boot_look look(void *arg, const char *console_log)
{
	return checkpoint_look(arg, console_log);
}

/*
 * QEMU announces itself to networks after loading a state, several times within a second of the
 * host's clock. A vCPU's turn ends at a timer of that clock, so with several vCPUs another one
 * would go on. There are no networks.
 */
static void load_arguments(const struct snapshot *s, struct strv *args)
{
	AUTO_FREE char *state = shell_word(s->state);

	strv_add_option(args, "-incoming", "exec:exec cat %s", state);
	strv_add_words(args, "-global", "migration.announce-rounds=0", NULL);
}

enum ran {
	RAN,
	ONLY_SAVED, /* or should have been: there is no measurement */
	NOT_BEGUN,  /* the snapshot was not taken at the checkpoint */
};

/* Runs one machine from its start to its end. */
static enum ran run_machine(const struct rig_context *c, const struct run_spec *spec,
			    enum start start, struct snapshot *s, const char *console_log,
			    struct boot *b)
{
	struct checkpoint control = {0};
	struct boot_watch watch = {.look = look, .arg = &control};
	AUTO_STRV struct strv argv = {0};
	enum ran ran = RAN;

	/* The file of the console may exist from an earlier run. */
	unlink(console_log);
	if (start != START_COLD && !checkpoint_open(&control, start, s, spec->vcpus, &b->error))
		goto out;
	if (start == START_SNAPSHOT && !copy_file(s->console, console_log, &b->error))
		goto out;
	solo_command(c, spec, console_log, &argv);
	observation_qemu(b->observation, &argv);
	if (start != START_COLD)
		strv_add_option(&argv, "-qmp", "unix:%s,server=on,wait=off", control.socket);
	if (start == START_SNAPSHOT)
		load_arguments(s, &argv);
	b->snapshot = start == START_SNAPSHOT;
	if (b->snapshot) {
		memcpy(b->state, s->hash, sizeof(b->state));
		b->believed = s->believed;
	}
	/* On the exact tier all vCPUs take turns in one thread of QEMU. */
	b->processors = solo_is_wall(spec) ? spec->vcpus : 1;
	boot_follow(b, argv.v, c->root, console_log, start == START_COLD ? NULL : &watch);
	if (b->end == BOOT_INTERRUPTED)
		goto out;
	if (start == START_SNAPSHOT && !control.left)
		ran = NOT_BEGUN;
	else if (control.stopped && b->end != BOOT_TIMED_OUT)
		ran = ONLY_SAVED;
	if (control.error)
		complain("%s: %s", spec->id, control.error);
out:
	if (start != START_COLD)
		checkpoint_close(&control);
	return ran;
}

/* Resets b for another machine; only the time stays. */
static void forget(struct boot *b)
{
	struct boot old = *b;

	boot_free(b);
	boot_init(b, old.timeout);
	b->observation = old.observation;
	b->console.output = old.console.output;
	b->position = old.position;
	b->want_cold = old.want_cold;
	b->want_fresh = old.want_fresh;
}

static void run_again(const struct rig_context *c, const struct run_spec *spec, enum start start,
		      struct snapshot *s, const char *console_log, struct boot *b);

/* A snapshot that does not continue costs a boot, not the run. */
static void run_from_state(const struct rig_context *c, const struct run_spec *spec,
			   struct snapshot *s, const char *console_log, struct boot *b)
{
	if (run_machine(c, spec, START_SNAPSHOT, s, console_log, b) != NOT_BEGUN)
		return;
	/* QEMU may print several lines; a message is one line. */
	for (char *p = b->output; p && *p; p++)
		if (*p == '\n')
			*p = ';';
	complain("%s: the kept state is of no use (%s): thrown away, booting", spec->id,
		 b->output && *b->output ? b->output : "no run begins from it");
	snapshot_discard(s);
	run_again(c, spec, START_COLD, NULL, console_log, b);
}

static void run_again(const struct rig_context *c, const struct run_spec *spec, enum start start,
		      struct snapshot *s, const char *console_log, struct boot *b)
{
	double spent = b->seconds;

	forget(b);
	if (start == START_SNAPSHOT)
		run_from_state(c, spec, s, console_log, b);
	else
		run_machine(c, spec, start, s, console_log, b);
	b->seconds += spent;
	if (b->first_sample_seconds >= 0)
		b->first_sample_seconds += spent;
}

static void solo_run(const struct rig_context *c, const struct run_spec *spec,
		     const char *console_log, struct boot *b)
{
	struct snapshot s;
	AUTO_FREE char *error = NULL;

	if (solo_is_wall(spec) && canary_found(spec->env)->why_not)
		b->no_kvm = canary_found(spec->env)->why_not;
	if (!may_use_snapshot(c, spec, b)) {
		run_machine(c, spec, START_COLD, NULL, console_log, b);
	} else if (!open_state(c, spec, b->want_fresh, &s, &error)) {
		if (!cancelled())
			complain("%s: no warm start: %s", spec->id, error);
		run_machine(c, spec, START_COLD, NULL, console_log, b);
	} else {
		if (s.valid)
			run_from_state(c, spec, &s, console_log, b);
		else if (run_machine(c, spec, START_SAVE, &s, console_log, b) == ONLY_SAVED)
			run_again(c, spec, s.valid ? START_SNAPSHOT : START_COLD, &s, console_log,
				  b);
		snapshot_close(&s);
	}
}

static void solo_believe(const struct rig_context *c, const struct run_spec *spec,
			 const char *state)
{
	struct snapshot s;
	AUTO_FREE char *error = NULL;

	if (open_state(c, spec, false, &s, &error)) {
		snapshot_believe(&s, state, &error);
		snapshot_close(&s);
	}
	if (error && !cancelled())
		complain("%s: the kept state will be confirmed again: %s", spec->id, error);
}

static const struct rig solo = {
	.name = "solo",
	.summary =
		"QEMU starts Xen with our guest as its only domain, or the guest without Xen; needs no "
		"privileges",
	.envs = "native32 native64 xen32 xen64",
	.tiers = "exact wall",
	.probe = solo_probe,
	.repeats = true,
	.ready = solo_ready,
	.identify = solo_identify,
	.command = solo_command,
	.believe = solo_believe,
	.run = solo_run,
};
RIG(solo);
