// SPDX-License-Identifier: MIT
/*
 * System calls on memory, and what a program finds when it starts: prints one line a check,
 * on this Linux the same. Values that differ from one run to the next are not printed, such as
 * addresses. tests/guest/memory.t compares.
 *
 * With arguments it is its own helper: `memory args N` tells what it was started with.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../width.h"

#define PAGE 4096UL
#define RW   (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

/* The result of a call: success, or the name of the error. */
static const char *result(long rc)
{
	static const char *const names[] = {
		[EPERM] = "EPERM",     [ENOENT] = "ENOENT", [E2BIG] = "E2BIG",
		[ENOEXEC] = "ENOEXEC", [EBADF] = "EBADF",   [ENOMEM] = "ENOMEM",
		[EACCES] = "EACCES",   [EFAULT] = "EFAULT", [EEXIST] = "EEXIST",
		[ENODEV] = "ENODEV",   [EINVAL] = "EINVAL", [ENOSYS] = "ENOSYS",
		[ELOOP] = "ELOOP"};

	if (rc != -1)
		return "ok";
	return errno < (int)(sizeof(names) / sizeof(*names)) && names[errno] ? names[errno] : "?";
}

static void say(const char *what, long rc)
{
	printf("%s: %s\n", what, result(rc));
}

static void tell(const char *what, long value)
{
	printf("%s: %ld\n", what, value);
}

/* How a child that does this ends: "fine", or the signal. */
static const char *end_of(void (*fn)(char *), char *arg)
{
	static char text[40];
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		fn(arg);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return "no child";
	if (WIFSIGNALED(status))
		snprintf(text, sizeof(text), "signal %d", WTERMSIG(status));
	else
		snprintf(text, sizeof(text), "fine, %d", WEXITSTATUS(status));
	return text;
}

static void read_it(char *p)
{
	(void)*(volatile char *)p;
}

static void write_it(char *p)
{
	*(volatile char *)p = 1;
}

static void may(const char *what, char *p)
{
	printf("%s: read %s", what, end_of(read_it, p));
	printf(", write %s\n", end_of(write_it, p));
}

static char *map(size_t pages)
{
	char *p = mmap(NULL, pages * PAGE, RW, ANON, -1, 0);

	if (p == MAP_FAILED)
		exit(99);
	return p;
}

/* Pages that begin with 1, 2, ... */
static char *numbered(size_t pages)
{
	char *p = map(pages);

	for (size_t i = 0; i < pages; i++)
		p[i * PAGE] = (char)(i + 1);
	return p;
}

/* The first byte of each page, in one line. */
static void show(const char *what, const char *p, size_t pages)
{
	printf("%s:", what);
	for (size_t i = 0; i < pages; i++)
		printf(" %d", p[i * PAGE]);
	printf("\n");
}

static char *remap(void *old, size_t n, size_t m, int flags, void *to)
{
	return (char *)syscall(SYS_mremap, old, n * PAGE, m * PAGE, flags, to);
}

/* A place with nothing around. */
static char *empty_place(size_t pages)
{
	char *p = map(pages);

	munmap(p, pages * PAGE);
	return p;
}

static void check_mremap_here(void)
{
	char *place = empty_place(16), *p;

	p = mmap(place, 8 * PAGE, RW, ANON | MAP_FIXED, -1, 0);
	for (int i = 0; i < 8; i++)
		p[i * PAGE] = (char)(i + 1);
	tell("same length, same place", remap(p, 8, 8, 0, NULL) == p);
	tell("shrinks in place", remap(p, 8, 4, 0, NULL) == p);
	may("what it lost", p + 4 * PAGE);
	tell("grows in place", remap(p, 4, 10, 0, NULL) == p);
	show("grown", p, 10);
	mmap(place + 10 * PAGE, PAGE, PROT_NONE, ANON | MAP_FIXED, -1, 0);
	say("no room, may not move", (long)remap(p, 10, 12, 0, NULL));
	mprotect(p + 2 * PAGE, PAGE, PROT_READ);
	say("across areas that differ",
	    (long)remap(p, 10, 9, MREMAP_MAYMOVE | MREMAP_FIXED, place + 20 * PAGE));
	mprotect(p + 2 * PAGE, PAGE, RW);
	munmap(p, 11 * PAGE);
	say("nothing there", (long)remap(p, 2, 1, 0, NULL));
	say("no length", (long)remap(p, 2, 0, 0, NULL));
	say("not aligned", (long)remap(p + 1, 1, 1, 0, NULL));
	say("unknown flag", (long)remap(p, 1, 1, 64, NULL));
	say("fixed, may not move", (long)remap(p, 1, 1, MREMAP_FIXED, place));
}

static void check_mremap_move(void)
{
	char *p = numbered(600), *place = empty_place(700), *q;

	q = remap(p, 600, 650, MREMAP_MAYMOVE | MREMAP_FIXED, place + 3 * PAGE);
	tell("moves to where it is told", q == place + 3 * PAGE);
	tell("with its pages", q[0] == 1 && q[99 * PAGE] == 100 && q[599 * PAGE] == (char)600);
	tell("and new ones", q[600 * PAGE] + q[649 * PAGE]);
	may("where it was", p);
	q[0] = 77;
	p = remap(q, 650, 2, MREMAP_MAYMOVE | MREMAP_FIXED, place);
	tell("moves and shrinks", p == place);
	show("the rest of it", p, 2);
	say("onto itself", (long)remap(p, 2, 2, MREMAP_MAYMOVE | MREMAP_FIXED, p + PAGE));
	munmap(p, 2 * PAGE);

	/* Moved while a relative has the same pages. */
	p = numbered(4);
	fflush(stdout);
	if (!fork()) {
		place = empty_place(8);
		q = remap(p + PAGE, 2, 2, MREMAP_MAYMOVE | MREMAP_FIXED, place);
		show("the child's", q, 2);
		q[0] = 55;
		show("written to", q, 2);
		fflush(stdout);
		_exit(0);
	}
	wait(NULL);
	show("the parent's", p, 4);
	p[PAGE] = 66;
	q = remap(p, 4, 4, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);
	tell("moves and leaves the area", q != MAP_FAILED && q != p);
	show("there", q, 4);
	show("here", p, 4);
	munmap(p, 4 * PAGE);
	munmap(q, 4 * PAGE);

	/* Without access, and back. */
	p = numbered(3);
	mprotect(p, 3 * PAGE, PROT_NONE);
	place = empty_place(3);
	q = remap(p, 3, 3, MREMAP_MAYMOVE | MREMAP_FIXED, place);
	may("moved without access", q);
	mprotect(q, 3 * PAGE, RW);
	show("with access again", q, 3);
	munmap(q, 3 * PAGE);

	/* A wall behind it: it has to look for another place. */
	p = map(5);
	mprotect(p + 4 * PAGE, PAGE, PROT_NONE);
	p[0] = 9;
	q = remap(p, 4, 8, MREMAP_MAYMOVE, NULL);
	tell("finds another place", q != MAP_FAILED && q != p && q[0] == 9 && !q[7 * PAGE]);
	munmap(q, 8 * PAGE);
	munmap(p + 4 * PAGE, PAGE);
}

static void check_mremap_shared(void)
{
	char *p = mmap(NULL, 6 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0), *q;
	char *place = empty_place(6);

	p[0] = 1;
	p[PAGE] = 2;
	fflush(stdout);
	if (!fork()) {
		q = remap(p + PAGE, 1, 1, MREMAP_MAYMOVE | MREMAP_FIXED, place);
		q[0] = 22;
		_exit(0);
	}
	wait(NULL);
	show("shared memory moved in a child", p, 2);
	munmap(p, 6 * PAGE);
}

static void check_advice(void)
{
	char *p = numbered(6);

	say("DONTNEED", madvise(p + PAGE, 2 * PAGE, MADV_DONTNEED));
	show("after it", p, 6);
	p[PAGE] = 8;
	show("written to again", p, 6);
	say("FREE", madvise(p + 5 * PAGE, PAGE, 8));
	say("NORMAL", madvise(p, PAGE, MADV_NORMAL));
	say("RANDOM", madvise(p, PAGE, MADV_RANDOM));
	say("SEQUENTIAL", madvise(p, PAGE, MADV_SEQUENTIAL));
	say("WILLNEED", madvise(p, PAGE, MADV_WILLNEED));
	say("DONTDUMP", madvise(p, PAGE, MADV_DONTDUMP));
	say("not aligned", madvise(p + 1, PAGE, MADV_DONTNEED));
	say("unknown advice", madvise(p, PAGE, 12345));
	say("no length", madvise(p, 0, MADV_DONTNEED));
	munmap(p + 3 * PAGE, PAGE);
	say("over a hole", madvise(p, 6 * PAGE, MADV_DONTNEED));
	tell("done nevertheless", p[0] + p[2 * PAGE] + p[4 * PAGE]);
	munmap(p, 6 * PAGE);
}

static void check_sync_and_lock(void)
{
	unsigned char present[6];
	char *p = map(6);

	p[PAGE] = p[4 * PAGE] = 1;
	say("mincore", mincore(p, 6 * PAGE, present));
	for (int i = 0; i < 6; i++)
		printf("%d", present[i] & 1);
	printf("\n");
	say("mincore, not aligned", mincore(p + 1, PAGE, present));
	say("mincore, bad vector", mincore(p, PAGE, (unsigned char *)8));
	say("msync", msync(p, 6 * PAGE, MS_SYNC));
	say("msync both ways", msync(p, PAGE, MS_SYNC | MS_ASYNC));
	say("msync, not aligned", msync(p + 1, PAGE, MS_SYNC));
	say("mlock", mlock(p + 2 * PAGE, PAGE + 5));
	say("munlock", munlock(p, 6 * PAGE));
	say("mincore", mincore(p, 6 * PAGE, present));
	for (int i = 0; i < 6; i++)
		printf("%d", present[i] & 1);
	printf("\n");
	say("mlockall without flags", mlockall(0));
	munmap(p + 5 * PAGE, PAGE);
	say("mincore of a hole", mincore(p, 6 * PAGE, present));
	say("msync of a hole", msync(p, 6 * PAGE, MS_SYNC));
	say("mlock of a hole", mlock(p, 6 * PAGE));
	munmap(p, 5 * PAGE);
}

static void check_mmap(void)
{
	char *p = empty_place(8), *q;
	unsigned char present[4];

	q = mmap(p + PAGE, PAGE, RW, ANON, -1, 0);
	tell("a hint is taken", q == p + PAGE);
	tell("if there is room", mmap(q, PAGE, RW, ANON, -1, 0) != q);
	say("FIXED_NOREPLACE", (long)mmap(q, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0));
	say("where nothing is", (long)mmap(p, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0));
	munmap(p, 2 * PAGE);
	p = mmap(NULL, 4 * PAGE, RW, ANON | MAP_POPULATE, -1, 0);
	mincore(p, 4 * PAGE, present);
	tell("populated",
	     (present[0] & 1) + (present[1] & 1) + (present[2] & 1) + (present[3] & 1));
	munmap(p, 4 * PAGE);
	p = mmap(NULL, 4 * PAGE, RW, ANON | MAP_STACK | MAP_NORESERVE | MAP_GROWSDOWN, -1, 0);
	tell("stack-like", p != MAP_FAILED && (p[0] = 3));
	munmap(p, 4 * PAGE);
	say("a terabyte that nobody uses",
	    (long)(p = mmap(NULL, HUGE, PROT_NONE, ANON | MAP_NORESERVE, -1, 0)));
	munmap(p, HUGE);
	p = mmap(NULL, PAGE, PROT_NONE, ANON, -1, 0);
	may("PROT_NONE", p);
	munmap(p, PAGE);
	p = mmap(NULL, PAGE, PROT_READ, ANON, -1, 0);
	may("read-only", p);
	munmap(p, PAGE);
	say("neither shared nor private", (long)mmap(NULL, PAGE, RW, MAP_ANONYMOUS, -1, 0));
	say("no file", (long)mmap(NULL, PAGE, RW, MAP_PRIVATE, -1, 0));
	say("no length", (long)mmap(NULL, 0, RW, ANON, -1, 0));
	say("offset not aligned", syscall(SYS_mmap, NULL, PAGE, RW, ANON, -1, 5));
	say("too much", (long)mmap(NULL, TOO_MUCH, RW, ANON, -1, 0));
	say("a terabyte to write to", (long)mmap(NULL, HUGE, RW, ANON, -1, 0));
	say("mprotect, not aligned", syscall(SYS_mprotect, PAGE + 1, PAGE, RW));
	say("mprotect of nothing", mprotect(empty_place(1), PAGE, RW));
	say("munmap, not aligned", munmap((char *)PAGE + 1, PAGE));
	say("munmap of nothing", munmap(empty_place(1), PAGE));
	say("munmap without length", munmap((char *)PAGE, 0));
}

/* Shared memory larger than one page of pointers finds. */
static void check_large_shared(void)
{
	size_t pages = 3000;
	int *p = mmap(NULL, pages * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	long sum = 0;

	fflush(stdout);
	if (!fork()) {
		for (size_t i = 0; i < pages; i++)
			p[i * PAGE / sizeof(int)] = (int)i;
		_exit(0);
	}
	wait(NULL);
	for (size_t i = 0; i < pages; i++)
		sum += p[i * PAGE / sizeof(int)];
	tell("sum of what a child wrote", sum);
	munmap(p, pages * PAGE);
}

static void check_files(void)
{
	int fd = open("/tmp/memory.test", O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *p, *q;

	if (write(fd, "first page", 10) != 10 || pwrite(fd, "second", 6, PAGE) != 6)
		exit(98);
	p = mmap(NULL, 4 * PAGE, RW, MAP_PRIVATE, fd, 0);
	q = mmap(NULL, 4 * PAGE, RW, MAP_SHARED, fd, 0);
	printf("%.10s, %.6s, %d\n", p, q + PAGE, p[PAGE + 6]);
	may("private, in the last page", p + PAGE + 100);
	may("private, beyond the end", p + 2 * PAGE);
	may("shared, beyond the end", q + 3 * PAGE);
	memcpy(q, "FIRST", 5);
	printf("%.10s\n", p);
	memcpy(p, "mine!", 5);
	printf("%.10s, %.10s\n", p, q);
	say("DONTNEED", madvise(p, PAGE, MADV_DONTNEED));
	printf("%.10s\n", p);
	say("msync", msync(q, PAGE, MS_SYNC));
	tell("moved", (p = remap(p + PAGE, 1, 1, MREMAP_MAYMOVE | MREMAP_FIXED, empty_place(1))) !=
			      MAP_FAILED);
	printf("%.6s\n", p);
	munmap(p, PAGE);
	munmap(q, 4 * PAGE);
	close(fd);
	fd = open("/tmp/memory.test", O_RDONLY);
	say("shared and writable, of a file that is not",
	    (long)mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0));
	p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	say("made so later", mprotect(p, PAGE, RW));
	munmap(p, PAGE);
	close(fd);
	unlink("/tmp/memory.test");
}

/* The call itself: not every C library has a function for it that does anything. */
static char *set_break(char *to)
{
	return (char *)syscall(SYS_brk, to);
}

static void check_brk(void)
{
	char *old = set_break(NULL), *page = (char *)(((uintptr_t)old + PAGE - 1) & ~(PAGE - 1));

	tell("grows", set_break(page + 5 * PAGE) == page + 5 * PAGE);
	memset(page, 1, 5 * PAGE);
	tell("shrinks", set_break(page + 2 * PAGE) == page + 2 * PAGE);
	may("what it lost", page + 2 * PAGE);
	tell("comes back", set_break(page + 5 * PAGE) == page + 5 * PAGE);
	show("empty", page, 5);
	tell("too much", set_break(old + BY_WIDTH(46, 3072)) == page + 5 * PAGE);
	tell("below its beginning", set_break((char *)PAGE) == page + 5 * PAGE);
	set_break(old);
}

static void deep(char *p)
{
	volatile char room[16384];

	room[0] = (char)((uintptr_t)p & 1);
	if (p > (char *)1)
		deep(p - 1);
	room[1] = room[0];
}

static void check_stack(void)
{
	printf("6 MiB of stack: %s\n", end_of(deep, (char *)((6UL << 20) / 16384)));
	printf("without end: %s\n", end_of(deep, (char *)HUGE));
}

/* -- starting programs ---------------------------------------------------------------- */

static char self[4096];

/* How a child ends that executes that. */
static void run(const char *what, const char *path, char *const argv[], char *const envp[])
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		execve(path, argv, envp);
		printf("%s: %s\n", what, result(-1));
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	if (status)
		printf("%s: status %x\n", what, status);
}

static void make(const char *path, const void *data, size_t n, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0700);

	if (write(fd, data, n) != (ssize_t)n || fchmod(fd, mode) < 0)
		exit(97);
	close(fd);
}

/* As many strings of that length as make so many bytes. */
static char **strings(size_t bytes, size_t len)
{
	size_t n = bytes / (len + 1);
	char **v = calloc(n + 4, sizeof(*v)), *s = malloc(len + 1);

	memset(s, 'a', len);
	s[len] = '\0';
	v[0] = self;
	v[1] = (char *)"args";
	for (size_t i = 0; i < n; i++)
		v[i + 2] = s;
	return v;
}

static void check_exec(void)
{
	char *plain[] = {(char *)"name", (char *)"args", (char *)"x y", NULL};
	char *script[] = {(char *)"script", (char *)"more", NULL};
	char *env[] = {(char *)"A=1", (char *)"B=", NULL};
	char text[4200];

	run("itself", self, plain, env);
	run("100 KiB of arguments", self, strings(100 << 10, 999), env);
	run("many of them", self, strings(20000, 1), env);
	run("and of environment", self, plain, strings(60000, 59));
	run("one string too long", self, strings(300 << 10, (300 << 10) - 2), env);
	run("no such file", "/tmp/nothing", plain, env);
	run("not in a directory", "/etc/nothing/x", plain, env);
	run("a directory", "/tmp", plain, env);
	make("/tmp/nonsense", "no program, but long enough to hold a header of such\n\n\n\n\n\n",
	     60, 0700);
	run("nonsense", "/tmp/nonsense", plain, env);
	make("/tmp/nonsense", "", 0, 0700);
	run("nothing", "/tmp/nonsense", plain, env);
	make("/tmp/nonsense", "\177ELF", 4, 0700);
	run("a short one", "/tmp/nonsense", plain, env);
	snprintf(text, sizeof(text), "#!%s args of script \nrest\n", self);
	make("/tmp/nonsense", text, strlen(text), 0700);
	run("a script", "/tmp/nonsense", script, env);
	make("/tmp/other", "#! /tmp/nonsense\n", 17, 0700);
	run("a script of a script", "/tmp/other", script, env);
	make("/tmp/other", "#!/tmp/other\n", 13, 0700);
	run("a script of itself", "/tmp/other", script, env);
	make("/tmp/other", "#!/no/such/shell", 16, 0700);
	run("a script of nobody", "/tmp/other", script, env);
	unlink("/tmp/nonsense");
	unlink("/tmp/other");
}

static void show_args(int argc, char **argv, char **envp)
{
	unsigned long sum = 0, n = 0;

	for (int i = 1; i < argc; i++)
		for (const char *s = argv[i]; *s; s++)
			sum += (unsigned char)*s;
	while (envp[n])
		n++;
	printf("%d arguments", argc);
	for (int i = 1; i < argc && argc < 8; i++)
		printf(" '%s'", argv[i]);
	printf(", bytes %lu, environment %lu", argc < 8 ? 0 : sum, n);
	printf(", page %lu, ticks %lu, secure %lu, random %d, phdr %d, entry %d, %s\n",
	       getauxval(AT_PAGESZ), getauxval(AT_CLKTCK), getauxval(AT_SECURE),
	       getauxval(AT_RANDOM) != 0, getauxval(AT_PHDR) != 0, getauxval(AT_ENTRY) != 0,
	       (const char *)getauxval(AT_PLATFORM));
	tell("aligned", (uintptr_t)__builtin_frame_address(0) % 16 == 0);
}

int main(int argc, char **argv, char **envp)
{
	ssize_t n;

	if (argc > 1) {
		show_args(argc, argv, envp);
		return 0;
	}
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n < 0)
		snprintf(self, sizeof(self), "%s", argv[0]);
	check_mremap_here();
	check_mremap_move();
	check_mremap_shared();
	check_advice();
	check_sync_and_lock();
	check_mmap();
	check_large_shared();
	check_files();
	check_brk();
	check_stack();
	check_exec();
	return 0;
}
