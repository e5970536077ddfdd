/* SPDX-License-Identifier: MIT */
/*
 * The file from which `xl create` makes a domain: lines of KEY = VALUE in a syntax like
 * Python's, in which a text stands between quotes and a backslash is only a backslash.
 */
#ifndef PVMMU_BENCH_RIGS_XL_CONFIG_H
#define PVMMU_BENCH_RIGS_XL_CONFIG_H

#include <stdbool.h>

/* All borrowed. */
struct xl_config {
	const char *name;
	const char *kernel, *ramdisk; /* absolute paths */
	const char *command_line;
	const char *cpus; /* physical ones that its vCPUs may use, as xl writes them; or NULL */
	const char *pool; /* cpupool, or NULL for the default one */
	unsigned memory_mib, vcpus;
};

/* The file's text, the caller's. NULL with *error: a text that cannot be written in it. */
char *xl_config_text(const struct xl_config *c, char **error);

#endif
