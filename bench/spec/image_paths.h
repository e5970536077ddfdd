/* SPDX-License-Identifier: MIT */
/* Where the build puts the files to boot. */
#ifndef PVMMU_BENCH_SPEC_IMAGE_PATHS_H
#define PVMMU_BENCH_SPEC_IMAGE_PATHS_H

#include "run_spec.h"

/* Xen's file, relative to the root; flavour as in struct run_spec. The caller's. */
char *xen_path(const char *flavour);

/* The guest kernel's file, relative to the root; the caller's. */
char *guest_path(const struct run_spec *spec);

/* The same with symbols, which the booted file does not have. */
char *guest_debug_path(const struct run_spec *spec);

/* The list of places where the guest may panic (machine/panic_site.h). */
char *panic_sites_path(const struct run_spec *spec);

/* The initial ramdisk, relative to the root; the caller's. */
char *initramfs_path(const struct run_spec *spec);

#endif
