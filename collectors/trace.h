/* SPDX-License-Identifier: MIT */
/*
 * What xentrace writes: records of 32-bit words. The first has the event in its lower 28 bits, how
 * many words of data follow in the next three, and in the highest whether a time stamp of 64 bits
 * comes before them. Records are in order for each CPU, whose stretches begin with a record of
 * xentrace's own that names it. Which domain a CPU runs is told when it switches.
 */
#ifndef PVMMU_COLLECTORS_TRACE_H
#define PVMMU_COLLECTORS_TRACE_H

#include <jansson.h>
#include <stddef.h>

/*
 * What the domain did: counts of hypercalls by name, those within multicalls, page faults and other
 * traps, emulated writes to page tables; and how many of them in each of at most `bins` equal
 * stretches of time. The caller's. NULL with *error (malloc'ed): no trace, or none of that domain.
 */
json_t *trace_counts(const void *bytes, size_t n, unsigned domain, unsigned bins, char **error);

#endif
