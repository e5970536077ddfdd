/* SPDX-License-Identifier: MIT */
/*
 * Makes the list of boots from the user's request: one boot for each workload with its parameters,
 * number of vCPUs, variant and seed.
 *
 * A workload is written NAME[:PARAMETER=VALUES]...; several values (number_list.h) make a sweep,
 * several swept parameters every combination. Commas separate workloads: "fork:mb=0,16:n=64,exec"
 * is three runs. The points of a sweep are a family.
 */
#ifndef PVMMU_BENCH_PLAN_PLAN_H
#define PVMMU_BENCH_PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "machine/boot.h"
#include "machine/rig.h"
#include "spec/catalog.h"
#include "spec/run_spec.h"
#include "spec/user_program.h"

/*
 * A variant may be followed by +MUTANT: the image with that one deliberate bug, which tests boot to
 * see a check fail. Results contain its name. A variant may also be given by its axes, see
 * custom_variant.h.
 */

/* The workload that no variant can affect. */
#define CONTROL_WORKLOAD "control"

/* The limits of a guest. */
#define VCPUS_MAX      8
#define MEMORY_MIN_MIB 64
#define MEMORY_MAX_MIB 65536

struct request {
	struct strv variants, workloads; /* none given: all there are */
	struct strv seeds, vcpus; /* lists of numbers that may have been split at commas; none: 1 */
	const char *env;	  /* NULL: the variants' env */
	const char *rig, *tier;
	const char *flavour;	       /* see struct run_spec */
	unsigned memory_mib, high_mib; /* high_mib: see struct run_spec */
	bool no_audit;
	const char *collect; /* see struct run_spec */
	bool matrix;	     /* workloads without parameters get the points that they declare */
	const struct program *program; /* to run in place of workloads, or NULL */
};

struct plan {
	struct run_spec *runs;
	size_t n;
	/*
	 * In real time: the run that is measured between the others (run_order.h). Without a
	 * workload: none.
	 */
	struct run_spec control;
	struct strv left_out; /* sentences: which workloads are left out, and why */
};

/*
 * Combines the lists of the request. false with *error (a usage error) if something is unknown,
 * malformed, out of range or given twice. Custom variants are added to the catalog, which must
 * outlive the plan.
 */
bool plan_make(struct plan *p, struct request *r, struct catalog *c, char **error);
/*
 * Appends copies of all runs until each is there `times` times; copies have #2, #3 and so on behind
 * their id.
 */
void plan_repeat(struct plan *p, size_t times);
void plan_free(struct plan *p);

#endif
