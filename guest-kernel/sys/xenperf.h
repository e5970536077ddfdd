/* SPDX-License-Identifier: MIT */
/*
 * Xen's counters about its own work during the measured intervals, with the option
 * `xenperf`. An interval begins and ends where the workload's harness reads our counters:
 * directly before the first timed iteration and directly after the last and, if iterations
 * are prepared, around each preparation too. So the first read of /dev/pvmmu begins an
 * interval, the second ends it, the third begins another. Xen's counters are read together
 * with ours, while no other CPU executes anything, so that both cover the same intervals.
 */
#ifndef SYS_XENPERF_H
#define SYS_XENPERF_H

/*
 * With the option: allocates memory. Call before the session's stock is taken; the memory
 * is never freed.
 */
void xenperf_init(void);

/*
 * Our counters are being read: calls read(arg) for that, and then begins or ends an
 * interval.
 */
void xenperf_edge(void (*read)(void *arg), void *arg);

/* Sends the sums over all intervals to the host, or the reason why there are none. */
void xenperf_report(void);

#endif
