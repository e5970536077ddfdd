/* SPDX-License-Identifier: MIT */
/*
 * A program of the user's that is run in the guest in place of a workload: found
 * and looked at before anything boots, and packed with its arguments, environment,
 * standard input and further files into the session archive, which the guest
 * unpacks over its initial ramdisk (guest-kernel/sys/session.h).
 *
 * A file has the same path there as here: an absolute one as it is, a relative one
 * from the guest's "/", which is the working directory. One with ".." would lead
 * out of that; it goes by its last name alone. A program that was searched in PATH
 * has the absolute path that it was found at.
 */
#ifndef PVMMU_BENCH_SPEC_USER_PROGRAM_H
#define PVMMU_BENCH_SPEC_USER_PROGRAM_H

#include <jansson.h>
#include <stdbool.h>

#include "catalog.h"
#include "lib/cpio.h"
#include "lib/sha256.h"

/* What the user asked for; all borrowed. */
struct program_request {
	char **argv;		/* NULL: no program */
	struct strv files;	/* PATH or PATH=GUESTPATH */
	struct strv env;	/* NAME=VALUE, or NAME for what it is here */
	const char *stdin_path; /* NULL: ours */
};

struct program {
	struct workload workload; /* what stands for it in plans and results */
	char *name;		  /* the workload's: made of the arguments */
	struct strv argv;	  /* the first as the guest finds it */
	struct strv env;
	char *path;  /* where the guest has it, with a slash in front */
	char *shell; /* the interpreter of a script, likewise; NULL: it is none */
	char sha256[HASH_TEXT];
	char *options; /* as they were given, for the command that repeats it */
	struct archive archive;
	char archive_sha256[HASH_TEXT];
	char *archive_file; /* where it lies */
};

/*
 * Finds the program, checks and packs it. Reads standard input to its end, unless
 * that is a terminal. false with *error: what is wrong with which file.
 */
bool program_prepare(struct program *p, const struct program_request *r, char **error);
void program_free(struct program *p);

/*
 * Puts the archive into a file in that directory, for guests with that much memory
 * and that initial ramdisk. false with *error: it does not fit, or its interpreter is
 * in neither.
 */
bool program_write(struct program *p, const char *dir, char **error);
bool program_fits(const struct program *p, unsigned memory_mib, const char *initramfs,
		  char **error);

/* {"path", "sha256", ...} as results tell it. */
json_t *program_identity(const struct program *p);

#endif
