// SPDX-License-Identifier: MIT
/*
 * Time as a child lives it, of children that work, sleep, and want to work and may not. How fast
 * the wall clock goes beside them is the machine's affair: no assertion is about that.
 */
#include "host.h"

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/own_time.h"
#include "lib/subprocess.h"

static void nap(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 10 * 1000 * 1000}, NULL);
}

__attribute__((noreturn)) static void work(void)
{
	for (;;)
		__asm__ volatile("");
}

/* All on one CPU, of which the child then has the least that there is. */
static void bind_to_one(void)
{
	cpu_set_t set;
	int cpu = 0;

	sched_getaffinity(0, sizeof(set), &set);
	while (!CPU_ISSET(cpu, &set))
		cpu++;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

__attribute__((noreturn)) static void as_child(bool sleeps, bool in_a_child, int niceness)
{
	setpgid(0, 0);
	if (niceness) {
		bind_to_one();
		setpriority(PRIO_PROCESS, 0, niceness);
	}
	while (sleeps)
		pause();
	if (in_a_child && fork() > 0)
		while (wait(NULL) < 0)
			;
	work();
}

static pid_t start(bool sleeps, bool in_a_child, int niceness)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid)
		as_child(sleeps, in_a_child, niceness);
	setpgid(pid, pid);
	return pid;
}

static void end(pid_t pid)
{
	kill(-pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void test_sleeper(void **unused)
{
	pid_t pid = start(true, false, 0);
	struct own_time t;
	double start;

	(void)unused;
	own_time_start(&t, pid);
	start = monotonic_seconds();
	while (t.lived < 0.3) {
		nap();
		own_time_look(&t);
	}
	end(pid);
	assert_true(t.lived <= monotonic_seconds() - start);
	assert_true(t.processor < 0.1);
}

static void test_worker(void **in_a_child)
{
	pid_t pid = start(false, *(bool *)*in_a_child, 0);
	struct own_time t;
	double start;

	own_time_start(&t, pid);
	start = monotonic_seconds();
	while (t.processor < 0.3) {
		nap();
		own_time_look(&t);
	}
	end(pid);
	/* A clock tick may be one that it did not have to the end; and others' are looked at later.
	 */
	assert_true(t.processor <= monotonic_seconds() - start + 0.02);
	assert_true(t.lived > 0);
}

/* Beside one that has the processor nearly all the time. */
static void test_starved(void **unused)
{
	pid_t busy = start(false, false, -1), pid = start(false, false, 19);
	double start, passed;
	struct own_time t;

	(void)unused;
	own_time_start(&t, pid);
	start = monotonic_seconds();
	do {
		nap();
		own_time_look(&t);
		passed = monotonic_seconds() - start;
	} while (passed < 0.5 || passed < 3 * t.processor);
	end(busy);
	end(pid);
	/* Looks at which it had just run nearly all the time since the last one count a little
	 * more. */
	if (t.lived > 1.2 * t.processor + 0.05)
		fail_msg("lived %g s of %g s, with %g s of processor time", t.lived, passed,
			 t.processor);
}

/* Seconds in which nobody looked. */
static void test_missed(void **unused)
{
	pid_t pid = start(true, false, 0);
	struct own_time t;

	(void)unused;
	own_time_start(&t, pid);
	t.looks_every = 0.005;
	for (int i = 0; i < 5; i++) {
		nap();
		own_time_look(&t);
	}
	end(pid);
	assert_true(t.lived <= 5 * 0.005 + 1e-9);
}

int main(void)
{
	static bool no = false, yes = true;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sleeper),
		cmocka_unit_test_prestate(test_worker, &no),
		cmocka_unit_test_prestate(test_worker, &yes),
		cmocka_unit_test(test_starved),
		cmocka_unit_test(test_missed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
