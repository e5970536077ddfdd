// SPDX-License-Identifier: MIT
/*
 * Threads of one process on as many CPUs as there are: they fault, map, unmap,
 * protect and fork at once, and every byte must be where it belongs. Some checks
 * can only fail where threads really run side by side: a page that one thread
 * takes away must be gone for all others too, whatever their TLBs hold. Runs on
 * Linux as well.
 */
#define _GNU_SOURCE
#include "workload.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#define PAGE 4096
#define MAX  16

static unsigned nr; /* threads */
static atomic_int failures, ready, go;

static int fail_at(int line, const char *what)
{
	char text[160];

	snprintf(text, sizeof(text), "threads.c:%d: %s (errno %d)", line, what, errno);
	atomic_fetch_add(&failures, 1);
	return workload_fail(text, 0);
}

#define CHECK(c)                                                                                   \
	do {                                                                                       \
		if (!(c))                                                                          \
			return fail_at(__LINE__, #c);                                              \
	} while (0)

static char *map(size_t pages)
{
	char *p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		       0);

	return p == MAP_FAILED ? NULL : p;
}

/* Waits for all threads, so that what follows happens at once. */
static void meet(void)
{
	int round = atomic_load(&go);

	if (atomic_fetch_add(&ready, 1) + 1 == (int)nr) {
		atomic_store(&ready, 0);
		atomic_fetch_add(&go, 1);
	}
	while (atomic_load(&go) == round)
		sched_yield();
}

static int (*job)(unsigned me);

static void *run_job(void *arg)
{
	meet();
	job((unsigned)(size_t)arg);
	return arg;
}

/* Runs fn(0 .. nr - 1), each in a thread. */
static int all(int (*fn)(unsigned me))
{
	pthread_t t[MAX];

	job = fn;
	for (size_t i = 0; i < nr; i++)
		CHECK(pthread_create(&t[i], NULL, run_job, (void *)i) == 0);
	for (size_t i = 0; i < nr; i++) {
		void *result;

		CHECK(pthread_join(t[i], &result) == 0 && (size_t)result == i);
	}
	return atomic_load(&failures) ? -1 : 0;
}

/* -- the same pages, touched by all -------------------------------------------------- */

#define COMMON 256
static char *common;

static int touch_common(unsigned me)
{
	for (size_t i = 0; i < COMMON; i++)
		common[i * PAGE + me] = (char)(i + me);
	CHECK(getpid() != 0 && syscall(SYS_gettid) != getpid());
	return 0;
}

static int check_common(void)
{
	common = map(COMMON);
	CHECK(common && all(touch_common) == 0);
	for (size_t i = 0; i < COMMON; i++)
		for (unsigned t = 0; t < nr; t++)
			CHECK(common[i * PAGE + t] == (char)(i + t));
	return 0;
}

/* -- everybody maps and unmaps ----------------------------------------------------------- */

static int churn(unsigned me)
{
	for (int round = 0; round < 24; round++) {
		size_t pages = 1 + (me * 7 + (unsigned)round * 5) % 40;
		char *p = map(pages);

		CHECK(p);
		for (size_t i = 0; i < pages; i++) {
			CHECK(p[i * PAGE] == 0); /* nobody's old page */
			p[i * PAGE] = (char)(me + 1);
		}
		CHECK(mprotect(p, pages * PAGE, PROT_READ) == 0);
		for (size_t i = 0; i < pages; i++)
			CHECK(p[i * PAGE] == (char)(me + 1));
		CHECK(mprotect(p, PAGE, PROT_READ | PROT_WRITE) == 0);
		p[1] = 77;
		CHECK(p[0] == (char)(me + 1) && p[1] == 77);
		CHECK(munmap(p, pages * PAGE) == 0);
	}
	return 0;
}

/*
 * Lets others get on without a system call: under Xen a way into the kernel and
 * back empties the TLB, and nothing stale could be seen afterwards.
 */
static void pause_a_little(void)
{
	for (int i = 0; i < 20; i++)
		__builtin_ia32_pause();
}

/* -- a page replaced under readers ---------------------------------------------------------- */

#define SWAPS 40
static char *window, *reuse;
static atomic_int swapped;

/* A reader that still sees the page before the one it has been told of has a stale TLB. */
static int replace_or_read(unsigned me)
{
	if (me == 0) {
		for (int i = 1; i <= SWAPS; i++) {
			CHECK(mmap(window, PAGE, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == window);
			/* The frame that was there is used for something else. */
			*(volatile int *)(reuse + (size_t)i * PAGE) = -1;
			*(volatile int *)window = i;
			atomic_store(&swapped, i);
			for (unsigned wait = 0; wait < 4 * nr; wait++)
				pause_a_little();
		}
		return 0;
	}
	while (atomic_load(&swapped) < SWAPS) {
		int told = atomic_load(&swapped), seen = *(volatile int *)window;

		CHECK(seen >= told || seen == 0); /* 0: replaced and not written yet */
		if (seen == 0)
			CHECK(atomic_load(&swapped) >= told);
		pause_a_little();
	}
	return 0;
}

static int check_replaced(void)
{
	window = map(1);
	reuse = map(SWAPS + 1);
	CHECK(window && reuse);
	return all(replace_or_read);
}

/* -- forks of a process whose other threads go on writing ------------------------------------ */

static int fork_and_write(unsigned me)
{
	char *own = map(8);

	CHECK(own);
	for (int round = 0; round < 6; round++) {
		int status;
		pid_t pid;

		memset(own, round + (int)me, 8 * PAGE);
		pid = workload_fork();
		if (pid == 0) {
			int bad = own[5] != (char)(round + (int)me) ||
				  own[7 * PAGE] != (char)(round + (int)me);

			memset(own, 99, 8 * PAGE);
			_exit(bad);
		}
		CHECK(pid > 0);
		own[PAGE] = 55;
		CHECK(waitpid(pid, &status, 0) == pid && status == 0);
		CHECK(own[0] == (char)(round + (int)me) && own[PAGE] == 55);
		common[me] = (char)round;
	}
	CHECK(munmap(own, 8 * PAGE) == 0);
	return 0;
}

/* -- how processes with threads end -------------------------------------------------------------
 */

static atomic_int *shared; /* with children */

static void *spin_forever(void *arg)
{
	(void)arg;
	atomic_fetch_add(shared, 1);
	for (;;)
		*(volatile int *)&shared[1] += 1;
	return NULL;
}

static void *sleep_long(void *arg)
{
	const struct timespec hour = {.tv_sec = 3600};

	(void)arg;
	atomic_fetch_add(shared, 1);
	nanosleep(&hour, NULL);
	return NULL;
}

static void *end_all(void *arg)
{
	(void)arg;
	while (atomic_load(shared) < 2)
		sched_yield();
	syscall(SYS_exit_group, 7);
	return NULL;
}

static void *write_page(void *arg)
{
	for (;;) {
		*(volatile char *)arg = 1;
		atomic_fetch_add(shared, 1);
		pause_a_little();
	}
	return NULL;
}

static void *outlive(void *arg)
{
	const struct timespec nap = {.tv_nsec = 2000000};

	(void)arg;
	nanosleep(&nap, NULL);
	atomic_store(shared, 11);
	syscall(SYS_exit, 3); /* not the library's way: it would end the process */
	return NULL;
}

static int in_child(void (*fn)(void))
{
	int status = -1;
	pid_t pid;

	atomic_store(shared, 0);
	pid = fork();
	if (pid == 0) {
		fn();
		_exit(1);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return status;
}

static pthread_t start(void *(*fn)(void *), void *arg)
{
	pthread_t t;

	if (pthread_create(&t, NULL, fn, arg) != 0)
		_exit(2);
	return t;
}

static void group_ends(void)
{
	start(spin_forever, NULL);
	start(sleep_long, NULL);
	pthread_join(start(end_all, NULL), NULL);
}

static void bad_write_ends(void)
{
	char *p = map(1);
	int before;

	start(write_page, p);
	while (atomic_load(shared) < 3)
		sched_yield();
	/* The writer's TLB has the page as writable. */
	mprotect(p, PAGE, PROT_READ);
	before = atomic_load(shared);
	/* It may have been between its write and its count: one more. */
	while (atomic_load(shared) < before + 2)
		sched_yield();
	_exit(3);
}

static void leader_ends_first(void)
{
	start(outlive, NULL);
	syscall(SYS_exit, 3);
}

static int check_ends(void)
{
	int status;

	shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(shared != MAP_FAILED);
	status = in_child(group_ends);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	status = in_child(bad_write_ends);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	status = in_child(leader_ends_first);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3 && atomic_load(shared) == 11);
	return 0;
}

static int body(void)
{
	nr = (unsigned)workload_param("threads");
	if (check_common() || all(churn) || check_replaced() || all(fork_and_write))
		return -1;
	return check_ends();
}

static const struct workload_param params[] = {
	{"threads", "threads", 4, 1, MAX, "threads beside the first one"},
	{0},
};

const struct workload workload = {
	.name = "threads",
	.summary = "checks threads of one process that run side by side",
	.measures = "nothing: it passes or fails",
	.field = "-",
	.n = 1,
	.warmup = 0,
	.params = params,
	.body = body,
};
