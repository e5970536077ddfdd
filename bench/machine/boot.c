// SPDX-License-Identifier: MIT
/*
 * The console is a file that grows; we look at it every few milliseconds of host time. This costs
 * nothing measurable and works on every file system, unlike change notification. A file never
 * blocks the machine's serial port, unlike a pipe, which would make the machine's timing depend on
 * ours.
 */
#include "boot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "lib/interrupt.h"
#include "lib/subprocess.h"
#include "program_output.h"

#define LOOK_EVERY_MS 10
/* All limits count the machine's life (own_time.h), so a busy host reaches none of them. */
/* After the last words: wait for a pause of this length in the console, up to a maximum. */
#define QUIET_SECONDS  0.2
#define LINGER_SECONDS 2.0
/* After the exit record the machine has this long to power off. */
#define OFF_SECONDS 10.0
/* A disk with fewer free bytes is full. */
#define FREE_BYTES_MIN 4096

void boot_init(struct boot *b, double timeout)
{
	*b = (struct boot){.timeout = timeout, .processors = 1, .first_sample_seconds = -1};
	console_init(&b->console);
}

void boot_free(struct boot *b)
{
	console_free(&b->console);
	free(b->error);
	free(b->late);
	free(b->cut);
	free(b->output);
	json_decref(b->collected);
	json_decref(b->uncollected);
	strv_free(&b->warnings);
}

char *boot_limit_passed(double timeout, unsigned processors, double processor, double lived)
{
	double most = timeout * BOOT_LIVES_TIMES;

	if (processor > timeout * processors)
		return processors > 1 ? xasprintf("%g s of processor time (--timeout) on each of "
						  "%u processors",
						  timeout, processors)
				      : xasprintf("%g s of processor time (--timeout)", timeout);
	if (lived > most)
		return xasprintf("%g s (%d times --timeout), in which it took %.3g s of processor "
				 "time",
				 most, BOOT_LIVES_TIMES, processor);
	return NULL;
}

char *boot_no_room(const char *path)
{
	struct rlimit limit;
	struct statvfs fs;
	struct stat st;

	if (stat(path, &st) < 0)
		return xasprintf("%s: %s", path, strerror(errno));
	if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
	    (rlim_t)st.st_size >= limit.rlim_cur)
		return xasprintf("%s may not grow any further (ulimit -f)", path);
	if (statvfs(path, &fs) == 0 && fs.f_blocks &&
	    (geteuid() ? fs.f_bavail : fs.f_bfree) * fs.f_frsize < FREE_BYTES_MIN)
		return xasprintf("the disk with %s is full", path);
	return NULL;
}

/* Reads new bytes. Returns true if there were any. */
static bool read_console(struct boot *b, int fd, const char *log_path)
{
	char bytes[65536];
	bool some = false;
	ssize_t n;

	while ((n = read(fd, bytes, sizeof(bytes))) > 0) {
		console_feed(&b->console, bytes, (size_t)n);
		some = true;
	}
	if (n < 0 && errno != EINTR)
		fail(&b->cut, "the console cannot be read: %s: %s", log_path, strerror(errno));
	return some;
}

/*
 * A machine whose console cannot be written falls silent, and must not be taken for one that died.
 * Checked once it has ended without a last word.
 */
static void check_console(struct boot *b, const char *log_path)
{
	AUTO_FREE char *no_room =
		b->console.exit && !b->console.problem ? NULL : boot_no_room(log_path);

	if (no_room)
		fail(&b->cut, "the console cannot be written: %s", no_room);
}

/* Follows the machine until there is a reason to stop, and returns the reason. */
static enum boot_end follow(struct boot *b, struct subprocess *machine, int fd, double start,
			    const char *log_path, const struct boot_watch *watch)
{
	struct own_time *time = &machine->time;
	double news = 0, last_words = -1;
	enum boot_look look = BOOT_READ;

	/* A gap between two of our looks must not count as a pause of the console. */
	time->looks_every = QUIET_SECONDS / 4;
	for (;;) {
		/*
		 * This order matters: bytes that the machine wrote before its end must be read
		 * after the end was seen.
		 */
		bool running = subprocess_running(machine);

		own_time_look(time);
		if (watch)
			look = watch->look(watch->arg, log_path);
		if (look == BOOT_READ && read_console(b, fd, log_path))
			news = time->lived;
		if (b->cut)
			return BOOT_STOPPED;
		if (b->first_sample_seconds < 0 && json_object_size(b->console.series))
			b->first_sample_seconds = monotonic_seconds() - start;
		if (!running)
			return BOOT_ENDED;
		if (look == BOOT_GIVE_UP)
			return BOOT_STOPPED;
		if (cancelled() || (b->console.output && b->console.output->unprinted))
			return BOOT_INTERRUPTED;
		if (last_words < 0 && (console_is_fatal(&b->console) || b->console.exit))
			last_words = time->lived;
		if (last_words >= 0 && console_is_fatal(&b->console) &&
		    (time->lived - news > QUIET_SECONDS ||
		     time->lived - last_words > LINGER_SECONDS))
			return BOOT_STOPPED;
		if (last_words >= 0 && time->lived - last_words > OFF_SECONDS)
			return BOOT_STOPPED;
		b->late =
			boot_limit_passed(b->timeout, b->processors, time->processor, time->lived);
		if (b->late)
			return BOOT_TIMED_OUT;
		cancel_wait(LOOK_EVERY_MS);
	}
}

void boot_follow(struct boot *b, char *const argv[], const char *cwd, const char *log_path,
		 const struct boot_watch *watch)
{
	double start = monotonic_seconds();
	struct subprocess machine;
	int fd = open(log_path, O_RDONLY | O_CREAT | O_CLOEXEC, 0666);

	if (fd < 0) {
		fail(&b->error, "cannot write %s: %s", log_path, strerror(errno));
		return;
	}
	if (subprocess_start(&machine, argv, cwd, &b->error)) {
		b->end = follow(b, &machine, fd, start, log_path, watch);
		subprocess_kill(&machine);
		if (!watch || watch->look(watch->arg, log_path) == BOOT_READ)
			read_console(b, fd, log_path);
		console_end(&b->console);
		check_console(b, log_path);
		b->status = machine.status;
		b->output = subprocess_output(&machine);
		b->seconds = monotonic_seconds() - start;
		subprocess_close(&machine);
	}
	close(fd);
}
