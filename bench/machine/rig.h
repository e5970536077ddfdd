/* SPDX-License-Identifier: MIT */
/*
 * A rig is a way of booting the guest. Each is one file in rigs/, found by wildcard: it defines a
 * struct rig and registers it with RIG(). It then appears in --help, in `list rigs` and in `run`.
 */
#ifndef PVMMU_BENCH_MACHINE_RIG_H
#define PVMMU_BENCH_MACHINE_RIG_H

#include <jansson.h>
#include <stdbool.h>

#include "boot.h"
#include "lib/sha256.h"
#include "lib/text.h"

/* Properties of the machine; filled by probe(), the same for all boots of a run. */
struct rig_context {
	const char *root;
	const char *qemu_given; /* by the user, or NULL */
	const char *flavour;	/* of Xen, as in struct run_spec */
	bool cold;		/* boot each machine, and use no snapshots */
	char *qemu;		/* absolute path */
	char *qemu_version;	/* as printed */
	char qemu_sha256[HASH_TEXT];
	char *xen_why;			 /* why Xen is not available; NULL if it is */
	char *xen_package, *xen_version; /* Debian's names */
	char xen_sha256[HASH_TEXT];
	/*
	 * On a Xen host: what xl reports about Xen, and the part of the host for domains (or NULL).
	 */
	char *xen_banner, *xen_build_id, *xen_command_line;
	struct xen_log xen_log;
	const char *cpus, *cpupool;
	void *machine; /* what the rig's begin() returned */
	bool disturb;  /* collectors observe the same run that gives the samples */
	const struct collecting *collecting; /* the chosen collectors, or NULL; not owned */
};

void rig_context_free(struct rig_context *c);

struct rig {
	const char *name, *summary;
	/* Space-separated names. */
	const char *envs, *tiers; /* the first tier is the default */
	/* The only variant, for a rig that boots no image of ours; NULL: all of the build. */
	const struct variant *variant;
	bool alone;	       /* one run at a time, whatever --jobs says */
	bool repeats;	       /* on tier exact, two boots give the same (run/repeat_exact.h) */
	unsigned calibrate_ns; /* the default of a workload's parameter `calibrate` */
	/* Whether the rig works here. false with *error: what is missing and what provides it. */
	bool (*probe)(struct rig_context *c, char **error);
	/* Whether the files of this run are there. false with *error, as above. */
	bool (*ready)(const struct rig_context *c, const struct run_spec *spec, char **error);
	/* {"xen": ..., "qemu": ..., "image": ...} of the identity, free of this machine's paths. */
	json_t *(*identify)(const struct rig_context *c, const struct run_spec *spec);
	/* The host's command, to be run in the root. */
	void (*command)(const struct rig_context *c, const struct run_spec *spec,
			const char *console_log, struct strv *argv);
	/*
	 * For a rig whose machine serves several runs: called before the first run, with all runs
	 * in their order; and after the last. NULL: each run has a machine of its own.
	 */
	void *(*begin)(const struct rig_context *c, const struct run_spec *const *specs, size_t n);
	void (*end)(void *machine);
	/*
	 * Records that a cold boot gave the same as a run from the snapshot with this hash. NULL if
	 * the rig keeps no snapshots.
	 */
	void (*believe)(const struct rig_context *c, const struct run_spec *spec,
			const char *state);
	/* Boots, waits, fills b. Several threads may call it at once, unless `alone`. */
	void (*run)(const struct rig_context *c, const struct run_spec *spec,
		    const char *console_log, struct boot *b);
};

/* Pointers, not structs, so that there are no gaps for alignment. */
#define RIG(r)                                                                                     \
	static const struct rig *const rig_entry __attribute__((section("pvmmu_rigs"), used)) = &(r)

/* Rig i in the order of their names, NULL after the last. */
const struct rig *rig_at(size_t i);
/* NULL with *error naming the valid ones. */
const struct rig *rig_by_name(const char *name, char **error);

/* The command that repeats this one run, the caller's. */
char *run_command(const struct run_spec *spec);

#endif
