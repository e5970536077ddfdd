// SPDX-License-Identifier: MIT
#include "commands.h"
#include "session.h"

static int run(int argc, char **argv)
{
	return session_command_line(&command_aa, SESSION_AA, argc, argv);
}

const struct command command_aa = {
	.name = "aa",
	.usage = "aa [OPTION]...",
	.summary = "measure the same thing again: the noise floor, and how often tests see a ghost",
	.details =
		"Takes the options of `run`. Each run is made --repeat times, in real time in turns with\n"
		"the others, and no difference between two repetitions is the subject's. Told for each metric:\n"
		"  noise floor       largest shift of a median between two repetitions of a run; 95 % of the\n"
		"                    pairs shift no more than what stands beside it\n"
		"  called different  pairs that a test at the 5 % level takes for different; far more than\n"
		"                    5 % means that boots differ from each other, so only --seeds helps\n"
		"On the exact tier all samples and counters must repeat, or the exit code is 4.\n"
		"\n"
		"`pvmmu verdict` finds the floor in results/noise.json if the set it judges lies beside it.\n"
		"  pvmmu aa --variant eager --workload null_syscall,fork\n"
		"  pvmmu aa --rig host --workload fork,exec --repeat 5\n",
	.run = run,
};
