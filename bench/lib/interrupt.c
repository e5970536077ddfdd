// SPDX-License-Identifier: MIT
#include "interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "outcome.h"

/* Each signal writes a byte that is never read, so the pipe stays readable. */
static int wake[2] = {-1, -1};
static volatile sig_atomic_t seen;

static void on_signal(int number)
{
	int saved = errno;

	(void)number;
	seen = 1;
	if (write(wake[1], "", 1) < 0)
		seen = 1; /* the pipe is full: it is readable already */
	errno = saved;
}

void cancel_setup(void)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

	if (pipe2(wake, O_CLOEXEC | O_NONBLOCK) < 0)
		exit(EXIT_ERROR);
	for (unsigned i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		struct sigaction old;

		/* nohup's request to ignore SIGHUP stands. */
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN)
			continue;
		sigaction(signals[i], &action, NULL);
	}
}

bool cancelled(void)
{
	return seen;
}

bool cancel_wait(int milliseconds)
{
	struct pollfd fd = {.fd = wake[0], .events = POLLIN};

	if (!cancelled())
		poll(&fd, 1, milliseconds);
	return cancelled();
}

int cancel_fd(void)
{
	return wake[0];
}
