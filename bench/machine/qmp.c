// SPDX-License-Identifier: MIT
#include "qmp.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/interrupt.h"
#include "lib/text.h"

/* QEMU answers within milliseconds of its own time; saving a state takes a fraction of a second. */
#define ANSWER_SECONDS 20.0
#define LOOK_EVERY_MS  10
#define LINE_MAX_BYTES (1u << 20)

void qmp_init(struct qmp *q)
{
	*q = (struct qmp){.fd = -1, .events = json_array()};
}

void qmp_close(struct qmp *q)
{
	if (q->fd >= 0)
		close(q->fd);
	q->fd = -1;
	free(q->buf);
	q->buf = NULL;
	json_decref(q->events);
	q->events = NULL;
}

/* Reads available bytes. false: the channel is closed. */
static bool fill(struct qmp *q, int wait_ms)
{
	struct pollfd p = {.fd = q->fd, .events = POLLIN};
	ssize_t n;

	if (poll(&p, 1, wait_ms) <= 0)
		return true;
	if (q->size - q->used < 4096) {
		q->size = q->size * 2 + 8192;
		q->buf = xrealloc(q->buf, q->size);
	}
	n = recv(q->fd, q->buf + q->used, q->size - q->used, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n <= 0 || q->used > LINE_MAX_BYTES)
		return false;
	q->used += (size_t)n;
	return true;
}

/* The next complete line as JSON, or NULL if there is none yet. */
static json_t *next_message(struct qmp *q)
{
	char *newline = q->used ? memchr(q->buf, '\n', q->used) : NULL;
	size_t n = newline ? (size_t)(newline - q->buf) : 0;
	json_t *message;

	if (!newline)
		return NULL;
	message = json_loadb(q->buf, n, 0, NULL);
	q->used -= n + 1;
	memmove(q->buf, newline + 1, q->used);
	return message ? message : json_object();
}

static void note_event(struct qmp *q, const json_t *message)
{
	json_t *name = json_object_get(message, "event");

	if (json_is_string(name))
		json_array_append(q->events, name);
}

/* Waits for a message with one of two members; events on the way are noted. */
static json_t *wait_for(struct qmp *q, const char *member, const char *other, char **error)
{
	for (double end = qmp_lived(q) + ANSWER_SECONDS; qmp_lived(q) < end;) {
		json_t *m;

		while ((m = next_message(q))) {
			if (json_object_get(m, member) || json_object_get(m, other))
				return m;
			note_event(q, m);
			json_decref(m);
		}
		if (!fill(q, LOOK_EVERY_MS)) {
			fail(error, "QEMU closed its control channel");
			return NULL;
		}
		if (cancelled()) {
			fail(error, "interrupted");
			return NULL;
		}
	}
	fail(error, "QEMU does not answer on its control channel");
	return NULL;
}

bool qmp_execute(struct qmp *q, const char *command, json_t *arguments, json_t **reply,
		 char **error)
{
	json_auto_t *request = json_pack("{s:s}", "execute", command), *m = NULL;
	const char *failure;
	AUTO_FREE char *text = NULL;
	size_t n;
	bool ok;

	if (arguments)
		json_object_set_new(request, "arguments", arguments);
	text = json_dumps(request, JSON_COMPACT);
	n = strlen(text);
	text[n] = '\n'; /* in the terminator's place */
	ok = send(q->fd, text, n + 1, MSG_NOSIGNAL) == (ssize_t)(n + 1);
	if (!ok)
		return fail(error, "QEMU's control channel: %s", strerror(errno));
	m = wait_for(q, "return", "error", error);
	if (!m)
		return false;
	failure = json_string_value(json_object_get(json_object_get(m, "error"), "desc"));
	ok = !json_object_get(m, "error");
	if (!ok)
		fail(error, "QEMU refused %s: %s", command, failure ? failure : "no reason given");
	else if (reply)
		*reply = json_incref(json_object_get(m, "return"));
	return ok;
}

double qmp_lived(struct qmp *q)
{
	own_time_look(&q->time);
	return q->time.lived;
}

bool qmp_connect(struct qmp *q, const char *path, char **error)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	struct ucred peer;
	socklen_t n = sizeof(peer);
	json_auto_t *greeting = NULL;

	if (strlen(path) >= sizeof(a.sun_path))
		return fail(error, "the path of a socket is too long: %s", path);
	strcpy(a.sun_path, path);
	q->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (q->fd < 0)
		return fail(error, "no socket: %s", strerror(errno));
	if (connect(q->fd, (struct sockaddr *)&a, sizeof(a)) < 0) {
		close(q->fd);
		q->fd = -1;
		return false;
	}
	/* The process that listens is QEMU itself. */
	if (getsockopt(q->fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) == 0)
		own_time_start(&q->time, peer.pid);
	greeting = wait_for(q, "QMP", "QMP", error);
	if (!greeting)
		return false;
	return qmp_execute(q, "qmp_capabilities", NULL, NULL, error);
}

bool qmp_event(struct qmp *q, const char *name)
{
	json_t *m, *event;
	size_t i;

	fill(q, 0);
	while ((m = next_message(q))) {
		note_event(q, m);
		json_decref(m);
	}
	json_array_foreach (q->events, i, event) {
		if (!strcmp(json_string_value(event), name)) {
			json_array_remove(q->events, i);
			return true;
		}
	}
	return false;
}
