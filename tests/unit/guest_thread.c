// SPDX-License-Identifier: MIT
/* Processes of several threads. */
#include "guest_task_world.h"

static struct task *thread_now(struct task *of)
{
	const struct clone how = {.vm = true, .thread = true, .stack = 0x3333, .clear_tid = A + 8};
	struct regs regs = {.ip = 0x1111};
	struct task *before = newest;

	run_as(of);
	CHECK(task_clone(&regs, &how) > 0 && newest != before);
	return newest;
}

static void thread_exit_now(struct task *t, int status)
{
	run_as(t);
	if (!setjmp(gone))
		task_exit(status);
	CHECK(t->state == TASK_ZOMBIE && t->autoreap && !t->mm && !t->files);
	world_mm = NULL;
	task_free(t); /* freed by the next task */
}

/* A process exists until its last thread ends, and has one pid for others. */
static void test_threads(void *arg)
{
	struct stock before = world_stock();
	struct task *init = start_init(), *a = thread_now(init), *b = thread_now(a), *child;
	int status = -1;

	(void)arg;
	CHECK(a->leader == init && b->leader == init && a->pid != b->pid);
	CHECK(a->mm == init->mm && a->files == init->files && init->mm->refs == 3);
	CHECK_EQ(task_count(), 3);
	CHECK(init->mm->pt.cpus & CPU_MORE);
	/* A thread's child belongs to the process, and any thread may reap it. */
	run_as(a);
	child = fork_now();
	CHECK(child->parent == init && child->ppid == init->pid && child->leader == child);
	exit_now(child, 6 << 8);
	wait_for(b, -1, child->pid, 6 << 8);
	run_as(b);
	world_write(A + 8, 1);
	thread_exit_now(b, 0);
	run_as(a);
	CHECK_EQ(world_read(A + 8), 0); /* the thread's word */
	CHECK(!list_empty(&init->threads));
	/* The leader ends first; the process ends with the last thread's status. */
	run_as(init);
	if (!setjmp(gone))
		task_exit(1 << 8);
	run_as(&session);
	CHECK_EQ(task_wait(-1, &status, true), 0);
	thread_exit_now(a, 2 << 8);
	wait_for(&session, -1, 1, 2 << 8);
	CHECK_EQ(task_count(), 0);
	world_check_stock(before);
}

static void test_group_exit(void *arg)
{
	struct stock before = world_stock();
	struct task *init = start_init(), *a = thread_now(init);
	const struct clone how = {.vm = true, .thread = true};
	struct regs regs = {0};

	(void)arg;
	run_as(a);
	if (!setjmp(gone))
		task_exit_group(5 << 8);
	CHECK(task_killed(init) && init->group_exit && init->exit_status == 5 << 8);
	task_free(a);
	/* No thread joins any more, and a later kill changes nothing. */
	run_as(init);
	CHECK_EQ(task_clone(&regs, &how), (long)-EAGAIN);
	task_kill(init, 9);
	if (!setjmp(gone))
		task_exit(init->kill_status);
	wait_for(&session, -1, 1, 5 << 8);
	world_check_stock(before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_threads),
		WORLD_TEST(test_group_exit),
	};

	task_world_boot();
	return WORLD_RUN(tests);
}
