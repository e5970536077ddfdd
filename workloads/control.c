/* SPDX-License-Identifier: MIT */
/*
 * The control: a computation in registers. It does not enter the kernel and does not touch
 * memory, so no page-table policy may change its time. If the time changes, the cause is
 * not the page tables.
 */
#include "workload.h"

#define STEPS 20000

static const struct workload_param params[] = {
	{"steps", "steps", STEPS, 1, 10000000, "steps of the computation"},
	{0},
};

/* The result after STEPS steps. */
static const uint64_t expected = 2658416250084589850u;

static uint64_t steps;
static volatile uint64_t result;

static int setup(void)
{
	steps = workload_param("steps");
	return 0;
}

/* A generator of random numbers (xorshift), because a compiler cannot shorten it. */
static int body(void)
{
	uint64_t x = 88172645463325252u;

	for (uint64_t i = steps; i; i--) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
	}
	result = x;
	return 0;
}

static int teardown(void)
{
	if (workload_param("steps") == STEPS && result != expected)
		return workload_fail("the computation came to another result", 0);
	return 0;
}

const struct workload workload = {
	.name = "control",
	.summary = "computes in registers; touches no page table",
	.measures = "a fixed computation in user mode, without a system call or a fault",
	.field = "a control, as experiments have; any difference between variants is not theirs",
	.n = 32,
	.warmup = 4,
	.params = params,
	.setup = setup,
	.body = body,
	.teardown = teardown,
};
