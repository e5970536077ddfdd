/* SPDX-License-Identifier: MIT */
/*
 * What Xen counted of its own work while something was measured, with the option
 * `xenperf`. A measured stretch begins and ends where the workload's harness reads
 * our counters: right before the first timed iteration and right after the last,
 * and, where iterations are prepared, around each preparation too. So the first read
 * of /dev/pvmmu begins a stretch, the second ends it, the third begins another. Xen's
 * counters are read together with ours, while no other CPU executes anything, so
 * that both tell of the same stretches.
 */
#ifndef SYS_XENPERF_H
#define SYS_XENPERF_H

/*
 * With the option: makes room. Before the session's stock is taken; what it takes
 * stays taken.
 */
void xenperf_init(void);

/*
 * Our counters are being read: calls read(arg) for that, and then begins or ends a
 * stretch.
 */
void xenperf_edge(void (*read)(void *arg), void *arg);

/* Hands the sums over all stretches to the host, or the reason why there are none. */
void xenperf_report(void);

#endif
