/* SPDX-License-Identifier: MIT */
/*
 * From what the user asked for to the list of boots: one for each workload with
 * its parameters, number of vCPUs, variant and seed.
 *
 * A workload is written NAME[:PARAMETER=VALUE[+VALUE...]]...; several values
 * make a sweep, several swept parameters every combination. Commas separate
 * workloads: "fork:mb=0+16:n=64,exec" is three.
 */
#ifndef PVMMU_BENCH_PLAN_H
#define PVMMU_BENCH_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "boot.h"
#include "catalog.h"
#include "rigs/rig.h"

/*
 * A variant may be followed by +MUTANT: the image with that one deliberate bug,
 * which tests boot to see a check fail. A result tells it by name. Or it is
 * given by its axes, see custom.h.
 */

/* The limits of what a guest may be given. */
#define VCPUS_MAX      8
#define MEMORY_MIN_MIB 64
#define MEMORY_MAX_MIB 65536

struct request {
	struct strv variants, workloads; /* none given: all there are */
	struct strv seeds, vcpus;	 /* each item one number or several, "1+4"; none given: 1 */
	const char *env;		 /* NULL: what the variants are for */
	const char *rig, *tier;
	const char *flavour;	       /* see struct run_spec */
	unsigned memory_mib, high_mib; /* high_mib: see struct run_spec */
	bool no_audit;
};

struct plan {
	struct run_spec *runs;
	size_t n;
};

/*
 * false with *why (a usage error) if something is unknown, malformed, out of range or double.
 * Custom variants are added to the catalog, which must outlive the plan.
 */
bool plan_make(struct plan *p, const struct request *r, struct catalog *c, char **why);
void plan_free(struct plan *p);

/* The command that repeats this one run, the caller's. */
char *run_command(const struct run_spec *spec);

/* A whole decimal number within [min, max]. false with *why naming `what`. */
bool parse_number(const char *text, long long min, long long max, const char *what, long long *out,
		  char **why);

#endif
