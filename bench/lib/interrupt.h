/* SPDX-License-Identifier: MIT */
/*
 * Ctrl-C, SIGTERM and SIGHUP, as a state that every waiting thread can see: the first signal asks
 * all threads to stop, clean up and report.
 */
#ifndef PVMMU_BENCH_LIB_INTERRUPT_H
#define PVMMU_BENCH_LIB_INTERRUPT_H

#include <stdbool.h>

/* Installs the handlers. */
void cancel_setup(void);

/* A signal has arrived. */
bool cancelled(void);

/* Sleeps that many milliseconds, less if a signal arrives. Returns cancelled(). */
bool cancel_wait(int milliseconds);

/* A descriptor that is readable once a signal has arrived, to poll beside others. */
int cancel_fd(void);

#endif
