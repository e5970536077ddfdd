/* SPDX-License-Identifier: MIT */
/*
 * The console of one boot, read as it grows: records (abi/record.h) are taken
 * apart and collected, everything else is looked at for Xen's banner, what it
 * has put in force (xen_log.h) and signs that Xen or the guest has died. What
 * processes print comes within records of the kernel's, and is text in which only
 * their own records mean anything.
 *
 * Nothing is guessed. The first thing that does not fit the protocol (a torn
 * line, a gap in a sequence, a record of the wrong shape, samples out of
 * order) is kept in `problem`, and a run with a problem is an error.
 */
#ifndef PVMMU_BENCH_MACHINE_CONSOLE_H
#define PVMMU_BENCH_MACHINE_CONSOLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/record.h"
#include "xen_log.h"

/* Lines of console kept to explain a failure. */
#define STREAM_TAIL 24

struct output;

/* A line as far as it has come. */
struct console_line {
	char *text;
	size_t n, room;
	bool cut; /* it was longer than any line may be */
};

struct console {
	/* Takes what a program prints to its standard output and error; NULL: a workload runs.
	 * Borrowed. */
	struct output *output;
	/* The records as they came, without "t"; NULL until seen. */
	json_t *boot, *workload, *done, *conserved, *unstarted, *panic, *exit;
	/* {name: {"unit", "better", "reps", "values"[]}}, in order of appearance. */
	json_t *series;
	/* {"group.name": n}; NULL until a counters record was seen. */
	json_t *counters;
	json_int_t counted_iterations;
	json_t *audits;	   /* array: the guest's examinations of itself, without "t" */
	json_t *warnings;  /* array of strings */
	json_t *collected; /* {collector: its records, without "t" and "by"} */

	char *banner;	    /* Xen's first line, without "(XEN) " */
	struct xen_log xen; /* what Xen said before the guest's first record */
	char *fatal;	    /* what Xen says of the machine's loss, without "(XEN) " */
	char *problem;	    /* the first violation of the protocol, with its line number */
	size_t torn;	    /* lines with the prefix that did not check out */
	size_t lines;

	/* Newest last; NULL where there was none yet. What processes print is marked as that. */
	char *tail[STREAM_TAIL];

	uint64_t next_seq[2]; /* kernel, workload */
	unsigned fatal_more;  /* lines that may still belong to fatal */
	struct console_line console;
	struct console_line printed[3]; /* by enum output_to */
};

void console_init(struct console *s);
void console_free(struct console *s);

/* More bytes of console, cut anywhere. */
void console_feed(struct console *s, const char *bytes, size_t n);

/* More bytes of what processes print to fd (enum output_to), for a machine without a console. */
void console_printed(struct console *s, unsigned fd, const char *bytes, size_t n);

/* No more bytes will come: a last line without a newline counts as a line. */
void console_end(struct console *s);

/* The machine is lost: by a panic record or a fatal console line. */
bool console_is_fatal(const struct console *s);

/* The deliberate bug the image says it was built with, "" if none. Borrowed. */
const char *console_mutant(const struct console *s);

/* The kept last lines, oldest first, as a new array of strings. */
json_t *console_tail(const struct console *s);

#endif
