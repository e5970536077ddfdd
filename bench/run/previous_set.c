// SPDX-License-Identifier: MIT
#include "previous_set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/file_write.h"
#include "lib/json.h"
#include "lib/text.h"
#include "resultset/identity.h"
#include "resultset/resultset_read.h"

/* The series that have samples, as the keys of an object; a new reference. */
static json_t *measured_series(const json_t *set)
{
	json_t *keys = json_object(), *run;
	size_t i;

	json_array_foreach (json_object_get(set, "runs"), i, run) {
		AUTO_FREE char *key = NULL;

		if (!json_array_size(json_object_get(run, "series")))
			continue;
		key = series_key(json_object_get(run, "identity"));
		json_object_set_new(keys, key, json_true());
	}
	return keys;
}

static size_t nr_missing(const json_t *old, const json_t *new)
{
	json_auto_t *there = measured_series(old), *here = measured_series(new);
	json_t *value;
	const char *key;
	size_t n = 0;

	json_object_foreach (there, key, value)
		n += json_object_get(here, key) == NULL;
	return n;
}

/* 20261130-182200: the date of a set, or of the file if it is no set. */
static void date_of(const json_t *set, const struct stat *st, char date[32])
{
	const char *created = text_at(set, "created", NULL);
	size_t n = 0;
	struct tm tm;

	for (; *created && n < 15; created++) {
		if (*created >= '0' && *created <= '9')
			date[n++] = *created;
		else if (*created == 'T')
			date[n++] = '-';
	}
	date[n] = 0;
	if (n == 15)
		return;
	gmtime_r(&st->st_mtime, &tm);
	strftime(date, 32, "%Y%m%d-%H%M%S", &tm);
}

/* Copies the file, for file systems without links. */
static bool copy_as(const char *path, const char *name, char **error)
{
	size_t n;
	AUTO_FREE char *bytes = read_whole_file(path, &n, error);
	bool ok = bytes && write_atomically(name, bytes, n, error);

	return ok;
}

static bool second_name(const char *path, const char *date, char **name, char **error)
{
	size_t n = strlen(path), tail = n > 5 && strcmp(path + n - 5, ".json") == 0 ? 5 : 0;

	for (unsigned i = 1;; i++) {
		AUTO_FREE char *number = i > 1 ? xasprintf("-%u", i) : xstrdup("");
		bool ok;

		replace_text(name, "%.*s-%s%s%s", (int)(n - tail), path, date, number,
			     path + n - tail);
		if (link(path, *name) == 0)
			return true;
		if (errno == EEXIST)
			continue;
		ok = access(*name, F_OK) < 0 && copy_as(path, *name, error);
		if (!ok)
			fail(error, "cannot keep %s as %s", path, *name);
		return ok;
	}
}

bool previous_set_keep(const char *path, const json_t *set, const struct schema *schema,
		       char **name, size_t *runs, char **error)
{
	struct strv errors = {0};
	json_auto_t *old = NULL;
	char date[32];
	struct stat st;
	bool ok = true;

	*name = NULL;
	*runs = 0;
	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode) || !st.st_size)
		return true;
	old = resultset_load(path, schema, &errors);
	if (old)
		*runs = nr_missing(old, set);
	if (!old || *runs) {
		date_of(old, &st, date);
		ok = second_name(path, date, name, error);
	}
	if (!ok) {
		free(*name);
		*name = NULL;
	}
	strv_free(&errors);
	return ok;
}
