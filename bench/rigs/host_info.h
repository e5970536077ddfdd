/* SPDX-License-Identifier: MIT */
/*
 * The machine underneath, as far as a reader of the numbers may care. Unknown facts are absent. The
 * host's name would identify a user's machine in a file meant to be shared, so it is included only
 * on request.
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
 * The length in ns of a tick of this processor's time-stamp counter, measured once against the
 * system's clock in a twentieth of a second; 0 if there is no such counter.
 */
double host_tick_ns(void);

#endif
