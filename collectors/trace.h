/* SPDX-License-Identifier: MIT */
/*
 * xentrace's output: records of 32-bit words. The first word has the event in its lower 28 bits,
 * the number of data words in the next three, and in the highest bit whether a 64-bit time stamp
 * precedes the data. Records are in order for each CPU; each stretch of a CPU begins with a record
 * of xentrace that names it. A switch of domains is an event.
 */
#ifndef PVMMU_COLLECTORS_TRACE_H
#define PVMMU_COLLECTORS_TRACE_H

#include <jansson.h>
#include <stddef.h>

/*
 * Counts for the domain: hypercalls by name, those within multicalls, page faults and other traps,
 * emulated writes to page tables; and hypercalls and page faults in each of `bins` equal stretches
 * of time. The caller's. NULL with *error: no trace, or no event of that domain.
 */
json_t *trace_counts(const void *bytes, size_t n, unsigned domain, unsigned bins, char **error);

#endif
