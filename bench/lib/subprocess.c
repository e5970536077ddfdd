// SPDX-License-Identifier: MIT
#include "subprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "interrupt.h"
#include "text.h"

#define OUTPUT_MAX 4096
/* How often we look at a child that we wait for, and how often if its end cannot wake us. */
#define LOOK_EVERY_MS	      500
#define LOOK_FOR_END_EVERY_MS 5

double monotonic_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Between fork and exec in a program with threads: only async-signal-safe calls. */
__attribute__((noreturn)) static void become(char *const argv[], const char *cwd, pid_t parent,
					     int output, int report)
{
	static const int defaults[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ};
	sigset_t none;
	int null, failure;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	for (size_t i = 0; i < sizeof(defaults) / sizeof(*defaults); i++)
		signal(defaults[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	null = open("/dev/null", O_RDONLY);
	if (null >= 0 && dup2(null, 0) == 0 && dup2(output, 1) == 1 && dup2(output, 2) == 2 &&
	    (!cwd || chdir(cwd) == 0))
		execv(argv[0], argv);
	failure = errno;
	if (write(report, &failure, sizeof(failure)) < 0)
		_exit(126);
	_exit(127);
}

bool subprocess_start(struct subprocess *p, char *const argv[], const char *cwd, char **error)
{
	pid_t parent = getpid();
	int report[2], failure = 0;
	ssize_t n;

	*p = (struct subprocess){.pid = -1, .output = -1};
	if (pipe2(report, O_CLOEXEC) < 0)
		return fail(error, "cannot start %s: %s", argv[0], strerror(errno));
	p->output = memfd_create("output", MFD_CLOEXEC);
	p->pid = p->output < 0 ? -1 : fork();
	if (p->pid == 0)
		become(argv, cwd, parent, p->output, report[1]);
	if (p->pid < 0)
		failure = errno;
	close(report[1]);
	if (p->pid > 0) {
		p->running = true;
		own_time_start(&p->time, p->pid);
		/* Parent and child both set it, so that it is set whoever runs first. */
		setpgid(p->pid, p->pid);
		/* The pipe closes at a successful exec; before that it carries errno. */
		do
			n = read(report[0], &failure, sizeof(failure));
		while (n < 0 && errno == EINTR);
		if (n != sizeof(failure))
			failure = 0;
		else
			subprocess_kill(p);
	}
	close(report[0]);
	if (!failure)
		return true;
	subprocess_close(p);
	return fail(error, "cannot start %s: %s", argv[0], strerror(failure));
}

bool subprocess_running(struct subprocess *p)
{
	pid_t got;

	if (!p->running)
		return false;
	do
		got = waitpid(p->pid, &p->status, WNOHANG);
	while (got < 0 && errno == EINTR);
	if (got == p->pid || got < 0) {
		p->running = false;
		/* Its own children may still run in its group. */
		kill(-p->pid, SIGKILL);
	}
	return p->running;
}

void subprocess_kill(struct subprocess *p)
{
	if (!p->running)
		return;
	kill(-p->pid, SIGKILL);
	kill(p->pid, SIGKILL);
	while (waitpid(p->pid, &p->status, 0) < 0 && errno == EINTR)
		;
	p->running = false;
}

static bool wait_for_end(struct subprocess *p, double seconds, bool heeds_cancel)
{
	/* readable when the child has ended */
	int fd = p->running ? (int)syscall(SYS_pidfd_open, p->pid, 0) : -1;
	double end;

	own_time_look(&p->time);
	end = p->time.lived + seconds;
	while (subprocess_running(p) && p->time.lived < end && !(heeds_cancel && cancelled())) {
		struct pollfd fds[] = {{fd, POLLIN, 0},
				       {heeds_cancel ? cancel_fd() : -1, POLLIN, 0}};
		double left = (end - p->time.lived) * 1000;
		int most = fd < 0 ? LOOK_FOR_END_EVERY_MS : LOOK_EVERY_MS;

		poll(fds, 2, left < most ? (int)left + 1 : most);
		own_time_look(&p->time);
	}
	if (fd >= 0)
		close(fd);
	return !subprocess_running(p);
}

bool subprocess_wait(struct subprocess *p, double seconds)
{
	return wait_for_end(p, seconds, true);
}

bool subprocess_wait_to_end(struct subprocess *p, double seconds)
{
	return wait_for_end(p, seconds, false);
}

char *subprocess_output(const struct subprocess *p)
{
	char bytes[OUTPUT_MAX];
	ssize_t n = pread(p->output, bytes, sizeof(bytes), 0);
	char *text;

	if (n < 0)
		n = 0;
	while (n && (bytes[n - 1] == '\n' || bytes[n - 1] == ' '))
		n--;
	text = printable(bytes, (size_t)n);
	for (ssize_t i = 0; i < n; i++)
		if (bytes[i] == '\n')
			text[i] = '\n';
	return text;
}

void subprocess_close(struct subprocess *p)
{
	if (p->output >= 0)
		close(p->output);
	p->output = -1;
}

char *subprocess_run(char *const argv[], double seconds, int *status, char **error)
{
	struct subprocess p;
	char *output;

	if (!subprocess_start(&p, argv, NULL, error))
		return NULL;
	subprocess_wait(&p, seconds);
	subprocess_kill(&p);
	*status = p.status;
	output = subprocess_output(&p);
	subprocess_close(&p);
	return output;
}

char *describe_status(int status)
{
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ)
		return xasprintf("was killed by signal %d: a file may not grow any further "
				 "(ulimit -f)",
				 SIGXFSZ);
	if (WIFSIGNALED(status))
		return xasprintf("was killed by signal %d", WTERMSIG(status));
	return xasprintf("exited with status %d", WEXITSTATUS(status));
}
