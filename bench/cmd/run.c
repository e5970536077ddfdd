// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "lib/number_list.h"
#include "lib/outcome.h"
#include "machine/boot.h"
#include "run/session.h"
#include "spec/custom_variant.h"

/* A larger N is probably a mistake for --seed N. */
#define SEEDS_MAX 256

/* Only rigs with Xen domains support a choice of processors. */
static bool chooses_cpus_in_vain(const struct session *s)
{
	return (s->rig.cpus || s->rig.cpupool) && strcmp(s->request.rig, "xl") &&
	       (s->rig.cpupool || strcmp(s->request.rig, "box"));
}

/* Checks combinations of options. -1, or the exit code of a usage error. */
static int check_options(const struct session *s)
{
	if (s->resume && !s->out_given && s->work->kind != SESSION_AA)
		return usage_error(s->command, "--resume needs --out FILE");
	if (s->out_given && strcmp(s->out_given, "-") == 0)
		return usage_error(s->command, "--out: expected a FILE, beside which there is room "
					       "for logs and a verdict, found \"-\"");
	if (s->seeds && s->request.seeds.n)
		return usage_error(s->command, "--seeds N means --seed 1..N: give one of them");
	if (!s->wanted.argv && (s->wanted.files.n || s->wanted.env.n || s->wanted.stdin_path))
		return usage_error(s->command, "--file, --env-var and --stdin are for a program: "
					       "-- PROGRAM [ARGUMENT]...");
	if (chooses_cpus_in_vain(s))
		return usage_error(s->command, "--cpus is for --rig xl or box, --cpupool for "
					       "--rig xl");
	if (s->work->kind == SESSION_AA && s->wanted.argv)
		return usage_error(s->command, "expected no program");
	if (s->work->kind == SESSION_DISTURBANCE && (s->wanted.argv || !s->request.workloads.n))
		return usage_error(s->command, "expected --workload NAME, and no program");
	if (!s->wanted.argv)
		return -1;
	if (!s->wanted.argv[0])
		return usage_error(s->command, "expected a program after --");
	if (s->request.workloads.n)
		return usage_error(s->command, "a program runs in place of workloads: --workload "
					       "or --, not both");
	if (s->resume)
		return usage_error(s->command, "--resume is not for programs");
	return -1;
}

int session_command_line(const struct command *cmd, const struct session_work *work, int argc,
			 char **argv)
{
	struct session s = {
		.command = cmd,
		.work = work,
		.repetitions = AA_REPETITIONS,
		.request = {.rig = "solo", .memory_mib = 512},
		.timeout = 120,
		.journal = {.fd = -1},
	};
	const struct option_spec specs[] = {
		OPT_LIST("variant", 0, &s.request.variants, "NAME[,...]",
			 "ways of managing page tables (default: all)"),
		OPT_LIST("workload", 0, &s.request.workloads, "NAME[:P=LIST]...[,...]",
			 "programs to run and their parameters (default: all)"),
		OPT_FLAG("matrix", 0, &s.request.matrix,
			 "workloads without parameters: at each point that they declare for it"),
		OPT_TEXTS("file", 0, &s.wanted.files, "PATH[=GUESTPATH]",
			  "of a program: a file or directory to take along; may be repeated"),
		OPT_TEXTS("env-var", 0, &s.wanted.env, "NAME[=VALUE]",
			  "of a program: a variable of its environment; may be repeated"),
		OPT_TEXT("stdin", 0, &s.wanted.stdin_path, "FILE",
			 "of a program: its standard input (pvmmu's, unless a terminal)"),
		OPT_TEXT("env", 0, &s.request.env, "NAME",
			 "what the guest runs on (the variants')"),
		OPT_TEXT("rig", 0, &s.request.rig, "NAME", "how it is booted (solo)"),
		OPT_TEXT("tier", 0, &s.request.tier, "NAME", "which clock (the rig's)"),
		OPT_LIST("vcpus", 0, &s.request.vcpus, "LIST",
			 "virtual CPUs, 1 to 8; a boot for each (1)"),
		OPT_NUMBER("mem", 0, &s.request.memory_mib, "MIB", "the guest's memory (512)",
			   MEMORY_MIN_MIB, MEMORY_MAX_MIB),
		OPT_TEXT("cpus", 0, &s.rig.cpus, "LIST",
			 "rigs xl, box: physical CPUs for the guest's, as xl writes them (any)"),
		OPT_TEXT("cpupool", 0, &s.rig.cpupool, "NAME",
			 "rig xl: pool of physical CPUs for the guest (the default one)"),
		OPT_NUMBER("high-mib", 0, &s.request.high_mib, "MIB",
			   "part of it for the pte pages of pte=high (an eighth)", 1,
			   MEMORY_MAX_MIB / 2),
		OPT_LIST("seed", 0, &s.request.seeds, "LIST", "seeds; a boot for each (1)"),
		OPT_NUMBER("seeds", 0, &s.seeds, "N", "seeds 1 to N; a boot for each", 1,
			   SEEDS_MAX),
		OPT_TEXT("out", 'o', &s.out_given, "FILE", "the result (results/DATE-TIME.json)"),
		OPT_FLAG("resume", 0, &s.resume,
			 "take over what FILE and FILE.journal hold of the very same runs"),
		OPT_NUMBER(
			"timeout", 0, &s.timeout, "SECONDS",
			"processor time each machine may take, whatever else runs here; asleep, 10 times as long (120)",
			1, BOOT_TIMEOUT_MAX),
		OPT_NUMBER("jobs", 'j', &s.jobs, "N", "boots at a time (one per CPU)", 1, 1024),
		OPT_FLAG("keep-logs", 0, &s.keep_logs, "keep the console of successful runs too"),
		OPT_FLAG("cold", 0, &s.rig.cold,
			 "boot each machine; keep and use no state of earlier boots"),
		OPT_LIST(
			"collect", 0, &s.collect, "NAME[:OPTION]...[,...]",
			"further collectors; none: disable the default ones (`pvmmu list collectors`)"),
		OPT_LIST("no-collect", 0, &s.no_collect, "NAME[,...]",
			 "disable a default collector"),
		OPT_TEXT("xen", 0, &s.request.flavour, "FLAVOUR",
			 "another build of Xen, as of `make xen FLAVOUR=debug`; not to be timed"),
		OPT_FLAG("no-control", 0, &s.no_control,
			 "on tier wall: do not measure the workload control between runs"),
		OPT_FLAG("no-audit", 0, &s.request.no_audit,
			 "do not have the guest examine its page tables after the samples"),
		OPT_TEXT("qemu", 0, &s.qemu_given, "PROGRAM",
			 "another QEMU (also PVMMU_QEMU); noted in the result"),
		OPT_ROOT(&s.root_given),
		OPT_FLAG("with-hostname", 0, &s.with_host_name,
			 "put this machine's name into the result"),
		OPT_FLAG("dry-run", 0, &s.dry_run, "only print the machines' commands"),
		OPT_FLAG("quiet", 'q', &s.quiet, "print nothing but errors"),
		OPT_FLAG("verbose", 'v', &s.verbose, "print each machine's command"),
		/* Only `aa` has this option; for the others this is the end of the table. */
		OPT_NUMBER(work->kind == SESSION_AA ? "repeat" : NULL, 0, &s.repetitions, "N",
			   "how often each run is made (2)", AA_REPETITIONS, AA_REPETITIONS_MAX),
		OPT_END,
	};
	int end = 1, code;

	/* The arguments behind "--" belong to the program. */
	while (end < argc && strcmp(argv[end], "--") != 0)
		end++;
	if (end < argc)
		s.wanted.argv = argv + end + 1;
	code = options_read(cmd, specs, end, argv, NULL);
	if (code < 0)
		code = check_options(&s);
	if (code < 0) {
		if (s.seeds)
			strv_add(&s.request.seeds, s.seeds > 1 ? "1..%u" : "%u", s.seeds);
		custom_join(&s.request.variants);
		values_join(&s.request.workloads);
		code = session_run(&s);
	}
	session_free(&s);
	return code;
}

static const struct session_work just_run = {.kind = SESSION_RUN};

static int run(int argc, char **argv)
{
	return session_command_line(&command_run, &just_run, argc, argv);
}

const struct command command_run = {
	.name = "run",
	.usage = "run [OPTION]... [-- PROGRAM [ARGUMENT]...]",
	.summary = "measure workloads on variants, or run a program, each on a machine of its own",
	.details =
		"A workload may be followed by parameters, each after a colon. Each may take several\n"
		"values, and so may --vcpus, --seed and the depth of a variant given by its axes:\n"
		"  pvmmu run --variant nopin,eager --workload fork:mb=0,1,4..256:n=64,exec --vcpus 1,4\n"
		"A LIST of values is numbers and ranges, with commas (or +) between them:\n"
		"  0,1,4,16    these\n"
		"  1..32       every whole number\n"
		"  1,2,4..128  as the two numbers before the dots begin: by a factor if the second is a\n"
		"  0,4..16     multiple of the first, else by steps, and by steps too if three numbers\n"
		"              show them (4,8,12..20); the range must arrive at its end\n"
		"Several lists make every combination. All points of a sweep are one family in the\n"
		"result; `pvmmu growth` fits how its cost grows.\n"
		"\n"
		"`pvmmu list workloads` shows the parameters. A variant may also be given by its axes;\n"
		"the others are as in eager (`pvmmu list axes`; `make guest VARIANT=...` builds it):\n"
		"  pvmmu run --variant eager,custom:update=mmu/va,batch=multicall,depth=1,2,4..64\n"
		"The verdict is also written to verdict.json beside the result; FILE.logs/ keeps the\n"
		"console of a run that did not succeed. FILE.journal holds the finished runs until FILE is\n"
		"written; after a crash or kill -9, --resume continues from there. If FILE exists with\n"
		"other runs, it is kept as FILE-DATE-TIME.json.\n"
		"\n"
		"The first run of an image boots it and keeps the machine's state under build/warm/;\n"
		"the others start from there, 6 s sooner and with the same samples.\n"
		"\n"
		"A static x86-64 Linux program of your own, in place of workloads:\n"
		"  pvmmu run --variant batched -- ./program --its options\n"
		"Its output is printed as it comes. Its exit status (128 + N if signal N killed it) is\n"
		"that of pvmmu; messages of pvmmu go to stderr. It starts in / and finds itself and the\n"
		"files of --file at the paths given here. A result is written if --out is given or if the\n"
		"program prints records of measurements.\n",
	.run = run,
};
