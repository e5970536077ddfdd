/* SPDX-License-Identifier: MIT */
/*
 * QEMU's control channel (QMP): JSON objects, one per line, over a socket. It is used for a few
 * commands and events, so each reply is waited for in place.
 */
#ifndef PVMMU_BENCH_MACHINE_QMP_H
#define PVMMU_BENCH_MACHINE_QMP_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/own_time.h"

struct qmp {
	int fd;		      /* -1: not connected */
	struct own_time time; /* of QEMU */
	char *buf;
	size_t used, size;
	json_t *events; /* array of names of events that were not asked for yet */
};

void qmp_init(struct qmp *q);
void qmp_close(struct qmp *q);

/*
 * Connects to the socket at path, which QEMU makes when it starts. false without *error: not there
 * yet, try again; false with *error: it does not speak QMP.
 */
bool qmp_connect(struct qmp *q, const char *path, char **error);

/* Executes a command; arguments are taken over and may be NULL. *reply is the caller's; may be
 * NULL. */
bool qmp_execute(struct qmp *q, const char *command, json_t *arguments, json_t **reply,
		 char **error);

/*
 * QEMU's life in seconds since the connection (own_time.h), for limits that a busy host does not
 * reach.
 */
double qmp_lived(struct qmp *q);

/* Without waiting: has an event of that name come since it was last asked for? */
bool qmp_event(struct qmp *q, const char *name);

#endif
