/* SPDX-License-Identifier: MIT */
/*
 * Inside the harness: main.c runs the workload, measure.c takes its times, calibrate.c finds out
 * how many iterations a sample should have, memory.c and process.c have memory and children for it,
 * args.c knows its parameters, emit.c writes records. The programs use no stdio: what a process
 * maps is what its fork copies, so the measured processes stay small.
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
#define EXIT_SKIPPED  3	 /* this kernel does not have what is measured; done says what */
#define EXIT_BADUSAGE 64 /* arguments */

#define PAGE_BYTES 4096u
#define MIB	   (1024u * 1024u)

/* Not our guest kernel: then memory has to be asked for small pages. */
extern bool on_linux;

/* Whether workload_fail() or workload_skip() was called. */
bool workload_failed(void);

/* Sets workload_reps(). */
void set_reps(uint64_t n);

/* Maps the mb MiB and writes to them. 0, or -1 after workload_fail(). */
int map_touched(void);

/* ---- measure.c ---- */

/* What the timed part writes; mapped shared, see workload.h. */
struct board {
	struct pvmmu_counters before, after, prepare_from, prepare_to;
	uint64_t samples[];
};

/* What timing an empty body gives, in ticks. */
struct overhead {
	uint64_t least, largest, readings;
};

extern bool clock_is_tsc;

/* A board with room for n samples; NULL after workload_fail(). */
struct board *map_board(uint64_t n);

/* From then on measure() reads the kernel's counters. 0, or the errno why there are none. */
int counters_open(void);

/* warmup iterations. 0, or -1 after workload_fail(); so does measure(), n samples of reps
 * iterations each. */
int warm_up(void);
int measure(struct board *board, uint64_t n, uint64_t reps);

void measure_overhead(struct overhead *o);

/* Ticks of 1000 nops. */
uint64_t measure_nops(void);

/* ---- calibrate.c ---- */

/* As calibrate= says: changes workload_reps(), where need be. too_short: it could not be made large
 * enough. 0, or -1 after workload_fail(). */
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
 * Takes the arguments. Returns false after usage on stderr; *why, in static
 * storage, then says in a line what is wrong.
 */
bool args_read(int argc, char **argv, const char **why);

/* --describe: the workload as one JSON object and a newline. --help: the same for people. */
bool args_describe(void);
bool args_help(int fd);

/* ---- emit.c: the records (abi/record.h). Each ends the program with status
 * EXIT_NOWRITE if it cannot be written, for then nobody could be told. ---- */

/* nop1000: ticks of 1000 nops, 0 where the clock does not count instructions. overhead: NULL where
 * the run did not get that far. */
void emit_workload(const char *clock, uint64_t nop1000, const struct overhead *overhead);
/* n samples of reps iterations each. */
void emit_samples(const uint64_t *values, uint64_t n, uint64_t reps);
/* Deltas after - before, each of PVMMU_NR_COUNTERS values. */
void emit_counters(const uint64_t *before, const uint64_t *after, uint64_t iterations);
void emit_warning(const char *text);
void emit_done(const char *status, const char *reason);

#endif
