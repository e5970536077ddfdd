/* SPDX-License-Identifier: MIT */
/*
 * Runs the workload and takes its times.
 *
 * Two clocks. Our guest kernel starts process 1 with PVMMU_CLOCK=tsc: then a
 * time is a difference of two rdtsc, and on the exact tier, where the emulator
 * advances the time stamp counter by one per instruction of the whole machine,
 * that is a count of instructions. nop1000 lets the host check that it is.
 * Everywhere else a time is CLOCK_MONOTONIC in nanoseconds.
 *
 * The counters of /dev/pvmmu are read right before the first timed iteration
 * and right after the last. A delta therefore holds the n iterations, the end
 * of the first read(2) and the beginning of the second: together one read
 * call, whatever n is. A kernel without that device has no counters, and then
 * there is no counters record.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../abi/counters.h"
#include "harness.h"

/* What the timed part writes; mapped shared, see workload.h. */
struct board {
	struct pvmmu_counters before, after, prepare_from, prepare_to;
	uint64_t samples[];
};

bool on_linux;

static bool clock_is_tsc;
static bool skipped;
static char *touched;
static size_t touched_bytes;
static char directory[256];
static char reason[256];

int workload_fail(const char *what, int err)
{
	struct text t = {.buf = reason, .cap = sizeof(reason) - 1};

	if (reason[0])
		return -1;
	text_put(&t, what);
	if (err) {
		text_put(&t, ": errno ");
		text_u64(&t, (uint64_t)err);
		text_put(&t, " (");
		text_put(&t, strerror(err));
		text_put(&t, ")");
	}
	return -1;
}

int workload_skip(const char *why)
{
	skipped = !reason[0];
	return workload_fail(why, 0);
}

const char *workload_directory(void)
{
	return directory;
}

void workload_touch(void)
{
	workload_write_pages(touched, touched_bytes);
}

pid_t workload_fork(void)
{
	return (pid_t)syscall(SYS_fork);
}

int workload_wait(pid_t pid)
{
	int status;
	pid_t got;

	do {
		got = (pid_t)syscall(SYS_wait4, pid, &status, 0, NULL);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return workload_fail("wait4", errno);
	if (got != pid)
		return workload_fail("wait4 returned another process", 0);
	if (!WIFEXITED(status))
		return workload_fail("a child was killed by a signal", 0);
	return WEXITSTATUS(status);
}

int workload_fork_and_wait(void)
{
	pid_t pid = workload_fork();
	int status;

	if (pid == 0)
		_exit(0);
	if (pid < 0)
		return workload_fail("fork", errno);
	status = workload_wait(pid);
	if (status > 0)
		return workload_fail("the child did not exit with status 0", 0);
	return status;
}

static inline uint64_t now(void)
{
	struct timespec ts;

	if (clock_is_tsc)
		return __builtin_ia32_rdtsc();
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/*
 * Ticks of 1000 nops. The least of a few tries: the first one also faults the
 * code in, and a timer interrupt may hit another.
 */
static uint64_t measure_nops(void)
{
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < 4; i++) {
		uint64_t start = now(), ticks;

		__asm__ volatile(".rept 1000\n\tnop\n\t.endr");
		ticks = now() - start;
		if (ticks < least)
			least = ticks;
	}
	return least;
}

static void find_directory(const char *argv0)
{
	const char *slash = strrchr(argv0, '/');
	size_t n = slash ? (size_t)(slash - argv0) : 1;

	if (n >= sizeof(directory))
		n = 0;
	memcpy(directory, slash ? argv0 : ".", n);
}

/* The mb MiB stay mapped until the program ends. */
static int map_touched(void)
{
	touched_bytes = (size_t)workload_param("mb") * MIB;
	if (!touched_bytes)
		return 0;
	touched = map_pages(NULL, touched_bytes, MAP_PRIVATE, "mmap of the memory to touch");
	if (!touched)
		return touched_bytes = 0, -1;
	workload_touch();
	return 0;
}

static struct board *map_board(uint64_t n)
{
	size_t bytes = sizeof(struct board) + (size_t)n * sizeof(uint64_t);
	struct board *board = map_pages(NULL, bytes, MAP_SHARED, "mmap of the sample array");

	if (board)
		memset(board, 0xff, bytes);
	return board;
}

/*
 * File descriptor of the counters, -1 where there are none. The environment
 * can name another file, for the tests: the two readings one after the other.
 */
static int open_counters(void)
{
	const char *path = getenv("PVMMU_COUNTERS");

	/* Not open(): musl's follows it up with an fcntl() that our guest does not need to know. */
	return (int)syscall(SYS_open, path ? path : "/dev/pvmmu", O_RDONLY | O_CLOEXEC);
}

static int read_counters(int fd, struct pvmmu_counters *c)
{
	ssize_t n = read(fd, c, sizeof(*c));

	if (n < 0)
		return workload_fail("read of the counters", errno);
	if ((size_t)n != sizeof(*c) || c->nr != PVMMU_NR_COUNTERS)
		return workload_fail("the kernel's counters are not those of this build", 0);
	return 0;
}

/* The console still prints what came before; let it finish outside the timed part. */
static int settle(void)
{
	const struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};

	return nanosleep(&pause, NULL) < 0 ? errno : 0;
}

/*
 * What was counted while the workload prepared itself counts as having been there
 * before. Of the two readings around it an entry into the kernel and a return
 * from it remain.
 */
static int prepare(struct board *board, int counters)
{
	struct pvmmu_counters *from = &board->prepare_from, *to = &board->prepare_to;

	if (counters >= 0 && read_counters(counters, from) < 0)
		return -1;
	if (workload.prepare() < 0)
		return -1;
	if (counters < 0)
		return 0;
	if (read_counters(counters, to) < 0)
		return -1;
	for (unsigned i = 0; i < PVMMU_NR_COUNTERS; i++)
		board->before.value[i] += to->value[i] - from->value[i];
	return 0;
}

static int measure(struct board *board, int counters, uint64_t n)
{
	int (*const body)(void) = workload.body;

	if (counters >= 0 && read_counters(counters, &board->before) < 0)
		return -1;
	for (uint64_t i = 0; i < n; i++) {
		uint64_t start;

		if (workload.prepare && prepare(board, counters) < 0)
			return -1;
		start = now();
		if (body() < 0)
			return -1;
		board->samples[i] = now() - start;
	}
	if (counters >= 0 && read_counters(counters, &board->after) < 0)
		return -1;
	return 0;
}

/*
 * Has the kernel examine its page tables, if it can, while all processes still
 * live. What it finds it tells the host itself; the line that it gives us is for
 * people.
 */
static void audit(void)
{
	char line[256];
	int fd = (int)syscall(SYS_open, "/dev/audit", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (read(fd, line, sizeof(line)) < 0)
		workload_fail("the kernel cannot examine its page tables", errno);
	close(fd);
}

static int warm_up(void)
{
	for (uint64_t i = workload_param("warmup"); i; i--) {
		if (workload.prepare && workload.prepare() < 0)
			return -1;
		if (workload.body() < 0)
			return -1;
	}
	return 0;
}

static int run(struct board **board, int counters, int *pause_error)
{
	uint64_t n = workload_param("n");
	int err = 0;

	*board = map_board(n);
	if (!*board || map_touched() < 0)
		return -1;
	if (workload.setup && workload.setup() < 0)
		err = -1;
	/* The pause comes before the warm-up: the first iteration after an idle
	 * time is not like the others. */
	if (!err)
		*pause_error = settle();
	if (!err)
		err = warm_up();
	if (!err)
		err = measure(*board, counters, n);
	audit();
	if (workload.teardown && workload.teardown() < 0)
		err = -1;
	return err;
}

static int refused(const char *why)
{
	emit_done("fail", why);
	return EXIT_BADUSAGE;
}

static void say(const char *s)
{
	write_all(STDERR_FILENO, s, strlen(s));
}

int main(int argc, char **argv)
{
	const char *clock = getenv("PVMMU_CLOCK"), *why = NULL;
	struct board *board = NULL;
	int counters, counters_error, pause_error = 0, failed;

	if (argc == 2 && !strcmp(argv[1], "--describe"))
		return args_describe() ? 0 : EXIT_NOWRITE;
	if (argc == 2 && !strcmp(argv[1], "--help"))
		return args_help(STDOUT_FILENO) ? 0 : EXIT_NOWRITE;
	if (!args_read(argc, argv, &why))
		return refused(why);
	if (workload.check && workload.check() < 0) {
		say(reason);
		say("\n");
		return refused(reason);
	}

	clock_is_tsc = clock && !strcmp(clock, "tsc");
	find_directory(argc ? argv[0] : "");
	counters = open_counters();
	counters_error = counters < 0 ? errno : 0;
	on_linux = counters < 0;

	failed = run(&board, counters, &pause_error);

	emit_workload(clock_is_tsc ? "tsc" : "monotonic", clock_is_tsc ? measure_nops() : 0);
	if (pause_error)
		emit_warning("no pause before the first sample: nanosleep failed");
	if (counters_error && counters_error != ENOENT)
		emit_warning("no counters: their device cannot be opened");
	if (failed) {
		emit_done(skipped ? "skip" : "fail", reason);
		return skipped ? EXIT_SKIPPED : EXIT_FAILED;
	}
	emit_samples(board->samples, workload_param("n"));
	if (counters >= 0)
		emit_counters(board->before.value, board->after.value, workload_param("n"));
	emit_done("ok", "");
	return 0;
}
