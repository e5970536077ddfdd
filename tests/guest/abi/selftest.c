// SPDX-License-Identifier: MIT
/*
 * The guest's system calls and memory, checked from the inside by an ordinary
 * static program. It is built like a workload, so that its verdict comes out as
 * any other's, but is not one: tests/guest/abi.t puts it into a ramdisk of its
 * own. It runs on Linux as well, which keeps the checks honest.
 */
#define _GNU_SOURCE
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

#include "../width.h"

#define PAGE 4096

/* Where nothing can be; volatile, so that the compiler does not know. */
static char *volatile nowhere = (char *)1;

static int fail_at(int line, const char *what)
{
	char text[160];

	snprintf(text, sizeof(text), "selftest.c:%d: %s (errno %d)", line, what, errno);
	return workload_fail(text, 0);
}

#define CHECK(c)                                                                                   \
	do {                                                                                       \
		if (!(c))                                                                          \
			return fail_at(__LINE__, #c);                                              \
	} while (0)

/* Runs fn in a child; its wait status, or -1. */
static int in_child(void (*fn)(char *), char *arg)
{
	int status = -1;
	pid_t pid = workload_fork();

	if (pid == 0) {
		fn(arg);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return status;
}

static char *map(size_t pages, int prot, int flags)
{
	char *p = mmap(NULL, pages * PAGE, prot, flags | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static void write_one(char *p)
{
	*(volatile char *)p = 1;
}

static void read_one(char *p)
{
	(void)*(volatile char *)p;
}

static void jump_to(char *p)
{
	((void (*)(void))p)();
}

static void spin(char *p)
{
	for (;;)
		*(volatile char *)p += 1;
}

static void kill_by_ud2(char *p)
{
	(void)p;
	__asm__ volatile("ud2");
}

static int killed_by(int status, int sig)
{
	return status != -1 && WIFSIGNALED(status) && WTERMSIG(status) == sig;
}

/* Copy on write keeps both sides apart, and shared memory does not. */
static int check_fork(void)
{
	char *own = map(4, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	char *shared = map(4, PROT_READ | PROT_WRITE, MAP_SHARED);

	CHECK(own && shared);
	own[0] = own[PAGE] = 42;
	CHECK(own[2 * PAGE] == 0); /* the zero page */
	CHECK(in_child(write_one, own) == 0);
	CHECK(own[0] == 42);
	own[PAGE] = 43; /* write-protected by the fork, no longer shared */
	own[2 * PAGE] = 44;
	CHECK(own[PAGE] == 43 && own[2 * PAGE] == 44 && own[3 * PAGE] == 0);
	CHECK(in_child(write_one, shared) == 0);
	CHECK(shared[0] == 1);
	CHECK(in_child(write_one, shared + 3 * PAGE) == 0); /* first touched by a child */
	CHECK(shared[3 * PAGE] == 1);
	CHECK(munmap(own, 4 * PAGE) == 0 && munmap(shared, 4 * PAGE) == 0);
	return 0;
}

static int check_mmap(void)
{
	char *p = map(8, PROT_READ | PROT_WRITE, MAP_PRIVATE), *q;

	CHECK(p);
	memset(p, 7, 8 * PAGE);
	/* A hole in the middle, filled again. */
	CHECK(munmap(p + 2 * PAGE, 2 * PAGE) == 0);
	CHECK(killed_by(in_child(read_one, p + 3 * PAGE), SIGSEGV));
	CHECK(p[PAGE] == 7 && p[4 * PAGE] == 7);
	q = mmap(p + 2 * PAGE, PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	CHECK(q == p + 2 * PAGE && q[0] == 0);
	/* Over what is there. */
	q = mmap(p, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	CHECK(q == p && q[0] == 0 && p[PAGE] == 7);
	CHECK(killed_by(in_child(write_one, p), SIGSEGV));
	CHECK(munmap(p, 8 * PAGE) == 0);
	CHECK(munmap(p, 8 * PAGE) == 0); /* nothing there is fine */
	CHECK(munmap(p + 1, PAGE) == -1 && errno == EINVAL);
	CHECK(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED &&
	      errno == EINVAL);
	CHECK(mmap(NULL, PAGE, PROT_READ, MAP_ANONYMOUS, -1, 0) == MAP_FAILED && errno == EINVAL);
	CHECK(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 77, 0) == MAP_FAILED && errno == EBADF);
	CHECK(mmap(NULL, BY_WIDTH(50, 4095), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
		      MAP_FAILED &&
	      errno == ENOMEM);
	CHECK(killed_by(in_child(read_one, NULL), SIGSEGV));
	CHECK(killed_by(in_child(read_one, (char *)0xffff880000000000), SIGSEGV));
	return 0;
}

static int check_mprotect(void)
{
	static const unsigned char ret = 0xc3;
	char *p = map(4, PROT_READ | PROT_WRITE, MAP_PRIVATE);

	CHECK(p);
	memset(p, 5, 4 * PAGE);
	p[3 * PAGE] = (char)ret;
	CHECK(mprotect(p, PAGE, PROT_READ) == 0);
	CHECK(killed_by(in_child(write_one, p), SIGSEGV));
	CHECK(p[0] == 5 && in_child(write_one, p + PAGE) == 0);
	CHECK(mprotect(p + PAGE, PAGE, PROT_NONE) == 0);
	CHECK(killed_by(in_child(read_one, p + PAGE), SIGSEGV));
	CHECK(mprotect(p, 2 * PAGE, PROT_READ | PROT_WRITE) == 0);
	CHECK(p[0] == 5 && p[PAGE] == 5); /* what PROT_NONE hid is still there */
	p[PAGE] = 6;
	CHECK(p[PAGE] == 6);
	CHECK(killed_by(in_child(jump_to, p + 3 * PAGE), SIGSEGV));
	CHECK(mprotect(p + 3 * PAGE, PAGE, PROT_READ | PROT_EXEC) == 0);
	CHECK(in_child(jump_to, p + 3 * PAGE) == 0);
	CHECK(munmap(p + 2 * PAGE, PAGE) == 0);
	CHECK(mprotect(p, 4 * PAGE, PROT_READ) == -1 && errno == ENOMEM); /* a hole */
	CHECK(syscall(SYS_mprotect, p + 1, PAGE, PROT_READ) == -1 && errno == EINVAL);
	CHECK(munmap(p, 4 * PAGE) == 0);
	return 0;
}

static int check_brk(void)
{
	char *start = (char *)syscall(SYS_brk, 0), *end;

	end = (char *)syscall(SYS_brk, start + 3 * PAGE);
	CHECK(end == start + 3 * PAGE);
	memset(start, 9, 3 * PAGE);
	CHECK((char *)syscall(SYS_brk, start) == start);
	CHECK((char *)syscall(SYS_brk, end) == end);
	CHECK(end[-1] == 0); /* fresh again */
	CHECK((char *)syscall(SYS_brk, start) == start);
	return 0;
}

static int check_wait(void)
{
	int status;
	pid_t pid;

	CHECK(waitpid(-1, &status, 0) == -1 && errno == ECHILD);
	CHECK(waitpid(9999, &status, 0) == -1 && errno == ECHILD);
	pid = workload_fork();
	if (pid == 0) {
		/* An orphan: its parent ends first, and somebody else buries it. */
		if (workload_fork() == 0) {
			sched_yield();
			_exit(0);
		}
		_exit(77);
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 77);
	CHECK(getppid() >= 0 && getpid() > 0 && syscall(SYS_gettid) == getpid());
	CHECK(killed_by(in_child(kill_by_ud2, NULL), SIGILL));
	return 0;
}

/* A process that never gives way is preempted; without that this does not end. */
static int check_preemption(void)
{
	volatile char *progress = map(1, PROT_READ | PROT_WRITE, MAP_SHARED);
	struct timespec nap = {.tv_nsec = 1000000};
	struct timespec before, after;
	pid_t child, quitter;
	int status;

	CHECK(progress);
	child = workload_fork();
	if (child == 0)
		spin((char *)progress);
	CHECK(child > 0);
	while (!*progress)
		sched_yield();
	/* Sleeping wakes us although the child wants the CPU for ever. */
	clock_gettime(CLOCK_MONOTONIC, &before);
	CHECK(nanosleep(&nap, NULL) == 0);
	clock_gettime(CLOCK_MONOTONIC, &after);
	CHECK((after.tv_sec - before.tv_sec) * 1000000000L + after.tv_nsec - before.tv_nsec >=
	      nap.tv_nsec);
	CHECK(waitpid(child, &status, WNOHANG) == 0);
	quitter = workload_fork();
	if (quitter == 0)
		_exit(3);
	CHECK(waitpid(quitter, &status, 0) == quitter && WEXITSTATUS(status) == 3);
	/*
	 * Where there is no kill yet the child spins on when process 1 ends, and
	 * must be cleared away.
	 */
	if (kill(child, SIGKILL) == 0)
		CHECK(waitpid(child, &status, 0) == child);
	return 0;
}

static int check_files(void)
{
	char buf[16] = "";
	struct iovec v[2] = {{.iov_base = (char[]){""}, .iov_len = 0}, {.iov_base = NULL}};
	char self[200];
	int fd;

	CHECK(open("/no/such/file", O_RDONLY) == -1 && errno == ENOENT);
	CHECK(write(77, "x", 1) == -1 && errno == EBADF);
	CHECK(write(1, NULL, 10) == -1 && errno == EFAULT);
	CHECK(write(1, (void *)0xffff880000000000, 10) == -1 && errno == EFAULT);
	CHECK(writev(1, v, 2) == 0);
	CHECK(open(nowhere, O_RDONLY) == -1 && errno == EFAULT);
	snprintf(self, sizeof(self), "%s/selftest", workload_directory());
	fd = open(self, O_RDONLY | O_CLOEXEC);
	CHECK(fd >= 0 && read(fd, buf, 4) == 4 && !memcmp(buf, "\177ELF", 4));
	CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC);
	/* Mapped, a private copy can be changed and the file cannot. */
	{
		char *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0), *q;

		CHECK(p != MAP_FAILED && !memcmp(p, "\177ELF", 4));
		p[0] = 'x';
		q = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
		CHECK(q != MAP_FAILED && q[0] == '\177');
		CHECK(mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED &&
		      errno == EACCES);
		CHECK(munmap(p, PAGE) == 0 && munmap(q, PAGE) == 0);
	}
	CHECK(close(fd) == 0 && close(fd) == -1 && errno == EBADF);
	return 0;
}

static int check_exec(void)
{
	char *args[] = {(char[]){"x"}, NULL};
	char path[200];

	CHECK(execve("/no/such/file", args, args) == -1 && errno == ENOENT);
	CHECK(execve(nowhere, args, args) == -1 && errno == EFAULT);
	snprintf(path, sizeof(path), "%s/nonsense", workload_directory());
	CHECK(execve(path, args, args) == -1 && errno == ENOEXEC);
	return 0;
}

static int check_calls(void)
{
	struct timespec t, bad = {.tv_nsec = 2000000000};

	CHECK(syscall(499) == -1 && errno == ENOSYS);
	CHECK(syscall(100000) == -1 && errno == ENOSYS);
	CHECK(clock_gettime(99, &t) == -1 && errno == EINVAL);
	CHECK(clock_gettime(CLOCK_REALTIME, &t) == 0 && t.tv_sec > 1700000000);
	CHECK(nanosleep(&bad, NULL) == -1 && errno == EINVAL);
	CHECK(sched_yield() == 0);
	return 0;
}

static int body(void)
{
	static int (*const checks[])(void) = {check_wait,     check_fork,  check_mmap,
					      check_mprotect, check_brk,   check_files,
					      check_exec,     check_calls, check_preemption};

	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++)
		if (checks[i]())
			return -1;
	return 0;
}

const struct workload workload = {
	.name = "selftest",
	.summary = "checks the guest's system calls from the inside",
	.measures = "nothing: it passes or fails",
	.field = "-",
	.n = 1,
	.warmup = 0,
	.body = body,
};
