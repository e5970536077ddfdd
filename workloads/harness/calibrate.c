/* SPDX-License-Identifier: MIT */
/*
 * Calibration: how many iterations a sample must have to take the requested minimum time.
 * A clock with a resolution of some ten nanoseconds says little about an operation that
 * takes a hundred.
 *
 * A child tries it out in a small but complete run, because much of a workload's behaviour
 * happens only once: memory that has been touched cannot be touched for the first time
 * again. So the measuring process starts in a clean state.
 */
#include <sys/mman.h>

#include "harness.h"

#define ROUNDS	   16 /* each at most GROWTH times as many iterations as the one before */
#define GROWTH	   64
#define MAX_REPS   100000000u /* maximum of the parameter reps */
#define TRIAL_SIZE 3	      /* samples; the minimum is used */

/* The result of a trial; shared with the child. */
struct trial {
	uint64_t ns; /* the minimum sample, 0: the trial did not get that far */
};

/* In the child. Its failures are not reported: the run itself meets them again. */
static void __attribute__((noreturn)) try_out(struct trial *t)
{
	uint64_t n = workload_param("n") < TRIAL_SIZE ? workload_param("n") : TRIAL_SIZE;
	uint64_t least = UINT64_MAX;
	struct board *board = map_board(n);
	int err = 0;

	clock_is_tsc = false;
	if ((workload.check && workload.check() < 0) || !board || map_touched() < 0)
		_exit(0);
	if (workload.setup)
		err = workload.setup();
	if (!err)
		err = warm_up();
	if (!err)
		err = measure(board, n, workload_reps());
	if (workload.teardown && workload.teardown() < 0)
		err = -1;
	for (uint64_t i = 0; i < n; i++)
		if (board->samples[i] < least)
			least = board->samples[i];
	if (!err)
		t->ns = least ? least : 1;
	_exit(0);
}

static uint64_t try_reps(struct trial *t, uint64_t reps)
{
	pid_t pid;

	t->ns = 0;
	set_reps(reps);
	pid = workload_fork();
	if (pid == 0)
		try_out(t);
	return pid < 0 || workload_wait(pid) < 0 ? 0 : t->ns;
}

int calibrate(bool *too_short)
{
	uint64_t wanted = workload_param("calibrate"), reps = workload_reps(), ns = 0, good = reps;
	struct trial *t;

	if (!wanted)
		return 0;
	t = map_pages(NULL, sizeof(*t), MAP_SHARED, "mmap for the calibration");
	if (!t)
		return -1;
	for (int round = 0; round < ROUNDS; round++) {
		uint64_t more;

		ns = try_reps(t, reps);
		if (!ns)
			break;
		good = reps;
		if (ns >= wanted || reps == MAX_REPS)
			break;
		/* An eighth more, because the next sample will not take exactly as long. */
		more = wanted / ns * 9 / 8 + 2 > GROWTH ? reps * GROWTH
							: reps * (wanted + wanted / 8) / ns + 1;
		reps = more < MAX_REPS ? more : MAX_REPS;
	}
	set_reps(good);
	munmap(t, sizeof(*t));
	*too_short = ns < wanted;
	return 0;
}
