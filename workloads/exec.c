/* SPDX-License-Identifier: MIT */
/*
 * fork and execve: the child drops the address space that fork has just copied
 * and builds a new one, so tables are made and torn down twice.
 *
 * What it runs is aux/tiny.c, a static program that ends at once, found beside
 * this one.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "workload.h"

static char path[300];

static int setup(void)
{
	strcpy(path, workload_directory());
	strcat(path, "/tiny");
	return 0;
}

static int body(void)
{
	pid_t pid = workload_fork();
	int status;

	if (pid == 0) {
		char *const argv[] = {path, NULL}, *const envp[] = {NULL};

		execve(path, argv, envp);
		_exit(errno); /* tiny itself has no other status than 0 */
	}
	if (pid < 0)
		return workload_fail("fork", errno);
	status = workload_wait(pid);
	if (status > 0)
		return workload_fail("execve of the program 'tiny' beside this one", status);
	return status;
}

const struct workload workload = {
	.name = "exec",
	.summary = "fork, the child executes a tiny static program, the parent waits",
	.measures = "fork + execve + exit + wait of a static program that ends at once",
	.field = "lmbench lat_proc exec, UnixBench execl",
	.n = 32,
	.warmup = 4,
	.setup = setup,
	.body = body,
};
