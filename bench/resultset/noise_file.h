/* SPDX-License-Identifier: MIT */
/*
 * The noise floor of a command: from the set of `pvmmu aa` that the user names, or from the one
 * beside the set in question.
 */
#ifndef PVMMU_BENCH_RESULTSET_NOISE_FILE_H
#define PVMMU_BENCH_RESULTSET_NOISE_FILE_H

#include "noise_floor.h"

/* All zero: no floor is known. */
struct noise_file {
	struct noise noise; /* n is 0 if none is known */
	char *path;
	json_t *set; /* what the noise borrows from */
};

/*
 * given: as named by the user, or NULL. beside: the result file that set was read from. A file that
 * was named must be one, and for the same kind of run as the set; one that was found by itself may
 * be about something else: then no floor is known, and *note (the caller's) says why. false with
 * *error.
 */
bool noise_file_load(struct noise_file *f, const char *given, const char *beside, const char *root,
		     const json_t *set, char **note, char **error);
void noise_file_free(struct noise_file *f);

#endif
