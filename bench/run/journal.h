/* SPDX-License-Identifier: MIT */
/*
 * The journal of a session: FILE.journal beside its result FILE. Each run is synced to it as soon
 *as it has ended; it is removed when FILE has been written. So even kill -9 or a power cut loses
 *only the runs that were in progress.
 *
 * It is text with a JSON object in each line:
 *
 *	{"journal": 1, "schema_version": 2, "kind": "run", "process": 17, "created": "...",
 *"command": "..."}
 *	{"run": {...}}		as in a result set; with "pass" where a session has several
 *	{"control": {...}}	as in a result set's "controls"
 *
 * A session that continues another one appends to the same file, beginning with a first line of its
 * own. Only the last line can be torn, if its writer died; it is then cut off.
 *
 * The open journal is also the lock on FILE: an flock(), which ends with its process. It is taken
 * before any file beside FILE is changed.
 */
#ifndef PVMMU_BENCH_RUN_JOURNAL_H
#define PVMMU_BENCH_RUN_JOURNAL_H

#include <jansson.h>
#include <pthread.h>
#include <stdbool.h>

struct schema;

struct journal {
	char *path;
	int fd; /* -1: not open */
	pthread_mutex_t lock;
	char *bytes;	/* its content when it was opened */
	size_t n, good; /* its length, and that of its complete lines */
	char *kind;	/* of the session that left it, or NULL */
	char *left_by;	/* "process 17, begun 2026-11-30T18:22:00Z", or NULL */
	char *foreign;	/* why it cannot be taken over, or NULL */
	json_t *lines;	/* of earlier sessions: the objects with "run" or "control" */
	size_t added;	/* by this session */
	char *broken;	/* why lines are missing in it, or NULL */
	json_t *lost;	/* those lines */
};

/*
 * Opens FILE.journal, makes it if it is missing, and locks it. false with *error: another process
 * has it, or it cannot be written; it is then unchanged. `out`: FILE. Close it in any case.
 */
bool journal_open(struct journal *j, const char *out, char **error);

/* The number of runs that an earlier session left. */
size_t journal_runs_left(const struct journal *j);

/*
 * Continues the file after cutting off a torn last line. fresh: starts with an empty file instead,
 * and keeps a copy of the old one as *kept (the caller's) if it holds a run. kind: the command's
 * name. false with *error.
 */
bool journal_begin(struct journal *j, bool fresh, const char *kind, const char *command,
		   char **kept, char **error);

/*
 * The runs of earlier sessions that fit the schema, in their order. pass: only those of this pass,
 * or NULL. A new array.
 */
json_t *journal_runs(const struct journal *j, const struct schema *schema, const char *pass);
/* The same for the drift control. */
json_t *journal_controls(const struct journal *j);

/* Adds an entry of a result set and syncs it to disk. From any thread. */
void journal_add_run(struct journal *j, const json_t *run, const char *pass);
void journal_add_control(struct journal *j, const json_t *control);

/* Why some entries are not on the disk (borrowed); NULL: all are. From any thread. */
const char *journal_broken(struct journal *j);

/* Releases the lock. Removes the file if it holds no run, or if `done`: FILE has all its runs. */
void journal_close(struct journal *j, bool done);

#endif
