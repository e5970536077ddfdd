/* SPDX-License-Identifier: MIT */
/*
 * A run's identity, and the one list of its members. Each row of the table in identity.c says what
 * commands do with a member; to add a member is to add a row. A unit test holds the table against
 * results.schema.json.
 *
 * The identity tells two kinds of things. The runs of one series were all asked for the same: env,
 * rig, tier, variant with its policy, workload with all parameters, vCPUs, memory, seed. They may
 * be made of different things: image, Xen, QEMU, compiler, commit, collectors. A history is about
 * those changes and keeps them for each point. An observation (load, duration, host) is neither and
 * never splits a series.
 *
 * Two things that a machine is made of name the series all the same, since the values before and
 * after would be of two kinds: the kind of clock (see identity_clock()) and a build of Xen that is
 * for tests ("flavour"). bench/compare/dataset.c refuses to compare these as well.
 */
#ifndef PVMMU_BENCH_RESULTSET_IDENTITY_H
#define PVMMU_BENCH_RESULTSET_IDENTITY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* The uses of a member; any of these together. */
enum identity_use {
	MEMBER_ASKED = 1,  /* asked for: names the series */
	MEMBER_MADE = 2,   /* made of: may change along a series */
	MEMBER_EXACT = 4,  /* exact samples must agree where it agrees */
	MEMBER_SEEDS = 8,  /* the same in all runs that are pooled as seeds of one value */
	MEMBER_SIDES = 16, /* a comparison warns if its sides differ in it */
};

struct identity_member {
	const char *path;   /* names with dots between them: "xen.version" */
	const char *line;   /* a member of that whose own name is free text, or NULL */
	unsigned use;	    /* of enum identity_use */
	const char *axis;   /* what --by and --where call it, or NULL (axes.h) */
	const char *prefix; /* on an axis not shown, or NULL */
	int cut;	    /* on an axis as many characters are enough; 0: all of them */
};

extern const struct identity_member identity_members[];
extern const size_t nr_identity_members;

/* The member's value in an identity, or NULL. Borrowed. */
json_t *identity_value(const json_t *identity, const struct identity_member *m);

/*
 * Could this identity tell the member? A native run has no Xen, thus no version of it. A run under
 * Xen that does not say its version leaves it unknown.
 */
bool identity_could_tell(const json_t *identity, const struct identity_member *m);

/* How messages call a member, "xen.mitigations, XPTI (64-bit PV only)". The caller's. */
char *identity_member_name(const struct identity_member *m);

/* The place of a path in the table. It must be there. */
size_t identity_member_at(const char *path, const char *line);

/*
 * Which kind of time an identity's samples are: "instructions" on the exact tier; on tier wall
 * the accelerator ("kvm", "tcg"), or the rig where there is none. Borrowed.
 */
const char *identity_clock(const json_t *identity);

/*
 * The part of an identity that names its series, as an object. A new reference. Missing
 * members (no mutant, no program) are left out; policy and parameters are copied with all they
 * hold.
 */
json_t *series_identity(const json_t *identity);

/*
 * The same as text: JSON in one spelling, with members sorted and integral numbers written as
 * integers, so that equal series give equal bytes. The caller's.
 */
char *series_key(const json_t *identity);

/*
 * The things that a run was made of: {"xen.version": text, "image.kernel_sha256": text, ...}, flat,
 * values as text; "commit" is commit_of(), "collectors" those beside guest. A new reference.
 */
json_t *made_of(const json_t *set, const json_t *run);

/*
 * The differences between two results of made_of(): [{"what", "from", "to"}, ...], sorted by
 * "what". A member that one of them lacks is no difference: a run that failed early cannot tell
 * all, and older programs told less. A new reference.
 */
json_t *made_of_changes(const json_t *from, const json_t *to);

/*
 * The set's member for a run: the set itself, or what the run came from if the set is merged
 * ("merged_from", see bench/run/merge.h): has "created", "producer", "observed". Borrowed.
 */
const json_t *origin_of(const json_t *set, const json_t *run);

/*
 * The commit of the sources that a run measured: of its guest's image, else of this program. 12
 * digits, followed by "-dirty" if the sources were changed; older sets have git's description
 * instead. NULL: not told. The caller's.
 */
char *commit_of(const json_t *set, const json_t *run);

/* A value's JSON in the one spelling of series_key(); the caller's. */
char *canonical_json(const json_t *value);

#endif
