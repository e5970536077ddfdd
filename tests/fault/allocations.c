// SPDX-License-Identifier: MIT
/*
 * pvmmu with one allocation that fails: the first, the second, and so on until there is none left.
 * Linked with the whole program, whose main() is called pvmmu_main here, and in front of the C
 * library's allocator, so that what the library and jansson allocate is among them.
 *
 *	allocations FROM EVERY OUT COMMAND ARGUMENT...
 *
 * runs `pvmmu COMMAND ARGUMENT...` with each EVERY-th allocation failing in turn, each time in a
 * process of its own. OUT is a file in a directory of its own that the command writes, or "-".
 * Allowed is: the same output as ever and exit code 0, since the library can do without some; or
 * exit code 4, a message that speaks of memory, and of the file either nothing or all. Prints what
 * was not, and "N allocations, M failed, B badly".
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/lib/text.h"

int pvmmu_main(int argc, char **argv);

/* ---- the allocator ---- */

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);

static bool counting;
static unsigned long made, failing; /* the one that fails; 0: none */

static bool fails(void)
{
	if (!counting || ++made != failing)
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t n)
{
	return fails() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	return fails() ? NULL : __libc_realloc(p, size);
}

/* glibc's regcomp() frees twice what it had when memory ends (seen in 2.36): none of ours to catch.
 */
int __real_regcomp(regex_t *regex, const char *pattern, int flags);
int __wrap_regcomp(regex_t *regex, const char *pattern, int flags);

int __wrap_regcomp(regex_t *regex, const char *pattern, int flags)
{
	bool was = counting;
	int failure;

	counting = false;
	failure = __real_regcomp(regex, pattern, flags);
	counting = was;
	return failure;
}

/* ---- one run ---- */

struct result {
	int code;		/* 128 and the number of a signal */
	char *out, *err, *file; /* file NULL: there is none */
	unsigned long made;
};

static char *all_of(int fd)
{
	off_t n = lseek(fd, 0, SEEK_END);
	char *text = xcalloc(1, (size_t)n + 1);

	if (pread(fd, text, (size_t)n, 0) != n)
		abort();
	return text;
}

static char *file_of(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text = fd < 0 ? NULL : all_of(fd);

	if (fd >= 0)
		close(fd);
	return text;
}

/* How many files are beside it. */
static int others(const char *path)
{
	char *dir = xstrndup(path, (size_t)(strrchr(path, '/') - path));
	struct dirent *e;
	DIR *d = opendir(dir);
	int n = 0;

	if (!d)
		abort();
	while ((e = readdir(d)))
		n += *e->d_name != '.' && strcmp(e->d_name, strrchr(path, '/') + 1) != 0;
	closedir(d);
	free(dir);
	return n;
}

static struct result run(unsigned long which, const char *file, int argc, char **argv)
{
	unsigned long *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int out = memfd_create("out", MFD_CLOEXEC), err = memfd_create("err", MFD_CLOEXEC);
	struct result r = {0};
	int status;
	pid_t pid;

	unlink(file);
	/* Or the child would print it as well. */
	fflush(stdout);
	pid = fork();
	if (!pid) {
		dup2(out, 1);
		dup2(err, 2);
		alarm(600);
		failing = which;
		counting = true;
		r.code = pvmmu_main(argc, argv);
		counting = false;
		*shared = made;
		exit(r.code);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		abort();
	r.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	r.out = all_of(out);
	r.err = all_of(err);
	r.file = file_of(file);
	r.made = *shared;
	munmap(shared, sizeof(*shared));
	close(out);
	close(err);
	return r;
}

static void result_free(struct result *r)
{
	free(r->out);
	free(r->err);
	free(r->file);
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* NULL, or what is wrong with it. */
static const char *wrong(const struct result *r, const struct result *good)
{
	if (r->code >= 128)
		return "killed by a signal";
	if (r->code != 0 && r->code != 4)
		return "another exit code";
	if (r->file && !same(r->file, good->file))
		return "the file is half written";
	if (r->code == 0 && (!same(r->out, good->out) || !same(r->file, good->file)))
		return "success, with other output";
	if (r->code == 4 && (strncmp(r->err, "pvmmu: ", 7) != 0 || !strstr(r->err, "memory")))
		return "no message, or of something else";
	return NULL;
}

int main(int argc, char **argv)
{
	unsigned long every = argc > 4 ? strtoul(argv[2], NULL, 10) : 0, tried = 0, bad = 0;
	struct result good;

	if (!every) {
		fprintf(stderr, "usage: %s FROM EVERY OUT COMMAND ARGUMENT...\n", argv[0]);
		return 64;
	}
	/* OUT stands where pvmmu has its own name. */
	good = run(0, argv[3], argc - 3, argv + 3);
	if (good.code) {
		fprintf(stderr, "without a failure: exit code %d\n%s", good.code, good.err);
		return 1;
	}
	for (unsigned long k = strtoul(argv[1], NULL, 10); k <= good.made; k += every, tried++) {
		struct result r = run(k, argv[3], argc - 3, argv + 3);
		const char *error = wrong(&r, &good);

		if (!error && strchr(argv[3], '/') && others(argv[3]))
			error = "another file is left";
		if (error && ++bad <= 20)
			printf("allocation %lu: %s: exit code %d: %s%s\n", k, error, r.code, r.out,
			       r.err);
		result_free(&r);
	}
	printf("%lu allocations, %lu failed, %lu badly\n", good.made, tried, bad);
	result_free(&good);
	return bad != 0;
}
