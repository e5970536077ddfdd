// SPDX-License-Identifier: MIT
#include "index.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/options.h"
#include "lib/outcome.h"
#include "lib/paths.h"

/* The application id of our databases: "pvmi". */
#define APPLICATION_ID 0x70766d69

/* Another program that writes to the index is done within this time. */
#define PATIENCE_MS (10 * 60 * 1000)

static const char tables[] =
	"CREATE TABLE file(id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, size INTEGER NOT NULL,"
	" modified INTEGER NOT NULL, changed INTEGER NOT NULL, sha256 TEXT NOT NULL,"
	" state TEXT NOT NULL, why TEXT, created TEXT, producer TEXT, command TEXT,"
	" tiers TEXT, rigs TEXT, runs INTEGER, good INTEGER, origin TEXT);"
	"CREATE TABLE series(id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);"
	"CREATE TABLE build(id INTEGER PRIMARY KEY, made_of TEXT NOT NULL UNIQUE);"
	"CREATE TABLE run(id INTEGER PRIMARY KEY,"
	" file INTEGER NOT NULL REFERENCES file ON DELETE CASCADE, place INTEGER NOT NULL,"
	" name TEXT NOT NULL, label TEXT, series INTEGER NOT NULL REFERENCES series,"
	" build INTEGER NOT NULL REFERENCES build, created TEXT NOT NULL, revision TEXT, outcome TEXT NOT NULL,"
	" reason TEXT, command TEXT NOT NULL, content TEXT NOT NULL, observed TEXT NOT NULL);"
	"CREATE TABLE counted(run INTEGER PRIMARY KEY REFERENCES run ON DELETE CASCADE,"
	" iterations INTEGER NOT NULL, counters TEXT NOT NULL);"
	"CREATE INDEX run_series ON run(series, created);"
	"CREATE INDEX run_file ON run(file);"
	"CREATE INDEX run_content ON run(content);"
	"CREATE TABLE value(run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
	" place INTEGER NOT NULL, metric TEXT NOT NULL, unit TEXT NOT NULL, better TEXT NOT NULL,"
	" exact INTEGER NOT NULL, n INTEGER NOT NULL, median REAL NOT NULL, least REAL NOT NULL,"
	" largest REAL NOT NULL, samples TEXT NOT NULL, PRIMARY KEY(run, place)) WITHOUT ROWID;";

static const char drop_tables[] =
	"DROP TABLE IF EXISTS value; DROP TABLE IF EXISTS counted; DROP TABLE IF EXISTS run; DROP TABLE IF EXISTS build;"
	"DROP TABLE IF EXISTS series; DROP TABLE IF EXISTS file;";

static bool is_damage(int failure)
{
	return failure == SQLITE_CORRUPT || failure == SQLITE_NOTADB;
}

static void remove_index(const char *file);

/* Restarts the program with a new index, because what was read so far may be wrong. */
static void begin_again(struct index *x)
{
	static const char once[] = "PVMMU_INDEX_DAMAGED";
	AUTO_STRV struct strv argv = {0};

	if (getenv(once))
		return;
	setenv(once, x->file, 1);
	complain("%s is damaged (%s): it is made anew", x->file, sqlite3_errmsg(x->db));
	remove_index(x->file);
	for (size_t i = 0; i < command_line.n; i++)
		strv_add(&argv, "%s", command_line.v[i]);
	execv("/proc/self/exe", argv.v);
}

static void give_up(struct index *x)
{
	if (x->may_fail) {
		x->error = sqlite3_errcode(x->db);
		x->failure = x->failure ? x->failure : xstrdup(sqlite3_errmsg(x->db));
		return;
	}
	if (is_damage(sqlite3_errcode(x->db)) && x->file && !x->named)
		begin_again(x);
	complain("the index %s cannot be used: %s; `pvmmu history --rebuild` makes it anew from "
		 "the files",
		 x->file ? x->file : "in memory", sqlite3_errmsg(x->db));
	exit(EXIT_ERROR);
}

static sqlite3_stmt *prepare(struct index *x, const char *sql, const char *types, va_list values)
{
	sqlite3_stmt *s = NULL;
	const char *text;
	double number;

	if (x->failure)
		return NULL;
	if (sqlite3_prepare_v2(x->db, sql, -1, &s, NULL) != SQLITE_OK) {
		give_up(x);
		return NULL;
	}
	for (int i = 1; *types; i++, types++) {
		int got = SQLITE_MISUSE;

		switch (*types) {
		case 't':
			text = va_arg(values, const char *);
			got = sqlite3_bind_text(s, i, text, -1, SQLITE_TRANSIENT);
			break;
		case 'i': got = sqlite3_bind_int64(s, i, va_arg(values, long long)); break;
		case 'd':
			number = va_arg(values, double);
			got = isnan(number) ? sqlite3_bind_null(s, i)
					    : sqlite3_bind_double(s, i, number);
			break;
		}
		if (got != SQLITE_OK)
			give_up(x);
	}
	return s;
}

sqlite3_stmt *index_ask(struct index *x, const char *sql, const char *types, ...)
{
	sqlite3_stmt *s;
	va_list values;

	va_start(values, types);
	s = prepare(x, sql, types, values);
	va_end(values);
	return s;
}

bool index_row(struct index *x, sqlite3_stmt *s)
{
	int got = x->failure ? SQLITE_DONE : sqlite3_step(s);

	if (got != SQLITE_ROW && got != SQLITE_DONE)
		give_up(x);
	return got == SQLITE_ROW;
}

void index_done(sqlite3_stmt *s)
{
	sqlite3_finalize(s);
}

long long index_do(struct index *x, const char *sql, const char *types, ...)
{
	sqlite3_stmt *s;
	va_list values;

	va_start(values, types);
	s = prepare(x, sql, types, values);
	va_end(values);
	while (index_row(x, s))
		;
	index_done(s);
	return sqlite3_last_insert_rowid(x->db);
}

const char *index_text(sqlite3_stmt *s, int column)
{
	const unsigned char *text = sqlite3_column_text(s, column);

	return text ? (const char *)text : "";
}

long long index_integer(sqlite3_stmt *s, int column)
{
	return sqlite3_column_int64(s, column);
}

double index_number(sqlite3_stmt *s, int column)
{
	return sqlite3_column_type(s, column) == SQLITE_NULL ? NAN
							     : sqlite3_column_double(s, column);
}

/* ---- opening ---- */

static int run_all(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

/* The value of a pragma; -1 if it cannot be read. */
static long long pragma(sqlite3 *db, const char *name)
{
	AUTO_FREE char *sql = xasprintf("PRAGMA %s", name);
	sqlite3_stmt *s = NULL;
	long long value = -1;

	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
		value = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return value;
}

static int set_up_tables(sqlite3 *db, bool anew)
{
	AUTO_FREE char *marks = xasprintf("PRAGMA application_id=%d; PRAGMA user_version=%d",
					  APPLICATION_ID, INDEX_VERSION);
	int got = run_all(db, "BEGIN IMMEDIATE");

	/* Another program may have made the tables meanwhile. */
	if (got == SQLITE_OK && (anew || pragma(db, "user_version") != INDEX_VERSION)) {
		got = run_all(db, drop_tables);
		got = got == SQLITE_OK ? run_all(db, tables) : got;
		got = got == SQLITE_OK ? run_all(db, marks) : got;
	}
	return got == SQLITE_OK ? run_all(db, "COMMIT") : got;
}

/* Returns SQLite's error. SQLITE_AUTH: the database is not ours. */
static int open_database(struct index *x, const char *file, bool anew)
{
	long long owner;
	int got = sqlite3_open(file, &x->db);

	if (got != SQLITE_OK)
		return got;
	sqlite3_extended_result_codes(x->db, 0);
	sqlite3_busy_timeout(x->db, PATIENCE_MS);
	owner = pragma(x->db, "application_id");
	if (owner < 0)
		return sqlite3_errcode(x->db);
	if (owner != APPLICATION_ID && (owner || pragma(x->db, "schema_version") > 0))
		return SQLITE_AUTH;
	/*
	 * The write-ahead log lets others read at the same time. A power failure may lose the
	 * latest additions, but the files still have them.
	 */
	got = run_all(
		x->db,
		"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
		"PRAGMA foreign_keys=ON; PRAGMA cache_size=-16384; PRAGMA mmap_size=268435456");
	if (got == SQLITE_OK && (anew || pragma(x->db, "user_version") != INDEX_VERSION))
		got = set_up_tables(x->db, anew);
	return got;
}

/* Removes an index with its log. */
static void remove_index(const char *file)
{
	static const char *const parts[] = {"", "-wal", "-shm", "-journal"};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		AUTO_FREE char *path = xasprintf("%s%s", file, parts[i]);

		unlink(path);
	}
}

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Is there a regular file, or no file yet? A link is followed only if it was named. */
static bool is_place(const struct index *x)
{
	struct stat st;

	return (x->named ? stat : lstat)(x->file, &st) < 0 || S_ISREG(st.st_mode);
}

static bool in_memory(struct index *x, char **error)
{
	sqlite3_close(x->db);
	x->db = NULL;
	free(x->file);
	x->file = NULL;
	return open_database(x, ":memory:", true) == SQLITE_OK ||
	       fail(error, "no index, neither kept (%s) nor in memory: %s", x->not_kept,
		    sqlite3_errmsg(x->db));
}

/*
 * Makes a damaged index again. A file with the index's default name was one, so it may be
 * replaced; other tables in it are a later version's.
 */
static int open_anew(struct index *x, int failure)
{
	if (x->named ||
	    !(is_damage(failure) || failure == SQLITE_ERROR || failure == SQLITE_CONSTRAINT))
		return failure;
	complain("%s is damaged (%s): it is made anew", x->file, sqlite3_errmsg(x->db));
	sqlite3_close(x->db);
	x->db = NULL;
	remove_index(x->file);
	return open_database(x, x->file, true);
}

bool index_open(struct index *x, const char *dir, const char *file, bool anew, char **error)
{
	int got;

	*x = (struct index){0};
	if (!is_directory(dir))
		return fail(error, "%s is no directory of result sets: %s", dir,
			    errno ? strerror(errno) : "it is a file");
	x->dir = tidy_directory(dir);
	x->named = file;
	x->file = file ? xstrdup(file) : xasprintf("%s/" INDEX_NAME, x->dir);
	if (!is_place(x)) {
		x->not_kept = xasprintf("%s: it is no regular file", x->file);
		return in_memory(x, error);
	}
	got = open_anew(x, open_database(x, x->file, anew));
	if (got == SQLITE_OK && !sqlite3_db_readonly(x->db, "main"))
		return true;
	if (x->named && (got == SQLITE_AUTH || is_damage(got))) {
		fail(error, "%s is no index of result sets: it is left as it is", x->file);
		index_close(x);
		return false;
	}
	/* Without a file, an index in memory still gives the answers. */
	x->not_kept = xasprintf("%s: %s", x->file,
				got == SQLITE_AUTH ? "it is another program's database"
				: got == SQLITE_OK ? "it may only be read"
						   : sqlite3_errmsg(x->db));
	return in_memory(x, error);
}

bool index_retreat(struct index *x, char **error)
{
	bool ok;

	/* Closing the database also ends a failed transaction. */
	if (is_damage(x->error) && x->file && !x->named) {
		ok = open_anew(x, x->error) == SQLITE_OK;
	} else {
		replace_text(&x->not_kept, "%s: %s", x->file ? x->file : "in memory", x->failure);
		ok = x->file && in_memory(x, error);
	}
	if (!ok)
		fail(error, "the index cannot be used: %s", x->failure);
	free(x->failure);
	x->failure = NULL;
	return ok;
}
void index_close(struct index *x)
{
	sqlite3_close(x->db);
	free(x->dir);
	free(x->file);
	free(x->not_kept);
	free(x->failure);
	*x = (struct index){0};
}
