// SPDX-License-Identifier: MIT
/*
 * Many processes in one directory at the same time: names made, moved and removed, a file that all
 * append to, one that is mapped, written and cut short meanwhile. The expected output does not
 * depend on the order of processes.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CROWD  6
#define ROUNDS 150

static void run_crowd(const char *what, void (*body)(int))
{
	int status, bad = 0;

	fflush(stdout);
	for (int i = 0; i < CROWD; i++) {
		if (fork() == 0) {
			body(i);
			_exit(0);
		}
	}
	while (wait(&status) > 0)
		bad += status != 0;
	printf("%s: %d failed\n", what, bad);
}

static void must(int ok)
{
	if (!ok)
		_exit(1);
}

/* Each has its own names, but all share the directory. */
static void own_names(int me)
{
	char a[32], b[32], buf[8];
	struct stat st;
	int fd;

	for (int i = 0; i < ROUNDS; i++) {
		sprintf(a, "own/%d-%d", me, i);
		sprintf(b, "own/%d-%d-moved", me, i);
		must((fd = open(a, O_CREAT | O_EXCL | O_RDWR, 0600)) >= 0);
		must(write(fd, &i, sizeof(i)) == sizeof(i));
		must(rename(a, b) == 0 && access(a, F_OK) == -1 && errno == ENOENT);
		must(link(b, a) == 0 && fstat(fd, &st) == 0 && st.st_nlink == 2);
		must(unlink(b) == 0 && stat(a, &st) == 0 && st.st_size == sizeof(i));
		must(pread(fd, buf, 8, 0) == sizeof(i) && !memcmp(buf, &i, sizeof(i)));
		must(close(fd) == 0);
		if (i % 3)
			must(unlink(a) == 0);
	}
}

/* All fight for the same names: each call ends in one of the ways that it may. */
static void same_names(int me)
{
	char a[16], b[16];

	for (int i = 0; i < ROUNDS * 4; i++) {
		sprintf(a, "same/%d", (i * 7 + me) % 5);
		sprintf(b, "same/%d", (i * 3 + me * 2) % 5);
		switch ((i + me) % 6) {
		case 0: must(mkdir(a, 0700) == 0 || errno == EEXIST); break;
		case 1:
			must(rename(a, b) == 0 || errno == ENOENT || errno == EISDIR ||
			     errno == ENOTDIR || errno == ENOTEMPTY || errno == EINVAL);
			break;
		case 2: must(unlink(a) == 0 || errno == ENOENT || errno == EISDIR); break;
		case 3: must(rmdir(b) == 0 || errno == ENOENT || errno == ENOTDIR); break;
		case 4: must(symlink(b, a) == 0 || errno == EEXIST); break;
		case 5: {
			int fd = open(a, O_CREAT | O_RDWR, 0600);

			must(fd >= 0 || errno == EISDIR || errno == ELOOP || errno == ENOENT);
			if (fd >= 0)
				close(fd);
			break;
		}
		}
	}
}

static void append(int me)
{
	char line[32];
	int fd = open("log", O_WRONLY | O_APPEND | O_CREAT, 0600);

	must(fd >= 0);
	for (int i = 0; i < ROUNDS; i++) {
		int n = sprintf(line, "%d %d\n", me, i);

		must(write(fd, line, (size_t)n) == n);
	}
}

/* A mapping of all but the first page may lose what is behind it, but the first one stays. */
static void map_and_cut(int me)
{
	int fd = open("cut", O_RDWR);
	char *p;

	must(fd >= 0);
	p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	must(p != MAP_FAILED);
	for (int i = 0; i < ROUNDS; i++) {
		p[me]++;
		must(ftruncate(fd, (i * 3 + me) % 2 ? 4096 : 40 * 4096) == 0);
		must(pwrite(fd, "x", 1, 4096 * (1 + (i + me) % 30)) == 1);
	}
	must(p[me] == (char)ROUNDS);
}

static int count(const char *path)
{
	DIR *d = opendir(path);
	int n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static void check_log(void)
{
	FILE *f = fopen("log", "r");
	int next[CROWD] = {0}, me, i, bad = 0, lines = 0;

	while (fscanf(f, "%d %d\n", &me, &i) == 2) {
		bad += me < 0 || me >= CROWD || next[me]++ != i;
		lines++;
	}
	printf("log: %d lines, %d bad, all read: %d\n", lines, bad, feof(f) != 0);
	fclose(f);
}

int main(int argc, char **argv)
{
	int fd;

	if (argc < 2 || (mkdir(argv[1], 0755) && errno != EEXIST) || chdir(argv[1]) ||
	    mkdir("own", 0755) || mkdir("same", 0755))
		return 64;
	run_crowd("own names", own_names);
	printf("left: %d\n", count("own"));
	run_crowd("same names", same_names);
	run_crowd("append", append);
	check_log();
	fd = open("cut", O_CREAT | O_RDWR, 0600);
	printf("%d\n", ftruncate(fd, 40 * 4096));
	run_crowd("map and cut", map_and_cut);
	for (int i = 0; i < CROWD; i++) {
		char c = 0;
		ssize_t n = pread(fd, &c, 1, i);

		printf("%zd %d\n", n, c);
	}
	return 0;
}
