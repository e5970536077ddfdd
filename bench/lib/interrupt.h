/* SPDX-License-Identifier: MIT */
/*
 * Ctrl-C, SIGTERM and SIGHUP, as a state that every waiting thread can see:
 * the first signal asks all of them to stop, clean up and report.
 */
#ifndef PVMMU_BENCH_LIB_INTERRUPT_H
#define PVMMU_BENCH_LIB_INTERRUPT_H

#include <stdbool.h>

/* Takes the signals over. */
void cancel_setup(void);

/* A signal has arrived. */
bool cancelled(void);

/* Sleeps that many milliseconds, less if a signal arrives. Returns cancelled(). */
bool cancel_wait(int milliseconds);

/* Polls readable once a signal has arrived, for those that wait for something else as well. */
int cancel_fd(void);

#endif
