/* SPDX-License-Identifier: MIT */
/*
 * What makes two runs points of one series, and what may change from one point to the next.
 *
 * A run's identity says two kinds of things. What was asked for: env, rig, tier, variant with its
 * policy, workload with all parameters, vCPUs, memory, seed. These name the series. And what it was
 * made of: image, Xen, QEMU, compiler, the commit, the collectors. These are what a history is
 * about: they change along a series and are kept for each point. What was observed (load, duration,
 * host) is neither: it never splits a series.
 *
 * Two things that a machine is made of name the series all the same, since its numbers before and
 * after would be of two kinds: the kind of clock (see identity_clock()) and a build of Xen that is
 * for tests ("flavour"). bench/compare/dataset.c refuses to compare these as well.
 */
#ifndef PVMMU_BENCH_RESULTSET_IDENTITY_H
#define PVMMU_BENCH_RESULTSET_IDENTITY_H

#include <jansson.h>

/*
 * Which kind of time an identity's samples are: "instructions" on the exact tier; on tier wall
 * the accelerator ("kvm", "tcg"), or the rig where there is none. Borrowed.
 */
const char *identity_clock(const json_t *identity);

/*
 * The part of an identity that names its series, as an object. A new reference. Members that are
 * not there (no mutant, no program) are left out; what policy and parameters hold is taken whole.
 */
json_t *series_identity(const json_t *identity);

/*
 * That as text: JSON in one spelling, with members sorted and whole numbers written as integers,
 * so that equal series give equal bytes. The caller's.
 */
char *series_key(const json_t *identity);

/*
 * What a run was made of: {"xen.version": text, "image.kernel_sha256": text, ...}, flat, values as
 * text; "commit" is commit_of(), "collectors" those beside guest. A new reference.
 */
json_t *made_of(const json_t *set, const json_t *run);

/*
 * What differs between two such objects: [{"what", "from", "to"}, ...], sorted by "what". A member
 * that one of them lacks is no difference: a run that failed early cannot tell all, and older
 * programs told less. A new reference.
 */
json_t *made_of_changes(const json_t *from, const json_t *to);

/*
 * The set's member for a run: the set itself, or what the run came from if the set is merged
 * ("merged_from", see bench/run/merge.h): has "created", "producer", "observed". Borrowed.
 */
const json_t *origin_of(const json_t *set, const json_t *run);

/*
 * What git calls the sources that a run measured: those of its guest's image, else those of the
 * program, 12 digits with "-dirty" behind them where they were changed; older sets have what git
 * described them as. NULL: not told. The caller's.
 */
char *commit_of(const json_t *set, const json_t *run);

/* A value's JSON in the one spelling of series_key(); the caller's. */
char *canonical_json(const json_t *value);

#endif
