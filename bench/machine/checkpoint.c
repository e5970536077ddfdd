// SPDX-License-Identifier: MIT
#include "checkpoint.h"

#include <stdlib.h>
#include <string.h>

#include "lib/dirtree.h"
#include "lib/interrupt.h"
#include "lib/text.h"

/* QEMU's events for the guest's signals (guest-kernel/arch/x86/qemu.c). */
#define ARRIVED "GUEST_PANICKED"
#define LEFT	"GUEST_CRASHLOADED"
/* Marks a halted vCPU in QEMU's dump of registers. */
/* The number of looks is limited, since a machine that has ended takes no more time. */
#define PUT_OFF_LOOKS 20000
#define ASLEEP	      "HLT=1"

bool checkpoint_open(struct checkpoint *c, enum start start, struct snapshot *snapshot,
		     unsigned vcpus, char **error)
{
	*c = (struct checkpoint){.start = start, .snapshot = snapshot, .vcpus = vcpus};
	qmp_init(&c->qmp);
	/* The path of a socket must be short; the project's root need not be. */
	c->dir = temporary_directory_in("/tmp", "pvmmu", error);
	c->socket = c->dir ? xasprintf("%s/qmp", c->dir) : NULL;
	return c->dir;
}

void checkpoint_close(struct checkpoint *c)
{
	qmp_close(&c->qmp);
	if (c->dir)
		directory_remove(c->dir, NULL);
	free(c->socket);
	free(c->dir);
	free(c->error);
}

/* Whether a loaded machine is complete and waits for `cont`. */
static bool loaded(struct checkpoint *c)
{
	const char *status;
	json_auto_t *reply = NULL;
	bool loading;

	if (!qmp_execute(&c->qmp, "query-status", NULL, &reply, &c->error))
		return false;
	status = json_string_value(json_object_get(reply, "status"));
	loading = status && !strcmp(status, "inmigrate");
	return !loading;
}

static void look_at_snapshot(struct checkpoint *c)
{
	if (!c->going) {
		if (!loaded(c) || !qmp_execute(&c->qmp, "cont", NULL, NULL, &c->error))
			return;
		c->going = true;
	}
	c->left = c->done = qmp_event(&c->qmp, LEFT);
}

/* Whether all vCPUs of a stopped machine sleep but the first, which is in the loop. */
static bool others_sleep(struct checkpoint *c)
{
	json_t *reply = NULL;
	unsigned asleep = 0;

	if (c->vcpus == 1)
		return true;
	if (!qmp_execute(&c->qmp, "human-monitor-command",
			 json_pack("{s:s}", "command-line", "info registers -a"), &reply,
			 &c->error))
		return false;
	for (const char *at = json_string_value(reply); at && (at = strstr(at, ASLEEP)); at++)
		asleep++;
	json_decref(reply);
	if (asleep + 1 != c->vcpus)
		fail(&c->error,
		     "%u of %u vCPUs slept where the machine was stopped, not all but "
		     "one: no state is kept of it",
		     asleep, c->vcpus);
	return asleep + 1 == c->vcpus;
}

/*
 * For tests; see checkpoint.h. QEMU's processor time counts, because on a busy host little of the
 * loop is executed per second of wall time.
 */
static void put_off(struct checkpoint *c)
{
	const char *ms = getenv("PVMMU_STOP_AFTER_MS");
	double until;

	own_time_look(&c->qmp.time);
	until = c->qmp.time.processor + (ms ? atoi(ms) : 0) / 1000.0;
	for (int looks = 0; c->qmp.time.processor < until && looks < PUT_OFF_LOOKS; looks++) {
		if (cancel_wait(1))
			return;
		own_time_look(&c->qmp.time);
	}
}

static bool too_late(struct checkpoint *c)
{
	if (!qmp_event(&c->qmp, LEFT))
		return false;
	fail(&c->error,
	     "the guest has left its checkpoint before it could be stopped, this host is "
	     "very busy: no state is kept of it");
	return true;
}

/* If a machine cannot be stopped, it runs on. */
static void look_saving(struct checkpoint *c, const char *console_log)
{
	AUTO_FREE char *error = NULL;

	if (!qmp_event(&c->qmp, ARRIVED))
		return;
	c->done = true;
	put_off(c);
	if (too_late(c) || !qmp_execute(&c->qmp, "stop", NULL, NULL, &c->error))
		return;
	c->stopped = true;
	if (!too_late(c) && others_sleep(c))
		snapshot_save(c->snapshot, &c->qmp, console_log, &c->error);
	if (!qmp_execute(&c->qmp, "quit", NULL, NULL, &error))
		fail(&c->error, "%s", error);
}

enum boot_look checkpoint_look(struct checkpoint *c, const char *console_log)
{
	bool snapshot = c->start == START_SNAPSHOT;

	if (!c->done && (c->qmp.fd >= 0 || qmp_connect(&c->qmp, c->socket, &c->error))) {
		if (snapshot)
			look_at_snapshot(c);
		else
			look_saving(c, console_log);
	}
	if (c->error)
		c->done = true;
	if (!snapshot || c->left)
		return BOOT_READ;
	return c->error ? BOOT_GIVE_UP : BOOT_WAIT;
}
