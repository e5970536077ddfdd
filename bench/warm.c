// SPDX-License-Identifier: MIT
#include "warm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../abi/record.h"
#include "atomic.h"
#include "cancel.h"
#include "text.h"

/* How often a lock held by somebody else is tried again. */
#define LOCK_EVERY_MS 50
#define SAVE_SECONDS  20.0 /* of QEMU's life */

static bool make_directory(const char *path, char **why)
{
	if (mkdir(path, 0777) < 0 && errno != EEXIST)
		return fail(why, "cannot make %s: %s", path, strerror(errno));
	return true;
}

static bool lock(struct warm *w, int how, char **why)
{
	while (flock(w->lock, how | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return fail(why, "cannot lock %s: %s", w->dir, strerror(errno));
		if (cancel_wait(LOCK_EVERY_MS))
			return fail(why, "interrupted");
	}
	return true;
}

/* Is the state that is there made of the same things? */
static bool state_matches(const struct warm *w)
{
	char *path = xasprintf("%s/key", w->dir), *key;
	size_t n;
	bool same;

	key = read_whole_file(path, &n, NULL);
	same = key && !strcmp(key, w->key) && access(w->state, R_OK) == 0 &&
	       access(w->console, R_OK) == 0;
	free(key);
	free(path);
	return same;
}

bool warm_open(struct warm *w, const char *root, const char *slot, const char *key, char **why)
{
	char *base = xasprintf("%s/build/warm", root), *path;

	*w = (struct warm){.lock = -1};
	w->dir = xasprintf("%s/%s", base, slot);
	w->key = xstrdup(key);
	w->state = xasprintf("%s/state", w->dir);
	w->console = xasprintf("%s/console.log", w->dir);
	path = xasprintf("%s/lock", w->dir);
	if (make_directory(base, why) && make_directory(w->dir, why)) {
		w->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
		if (w->lock < 0)
			fail(why, "cannot write %s: %s", path, strerror(errno));
	}
	free(path);
	free(base);
	if (w->lock < 0 || !lock(w, LOCK_SH, why))
		return false;
	if (!state_matches(w)) {
		/* Not an upgrade: somebody may make it between the two. */
		flock(w->lock, LOCK_UN);
		if (!lock(w, LOCK_EX, why))
			return false;
	}
	w->valid = state_matches(w);
	if (w->valid) {
		flock(w->lock, LOCK_SH);
		return true;
	}
	return true;
}

void warm_discard(struct warm *w)
{
	char *key = xasprintf("%s/key", w->dir);

	unlink(key);
	free(key);
	w->valid = false;
}

void warm_close(struct warm *w)
{
	if (w->lock >= 0)
		close(w->lock);
	free(w->dir);
	free(w->key);
	free(w->state);
	free(w->console);
}

/* A migration is called completed a moment before the machine may go on. */
static bool may_go_on(struct qmp *q, char **why)
{
	json_t *reply = NULL;
	const char *status;
	bool finishing;

	if (!qmp_execute(q, "query-status", NULL, &reply, why))
		return false;
	status = json_string_value(json_object_get(reply, "status"));
	finishing = status && !strcmp(status, "finish-migrate");
	json_decref(reply);
	return !finishing;
}

/* Has QEMU write its state to the file; done when this returns. */
static bool migrate(struct qmp *q, const char *path, char **why)
{
	char *file = shell_word(path), *uri = xasprintf("exec:exec cat > %s", file);
	bool ok = qmp_execute(q, "migrate", json_pack("{s:s}", "uri", uri), NULL, why);

	free(file);
	free(uri);
	for (double end = qmp_lived(q) + SAVE_SECONDS; ok && qmp_lived(q) < end;) {
		json_t *reply = NULL;
		const char *status;
		bool completed, failed;

		if (!qmp_execute(q, "query-migrate", NULL, &reply, why))
			return false;
		status = json_string_value(json_object_get(reply, "status"));
		completed = status && !strcmp(status, "completed");
		failed = status && (!strcmp(status, "failed") || !strcmp(status, "cancelled"));
		json_decref(reply);
		if (completed && may_go_on(q, why))
			return true;
		if (*why)
			return false;
		if (failed)
			return fail(why, "QEMU could not save the machine's state");
		if (cancel_wait(20))
			return fail(why, "interrupted");
	}
	return ok && fail(why, "saving the machine's state takes too long");
}

/*
 * The key is the last to be written and the first to go: a state without one is
 * nobody's.
 */
bool warm_save(struct warm *w, struct qmp *q, const char *console_log, char **why)
{
	char *key = xasprintf("%s/key", w->dir), *temporary = xasprintf("%s/state.new", w->dir);
	char *said;
	size_t n;

	unlink(key);
	said = read_whole_file(console_log, &n, why);
	if (said && strstr(said, RECORD_PREFIX))
		fail(why, "the machine was stopped too late; this host is very busy");
	else if (said && migrate(q, temporary, why) && write_plainly(w->console, said, n, why)) {
		if (rename(temporary, w->state) < 0)
			fail(why, "cannot write %s: %s", w->state, strerror(errno));
		else
			w->valid = write_plainly(key, w->key, strlen(w->key), why);
	}
	unlink(temporary);
	free(said);
	free(key);
	free(temporary);
	flock(w->lock, LOCK_SH); /* others may go on, with it or to make it */
	return w->valid;
}
