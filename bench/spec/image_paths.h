/* SPDX-License-Identifier: MIT */
/* Where the build puts what is booted. */
#ifndef PVMMU_BENCH_SPEC_IMAGE_PATHS_H
#define PVMMU_BENCH_SPEC_IMAGE_PATHS_H

#include "run_spec.h"

/* The file with Xen, from the root; flavour as in struct run_spec. The caller's. */
char *xen_path(const char *flavour);

/* The file with the guest kernel, from the root; the caller's. */
char *guest_path(const struct run_spec *spec);

/* The same with symbols; what boots has none. */
char *guest_debug_path(const struct run_spec *spec);

/* The list of what stands where it may panic (machine/panic_site.h). */
char *panic_sites_path(const struct run_spec *spec);

/* The file with the programs that run in it, from the root; the caller's. */
char *initramfs_path(const struct run_spec *spec);

#endif
