// SPDX-License-Identifier: MIT
/*
 * Children and threads, as any static program uses them: prints what happened, and on
 * this Linux the same. tests/guest/procs.t compares. Executed with an argument it is one
 * of its own children.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char *self; /* path of this program */
static const struct timespec short_nap = {.tv_nsec = 3000000};

static void result(const char *what, long rc)
{
	int error = rc < 0 ? errno : 0;

	printf("%s: %ld, errno %d\n", what, rc, error);
	fflush(stdout);
}

static int status_of(pid_t pid)
{
	int status = -1;

	if (waitpid(pid, &status, 0) != pid)
		return -1;
	return status;
}

static void *shared(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

/* -- vfork and spawn ------------------------------------------------------------------------- */

static volatile int seen;

static void check_vfork(void)
{
	extern char **environ;
	char *argv[] = {self, (char[]){"exit"}, (char[]){"23"}, NULL},
	     *missing[] = {(char[]){"/nowhere"}, NULL};
	struct timespec nap = short_nap;
	posix_spawnattr_t attr;
	sigset_t set;
	pid_t pid;
	int rc;

	seen = 0;
	pid = vfork();
	if (pid == 0) {
		nanosleep(&nap, NULL);
		seen = 1; /* in the parent's memory, and before it goes on */
		_exit(5);
	}
	printf("vfork: seen %d", seen);
	printf(", status %x\n", status_of(pid));
	pid = vfork();
	if (pid == 0) {
		seen = 2;
		execv(self, argv);
		_exit(1);
	}
	printf("vfork and exec: seen %d", seen);
	printf(", status %x\n", status_of(pid));
	result("posix_spawn", posix_spawn(&pid, self, NULL, NULL, argv, environ));
	printf("spawned: %x\n", status_of(pid));
	printf("nothing to spawn: %d\n",
	       posix_spawn(&pid, missing[0], NULL, NULL, missing, environ));
	/* A child with its own mask, defaults and group. */
	argv[1] = (char[]){"state"};
	posix_spawnattr_init(&attr);
	sigfillset(&set);
	posix_spawnattr_setsigmask(&attr, &set);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	posix_spawnattr_setsigdefault(&attr, &set);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
						POSIX_SPAWN_SETPGROUP);
	signal(SIGUSR1, SIG_IGN);
	signal(SIGUSR2, SIG_IGN);
	rc = posix_spawn(&pid, self, NULL, &attr, argv, environ);
	printf("spawned: %d %x\n", rc, rc ? 0 : status_of(pid));
	signal(SIGUSR1, SIG_DFL);
	signal(SIGUSR2, SIG_DFL);
	/* popen's and system's way, and a killed vfork child. */
	pid = vfork();
	if (pid == 0) {
		kill(getpid(), SIGKILL); /* musl's raise() would take the parent for itself */
		_exit(1);
	}
	printf("killed before exec: %x\n", status_of(pid));
}

/* The state that an executed program has kept. */
static int tell_state(void)
{
	struct sigaction sa;
	sigset_t set;

	sigprocmask(SIG_BLOCK, NULL, &set);
	printf("state: USR2 blocked %d", sigismember(&set, SIGUSR2));
	sigaction(SIGUSR1, NULL, &sa);
	printf(", USR1 default %d", sa.sa_handler == SIG_DFL);
	sigaction(SIGUSR2, NULL, &sa);
	printf(", USR2 ignored %d, own group %d\n", sa.sa_handler == SIG_IGN,
	       getpgrp() == getpid());
	fflush(stdout);
	return 3;
}

/* -- threads ---------------------------------------------------------------------------------- */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int turn, turns;
static atomic_int ready;

static void *take_turns(void *arg)
{
	int me = (int)(long)arg;

	for (int i = 0; i < 50; i++) {
		pthread_mutex_lock(&mutex);
		while (turn != me)
			pthread_cond_wait(&cond, &mutex);
		turns++;
		turn = (turn + 1) % 4;
		pthread_cond_broadcast(&cond);
		pthread_mutex_unlock(&mutex);
	}
	return arg;
}

static void *cancelled(void *arg)
{
	atomic_fetch_add(&ready, 1);
	for (;;)
		pause();
	return arg;
}

static void *spin_cancelled(void *arg)
{
	pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
	atomic_fetch_add(&ready, 1);
	for (;;)
		seen++;
	return arg;
}

static volatile pthread_t got_signal;

static void note_thread(int sig)
{
	(void)sig;
	got_signal = pthread_self();
}

static void *sleep_until_signal(void *arg)
{
	atomic_fetch_add(&ready, 1);
	printf("a signal wakes: %d\n", nanosleep(&(struct timespec){.tv_sec = 100}, NULL));
	atomic_fetch_add(&ready, 1);
	return arg;
}

static void wait_ready(int n)
{
	while (atomic_load(&ready) < n)
		sched_yield();
}

static void check_threads(void)
{
	pthread_t t[4];
	struct timespec until;
	pthread_barrier_t barrier;
	void *value;

	for (long i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, take_turns, (void *)i);
	for (long i = 0; i < 4; i++) {
		pthread_join(t[i], &value);
		if (value != (void *)i)
			printf("wrong value\n");
	}
	printf("turns: %d\n", turns);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += 3000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&mutex);
	printf("timedwait: %d\n", pthread_cond_timedwait(&cond, &mutex, &until) == ETIMEDOUT);
	pthread_mutex_unlock(&mutex);
	atomic_store(&ready, 0);
	pthread_create(&t[0], NULL, cancelled, NULL);
	wait_ready(1);
	printf("cancel: %d", pthread_cancel(t[0]));
	pthread_join(t[0], &value);
	printf(" %d\n", value == PTHREAD_CANCELED);
	pthread_create(&t[0], NULL, spin_cancelled, NULL);
	wait_ready(2);
	printf("cancel at once: %d", pthread_cancel(t[0]));
	pthread_join(t[0], &value);
	printf(" %d\n", value == PTHREAD_CANCELED);
	/* To one thread, which sleeps. */
	sigaction(SIGUSR1, &(struct sigaction){.sa_handler = note_thread}, NULL);
	pthread_create(&t[0], NULL, sleep_until_signal, NULL);
	wait_ready(3);
	/* One that comes before it sleeps wakes nobody. */
	do {
		nanosleep(&short_nap, NULL);
		pthread_kill(t[0], SIGUSR1);
	} while (atomic_load(&ready) < 4);
	pthread_join(t[0], NULL);
	printf("the right thread: %d\n", got_signal == t[0]);
	pthread_barrier_init(&barrier, NULL, 1);
	printf("barrier: %d\n", pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD);
}

/* The process is killed by a signal that only one thread can take. */
static void *block_and_sleep(void *arg)
{
	atomic_fetch_add(&ready, 1);
	for (;;)
		pause();
	return arg;
}

static void check_group_signal(void)
{
	pthread_t t;
	sigset_t set;
	pid_t pid = fork();

	if (pid == 0) {
		atomic_store(&ready, 0);
		pthread_create(&t, NULL, block_and_sleep, NULL);
		wait_ready(1);
		sigfillset(&set);
		pthread_sigmask(SIG_BLOCK, &set, NULL);
		kill(getpid(), SIGTERM);
		for (;;)
			sched_yield();
	}
	printf("the thread that does not block it: %x\n", status_of(pid));
	pid = fork();
	if (pid == 0) {
		pthread_create(&t, NULL, block_and_sleep, NULL);
		pthread_create(&t, NULL, block_and_sleep, NULL);
		wait_ready(3);
		*(volatile int *)8 = 1;
	}
	printf("a fault ends all: %x\n", status_of(pid));
}

/* -- a program in place of several threads ----------------------------------------------------- */

static void *exec_here(void *arg)
{
	char *argv[] = {self, (char[]){"exit"}, (char[]){"0"}, NULL}, number[16];

	wait_ready(2);
	snprintf(number, sizeof(number), "%d", (int)(long)arg);
	argv[1] = (char[]){"pid"};
	argv[2] = number;
	execv(self, argv);
	return NULL;
}

static void check_exec_in_thread(void)
{
	for (int main_goes_on = 0; main_goes_on < 3; main_goes_on++) {
		pid_t pid = fork();
		pthread_t t;

		if (pid == 0) {
			atomic_store(&ready, 0);
			pthread_create(&t, NULL, cancelled, NULL);
			pthread_create(&t, NULL, cancelled, NULL);
			if (main_goes_on == 2)
				exec_here((void *)(long)getpid());
			pthread_create(&t, NULL, exec_here, (void *)(long)getpid());
			if (main_goes_on == 0)
				syscall(SYS_exit, 9); /* this thread only */
			for (;;)
				seen++;
		}
		printf("exec, first thread %s: %x\n",
		       main_goes_on == 0   ? "gone"
		       : main_goes_on == 1 ? "spinning"
					   : "itself",
		       status_of(pid));
	}
}

/* -- locks between processes --------------------------------------------------------------------
 */

struct locks {
	pthread_mutex_t mutex, robust;
	pthread_cond_t cond;
	pthread_barrier_t barrier;
	int count, turn;
};

static struct locks *make_locks(void)
{
	struct locks *l = shared();
	pthread_mutexattr_t ma;
	pthread_condattr_t ca;
	pthread_barrierattr_t ba;

	pthread_mutexattr_init(&ma);
	pthread_mutexattr_setpshared(&ma, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&l->mutex, &ma);
	pthread_mutexattr_setrobust(&ma, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&l->robust, &ma);
	pthread_condattr_init(&ca);
	pthread_condattr_setpshared(&ca, PTHREAD_PROCESS_SHARED);
	pthread_cond_init(&l->cond, &ca);
	pthread_barrierattr_init(&ba);
	pthread_barrierattr_setpshared(&ba, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&l->barrier, &ba, 4);
	return l;
}

static void alternate(struct locks *l, int me)
{
	pthread_barrier_wait(&l->barrier);
	for (int i = 0; i < 25; i++) {
		pthread_mutex_lock(&l->mutex);
		while (l->turn != me)
			pthread_cond_wait(&l->cond, &l->mutex);
		l->count++;
		l->turn = (me + 1) % 4;
		pthread_cond_broadcast(&l->cond);
		pthread_mutex_unlock(&l->mutex);
	}
}

static void check_shared_locks(void)
{
	struct locks *l = make_locks();
	pid_t pids[4], pid;
	int rc;

	for (int i = 0; i < 4; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			alternate(l, i);
			_exit(0);
		}
	}
	for (int i = 0; i < 4; i++)
		printf("%x ", status_of(pids[i]));
	printf("count %d\n", l->count);
	/* A lock whose owner dies, found later, and waited for. */
	for (int waited = 0; waited < 2; waited++) {
		pid = fork();
		if (pid == 0) {
			pthread_mutex_lock(&l->robust);
			l->count = 1000;
			if (waited)
				nanosleep(&short_nap, NULL);
			_exit(0);
		}
		while (*(volatile int *)&l->count != 1000)
			sched_yield();
		if (!waited)
			status_of(pid);
		rc = pthread_mutex_lock(&l->robust);
		printf("the owner died: %d\n", rc == EOWNERDEAD);
		printf("consistent: %d\n", pthread_mutex_consistent(&l->robust));
		pthread_mutex_unlock(&l->robust);
		l->count = 0;
		if (waited)
			status_of(pid);
	}
}

static long futex(void *va, int op, int val, const void *timeout, void *va2, int val3)
{
	return syscall(SYS_futex, va, op, val, timeout, va2, val3);
}

static void check_futex(void)
{
	const struct timespec nap = {.tv_nsec = 2000000}, past = {.tv_sec = 1};
	int *word = shared();
	int other = 0;
	pid_t pid;

	*word = 5;
	result("another value", futex(word, 0, 4, NULL, NULL, 0));
	result("too late", futex(word, 0, 5, &nap, NULL, 0));
	result("long ago", futex(word, 9, 5, &past, NULL, -1));
	result("long ago, by the calendar", futex(word, 9 | 256, 5, &past, NULL, -1));
	result("no bits", futex(word, 9, 5, NULL, NULL, 0));
	result("nobody to wake", futex(word, 1, 1, NULL, NULL, 0));
	result("misaligned", futex((char *)word + 1, 1, 1, NULL, NULL, 0));
	result("no memory", futex((void *)4096, 0, 0, NULL, NULL, 0));
	pid = fork();
	if (pid == 0)
		_exit((int)futex(word, 9, 5, NULL, NULL, 4));
	/* There and back: then it is known to wait. */
	while (futex(word, 4, 0, (void *)1, word + 1, 5) != 1)
		nanosleep(&short_nap, NULL);
	result("back", futex(word + 1, 4, 0, (void *)1, word, 0));
	result("other bits", futex(word, 10, 1, NULL, NULL, 3));
	result("moved, not woken", futex(word, 4, 0, (void *)1, word + 1, 5));
	result("not there any more", futex(word, 1, 1, NULL, NULL, 0));
	/* Adds 3 to the third word, which is 7, compares with 7, wakes whoever waits there. */
	word[2] = 7;
	result("an operation",
	       futex(&other, 5, 1, (void *)1, word + 2, (int)(1u << 28 | 0u << 24 | 3 << 12 | 7)));
	printf("word %d\n", word[2]);
	result("there", futex(word + 1, 10, 1, NULL, NULL, 4));
	printf("woken: %x\n", status_of(pid));
}

int main(int argc, char **argv)
{
	self = argc > 0 ? argv[0] : NULL;
	if (argc == 3 && !strcmp(argv[1], "exit"))
		return atoi(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "state"))
		return tell_state();
	if (argc == 3 && !strcmp(argv[1], "pid"))
		return getpid() == atoi(argv[2]) && syscall(SYS_gettid) == getpid() ? 17 : 18;
	setvbuf(stdout, NULL, _IOLBF, 0);
	check_vfork();
	check_threads();
	check_group_signal();
	check_exec_in_thread();
	check_shared_locks();
	check_futex();
	printf("end\n");
	return 0;
}
