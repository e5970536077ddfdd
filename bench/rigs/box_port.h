/* SPDX-License-Identifier: MIT */
/*
 * The box's messages on its own port (mk/box-init): frames of a line
 *
 *	pvmmu-box KIND NUMBER LENGTH SHA256
 *
 * and LENGTH bytes. Files arrive complete or not at all: a wrong checksum is a problem, and the
 * bytes behind it are ignored.
 */
#ifndef PVMMU_BENCH_RIGS_BOX_PORT_H
#define PVMMU_BENCH_RIGS_BOX_PORT_H

#include <stdbool.h>
#include <stddef.h>

struct box_frame {
	char kind[16];
	unsigned number;
	const char *bytes; /* borrowed until more is fed; with a NUL behind */
	size_t n;
};

/* Start with a zeroed one. */
struct box_port {
	char *bytes;
	size_t n, at;
	char *problem; /* the first error, or NULL */
	char held;     /* the byte that a frame's NUL stands for */
	bool holding;
};

void box_port_free(struct box_port *p);

/* More bytes, cut anywhere. */
void box_port_feed(struct box_port *p, const char *bytes, size_t n);

/* The next complete frame. false: there is none yet, or there is a problem. */
bool box_port_next(struct box_port *p, struct box_frame *f);

#endif
