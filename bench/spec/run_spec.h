/* SPDX-License-Identifier: MIT */
/* The description of one run, for all rooms. */
#ifndef PVMMU_BENCH_SPEC_RUN_SPEC_H
#define PVMMU_BENCH_SPEC_RUN_SPEC_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "catalog.h"

/* The name of the axis of a sweep over vCPUs; parameters and policies name their own. */
#define AXIS_VCPUS "vcpus"

struct program;
struct rig;

/* A run. All members are part of a result's identity, unless they say otherwise. */
struct run_spec {
	char *id; /* env-workload[:parameters][@vCPUs]~variant */
	const char *env, *tier;
	const struct rig *rig;
	const struct variant *variant;
	char *image;	    /* the variant's name, or VARIANT+MUTANT */
	const char *mutant; /* within image; NULL for an ordinary build */
	const struct workload *workload;
	json_t *parameters; /* all of the workload's parameters, {name: integer} */
	json_t *family; /* {"id", "axes", "point"} in a sweep, or NULL; no part of the identity */
	const struct program *program; /* runs in place of a workload, or NULL */
	unsigned vcpus, memory_mib;
	unsigned high_mib; /* part of it that is a zone for pte pages under pte=high; 0: the guest's
			      default */
	uint64_t seed;
	const char *flavour; /* of Xen: build/xen-FLAVOUR; NULL for Debian's, the only one for
				measurements */
	bool no_audit;	     /* the guest does not examine itself */
	const char *collect; /* the options that chose the collectors, with a space before each; or
				NULL */
};

#endif
