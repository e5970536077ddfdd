/* SPDX-License-Identifier: MIT */
/*
 * The journal of a session: FILE.journal beside its result FILE. Each run is in it, on the disk,
 * as soon as it has ended; when FILE has been written the journal goes. So whatever ends the
 * program, kill -9 and a power cut included, costs only the runs that were under way.
 *
 * It is text, a JSON object a line:
 *
 *	{"journal": 1, "schema_version": 2, "kind": "run", "process": 17, "created": "...",
 *"command": "..."}
 *	{"run": {...}}		as in a result set; with "pass" where a session has several
 *	{"control": {...}}	as in a result set's "controls"
 *
 * A session that takes over what another one left goes on in the same file, behind a first line of
 * its own. Only the last line can be torn, by the death of its writer; it is then cut off.
 *
 * The open journal is also the lock on FILE: an flock(), which dies with its process. It is taken
 * before anything beside FILE is touched.
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
	char *bytes;	/* what lay there when it was opened */
	size_t n, good; /* of it, up to the end of the last whole line */
	char *kind;	/* of the session that left it, or NULL */
	char *left_by;	/* "process 17, begun 2026-11-30T18:22:00Z", or NULL */
	char *stranger; /* why it cannot be taken over whatever it holds, or NULL */
	json_t *lines;	/* of earlier sessions: the objects with "run" or "control" */
	size_t added;	/* by this session */
	char *broken;	/* why lines are missing in it, or NULL */
	json_t *lost;	/* those lines */
};

/*
 * Opens FILE.journal, made if missing, and locks it. false with *error: another process has it, or
 * it cannot be written; then nothing was touched. `out`: FILE. Close it in any case.
 */
bool journal_open(struct journal *j, const char *out, char **error);

/* How many runs an earlier session left. */
size_t journal_runs_left(const struct journal *j);

/*
 * Goes on behind what is there, of which a torn last line is cut off; or, fresh, from an empty
 * file, keeping a copy of what was there as *kept (the caller's) if it holds a run. kind: the
 * command's name. false with *error.
 */
bool journal_begin(struct journal *j, bool fresh, const char *kind, const char *command,
		   char **kept, char **error);

/*
 * Those runs of earlier sessions that fit the schema, in their order. pass: of this one only; or
 * NULL. A new array.
 */
json_t *journal_runs(const struct journal *j, const struct schema *schema, const char *pass);
/* Likewise of the control. */
json_t *journal_controls(const struct journal *j);

/* Adds an entry of a result set and has it on the disk when it returns. From any thread. */
void journal_add_run(struct journal *j, const json_t *run, const char *pass);
void journal_add_control(struct journal *j, const json_t *control);

/* Why not all of them are on the disk: borrowed; NULL: they are. From any thread. */
const char *journal_broken(struct journal *j);

/* Gives up the lock. Removes the file if no run is in it; or if done: all that is in it is in FILE.
 */
void journal_close(struct journal *j, bool done);

#endif
