/* SPDX-License-Identifier: MIT */
/*
 * Standard output and error of a program in the guest, assembled from the kernel's records. Lines
 * of standard output that are records of the program itself (abi/record.h) are measurements and go
 * to the console's reader. All other output is printed: at once, or kept until the run is over.
 */
#ifndef PVMMU_BENCH_MACHINE_PROGRAM_OUTPUT_H
#define PVMMU_BENCH_MACHINE_PROGRAM_OUTPUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* The part of each stream that a result keeps. */
#define OUTPUT_KEPT_MAX (64 * 1024)

struct output_part {
	char *bytes; /* kept: all, or up to OUTPUT_KEPT_MAX if it is printed at once */
	size_t n, room;
	size_t total; /* all bytes */
};

struct output {
	bool live;		    /* print at once */
	struct output_part part[2]; /* standard output, standard error */
	char *line;		    /* a line of standard output that may be a record */
	size_t line_n;
	bool in_line;	/* a part of the current line was printed: it is no record */
	bool unprinted; /* our own standard output or error cannot be written */
	/* Set by the session: the exit code of the run, see judge.h. */
	int exit_code;
	bool own_exit;
};

void output_free(struct output *o);

/*
 * Takes a line that begins with the prefix of records. Returns true if it is one and must not be
 * printed.
 */
typedef bool (*output_take)(void *arg, const char *line, size_t n);

/* n bytes more for descriptor fd, 1 or 2. */
void output_feed(struct output *o, int fd, const char *bytes, size_t n, output_take take,
		 void *arg);

/* The end of the output: a line that was held back is printed or kept. */
void output_end(struct output *o);

/* Prints the output that was kept and not printed. */
void output_print(struct output *o);

/* An array of {"fd", "bytes", "text" or "base64", "cut"} for results, the caller's. */
json_t *output_json(const struct output *o);

#endif
