/* SPDX-License-Identifier: MIT */
/*
 * Can KVM run this here? That /dev/kvm opens proves nothing: a nested or an emulated KVM
 * may open and then fail at the first instruction that it does not know. So a canary is sent
 * ahead: Xen (or, for native64, nothing) with our guest and the shortest of workloads.
 * Only if that comes back alive is real time measured under KVM; otherwise under QEMU's
 * emulator with a thread for each vCPU.
 *
 * The finding is kept in build/canary.json for as long as the machine, its boot, its kernel,
 * QEMU, Xen and the guest image's env are the same.
 */
#ifndef PVMMU_BENCH_RIGS_CANARY_H
#define PVMMU_BENCH_RIGS_CANARY_H

#include "machine/rig.h"

/*
 * From asking to knowing, of each env; there are two. As the canary lives (own_time.h): a busy
 * host must not look like a KVM that does not work.
 */
#define CANARY_SECONDS 9

/* What a machine is started with instead of the exact tier's arguments. */
struct accelerator {
	const char *name; /* kvm or tcg, as results name it */
	bool known;
	char *why_not; /* KVM; NULL if it is used */
};

/*
 * Finds out for the env of a run, once in the life of this process, or takes what an earlier one
 * found. machine: adds the arguments of a machine with the canary on board, for the given
 * accelerator and console. Not to be called by several threads; canary_found() may be.
 */
void canary_ask(const struct rig_context *c, const struct run_spec *spec,
		void (*machine)(const struct rig_context *c, const struct run_spec *spec,
				const char *console_log, struct strv *argv));
const struct accelerator *canary_found(const char *env);

/* What an earlier process found, if it holds for what c was probed for. why_not is the caller's. */
bool canary_recall(const struct rig_context *c, const char *env, struct accelerator *a);

#endif
