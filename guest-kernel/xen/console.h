/* SPDX-License-Identifier: MIT */
#ifndef XEN_CONSOLE_H
#define XEN_CONSOLE_H

#include <stddef.h>

struct xencons_interface;

/* A domU's console page and event channel; domain 0 does not call this. */
void console_use_ring(void *page, unsigned port);

/* Waits until domain 0 has read everything, up to a deadline. */
void console_drain(void);

/* Appends as much of s[0..n) as fits to the output ring; returns the number of bytes. */
size_t console_ring_put(struct xencons_interface *r, const char *s, size_t n);

#endif
