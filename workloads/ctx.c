/* SPDX-License-Identifier: MIT */
/*
 * Two processes hand a turn to each other through a word of shared memory and
 * yield the processor until it comes back. On one CPU a round trip is two
 * switches of address space; with several CPUs each process may spin on its
 * own, and the sample is then the way through the caches.
 *
 * The second process inherits the mb MiB and writes each page, so it has pages
 * and tables of its own: a kernel that never pins pays here for every table of
 * the tree that it switches to.
 */
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workload.h"

enum turn { TURN_FIRST, TURN_SECOND, TURN_END };

/* Yields in vain before a process looks whether the other one still lives. */
#define PATIENCE (1u << 20)

static int *turn;
static pid_t first, second;

static int turn_now(void)
{
	return __atomic_load_n(turn, __ATOMIC_ACQUIRE);
}

static void hand_over(enum turn to)
{
	__atomic_store_n(turn, (int)to, __ATOMIC_RELEASE);
}

static void __attribute__((noreturn)) second_process(void)
{
	workload_touch();
	for (;;) {
		unsigned int vain = 0;

		hand_over(TURN_FIRST);
		while (turn_now() == TURN_FIRST) {
			sched_yield();
			if (++vain % PATIENCE == 0 && getppid() != first)
				_exit(1);
		}
		if (turn_now() == TURN_END)
			_exit(0);
	}
}

/* Until the second process has handed the turn back. */
static int await_turn(void)
{
	unsigned int vain = 0;

	while (turn_now() == TURN_SECOND) {
		sched_yield();
		if (++vain % PATIENCE == 0 && waitpid(second, NULL, WNOHANG) != 0) {
			second = 0;
			return workload_fail("the second process is gone", 0);
		}
	}
	return 0;
}

static int setup(void)
{
	turn = mmap(NULL, sizeof(*turn), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (turn == MAP_FAILED)
		return workload_fail("mmap of shared memory", errno);
	hand_over(TURN_SECOND);
	first = getpid();
	second = workload_fork();
	if (second == 0)
		second_process();
	if (second < 0)
		return workload_fail("fork", errno);
	if (await_turn() < 0)
		return -1;
	/* The fork left our pages write-protected too. */
	workload_touch();
	return 0;
}

static int body(void)
{
	hand_over(TURN_SECOND);
	return await_turn();
}

static int teardown(void)
{
	int status;

	if (second <= 0)
		return 0;
	hand_over(TURN_END);
	status = workload_wait(second);
	if (status > 0)
		return workload_fail("the second process did not exit with status 0", 0);
	return status;
}

const struct workload workload = {
	.name = "ctx",
	.summary = "two processes pass a turn through shared memory and yield",
	.measures = "one round trip: to the other process and back, with mb MiB in each",
	.field = "lmbench lat_ctx -like, with sched_yield where that uses pipes",
	.n = 256,
	.warmup = 16,
	.setup = setup,
	.body = body,
	.teardown = teardown,
};
