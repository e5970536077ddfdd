/* SPDX-License-Identifier: MIT */
/* Children of a workload, by direct system calls: see workload_fork() in workload.h. */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "harness.h"

pid_t workload_fork(void)
{
	return (pid_t)syscall(SYS_fork);
}

int workload_wait(pid_t pid)
{
	int status;
	pid_t got;

	do {
		got = (pid_t)syscall(SYS_wait4, pid, &status, 0, NULL);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return workload_fail("wait4", errno);
	if (got != pid)
		return workload_fail("wait4 returned another process", 0);
	if (!WIFEXITED(status))
		return workload_fail("a child was killed by a signal", 0);
	return WEXITSTATUS(status);
}

char *workload_program(const char *name)
{
	static char path[300];

	strcpy(path, workload_directory());
	strcat(path, "/");
	return strncat(path, name, sizeof(path) - strlen(path) - 1);
}

int workload_failed_exec(const char *name, int err)
{
	char what[128] = "execve of the program '";

	strncat(what, name, 64);
	strcat(what, "' beside this one");
	return workload_fail(what, err);
}

int workload_fork_and_wait(void)
{
	pid_t pid = workload_fork();
	int status;

	if (pid == 0)
		_exit(0);
	if (pid < 0)
		return workload_fail("fork", errno);
	status = workload_wait(pid);
	if (status > 0)
		return workload_fail("the child did not exit with status 0", 0);
	return status;
}
