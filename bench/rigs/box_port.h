/* SPDX-License-Identifier: MIT */
/*
 * What the box says over the port of its own (mk/box-init): frames of a line
 *
 *	pvmmu-box KIND NUMBER LENGTH SHA256
 *
 * and LENGTH bytes. Files come back whole or not at all: what the checksum does not fit is
 * a problem, and nothing behind it is believed.
 */
#ifndef PVMMU_BENCH_RIGS_BOX_PORT_H
#define PVMMU_BENCH_RIGS_BOX_PORT_H

#include <stdbool.h>
#include <stddef.h>

struct box_frame {
	char kind[16];
	unsigned number;
	const char *bytes; /* borrowed until more is fed; a NUL is behind them */
	size_t n;
};

/* Start with a zeroed one. */
struct box_port {
	char *bytes;
	size_t n, at;
	char *problem; /* the first thing that was wrong, or NULL */
	char held;     /* the byte that a frame's NUL stands for */
	bool holding;
};

void box_port_free(struct box_port *p);

/* More bytes, cut anywhere. */
void box_port_feed(struct box_port *p, const char *bytes, size_t n);

/* The next whole frame. false: there is none yet, or there is a problem. */
bool box_port_next(struct box_port *p, struct box_frame *f);

#endif
