// SPDX-License-Identifier: MIT
#include "guest_task_world.h"

/* -- replacements for the rest of the kernel ------------------------------------------------ */

struct task session = {.name = "session"};
struct task *newest;
jmp_buf gone;
void (*while_asleep)(void);

void task_start(struct task *t)
{
	task_wake(t);
}

void task_poke(struct task *t)
{
	task_wake(t);
}

void task_wake(struct task *t)
{
	t->state = TASK_RUNNING;
	newest = t;
}

void run_as(struct task *t)
{
	this_cpu()->task = t;
	world_run(t->mm);
}

void schedule(void)
{
	struct task *me = current;

	if (me->state == TASK_ZOMBIE)
		longjmp(gone, 1);
	if (me->state == TASK_RUNNING)
		return; /* no other task needs the CPU */
	CHECK(me->state == TASK_SLEEPING);
	if (!while_asleep)
		world_failed(__FILE__, __LINE__, "%s sleeps for ever", me->name);
	while_asleep();
	run_as(me);
	CHECK(me->state == TASK_RUNNING);
}

bool schedule_until(u64 ns)
{
	schedule();
	return !ns || world_clock_ns < ns;
}

void task_entry(void)
{
}

void sched_timer_event(u64 at)
{
	(void)at;
}

bool cmpxchg_user(unsigned long va, u32 old, u32 new, u32 *seen)
{
	copy_from_user(seen, va, sizeof(*seen));
	return *seen != old || copy_to_user(va, &new, sizeof(new));
}

bool copy_to_user(unsigned long dst, const void *src, size_t n)
{
	for (size_t i = 0; i < n; i++)
		world_write(dst + i, ((const u8 *)src)[i]);
	return true;
}

bool copy_from_user(void *dst, unsigned long src, size_t n)
{
	for (size_t i = 0; i < n; i++)
		((u8 *)dst)[i] = (u8)world_read(src + i);
	return true;
}

long copy_string_from_user(char *dst, unsigned long src, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		dst[i] = (char)world_read(src + i);
		if (!dst[i])
			return (long)i;
	}
	return -ENAMETOOLONG;
}

static const struct file_ops console_ops;
static const struct device console = {"/dev/console", &console_ops};
extern const struct device *const devices_start[];
const struct device *const devices_start[] = {&console};
__asm__(".globl devices_end\n.set devices_end, devices_start + 8");

void task_world_boot(void)
{
	world_boot(8192, 700, 1);
	tree_init();
	devices_init();
}

/* -- shorthand --------------------------------------------------------------------------------- */

const struct clone plain = {.exit_signal = SIGCHLD};

static void first_program(void)
{
}

/* Process 1 with a page of memory, running. */
struct task *start_init(void)
{
	struct task *t;

	list_init(&session.children);
	list_init(&session.threads);
	session.leader = &session;
	run_as(&session);
	t = process_spawn("init", first_program);
	CHECK(t && t == newest && t->state == TASK_RUNNING);
	t->mm = mm_alloc();
	CHECK_EQ(mm_map(t->mm, A, 2 * PAGE_SIZE, RW, NULL, 0, true), A);
	pgtable_publish(&t->mm->pt);
	run_as(t);
	world_write(A, 1);
	return t;
}

struct task *fork_now(void)
{
	struct regs regs = {.ax = 57, .ip = 0x1111, .sp = 0x2222};
	struct task *before = newest;
	long pid = task_clone(&regs, &plain);

	if (pid < 0)
		return NULL;
	CHECK(newest != before && newest->pid == pid);
	return newest;
}

void exit_now(struct task *t, int status)
{
	run_as(t);
	/* The ended task does not run again before it is waited for. */
	if (!setjmp(gone))
		task_exit(status);
	CHECK(t->state == TASK_ZOMBIE && t->exit_status == status && !t->mm && !t->files);
	world_mm = NULL;
}

void wait_for(struct task *parent, int pid, long expect, int expect_status)
{
	int status = -1;

	run_as(parent);
	CHECK_EQ(task_wait(pid, &status, false), expect);
	CHECK_EQ(status, expect_status);
}
