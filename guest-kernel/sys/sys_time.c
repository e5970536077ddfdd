// SPDX-License-Identifier: MIT
/*
 * System calls on time. There are two clocks: nanoseconds since the start, and since 1970,
 * which differ by a constant. In addition there is the processor time of a thread or
 * process, counted at task switches in ticks of the time-stamp counter.
 */
#include "sys/timespec.h"

#include "arch/x86/platform.h"
#include "lib/errno.h"
#include "mm/mm.h"
#include "proc/itimer.h"
#include "proc/task.h"
#include "proc/usage.h"
#include "proc/wait.h"
#include "sys/syscall.h"

#define CLOCK_REALTIME	       0
#define CLOCK_MONOTONIC	       1
#define CLOCK_PROCESS_CPUTIME  2
#define CLOCK_THREAD_CPUTIME   3
#define CLOCK_MONOTONIC_RAW    4
#define CLOCK_REALTIME_COARSE  5
#define CLOCK_MONOTONIC_COARSE 6
#define CLOCK_BOOTTIME	       7
#define CLOCK_REALTIME_ALARM   8
#define CLOCK_BOOTTIME_ALARM   9
#define CLOCK_TAI	       11
#define TIMER_ABSTIME	       1
#define ITIMER_REAL	       0
#define ITIMER_PROF	       2

struct timespec timespec_of(u64 ns)
{
	return (struct timespec){(s64)(ns / NS_PER_S), (s64)(ns % NS_PER_S)};
}

struct timeval timeval_of(u64 ns)
{
	return (struct timeval){(s64)(ns / NS_PER_S), (s64)(ns % NS_PER_S / NS_PER_US)};
}

static u64 sum(u64 a, u64 b)
{
	return a + b < a ? ~(u64)0 : a + b;
}

bool timespec_ns(const struct timespec *ts, u64 *ns)
{
	if (ts->sec < 0 || ts->nsec < 0 || ts->nsec >= NS_PER_S)
		return false;
	*ns = (u64)ts->sec >= ~(u64)0 / NS_PER_S ? ~(u64)0
						 : (u64)ts->sec * NS_PER_S + (u64)ts->nsec;
	return true;
}

static long from_user(unsigned long va, u64 *ns)
{
	struct timespec ts;

	if (!copy_times_from_user(&ts, va, sizeof(ts)))
		return -EFAULT;
	return timespec_ns(&ts, ns) ? 0 : -EINVAL;
}

long deadline_from_user(unsigned long va, u64 *deadline)
{
	u64 ns;
	long rc = from_user(va, &ns);

	*deadline = rc ? 0 : sum(platform_clock_ns(), ns);
	return rc;
}

long absolute_from_user(unsigned long va, bool realtime, u64 *deadline)
{
	long rc = from_user(va, deadline);
	u64 offset = realtime ? platform_wall_ns() - platform_clock_ns() : 0;

	if (rc)
		return rc;
	*deadline = *deadline > offset ? *deadline - offset : 1;
	return 0;
}

static long clock_ns(unsigned long clock, u64 *ns)
{
	switch ((int)clock) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
	case CLOCK_REALTIME_ALARM:
	case CLOCK_TAI: *ns = platform_wall_ns(); return 0;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_BOOTTIME:
	case CLOCK_BOOTTIME_ALARM: *ns = platform_clock_ns(); return 0;
	case CLOCK_PROCESS_CPUTIME: *ns = platform_ticks_ns(process_ticks()); return 0;
	case CLOCK_THREAD_CPUTIME: *ns = platform_ticks_ns(thread_ticks()); return 0;
	default: return -EINVAL;
	}
}

SYSCALL(228, clock_gettime)
{
	struct timespec ts;
	u64 ns;
	long rc = clock_ns(args->a[0], &ns);

	if (rc)
		return rc;
	ts = timespec_of(ns);
	return copy_times_to_user(args->a[1], &ts, sizeof(ts)) ? 0 : -EFAULT;
}

SYSCALL(229, clock_getres)
{
	const struct timespec one = {0, 1};
	u64 ns;
	long rc = clock_ns(args->a[0], &ns);

	if (rc)
		return rc;
	return args->a[1] && !copy_times_to_user(args->a[1], &one, sizeof(one)) ? -EFAULT : 0;
}

SYSCALL(96, gettimeofday)
{
	struct timeval tv = timeval_of(platform_wall_ns());
	const u64 zone = 0;

	if (args->a[0] && !copy_times_to_user(args->a[0], &tv, sizeof(tv)))
		return -EFAULT;
	return args->a[1] && !copy_to_user(args->a[1], &zone, sizeof(zone)) ? -EFAULT : 0;
}

SYSCALL(201, time)
{
	s64 now = (s64)(platform_wall_ns() / NS_PER_S);

	return args->a[0] && !copy_times_to_user(args->a[0], &now, sizeof(now)) ? -EFAULT
										: (long)now;
}

/*
 * A sleep of a given length that is restarted, because a signal had no handler, continues
 * until the same time. A handler ends it, and `left` returns the remaining time.
 */
static long sleep_until(u64 deadline, unsigned long left)
{
	struct timespec ts;
	u64 now;

	current->state = TASK_SLEEPING;
	if (!schedule_until(deadline))
		return 0;
	now = platform_clock_ns();
	if (now >= deadline)
		return 0;
	current->restart_at = deadline;
	ts = timespec_of(deadline - now);
	return left && !copy_times_to_user(left, &ts, sizeof(ts)) ? -EFAULT : -ERESTARTNOHAND;
}

static long sleep_for(unsigned long va, unsigned long left)
{
	u64 deadline = current->restart_at;
	long rc = 0;

	current->restart_at = 0;
	if (!deadline)
		rc = deadline_from_user(va, &deadline);
	return rc ? rc : sleep_until(deadline, left);
}

SYSCALL(35, nanosleep)
{
	return sleep_for(args->a[0], args->a[1]);
}

SYSCALL(230, clock_nanosleep)
{
	bool realtime = (int)args->a[0] == CLOCK_REALTIME;
	u64 deadline, now;
	long rc;

	if (!realtime && (int)args->a[0] != CLOCK_MONOTONIC && (int)args->a[0] != CLOCK_BOOTTIME)
		return clock_ns(args->a[0], &now) ? -EINVAL : -EOPNOTSUPP;
	if (!(args->a[1] & TIMER_ABSTIME))
		return sleep_for(args->a[2], args->a[3]);
	rc = absolute_from_user(args->a[2], realtime, &deadline);
	if (!rc)
		rc = sleep_until(deadline, 0);
	current->restart_at = 0;
	return rc;
}

/* -- alarms ------------------------------------------------------------------------------- */

struct itimerval {
	struct timeval interval, value;
};

static bool timeval_ns(const struct timeval *tv, u64 *ns)
{
	const struct timespec ts = {tv->sec, tv->usec * (s64)NS_PER_US};

	return tv->usec >= 0 && tv->usec < 1000000 && timespec_ns(&ts, ns);
}

static long real_only(unsigned long which)
{
	return which == ITIMER_REAL ? 0 : which <= ITIMER_PROF ? -ENOSYS : -EINVAL;
}

static bool give(unsigned long va, const struct itimer_value *v)
{
	const struct itimerval val = {timeval_of(v->interval), timeval_of(v->first)};

	return !va || copy_times_to_user(va, &val, sizeof(val));
}

SYSCALL(38, setitimer)
{
	struct itimer_value new, old;
	struct itimerval val = {0}; /* as in Linux: NULL means zero */
	long rc = real_only(args->a[0]);

	if (rc)
		return rc;
	if (args->a[1] && !copy_times_from_user(&val, args->a[1], sizeof(val)))
		return -EFAULT;
	if (!timeval_ns(&val.value, &new.first) || !timeval_ns(&val.interval, &new.interval))
		return -EINVAL;
	rc = itimer_set(&new, &old);
	return rc ? rc : give(args->a[2], &old) ? 0 : -EFAULT;
}

SYSCALL(36, getitimer)
{
	struct itimer_value now;
	long rc = real_only(args->a[0]);

	if (rc)
		return rc;
	itimer_set(NULL, &now);
	return give(args->a[1], &now) ? 0 : -EFAULT;
}

/* Returns the seconds left, rounded up. */
SYSCALL(37, alarm)
{
	const struct itimer_value new = {.first = (u32)args->a[0] * (u64)NS_PER_S};
	struct itimer_value old;

	if (itimer_set(&new, &old))
		return -ENOMEM;
	return (long)((old.first + NS_PER_S - 1) / NS_PER_S);
}
