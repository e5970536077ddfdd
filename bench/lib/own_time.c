// SPDX-License-Identifier: MIT
#include "own_time.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "subprocess.h"

/* The default of own_time.looks_every. */
#define LOOKS_EVERY_SECONDS 0.5
/* Other members of the process group are found by reading all of /proc, so not too often. */
#define OTHERS_EVERY_SECONDS 0.5
/* A process that ran for this share of the time was not kept from running. */
#define RUNS_SHARE 0.9

/* One line of /proc/PID/stat. */
struct stat_line {
	char state;
	int group;
	double own, children; /* processor seconds; the children's are those that were waited for */
};

static bool read_stat(const char *path, struct stat_line *s)
{
	unsigned long long user, system, child_user, child_system;
	double tick = 1.0 / (double)sysconf(_SC_CLK_TCK);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[1024], *at;
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return false;
	text[n] = 0;
	/* The name of a program may hold brackets. */
	at = strrchr(text, ')');
	if (!at || sscanf(at, ") %c %*d %d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %llu %llu",
			  &s->state, &s->group, &user, &system, &child_user, &child_system) != 6)
		return false;
	s->own = (double)(user + system) * tick;
	s->children = (double)(child_user + child_system) * tick;
	return true;
}

/* It runs, waits for its turn, or waits for a disk that others may keep busy. */
static bool is_busy(const struct stat_line *s)
{
	return s->state == 'R' || s->state == 'D';
}

static bool thread_is_busy(pid_t pid)
{
	char path[sizeof("/proc//task//stat") + 2 * 24];
	struct stat_line s;
	struct dirent *e;
	bool busy = false;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	d = opendir(path);
	while (d && !busy && (e = readdir(d))) {
		snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", (int)pid, atoi(e->d_name));
		busy = read_stat(path, &s) && is_busy(&s);
	}
	if (d)
		closedir(d);
	return busy;
}

static void look_at_others(struct own_time *t)
{
	char path[sizeof("/proc//stat") + 24];
	struct stat_line s;
	double sum = 0;
	struct dirent *e;
	DIR *d = opendir("/proc");

	t->others_busy = false;
	while (d && (e = readdir(d))) {
		int pid = atoi(e->d_name);

		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		if (pid <= 0 || !read_stat(path, &s) || s.group != (int)t->pid)
			continue;
		sum += s.children;
		if (pid == (int)t->pid)
			continue;
		sum += s.own;
		t->others_busy |= is_busy(&s);
	}
	if (d)
		closedir(d);
	/* A child that was not waited for took its time with it. */
	if (sum > t->others)
		t->others = sum;
}

static void read_self(struct own_time *t)
{
	struct timespec used;
	clockid_t clock;

	if (clock_getcpuclockid(t->pid, &clock) == 0 && clock_gettime(clock, &used) == 0)
		t->self = (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

void own_time_start(struct own_time *t, pid_t pid)
{
	*t = (struct own_time){
		.pid = pid, .looked = monotonic_seconds(), .looks_every = LOOKS_EVERY_SECONDS};
}

void own_time_look(struct own_time *t)
{
	double now = monotonic_seconds(), passed = now - t->looked, ran = t->self;

	if (passed > t->looks_every)
		passed = t->looks_every;
	t->looked = now;
	read_self(t);
	ran = t->self - ran;
	if (ran < RUNS_SHARE * passed) {
		bool busy = thread_is_busy(t->pid);

		if (!busy && now - t->others_looked >= OTHERS_EVERY_SECONDS) {
			double before = t->others;

			t->others_looked = now;
			look_at_others(t);
			ran += t->others - before;
		}
		if ((busy || t->others_busy) && ran < passed)
			passed = ran;
	}
	t->lived += passed;
	t->processor = t->self + t->others;
}
