/* SPDX-License-Identifier: MIT */
/*
 * One line of `perf stat -j`, which is nearly JSON: one line per event, with its count in quotes.
 * The members differ between versions: 5.19 runs two numbers together, some locales have a decimal
 * comma that breaks the JSON, later versions add members and lines with only a metric. So members
 * are looked up in the text, and unknown ones are ignored.
 */
#ifndef PVMMU_COLLECTORS_PERF_H
#define PVMMU_COLLECTORS_PERF_H

#include <stdbool.h>
#include <stddef.h>

struct perf_count {
	/* As perf names it: ":u" behind it if the kernel's part was not counted; "cpu_core/NAME/"
	 * and "cpu_atom/NAME/", a line each, where a processor has two kinds of cores. */
	char event[80];
	char unit[16];
	char missing[40]; /* why there is no count, "not supported"; empty if there is one */
	double value;
	/*
	 * Share of the time in which it was counted. Below 1 perf has scaled the value up, which is
	 * an estimate.
	 */
	double running;
};

/* false: the line is not about an event. */
bool perf_parse_line(const char *line, struct perf_count *c);

/*
 * The name of the event as given to perf: without the kind of core and ":u". `to` has the same
 * size.
 */
void perf_event_asked(const struct perf_count *c, char *to);

/*
 * The line of perf's output that says why it refuses, printable, and what helps if that is known.
 * Never empty.
 */
void perf_refusal(const char *text, char *to, size_t room);

#endif
