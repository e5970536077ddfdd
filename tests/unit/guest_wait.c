// SPDX-License-Identifier: MIT
/* Wait queues: no wake-up is lost, whichever comes first, and a task that has left is not woken. */
#include "guest_task_world.h"

static struct wait_queue q, other;
static struct task a = {.name = "a"}, b = {.name = "b"};
static bool condition;
static unsigned slept;

static void make_it_true(void)
{
	slept++;
	run_as(&b);
	condition = true;
	wake_all(&q);
}

static void wait_for_it(void)
{
	struct waiter w = {0};

	for (;;) {
		wait_begin(&q, &w);
		if (condition || task_interrupted())
			break;
		schedule_until(0);
	}
	wait_end(&q, &w);
}

static void test_asleep(void *arg)
{
	(void)arg;
	run_as(&a);
	while_asleep = make_it_true;
	wait_for_it();
	CHECK(slept == 1 && condition && a.state == TASK_RUNNING);
	/* True from the start: no sleep. */
	wait_for_it();
	CHECK(slept == 1 && list_empty(&q.waiters) && a.state == TASK_RUNNING);
}

/* Woken after it enters the queue and before it sleeps. */
static void test_before_sleep(void *arg)
{
	struct waiter w = {0};

	(void)arg;
	while_asleep = NULL; /* a sleep would be for ever */
	run_as(&a);
	wait_begin(&q, &w);
	CHECK(a.state == TASK_SLEEPING);
	wake_all(&q);
	CHECK(schedule_until(0) && a.state == TASK_RUNNING);
	/* In the queue again, once. */
	wait_begin(&q, &w);
	wait_begin(&q, &w);
	CHECK(a.state == TASK_SLEEPING && q.waiters.next == &w.link && w.link.next == &q.waiters);
	wait_end(&q, &w);
	wake_all(&q);
	CHECK(a.state == TASK_RUNNING && newest == &a);
}

static void test_several(void *arg)
{
	struct waiter wa = {0}, wb = {0}, second = {0};

	(void)arg;
	wake_all(&q); /* a queue that never had a waiter */
	wake_one(&q);
	run_as(&a);
	wait_begin(&q, &wa);
	wait_begin(&other, &second);
	run_as(&b);
	wait_begin(&q, &wb);
	/* Either queue wakes the task that is in both; the second wake-up wakes the next one. */
	wake_one(&q);
	CHECK(a.state == TASK_RUNNING && b.state == TASK_SLEEPING && newest == &a);
	wake_one(&q);
	CHECK(b.state == TASK_RUNNING && newest == &b);
	newest = NULL;
	wake_one(&q);
	CHECK(!newest);
	wait_end(&q, &wb);
	run_as(&a);
	wait_begin(&q, &wa);
	wake_all(&other);
	CHECK(a.state == TASK_RUNNING && newest == &a);
	wait_end(&other, &second);
	wait_end(&q, &wa);
	newest = NULL;
	wake_all(&q);
	wake_all(&other);
	CHECK(!newest);
}

static void kill_it(void)
{
	run_as(&b);
	a.work = WORK_KILLED;
	task_wake(&a);
}

static void time_passes(void)
{
	world_clock_ns += 1000;
	task_wake(&a);
}

static void test_other_reasons(void *arg)
{
	struct waiter w = {0};

	(void)arg;
	run_as(&a);
	while_asleep = time_passes;
	wait_begin(&q, &w);
	CHECK(!schedule_until(world_clock_ns + 500));
	wait_begin(&q, &w);
	CHECK(schedule_until(world_clock_ns + 5000));
	wait_end(&q, &w);
	while_asleep = kill_it;
	wait_for_it();
	CHECK(task_killed(&a) && !condition && list_empty(&q.waiters));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_asleep),
		WORLD_TEST(test_before_sleep),
		WORLD_TEST(test_several),
		WORLD_TEST(test_other_reasons),
	};

	world_boot_small();
	return WORLD_RUN(tests);
}
