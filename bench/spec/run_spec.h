/* SPDX-License-Identifier: MIT */
/* One run, as everybody who has to do with it knows it. */
#ifndef PVMMU_BENCH_SPEC_RUN_SPEC_H
#define PVMMU_BENCH_SPEC_RUN_SPEC_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "catalog.h"

/* What the axis of a sweep over vCPUs is called; parameters and policies name their own. */
#define AXIS_VCPUS "vcpus"

struct program;
struct rig;

/* What to boot. All of it is part of a result's identity. */
struct run_spec {
	char *id; /* env-workload[:parameters][@vCPUs]~variant */
	const char *env, *tier;
	const struct rig *rig;
	const struct variant *variant;
	char *image;	    /* the variant's name, or VARIANT+MUTANT */
	const char *mutant; /* within image; NULL if it is an ordinary build */
	const struct workload *workload;
	json_t *parameters; /* all of the workload's parameters, {name: integer} */
	json_t *family; /* {"id", "axes", "point"} in a sweep, or NULL; no part of the identity */
	const struct program *program; /* runs in place of a workload, or NULL */
	unsigned vcpus, memory_mib;
	unsigned high_mib; /* of it, a zone for pte pages under pte=high; 0: as the guest likes */
	uint64_t seed;
	const char *flavour; /* of Xen: build/xen-FLAVOUR; NULL for Debian's, the only one to be
				timed */
	bool no_audit;	     /* the guest is told not to examine itself */
	const char *collect; /* options that chose the collectors, space in front; or NULL */
};

#endif
