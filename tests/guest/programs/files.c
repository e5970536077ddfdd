// SPDX-License-Identifier: MIT
/*
 * Files, directories, links and descriptors: each line says what a call returned. It works
 * in the directory of its first argument, which is empty, and leaves something there.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* Mistakes that the compiler is not to see. */
static char *volatile nowhere = (char *)1;
static volatile int minus_one = -1;

static void show(int line, const char *what, long rc)
{
	int err = errno;

	if (rc == -1)
		printf("%d: %s: -1, errno %d\n", line, what, err);
	else
		printf("%d: %s: %ld\n", line, what, rc);
}

#define T(e) (errno = 0, show(__LINE__, #e, (long)(e)))

static void show_stat(const char *path)
{
	struct stat st;

	if (lstat(path, &st))
		printf("%s: errno %d\n", path, errno);
	else
		printf("%s: mode %o, %ld links, %ld bytes\n", path, st.st_mode, (long)st.st_nlink,
		       S_ISDIR(st.st_mode) ? 0 : (long)st.st_size);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;
	char *names[600];
	size_t n = 0;

	if (!d) {
		printf("%s: errno %d\n", path, errno);
		return;
	}
	while ((e = readdir(d)) && n < 600) {
		names[n] = malloc(300);
		sprintf(names[n++], "%s(%d)", e->d_name, e->d_type);
	}
	closedir(d);
	qsort(names, n, sizeof(*names), by_name);
	printf("%s:", path);
	for (size_t i = 0; i < n; i++)
		printf(" %s", names[i]);
	printf("\n");
}

static void check_contents(void)
{
	char buf[64] = "", big[10000];
	struct iovec v[3] = {{(char[]){"one"}, 3}, {NULL, 0}, {(char[]){"two"}, 3}};
	int fd;

	T(open("nothing", O_RDONLY));
	T(fd = open("f", O_RDWR | O_CREAT | O_EXCL, 0640));
	T(open("f", O_RDWR | O_CREAT | O_EXCL, 0640));
	T(write(fd, "hello", 5));
	T(lseek(fd, 0, SEEK_CUR));
	T(lseek(fd, -2, SEEK_END));
	T(lseek(fd, -20, SEEK_END));
	T(lseek(fd, 0, 77));
	T(read(fd, buf, 10));
	T(read(fd, buf, 10));
	T(pwrite(fd, "HE", 2, 0));
	T(pread(fd, buf, 10, 0));
	printf("%s\n", buf);
	T(pread(fd, buf, 10, -1));
	T(pread(fd, buf, 10, 100));
	T(writev(fd, v, 3));
	T(writev(fd, v, minus_one));
	T(lseek(fd, 1, SEEK_SET));
	v[0].iov_base = buf, v[0].iov_len = 2, v[2].iov_base = buf + 2, v[2].iov_len = 20;
	memset(buf, 0, sizeof(buf));
	T(readv(fd, v, 3));
	printf("%s\n", buf);
	/* A hole, and what is behind it. */
	T(lseek(fd, 100000, SEEK_SET));
	T(write(fd, "x", 1));
	memset(big, 1, sizeof(big));
	T(pread(fd, big, sizeof(big), 95000));
	T(big[0] | big[4999]);
	T(big[5000]);
	T(ftruncate(fd, 3));
	T(ftruncate(fd, 100001));
	T(pread(fd, buf, 1, 100000));
	T(buf[0]);
	T(ftruncate(fd, 8));
	memset(buf, 1, sizeof(buf));
	T(pread(fd, buf, 20, 0));
	T(memcmp(buf, "HEl\0\0\0\0\0", 8));
	T(ftruncate(fd, -1));
	show_stat("f");
	T(truncate("f", 2));
	T(truncate("nothing", 2));
	T(fsync(fd));
	T(ioctl(fd, TIOCGWINSZ, buf));
	T(isatty(fd));
	T(close(fd));
	T(close(fd));
	T(fd = open("f", O_WRONLY | O_APPEND));
	T(read(fd, buf, 1));
	T(write(fd, "app", 3));
	T(lseek(fd, 0, SEEK_SET));
	T(write(fd, "end", 3));
	T(lseek(fd, 0, SEEK_CUR));
	T(close(fd));
	T(fd = open("f", O_RDONLY));
	T(write(fd, "x", 1));
	T(read(fd, buf, 20));
	printf("%.8s\n", buf);
	T(ftruncate(fd, 0));
	T(read(fd, nowhere, 1));
	T(close(fd));
	T(fd = open("f", O_RDWR | O_TRUNC));
	show_stat("f");
	T(write(fd, nowhere, 1));
	T(close(fd));
	T(unlink("f"));
	T(unlink("f"));
}

static void check_names(void)
{
	char deep[5000], buf[300];
	int fd, dir;

	T(mkdir("d", 0755));
	T(mkdir("d", 0755));
	T(mkdir("d/e/", 0700));
	T(mkdir("no/e", 0700));
	T(open("d", O_WRONLY));
	T(open("d/", O_CREAT | O_WRONLY, 0600));
	T(open("d/new/", O_CREAT | O_WRONLY, 0600));
	T(fd = open("d/f", O_CREAT | O_WRONLY, 0666));
	T(close(fd));
	T(open("d/f/", O_RDONLY));
	T(open("d/f/x", O_RDONLY));
	T(open("d/f", O_RDONLY | O_DIRECTORY));
	T(link("d/f", "d/g"));
	T(link("d/f", "d/g"));
	T(link("d", "h"));
	T(symlink("f", "d/s"));
	T(symlink("f", "d/s"));
	T(symlink("", "d/t"));
	T(symlink("../d/e", "d/up"));
	T(symlink("loop2", "loop1"));
	T(symlink("loop1", "loop2"));
	T(symlink("gone", "dangling"));
	show_stat("d");
	show_stat("d/f");
	show_stat("d/s");
	show_stat("d/up");
	show_stat("d/up/");
	T(readlink("d/up", buf, sizeof(buf)));
	T(readlink("d/up", buf, 3));
	T(readlink("d/up", buf, 0));
	T(readlink("d/f", buf, sizeof(buf)));
	T(readlinkat(AT_FDCWD, "", buf, sizeof(buf)));
	T(open("loop1", O_RDONLY));
	T(open("d/s", O_RDONLY | O_NOFOLLOW));
	T(open("dangling", O_RDONLY));
	T(open("dangling", O_CREAT | O_EXCL | O_RDWR, 0600));
	T(fd = open("dangling", O_CREAT | O_RDWR, 0600));
	T(close(fd));
	show_stat("gone");
	memset(deep, 'x', sizeof(deep));
	deep[256] = 0;
	T(mkdir(deep, 0700));
	deep[255] = 0;
	T(mkdir(deep, 0700));
	T(rmdir(deep));
	deep[255] = deep[256] = 'x';
	deep[4999] = 0;
	T(mkdir(deep, 0700));
	T(access("d/f", F_OK));
	T(access("d/f", X_OK));
	T(access("d", X_OK));
	T(access("nothing", F_OK));
	T(access("d/f", 99));
	T(faccessat(AT_FDCWD, "dangling", F_OK, AT_SYMLINK_NOFOLLOW));
	/* Relative to a directory, and without names. */
	T(dir = open("d", O_RDONLY | O_DIRECTORY));
	T(fd = openat(dir, "f", O_RDONLY));
	T(openat(fd, "f", O_RDONLY));
	T(openat(99, "f", O_RDONLY));
	T(mkdirat(dir, "m", 0711));
	T(unlinkat(dir, "m", 0));
	T(unlinkat(dir, "m", AT_REMOVEDIR));
	T(symlinkat("x", dir, "y"));
	T(linkat(dir, "y", AT_FDCWD, "y2", 0));
	T(renameat(dir, "y", AT_FDCWD, "y3"));
	T(fchdir(fd));
	T(fchdir(dir));
	T(access("f", F_OK));
	T(chdir(".."));
	T(close(fd));
	T(close(dir));
	list("d");
	list(".");
	T(rmdir("d"));
	T(rmdir("d/f"));
	T(rmdir("d/."));
	T(rmdir("d/.."));
	T(unlink("d"));
	T(unlink("d/e"));
	T(rmdir("nothing"));
}

static void check_rename(void)
{
	int fd;

	T(mkdir("r", 0755));
	T(mkdir("r/a", 0755));
	T(mkdir("r/a/b", 0755));
	T(mkdir("r/empty", 0755));
	T(close(creat("r/f", 0600)));
	T(close(fd = creat("r/g", 0600)));
	T(rename("r/nothing", "r/x"));
	T(rename("r/a", "r/a/b/c"));
	T(rename("r/a", "r/f"));
	T(rename("r/f", "r/a"));
	T(rename("r/f", "r/g"));
	T(rename("r/f", "r/g"));
	T(rename("r/empty", "r/a"));
	T(rename("r/a", "r/empty"));
	T(rename("r/empty/b", "r/b"));
	T(access("r/b/../empty", F_OK));
	T(rename("r/g", "r/g"));
	T(rename("r/b", "r/b/"));
	T(rename("r/g", "r/new/"));
	T(link("r/g", "r/h"));
	T(rename("r/g", "r/h"));
	T(syscall(SYS_renameat2, AT_FDCWD, "r/g", AT_FDCWD, "r/h", 1));
	T(rename("r/b", "r/empty/c"));
	T(chdir("r/empty/c"));
	list("..");
	T(chdir("../../.."));
	T(access("r", F_OK));
	list("r");
	list("r/empty");
	show_stat("r");
	show_stat("r/empty");
	show_stat("r/h");
}

static void check_removed(const char *home)
{
	char buf[PATH_MAX];
	struct stat st;
	int fd;

	T(mkdir("q", 0755));
	T(mkdir("q/w", 0755));
	T(chdir("q/w"));
	printf("%s\n", getcwd(buf, sizeof(buf)) ? buf + strlen(home) : "none");
	T(getcwd(buf, 2) != NULL);
	T(rmdir("../w"));
	T(getcwd(buf, sizeof(buf)) != NULL);
	T(mkdir("x", 0700));
	T(open("x", O_CREAT | O_RDWR, 0600));
	list(".");
	T(chdir(".."));
	T(chdir(".."));
	/* A file without a name lives as long as it is open. */
	T(fd = open("u", O_CREAT | O_RDWR, 0600));
	T(unlink("u"));
	T(write(fd, "still", 5));
	T(fstat(fd, &st));
	T(st.st_nlink);
	T(st.st_size);
	T(close(fd));
	T(chdir("q/none"));
}

static void check_attributes(void)
{
	struct timespec t[2] = {{1000, 5}, {2000, 7}};
	unsigned char x[256] = ""; /* struct statx, which not every C library has */
	struct statfs fs;
	struct stat st;

	T(umask(027));
	T(close(creat("m", 0666)));
	T(mkdir("md", 0777));
	T(umask(022));
	show_stat("m");
	show_stat("md");
	T(chmod("m", 04751));
	T(chmod("nothing", 0));
	show_stat("m");
	T(utimensat(AT_FDCWD, "m", t, 0));
	T(stat("m", &st));
	T(st.st_atime);
	T(st.st_mtim.tv_sec * 10 + st.st_mtim.tv_nsec);
	t[0].tv_nsec = UTIME_OMIT;
	t[1].tv_sec = 3000;
	T(utimensat(AT_FDCWD, "m", t, 0));
	T(stat("m", &st));
	T(st.st_atime);
	T(st.st_mtime);
	t[1].tv_nsec = 1000000000;
	T(utimensat(AT_FDCWD, "m", t, 0));
	T(syscall(SYS_statx, AT_FDCWD, "m", 0, 0x7ff, x));
	T(*(unsigned short *)(x + 28)); /* mode */
	T(*(long *)(x + 40));		/* size */
	T(*(long *)(x + 112));		/* when changed */
	T(statfs("m", &fs));
	T(fs.f_namelen);
	T(statfs("nothing", &fs));
	T(fstat(77, &st));
	T(fstatat(AT_FDCWD, "", &st, AT_EMPTY_PATH));
	T(S_ISDIR(st.st_mode));
	T(stat("", &st));
	T(stat(nowhere, &st));
}

static void check_descriptors(void)
{
	struct rlimit limit;
	int fd, other, ends[2];
	char buf[8];

	T(fd = open("f", O_CREAT | O_RDWR, 0600));
	T(write(fd, "abcdef", 6));
	T(other = dup(fd));
	T(lseek(other, 2, SEEK_SET));
	T(read(fd, buf, 2));
	T(buf[0]);
	T(dup2(fd, 300));
	T(dup2(fd, fd));
	T(dup2(99, 98));
	T(dup2(99, 99));
	T(syscall(SYS_dup3, fd, fd, 0));
	T(syscall(SYS_dup3, fd, 20, O_CLOEXEC));
	T(fcntl(20, F_GETFD));
	T(fcntl(300, F_GETFD));
	T(fcntl(fd, F_DUPFD, 21));
	T(fcntl(fd, F_DUPFD_CLOEXEC, 21));
	T(fcntl(22, F_GETFD));
	T(fcntl(22, F_SETFD, 0));
	T(fcntl(22, F_GETFD));
	T(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
	T(fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK));
	T(fcntl(other, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
	T(fcntl(fd, F_DUPFD, -1));
	T(fcntl(99, F_GETFD));
	T(fcntl(fd, 9999));
	T(fcntl(300, F_DUPFD, 0) == 5);
	T(ioctl(fd, FIONREAD, buf));
	T(syscall(SYS_close_range, 20, 400, 0));
	T(fcntl(300, F_GETFD));
	T(syscall(SYS_close_range, 5, 4, 0));
	T(close(5));
	T(close(other));
	T(close(fd));
	/* As many as there may be, in order; one more is refused. */
	for (fd = 3; fd < 1000; fd++)
		if (open("f", O_RDONLY) != fd)
			printf("not %d\n", fd);
	T(syscall(SYS_close_range, 3, ~0u, 0));
	T(open("f", O_RDONLY));
	T(getrlimit(RLIMIT_NOFILE, &limit));
	limit.rlim_cur = 10;
	T(setrlimit(RLIMIT_NOFILE, &limit));
	while (open("f", O_RDONLY) >= 0)
		;
	T(open("f", O_RDONLY));
	T(dup(3));
	T(dup2(3, 10));
	T(fcntl(3, F_DUPFD, 10));
	T(fcntl(3, F_DUPFD, 9));
	T(close(9));
	T(pipe(ends));
	T(dup(3));
	limit.rlim_cur = limit.rlim_max < 1024 ? limit.rlim_max : 1024;
	T(setrlimit(RLIMIT_NOFILE, &limit));
	T(syscall(SYS_close_range, 3, ~0u, 0));
}

/* A mapping shows the file and is the file; a private one keeps to itself. */
static void check_mapping(void)
{
	size_t n = 5 << 20;
	int fd, status;
	char *p, *q, *own, byte;
	pid_t pid;

	T(fd = open("map", O_CREAT | O_RDWR, 0600));
	T(ftruncate(fd, (off_t)n));
	p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	q = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, (off_t)n - 4096);
	own = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	T(p != MAP_FAILED && q != MAP_FAILED && own != MAP_FAILED);
	p[0] = 'a', p[n - 1] = 'z', p[3 << 20] = 'm';
	T(q[4095]);
	T(own[0]);
	own[0] = 'o';
	T(pread(fd, &byte, 1, 0) + byte);
	T(pread(fd, &byte, 1, 3 << 20) + byte);
	T(pwrite(fd, "Z", 1, (off_t)n - 1));
	T(p[n - 1] + q[4095]);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		p[1] = 'c';
		own[1] = 'c';
		_exit(own[0] == 'o' && p[3 << 20] == 'm' ? 5 : 6);
	}
	T(waitpid(pid, &status, 0) == pid);
	T(WEXITSTATUS(status));
	T(p[1]);
	T(own[1]);
	T(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 77, 0) == MAP_FAILED);
	T(close(fd));
	T(fd = open("map", O_RDONLY));
	T(mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED);
	T(close(fd));
	T(fd = open("map", O_WRONLY));
	T(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED);
	T(close(fd));
	T(unlink("map"));
	T(p[0]);
	T(munmap(p, n));
}

static void check_large_directory(void)
{
	char name[32];
	int left = 0;
	DIR *d;

	T(mkdir("l", 0755));
	for (int i = 0; i < 500; i++) {
		sprintf(name, "l/a-name-of-some-length-%d", i);
		close(creat(name, 0600));
	}
	/* Removed while it is read: each is seen once. */
	T((d = opendir("l")) != NULL);
	for (struct dirent *e; (e = readdir(d));) {
		sprintf(name, "l/%.29s", e->d_name);
		if (e->d_name[0] != '.')
			left += unlink(name) == 0;
	}
	T(left);
	closedir(d);
	list("l");
	T(rmdir("l"));
}

static void check_devices(void)
{
	char buf[100];
	int fd;

	T(fd = open("/dev/null", O_RDWR | O_CREAT | O_TRUNC, 0600));
	T(write(fd, "x", 1));
	T(read(fd, buf, 1));
	T(close(fd));
	T(fd = open("/dev/zero", O_RDWR));
	buf[0] = 1, buf[99] = 1;
	T(read(fd, buf, 100));
	T(buf[0] | buf[99]);
	T(write(fd, "x", 1));
	T(close(fd));
	T(fd = open("/dev/full", O_WRONLY));
	T(write(fd, "x", 1));
	T(close(fd));
	T(fd = open("/dev/urandom", O_RDONLY));
	T(read(fd, buf, 100));
	T(close(fd));
	T(syscall(SYS_getrandom, buf, 100, 0));
	T(syscall(SYS_getrandom, buf, 100, 99));
	T(setsid() > 0);
	T(open("/dev/tty", O_RDWR));
}

/* Our own entries in /proc. */
static void check_proc(const char *self)
{
	char buf[4096], name[64];
	int fd, n, pid, ppid;
	char state;

	T((n = (int)readlink("/proc/self/exe", buf, sizeof(buf) - 1)) > 0);
	buf[n > 0 ? n : 0] = 0;
	T(strcmp(strrchr(buf, '/'), strrchr(self, '/')));
	T(fd = open("/proc/self/cmdline", O_RDONLY));
	T((n = (int)read(fd, buf, sizeof(buf))) > 0);
	T(strcmp(buf, self));
	T(read(fd, buf, 1));
	T(lseek(fd, 0, SEEK_SET));
	T(read(fd, buf, 1));
	T(write(fd, "x", 1));
	T(close(fd));
	T(fd = open("/proc/self/stat", O_RDONLY));
	T((n = (int)read(fd, buf, sizeof(buf) - 1)) > 0);
	buf[n] = 0;
	T(sscanf(buf, "%d (%63[^)]) %c %d", &pid, name, &state, &ppid));
	T(pid == getpid() && ppid == getppid());
	printf("%s %c\n", name, state);
	n = 0;
	for (char *p = buf; *p; p++)
		n += *p == ' ';
	T(n);
	T(close(fd));
	T(fd = open("/proc/self/maps", O_RDONLY));
	T((n = (int)read(fd, buf, sizeof(buf) - 1)) > 0);
	buf[n] = 0;
	T(strstr(buf, " r-xp ") != NULL);
	T(strstr(buf, strrchr(self, '/')) != NULL);
	T(close(fd));
	T(open("/proc/self/nothing", O_RDONLY));
	T(open("/proc/999999", O_RDONLY));
	T(open("/proc/new", O_CREAT | O_RDWR, 0600));
	T(mkdir("/proc/new", 0700));
	T(access("/proc/meminfo", R_OK));
	T(access("/proc/1/status", R_OK));
	T(open("/proc/self/stat/x", O_RDONLY));
	sprintf(buf, "/proc/%d/fd/0", getpid());
	T(readlink(buf, name, sizeof(name)) > 0);
	T(readlink("/proc/self/fd/77", name, sizeof(name)));
}

int main(int argc, char **argv)
{
	syscall(SYS_close_range, 3, ~0u, 0);
	umask(022);
	if (argc < 2 || (mkdir(argv[1], 0755) && errno != EEXIST) || chdir(argv[1])) {
		fprintf(stderr, "expected a directory to work in\n");
		return 64;
	}
	check_contents();
	check_names();
	check_rename();
	check_removed(argv[1]);
	check_attributes();
	check_descriptors();
	check_mapping();
	check_large_directory();
	check_proc(argv[0]);
	fflush(stdout);
	if (fork() == 0) {
		check_devices();
		return 0;
	}
	wait(NULL);
	return 0;
}
