// SPDX-License-Identifier: MIT
#include "proc/oom.h"

#include "arch/x86/platform.h"
#include "arch/x86/smp.h"

#include "lib/print.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/family.h"
#include "proc/signal.h"

#define INIT_PID 1
#define TOLD	 8 /* number of victims that are reported by name */

static struct {
	unsigned n;
	char text[TOLD][96];
} killed; /* guarded by the family's lock */

/* Pages that the process has mapped. Family locked, so that its memory is not freed meanwhile. */
static unsigned long resident(const struct task *leader)
{
	const struct task *t;

	if (leader->mm)
		return __atomic_load_n(&leader->mm->resident, __ATOMIC_RELAXED);
	list_for_each_entry (t, &leader->threads, sibling)
		if (t->mm)
			return __atomic_load_n(&t->mm->resident, __ATOMIC_RELAXED);
	return 0;
}

/* The largest process other than process 1, or NULL; *ending: another process is ending. */
static struct task *largest(bool *ending)
{
	struct task *found = NULL;
	unsigned long most = 0;

	*ending = false;
	for (int pid = INIT_PID + 1; pid <= MAX_TASKS; pid++) {
		struct task *t = by_pid[pid];
		unsigned long size;

		if (!t || t->leader != t || has_ended(t))
			continue;
		size = resident(t);
		if (t->group_exit || !size) {
			*ending = true;
		} else if (size > most) {
			most = size;
			found = t;
		}
	}
	return found;
}

static void kill(struct task *leader)
{
	char text[sizeof(killed.text[0])];

	snprintf(text, sizeof(text), "out of memory: killed %s (pid %d), %lu KiB", leader->name,
		 leader->pid, resident(leader) << (PAGE_SHIFT - 10));
	print("%s\n", text);
	if (killed.n < TOLD)
		memcpy(killed.text[killed.n], text, sizeof(text));
	killed.n++;
	kill_group(leader, SIGKILL);
}

void oom_kill(void)
{
	struct task *me = current->leader, *victim;
	bool ending;

	spin_lock(&family_lock);
	victim = largest(&ending);
	if (me->pid != INIT_PID || !victim)
		victim = me;
	/* Kill one at a time, and none while memory is being freed. */
	if (!me->group_exit && !ending)
		kill(victim);
	spin_unlock(&family_lock);
	/* The ending processes need the CPU before the fault is worth another try. */
	this_cpu()->need_resched = true;
	cpu_relax();
}

void oom_report(void)
{
	char text[64];

	for (unsigned i = 0; i < killed.n && i < TOLD; i++) {
		record_begin("warning");
		record_str("text", killed.text[i]);
		record_end();
	}
	if (killed.n <= TOLD)
		return;
	snprintf(text, sizeof(text), "out of memory: killed %u processes more", killed.n - TOLD);
	record_begin("warning");
	record_str("text", text);
	record_end();
}
