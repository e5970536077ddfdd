// SPDX-License-Identifier: MIT
#include "snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/dirtree.h"
#include "lib/file_write.h"
#include "lib/interrupt.h"
#include "lib/sha256.h"
#include "lib/text.h"

/* The interval at which a lock of another process is tried again. */
#define LOCK_EVERY_MS 50
#define SAVE_SECONDS  20.0 /* of QEMU's life */

#define KEY_ROOM (2 * HASH_TEXT)

static bool lock(struct snapshot *s, int how, char **error)
{
	while (flock(s->lock, how | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return fail(error, "cannot lock %s: %s", s->dir, strerror(errno));
		if (cancel_wait(LOCK_EVERY_MS))
			return fail(error, "interrupted");
	}
	return true;
}

/* The hash of both files together. */
static bool hash_state(const struct snapshot *s, char out[HASH_TEXT], char **error)
{
	char state[HASH_TEXT], both[KEY_ROOM];

	if (!hash_file(s->state, state, error) || !hash_file(s->console, out, error))
		return false;
	snprintf(both, sizeof(both), "%s %s", state, out);
	hash_text(both, out);
	return true;
}

/* Notes that there is a state with this hash, and whether it was confirmed. */
static void take_hash(struct snapshot *s, const char hash[HASH_TEXT])
{
	AUTO_FREE char *path = xasprintf("%s/believed", s->dir), *of = NULL;
	size_t n;

	memcpy(s->hash, hash, sizeof(s->hash));
	of = read_whole_file(path, &n, NULL);
	s->believed = of && !strcmp(of, s->hash);
}

bool snapshot_believe(struct snapshot *s, const char *hash, char **error)
{
	AUTO_FREE char *path = xasprintf("%s/believed", s->dir);
	bool ok = !s->valid || strcmp(s->hash, hash) != 0 ||
		  write_plainly(path, hash, strlen(hash), error);

	return ok;
}

enum found { FOUND_NONE, FOUND_OTHER, FOUND_DAMAGED, FOUND_GOOD };

/* The key's file has two words: the key of the state, and the hash of its files. */
static enum found look_at_state(struct snapshot *s)
{
	AUTO_FREE char *path = xasprintf("%s/key", s->dir), *key = NULL;
	char *hash;
	char now[HASH_TEXT], *error = NULL;
	enum found found = FOUND_OTHER;
	size_t n;

	key = read_whole_file(path, &n, NULL);
	hash = key ? strchr(key, ' ') : NULL;
	if (!key)
		found = FOUND_NONE;
	else if (hash && !strncmp(key, s->key, (size_t)(hash - key)) && !s->key[hash - key])
		found = hash_state(s, now, &error) && !strcmp(hash + 1, now) ? FOUND_GOOD
									     : FOUND_DAMAGED;
	if (found == FOUND_GOOD)
		take_hash(s, now);
	free(error);
	return found;
}

bool snapshot_open(struct snapshot *s, const char *root, const char *slot, const char *key,
		   bool fresh, char **error)
{
	enum found found;

	AUTO_FREE char *base = xasprintf("%s/build/warm", root), *path = NULL;

	*s = (struct snapshot){.lock = -1};
	s->dir = xasprintf("%s/%s", base, slot);
	s->key = xstrdup(key);
	s->state = xasprintf("%s/state", s->dir);
	s->console = xasprintf("%s/console.log", s->dir);
	path = xasprintf("%s/lock", s->dir);
	if (make_directory(base, error) && make_directory(s->dir, error)) {
		s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
		if (s->lock < 0)
			fail(error, "cannot write %s: %s", path, strerror(errno));
	}
	if (s->lock < 0 || !lock(s, LOCK_SH, error))
		return false;
	s->valid = !fresh && look_at_state(s) == FOUND_GOOD;
	if (s->valid)
		return true;
	/* The lock is not upgraded in place: another process may make the state in between. */
	flock(s->lock, LOCK_UN);
	if (!lock(s, LOCK_EX, error))
		return false;
	found = fresh ? FOUND_NONE : look_at_state(s);
	s->valid = found == FOUND_GOOD;
	if (found == FOUND_DAMAGED)
		complain("%s: the kept state is not what was written there: thrown away, booting",
			 s->dir);
	if (found != FOUND_GOOD)
		snapshot_discard(s);
	else
		flock(s->lock, LOCK_SH);
	return true;
}

void snapshot_discard(struct snapshot *s)
{
	AUTO_FREE char *key = xasprintf("%s/key", s->dir);

	unlink(key);
	s->valid = false;
}

void snapshot_close(struct snapshot *s)
{
	if (s->lock >= 0)
		close(s->lock);
	free(s->dir);
	free(s->key);
	free(s->state);
	free(s->console);
}

/* QEMU reports a migration as completed a moment before the machine may go on. */
static bool may_go_on(struct qmp *q, char **error)
{
	json_auto_t *reply = NULL;
	const char *status;
	bool finishing;

	if (!qmp_execute(q, "query-status", NULL, &reply, error))
		return false;
	status = json_string_value(json_object_get(reply, "status"));
	finishing = status && !strcmp(status, "finish-migrate");
	return !finishing;
}

/* Makes QEMU write its state to the file, and waits for the end. */
static bool migrate(struct qmp *q, const char *path, char **error)
{
	AUTO_FREE char *file = shell_word(path), *uri = xasprintf("exec:exec cat > %s", file);
	bool ok = qmp_execute(q, "migrate", json_pack("{s:s}", "uri", uri), NULL, error);

	for (double end = qmp_lived(q) + SAVE_SECONDS; ok && qmp_lived(q) < end;) {
		json_auto_t *reply = NULL;
		const char *status;
		bool completed, failed;

		if (!qmp_execute(q, "query-migrate", NULL, &reply, error))
			return false;
		status = json_string_value(json_object_get(reply, "status"));
		completed = status && !strcmp(status, "completed");
		failed = status && (!strcmp(status, "failed") || !strcmp(status, "cancelled"));
		if (completed && may_go_on(q, error))
			return true;
		if (*error)
			return false;
		if (failed)
			return fail(error, "QEMU could not save the machine's state");
		if (cancel_wait(20))
			return fail(error, "interrupted");
	}
	return ok && fail(error, "saving the machine's state takes too long");
}

static bool write_synced(const char *path, const char *bytes, size_t n, char **error)
{
	return write_plainly(path, bytes, n, error) && sync_path(path, error);
}

static bool put_in_place(const char *from, const char *to, char **error)
{
	return rename(from, to) == 0 || fail(error, "cannot write %s: %s", to, strerror(errno));
}

/* The state is on disk before its key is. */
static bool write_key(struct snapshot *s, const char *path, const char *temporary, char **error)
{
	char hash[HASH_TEXT], *text;
	bool ok;

	if (!sync_path(s->dir, error) || !hash_state(s, hash, error))
		return false;
	take_hash(s, hash);
	text = xasprintf("%s %s", s->key, hash);
	ok = write_synced(temporary, text, strlen(text), error) &&
	     put_in_place(temporary, path, error) && sync_path(s->dir, error);
	free(text);
	return ok;
}

/* The key is written last and removed first: a state without a key is not used. */
bool snapshot_save(struct snapshot *s, struct qmp *q, const char *console_log, char **error)
{
	AUTO_FREE char *key = xasprintf("%s/key", s->dir), *temporary = xasprintf("%s/new", s->dir);
	AUTO_FREE char *said = NULL;
	size_t n;

	unlink(key);
	said = read_whole_file(console_log, &n, error);
	s->valid = said && migrate(q, temporary, error) && sync_path(temporary, error) &&
		   put_in_place(temporary, s->state, error) &&
		   write_synced(s->console, said, n, error) && write_key(s, key, temporary, error);
	unlink(temporary);
	flock(s->lock, LOCK_SH); /* others may use it or make it now */
	return s->valid;
}
