/* SPDX-License-Identifier: MIT */
/*
 * Inside the harness: main.c runs the workload, measure.c takes the times, calibrate.c
 * finds the number of iterations of a sample, memory.c and process.c provide memory and
 * children, args.c reads the parameters, emit.c writes records. The programs use no stdio:
 * fork copies all that a process maps, so the measured processes stay small.
 */
#ifndef PVMMU_HARNESS_H
#define PVMMU_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../abi/counters.h"
#include "../workload.h"
#include "text.h"

#define EXIT_FAILED   1	 /* the workload failed; the done record says why */
#define EXIT_NOWRITE  2	 /* a record could not be written */
#define EXIT_SKIPPED  3	 /* this kernel lacks the measured feature; the done record names it */
#define EXIT_BADUSAGE 64 /* invalid arguments */

#define PAGE_BYTES 4096u
#define MIB	   (1024u * 1024u)

/* Not our guest kernel: then memory must be requested in small pages. */
extern bool on_linux;

/* Whether workload_fail() or workload_skip() was called. */
bool workload_failed(void);

/* Sets workload_reps(). */
void set_reps(uint64_t n);

/* Maps the mb MiB and writes to them. 0, or -1 after workload_fail(). */
int map_touched(void);

/* ---- measure.c ---- */

/* Data that the timed part writes; in a shared mapping, see workload.h. */
struct board {
	struct pvmmu_counters before, after, prepare_from, prepare_to;
	uint64_t samples[];
};

/* Times of an empty body, in ticks. */
struct overhead {
	uint64_t least, largest, readings;
};

extern bool clock_is_tsc;

/* A board with room for n samples; NULL after workload_fail(). */
struct board *map_board(uint64_t n);

/* From then on measure() reads the kernel's counters. Returns 0, or the errno if there are none. */
int counters_open(void);

/*
 * warm_up() runs the warm-up iterations; measure() takes n samples of reps iterations
 * each. Both return 0, or -1 after workload_fail().
 */
int warm_up(void);
int measure(struct board *board, uint64_t n, uint64_t reps);

void measure_overhead(struct overhead *o);

/* Ticks of 1000 nops. */
uint64_t measure_nops(void);

/* ---- calibrate.c ---- */

/*
 * As calibrate= says: changes workload_reps() if necessary. too_short: it could not be
 * made large enough. Returns 0, or -1 after workload_fail().
 */
int calibrate(bool *too_short);

/* ---- memory.c ---- */

/* Anonymous pages, MAP_PRIVATE or MAP_SHARED; `at` as for workload_map(). NULL after
 * workload_fail(what). */
void *map_pages(void *at, size_t bytes, int sharing, const char *what);

/* ---- args.c ---- */

/* Walks the common parameters, then the workload's own. NULL past the end. */
const struct workload_param *param_at(size_t i);

/* Values in param_at() order. */
uint64_t param_value_at(size_t i);

/*
 * Reads the arguments. Returns false after it has printed usage to stderr; then *why, in
 * static storage, describes the error in one line.
 */
bool args_read(int argc, char **argv, const char **why);

/* --describe: the workload as one JSON object and a newline. --help: the same for people. */
bool args_describe(void);
bool args_help(int fd);

/* -- emit.c: the records (abi/record.h). Each ends the program with status EXIT_NOWRITE if it
 * cannot be written ---- */

/*
 * nop1000: ticks of 1000 nops, 0 if the clock does not count instructions. overhead: NULL
 * if the run did not get that far.
 */
void emit_workload(const char *clock, uint64_t nop1000, const struct overhead *overhead);
/* n samples of reps iterations each. */
void emit_samples(const uint64_t *values, uint64_t n, uint64_t reps);
/* Deltas after - before, each of PVMMU_NR_COUNTERS values. */
void emit_counters(const uint64_t *before, const uint64_t *after, uint64_t iterations);
void emit_warning(const char *text);
void emit_done(const char *status, const char *reason);

#endif
