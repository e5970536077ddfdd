/* SPDX-License-Identifier: MIT */
/*
 * A collector observes a workload with a tool, beside the samples, and returns its observations in
 * the form of results. Each is one file in this directory, found by wildcard: it defines a struct
 * collector and registers it with COLLECTOR(). It then appears in --help, in `list collectors`, in
 * `doctor` and in `run --collect`.
 *
 * The life of a collector: probe() once for each place with runs; then for each run start() before
 * the machine exists, begun() and ended() by rigs that know when the workload works, stop() when
 * all is over. Runs go on in parallel, so the data of a run is in the state that start() returns.
 *
 * Facts that it cannot see are missing, with the reason, and never zero. It must not change the
 * meaning of the samples; `pvmmu disturbance` measures its effect on them. Helpers are in
 * bench/lib, such as fail() and xasprintf() in text.h.
 */
#ifndef PVMMU_COLLECTOR_H
#define PVMMU_COLLECTOR_H

#include <jansson.h>
#include <stdbool.h>

/* The place of its work. Only env changes within one call of pvmmu. */
struct collector_place {
	const char *root; /* of the project; what the build made is in build/ below it */
	const char *rig, *env, *tier;
	const char *qemu;    /* path, or NULL on a rig without it */
	const char *flavour; /* of Xen: build/xen-FLAVOUR; NULL: build/xen */
};

/* One run. Paths are absolute; all members are borrowed and valid until stop(). */
struct collector_run {
	const struct collector_place *place;
	const json_t *probed;  /* what probe() returned for this place */
	const json_t *options; /* the user's or default ones, {name: true, false or integer} */
	const char *dir;       /* its own empty directory, removed with its contents after stop() */
	const char *id;	       /* of the run, unique in the result set */
	const char *guest;     /* symbols and code of the guest kernel, or NULL if there is none */
	const char *program; /* the workload's program, or NULL if it is not a file of the build */
	const char *xen;     /* the hypervisor's file as booted, or NULL */
	unsigned vcpus;
};

/*
 * Requests of start() to the rig. The arrays exist and are empty: add words with
 * json_array_append_new().
 */
struct collector_hooks {
	json_t *command; /* in front of the workload's command (rigs without a guest, dom0) */
	json_t *qemu;	 /* further arguments of QEMU; a comma in a path must be doubled there */
	bool cold;	 /* the machine must not start from a snapshot */
};

/* The time of the workload's work, from rigs that know it: xl and box. */
struct collector_moment {
	unsigned domain; /* its id */
};

struct collector {
	const char *name, *summary; /* the summary starts in lower case and has no full stop */
	/* The places where it can work, space-separated names; elsewhere it is not probed. */
	const char *rigs, *envs, *tiers;
	bool by_default;
	const char *only_asked; /* rigs on which a default collector must be asked for, or NULL */
	/*
	 * Space-separated: NAME, off by default, or NAME=NUMBER with its default: --collect
	 * insn:symbols:top=20. NULL: none.
	 */
	const char *options;
	/*
	 * A word for the guest's command line in each run that it observes, or NULL. The word is
	 * part of the identity of a result, so it is the same for all runs.
	 */
	const char *guest_word;
	/* Why its disturbance cannot be measured by leaving it out; NULL: it can. */
	const char *inseparable;
	/*
	 * Returns what can be seen here, the caller's. NULL with *error: the reason, and what would
	 * help. May take some seconds; called once for each place.
	 */
	json_t *(*probe)(const struct collector_place *place, char **error);
	/*
	 * Prepares before the machine starts. Returns the state for the other functions; NULL with
	 * *error: there will be no observations of this run. Without this function there is no
	 * state.
	 */
	void *(*start)(const struct collector_run *run, struct collector_hooks *hooks,
		       char **error);
	/* Called around the workload's work; may be NULL. */
	void (*begun)(void *state, const struct collector_moment *at);
	void (*ended)(void *state, const struct collector_moment *at);
	/*
	 * Frees the state. `seen` holds the data of the run, {"workload": its record, "series",
	 * "counters", "counted_iterations", "records": [those of type "collected" that are "by"
	 * this collector]}, each absent if not seen. It is NULL if the run did not succeed; then
	 * the return value is ignored. Returns the observations for collected.NAME, the caller's.
	 * NULL with *error: there are none. NULL without *error: they are elsewhere in the result.
	 */
	json_t *(*stop)(void *state, const json_t *seen, char **error);
};

/* Pointers, not structs, so that there are no gaps for alignment. */
#define COLLECTOR(c)                                                                               \
	static const struct collector *const collector_entry                                       \
		__attribute__((section("pvmmu_collectors"), used)) = &(c)

#endif
