/* SPDX-License-Identifier: MIT */
/*
 * Tasks: processes and kernel threads. A task is on a CPU, on that CPU's run
 * queue, asleep, or a zombie whose parent has not asked yet.
 */
#ifndef PROC_TASK_H
#define PROC_TASK_H

#include "arch/x86/regs.h"
#include "arch/x86/spinlock.h"
#include "lib/list.h"

struct mm;
struct files;

#define MAX_TASKS	   1024 /* fork returns EAGAIN beyond */
#define KERNEL_STACK_ORDER 1
#define KERNEL_STACK_SIZE  (PAGE_SIZE << KERNEL_STACK_ORDER)

enum task_state {
	TASK_RUNNING, /* on a CPU or a run queue */
	TASK_SLEEPING,
	TASK_ZOMBIE,
};

struct task {
	struct list_head run_link;
	enum task_state state;
	unsigned cpu;		      /* which it belongs to; see sched.c */
	bool bound;		      /* to that CPU */
	u32 on_cpu;		      /* its kernel stack is in use */
	bool killed;		      /* dies on its way to user mode, with kill_status */
	bool waiting;		      /* asleep in wait4 */
	int pid;		      /* 0: kernel thread */
	int kill_status, exit_status; /* as wait4 reports */

	void *stack;	  /* lowest address */
	unsigned long sp; /* saved while off the CPU */
	unsigned long fs_base;
	struct mm *mm; /* NULL: kernel thread */
	struct files *files;

	struct task *parent;
	struct list_head children, sibling;

	u64 wake_at; /* on the sleepers' list: when */
	struct list_head sleep_link;

	char name[16];
	u8 fpu[512] __aligned(16);
};

/* -- sched.c ------------------------------------------------------------------ */

void sched_init(void);
/* Gives a new task a CPU. */
void task_start(struct task *t);
/* Gives it that CPU for ever. */
void task_start_on(struct task *t, unsigned cpu);
/*
 * Keeps all but bound tasks away from a CPU other than 0. One that it runs already
 * stays until it sleeps.
 */
void sched_reserve(unsigned cpu, bool on);
/* Gives it that CPU for ever. */
void task_start_on(struct task *t, unsigned cpu);
/*
 * Keeps all but bound tasks away from a CPU other than 0. One that it runs already
 * stays until it sleeps.
 */
void sched_reserve(unsigned cpu, bool on);
/* Wakes a sleeping task. Safe against its going to sleep meanwhile. Callers may hold locks. */
void task_wake(struct task *t);
/* The same, and one that runs on another CPU is made to enter the kernel. */
void task_poke(struct task *t);
/*
 * Gives the CPU to the next task; comes back when it is this one's turn again.
 * A task that has set its state to something else than RUNNING is not queued.
 */
void schedule(void);
/* Sleeps until that time, or until killed. */
void task_sleep_until(u64 ns);
/* A CPU's idle loop; never returns. */
void idle_loop(void) __noreturn;
/* What a new task runs first, on its own stack. */
void finish_switch(void);

/* -- smp.c -------------------------------------------------------------------- */

/* Starts all other CPUs; they are idle and counted in nr_cpus when it returns. */
void smp_start(void);

/* -- task.c -------------------------------------------------------------------- */

/* A kernel thread that is to run fn, not started; panics when memory is exhausted. */
struct task *kernel_thread(const char *name, void (*fn)(void));
/* Copies the running process. Returns the child's pid, or negative errno. */
long task_fork(struct regs *regs);
/* Ends the running process. */
void task_exit(int status) __noreturn;
/*
 * Waits for a child (pid -1: any) to end and buries it. Returns its pid, 0 with
 * `nohang` when none has ended, -ECHILD when there is none.
 */
long task_wait(int pid, int *status, bool nohang);
/* Asks a task to die with that wait status when it next leaves the kernel. */
void task_kill(struct task *t, int status);
void task_kill_all(int status);
/* Makes a process out of the running kernel thread: gives it a pid. */
struct task *process_spawn(const char *name, void (*fn)(void));
unsigned task_count(void); /* processes, zombies included */

/* -- exec.c -------------------------------------------------------------------- */

/*
 * Replaces the running process' program. argv and envp are kernel copies, packed
 * one string after the other. On success *regs is the new program's start; on
 * failure, a negative errno, the old program is intact.
 */
struct exec_strings {
	char *text; /* strings with terminators */
	size_t len;
	unsigned argc, envc; /* argv first */
};
long do_exec(struct regs *regs, const char *path, const struct exec_strings *strings);
/* Longest text of all arguments and environment. */
#define EXEC_TEXT_MAX 2048

/* -- switch.S ------------------------------------------------------------------- */

/* Saves callee-saved registers and the stack pointer in *save, continues at `load`. */
void switch_stacks(unsigned long *save, unsigned long load);
/* First return address of a new task: finish_switch(), then fn from RBX. */
void task_entry(void);

#endif
