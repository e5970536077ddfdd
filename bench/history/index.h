/* SPDX-License-Identifier: MIT */
/*
 * The index: what a history needs to know of all result sets below a directory, in one SQLite
 * database, so that no question has to read the files again. It is derived. The files are the
 *truth; the index can be thrown away at any time and is then made anew, and it is as soon as its
 *format (INDEX_VERSION) is not this program's.
 *
 * Several programs may use it at once: readers never wait (write-ahead log), writers wait for each
 * other. Each file goes in as a whole or not at all. Where it cannot be
 * written, now or in the middle of it, the index is in memory for as long as the program runs.
 *
 *	file	  each *.json below the directory with its size, times and SHA-256. state: "set" is
 *		  a result set, "broken" looks like one and cannot be used, "verdict" and
 *		  "declaration" are ours, "other" is somebody else's; "link" is a symbolic link that
 *		  is not followed
 *	run	  each run of each set, and what it was made of
 *	counted	  its counters, which are large and seldom asked for
 *	value	  each metric of each run: order statistics, and a hash of the samples
 *	series	  what names a series, see identity.h
 *	build	  what runs were made of
 *
 * Samples themselves are in the file, at /runs/PLACE/series/PLACE.
 */
#ifndef PVMMU_BENCH_HISTORY_INDEX_H
#define PVMMU_BENCH_HISTORY_INDEX_H

#include <jansson.h>
#include <sqlite3.h>
#include <stdbool.h>

#include "lib/text.h"
#include "resultset/results_folder.h"

/* To be raised whenever the tables or what is put into them change. */
#define INDEX_VERSION 4

struct index {
	sqlite3 *db;
	char *dir;     /* of the result sets, without a slash at the end */
	char *file;    /* the database; NULL: in memory */
	bool named;    /* it was asked for by name, so it is not made anew unasked */
	char *unkept;  /* why it is in memory, if it is not by intent */
	bool gathered; /* links in dir were put there to be followed; for callers to set */
	/* While the index is brought up to date an error does not end the program: it is kept here,
	 * rows end, and index_retreat() finds another place. */
	bool may_fail;
	char *failure;
	int error;
};

/*
 * Opens the index of a directory (file NULL: DIR/.index.sqlite), making it if need be. anew: empty
 * it first, even if it is damaged. false with *error: no such directory, or the file is somebody
 * else's database, which is never touched.
 */
bool index_open(struct index *x, const char *dir, const char *file, bool anew, char **error);
void index_close(struct index *x);

/* After a failure: an empty index, in place of one that is damaged, or in memory. false with
 * *error.
 */
bool index_retreat(struct index *x, char **error);

/*
 * A statement with its parameters: for each letter of types an argument, t text (const char *, NULL
 * is null), i integer (long long), d number (double, NaN is null). Step it with index_row(), then
 * give it to index_done(). An index that cannot be used any more (full disk, damage) ends the
 * program with a message and exit code 4; what was committed stays.
 */
sqlite3_stmt *index_ask(struct index *x, const char *sql, const char *types, ...);
bool index_row(struct index *x, sqlite3_stmt *s);
void index_done(sqlite3_stmt *s);

/* A statement without rows; returns the row id of what it inserted. */
long long index_do(struct index *x, const char *sql, const char *types, ...);

/* Columns; text is borrowed until the next step, "" if null. */
const char *index_text(sqlite3_stmt *s, int column);
long long index_integer(sqlite3_stmt *s, int column);
double index_number(sqlite3_stmt *s, int column); /* NaN if null */

#endif
