/* SPDX-License-Identifier: MIT */
/*
 * Tasks: threads of processes, and kernel threads. A task is on a CPU, on that
 * CPU's run queue, asleep, or a zombie whose parent has not asked yet.
 *
 * A process is a group of threads that share address space and files; what it is
 * to others (its pid, parent, children, exit status) belongs to its leader, the
 * first one. A leader that ends before the others stays a zombie until they have.
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
	bool buried;		      /* a zombie that nobody asks for: freed when off its stack */
	bool group_exit;	      /* leader's: exit_status is settled, all threads end */
	int pid;		      /* 0: kernel thread */
	int ppid;		      /* leader's: its parent's pid, to be read without locks */
	int kill_status, exit_status; /* as wait4 reports; the latter is the leader's */

	void *stack;	  /* lowest address */
	unsigned long sp; /* saved while off the CPU */
	unsigned long fs_base;
	struct mm *mm; /* NULL: kernel thread */
	struct files *files;

	struct task *leader;	  /* itself in a process of one thread */
	struct list_head threads; /* leader's: the others, by `sibling` */
	unsigned long clear_tid;  /* user address of a word to clear and wake at the end, or 0 */

	struct task *parent;		    /* leader's */
	struct list_head children, sibling; /* leaders' */

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
/* A process whose first thread runs fn in the kernel; the running kernel thread is its parent. */
struct task *process_spawn(const char *name, void (*fn)(void));

/* What a new task shares and is given; all zero for fork. Addresses are the user's. */
struct clone {
	bool vm;     /* shares the address space */
	bool thread; /* and files, as a thread of the same process; needs vm */
	bool set_tls;
	unsigned long stack, tls; /* stack 0: the same address as the caller's */
	unsigned long parent_tid; /* where the new pid is written, or 0 */
	unsigned long clear_tid;
};
/* Copies the running task. Returns the new one's pid, or negative errno. */
long task_clone(const struct regs *regs, const struct clone *how);
void task_free(struct task *t);
unsigned task_count(void); /* those with a pid, zombies included */
/* All that have not been freed, without the idle ones. */
unsigned task_live_count(void);

/* -- exit.c -------------------------------------------------------------------- */

/* Ends the running thread; `status` is the process' if it is the last one. */
void task_exit(int status) __noreturn;
/* Ends the running process. */
void task_exit_group(int status) __noreturn;
/*
 * Waits for a child (pid -1: any) to end and buries it. Returns its pid, 0 with
 * `nohang` when none has ended, -ECHILD when there is none.
 */
long task_wait(int pid, int *status, bool nohang);
/* Asks a process, by any of its threads, to die with that status when it leaves the kernel. */
void task_kill(struct task *t, int status);
void task_kill_all(int status);
/* Whether the running process has more than one thread. */
bool task_has_threads(void);

/* -- futex.c ------------------------------------------------------------------- */

/*
 * Sleeps until woken, if the word at that address, aligned, still has the value: 0.
 * -EAGAIN if it has not, -EFAULT, -EINTR when killed.
 */
long futex_wait(unsigned long va, u32 value);
/* Wakes up to n waiters of the word in this address space; returns how many. */
long futex_wake(unsigned long va, unsigned n);

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
#define EXEC_TEXT_MAX (128 << 10)

/* -- switch.S ------------------------------------------------------------------- */

/* Saves callee-saved registers and the stack pointer in *save, continues at `load`. */
void switch_stacks(unsigned long *save, unsigned long load);
/* First return address of a new task: finish_switch(), then fn from RBX. */
void task_entry(void);

#endif
