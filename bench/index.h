/* SPDX-License-Identifier: MIT */
/*
 * The index: what a history needs to know of all result sets below a directory, in one SQLite
 * database, so that no question has to read the files again. It is derived. The files are the
 *truth; the index can be thrown away at any time and is then made anew, and it is as soon as its
 *format (INDEX_VERSION) is not this program's.
 *
 * Several programs may use it at once: readers never wait (write-ahead log), writers wait for each
 * other. Each file goes in as a whole or not at all. Where the directory cannot be written to, the
 * index is kept in memory for as long as the program runs.
 *
 *	file	  each *.json below the directory with its size, times and SHA-256. state: "set" is
 *a result set, "broken" looks like one and cannot be used, "other" is something else
 *	run	  each run of each set, and what it was made of
 *	counted	  its counters, which are large and seldom asked for
 *	value	  each metric of each run: order statistics, and a hash of the samples
 *	series	  what names a series, see identity.h
 *	build	  what runs were made of
 *
 * Samples themselves are in the file, at /runs/PLACE/series/PLACE.
 */
#ifndef PVMMU_BENCH_INDEX_H
#define PVMMU_BENCH_INDEX_H

#include <jansson.h>
#include <sqlite3.h>
#include <stdbool.h>

#include "text.h"

/* To be raised whenever the tables or what is put into them change. */
#define INDEX_VERSION 3
#define INDEX_NAME    ".index.sqlite"

struct index {
	sqlite3 *db;
	char *dir;    /* of the result sets */
	char *file;   /* the database; NULL: in memory */
	char *unkept; /* why it is in memory, if it is not by intent */
};

/*
 * Opens the index of a directory (file NULL: DIR/.index.sqlite), making it if need be. anew: empty
 * it first, even if it is damaged. false with *why: no such directory, or the file is somebody
 * else's database, which is never touched.
 */
bool index_open(struct index *x, const char *dir, const char *file, bool anew, char **why);
void index_close(struct index *x);

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
