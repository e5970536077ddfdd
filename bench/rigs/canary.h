/* SPDX-License-Identifier: MIT */
/*
 * Finds out whether KVM can run our guest here. An open /dev/kvm proves little: a nested or
 * emulated KVM may open and then fail at the first instruction that it does not know. So a canary
 * is sent ahead: Xen (or, natively, no Xen) with our guest and the shortest workload. Only if
 * the canary comes back alive, real time is measured under KVM; otherwise under QEMU's emulator
 * with a thread for each vCPU.
 *
 * The answer is kept in build/canary.json while the machine, its boot, its kernel, QEMU, Xen and
 * the env of the guest image stay the same.
 */
#ifndef PVMMU_BENCH_RIGS_CANARY_H
#define PVMMU_BENCH_RIGS_CANARY_H

#include "machine/rig.h"

/*
 * The time limit for each of the two envs, in the canary's life (own_time.h): a busy host must not
 * look like a broken KVM.
 */
#define CANARY_SECONDS 9

/* The accelerator of the wall tier. */
struct accelerator {
	const char *name; /* kvm or tcg, as in results */
	bool known;
	char *why_not; /* why KVM is not used; NULL if it is */
};

/*
 * Finds the accelerator for the env of a run: by a canary, once in this process, or from an earlier
 * process. machine: adds the arguments of a machine with the canary, for the given accelerator and
 * console. One thread may call canary_ask(), several canary_found().
 */
void canary_ask(const struct rig_context *c, const struct run_spec *spec,
		void (*machine)(const struct rig_context *c, const struct run_spec *spec,
				const char *console_log, struct strv *argv));
const struct accelerator *canary_found(const char *env);

/*
 * The answer of an earlier process, if it is about the things that c was probed for. why_not is the
 * caller's.
 */
bool canary_recall(const struct rig_context *c, const char *env, struct accelerator *a);

#endif
