/* SPDX-License-Identifier: MIT */
/*
 * The machine of rig solo, in QEMU's words.
 *
 * The exact tier rests on -icount shift=0,sleep=off: each instruction takes one
 * nanosecond of virtual time, the time-stamp counter ticks once with each, and
 * virtual time never waits for the host. With the clock and the calendar cut
 * off from the host as well (-rtc), two boots of the same bytes execute the
 * same instructions. The console goes to a file, because a full pipe would make
 * the emulated serial port try again later, in host time.
 *
 * Xen's own start is most of a boot, because it waits in busy loops that the
 * emulator must go through. Two options halve that and leave the samples alone:
 * without an HPET Xen times its calibration loops by a port that is cheaper to
 * emulate; and Xen waits for the calendar clock to reach a whole second, which
 * the firmware's boot menu, asleep for free in virtual time, lets it do near the
 * end of one. If memory or firmware take longer than expected the second is
 * missed, and a boot takes longer on the host; nothing else changes.
 *
 * QEMU runs in the project's root, so that its command line names no other
 * directory of this machine, apart from the console's file.
 */
#ifndef PVMMU_BENCH_RIGS_SOLO_MACHINE_H
#define PVMMU_BENCH_RIGS_SOLO_MACHINE_H

#include "machine/boot.h"
#include "machine/rig.h"

bool solo_is_native(const struct run_spec *spec);
bool solo_is_wall(const struct run_spec *spec);

/* Xen's, the caller's. */
char *solo_xen_command_line(const struct run_spec *spec);

/*
 * Appends everything after the program's name that makes the machine what it is, to run with these
 * options of the guest. It has two devices for the guest's checkpoint: by pvpanic the guest says
 * that it is there, and from fw_cfg it then reads what to run.
 */
void solo_machine_arguments(const struct run_spec *spec, const char *options,
			    const char *console_log, struct strv *args);

/*
 * The same with the run's own options; archive: a program's, or NULL. Without what collectors on
 * the host add, which is no part of what the machine is.
 */
void solo_run_arguments(const struct rig_context *c, const struct run_spec *spec,
			const char *console_log, const char *archive, struct strv *args);

#endif
