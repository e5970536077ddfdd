/* SPDX-License-Identifier: MIT */
/*
 * The machine underneath, as far as it could matter to a reader of the
 * numbers. What cannot be found out is absent. The host's name identifies
 * somebody's machine in a file meant to be shared, so it is only told on
 * request.
 */
#ifndef PVMMU_BENCH_RIGS_HOST_INFO_H
#define PVMMU_BENCH_RIGS_HOST_INFO_H

#include <jansson.h>
#include <stdbool.h>

/* The "observed" member of a result set, the caller's. */
json_t *host_info(bool with_host_name);

/* Processors this process may use, at least 1. */
unsigned usable_cpus(void);

/*
 * Nanoseconds of a tick of this processor's time-stamp counter, measured against the system's
 * clock in a twentieth of a second, once; 0 if it has none.
 */
double host_tick_ns(void);

#endif
