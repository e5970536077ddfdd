// SPDX-License-Identifier: MIT
/*
 * Pipes, and waiting for them: each line says what a call returned. In the second part many
 * processes write and read at the same time, wherever there are CPUs for it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char *volatile nowhere = (char *)1;

static void show(int line, const char *what, long rc)
{
	int err = errno;

	if (rc == -1)
		printf("%d: %s: -1, errno %d\n", line, what, err);
	else
		printf("%d: %s: %ld\n", line, what, rc);
}

#define T(e) (errno = 0, show(__LINE__, #e, (long)(e)))

static char big[200000];

static void check_one(void)
{
	int p[2], n;
	struct stat st;

	T(syscall(SYS_pipe, nowhere));
	T(pipe(p));
	T(p[0]);
	T(p[1]);
	T(write(p[0], "x", 1));
	T(read(p[1], big, 1));
	T(write(p[1], "hello", 5));
	T(ioctl(p[0], FIONREAD, &n));
	T(n);
	T(read(p[0], big, 3));
	T(read(p[0], big, 100));
	T(big[0]);
	T(lseek(p[0], 0, SEEK_CUR));
	T(pread(p[0], big, 1, 0));
	T(fstat(p[0], &st));
	T(S_ISFIFO(st.st_mode));
	T(write(p[1], nowhere, 1));
	T(read(p[0], big, 0));
	T(close(p[1]));
	T(read(p[0], big, 1));
	T(close(p[0]));
	T(pipe2(p, O_NONBLOCK | O_CLOEXEC));
	T(fcntl(p[0], F_GETFD));
	T(fcntl(p[1], F_GETFL));
	T(read(p[0], big, 1));
	T(write(p[1], big, sizeof(big)));
	T(write(p[1], big, 1));
	T(read(p[0], big, 4095));
	T(read(p[0], big, 1));
	T(write(p[1], big, 4096));
	T(write(p[1], big, 1));
	T(read(p[0], big, sizeof(big)));
	T(read(p[0], nowhere, 1));
	T(write(p[1], "ab", 2));
	T(read(p[0], nowhere, 1));
	T(read(p[0], big, 10));
	T(signal(SIGPIPE, SIG_IGN) == SIG_ERR);
	T(close(p[0]));
	T(write(p[1], "x", 1));
	T(write(p[1], "x", 0));
	T(close(p[1]));
	T(signal(SIGPIPE, SIG_DFL) == SIG_ERR);
	T(syscall(SYS_pipe2, p, 0xffff));
}

/* A writer without a reader dies of SIGPIPE. */
static void check_sigpipe(void)
{
	int p[2], status;
	pid_t pid;

	T(pipe(p));
	fflush(stdout);
	pid = fork();
	if (!pid) {
		close(p[0]);
		while (write(p[1], big, 1000) > 0)
			;
		_exit(1);
	}
	T(close(p[0]));
	T(waitpid(pid, &status, 0) == pid);
	T(WIFSIGNALED(status) ? WTERMSIG(status) : -2);
	T(close(p[1]));
}

static long ms_since(const struct timespec *t)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - t->tv_sec) * 1000 + (now.tv_nsec - t->tv_nsec) / 1000000;
}

static void check_poll(void)
{
	int p[2], q[2], go[2], status;
	struct pollfd f[4];
	struct timespec t;
	pid_t pid;

	T(pipe(p));
	T(pipe(q));
	f[0] = (struct pollfd){p[0], POLLIN | POLLOUT, 0};
	f[1] = (struct pollfd){p[1], POLLIN | POLLOUT, 0};
	f[2] = (struct pollfd){99, POLLIN, 0};
	f[3] = (struct pollfd){-5, POLLIN, 7};
	T(poll(f, 4, 0));
	for (int i = 0; i < 4; i++)
		T(f[i].revents);
	T(poll(f, 1, 0));
	clock_gettime(CLOCK_MONOTONIC, &t);
	T(poll(f, 1, 30));
	T(ms_since(&t) >= 30);
	T(poll(NULL, 0, 10));
	T(poll((struct pollfd *)nowhere, 1, 0));
	/* Woken by whichever comes, long before the time. */
	f[1] = (struct pollfd){q[0], POLLIN, 0};
	fflush(stdout);
	T(pipe(go));
	pid = fork();
	if (!pid) {
		usleep(20000);
		if (write(q[1], "abc", 3) != 3)
			_exit(1);
		/* Not before its parent has seen that. */
		close(go[1]);
		_exit((int)read(go[0], big, 1));
	}
	close(go[0]);
	T(close(p[1]));
	T(close(q[1]));
	T(poll(f, 2, 20000));
	T(f[0].revents);
	T(f[1].revents);
	T(read(q[0], big, 10));
	close(go[1]);
	T(waitpid(pid, &status, 0) == pid);
	T(status);
	T(poll(f, 2, -1));
	T(f[0].revents);
	T(f[1].revents);
	T(close(p[0]));
	T(close(q[0]));
	T(pipe(p));
	T(close(p[0]));
	f[0] = (struct pollfd){p[1], POLLOUT, 0};
	T(poll(f, 1, -1));
	T(f[0].revents);
	T(close(p[1]));
	f[0] = (struct pollfd){open("/dev/null", O_RDONLY), POLLIN, 0};
	T(poll(f, 1, -1));
	T(f[0].revents);
	T(close(f[0].fd));
}

static void check_select(void)
{
	struct timeval tv = {0, 10000};
	struct timespec ts = {0, 0};
	int p[2], status;
	fd_set r, w;
	pid_t pid;

	T(pipe(p));
	FD_ZERO(&r);
	FD_ZERO(&w);
	FD_SET(p[0], &r);
	FD_SET(p[1], &w);
	T(select(p[1] + 1, &r, &w, NULL, NULL));
	T(FD_ISSET(p[0], &r));
	T(FD_ISSET(p[1], &w) != 0);
	FD_SET(p[0], &r);
	T(select(p[1] + 1, &r, NULL, NULL, &tv));
	T(FD_ISSET(p[0], &r));
	FD_SET(p[0], &r);
	T(pselect(p[1] + 1, &r, NULL, NULL, &ts, NULL));
	fflush(stdout);
	pid = fork();
	if (!pid) {
		usleep(10000);
		_exit(write(p[1], "x", 1) != 1);
	}
	FD_SET(p[0], &r);
	T(select(p[1] + 1, &r, &w, NULL, NULL));
	FD_ZERO(&w);
	FD_SET(p[0], &r);
	T(select(p[1] + 1, &r, &w, NULL, NULL));
	T(FD_ISSET(p[0], &r) != 0);
	T(waitpid(pid, &status, 0) == pid);
	FD_SET(63, &w);
	T(select(64, NULL, &w, NULL, NULL));
	T(select(-1, NULL, NULL, NULL, NULL));
	tv = (struct timeval){0, -1};
	T(select(0, NULL, NULL, NULL, &tv));
	T(close(p[0]));
	T(close(p[1]));
}

static void check_sendfile(void)
{
	char name[] = "/tmp/pvmmu-pipes-XXXXXX", buf[20] = "";
	int p[2], fd = mkstemp(name);
	off_t at = 2;

	T(unlink(name));
	T(write(fd, "0123456789", 10));
	T(pipe(p));
	T(sendfile(p[1], fd, &at, 3));
	T(at);
	T(lseek(fd, 0, SEEK_CUR));
	T(lseek(fd, 7, SEEK_SET));
	T(sendfile(p[1], fd, NULL, 100));
	T(sendfile(p[1], fd, NULL, 100));
	T(lseek(fd, 0, SEEK_CUR));
	T(read(p[0], buf, sizeof(buf)));
	printf("%s\n", buf);
	T(sendfile(p[1], 99, NULL, 1));
	T(sendfile(p[0], fd, NULL, 1));
	T(close(p[0]));
	T(close(p[1]));
	T(close(fd));
}

static void check_eventfd(void)
{
	uint64_t n = 0, most = UINT64_MAX - 1;
	struct pollfd f = {.events = POLLIN | POLLOUT};
	int fd, status;
	pid_t pid;

	T(f.fd = fd = eventfd(3, EFD_NONBLOCK));
	T(poll(&f, 1, 0) + f.revents);
	T(read(fd, &n, 4));
	T(read(fd, &n, 8));
	T(n);
	T(read(fd, &n, 8));
	T(poll(&f, 1, 0) + f.revents);
	T(write(fd, &most, 8));
	T(poll(&f, 1, 0) + f.revents);
	n = 1;
	T(write(fd, &n, 8));
	n = UINT64_MAX;
	T(write(fd, &n, 8));
	T(close(fd));
	T(fd = eventfd(0, EFD_SEMAPHORE));
	fflush(stdout);
	pid = fork();
	if (!pid) {
		n = 2;
		usleep(5000);
		_exit(write(fd, &n, 8) != 8);
	}
	T(read(fd, &n, 8));
	T(n);
	T(read(fd, &n, 8));
	T(n);
	T(waitpid(pid, &status, 0) == pid);
	T(close(fd));
}

/* -- all at once -------------------------------------------------------------------- */

#define WRITERS	 4
#define READERS	 3
#define MESSAGES 400

struct message {
	unsigned short len; /* of all of it */
	unsigned char from, sum;
	unsigned number;
	unsigned char data[4096 - 8];
};

static unsigned char sum(const struct message *m)
{
	unsigned char s = 0;

	for (int i = 0; i < m->len - 8; i++)
		s = (unsigned char)(s * 3 + m->data[i]);
	return s;
}

static int whole_read(int fd, void *to, size_t n)
{
	size_t done = 0;
	ssize_t got = 1;

	while (done < n && (got = read(fd, (char *)to + done, n - done)) > 0)
		done += (size_t)got;
	return done == n ? 1 : done == 0 && got == 0 ? 0 : -1;
}

/* Messages of up to PIPE_BUF bytes are never mixed up, however full the pipe is. */
static void write_messages(int fd, int from)
{
	struct message m = {.from = (unsigned char)from};

	for (unsigned n = 0; n < MESSAGES; n++) {
		m.number = n;
		m.len = (unsigned short)(8 + (n * 617 + (unsigned)from * 91) % 4089);
		for (int i = 0; i < m.len - 8; i++)
			m.data[i] = (unsigned char)(n + (unsigned)(i * from));
		m.sum = sum(&m);
		if (write(fd, &m, m.len) != m.len)
			_exit(1);
	}
	_exit(0);
}

/* Whole ones are read by one process, and those of each writer come in order. */
static void check_messages(void)
{
	int p[2], status, bad = 0, n = 0, rc, next[WRITERS] = {0};
	struct message m;

	T(pipe(p));
	fflush(stdout);
	for (int i = 0; i < WRITERS; i++)
		if (fork() == 0)
			write_messages(p[1], i);
	close(p[1]);
	while ((rc = whole_read(p[0], &m, 8)) > 0) {
		if (m.len < 8 || m.len > sizeof(m) || m.from >= WRITERS ||
		    (m.len > 8 && whole_read(p[0], m.data, m.len - 8u) != 1)) {
			bad = 1;
			break;
		}
		bad |= m.sum != sum(&m) || (int)m.number != next[m.from]++;
		n++;
	}
	T(rc);
	T(bad);
	T(n);
	close(p[0]);
	while (wait(&status) > 0)
		if (status)
			printf("a writer ended with %d\n", status);
}

/* Single bytes to whoever reads them, back by another pipe: each byte arrives once. */
static void check_crowd(void)
{
	int to[2], back[2], status;
	long n = 0, total = 0;
	char buf[64];
	ssize_t got;

	T(pipe(to));
	T(pipe(back));
	fflush(stdout);
	for (int i = 0; i < READERS; i++) {
		if (fork() == 0) {
			close(to[1]);
			close(back[0]);
			while ((got = read(to[0], buf, 1 + i)) > 0)
				if (write(back[1], buf, (size_t)got) != got)
					_exit(1);
			_exit(got != 0);
		}
	}
	for (int i = 0; i < WRITERS; i++) {
		if (fork() == 0) {
			for (int k = 0; k < 2000; k++)
				if (write(to[1], &(char){(char)(k % 100)}, 1) != 1)
					_exit(1);
			_exit(0);
		}
	}
	close(to[0]), close(to[1]), close(back[1]);
	while ((got = read(back[0], buf, sizeof(buf))) > 0) {
		n += got;
		for (ssize_t i = 0; i < got; i++)
			total += buf[i];
	}
	T(n);
	T(total);
	close(back[0]);
	while (wait(&status) > 0)
		if (status)
			printf("one ended with %d\n", status);
}

/* A ball goes round a ring of processes, which poll before they read. */
static void check_ring(void)
{
	enum { RING = 8, ROUNDS = 200 };
	int fd[RING][2], ball = 0, status;

	for (int i = 0; i < RING; i++)
		if (pipe(fd[i]))
			printf("no pipe\n");
	fflush(stdout);
	for (int i = 1; i < RING; i++) {
		if (fork() == 0) {
			struct pollfd f = {fd[i - 1][0], POLLIN, 0};

			for (int k = 0; k < ROUNDS; k++) {
				if (poll(&f, 1, -1) != 1 || read(f.fd, &ball, 4) != 4)
					_exit(1);
				ball++;
				if (write(fd[i][1], &ball, 4) != 4)
					_exit(1);
			}
			_exit(0);
		}
	}
	for (int k = 0; k < ROUNDS; k++)
		if (write(fd[0][1], &ball, 4) != 4 || read(fd[RING - 1][0], &ball, 4) != 4)
			printf("broken\n");
	T(ball);
	for (int i = 0; i < RING; i++)
		close(fd[i][0]), close(fd[i][1]);
	while (wait(&status) > 0)
		if (status)
			printf("one ended with %d\n", status);
}

int main(void)
{
	syscall(SYS_close_range, 3, ~0u, 0);
	check_one();
	check_sigpipe();
	check_poll();
	check_select();
	check_sendfile();
	check_eventfd();
	check_messages();
	check_crowd();
	check_ring();
	return 0;
}
