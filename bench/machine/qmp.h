/* SPDX-License-Identifier: MIT */
/*
 * QEMU's control channel: JSON objects, one a line, over a socket. Ours is used
 * for three commands and one event, so replies are waited for in place.
 */
#ifndef PVMMU_BENCH_MACHINE_QMP_H
#define PVMMU_BENCH_MACHINE_QMP_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/own_time.h"

struct qmp {
	int fd;		      /* -1: not connected */
	struct own_time time; /* QEMU's, as it answers */
	char *buf;
	size_t used, size;
	json_t *events; /* array of names that have come and nobody has asked for */
};

void qmp_init(struct qmp *q);
void qmp_close(struct qmp *q);

/*
 * Connects to the socket at path, which QEMU makes when it starts. false without
 * *error: not there yet, try again; false with *error: it does not speak QMP.
 */
bool qmp_connect(struct qmp *q, const char *path, char **error);

/* Executes a command; arguments are taken over and may be NULL. *reply is the caller's; may be
 * NULL. */
bool qmp_execute(struct qmp *q, const char *command, json_t *arguments, json_t **reply,
		 char **error);

/* Seconds that QEMU has lived since it was connected to: for limits that load does not reach. */
double qmp_lived(struct qmp *q);

/* Without waiting: has an event of that name come since it was last asked for? */
bool qmp_event(struct qmp *q, const char *name);

#endif
