/* SPDX-License-Identifier: MIT */
/*
 * One line of `perf stat -j`, which is nearly JSON: a line an event, its count in
 * quotes. The members differ from version to version: 5.19 runs two numbers
 * together, under some locales numbers have a decimal comma that makes the line no
 * JSON, later ones add members and lines that have a metric only. So members are
 * looked up in the text, and what is not asked for may look as it likes.
 */
#ifndef PVMMU_COLLECTORS_PERF_H
#define PVMMU_COLLECTORS_PERF_H

#include <stdbool.h>

struct perf_count {
	char event[80]; /* as perf names it: ":u" behind it if the kernel's part was not counted */
	char unit[16];
	char missing[40]; /* why there is no count, "not supported"; empty if there is one */
	double value;
	double running; /* share of the time in which it was counted; below 1 perf has scaled it */
};

/* false: the line is not about an event. */
bool perf_parse_line(const char *line, struct perf_count *c);

#endif
