// SPDX-License-Identifier: MIT
/*
 * System calls of i386 through the address that the kernel gives programs (AT_SYSINFO), or by
 * INT $0x80 if it gives none: arguments, errors, fork, signals in between and restarted calls.
 * The kernel may use SYSENTER there, which saves neither stack pointer nor return address.
 * With an argument it only says which of the two is used.
 */
#define _GNU_SOURCE
#include <stdio.h>

#ifdef __x86_64__
int main(void)
{
	puts("x86-64 programs have one instruction for system calls");
	return 0;
}
#else
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096

asm(".text\n"
    "by_interrupt: int $0x80\n"
    " ret\n"
    /* long enter(void *entry, long nr, const long *six_arguments) */
    "enter: pushl %ebp\n"
    " pushl %ebx\n"
    " pushl %esi\n"
    " pushl %edi\n"
    " pushl 20(%esp)\n"
    " movl 28(%esp), %eax\n"
    " movl 32(%esp), %edi\n"
    " movl 0(%edi), %ebx\n"
    " movl 4(%edi), %ecx\n"
    " movl 8(%edi), %edx\n"
    " movl 12(%edi), %esi\n"
    " movl 20(%edi), %ebp\n"
    " movl 16(%edi), %edi\n"
    " call *(%esp)\n"
    " addl $4, %esp\n"
    " popl %edi\n"
    " popl %esi\n"
    " popl %ebx\n"
    " popl %ebp\n"
    " ret\n");
void by_interrupt(void);
long enter(void *entry, long nr, const long *arguments);

static void *entry;
static volatile int ticks, steps;

static long call(long nr, long a, long b, long c, long d, long e, long f)
{
	const long arguments[] = {a, b, c, d, e, f};

	return enter(entry, nr, arguments);
}

static void check_arguments(void)
{
	char text[PAGE], name[] = "/tmp/calls-XXXXXX";
	int fd = mkstemp(name);
	char *p;

	unlink(name);
	memset(text, 'a', PAGE);
	printf("%zd\n", write(fd, text, PAGE));
	memset(text, 'b', PAGE);
	printf("%zd\n", write(fd, text, PAGE));
	p = (char *)call(SYS_mmap2, 0, PAGE, 1, 2, fd, 1);
	printf("the sixth argument, a page of a file: %c\n", p[PAGE - 1]);
	printf("%d\n", call(SYS_getpid, 0, 0, 0, 0, 0, 0) == getpid());
	printf("%ld\n", call(SYS_write, -1, 0, 0, 0, 0, 0));
	printf("%ld\n", call(SYS_write, fd, 1, 1, 0, 0, 0));
	printf("%ld\n", call(4000, 0, 0, 0, 0, 0, 0));
	close(fd);
}

static void check_fork(void)
{
	int status = 0;
	long pid;

	fflush(stdout);
	pid = call(SYS_fork, 0, 0, 0, 0, 0, 0);
	if (!pid)
		_exit(call(SYS_getpid, 0, 0, 0, 0, 0, 0) == getpid() ? 42 : 1);
	printf("%d\n", waitpid((pid_t)pid, &status, 0) == pid);
	printf("a child that forked by it: %d\n", WEXITSTATUS(status));
}

static void tick(int sig)
{
	(void)sig;
	ticks++;
}

/* A signal comes wherever the program is: also in the code that makes the call. */
static void check_signals(void)
{
	struct itimerval every = {{0, 100}, {0, 100}}, none = {{0, 0}, {0, 0}};
	long pid = getpid(), wrong = 0;

	signal(SIGALRM, tick);
	setitimer(ITIMER_REAL, &every, NULL);
	for (long i = 0; ticks < 50; i++)
		wrong += call(SYS_getpid, 1, 2, 3, 4, 5, 6) != pid;
	setitimer(ITIMER_REAL, &none, NULL);
	printf("between signals: %ld wrong\n", wrong);
}

/* A call that a signal has interrupted is made again, and finds its arguments. */
static void check_restart(void)
{
	int before = ticks, p[2];
	char text[8] = "";
	long rc;

	if (pipe(p))
		return;
	if (!fork()) {
		usleep(20000);
		kill(getppid(), SIGALRM);
		usleep(20000);
		_exit(write(p[1], "hello", 5) != 5);
	}
	rc = call(SYS_read, p[0], (long)text, 5, 4, 5, 6);
	wait(NULL);
	printf("made again after %d signal: %ld %s\n", ticks - before, rc, text);
}

static void step(int sig)
{
	(void)sig;
	steps++;
}

/* How often the program is stopped differs between kernels. */
static void check_steps(void)
{
	signal(SIGTRAP, step);
	asm volatile("pushfl\n orl $0x100, (%%esp)\n popfl" ::: "memory", "cc");
	call(SYS_getpid, 0, 0, 0, 0, 0, 0);
	asm volatile("pushfl\n andl $~0x100, (%%esp)\n popfl" ::: "memory", "cc");
	printf("in single steps: %d\n", steps > 10);
}

int main(int argc, char **argv)
{
	entry = (void *)getauxval(AT_SYSINFO);
	(void)argv;
	if (argc > 1) {
		puts(entry ? "AT_SYSINFO" : "INT 0x80");
		return 0;
	}
	if (!entry)
		entry = by_interrupt;
	check_arguments();
	check_fork();
	check_signals();
	check_restart();
	check_steps();
	return 0;
}
#endif
