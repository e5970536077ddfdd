/* SPDX-License-Identifier: MIT */
/* What QEMU offers to a guest that may use I/O ports. See qemu.c. */
#ifndef ARCH_QEMU_H
#define ARCH_QEMU_H

#include "lib/types.h"

/* What platform_checkpoint() promises. */
void qemu_checkpoint(char *text, size_t room);

/* The machine's CPUs. */
unsigned qemu_cpus(void);

#endif
