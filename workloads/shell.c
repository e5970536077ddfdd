/* SPDX-License-Identifier: MIT */
/*
 * `sh -c`: the shell is a program of some size that starts another. It is Debian's
 * busybox, static and unmodified. With script=1 it runs a loop of pipes and command
 * substitutions, each a fork or two, as in typical scripts.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "workload.h"

#define SHELL "busybox"

static const struct workload_param params[] = {
	{"script", "choice", 0, 0, 1,
	 "0 the path of a program that ends at once; 1 a loop of 4 with pipes and substitutions"},
	{0},
};

/* The shell runs its applets itself, so no other program is needed. */
static char loop[] = "i=0; while [ $i -lt 4 ]; do x=$(echo $i | tr 0-9 a-j); i=$((i + 1)); done; "
		     "[ $x = d ]";
static char *argv[] = {(char[]){"sh"}, (char[]){"-c"}, NULL, NULL}, *envp[] = {NULL};
static char path[300];

static int setup(void)
{
	strcpy(path, workload_program(SHELL));
	argv[2] = workload_param("script") ? loop : workload_program("tiny");
	return 0;
}

static int body(void)
{
	pid_t pid = workload_fork();
	int status;

	if (pid == 0) {
		execve(path, argv, envp);
		_exit(125); /* neither a status of a shell nor an errno */
	}
	if (pid < 0)
		return workload_fail("fork", errno);
	status = workload_wait(pid);
	if (status == 125)
		return workload_fail("execve of the shell '" SHELL "' beside this one", 0);
	if (status > 0)
		return workload_fail("the script did not end with status 0", 0);
	return status;
}

const struct workload workload = {
	.name = "shell",
	.summary = "sh -c, by busybox: a shell that runs a program, or a small script",
	.measures = "fork + execve of the shell + what it runs + exit + wait",
	.field = "lmbench lat_proc shell (script=0)",
	.n = 16,
	.warmup = 2,
	.params = params,
	.setup = setup,
	.body = body,
};
