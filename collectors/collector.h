/* SPDX-License-Identifier: MIT */
/*
 * A collector observes a workload with a tool beside the samples, and says what it saw
 * in the form that results keep. Each is one file in this directory, found by wildcard:
 * it defines a struct collector and registers it with COLLECTOR(), and that is all it
 * takes to appear in --help, in `list collectors`, in `doctor` and in `run --collect`.
 *
 * The life of one: probe() once for each place in which there are runs; then for each
 * run start() before the machine is there, begun() and ended() by rigs that know when
 * the workload is at work, stop() when all is over. Runs go on side by side, so what
 * belongs to a run is in the state that start() returns.
 *
 * What it cannot see is missing, with the reason; never zero. It must not change what
 * the samples mean; `pvmmu disturbance` measures what it does to them.
 */
#ifndef PVMMU_COLLECTOR_H
#define PVMMU_COLLECTOR_H

#include <jansson.h>
#include <stdbool.h>

/* Where it is to work. Nothing of it changes within one call of pvmmu but env. */
struct collector_place {
	const char *root; /* of the project; what the build made is in build/ below it */
	const char *rig, *env, *tier;
	const char *qemu;    /* path, or NULL on a rig without it */
	const char *flavour; /* of Xen: build/xen-FLAVOUR; NULL: build/xen */
};

/* One run. Paths are absolute; all is borrowed, and good until stop(). */
struct collector_run {
	const struct collector_place *place;
	const json_t *probed;  /* what probe() returned for this place */
	const json_t *options; /* of the user or by default, {name: true, false or integer} */
	const char *dir;       /* its own, empty; removed after stop() with what is in it */
	const char *id;	       /* of the run, unique in the result set */
	const char *guest;     /* image of the guest kernel, or NULL if there is none */
	const char *program;   /* that runs in it, or NULL if it is not a file of the build */
	const char *xen;       /* the hypervisor's file as booted, or NULL */
	unsigned vcpus;
};

/*
 * What start() may ask of whoever makes the machine. The arrays are there and empty: add
 * words with json_array_append_new().
 */
struct collector_hooks {
	json_t *command; /* in front of the workload's command (rigs without a guest, dom0) */
	json_t *qemu;	 /* further arguments of QEMU; a comma in a path must be doubled there */
	bool cold;	 /* the machine must not start from a kept state */
};

/* When the workload is at work, from rigs that know: xl and box. */
struct collector_moment {
	unsigned domain; /* its id */
};

struct collector {
	const char *name, *summary; /* the summary starts in lower case and has no full stop */
	/* Where it can work at all, space-separated names; outside of them it is not probed. */
	const char *rigs, *envs, *tiers;
	bool by_default;
	const char *only_asked; /* rigs on which it must be asked for even so, or NULL */
	/*
	 * Space-separated: a name that may be given, off by default, or NAME=NUMBER with its
	 * default: --collect insn:symbols:top=20. NULL: none.
	 */
	const char *options;
	/*
	 * A word for the guest's command line of each run that it observes, or NULL. Part of
	 * what a result says was run, so the same for all runs.
	 */
	const char *guest_word;
	/* Why its disturbance cannot be had by leaving it out; NULL: it can. */
	const char *inseparable;
	/*
	 * What there is to see here, the caller's. NULL with *error (malloc'ed): nothing, and
	 * the reason with what would provide it. May take some seconds, is called once a place.
	 */
	json_t *(*probe)(const struct collector_place *place, char **error);
	/*
	 * Gets ready before the machine starts. The state that the others are given; NULL
	 * with *error: nothing will be collected of this run. No function at all: there is no
	 * state and nothing to get ready.
	 */
	void *(*start)(const struct collector_run *run, struct collector_hooks *hooks,
		       char **error);
	/* Around the time in which the workload is at work; may be NULL. */
	void (*begun)(void *state, const struct collector_moment *at);
	void (*ended)(void *state, const struct collector_moment *at);
	/*
	 * Frees the state. `seen` is what the run gave, {"workload": its record, "series",
	 * "counters", "counted_iterations", "records": [those of type "collected" that say
	 * they are "by" this collector]}, each absent if it was not seen; NULL if the run did
	 * not succeed, and then there is nothing to say. Returns what results keep as
	 * collected.NAME, the caller's. NULL with *error: nothing. NULL without: what it saw
	 * stands elsewhere in the result.
	 */
	json_t *(*stop)(void *state, const json_t *seen, char **error);
};

/* Pointers, not structs, so that no alignment gap can come between them. */
#define COLLECTOR(c)                                                                               \
	static const struct collector *const collector_entry                                       \
		__attribute__((section("pvmmu_collectors"), used)) = &(c)

#endif
