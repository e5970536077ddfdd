/* SPDX-License-Identifier: MIT */
/*
 * The console of one boot, read as it grows. Records (abi/record.h) are parsed and collected. Other
 * lines are searched for Xen's banner, its settings (xen_log.h) and signs that Xen or the guest has
 * died. Output of processes comes within records of the kernel and is text in which only the
 * processes' own records have a meaning.
 *
 * There is no guessing. The first violation of the protocol (a torn line, a gap in a sequence, a
 * record of the wrong shape, samples out of order) is kept in `problem`, and a run with a problem
 * is an error.
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
#define CONSOLE_TAIL 24

struct output;

/* The part of a line that has arrived. */
struct console_line {
	char *text;
	size_t n, room;
	bool cut; /* it exceeds the maximum length */
};

struct console {
	/* Receives a program's standard output and error; NULL if a workload runs. Borrowed. */
	struct output *output;
	/* The records as received, without "t"; NULL until seen. */
	json_t *boot, *workload, *done, *conserved, *unstarted, *panic, *exit;
	/* {name: {"unit", "better", "reps", "values"[]}}, in order of appearance. */
	json_t *series;
	/* {"group.name": n}; NULL until a counters record was seen. */
	json_t *counters;
	json_int_t counted_iterations;
	json_t *audits;	   /* array: the guest's audits of itself, without "t" */
	json_t *warnings;  /* array of strings */
	json_t *collected; /* {collector: its records, without "t" and "by"} */

	char *banner;	    /* Xen's first line, without "(XEN) " */
	struct xen_log xen; /* Xen's messages before the guest's first record */
	char *fatal;	    /* Xen's message about the loss of the machine, without "(XEN) " */
	char *problem;	    /* the first violation of the protocol, with its line number */
	size_t torn;	    /* records with a bad checksum */
	size_t lines;

	/* Newest last; NULL where there was none yet. Output of processes is marked. */
	char *tail[CONSOLE_TAIL];

	uint64_t next_seq[2]; /* kernel, workload */
	unsigned fatal_more;  /* lines that may still belong to fatal */
	struct console_line line;
	struct console_line printed[3]; /* by enum output_to */
};

void console_init(struct console *s);
void console_free(struct console *s);

/* More bytes of console, cut anywhere. */
void console_feed(struct console *s, const char *bytes, size_t n);

/* More output of processes to fd (enum output_to), for a machine without a console. */
void console_printed(struct console *s, unsigned fd, const char *bytes, size_t n);

/* The end of the console: a last line without a newline counts as a line. */
void console_end(struct console *s);

/* The machine is lost: by a panic record or a fatal console line. */
bool console_is_fatal(const struct console *s);

/* The deliberate bug that the image reports, "" if none. Borrowed. */
const char *console_mutant(const struct console *s);

/* The kept last lines, oldest first, as a new array of strings. */
json_t *console_tail(const struct console *s);

#endif
