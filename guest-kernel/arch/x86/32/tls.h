/* SPDX-License-Identifier: MIT */
/* See arch/x86/tls.h: segments of the CPU's table, by their descriptors. */
#ifndef ARCH_32_TLS_H
#define ARCH_32_TLS_H

#define TLS_SEGMENTS 3

typedef struct {
	u64 segment[TLS_SEGMENTS];
} tls_t;
#define TLS_NONE ((tls_t){{0}})

static inline bool tls_same(tls_t a, tls_t b)
{
	return a.segment[0] == b.segment[0] && a.segment[1] == b.segment[1] &&
	       a.segment[2] == b.segment[2];
}

#endif
