// SPDX-License-Identifier: MIT
/*
 * Identities, time, limits and processors, as any static program asks for them: prints
 * what it is told, and on this Linux the same. tests/guest/procs.t compares.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

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

static double seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* -- who is who -----------------------------------------------------------------------------------
 */

static void check_groups(void)
{
	siginfo_t info;
	pid_t a, b;
	int status, asked[2], said[2];

	if (pipe(said))
		return;
	a = fork();
	if (a == 0) {
		setpgid(0, 0);
		printf("own group: %d\n", getpgrp() == getpid() && getpgid(0) == getpid());
		fflush(stdout);
		close(said[1]);
		for (;;)
			pause();
	}
	/* Its end of the pipe is the last one, and closed when it has said that. */
	close(said[1]);
	while (read(said[0], &status, 1) > 0)
		;
	close(said[0]);
	b = fork();
	if (b == 0)
		for (;;)
			pause();
	result("into the other's group", setpgid(b, a));
	result("no such group", setpgid(b, 1 << 20));
	result("not my child", setpgid(1 << 20, 0));
	printf("same group %d\n", getpgid(b) == a);
	result("nobody of mine", waitpid(0, &status, WNOHANG));
	result("of theirs", waitpid(-a, &status, WNOHANG));
	result("kill both", kill(-a, SIGTERM));
	memset(&info, 0, sizeof(info));
	result("waitid, to ask again", waitid(P_PID, (id_t)a, &info, WEXITED | WNOWAIT));
	printf("%d %d %d\n", info.si_pid == a, info.si_code, info.si_status);
	result("waitid", waitid(P_PGID, (id_t)a, &info, WEXITED));
	result("waitid", waitid(P_PGID, (id_t)a, &info, WEXITED));
	result("waitid", waitid(P_ALL, 0, &info, WEXITED));
	result("no options", waitid(P_ALL, 0, &info, 0));
	result("kill nobody", kill(-a, 0));
	a = fork();
	if (a == 0) {
		printf("session: %d\n", setsid() == getpid() && getsid(0) == getpid());
		result("twice", setsid());
		_exit(7);
	}
	memset(&info, 0, sizeof(info));
	waitid(P_PID, (id_t)a, &info, WEXITED);
	printf("%d %d\n", info.si_code, info.si_status);
	a = fork();
	if (a == 0) {
		/* The grandchild would outlive its parent, but is told, if it has asked in time. */
		if (pipe(asked) || fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			close(asked[1]);
			for (;;)
				pause();
		}
		close(asked[1]);
		_exit(read(asked[0], &status, 1) != 0);
	}
	printf("%x\n", status_of(a));
}

/* -- time and limits
 * -------------------------------------------------------------------------------- */

static volatile int alarms;

static void on_alarm(int sig)
{
	(void)sig;
	alarms++;
}

static void check_time(void)
{
	struct itimerval it = {.it_value = {.tv_usec = 2000}, .it_interval = {.tv_usec = 2000}},
			 now;
	struct timespec t, until;
	double before, cpu, started;
	time_t first;
	struct timeval tv;
	struct rusage ru;
	struct tms tms;

	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, &it, NULL);
	while (alarms < 5)
		;
	getitimer(ITIMER_REAL, &now);
	printf("alarms come again: %d %d\n", now.it_interval.tv_usec == 2000,
	       now.it_value.tv_usec <= 2000);
	memset(&it, 0, sizeof(it));
	setitimer(ITIMER_REAL, &it, &now);
	printf("off, was on: %d\n", now.it_value.tv_usec > 0);
	printf("alarm %u", alarm(100));
	printf(" %d", alarm(0) > 50);
	printf(" %u\n", alarm(0));
	before = seconds(CLOCK_MONOTONIC);
	t.tv_sec = 0;
	t.tv_nsec = 5000000;
	result("nanosleep", nanosleep(&t, NULL));
	printf("slept: %d\n", seconds(CLOCK_MONOTONIC) - before >= 0.005);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec--;
	printf("the past: %d\n", clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &until, NULL));
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += 2000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	printf("until: %d", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL));
	clock_gettime(CLOCK_MONOTONIC, &t);
	printf(" %d\n", t.tv_sec > until.tv_sec || t.tv_nsec >= until.tv_nsec);
	t.tv_nsec = 1000000000;
	result("not a time", nanosleep(&t, NULL));
	result("not a clock", clock_gettime(99, &t));
	result("resolution", clock_getres(CLOCK_MONOTONIC, &t));
	first = time(NULL);
	gettimeofday(&tv, NULL);
	printf("calendars agree: %d\n", first <= tv.tv_sec && tv.tv_sec <= time(NULL) + 1);
	/* Work counts, sleep does not. */
	started = seconds(CLOCK_MONOTONIC);
	cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	while (seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu < 0.02)
		;
	printf("work takes time: %d\n", seconds(CLOCK_MONOTONIC) - started >= 0.02);
	cpu = seconds(CLOCK_THREAD_CPUTIME_ID);
	t.tv_nsec = 50000000;
	nanosleep(&t, NULL);
	printf("sleep does not: %d\n", seconds(CLOCK_THREAD_CPUTIME_ID) - cpu < 0.02);
	getrusage(RUSAGE_SELF, &ru);
	printf("used: %d\n",
	       ru.ru_utime.tv_usec + ru.ru_stime.tv_usec >= 20000 || ru.ru_utime.tv_sec > 0);
	printf("times: %d\n", times(&tms) > 0 && tms.tms_utime + tms.tms_stime >= 1);
	if (fork() == 0) {
		cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
		while (seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu < 0.05)
			;
		_exit(0);
	}
	wait4(-1, NULL, 0, &ru);
	printf("a child's: %d", ru.ru_utime.tv_usec + ru.ru_stime.tv_usec >= 50000);
	getrusage(RUSAGE_CHILDREN, &ru);
	printf(" %d\n",
	       ru.ru_utime.tv_sec > 0 || ru.ru_utime.tv_usec + ru.ru_stime.tv_usec >= 50000);
}

static void check_system(void)
{
	struct rlimit lim = {70, 80}, got;
	struct sysinfo info;
	struct utsname name;
	char text[16] = "";
	cpu_set_t cpus;

	printf("Linux: %d\n", uname(&name) == 0 && !strcmp(name.sysname, "Linux") &&
				      !strcmp(name.machine, "x86_64"));
	printf("memory: %d\n", sysinfo(&info) == 0 && info.totalram > info.freeram && info.freeram);
	prctl(PR_SET_NAME, "a very long name for a thread");
	prctl(PR_GET_NAME, text);
	printf("name: %s\n", text);
	result("limit", setrlimit(RLIMIT_CPU, &lim));
	getrlimit(RLIMIT_CPU, &got);
	printf("%ld %ld\n", (long)got.rlim_cur, (long)got.rlim_max);
	if (fork() == 0) {
		getrlimit(RLIMIT_CPU, &got);
		printf("inherited: %ld %ld\n", (long)got.rlim_cur, (long)got.rlim_max);
		lim.rlim_cur = 30;
		setrlimit(RLIMIT_CPU, &lim);
		fflush(stdout);
		_exit(0);
	}
	wait(NULL);
	getrlimit(RLIMIT_CPU, &got);
	printf("%ld %ld\n", (long)got.rlim_cur, (long)got.rlim_max);
	lim.rlim_cur = 90;
	result("above the hard one", setrlimit(RLIMIT_CPU, &lim));
	result("no such limit", getrlimit(77, &got));
	CPU_ZERO(&cpus);
	printf("processors: %d", sched_getaffinity(0, sizeof(cpus), &cpus) == 0);
	printf(" %d\n", !!CPU_ISSET(sched_getcpu(), &cpus));
	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	result("to the first one", sched_setaffinity(0, sizeof(cpus), &cpus));
	printf("there: %d\n", sched_getcpu());
	CPU_ZERO(&cpus);
	result("to none", sched_setaffinity(0, sizeof(cpus), &cpus));
	/* The initial value is our caller's. */
	printf("nicest %d", setpriority(PRIO_PROCESS, 0, 19));
	printf(" %d\n", getpriority(PRIO_PROCESS, 0));
	printf("ids %d %d %d\n", getppid() > 0 || getpid() == 1, getsid(0) >= 0,
	       getgroups(0, NULL) >= 0);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	check_groups();
	check_time();
	check_system();
	printf("end\n");
	return 0;
}
