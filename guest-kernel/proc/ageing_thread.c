// SPDX-License-Identifier: MIT
/*
 * The thread has a CPU of its own while it is on, because ageing is meant to happen while
 * another CPU is in the middle of a fork or an exit. The short sleeps serve this too: an
 * emulator that runs the CPUs in turn interrupts another CPU only by this timer, at an
 * arbitrary point of its work.
 */
#include "proc/ageing_thread.h"

#include "arch/x86/platform.h"
#include "lib/bug.h"
#include "mm/ageing.h"
#include "proc/task.h"

#define PAUSE_NS 20000u

static struct task *thread;
static unsigned home;
static spinlock_t lock;
static bool wanted;
static bool stopped; /* asleep until it is switched on */

static void run(void)
{
	for (;;) {
		spin_lock(&lock);
		while (!wanted) {
			stopped = true;
			current->state = TASK_SLEEPING;
			spin_unlock(&lock);
			schedule();
			spin_lock(&lock);
		}
		stopped = false;
		spin_unlock(&lock);
		ageing_step();
		task_sleep_until(platform_clock_ns() + PAUSE_NS);
	}
}

void ageing_init(void)
{
	if (nr_cpus == 1)
		return;
	home = nr_cpus - 1;
	thread = kernel_thread("ageing", run);
	task_start_on(thread, home);
}

bool ageing_is_on(void)
{
	return __atomic_load_n(&wanted, __ATOMIC_RELAXED);
}

bool ageing_switch(bool on)
{
	if (!thread)
		return false;
	spin_lock(&lock);
	wanted = on;
	spin_unlock(&lock);
	sched_reserve(home, on);
	if (on)
		task_wake(thread);
	while (!on && !__atomic_load_n(&stopped, __ATOMIC_ACQUIRE))
		task_sleep_until(platform_clock_ns() + PAUSE_NS);
	return true;
}
