/* SPDX-License-Identifier: MIT */
/*
 * What a program in the guest writes to its standard output and error, put
 * together again from the records it comes in. Lines of standard output that are
 * records of the program's own (abi/record.h) are measurements and go to the stream,
 * the rest is printed: at once, or kept to be printed when the run is over.
 */
#ifndef PVMMU_BENCH_MACHINE_PROGRAM_OUTPUT_H
#define PVMMU_BENCH_MACHINE_PROGRAM_OUTPUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Of each of the two, what a result keeps. */
#define OUTPUT_KEPT_MAX (64 * 1024)

struct output_part {
	char *bytes; /* kept: all, or up to OUTPUT_KEPT_MAX when it is printed at once */
	size_t n, room;
	size_t total; /* bytes there were */
};

struct output {
	bool live;		    /* print at once */
	struct output_part part[2]; /* standard output, standard error */
	char *line;		    /* a line of standard output that may be a record */
	size_t line_n;
	bool in_line;	/* of the line at hand something was printed: it is no record */
	bool unprinted; /* our own standard output or error cannot be written */
	/* Set by the engine: what the run ends with for whoever started us, see judge.h. */
	int exit_code;
	bool own_exit;
};

void output_free(struct output *o);

/* Takes a line that begins with the prefix of records. true: it is one, do not print it. */
typedef bool (*output_take)(void *arg, const char *line, size_t n);

/* n bytes more for descriptor fd, 1 or 2. */
void output_feed(struct output *o, int fd, const char *bytes, size_t n, output_take take,
		 void *arg);

/* No more will come: what was held back is printed or kept. */
void output_end(struct output *o);

/* Prints what was kept and not printed. */
void output_print(struct output *o);

/* An array of {"fd", "bytes", "text" or "base64", "cut"} for results, the caller's. */
json_t *output_json(const struct output *o);

#endif
