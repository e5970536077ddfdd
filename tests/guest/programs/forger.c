// SPDX-License-Identifier: MIT
/*
 * Says what only the kernel and Xen may say, in every way that there is, and ends as it is
 * told: forger exit|spin. The lines are read from standard input, or from a file.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static char text[65536];
static size_t length;

static void put(int fd, const char *bytes, size_t n)
{
	while (n) {
		ssize_t done = write(fd, bytes, n);

		if (done <= 0)
			return;
		bytes += done;
		n -= (size_t)done;
	}
}

static void in_pieces(int fd, size_t piece)
{
	for (size_t at = 0; at < length; at += piece)
		put(fd, text + at, length - at < piece ? length - at : piece);
}

static void vectors(int fd)
{
	struct iovec v[3] = {{text, length / 3},
			     {text + length / 3, length / 3},
			     {text + 2 * (length / 3), length - 2 * (length / 3)}};
	ssize_t n = writev(fd, v, 3);

	(void)n;
}

static void from_file(int fd)
{
	int file = open("/tmp/said", O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *map;

	if (file < 0)
		return;
	put(file, text, length);
	if (lseek(file, 0, SEEK_SET) || sendfile(fd, file, NULL, length) < 0)
		put(fd, "no sendfile\n", 12);
	map = mmap(NULL, length, PROT_READ, MAP_SHARED, file, 0);
	if (map != MAP_FAILED)
		put(fd, map, length);
	close(file);
}

/* A line that is not ended when somebody else's begins; one that is overwritten; a long one. */
static void at_odd_places(int fd)
{
	static char spaces[70000];

	put(fd, "\n", 1);
	put(fd, text, length - 1);
	put(fd, "\r", 1);
	put(fd, text, length);
	memset(spaces, ' ', sizeof(spaces));
	put(fd, spaces, sizeof(spaces));
	put(fd, text, length);
	put(fd, "unended", 7);
}

static void all_ways(int fd)
{
	put(fd, text, length);
	in_pieces(fd, 1);
	in_pieces(fd, 100);
	vectors(fd);
	from_file(fd);
	at_odd_places(fd);
}

/* The kernel names a process that it kills. */
static void die_with_a_name(const char *name)
{
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_NAME, name);
		*(volatile char *)16 = 0;
	}
	waitpid(pid, NULL, 0);
}

int main(int argc, char **argv)
{
	static const char *const paths[] = {
		"/dev/console", "/dev/tty",	   "/dev/output1", "/dev/output2",   "/dev/stdout",
		"/dev/stderr",	"/dev/ttyS0",	   "/dev/hvc0",	   "/dev/kmsg",	     "/dev/port",
		"/dev/mem",	"/proc/self/fd/1", "/proc/1/fd/1", "/dev/xen/xenbus"};
	int in = argc > 2 ? open(argv[2], O_RDONLY) : 0;
	ssize_t n;

	while (length < sizeof(text) && (n = read(in, text + length, sizeof(text) - length)) > 0)
		length += (size_t)n;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		int fd = open(paths[i], O_WRONLY);

		if (fd < 0)
			continue;
		all_ways(fd);
		close(fd);
	}
	for (int fd = 0; fd < 20; fd++)
		all_ways(fd);
	die_with_a_name("\n(XEN) domain_c");
	die_with_a_name("\n@pvmmu k 9 2 0");
	if (argc > 1 && !strcmp(argv[1], "spin"))
		for (;;)
			;
	return argc > 1 && !strcmp(argv[1], "fail") ? 9 : 0;
}
