/* SPDX-License-Identifier: MIT */
/*
 * A session is one life of the guest, from process 1 to its end. The host may
 * bring along files for it, the session archive, in the format of the initial
 * ramdisk. If .pvmmu/argv is among them, process 1 is a program of the user's:
 *
 *	.pvmmu/argv     its arguments, each with a NUL behind it; the first is its path
 *	.pvmmu/environ  its environment, likewise
 *	.pvmmu/stdin    what it reads from descriptor 0
 */
#ifndef SYS_SESSION_H
#define SYS_SESSION_H

#include "lib/types.h"

/* Adds the archive's files, if there is one, to those of the initial ramdisk. */
void session_unpack(void);

/* Whether the files name a program. */
bool session_has_program(void);

/* The running process becomes that program; its output goes into records. */
void session_start_program(void) __noreturn;

/* Process 1 could not become a program: tells the host, and ends with status 127, as a shell does.
 */
void session_not_started(const char *path, long rc) __noreturn;

#endif
