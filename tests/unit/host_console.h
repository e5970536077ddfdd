/* SPDX-License-Identifier: MIT */
/* Consoles of tests: records as each source frames them, fed to the reader as that source may write
 * them. */
#ifndef PVMMU_TESTS_UNIT_HOST_CONSOLE_H
#define PVMMU_TESTS_UNIT_HOST_CONSOLE_H

#include <stdio.h>
#include <string.h>

#include "abi/record.h"
#include "machine/console.h"
#include "machine/program_output.h"

static inline size_t frame(char *out, char src, uint64_t seq, const char *json)
{
	return record_frame(out, src, seq, json, strlen(json));
}

static inline void feed_text(struct console *s, const char *text)
{
	console_feed(s, text, strlen(text));
}

/* The kernel writes lines of the console; a process writes within the kernel's records. */
static inline void feed(struct console *s, char src, uint64_t seq, const char *json)
{
	char line[RECORD_LINE_MAX];
	size_t n = frame(line, src, seq, json);

	if (src == 'k')
		console_feed(s, line, n);
	else
		console_printed(s, OUTPUT_CONSOLE, line, n);
}

/* The kernel's record of what a process prints, as the guest frames it. */
static inline size_t frame_output(char *out, uint64_t seq, int fd, const char *text, size_t n)
{
	char json[RECORD_JSON_MAX];
	size_t used = (size_t)sprintf(json, "{\"t\":\"output\",\"fd\":%d,\"data\":\"", fd);

	for (size_t i = 0; i < n; i++)
		used += (size_t)sprintf(json + used, "\\u%04x", (unsigned char)text[i]);
	used += (size_t)sprintf(json + used, "\"}");
	return record_frame(out, 'k', seq, json, used);
}

#endif
