/* SPDX-License-Identifier: MIT */
/*
 * Chooses the collectors (collectors/collector.h) that observe the runs, and drives them in each
 * run. They are chosen on the command line, probed once for each place, then started and stopped
 * with each run. Rigs see only the words that collectors add to a command.
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

/* One collector in a call of pvmmu. */
struct chosen {
	const char *name;
	const struct collector *collector;
	bool on;
	bool asked;	 /* by name, so a failure is reported */
	json_t *options; /* all of them */
	json_t *places;	 /* {env: {"probed": ...} or {"why": ...}} */
};

struct collecting {
	struct chosen *all; /* all collectors */
	size_t n;
	char *words; /* the options of `run` that make the same choice, "" if none; space in front
		      */
};

/*
 * wanted: items of --collect, unwanted: of --no-collect. Without any, the default collectors. false
 * with *error, a usage error.
 */
bool collecting_choose(struct collecting *c, const struct strv *wanted, const struct strv *unwanted,
		       char **error);
void collecting_free(struct collecting *c);

/* Why a collector cannot work in a place, whatever is installed; the caller's. NULL if it can. */
char *collector_misplaced(const struct collector *c, const struct collector_place *place);

/* Probes the chosen collectors in an env that was not probed before. */
void collecting_probe(struct collecting *c, const struct collector_place *place);

/* Whether the collector is on and works for this run. */
bool collecting_has(const struct collecting *c, const char *name, const struct run_spec *spec);

/* Words for the guest's command line: "" or words with a space before each. The caller's. */
char *collecting_guest_words(const struct collecting *c, const struct run_spec *spec);

/* The collectors that observe this run, with their options, for the result: ["insn:symbols"]. */
json_t *collecting_names(const struct collecting *c, const struct run_spec *spec);

/* The collectors at work in one run. */
struct observation;

/*
 * Starts the collectors of the run; failures go to b->uncollected. The caller's, to be ended by
 * observation_stop().
 */
struct observation *observation_start(const struct rig_context *c, const struct run_spec *spec,
				      struct boot *b);
/* Adds the words of all collectors; false: there are none. o may be NULL. */
bool observation_command(const struct observation *o, struct strv *argv);
bool observation_qemu(const struct observation *o, struct strv *argv);
/* Whether a collector needs a machine that boots. */
bool observation_cold(const struct observation *o);
/* Called around the time of the workload. */
void observation_begun(const struct observation *o, const struct collector_moment *at);
void observation_ended(const struct observation *o, const struct collector_moment *at);
/* Stops the collectors and fills b->collected and b->uncollected. */
void observation_stop(struct observation *o, struct boot *b, bool success);

#endif
