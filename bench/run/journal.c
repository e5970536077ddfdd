// SPDX-License-Identifier: MIT
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/dates.h"
#include "lib/destination.h"
#include "lib/file_write.h"
#include "lib/json.h"
#include "lib/text.h"
#include "resultset/resultset_read.h"
#include "run_record.h"

#define JOURNAL_VERSION 1

/* A process that has the lock writes its first line soon after. */
#define LOCK_TRIES  20
#define LOCK_TRY_MS 10

/* ---- opening ---- */

/* The first line of the latest session in bytes; a new reference, NULL if there is none. */
static json_t *latest_head(const char *bytes)
{
	json_t *head = NULL;

	while (*bytes) {
		size_t n = strcspn(bytes, "\n");
		json_auto_t *line = json_loadb(bytes, n, JSON_REJECT_DUPLICATES, NULL);

		if (json_object_get(line, "journal")) {
			json_decref(head);
			head = json_incref(line);
		}
		bytes += n + (bytes[n] == '\n');
	}
	return head;
}

static bool refuse(const struct journal *j, const char *out, char **error)
{
	for (int look = 0; look < LOCK_TRIES; look++) {
		const struct timespec pause = {.tv_nsec = LOCK_TRY_MS * 1000000};
		size_t n;
		AUTO_FREE char *bytes = read_whole_file(j->path, &n, NULL);
		json_auto_t *head = bytes ? latest_head(bytes) : NULL;
		json_int_t process = json_integer_value(json_object_get(head, "process"));

		if (process)
			return fail(error,
				    "%s is being written by process %lld: wait for it, or choose "
				    "another --out",
				    out, (long long)process);
		nanosleep(&pause, NULL);
	}
	return fail(error,
		    "%s is being written by another process: wait for it, or choose another --out",
		    out);
}

/* The process that had the lock may have removed the file that we have opened. */
static bool is_still_there(const struct journal *j)
{
	struct stat mine, there;

	return fstat(j->fd, &mine) == 0 && stat(j->path, &there) == 0 &&
	       mine.st_ino == there.st_ino && mine.st_dev == there.st_dev;
}

static bool lock(struct journal *j, const char *out, char **error)
{
	for (;;) {
		j->fd = open(j->path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0666);
		if (j->fd < 0)
			return fail(error, "cannot write %s: %s", j->path, strerror(errno));
		/* Some file systems have no locks. Measure nevertheless. */
		if (flock(j->fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
			return refuse(j, out, error);
		if (is_still_there(j))
			return true;
		close(j->fd);
	}
}

static void read_line(struct journal *j, const char *line, size_t n)
{
	json_auto_t *o = json_loadb(line, n, JSON_REJECT_DUPLICATES, NULL);

	if (json_is_object(json_object_get(o, "run")) ||
	    json_is_object(json_object_get(o, "control"))) {
		json_array_append(j->lines, o);
	} else if (json_object_get(o, "journal")) {
		bool known = json_integer_value(json_object_get(o, "journal")) == JOURNAL_VERSION &&
			     json_integer_value(json_object_get(o, "schema_version")) ==
				     RESULTSET_VERSION;

		if (!known)
			fail(&j->foreign, "another version of pvmmu left it");
		replace_text(&j->kind, "%s", text_at(o, "kind", NULL));
		replace_text(&j->left_by, "process %lld, begun %s",
			     (long long)json_integer_value(json_object_get(o, "process")),
			     text_at(o, "created", NULL));
	} else if (n) {
		complain("%s: a line that is no entry is ignored", j->path);
	}
}

bool journal_open(struct journal *j, const char *out, char **error)
{
	const char *at, *end;

	*j = (struct journal){.fd = -1, .lines = json_array(), .lost = json_array()};
	pthread_mutex_init(&j->lock, NULL);
	j->path = xasprintf("%s.journal", out);
	if (!lock(j, out, error)) {
		if (j->fd >= 0)
			close(j->fd);
		j->fd = -1;
		return false;
	}
	j->bytes = read_whole_file(j->path, &j->n, error);
	if (!j->bytes)
		return false;
	for (at = j->bytes; (end = memchr(at, '\n', j->n - (size_t)(at - j->bytes))); at = end + 1)
		read_line(j, at, (size_t)(end - at));
	j->good = (size_t)(at - j->bytes);
	if (j->n && !j->kind)
		fail(&j->foreign, "it is no journal");
	return true;
}

size_t journal_runs_left(const struct journal *j)
{
	json_t *line;
	size_t n = 0, i;

	json_array_foreach (j->lines, i, line)
		n += json_object_get(line, "run") != NULL;
	return n;
}

/* ---- writing ---- */

/*
 * Writes a complete line or removes it again: half a line would also make the next one unreadable.
 */
static bool append(const struct journal *j, const json_t *line, char **error)
{
	AUTO_FREE char *text = json_text(line, JSON_COMPACT);
	off_t before = lseek(j->fd, 0, SEEK_END);
	bool ok;

	replace_text(&text, "%s\n", text);
	ok = write_all(j->fd, text, strlen(text)) && fdatasync(j->fd) == 0;
	if (!ok) {
		fail(error, "cannot write %s: %s", j->path, strerror(errno));
		if (ftruncate(j->fd, before) < 0)
			fail(error, "cannot cut %s", j->path);
	}
	return ok;
}

/* Copies the old content to an unused name. */
static bool keep_copy(const struct journal *j, char **kept, char **error)
{
	int fd = -1;
	bool ok;

	for (unsigned i = 1; fd < 0; i++) {
		replace_text(kept, "%s.%u", j->path, i);
		fd = open(*kept, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (fd < 0 && errno != EEXIST)
			return fail(error, "cannot write %s: %s", *kept, strerror(errno));
	}
	ok = write_all(fd, j->bytes, j->n) && fsync(fd) == 0;
	if (!ok) {
		fail(error, "cannot write %s: %s", *kept, strerror(errno));
		unlink(*kept);
	}
	close(fd);
	return ok;
}

static json_t *head_of(const char *kind, const char *command)
{
	AUTO_FREE char *created = time_now(TIME_FORMAT);

	return json_pack("{s:i, s:i, s:s, s:I, s:s, s:s}", "journal", JOURNAL_VERSION,
			 "schema_version", RESULTSET_VERSION, "kind", kind, "process",
			 (json_int_t)getpid(), "created", created, "command", command);
}

bool journal_begin(struct journal *j, bool fresh, const char *kind, const char *command,
		   char **kept, char **error)
{
	json_auto_t *head = NULL;
	bool ok;

	*kept = NULL;
	/* A file that is no journal of ours is kept as well. */
	if (fresh && (journal_runs_left(j) || j->foreign) && !keep_copy(j, kept, error))
		return false;
	if (fresh)
		json_array_clear(j->lines);
	else if (j->good < j->n)
		complain("%s: its last line is torn: its run is measured again", j->path);
	if (ftruncate(j->fd, fresh ? 0 : (off_t)j->good) < 0)
		return fail(error, "cannot write %s: %s", j->path, strerror(errno));
	head = head_of(kind, command);
	ok = append(j, head, error);
	if (ok)
		sync_directory(j->path);
	return ok;
}

static void add(struct journal *j, json_t *line)
{
	AUTO_FREE char *error = NULL;

	pthread_mutex_lock(&j->lock);
	if (append(j, line, &error))
		j->added++;
	else
		json_array_append(j->lost, line);
	/* Keep the first reason. Other threads may be reading it. */
	if (error && !j->broken) {
		complain("%s: no further run is started", error);
		j->broken = error;
		error = NULL;
	}
	pthread_mutex_unlock(&j->lock);
	json_decref(line);
}

void journal_add_run(struct journal *j, const json_t *run, const char *pass)
{
	json_t *line = json_pack("{s:O}", "run", run);

	if (pass)
		json_object_set_new(line, "pass", json_string(pass));
	add(j, line);
}

void journal_add_control(struct journal *j, const json_t *control)
{
	add(j, json_pack("{s:O}", "control", control));
}

const char *journal_broken(struct journal *j)
{
	const char *broken;

	pthread_mutex_lock(&j->lock);
	broken = j->broken;
	pthread_mutex_unlock(&j->lock);
	return broken;
}

void journal_close(struct journal *j, bool done)
{
	if (!j->path)
		return;
	/* The lock is still held, so no other process uses the file. */
	if (j->fd >= 0 &&
	    (done || (!j->added && !json_array_size(j->lines) && !j->foreign && j->good == j->n)))
		unlink(j->path);
	if (j->fd >= 0)
		close(j->fd);
	j->fd = -1;
	pthread_mutex_destroy(&j->lock);
	json_decref(j->lines);
	json_decref(j->lost);
	free(j->path);
	free(j->bytes);
	free(j->kind);
	free(j->left_by);
	free(j->foreign);
	free(j->broken);
	j->path = NULL;
}

/* ---- what is there ---- */

json_t *journal_runs(const struct journal *j, const struct schema *schema, const char *pass)
{
	json_t *all = json_array(), *line;
	size_t i;

	json_array_foreach (j->lines, i, line) {
		json_t *run = json_object_get(line, "run");
		AUTO_FREE char *error = NULL;

		if (!run || strcmp(text_at(line, "pass", NULL), pass ? pass : "") != 0)
			continue;
		/* Each run is checked alone, because ids may occur several times. */
		if (entry_is_valid(schema, run, &error))
			json_array_append(all, run);
		else
			complain("%s: an invalid run is ignored: %s", j->path, error);
	}
	return all;
}

json_t *journal_controls(const struct journal *j)
{
	json_t *all = json_array(), *line;
	size_t i;

	json_array_foreach (j->lines, i, line)
		if (json_object_get(line, "control"))
			json_array_append(all, json_object_get(line, "control"));
	return all;
}
