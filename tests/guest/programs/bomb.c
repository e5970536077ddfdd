// SPDX-License-Identifier: MIT
/*
 * A fork bomb without any bound of its own, for the guest only. Process 1 looks on until
 * fork has failed often, and ends; nobody but the kernel can stop the others. Not
 * for other machines: it wants to be told that it may, and to be process 1.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ENOUGH 100

static struct {
	atomic_int again, no_memory, other, made;
} * tally;

static void bomb(void)
{
	for (;;) {
		pid_t pid = fork();

		if (pid > 0)
			atomic_fetch_add(&tally->made, 1);
		else if (pid < 0 && errno == EAGAIN)
			atomic_fetch_add(&tally->again, 1);
		else if (pid < 0 && errno == ENOMEM)
			atomic_fetch_add(&tally->no_memory, 1);
		else if (pid < 0)
			atomic_fetch_add(&tally->other, 1);
		/* Else a thousand others would use up their time before the next one's turn. */
		if (pid < 0)
			sched_yield();
	}
}

/* With a limit of its own first: some forks, then none, and all are gone again. */
static void check_limit(void)
{
	const struct rlimit few = {10, 20};
	struct rlimit got;
	int made = 0, error = 0;
	pid_t pid = fork();

	if (pid == 0) {
		setrlimit(RLIMIT_NPROC, &few);
		while ((pid = fork()) >= 0) {
			if (pid == 0)
				for (;;)
					pause();
			made++;
		}
		error = errno;
		getrlimit(RLIMIT_NPROC, &got);
		printf("with a limit of %d: %d more, errno %d\n", (int)got.rlim_cur, made, error);
		fflush(stdout);
		kill(0, SIGKILL);
	}
	waitpid(pid, &error, 0);
}

int main(int argc, char **argv)
{
	const struct timespec nap = {.tv_nsec = 1000000};

	if (argc != 2 || strcmp(argv[1], "really") || getpid() != 1) {
		printf("not here\n");
		return 1;
	}
	tally = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (fork() == 0) {
		setpgid(0, 0);
		check_limit();
		_exit(0);
	}
	wait(NULL);
	if (fork() == 0)
		bomb();
	while (tally->again + tally->no_memory < ENOUGH)
		nanosleep(&nap, NULL);
	printf("made many %d, EAGAIN %d, ENOMEM %d, other %d\n", tally->made > 100,
	       tally->again > 0, tally->no_memory > 0, tally->other);
	return 0;
}
