/* SPDX-License-Identifier: MIT */
/* See arch/x86/tls.h: the base of the segment FS. */
#ifndef ARCH_64_TLS_H
#define ARCH_64_TLS_H

typedef unsigned long tls_t;
#define TLS_NONE 0

#define tls_same(a, b) ((a) == (b))

#endif
