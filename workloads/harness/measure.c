/* SPDX-License-Identifier: MIT */
/*
 * Takes the times.
 *
 * There are two clocks. Our guest kernel starts process 1 with PVMMU_CLOCK=tsc. Then a
 * time is a difference of two rdtsc. On the exact tier the emulator advances the time
 * stamp counter by one per instruction of the complete machine, so the time is a count of
 * instructions; nop1000 lets the host check that. The readings are marked (abi/section.h),
 * so that the host can see which instructions are between them. Everywhere else a time is
 * CLOCK_MONOTONIC in nanoseconds.
 *
 * A sample is the time of `reps` iterations between two readings of the clock: one
 * iteration, unless the clock is too coarse for that. The same code measures the overhead
 * of the readings, with an empty body. The overhead is reported, not subtracted.
 *
 * The counters of /dev/pvmmu are read directly before the first timed iteration and
 * directly after the last. So a delta contains the timed iterations, the end of the first
 * read(2) and the beginning of the second: together one read call, whatever the number of
 * iterations. A kernel without that device has no counters, and the run has no counters
 * record.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>

#include "../../abi/section.h"
#include "harness.h"

bool clock_is_tsc;

static int counters = -1;

static inline uint64_t now(void)
{
	struct timespec ts;

	if (clock_is_tsc)
		return SECTION_READ();
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/*
 * The minimum of a few tries: the first one also faults the code in, and a timer interrupt
 * may hit another.
 */
uint64_t measure_nops(void)
{
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < 4; i++) {
		uint64_t start = __builtin_ia32_rdtsc(), ticks; /* unmarked: no sample */

		__asm__ volatile(".rept 1000\n\tnop\n\t.endr");
		ticks = __builtin_ia32_rdtsc() - start;
		if (ticks < least)
			least = ticks;
	}
	return least;
}

/* Not inlined, so that an empty body is timed by the same instructions as any other. */
static __attribute__((noinline)) int time_body(int (*body)(void), uint64_t reps, uint64_t *ticks)
{
	uint64_t start = now();

	do {
		if (body() < 0)
			return -1;
	} while (--reps);
	*ticks += now() - start;
	return 0;
}

static int empty(void)
{
	return 0;
}

void measure_overhead(struct overhead *o)
{
	*o = (struct overhead){.least = UINT64_MAX, .readings = SECTION_TRIALS};
	for (uint64_t i = 0; i < o->readings; i++) {
		uint64_t ticks = 0;

		time_body(empty, 1, &ticks);
		if (ticks < o->least)
			o->least = ticks;
		if (ticks > o->largest)
			o->largest = ticks;
	}
}

/* For tests, an environment variable may name another file: both readings, one after the other. */
int counters_open(void)
{
	const char *path = getenv("PVMMU_COUNTERS");

	/* Not open(): musl's makes an additional fcntl() call. */
	counters = (int)syscall(SYS_open, path ? path : "/dev/pvmmu", O_RDONLY | O_CLOEXEC);
	return counters < 0 ? errno : 0;
}

static int read_counters(struct pvmmu_counters *c)
{
	ssize_t n;

	if (counters < 0)
		return 0;
	n = read(counters, c, sizeof(*c));
	if (n < 0)
		return workload_fail("read of the counters", errno);
	if ((size_t)n != sizeof(*c) || c->nr != PVMMU_NR_COUNTERS)
		return workload_fail("the kernel's counters are not those of this build", 0);
	return 0;
}

struct board *map_board(uint64_t n)
{
	size_t bytes = sizeof(struct board) + (size_t)n * sizeof(uint64_t);
	struct board *board = map_pages(NULL, bytes, MAP_SHARED, "mmap of the sample array");

	if (board)
		memset(board, 0xff, bytes);
	return board;
}

/*
 * Counts during the workload's preparation are subtracted, by adding them to the first
 * reading. One entry into the kernel and one return from it remain, from the two readings
 * around it.
 */
static int prepare(struct board *board)
{
	struct pvmmu_counters *from = &board->prepare_from, *to = &board->prepare_to;

	if (read_counters(from) < 0 || workload.prepare() < 0 || read_counters(to) < 0)
		return -1;
	for (unsigned i = 0; counters >= 0 && i < PVMMU_NR_COUNTERS; i++)
		board->before.value[i] += to->value[i] - from->value[i];
	return 0;
}

/* If each iteration is prepared anew, the times of the iterations are added up. */
static int prepare_and_time(struct board *board, uint64_t reps, uint64_t *ticks)
{
	while (reps--)
		if (prepare(board) < 0 || time_body(workload.body, 1, ticks) < 0)
			return -1;
	return 0;
}

int measure(struct board *board, uint64_t n, uint64_t reps)
{
	if (read_counters(&board->before) < 0)
		return -1;
	for (uint64_t i = 0; i < n; i++) {
		uint64_t *ticks = &board->samples[i];

		*ticks = 0;
		if (workload.prepare ? prepare_and_time(board, reps, ticks) < 0
				     : time_body(workload.body, reps, ticks) < 0)
			return -1;
	}
	return read_counters(&board->after);
}

int warm_up(void)
{
	for (uint64_t i = workload_param("warmup"); i; i--) {
		if (workload.prepare && workload.prepare() < 0)
			return -1;
		if (workload.body() < 0)
			return -1;
	}
	return 0;
}
