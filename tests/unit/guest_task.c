// SPDX-License-Identifier: MIT
/* Processes: making, ending, waiting, files. */
#include "guest_task_world.h"

/* -- tests ----------------------------------------------------------------------------------------
 */

/* The usual story; the mutant leak_space must break it too. */
static void story(void *arg)
{
	struct stock before = world_stock();
	struct task *init = start_init(), *child;
	const struct regs *frame;

	(void)arg;
	CHECK_EQ(init->pid, 1);
	CHECK(init->parent == &session);
	init->tls = 0x7000;
	child = fork_now();
	CHECK_EQ(child->pid, 2);
	CHECK_EQ(task_count(), 2);
	CHECK(child->parent == init && child->mm != init->mm && !strcmp(child->name, "init"));
	CHECK_EQ(child->tls, 0x7000);
	/*
	 * The child's stack: on top a frame to return to user mode as the child; below it, the
	 * values to pop.
	 */
	frame = (struct regs *)((char *)child->stack + KERNEL_STACK_SIZE) - 1;
	CHECK(frame->ax == 0 && frame->ip == 0x1111 && frame->sp == 0x2222);
	CHECK_EQ(((unsigned long *)child->sp)[3], frame);
	CHECK_EQ(((unsigned long *)child->sp)[6], task_entry);

	run_as(child);
	CHECK_EQ(world_read(A), 1);
	world_write(A, 2);
	run_as(init);
	CHECK_EQ(world_read(A), 1);
	exit_now(child, 7 << 8);
	CHECK_EQ(mm_live_count(), before.spaces + 1);
	CHECK_EQ(task_count(), 2); /* no wait call yet */
	wait_for(init, -1, 2, 7 << 8);
	CHECK_EQ(task_count(), 1);
	exit_now(init, 9);
	wait_for(&session, -1, 1, 9);
	wait_for(&session, -1, -ECHILD, -1);
	CHECK_EQ(task_count(), 0);
	world_check_stock(before);
	world_audit();
}

static struct task *sleeper, *later;

static void later_exits(void)
{
	CHECK(sleeper->waiting);
	exit_now(later, 3);
	CHECK(!sleeper->waiting && sleeper->state == TASK_RUNNING);
}

static void test_wait(void *arg)
{
	struct stock before = world_stock();
	struct task *init = start_init(), *a = fork_now(), *b = fork_now();
	int status = -1;

	(void)arg;
	/* No child has ended: not now. */
	CHECK_EQ(task_wait(-1, &status, true), 0);
	CHECK_EQ(task_wait(b->pid, &status, true), 0);
	CHECK_EQ(task_wait(99, &status, true), (long)-ECHILD);
	CHECK_EQ(status, -1);
	/* It waits for b, so a's end does not count. */
	exit_now(a, 1);
	sleeper = init;
	later = b;
	while_asleep = later_exits;
	wait_for(init, b->pid, 3, 3);
	while_asleep = NULL;
	wait_for(init, -1, 2, 1);
	wait_for(init, -1, -ECHILD, -1);
	exit_now(init, 0);
	wait_for(&session, 1, 1, 0);
	world_check_stock(before);
}

static void kill_sleeper(void)
{
	run_as(&session); /* another task */
	task_kill(sleeper, 15);
}

static void test_kill(void *arg)
{
	struct stock before = world_stock();
	struct task *init = start_init(), *child = fork_now();
	int status = -1;

	(void)arg;
	sleeper = init;
	while_asleep = kill_sleeper;
	CHECK_EQ(task_wait(-1, &status, false), (long)-ERESTARTSYS);
	CHECK(task_killed(init) && init->kill_status == 15);
	task_kill(init, 9); /* the first one counts */
	CHECK_EQ(init->kill_status, 15);
	exit_now(init, 15);
	/* Its child is an orphan: the session reaps both, in either order. */
	CHECK(child->parent == &session);
	run_as(&session);
	task_kill_all(9);
	CHECK(task_killed(child) && child->kill_status == 9);
	wait_for(&session, -1, 1, 15);
	exit_now(child, 9);
	wait_for(&session, -1, 2, 9);
	world_check_stock(before);
}

/* A parent is woken when it inherits an orphan that has already ended. */
static void middle_exits(void)
{
	exit_now(later, 5);
	CHECK(!session.waiting);
}

static void test_orphans(void *arg)
{
	struct stock before = world_stock();
	struct task *init = start_init(), *middle = fork_now(), *leaf;

	(void)arg;
	run_as(middle);
	leaf = fork_now();
	CHECK(leaf->parent == middle);
	exit_now(leaf, 4);
	/* The session has one live child of its own; it inherits the dead one. */
	later = middle;
	while_asleep = middle_exits;
	wait_for(&session, -1, leaf->pid, 4);
	while_asleep = NULL;
	wait_for(init, -1, middle->pid, 5);
	exit_now(init, 0);
	wait_for(&session, -1, 1, 0);
	world_check_stock(before);
}

/* Each allocation of fork fails once. */
static void test_fork_without_memory(void *arg)
{
	struct stock before = world_stock();
	struct task *init = start_init(), *child;
	struct stock with_init = world_stock();
	unsigned long k = 0;

	(void)arg;
	for (;; k++) {
		struct regs regs = {0};

		world_fail_allocation(k, false);
		if (task_clone(&regs, &plain) != -ENOMEM)
			break;
		world_check_stock(with_init);
		CHECK_EQ(task_count(), 1);
		world_audit();
	}
	world_fail_none();
	CHECK(k >= 8); /* task, stack, space and its two roots, area, three tables, files */
	child = newest;
	CHECK_EQ(world_read(A), 1);
	exit_now(child, 0);
	wait_for(init, -1, child->pid, 0);
	exit_now(init, 0);
	wait_for(&session, -1, 1, 0);
	world_check_stock(before);
}

/* As many processes as there are pids, and no more; pids are reused. */
static void test_many(void *arg)
{
	struct stock before = world_stock();
	struct task *init = start_init(), *some = NULL;
	struct regs regs = {0};
	unsigned n = 1;
	int status;

	(void)arg;
	for (long pid; (pid = task_clone(&regs, &plain)) > 0; n++) {
		CHECK_EQ(pid, n + 1);
		if (n == 500)
			some = newest;
	}
	CHECK_EQ(n, MAX_TASKS);
	CHECK_EQ(task_clone(&regs, &plain), (long)-EAGAIN);
	CHECK_EQ(task_count(), MAX_TASKS);
	exit_now(some, 0);
	run_as(init);
	CHECK_EQ(task_clone(&regs, &plain), (long)-EAGAIN); /* a zombie keeps its pid */
	CHECK_EQ(task_wait(-1, &status, false), 501);
	CHECK_EQ(task_clone(&regs, &plain), 501);
	while (n > 1) {
		struct task *t = list_first(&init->children, struct task, sibling);

		exit_now(t, 0);
		run_as(init);
		CHECK_EQ(task_wait(-1, &status, false) > 0, 1);
		n--;
	}
	exit_now(init, 0);
	wait_for(&session, -1, 1, 0);
	world_check_stock(before);
}

/* Does not take a reference. */
static struct file *open_file(int fd)
{
	struct file *f = file_get(fd);

	if (f)
		file_put(f);
	return f;
}

static void test_files(void *arg)
{
	struct stock before = world_stock();
	struct task *init = start_init(), *child;
	struct inode *inode, *same;
	char text[600];
	u8 byte;

	(void)arg;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i / 3);
	inode = &tree_add("/data", S_IFREG | 0644)->inode;
	((struct node *)inode)->fixed = false;
	inode_resize(inode, 600);
	CHECK(inode_fill(inode, 0, text, sizeof(text)));
	CHECK(open_file(0) && open_file(0) == open_file(1) && open_file(0) == open_file(2));
	CHECK_EQ(open_file(0)->refs, 3);
	CHECK(!open_file(3) && !open_file(-1) && !open_file(MAX_FDS));
	CHECK_EQ(file_open("/nothing", O_RDONLY), (long)-ENOENT);
	CHECK_EQ(file_open("/data", O_RDONLY), 3);
	CHECK_EQ(file_open("/data", O_CLOEXEC), 4);
	CHECK(open_file(3) != open_file(4));
	CHECK_EQ(inode->refs, 3);
	/* In pieces, across the chunks in which it is copied. */
	CHECK_EQ(file_read(open_file(3), A, 10), 10);
	CHECK_EQ(file_read(open_file(3), A + 10, 1000), 590);
	CHECK_EQ(file_read(open_file(3), A, 1000), 0);
	for (size_t i = 0; i < sizeof(text); i++) {
		CHECK(cpu_touch(A + i, CPU_READ, &byte));
		CHECK_EQ(byte, (u8)text[i]);
	}
	/* A child has the same files, positions included, and its own table. */
	child = fork_now();
	CHECK(child->files->fd[3] == open_file(3) && open_file(3)->refs == 2);
	run_as(child);
	files_exec();
	CHECK(open_file(3) && !open_file(4) && init->files->fd[4]);
	CHECK_EQ(file_close(3), 0);
	CHECK_EQ(file_close(3), (long)-EBADF);
	CHECK_EQ(file_open("/data", O_RDONLY), 3);
	for (int fd = 4; fd < MAX_FDS; fd++)
		CHECK_EQ(file_open("/dev/console", O_RDWR | O_CLOEXEC), fd);
	CHECK_EQ(file_open("/data", O_RDONLY), (long)-EMFILE);
	exit_now(child, 0);
	wait_for(init, -1, 2, 0);
	CHECK(open_file(3)->refs == 1 && open_file(4)->refs == 1);
	exit_now(init, 0);
	wait_for(&session, -1, 1, 0);
	CHECK(inode->refs == 1 && !inode_open("/data", &same));
	inode_put(inode);
	tree_reset();
	world_check_stock(before);
}

static void test_leak(void **state)
{
	(void)state;
	/* An address space that outlives its process: in the count of spaces, of pins, of pages. */
	world_expect(END_FAILED, "mm_live_count()", story, NULL);
}

int main(void)
{
	const struct CMUnitTest mutated[] = {cmocka_unit_test(test_leak)};
	const struct CMUnitTest tests[] = {
		WORLD_TEST(story),
		WORLD_TEST(test_wait),
		WORLD_TEST(test_kill),
		WORLD_TEST(test_orphans),
		WORLD_TEST(test_fork_without_memory),
		WORLD_TEST(test_many),
		WORLD_TEST(test_files),
	};

	task_world_boot();
	if (mutant(leak_space))
		return WORLD_RUN(mutated);
	return WORLD_RUN(tests);
}
