// SPDX-License-Identifier: MIT
/*
 * Signals: where they are pending, their actions, and which thread is told; and the
 * handler's frame.
 */
#include "guest_task_world.h"

#include "arch/x86/sigframe.h"
#include "proc/family.h"

static void locked_post(struct task *t, bool group, int sig, int code, u64 value, long expect)
{
	const struct siginfo info = {.signo = sig, .code = code, .from = {.value = value}};

	spin_lock(&family_lock);
	CHECK_EQ(signal_post(t, group, &info), expect);
	spin_unlock(&family_lock);
}

static void post(struct task *t, bool group, int sig)
{
	locked_post(t, group, sig, SI_USER, 0, 0);
}

static int take(u64 mask, u64 *value)
{
	struct siginfo info;
	int sig;

	spin_lock(&family_lock);
	sig = signal_take(mask, &info);
	signal_refresh();
	spin_unlock(&family_lock);
	if (sig && value)
		*value = info.from.value;
	return sig;
}

static void handle(int sig, unsigned long handler)
{
	const struct sigact act = {.handler = handler, .flags = SA_RESTORER};
	struct sigact old;

	CHECK_EQ(signal_set_action(sig, &act, &old), 0);
}

static void end(struct stock before, struct task *init)
{
	exit_now(init, 0);
	wait_for(&session, -1, 1, 0);
	world_check_stock(before);
}

static void test_pending(void *arg)
{
	struct stock before = world_stock();
	struct task *init = start_init();
	const u64 both = SIG_BIT(SIGUSR1) | SIG_BIT(40);
	u64 value = 0;

	(void)arg;
	signal_set_mask(both | SIG_UNBLOCKABLE);
	CHECK(init->blocked == both); /* two signals cannot be blocked */
	locked_post(init, false, SIGUSR1, SI_QUEUE, 1, 0);
	locked_post(init, false, SIGUSR1, SI_QUEUE, 2, 0); /* already pending */
	locked_post(init, true, 40, SI_QUEUE, 3, 0);
	locked_post(init, true, 40, SI_QUEUE, 4, 0);
	CHECK_EQ(init->work, 0);
	CHECK_EQ(take(~both, NULL), 0);
	signal_set_mask(0);
	CHECK_EQ(init->work, WORK_SIGNAL);
	CHECK(take(~0UL, &value) == SIGUSR1 && value == 1);
	CHECK_EQ(init->work, WORK_SIGNAL);
	CHECK(take(~0UL, &value) == 40 && value == 3);
	CHECK(take(~0UL, &value) == 40 && value == 4);
	CHECK(!init->work && !take(~0UL, NULL));
	/* A thread's own exception is delivered before signals from others. */
	post(init, false, SIGHUP);
	post(init, false, SIGSEGV);
	CHECK(take(~0UL, NULL) == SIGSEGV && take(~0UL, NULL) == SIGHUP);
	/* A queue is full; standard signals still enter, without siginfo. */
	signal_set_mask(~0UL);
	for (int i = 0; i < 256; i++)
		locked_post(init, true, 40, SI_QUEUE, 5, 0);
	locked_post(init, true, 40, SI_QUEUE, 5, -EAGAIN);
	locked_post(init, true, SIGTERM, SI_USER, 6, 0);
	CHECK(take(SIG_BIT(SIGTERM), &value) == SIGTERM && value == 0);
	end(before, init); /* with all that is left */
}

static void test_actions(void *arg)
{
	struct stock before = world_stock();
	struct task *init = start_init(), *child;
	const struct sigactions *first;

	(void)arg;
	CHECK(!init->actions);
	post(init, true, SIGCHLD); /* ignored by default, unlike the others */
	CHECK_EQ(init->work, 0);
	handle(SIGUSR1, 0x1000);
	handle(SIGUSR2, SIG_IGN);
	post(init, true, SIGUSR2);
	CHECK_EQ(init->work, 0);
	first = init->actions;
	child = fork_now();
	CHECK(child->actions == first); /* fork copies nothing */
	run_as(child);
	signal_set_default(child, SIGUSR1);
	CHECK(signal_action(child, SIGUSR1).handler == SIG_DFL);
	CHECK(signal_action(init, SIGUSR1).handler == 0x1000);
	handle(SIGUSR1, SIG_IGN);
	CHECK(child->actions != first && init->actions == first);
	CHECK(signal_action(init, SIGUSR1).handler == 0x1000);
	CHECK(signal_action(child, SIGUSR1).handler == SIG_IGN);
	/* A pending signal that becomes ignored is dropped. */
	signal_set_mask(SIG_BIT(SIGHUP));
	post(child, true, SIGHUP);
	post(child, false, SIGHUP);
	handle(SIGHUP, SIG_IGN);
	CHECK(!child->pending.set && !child->shared_pending.set);
	/* A new program: handlers are removed, the rest stays. */
	handle(SIGTERM, 0x2000);
	signal_exec();
	CHECK(signal_action(child, SIGTERM).handler == SIG_DFL);
	CHECK(signal_ignored(child, SIGUSR1) && signal_ignored(child, SIGUSR2));
	exit_now(child, 0);
	/* If the parent does not want to know, its children are freed at once. */
	wait_for(init, -1, child->pid, 0);
	handle(SIGCHLD, SIG_IGN);
	newest = NULL; /* its memory may be reused by the new one */
	child = fork_now();
	run_as(child);
	if (!setjmp(gone))
		task_exit(0);
	CHECK(child->autoreap);
	task_free(child); /* freed by the next task */
	run_as(init);
	CHECK_EQ(task_count(), 1);
	end(before, init);
}

static void test_who(void *arg)
{
	const struct clone thread = {.vm = true, .thread = true, .stack = 0x3333};
	struct stock before = world_stock();
	struct task *init = start_init(), *other;
	struct regs regs = {0};

	(void)arg;
	CHECK(task_clone(&regs, &thread) > 0);
	other = newest;
	/* The leader blocks it, so the other thread is told. */
	signal_set_mask(SIG_BIT(SIGTERM));
	post(init, true, SIGTERM);
	CHECK(init->work == 0 && other->work == WORK_SIGNAL);
	/* The reverse: the other thread starts to block a signal of which it was told. */
	run_as(other);
	CHECK_EQ(take(0, NULL), 0);
	signal_set_mask(SIG_BIT(SIGTERM));
	CHECK(other->work == 0 && init->work == 0);
	run_as(init);
	signal_set_mask(0);
	CHECK(init->work == WORK_SIGNAL && take(~0UL, NULL) == SIGTERM);
	/* A thread that waits for it counts as one that does not block it. */
	run_as(other);
	signal_set_mask(~0UL);
	other->waited = SIG_BIT(SIGUSR1);
	run_as(init);
	signal_set_mask(~0UL);
	post(init, true, SIGUSR1);
	CHECK(init->work == 0 && other->work == WORK_SIGNAL);
	/* Stop and continue cancel each other. */
	post(init, true, SIGTSTP);
	CHECK(init->shared_pending.set & SIG_BIT(SIGTSTP));
	post(init, true, SIGCONT);
	CHECK(!(init->shared_pending.set & SIG_BIT(SIGTSTP)));
	post(other, false, SIGKILL);
	CHECK(task_killed(init) && task_killed(other) && init->exit_status == SIGKILL);
	run_as(other);
	if (!setjmp(gone))
		task_exit(SIGKILL);
	task_free(other);
	exit_now(init, SIGKILL);
	wait_for(&session, -1, 1, SIGKILL);
	world_check_stock(before);
}

static void test_forced(void *arg)
{
	struct stock before = world_stock();
	struct task *init = start_init();

	(void)arg;
	handle(SIGSEGV, 0x1000);
	CHECK(signal_force(SIGSEGV, SEGV_MAPERR, 0x77) && init->work == WORK_SIGNAL);
	CHECK_EQ(take(~0UL, NULL), SIGSEGV);
	signal_set_mask(SIG_BIT(SIGSEGV)); /* in its own handler: again would be for ever */
	CHECK(!signal_force(SIGSEGV, SEGV_MAPERR, 0x77));
	CHECK(task_killed(init) && init->exit_status == SIGSEGV);
	exit_now(init, SIGSEGV);
	wait_for(&session, -1, 1, SIGSEGV);
	world_check_stock(before);
}

/* Each allocation fails once: no memory is lost, and the old state is kept. */
static void test_without_memory(void *arg)
{
	struct stock before = world_stock();
	struct task *init = start_init();
	const struct sigact act = {.handler = 0x1000};
	struct sigact old;

	(void)arg;
	world_fail_allocation(0, false);
	CHECK_EQ(signal_set_action(SIGUSR1, &act, &old), (long)-ENOMEM);
	world_fail_none();
	CHECK(!init->actions);
	signal_set_mask(~0UL);
	world_fail_allocation(0, false);
	locked_post(init, false, SIGUSR1, SI_USER, 5, 0);
	world_fail_allocation(0, false);
	locked_post(init, false, 40, SI_QUEUE, 5, -EAGAIN);
	world_fail_none();
	CHECK_EQ(take(~0UL, NULL), SIGUSR1);
	end(before, init);
}

static void test_frame(void *arg)
{
	struct regs regs, back;
	struct sigframe f = {.restorer = 1};
	struct sigframe_place at;

	(void)arg;
	for (unsigned i = 0; i < sizeof(regs) / 8; i++)
		((u64 *)&regs)[i] = 0x0101010101010101 * (i + 1) & 0x00007f7f7f7f7f7f;
	regs.flags = 0x246;
	for (unsigned long top = 0x7000; top < 0x7100; top++) {
		at = sigframe_place(top);
		CHECK(at.frame % 16 == 8 && at.fpu % 64 == 0 && at.fpu + FXSAVE_SIZE <= top);
		CHECK(at.frame + sizeof(f) <= at.fpu);
	}
	sigframe_save(&f, &regs);
	back = regs;
	back.flags |= 0x400; /* the direction flag belongs to the interrupted code */
	sigframe_enter(&back, &at, 0x5000, 7);
	CHECK(back.ip == 0x5000 && back.di == 7 && back.sp == at.frame && back.flags == 0x246);
	CHECK(back.si == at.frame + 312 && back.dx == at.frame + 8);
	back.cs = regs.cs;
	back.ss = regs.ss;
	CHECK(sigframe_restore(&f, &back) && !memcmp(&regs, &back, sizeof(regs)));
	/* Interrupts stay on, whatever a program says, and it continues only at a valid address. */
	f.uc.mc.flags = 0x3000 | 1;
	CHECK(sigframe_restore(&f, &back) && back.flags == 0x203);
	f.uc.mc.ip = USER_TOP;
	back = regs;
	CHECK(!sigframe_restore(&f, &back) && !memcmp(&regs, &back, sizeof(regs)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_pending), WORLD_TEST(test_actions),	   WORLD_TEST(test_who),
		WORLD_TEST(test_forced),  WORLD_TEST(test_without_memory), WORLD_TEST(test_frame),
	};

	task_world_boot();
	return WORLD_RUN(tests);
}
