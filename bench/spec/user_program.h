/* SPDX-License-Identifier: MIT */
/*
 * A program of the user's that runs in the guest in place of a workload. It is found and checked
 * before anything boots, and packed with its arguments, environment, standard input and further
 * files into the session archive, which the guest unpacks over its initial ramdisk
 * (guest-kernel/sys/session.h).
 *
 * A file has the same path there as here: an absolute path as it is, a relative one from the
 * guest's "/", which is the working directory. A path with ".." would leave it, so only its last
 * part is used. A program found in PATH has the absolute path at which it was found.
 */
#ifndef PVMMU_BENCH_SPEC_USER_PROGRAM_H
#define PVMMU_BENCH_SPEC_USER_PROGRAM_H

#include <jansson.h>
#include <stdbool.h>

#include "catalog.h"
#include "lib/cpio.h"
#include "lib/sha256.h"

/* The user's request; all borrowed. */
struct program_request {
	char **argv;		/* NULL: no program */
	struct strv files;	/* PATH or PATH=GUESTPATH */
	struct strv env;	/* NAME=VALUE, or NAME for our value */
	const char *stdin_path; /* NULL: ours */
	const char *width;	/* of the programs that the guest runs, as of env_width() */
};

struct program {
	struct workload workload; /* its stand-in for a workload in plans and results */
	char *name;		  /* the workload's name, made of the arguments */
	struct strv argv;	  /* the first as the guest finds it */
	struct strv env;
	char *path;  /* its path in the guest, with the leading slash */
	char *shell; /* the interpreter of a script, likewise; NULL for an ELF program */
	char sha256[HASH_TEXT];
	char *options; /* the options as given, for the command that repeats the run */
	struct archive archive;
	char archive_sha256[HASH_TEXT];
	char *archive_file; /* its path */
};

/*
 * Finds the program, checks and packs it. Reads standard input to its end unless it is a terminal.
 * false with *error, which names the file.
 */
bool program_prepare(struct program *p, const struct program_request *r, char **error);
void program_free(struct program *p);

/*
 * program_write() writes the archive into a file in that directory. program_fits() checks it
 * against the guest's memory and initial ramdisk: false with *error if it is too large, or its
 * interpreter is in neither.
 */
bool program_write(struct program *p, const char *dir, char **error);
bool program_fits(const struct program *p, unsigned memory_mib, const char *initramfs,
		  char **error);

/* {"path", "sha256", ...} for results. */
json_t *program_identity(const struct program *p);

#endif
