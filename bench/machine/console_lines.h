/* SPDX-License-Identifier: MIT */
/* What console_lines.c, which finds records, and console.c, which reads them, have of each other.
 */
#ifndef PVMMU_BENCH_MACHINE_CONSOLE_LINES_H
#define PVMMU_BENCH_MACHINE_CONSOLE_LINES_H

#include "console.h"
#include "lib/text.h"

/* Takes a record that has checked out and stands where its source may write. */
void console_record(struct console *s, const struct record_view *view);

/* Keeps the first thing that does not fit the protocol, with the line's number. */
void console_problem(struct console *s, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
