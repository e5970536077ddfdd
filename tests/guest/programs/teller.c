// SPDX-License-Identifier: MIT
/* Tells what it was given, and ends as it is told: teller COMMAND [ARGUMENT]... */
#define _GNU_SOURCE
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int copy(void)
{
	static char bytes[100000];
	ssize_t n;

	while ((n = read(0, bytes, sizeof(bytes))) > 0)
		for (ssize_t at = 0, done; at < n; at += done)
			if ((done = write(1, bytes + at, (size_t)(n - at))) <= 0)
				return 2;
	return n < 0;
}

static int show(const char *path, const struct stat *st, int type, struct FTW *where)
{
	char bytes[64] = "";
	int fd = -1;

	(void)where;
	if (type == FTW_SL && readlink(path, bytes, sizeof(bytes) - 1) < 0)
		return 1;
	if (type == FTW_F)
		fd = open(path, O_RDONLY);
	if (fd >= 0 && read(fd, bytes, sizeof(bytes) - 1) < 0)
		return 1;
	printf("%s %o %s\n", path, st->st_mode & 0777, bytes);
	return 0;
}

/* Both outputs in turn, from two processes, one at a time. */
static int both(void)
{
	char line[] = "0 out\n", other[] = "0 err\n";

	for (int i = 0; i < 8; i++) {
		pid_t pid = fork();

		line[0] = other[0] = (char)('0' + i);
		if (pid < 0 || (pid && waitpid(pid, NULL, 0) < 0))
			return 1;
		if (write(pid ? 1 : 2, pid ? line : other, 6) != 6)
			return 1;
		if (!pid)
			_exit(0);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "";

	if (!strcmp(command, "copy"))
		return copy();
	if (!strcmp(command, "both"))
		return both();
	if (!strcmp(command, "tree"))
		return nftw(argv[2], show, 8, FTW_PHYS);
	if (!strcmp(command, "exit"))
		return atoi(argv[2]);
	if (!strcmp(command, "signal"))
		return raise(atoi(argv[2]));
	if (!strcmp(command, "unknown"))
		return syscall(SYS_bpf, 0, NULL, 0) != -1;
	for (int i = 0; i < argc; i++)
		printf("argument <%s>\n", argv[i]);
	for (char **e = environ; *e; e++)
		printf("variable <%s>\n", *e);
	return 0;
}
