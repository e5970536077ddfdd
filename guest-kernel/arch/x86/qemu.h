/* SPDX-License-Identifier: MIT */
/* Services of QEMU for a guest that may use I/O ports. See qemu.c. */
#ifndef ARCH_QEMU_H
#define ARCH_QEMU_H

#include "lib/types.h"

/* Implements platform_checkpoint(). */
void qemu_checkpoint(char *text, size_t room);

/* Bytes of the session archive that the checkpoint found, 0 if there is none. */
size_t qemu_archive_size(void);
/* Copies all of it. machine_address() returns the machine address of a byte of kernel memory. */
void qemu_archive_read(void *to, u64 (*machine_address)(const void *va));

/* The machine's CPUs. */
unsigned qemu_cpus(void);

#endif
