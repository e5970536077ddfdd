/* SPDX-License-Identifier: MIT */
/*
 * Starts a program without copying the parent first: the child borrows the parent's
 * address space until it executes the program, and the parent sleeps meanwhile. So the
 * tables of a large parent are not copied, and only the new program's address space
 * remains. Shells and build tools start programs so.
 */
#include <errno.h>
#include <spawn.h>
#include <unistd.h>

#include "workload.h"

enum { POSIX_SPAWN, VFORK, FORK };

static const struct workload_param params[] = {
	{"method", "choice", 0, 0, 2,
	 "0 posix_spawn, 1 vfork + execve, 2 fork + execve, to compare"},
	{0},
};

#define PROGRAM "tiny"

static uint64_t method;
static char *argv[] = {NULL, NULL}, *envp[] = {NULL};

static int setup(void)
{
	method = workload_param("method");
	argv[0] = workload_program(PROGRAM);
	return 0;
}

static void __attribute__((noreturn)) execute(void)
{
	execve(argv[0], argv, envp);
	_exit(errno); /* the program's own status is always 0 */
}

/* A separate function: the child of vfork() uses the parent's stack, and must not return. */
static __attribute__((noinline)) pid_t fork_and_execute(void)
{
	pid_t pid = method == VFORK ? vfork() : workload_fork();

	if (pid == 0)
		execute();
	return pid;
}

static int body(void)
{
	pid_t pid;
	int status, err = 0;

	if (method == POSIX_SPAWN) {
		err = posix_spawn(&pid, argv[0], NULL, NULL, argv, envp);
	} else {
		pid = fork_and_execute();
		if (pid < 0)
			err = errno;
	}
	if (err)
		return method == POSIX_SPAWN && err == ENOENT ? workload_failed_exec(PROGRAM, err)
							      : workload_fail("spawn", err);
	status = workload_wait(pid);
	if (status > 0)
		return workload_failed_exec(PROGRAM, status);
	return status;
}

const struct workload workload = {
	.name = "spawn",
	.summary = "starts a tiny static program without a copy of the parent, and waits for it",
	.measures =
		"posix_spawn (or as method says) + exit + wait of a static program that ends at once",
	.field =
		"lmbench lat_proc exec -like, by posix_spawn or vfork; UnixBench's spawn is our fork",
	.n = 32,
	.warmup = 4,
	.params = params,
	.setup = setup,
	.body = body,
};
