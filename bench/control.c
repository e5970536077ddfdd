// SPDX-License-Identifier: MIT
#include "control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "subprocess.h"
#include "text.h"

bool control_open(struct control *c, enum start start, struct warm *warm, char **why)
{
	/* A socket's name must be short, which the project's root need not be. */
	char template[] = "/tmp/pvmmu-XXXXXX";

	*c = (struct control){.start = start, .warm = warm};
	qmp_init(&c->qmp);
	if (!mkdtemp(template))
		return fail(why, "cannot make a directory in /tmp: %s", strerror(errno));
	c->dir = xstrdup(template);
	c->socket = xasprintf("%s/qmp", c->dir);
	return true;
}

void control_close(struct control *c)
{
	qmp_close(&c->qmp);
	if (c->socket)
		unlink(c->socket);
	if (c->dir)
		rmdir(c->dir);
	free(c->socket);
	free(c->dir);
	free(c->why);
}

/* Is a loaded machine complete, and waits to be set going? */
static bool loaded(struct control *c)
{
	const char *status;
	json_t *reply = NULL;
	bool loading;

	if (!qmp_execute(&c->qmp, "query-status", NULL, &reply, &c->why))
		return false;
	status = json_string_value(json_object_get(reply, "status"));
	loading = status && !strcmp(status, "inmigrate");
	json_decref(reply);
	return !loading;
}

static void look_warm(struct control *c)
{
	if (!c->loaded) {
		if (!loaded(c))
			return;
		c->loaded = monotonic_seconds();
	}
	if (monotonic_seconds() - c->loaded < c->settle)
		return;
	qmp_execute(&c->qmp, "cont", NULL, NULL, &c->why);
	c->done = true;
}

/* A machine that cannot be stopped runs on. */
static void look_saving(struct control *c, const char *console_log)
{
	char *why = NULL;

	if (!qmp_event(&c->qmp, "GUEST_PANICKED"))
		return;
	c->done = true;
	if (!qmp_execute(&c->qmp, "stop", NULL, NULL, &c->why))
		return;
	c->stopped = true;
	warm_save(c->warm, &c->qmp, console_log, &c->why);
	if (!qmp_execute(&c->qmp, "quit", NULL, NULL, &why))
		fail(&c->why, "%s", why);
	free(why);
}

void control_look(struct control *c, const char *console_log)
{
	if (c->done)
		return;
	if (c->qmp.fd >= 0 || qmp_connect(&c->qmp, c->socket, &c->why)) {
		if (c->start == START_WARM)
			look_warm(c);
		else
			look_saving(c, console_log);
	}
	if (c->why)
		c->done = true;
}
