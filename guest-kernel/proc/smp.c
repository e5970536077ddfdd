// SPDX-License-Identifier: MIT
/* Starts the other CPUs, one after the other. Each begins as its own idle task. */
#include "arch/x86/platform.h"
#include "lib/bug.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"

static struct task idle_tasks[NR_CPUS];
static unsigned arrived; /* the last CPU that has started */

static void begin(void)
{
	platform_init_traps();
	platform_init_time();
	__atomic_store_n(&arrived, this_cpu()->id, __ATOMIC_RELEASE);
	idle_loop();
}

void smp_start(void)
{
	unsigned n = platform_cpus();

	for (unsigned id = 1; id < n; id++) {
		struct cpu *c = &cpus[id];
		struct task *idle = &idle_tasks[id];
		struct page *stack = pages_alloc(KERNEL_STACK_ORDER);

		if (!stack)
			panic("no memory for the stack of CPU %u", id);
		idle->stack = page_to_virt(stack);
		idle->cpu = id;
		idle->on_cpu = 1;
		copy_string(idle->name, "idle", sizeof(idle->name));
		c->self = c;
		c->id = id;
		c->task = c->idle = idle;
		c->loaded = &kernel_pgtable;
		__atomic_or_fetch(&kernel_pgtable.cpus, 1UL << id, __ATOMIC_SEQ_CST);
		platform_start_cpu(id, kernel_pgtable.root,
				   (unsigned long)idle->stack + KERNEL_STACK_SIZE, begin);
		while (__atomic_load_n(&arrived, __ATOMIC_ACQUIRE) != id)
			cpu_relax();
		nr_cpus = id + 1;
	}
}
