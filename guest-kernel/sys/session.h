/* SPDX-License-Identifier: MIT */
/*
 * A session is one run of the guest, from process 1 to its end. The host may bring files
 * for it, the session archive, in the format of the initial ramdisk. If .pvmmu/argv is one
 * of them, process 1 is a user's program:
 *
 *	.pvmmu/argv     its arguments, each terminated by NUL; the first is its path
 *	.pvmmu/environ  its environment, in the same form
 *	.pvmmu/stdin    its standard input
 */
#ifndef SYS_SESSION_H
#define SYS_SESSION_H

#include "lib/types.h"

/* Adds the files of the session archive, if any, to those of the initial ramdisk. */
void session_unpack(void);

/* Whether the session archive names a program. */
bool session_has_program(void);

/* The running process becomes that program; its output goes into records. */
void session_start_program(void) __noreturn;

/*
 * Process 1 could not become a program: tells the host, and ends with status 127, as a
 * shell does.
 */
void session_not_started(const char *path, long rc) __noreturn;

#endif
