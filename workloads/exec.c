/* SPDX-License-Identifier: MIT */
/*
 * fork and execve. The child drops the address space that fork has just copied and builds
 * a new one, so tables are made and freed twice.
 *
 * It runs aux/tiny.c, a static program that ends at once, in the same directory, linked
 * with one of two C libraries. With musl it is as small as possible. With glibc it is the
 * usual result of `cc -static`: three quarters of a megabyte, more pages touched at the
 * start, and system calls that our guest kernel answers with ENOSYS (docs/measuring.md),
 * which glibc tolerates.
 */
#include <errno.h>
#include <unistd.h>

#include "workload.h"

static const struct workload_param params[] = {
	{"libc", "choice", 0, 0, 1, "C library of the program executed: 0 musl, 1 glibc"},
	{0},
};

static const char *program;
static char *path;

static int setup(void)
{
	program = workload_param("libc") ? "tiny-glibc" : "tiny";
	path = workload_program(program);
	return 0;
}

static int body(void)
{
	pid_t pid = workload_fork();
	int status;

	if (pid == 0) {
		char *const argv[] = {path, NULL}, *const envp[] = {NULL};

		execve(path, argv, envp);
		_exit(errno); /* the program's own status is always 0 */
	}
	if (pid < 0)
		return workload_fail("fork", errno);
	status = workload_wait(pid);
	if (status > 0)
		return workload_failed_exec(program, status);
	return status;
}

const struct workload workload = {
	.name = "exec",
	.summary = "fork, the child executes a tiny static program, the parent waits",
	.measures = "fork + execve + exit + wait of a static program that ends at once",
	.field = "lmbench lat_proc exec; UnixBench execl -like, which executes without a fork",
	.n = 32,
	.warmup = 4,
	.points = "libc=0,1",
	.params = params,
	.setup = setup,
	.body = body,
};
