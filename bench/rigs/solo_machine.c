// SPDX-License-Identifier: MIT
#include "solo_machine.h"

#include <string.h>

#include "canary.h"
#include "lib/paths.h"
#include "probe.h"
#include "spec/user_program.h"

/* Of the machine's memory, what Xen keeps for itself. */
#define XEN_MEMORY_MIB 256

/* Found by trying: up to 650 it is in time with 0.75 to 4 GiB of memory, at 665 it is too late. */
#define FIRMWARE_WAIT_MS 600

/*
 * Who brings no program brings an empty archive. The firmware reads the list of all items, and with
 * one item less everything after it would be earlier, in states that are kept for both.
 */
#define NO_ARCHIVE "/dev/null"

/*
 * Xen's whole command line; a change here changes every number. The console
 * must be told its rate or Xen leaves the port as the firmware set it; Xen says
 * which version it is at the level `info` (4.20; always up to 4.17); dom0's
 * memory and vCPUs are fixed, or Xen would give it all there is.
 */
char *solo_xen_command_line(const struct run_spec *spec)
{
	return xasprintf("console=com1 com1=115200,8n1 loglvl=info guest_loglvl=%s "
			 "dom0_mem=%uM,max:%uM dom0_max_vcpus=%u",
			 spec->flavour ? "all" : "warning", spec->memory_mib, spec->memory_mib,
			 spec->vcpus);
}

bool solo_is_native(const struct run_spec *spec)
{
	return strcmp(spec->env, "native64") == 0;
}

/* What the guest must know before it stops at its checkpoint. */
static char *boot_options(const struct run_spec *spec)
{
	return spec->high_mib ? xasprintf("checkpoint high_mib=%u", spec->high_mib)
			      : xstrdup("checkpoint");
}

static void xen_arguments(const struct run_spec *spec, struct strv *args)
{
	char *xen = solo_xen_command_line(spec), *guest = guest_path(spec);
	char *initramfs = initramfs_path(spec), *hypervisor = xen_path(spec->flavour);
	char *options = boot_options(spec);

	strv_add(args, "-m");
	strv_add(args, "%uM", spec->memory_mib + XEN_MEMORY_MIB);
	strv_add(args, "-boot");
	strv_add(args, "menu=on,splash-time=%d", FIRMWARE_WAIT_MS);
	strv_add(args, "-kernel");
	strv_add(args, "%s", hypervisor);
	strv_add(args, "-append");
	strv_add(args, "%s", xen);
	strv_add(args, "-initrd");
	strv_add(args, "%s %s,%s", guest, options, initramfs);
	free(options);
	free(xen);
	free(hypervisor);
	free(guest);
	free(initramfs);
}

static void native_arguments(const struct run_spec *spec, struct strv *args)
{
	char *guest = guest_path(spec), *initramfs = initramfs_path(spec);
	char *options = boot_options(spec);

	strv_add(args, "-m");
	strv_add(args, "%uM", spec->memory_mib);
	strv_add(args, "-kernel");
	strv_add(args, "%s", guest);
	strv_add(args, "-append");
	strv_add(args, "%s", options);
	free(options);
	strv_add(args, "-initrd");
	strv_add(args, "%s", initramfs);
	free(guest);
	free(initramfs);
}

bool solo_is_wall(const struct run_spec *spec)
{
	return strcmp(spec->tier, "wall") == 0;
}

static void exact_arguments(struct strv *args)
{
	strv_add(args, "-accel");
	strv_add(args, "tcg");
	strv_add(args, "-icount");
	strv_add(args, "shift=0,sleep=off");
	strv_add(args, "-rtc");
	strv_add(args, "base=2026-01-01,clock=vm");
}

static void wall_arguments(const struct run_spec *spec, struct strv *args)
{
	bool kvm = strcmp(canary_found(spec->env)->name, "kvm") == 0;

	strv_add(args, "-accel");
	strv_add(args, kvm ? "kvm" : "tcg,thread=multi");
	if (kvm) {
		/* What the processor has counts here. */
		strv_add(args, "-cpu");
		strv_add(args, "host");
	}
	strv_add(args, "-rtc");
	strv_add(args, "base=2026-01-01,clock=host");
}

void solo_machine_arguments(const struct run_spec *spec, const char *options,
			    const char *console_log, struct strv *args)
{
	char *fw_cfg = double_commas(options), *log = double_commas(console_log);

	if (solo_is_wall(spec))
		wall_arguments(spec, args);
	else
		exact_arguments(args);
	qemu_words(spec->vcpus, args);
	if (solo_is_native(spec))
		native_arguments(spec, args);
	else
		xen_arguments(spec, args);
	strv_add(args, "-fw_cfg");
	strv_add(args, "name=opt/pvmmu/options,string=%s", fw_cfg);
	strv_add(args, "-device");
	strv_add(args, "pvpanic");
	strv_add(args, "-action");
	strv_add(args, "panic=none");
	strv_add(args, "-chardev");
	/* A warm start's console begins with what was said before. */
	strv_add(args, "file,id=con,path=%s,append=on", log);
	strv_add(args, "-serial");
	strv_add(args, "chardev:con");
	free(fw_cfg);
	free(log);
}

void solo_run_arguments(const struct rig_context *c, const struct run_spec *spec,
			const char *console_log, const char *archive, struct strv *args)
{
	char *options = guest_command_line(c, spec), *file;

	solo_machine_arguments(spec, options, console_log, args);
	free(options);
	file = double_commas(archive ? archive : NO_ARCHIVE);
	strv_add(args, "-fw_cfg");
	strv_add(args, "name=opt/pvmmu/archive,file=%s", file);
	free(file);
}
