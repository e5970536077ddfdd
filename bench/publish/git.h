/* SPDX-License-Identifier: MIT */
/*
 * Runs git's plumbing commands, whose output is made for programs. They never use the repository's
 * own index or work tree, so work in progress there is not touched.
 */
#ifndef PVMMU_BENCH_PUBLISH_GIT_H
#define PVMMU_BENCH_PUBLISH_GIT_H

#include <stdbool.h>

#include "lib/text.h"

struct git {
	char *program, *shell;
	char *repo; /* any directory of the repository, or a bare one */
	char *tmp;  /* our directory, for the index and for files passed to git */
};

/*
 * Finds git and checks that repo is a repository. Sets our environment so that git uses only that
 * repository, with an index of ours. false with *error; close in any case.
 */
bool git_open(struct git *g, const char *repo, char **error);
void git_close(struct git *g);

/*
 * Runs git with arguments up to NULL; in and out: files for its standard input and output, or NULL.
 * Its exit status; -1 with *error: it could not be started, was killed, took longer than it may, or
 * a signal told us to stop. *said (unless NULL): its messages, the caller's.
 */
int git_status(const struct git *g, const char *in, const char *out, char **said, char **error,
	       const char *const *arguments);

/* The same; false with *error, which holds its messages, also for a status other than 0. */
bool git_run(const struct git *g, const char *in, const char *out, char **error,
	     const char *const *arguments);

/* Its output; n unless NULL: its length. NULL with *error. The caller's. */
char *git_ask(const struct git *g, const char *in, size_t *n, char **error,
	      const char *const *arguments);

#define GIT_WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* A file's path in our directory; the caller's. */
char *git_file(const struct git *g, const char *name);

#endif
