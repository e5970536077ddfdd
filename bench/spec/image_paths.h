/* SPDX-License-Identifier: MIT */
/* Where the build puts the files to boot. */
#ifndef PVMMU_BENCH_SPEC_IMAGE_PATHS_H
#define PVMMU_BENCH_SPEC_IMAGE_PATHS_H

#include <stdbool.h>

#include "run_spec.h"

/*
 * "32" for an env of 32 bits, else (NULL as well) "". It ends the names of what is built for both
 * widths.
 */
const char *env_width(const char *env);
bool env_is_xen(const char *env);
/* True for envs that differ only in width: xen64 and xen32, or native64 and native32. */
bool env_same_kind(const char *a, const char *b);

/*
 * The flavour of Xen that an env needs, if none is asked for; NULL: Debian's. Debian's boots no
 * 32-bit guests, so xen32 has a build of the same source that does and differs in nothing else.
 */
const char *env_flavour(const char *env, const char *asked);
/* Is it a build for tests, whose numbers mean nothing beside others? */
bool flavour_is_for_tests(const char *flavour);

/* The directory with the programs that run in an env's guests, from the root; the caller's. */
char *programs_path(const char *env);

/* Xen's file, relative to the root; flavour as in struct run_spec. The caller's. */
char *xen_path(const char *flavour);

/* The guest kernel's file, relative to the root; the caller's. */
char *guest_path(const struct run_spec *spec);

/* The command that builds it and the programs that run in it; the caller's. */
char *guest_command(const struct run_spec *spec);

/* The same with symbols, which the booted file does not have. */
char *guest_debug_path(const struct run_spec *spec);

/* The list of places where the guest may panic (machine/panic_site.h). */
char *panic_sites_path(const struct run_spec *spec);

/* The initial ramdisk, relative to the root; the caller's. */
char *initramfs_path(const struct run_spec *spec);

#endif
