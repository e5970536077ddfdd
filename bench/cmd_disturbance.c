// SPDX-License-Identifier: MIT
#include "commands.h"
#include "session.h"

static int run(int argc, char **argv)
{
	return session_command_line(&command_disturbance, SESSION_DISTURBANCE, argc, argv);
}

const struct command command_disturbance = {
	.name = "disturbance",
	.usage = "disturbance [OPTION]... --workload NAME[,...]",
	.summary = "measure what collectors do to the samples: workloads without and with each",
	.details =
		"Takes the options of `run`. The workloads are measured without a collector, once more\n"
		"without (\"none\": what repeating changes), and with each of --collect, or each that works\n"
		"here. On the exact tier samples must be the same but for what a collector has the guest\n"
		"do; in real time the difference of medians is to be seen beside that of \"none\".\n"
		"  pvmmu disturbance --variant eager --workload fork,exec\n"
		"  pvmmu disturbance --rig host --workload fork\n",
	.run = run,
};
