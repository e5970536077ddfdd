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

/* How often a lock held by somebody else is tried again. */
#define LOCK_EVERY_MS 50
#define SAVE_SECONDS  20.0 /* of QEMU's life */

#define KEY_ROOM (2 * HASH_TEXT)

static bool lock(struct snapshot *w, int how, char **error)
{
	while (flock(w->lock, how | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return fail(error, "cannot lock %s: %s", w->dir, strerror(errno));
		if (cancel_wait(LOCK_EVERY_MS))
			return fail(error, "interrupted");
	}
	return true;
}

/* Of both files, as one. */
static bool hash_state(const struct snapshot *w, char out[HASH_TEXT], char **error)
{
	char state[HASH_TEXT], both[KEY_ROOM];

	if (!hash_file(w->state, state, error) || !hash_file(w->console, out, error))
		return false;
	snprintf(both, sizeof(both), "%s %s", state, out);
	hash_text(both, out);
	return true;
}

/* A state of this hash is there. Was it confirmed? */
static void take_hash(struct snapshot *w, const char hash[HASH_TEXT])
{
	AUTO_FREE char *path = xasprintf("%s/believed", w->dir), *of = NULL;
	size_t n;

	memcpy(w->hash, hash, sizeof(w->hash));
	of = read_whole_file(path, &n, NULL);
	w->believed = of && !strcmp(of, w->hash);
}

bool snapshot_believe(struct snapshot *w, const char *hash, char **error)
{
	AUTO_FREE char *path = xasprintf("%s/believed", w->dir);
	bool ok = !w->valid || strcmp(w->hash, hash) != 0 ||
		  write_plainly(path, hash, strlen(hash), error);

	return ok;
}

enum found { FOUND_NONE, FOUND_OTHER, FOUND_DAMAGED, FOUND_GOOD };

/* The key's file has two words: what the state is of, and the hash of what was written. */
static enum found look_at_state(struct snapshot *w)
{
	AUTO_FREE char *path = xasprintf("%s/key", w->dir), *key = NULL;
	char *hash;
	char now[HASH_TEXT], *error = NULL;
	enum found found = FOUND_OTHER;
	size_t n;

	key = read_whole_file(path, &n, NULL);
	hash = key ? strchr(key, ' ') : NULL;
	if (!key)
		found = FOUND_NONE;
	else if (hash && !strncmp(key, w->key, (size_t)(hash - key)) && !w->key[hash - key])
		found = hash_state(w, now, &error) && !strcmp(hash + 1, now) ? FOUND_GOOD
									     : FOUND_DAMAGED;
	if (found == FOUND_GOOD)
		take_hash(w, now);
	free(error);
	return found;
}

bool snapshot_open(struct snapshot *w, const char *root, const char *slot, const char *key,
		   bool fresh, char **error)
{
	enum found found;

	AUTO_FREE char *base = xasprintf("%s/build/warm", root), *path = NULL;

	*w = (struct snapshot){.lock = -1};
	w->dir = xasprintf("%s/%s", base, slot);
	w->key = xstrdup(key);
	w->state = xasprintf("%s/state", w->dir);
	w->console = xasprintf("%s/console.log", w->dir);
	path = xasprintf("%s/lock", w->dir);
	if (make_directory(base, error) && make_directory(w->dir, error)) {
		w->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
		if (w->lock < 0)
			fail(error, "cannot write %s: %s", path, strerror(errno));
	}
	if (w->lock < 0 || !lock(w, LOCK_SH, error))
		return false;
	w->valid = !fresh && look_at_state(w) == FOUND_GOOD;
	if (w->valid)
		return true;
	/* Not an upgrade: somebody may make it between the two. */
	flock(w->lock, LOCK_UN);
	if (!lock(w, LOCK_EX, error))
		return false;
	found = fresh ? FOUND_NONE : look_at_state(w);
	w->valid = found == FOUND_GOOD;
	if (found == FOUND_DAMAGED)
		complain("%s: the kept state is not what was written there: thrown away, booting",
			 w->dir);
	if (found != FOUND_GOOD)
		snapshot_discard(w);
	else
		flock(w->lock, LOCK_SH);
	return true;
}

void snapshot_discard(struct snapshot *w)
{
	AUTO_FREE char *key = xasprintf("%s/key", w->dir);

	unlink(key);
	w->valid = false;
}

void snapshot_close(struct snapshot *w)
{
	if (w->lock >= 0)
		close(w->lock);
	free(w->dir);
	free(w->key);
	free(w->state);
	free(w->console);
}

/* A migration is called completed a moment before the machine may go on. */
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

/* Has QEMU write its state to the file; done when this returns. */
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

/* All that it speaks for is on disk before the key is. */
static bool write_key(struct snapshot *w, const char *path, const char *temporary, char **error)
{
	char hash[HASH_TEXT], *text;
	bool ok;

	if (!sync_path(w->dir, error) || !hash_state(w, hash, error))
		return false;
	take_hash(w, hash);
	text = xasprintf("%s %s", w->key, hash);
	ok = write_synced(temporary, text, strlen(text), error) &&
	     put_in_place(temporary, path, error) && sync_path(w->dir, error);
	free(text);
	return ok;
}

/*
 * The key is the last to be written and the first to go: a state without one is
 * nobody's.
 */
bool snapshot_save(struct snapshot *w, struct qmp *q, const char *console_log, char **error)
{
	AUTO_FREE char *key = xasprintf("%s/key", w->dir), *temporary = xasprintf("%s/new", w->dir);
	AUTO_FREE char *said = NULL;
	size_t n;

	unlink(key);
	said = read_whole_file(console_log, &n, error);
	w->valid = said && migrate(q, temporary, error) && sync_path(temporary, error) &&
		   put_in_place(temporary, w->state, error) &&
		   write_synced(w->console, said, n, error) && write_key(w, key, temporary, error);
	unlink(temporary);
	flock(w->lock, LOCK_SH); /* others may go on, with it or to make it */
	return w->valid;
}
