/* SPDX-License-Identifier: MIT */
/*
 * The machine of rig solo as QEMU's arguments.
 *
 * The exact tier rests on -icount shift=0,sleep=off: each instruction takes one nanosecond of
 * virtual time, the time-stamp counter advances by one with each, and virtual time never waits for
 * the host. The clock and the calendar are cut off from the host as well (-rtc), so two boots of
 * the same bytes execute the same instructions. The console goes to a file: a full pipe would make
 * the emulated serial port retry later, in host time.
 *
 * Most of a boot is Xen waiting in busy loops, which the emulator must execute. Two options halve
 * that and do not change the samples. Without an HPET, Xen times its calibration loops by a port
 * that is cheaper to emulate. Xen also waits for the calendar clock to reach a full second; the
 * firmware's boot menu sleeps, which costs no host time, until near the end of a second. If memory
 * or firmware take longer than expected, Xen misses that second and a boot takes longer on the
 * host; the samples stay the same.
 *
 * QEMU runs in the project's root, so its command line names no other directory of this machine
 * except in the console's file.
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
 * Appends all arguments of QEMU that define the machine, for these options of the guest. The
 * machine has two devices for the guest's checkpoint: the guest signals by pvpanic that it is
 * there, and then reads from fw_cfg what to run.
 */
void solo_machine_arguments(const struct run_spec *spec, const char *options,
			    const char *console_log, struct strv *args);

/*
 * The same with the run's own options; archive: a program's, or NULL. Arguments of collectors on
 * the host are not part of the machine and not included.
 */
void solo_run_arguments(const struct rig_context *c, const struct run_spec *spec,
			const char *console_log, const char *archive, struct strv *args);

#endif
