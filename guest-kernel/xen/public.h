/* SPDX-License-Identifier: MIT */
/*
 * Xen's public interface (package libxen-dev). Its headers need the standard integer
 * types, and the version of the interface that this code is written for.
 */
#ifndef XEN_PUBLIC_H
#define XEN_PUBLIC_H

/* A file that uses toolstack operations defines this, and gets the version of the headers. */
#ifndef __XEN_TOOLS__
#define __XEN_INTERFACE_VERSION__ 0x00040d00
#endif

#ifdef __ASSEMBLER__
#define __ASSEMBLY__ /* Xen's headers test this */
#else
#include <stdint.h>
#endif

#ifdef PVMMU_HOSTED
extern unsigned long *hosted_m2p; /* the unit tests' fake hypervisor has no fixed addresses */
#define machine_to_phys_mapping hosted_m2p
#endif

#include <xen/xen.h>

#endif
