/* SPDX-License-Identifier: MIT */
/*
 * Dates as result sets have them, in universal time: "2026-01-31T23:59:59Z", and days,
 * "2026-01-31". A date is one only if the calendar has it: no 30th of February, no hour 24, no
 * second 60. Since all have one length, they are in order of time when they are in that of their
 * bytes.
 */
#ifndef PVMMU_BENCH_LIB_DATES_H
#define PVMMU_BENCH_LIB_DATES_H

#include <stdbool.h>
#include <stddef.h>

/* Is that a day, or a day and time, that exists? The text needs no end. */
bool is_day(const char *text, size_t n);
bool is_time(const char *text, size_t n);

/* Seconds since 1970 of a time; false if it is none. */
bool time_seconds(const char *text, long long *seconds);

#endif
