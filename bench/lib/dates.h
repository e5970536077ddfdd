/* SPDX-License-Identifier: MIT */
/*
 * Dates as in result sets, in universal time: "2026-01-31T23:59:59Z", and days, "2026-01-31". Only
 * dates of the calendar are valid: no 30th of February, no hour 24, no second 60. All dates have
 * the same length, so the order of their bytes is the order of time.
 */
#ifndef PVMMU_BENCH_LIB_DATES_H
#define PVMMU_BENCH_LIB_DATES_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the n bytes are a day, or a day and time, that exists. No NUL is needed. */
bool is_day(const char *text, size_t n);
bool is_time(const char *text, size_t n);

/* Seconds since 1970 of a time; false if it is none. */
bool time_seconds(const char *text, long long *seconds);

/* The time now in a format of strftime(); the caller's. */
#define TIME_FORMAT "%Y-%m-%dT%H:%M:%SZ"
char *time_now(const char *format);

#endif
