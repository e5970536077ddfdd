/* SPDX-License-Identifier: MIT */
/*
 * The index: an SQLite database with what a history needs from all result sets below a directory,
 * so that a question does not read all files again. It is derived from the files. It may be removed
 * at any time and is then made again, as it is if its format (INDEX_VERSION) differs.
 *
 * Several programs may use it at once: readers never wait (write-ahead log), writers wait for each
 * other. A file is added completely or not at all. If the index cannot be written it is in memory
 * while the program runs.
 *
 *	file	  each *.json below the directory with its size, times and SHA-256. state: "set" is
 *		  a result set, "broken" is one that cannot be used, "verdict" and
 *		  "declaration" are other files of pvmmu, "link" is a symbolic link that is not
 *		  followed, "other" is any other file
 *	run	  each run of each set, with its inputs
 *	counted	  its counters, which are large and rarely needed
 *	value	  each metric of each run: order statistics, and a hash of the samples
 *	series	  the identity of a series, see identity.h
 *	build	  inputs of runs
 *
 * The samples stay in the file, at /runs/PLACE/series/PLACE.
 */
#ifndef PVMMU_BENCH_HISTORY_INDEX_H
#define PVMMU_BENCH_HISTORY_INDEX_H

#include <jansson.h>
#include <sqlite3.h>
#include <stdbool.h>

#include "lib/text.h"
#include "resultset/results_folder.h"

/* Raise it whenever the tables or their contents change. */
#define INDEX_VERSION 4

struct index {
	sqlite3 *db;
	char *dir;	/* with the result sets, without a slash at the end */
	char *file;	/* the database; NULL: in memory */
	bool named;	/* the user named it, so it is only replaced on request */
	char *not_kept; /* why it is in memory, unless that was asked for */
	bool gathered;	/* follow links in dir; set by callers */
	/*
	 * While the index is updated an error does not end the program. It is stored here, rows
	 * end, and index_retreat() makes another index.
	 */
	bool may_fail;
	char *failure;
	int error;
};

/*
 * Opens the index of a directory (file NULL: DIR/.index.sqlite), and makes it if it is missing.
 * anew: empties it first, even if it is damaged. false with *error: no such directory, or the file
 * is another program's database, which stays unchanged.
 */
bool index_open(struct index *x, const char *dir, const char *file, bool anew, char **error);
void index_close(struct index *x);

/*
 * After a failure: makes an empty index, in place of a damaged one or in memory. false with
 * *error.
 */
bool index_retreat(struct index *x, char **error);

/*
 * Prepares a statement. types has a letter for each parameter: t text (const char *, NULL is
 * null), i integer (long long), d number (double, NaN is null). Get rows with index_row(), then
 * call index_done(). If the index is unusable (full disk, damage) the program ends with a message
 * and exit code 4; committed data stay.
 */
sqlite3_stmt *index_ask(struct index *x, const char *sql, const char *types, ...);
bool index_row(struct index *x, sqlite3_stmt *s);
void index_done(sqlite3_stmt *s);

/* Executes a statement without rows; returns the row id of the inserted row. */
long long index_do(struct index *x, const char *sql, const char *types, ...);

/* Columns; text is borrowed until the next step, "" if null. */
const char *index_text(sqlite3_stmt *s, int column);
long long index_integer(sqlite3_stmt *s, int column);
double index_number(sqlite3_stmt *s, int column); /* NaN if null */

#endif
