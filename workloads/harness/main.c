/* SPDX-License-Identifier: MIT */
/*
 * Runs the workload and reports the result. The order of a run is in workload.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

bool on_linux;

static bool skipped;
static uint64_t reps = 1;
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

bool workload_failed(void)
{
	return reason[0];
}

const char *workload_directory(void)
{
	return directory;
}

void workload_touch(void)
{
	workload_write_pages(touched, touched_bytes);
}

uint64_t workload_reps(void)
{
	return reps;
}

uint64_t workload_iterations(void)
{
	return workload_param("n") * reps + workload_param("warmup");
}

void set_reps(uint64_t n)
{
	reps = n;
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
int map_touched(void)
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

/*
 * The console may still be printing earlier text; wait until it finishes, outside the
 * timed part.
 */
static int settle(void)
{
	const struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};

	return nanosleep(&pause, NULL) < 0 ? errno : 0;
}

/*
 * Makes the kernel audit its page tables, if it can, while all processes still exist. The
 * kernel reports the result to the host itself; the line that it returns is for people.
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

/* The data of a run for its records, except the samples. */
struct findings {
	struct board *board;
	struct overhead overhead;
	int pause_error;
	bool too_short; /* the samples, for the time that calibrate= asked for */
};

static int run(struct findings *f)
{
	uint64_t n = workload_param("n");
	int err = calibrate(&f->too_short);

	if (err < 0)
		return -1;
	f->board = map_board(n);
	if (!f->board || map_touched() < 0)
		return -1;
	if (workload.setup && workload.setup() < 0)
		err = -1;
	/*
	 * The pause comes before the warm-up: the first iteration after an idle time differs from
	 * the others.
	 */
	if (!err) {
		f->pause_error = settle();
		measure_overhead(&f->overhead);
		err = warm_up();
	}
	if (!err)
		err = measure(f->board, n, reps);
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
	struct findings found = {0};
	int counters_error, failed;

	if (argc == 2 && !strcmp(argv[1], "--describe"))
		return args_describe() ? 0 : EXIT_NOWRITE;
	if (argc == 2 && !strcmp(argv[1], "--help"))
		return args_help(STDOUT_FILENO) ? 0 : EXIT_NOWRITE;
	if (!args_read(argc, argv, &why))
		return refused(why);
	reps = workload_param("reps");
	if (workload.check && workload.check() < 0) {
		say(reason);
		say("\n");
		return refused(reason);
	}

	clock_is_tsc = clock && !strcmp(clock, "tsc");
	find_directory(argc ? argv[0] : "");
	counters_error = counters_open();
	on_linux = counters_error != 0;

	failed = run(&found);

	emit_workload(clock_is_tsc ? "tsc" : "monotonic", clock_is_tsc ? measure_nops() : 0,
		      found.overhead.largest ? &found.overhead : NULL);
	if (found.pause_error)
		emit_warning("no pause before the first sample: nanosleep failed");
	if (counters_error && counters_error != ENOENT)
		emit_warning("no counters: their device cannot be opened");
	if (failed) {
		emit_done(skipped ? "skip" : "fail", reason);
		return skipped ? EXIT_SKIPPED : EXIT_FAILED;
	}
	if (found.too_short)
		emit_warning("samples are shorter than calibrate= asks for: no more iterations "
			     "than these were possible");
	emit_samples(found.board->samples, workload_param("n"), reps);
	if (!counters_error)
		emit_counters(found.board->before.value, found.board->after.value,
			      workload_param("n") * reps);
	emit_done("ok", "");
	return 0;
}
