/* SPDX-License-Identifier: MIT */
/*
 * Which collectors (collectors/collector.h) observe the runs, and their work in each.
 * Chosen from the command line, probed once for each place, then started and stopped
 * with each run; rigs see only the words that they add to a command.
 */
#ifndef PVMMU_BENCH_COLLECT_COLLECT_H
#define PVMMU_BENCH_COLLECT_COLLECT_H

#include <jansson.h>
#include <stdbool.h>

#include "collectors/collector.h"
#include "lib/text.h"

struct boot;
struct rig_context;
struct run_spec;

/* Collector i in the order of their names, NULL after the last. */
const struct collector *collector_at(size_t i);

/* One collector's part in a call of pvmmu. */
struct chosen {
	const char *name;
	const struct collector *collector;
	bool on;
	bool asked;	 /* by name, so that it is told if it cannot be had */
	json_t *options; /* complete */
	json_t *places;	 /* {env: {"probed": ...} or {"why": ...}} */
};

struct collecting {
	struct chosen *all; /* every collector that there is */
	size_t n;
	char *words; /* the options of `run` that choose the same, "" if none; space in front */
};

/*
 * wanted: items of --collect, unwanted: of --no-collect. Without any, those that are on by
 * default. false with *error, a usage error.
 */
bool collecting_choose(struct collecting *c, const struct strv *wanted, const struct strv *unwanted,
		       char **error);
void collecting_free(struct collecting *c);

/* NULL, or why a collector cannot work in a place at all, whatever is installed; the caller's. */
char *collector_misplaced(const struct collector *c, const struct collector_place *place);

/* Asks those that are on what they can see, where an env has not been asked for before. */
void collecting_probe(struct collecting *c, const struct collector_place *place);

/* Is it on and works where this run is? */
bool collecting_has(const struct collecting *c, const char *name, const struct run_spec *spec);

/* What the chosen ones add to the guest's command line: "" or words with a space in front of each.
 * The caller's. */
char *collecting_guest_words(const struct collecting *c, const struct run_spec *spec);

/* Those that observe this run, with their options, as the result names them: ["insn:symbols"]. */
json_t *collecting_names(const struct collecting *c, const struct run_spec *spec);

/* Those at work in one run. */
struct observation;

/*
 * Starts those that the run is to have; what cannot be had goes to b->uncollected. The caller's, to
 * be ended by observation_stop().
 */
struct observation *observation_start(const struct rig_context *c, const struct run_spec *spec,
				      struct boot *b);
/* Adds the words of all of them; false: there are none. o may be NULL. */
bool observation_command(const struct observation *o, struct strv *argv);
bool observation_qemu(const struct observation *o, struct strv *argv);
/* Does one of them need a machine that boots? */
bool observation_cold(const struct observation *o);
/* For the callbacks around the workload's own time. */
void observation_begun(const struct observation *o, const struct collector_moment *at);
void observation_ended(const struct observation *o, const struct collector_moment *at);
/* Ends them and fills b->collected and b->uncollected. */
void observation_stop(struct observation *o, struct boot *b, bool success);

#endif
