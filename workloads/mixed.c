/* SPDX-License-Identifier: MIT */
/*
 * The work of a shell that runs a build, in proportions from a seed: it starts programs,
 * maps and reads files, reads output of children from pipes, runs subshells that write to
 * a part of their memory, and allocates and frees memory. One iteration is a complete
 * sequence, from the same seed each time, so that its samples are comparable and every
 * kernel does the same.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "workload.h"

#define PAGE	 4096u
#define HEAP	 64u /* pages of the shell's own, to which a subshell writes */
#define PROGRAM	 "tiny"
#define DOCUMENT "tiny-glibc" /* a file of some size */

static const struct workload_param params[] = {
	{"steps", "steps", 12, 1, 1000, "steps of the sequence"},
	{"seed", "none", 1, 1, 1000000, "which sequence"},
	{0},
};

static uint64_t steps;
static uint32_t state;
static char *heap, program[300], document[300];

/* Numbers below `below`, the same ones on every kernel. */
static uint32_t draw(uint32_t below)
{
	state = state * 1664525u + 1013904223u;
	return (state >> 16) % below;
}

static int ended(pid_t pid)
{
	int status = workload_wait(pid);

	if (status > 0)
		return workload_fail("a child", status);
	return status;
}

/* For example a compiler. */
static int run_program(void)
{
	pid_t pid = workload_fork();

	if (pid == 0) {
		char *const argv[] = {program, NULL}, *const envp[] = {NULL};

		execve(program, argv, envp);
		_exit(errno);
	}
	return pid < 0 ? workload_fail("fork", errno) : ended(pid);
}

/* $(...): reads the output of a child to its end. */
static int take_output(void)
{
	size_t due = 64 + draw(2000), got = 0;
	char text[512] = {0};
	int fd[2];
	ssize_t n;
	pid_t pid;

	if (pipe(fd) < 0)
		return workload_fail("pipe", errno);
	pid = workload_fork();
	if (pid == 0) {
		while (due) {
			n = write(fd[1], text, due < sizeof(text) ? due : sizeof(text));
			if (n <= 0)
				_exit(errno);
			due -= (size_t)n;
		}
		_exit(0);
	}
	close(fd[1]);
	while (pid > 0 && (n = read(fd[0], text, sizeof(text))) > 0)
		got += (size_t)n;
	close(fd[0]);
	if (pid < 0)
		return workload_fail("fork", errno);
	if (ended(pid) < 0)
		return -1;
	return got == due ? 0 : workload_fail("a pipe lost what was written", 0);
}

/* (...): a copy of the shell that runs for a while. */
static int run_subshell(void)
{
	size_t pages = 1 + draw(HEAP);
	pid_t pid = workload_fork();

	if (pid == 0) {
		workload_write_pages(heap, pages * PAGE);
		_exit(0);
	}
	return pid < 0 ? workload_fail("fork", errno) : ended(pid);
}

/* For example a source, a header, an object. */
static int read_file(void)
{
	int fd = open(document, O_RDONLY);
	const volatile char *text;
	struct stat st;

	if (fd < 0)
		return workload_fail("open of " DOCUMENT, errno);
	if (fstat(fd, &st) < 0)
		return workload_fail("fstat", errno);
	text = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (text == MAP_FAILED)
		return workload_fail("mmap of a file", errno);
	close(fd);
	for (off_t at = 0; at < st.st_size; at += (off_t)PAGE)
		(void)text[at];
	return munmap((void *)text, (size_t)st.st_size) < 0 ? workload_fail("munmap", errno) : 0;
}

static int use_memory(void)
{
	size_t bytes = (1 + draw(HEAP)) * PAGE;
	char *p = workload_map(NULL, bytes);

	if (!p)
		return -1;
	workload_write_pages(p, bytes);
	return munmap(p, bytes) < 0 ? workload_fail("munmap", errno) : 0;
}

static int setup(void)
{
	steps = workload_param("steps");
	strcpy(program, workload_program(PROGRAM));
	strcpy(document, workload_program(DOCUMENT));
	heap = workload_map(NULL, HEAP * PAGE);
	if (!heap)
		return -1;
	workload_write_pages(heap, HEAP * PAGE);
	return 0;
}

static int body(void)
{
	/* run_program is listed twice, because builds do that most. */
	static int (*const kinds[])(void) = {run_program,  run_program, take_output,
					     run_subshell, read_file,	use_memory};

	state = (uint32_t)workload_param("seed");
	for (uint64_t i = 0; i < steps; i++)
		if (kinds[draw(sizeof(kinds) / sizeof(*kinds))]() < 0)
			return -1;
	return 0;
}

const struct workload workload = {
	.name = "mixed",
	.summary = "a seeded mix of what a shell does that runs a build",
	.measures =
		"one sequence of steps: fork + execve + wait, output of a child through a pipe, "
		"a subshell that writes to pages, a file mapped and read, memory used",
	.field = "a kernel build in small, which the field uses for all of this together",
	.n = 6,
	.warmup = 1,
	.params = params,
	.setup = setup,
	.body = body,
};
