// SPDX-License-Identifier: MIT
/*
 * Copies result sets of others beside one's own. The bytes stay the same, so that their hash
 * identifies the file; a set of an older version is migrated when it is read, not here. The origin
 * goes into a note beside the copy, which the index reads too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "commands.h"
#include "history/scan.h"
#include "lib/dirtree.h"
#include "lib/file_write.h"
#include "lib/json.h"
#include "lib/outcome.h"
#include "lib/paths.h"
#include "lib/sha256.h"
#include "lib/utf8.h"
#include "lib/options.h"
#include "resultset/resultset_read.h"
#include "resultset/schema.h"

/* Below the directory of results. */
#define PLACE "imported"

/* Digits of the hash in names. */
#define HASH_IN_NAME 12

/* The options of the command line. */
struct asked {
	struct strv files;
	const char *results, *from, *root;
	bool quiet;
};

struct importing {
	const struct asked *a;
	struct index index;
	struct schema *schema;
};

/* A file that is to be imported. */
struct incoming {
	const char *path;
	char *bytes;
	size_t n;
	char sha256[HASH_TEXT];
	json_t *set;
};

/* "20260102T030405Z-0123456789ab.json", the caller's: sorts by date and identifies the bytes. */
static char *name_of(const struct incoming *in)
{
	const char *created = text_at(in->set, "created", NULL);
	char *name = xcalloc(1, strlen(created) + HASH_IN_NAME + 8), *to = name;

	for (; *created; created++)
		if (*created != '-' && *created != ':')
			*to++ = *created;
	sprintf(to, "-%.*s.json", HASH_IN_NAME, in->sha256);
	return name;
}

static json_t *origin_of_import(const struct importing *i, const struct incoming *in,
				const char *name)
{
	time_t now = time(NULL);
	AUTO_FREE char *from = NULL;
	char when[32];
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
	from = utf8_escape(i->a->from ? i->a->from : in->path);
	return json_pack("{s:s, s:s, s:I, s:s, s:s, s:s}", "file", name, "sha256", in->sha256,
			 "bytes", (json_int_t)in->n, "from", from, "imported", when, "by",
			 PVMMU_VERSION);
}

/* The file in the index that has the same bytes; NULL: none. The caller's. */
static char *twin_of(struct importing *i, const struct incoming *in)
{
	sqlite3_stmt *s = index_ask(&i->index,
				    "SELECT path FROM file WHERE sha256 = ? AND state = 'set' "
				    "ORDER BY path",
				    "t", in->sha256);
	char *path = index_row(&i->index, s) ? xstrdup(index_text(s, 0)) : NULL;

	index_done(s);
	return path;
}

static bool refresh(struct importing *i, char **error)
{
	struct refresh r;
	bool ok = index_refresh(&i->index, i->a->root, i->a->quiet, &r, error);

	refresh_free(&r);
	return ok;
}

/* Runs of a file that are in other files as well. */
static long long known_runs(struct importing *i, const char *path)
{
	sqlite3_stmt *s = index_ask(
		&i->index,
		"SELECT count(*) FROM run JOIN file ON file.id = run.file WHERE path = ? AND "
		"EXISTS (SELECT 1 FROM run AS other WHERE other.content = run.content AND "
		"other.file <> run.file)",
		"t", path);
	long long n = index_row(&i->index, s) ? index_integer(s, 0) : 0;

	index_done(s);
	return n;
}

static void report(struct importing *i, const struct incoming *in, const char *path)
{
	size_t runs = json_array_size(json_object_get(in->set, "runs"));
	long long known = known_runs(i, path);

	if (i->a->quiet)
		return;
	printf("%s: %zu runs, as %s/%s\n", in->path, runs, i->index.dir, path);
	if (known)
		printf("%lld of them are in other files as well; histories show them once\n",
		       known);
}

/* The note is written first: a set without one would look like our own. */
static bool put(struct importing *i, const struct incoming *in, char **error)
{
	AUTO_FREE char *dir = xasprintf("%s/" PLACE, i->index.dir);
	AUTO_FREE char *name = name_of(in), *path = xasprintf("%s/%s", dir, name);
	AUTO_FREE char *note = origin_name(path), *below = xasprintf(PLACE "/%s", name),
		       *text = NULL;
	json_auto_t *origin = origin_of_import(i, in, name);
	struct stat st;
	bool ok = true;

	text = json_text(origin, JSON_INDENT(1));
	replace_text(&text, "%s\n", text);
	/* The index does not follow links. */
	if (lstat(dir, &st) == 0 && S_ISLNK(st.st_mode))
		ok = fail(error, "%s is a symbolic link, which is not followed", dir);
	else if (!make_directory(dir, error))
		ok = false;
	else if (access(path, F_OK) == 0)
		ok = fail(error, "%s is there already and holds something else", path);
	ok = ok && write_atomically(note, text, strlen(text), error) &&
	     write_atomically(path, in->bytes, in->n, error) && refresh(i, error);
	if (ok)
		report(i, in, below);
	return ok;
}

/* false: complained about. */
static bool import_one(struct importing *i, const char *path)
{
	struct incoming in = {.path = path};
	AUTO_STRV struct strv errors = {0};
	AUTO_FREE char *error = NULL;
	char *twin;
	bool ok;

	/* A pipe cannot be read twice, so it is read completely first. */
	if (is_regular_file(path)) {
		in.set = resultset_load(path, i->schema, &errors);
		in.bytes = in.set ? read_whole_file(path, &in.n, &error) : NULL;
	} else if ((in.bytes = read_whole_file(path, &in.n, &error))) {
		in.set = resultset_parse(in.bytes, in.n, path, i->schema, &errors);
	}
	ok = in.bytes && in.set;
	if (ok) {
		hash_bytes(in.bytes, in.n, in.sha256);
		twin = twin_of(i, &in);
		if (!twin)
			ok = put(i, &in, &error);
		else if (!i->a->quiet)
			printf("%s: there already, as %s/%s\n", path, i->index.dir, twin);
		free(twin);
	}
	for (size_t k = 0; k < errors.n; k++)
		complain("%s", errors.v[k]);
	if (error)
		complain("%s", error);
	json_decref(in.set);
	free(in.bytes);
	return ok;
}

static int import(const struct asked *a)
{
	struct importing i = {.a = a};
	AUTO_FREE char *root = NULL, *dir = NULL, *error = NULL;
	bool ok = find_root(a->root, &root, &error);

	if (ok)
		dir = a->results ? xstrdup(a->results) : root_path(root, "results");
	ok = ok && make_directory(dir, &error);
	if (ok)
		i.schema = schema_load(root, &error);
	ok = i.schema && index_open(&i.index, dir, NULL, false, &error) && refresh(&i, &error);
	if (!ok)
		complain("%s", error);
	/* One that cannot be imported does not stop the others. */
	for (size_t k = 0; ok && k < a->files.n; k++)
		if (!import_one(&i, a->files.v[k]))
			error = error ? error : xstrdup("");
	ok = ok && !error;
	if (i.index.db)
		index_close(&i.index);
	schema_free(i.schema);
	return ok ? EXIT_FINE : EXIT_ERROR;
}

static int run(int argc, char **argv)
{
	struct asked a = {0};
	const struct option_spec specs[] = {
		OPT_TEXT("from", 0, &a.from, "TEXT",
			 "where it comes from, for the record (the path given)"),
		OPT_TEXT("results", 0, &a.results, "DIR", "where result sets are (results)"),
		OPT_FLAG("quiet", 'q', &a.quiet, "print nothing but errors"),
		OPT_ROOT(&a.root),
		OPT_END,
	};
	int code = options_read(&command_import, specs, argc, argv, &a.files);

	if (code < 0)
		code = a.files.n ? import(&a) : usage_error(&command_import, "no file given");
	strv_free(&a.files);
	return code;
}

const struct command command_import = {
	.name = "import",
	.usage = "import [OPTION]... FILE.json...",
	.summary = "put result sets of others beside one's own",
	.details =
		"Each file is checked and copied byte by byte to " PLACE
		"/DATE-HASH.json in the directory of\n"
		"results, with a note (.origin) on where it came from and when. A file that is there\n"
		"already is recognised by its bytes; no file is overwritten.\n",
	.run = run,
};
