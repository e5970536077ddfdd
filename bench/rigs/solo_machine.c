// SPDX-License-Identifier: MIT
#include "solo_machine.h"

#include <string.h>

#include "canary.h"
#include "lib/paths.h"
#include "probe.h"
#include "spec/user_program.h"

/* The part of the machine's memory that Xen keeps for itself. */
#define XEN_MEMORY_MIB 256

/*
 * Found by experiment: up to 650 it is in time with 0.75 to 4 GiB of memory, at 665 it is too late.
 */
#define FIRMWARE_WAIT_MS 600

/*
 * A run without a program has an empty archive. The firmware reads the list of all items, and one
 * item less would shift everything behind it in snapshots that serve both.
 */
#define NO_ARCHIVE "/dev/null"

bool solo_is_native(const struct run_spec *spec)
{
	return !env_is_xen(spec->env);
}

/* Options that the guest needs before its checkpoint. */
static char *boot_options(const struct run_spec *spec)
{
	return spec->high_mib ? xasprintf("checkpoint high_mib=%u", spec->high_mib)
			      : xstrdup("checkpoint");
}

char *solo_xen_command_line(const struct run_spec *spec)
{
	return xen_command_line(spec, spec->memory_mib, spec->vcpus, "");
}

static void xen_arguments(const struct run_spec *spec, struct strv *args)
{
	AUTO_FREE char *xen = solo_xen_command_line(spec), *guest = guest_path(spec);
	AUTO_FREE char *initramfs = initramfs_path(spec), *hypervisor = xen_path(spec->flavour);
	AUTO_FREE char *options = boot_options(spec);

	strv_add_option(args, "-m", "%uM", spec->memory_mib + XEN_MEMORY_MIB);
	strv_add_option(args, "-boot", "menu=on,splash-time=%d", FIRMWARE_WAIT_MS);
	strv_add_words(args, "-kernel", hypervisor, "-append", xen, NULL);
	strv_add_option(args, "-initrd", "%s %s,%s", guest, options, initramfs);
}

static void native_arguments(const struct run_spec *spec, struct strv *args)
{
	AUTO_FREE char *guest = guest_path(spec), *initramfs = initramfs_path(spec);
	AUTO_FREE char *options = boot_options(spec);

	strv_add_option(args, "-m", "%uM", spec->memory_mib);
	strv_add_words(args, "-kernel", guest, "-append", options, "-initrd", initramfs, NULL);
}

bool solo_is_wall(const struct run_spec *spec)
{
	return strcmp(spec->tier, "wall") == 0;
}

static void wall_arguments(const struct run_spec *spec, struct strv *args)
{
	bool kvm = strcmp(canary_found(spec->env)->name, "kvm") == 0;

	strv_add_words(args, "-accel", kvm ? "kvm" : "tcg,thread=multi", NULL);
	/* Real time depends on the features of the real processor. */
	if (kvm)
		strv_add_words(args, "-cpu", "host", NULL);
	strv_add_words(args, "-rtc", "base=2026-01-01,clock=host", NULL);
}

void solo_machine_arguments(const struct run_spec *spec, const char *options,
			    const char *console_log, struct strv *args)
{
	AUTO_FREE char *fw_cfg = double_commas(options);

	if (solo_is_wall(spec))
		wall_arguments(spec, args);
	else
		qemu_exact_clock(args);
	qemu_words(spec->vcpus, args);
	if (solo_is_native(spec))
		native_arguments(spec, args);
	else
		xen_arguments(spec, args);
	strv_add_option(args, "-fw_cfg", "name=opt/pvmmu/options,string=%s", fw_cfg);
	strv_add_words(args, "-device", "pvpanic", "-action", "panic=none", NULL);
	/* The console of a run from a snapshot begins with what was said before the snapshot. */
	qemu_console(console_log, true, args);
}

void solo_run_arguments(const struct rig_context *c, const struct run_spec *spec,
			const char *console_log, const char *archive, struct strv *args)
{
	AUTO_FREE char *options = guest_command_line(c, spec);
	AUTO_FREE char *file = double_commas(archive ? archive : NO_ARCHIVE);

	solo_machine_arguments(spec, options, console_log, args);
	strv_add_option(args, "-fw_cfg", "name=opt/pvmmu/archive,file=%s", file);
}
