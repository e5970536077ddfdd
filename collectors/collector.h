/* SPDX-License-Identifier: MIT */
/*
 * A collector observes a workload from outside, with a tool that is already there,
 * and says what it saw in the form that results keep. What it cannot see is missing,
 * with the reason; never zero.
 */
#ifndef PVMMU_COLLECTOR_H
#define PVMMU_COLLECTOR_H

#include <jansson.h>

struct collector {
	const char *name, *summary;
	/*
	 * Finds out what there is to see on this machine: what the others are given, the
	 * caller's. NULL with *why (malloc'ed): nothing, and the reason.
	 */
	json_t *(*probe)(char **why);
	/*
	 * The words that, put before a command, have it observed and what was seen written
	 * to `file`. Ended by NULL; the array and the words are the caller's.
	 */
	char **(*start)(const json_t *probed, const char *file);
	/* What the file says, the caller's. NULL with *why if it makes no sense. */
	json_t *(*stop)(const json_t *probed, const char *file, char **why);
};

extern const struct collector collector_perf;

#endif
