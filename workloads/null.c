/* SPDX-License-Identifier: MIT */
/*
 * An empty body, timed: the cost of two clock reads and the call of a body. It is the
 * offset in every other workload's samples, and its counters show the constant read(2)
 * that the harness adds.
 */
#include "workload.h"

static int body(void)
{
	return 0;
}

const struct workload workload = {
	.name = "null",
	.summary = "an empty body: the cost of measuring",
	.measures = "nothing; the sample is what two clock reads and a call cost",
	.field = "the loop overhead that lmbench subtracts and we do not",
	.n = 64,
	.warmup = 8,
	.body = body,
};
