// SPDX-License-Identifier: MIT
/*
 * Rig host: no machine at all, the workload runs on this Linux. Its values are real time on a
 * machine with other work. They show that a workload works and roughly how it compares with Linux,
 * and are never compared with those of a guest.
 *
 * One run at a time, on as many CPUs as --vcpus says (taskset), so that it is not migrated. It runs
 * twice if a collector wants words in front of its command: once alone for its samples, then under
 * perf stat for the system's counters, because counters that children inherit make fork more
 * expensive by a tenth.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "collect/collect.h"
#include "host_info.h"
#include "lib/interrupt.h"
#include "lib/paths.h"
#include "lib/subprocess.h"
#include "machine/rig.h"

#define PROGRAM "build/workloads/%s"

/* A sample should last so long that reading the clock does not matter. */
#define CALIBRATE_NS 100000

/* The interval at which the deadline is checked. */
#define LOOK_SECONDS 1.0

static char *program_path(const struct rig_context *c, const struct run_spec *spec)
{
	AUTO_FREE char *relative = xasprintf(PROGRAM, spec->workload->name);
	char *path = root_path(c->root, relative);

	return path;
}

/* The first CPUs that we may use, in the syntax of taskset. */
static char *cpu_list(unsigned n)
{
	AUTO_STRV struct strv list = {0};
	cpu_set_t set;
	char *text;

	CPU_ZERO(&set);
	sched_getaffinity(0, sizeof(set), &set);
	for (int cpu = 0; cpu < CPU_SETSIZE && list.n < n; cpu++)
		if (CPU_ISSET(cpu, &set))
			strv_add(&list, "%d", cpu);
	text = strv_join(&list, ",");
	return text;
}

/* observation: NULL for the run without observers. Returns whether there are observers. */
static bool make_command(const struct rig_context *c, const struct run_spec *spec,
			 const struct observation *observation, struct strv *argv)
{
	AUTO_FREE char *cpus = cpu_list(spec->vcpus), *program = program_path(c, spec);
	AUTO_FREE char *taskset = find_program("taskset");
	const char *name;
	bool observed;
	json_t *value;

	strv_add(argv, "%s", taskset ? taskset : "taskset");
	strv_add(argv, "-c");
	strv_add(argv, "%s", cpus);
	observed = observation_command(observation, argv);
	strv_add(argv, "%s", program);
	json_object_foreach (spec->parameters, name, value)
		strv_add(argv, "%s=%lld", name, (long long)json_integer_value(value));
	return observed;
}

static bool host_probe(struct rig_context *c, char **error)
{
	AUTO_FREE char *taskset = find_program("taskset");

	if (!taskset)
		return fail(error, "taskset is missing: install the Debian package util-linux");
	(void)c;
	/* In a guest the variable says that the clock counts instructions. */
	unsetenv("PVMMU_CLOCK");
	/* Decimal points in numbers. */
	setenv("LC_ALL", "C", 1);
	return true;
}

static bool host_ready(const struct rig_context *c, const struct run_spec *spec, char **error)
{
	AUTO_FREE char *path = program_path(c, spec);

	if (spec->program)
		fail(error,
		     "a program of yours runs in a guest; on this machine you run it yourself");
	else if (spec->vcpus > usable_cpus())
		fail(error, "%s: this machine has %u CPUs", spec->id, usable_cpus());
	else if (access(path, X_OK) < 0)
		fail(error, "%s is missing: `make workloads` provides it", path);
	return !*error;
}

static json_t *host_identify(const struct rig_context *c, const struct run_spec *spec)
{
	AUTO_FREE char *path = program_path(c, spec), *error = NULL;
	char hash[HASH_TEXT];
	json_t *linux_itself;
	struct utsname u;

	uname(&u);
	linux_itself = json_pack("{s:s}", "release", u.release);
	if (hash_file(path, hash, &error))
		json_object_set_new(linux_itself, "program_sha256", json_string(hash));
	return json_pack("{s:o}", "linux", linux_itself);
}

static void host_command(const struct rig_context *c, const struct run_spec *spec,
			 const char *console_log, struct strv *argv)
{
	(void)console_log;
	make_command(c, spec, NULL, argv);
}

/* A workload that could not print is not at fault. */
static void check_room(struct boot *b, const struct subprocess *p)
{
	AUTO_FREE char *path = xasprintf("/proc/self/fd/%d", p->output),
		       *no_room = boot_no_room(path);

	if (no_room && (b->console.problem || !b->console.done))
		fail(&b->cut, "what the workload printed may not grow any further (ulimit -f)");
}

/* Feeds the output of a process to the console's reader, and keeps it as a log. */
static void feed_output(struct boot *b, const struct subprocess *p, const char *log)
{
	char bytes[65536];
	off_t at = 0;
	ssize_t n;
	int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	while ((n = pread(p->output, bytes, sizeof(bytes), at)) > 0) {
		console_printed(&b->console, OUTPUT_CONSOLE, bytes, (size_t)n);
		if (fd >= 0 && write(fd, bytes, (size_t)n) != n)
			fail(&b->error, "cannot write %s: %s", log, strerror(errno));
		at += n;
	}
	console_end(&b->console);
	if (fd >= 0)
		close(fd);
	check_room(b, p);
}

/* Runs a command to its end or its deadline. false: it did not end by itself. */
static bool run_command_line(const struct rig_context *c, struct strv *argv, struct boot *b,
			     struct subprocess *p)
{
	double start = monotonic_seconds();

	if (!subprocess_start(p, argv->v, c->root, &b->error))
		return false;
	b->end = BOOT_ENDED;
	while (!subprocess_wait(p, LOOK_SECONDS) && !cancelled() && !b->late)
		b->late = boot_limit_passed(b->timeout, b->processors, p->time.processor,
					    p->time.lived);
	if (p->running)
		b->end = cancelled() ? BOOT_INTERRUPTED : BOOT_TIMED_OUT;
	subprocess_kill(p);
	b->status = p->status;
	b->seconds += monotonic_seconds() - start;
	return b->end == BOOT_ENDED;
}

/* The second run, for the collectors only. */
static void run_observed(const struct rig_context *c, struct strv *argv, struct boot *b)
{
	struct subprocess p;
	int status = b->status;
	AUTO_FREE char *error = NULL;

	if (run_command_line(c, argv, b, &p) && p.status)
		error = describe_status(p.status);
	if (p.pid > 0)
		subprocess_close(&p);
	if (error)
		strv_add(&b->warnings, "the run for the collectors %s", error);
	if (b->end == BOOT_ENDED)
		b->status = status;
}

static void host_run(const struct rig_context *c, const struct run_spec *spec,
		     const char *console_log, struct boot *b)
{
	AUTO_STRV struct strv argv = {0}, observed = {0};
	struct subprocess p;
	bool ended;

	b->processors = spec->vcpus;
	make_command(c, spec, c->disturb ? b->observation : NULL, &argv);
	ended = run_command_line(c, &argv, b, &p);
	if (b->end != BOOT_NOT_STARTED) {
		feed_output(b, &p, console_log);
		subprocess_close(&p);
	}
	if (!c->disturb && make_command(c, spec, b->observation, &observed) && ended && !b->status)
		run_observed(c, &observed, b);
}

static const struct variant this_linux = {
	.name = "linux", .summary = "this machine's Linux", .env = "host"};

static const struct rig host = {
	.name = "host",
	.summary =
		"no machine: the workload runs on this Linux, and perf stat counts; in real time, "
		"not to be compared with guests",
	.envs = "host",
	.tiers = "wall",
	.variant = &this_linux,
	.alone = true,
	.calibrate_ns = CALIBRATE_NS,
	.probe = host_probe,
	.ready = host_ready,
	.identify = host_identify,
	.command = host_command,
	.run = host_run,
};
RIG(host);
