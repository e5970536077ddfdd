/* SPDX-License-Identifier: MIT */
/* What QEMU offers to a guest that may use I/O ports. See qemu.c. */
#ifndef ARCH_QEMU_H
#define ARCH_QEMU_H

#include "lib/types.h"

/* What platform_checkpoint() promises. */
void qemu_checkpoint(char *text, size_t room);

/* Bytes of the session archive that the checkpoint has found, 0 if there is none. */
size_t qemu_archive_size(void);
/* Copies all of it. The machine address is that of a byte of the kernel's memory. */
void qemu_archive_read(void *to, u64 (*machine_address)(const void *va));

/* The machine's CPUs. */
unsigned qemu_cpus(void);

#endif
