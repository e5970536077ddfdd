/* SPDX-License-Identifier: MIT */
/*
 * Tasks: threads of processes, and kernel threads. A task is on a CPU, on that CPU's run
 * queue, asleep, or a zombie that its parent has not waited for.
 *
 * A process is a group of threads that share address space and files. Its properties as a
 * process (pid, parent, children, exit status) are stored in its leader, the first thread.
 * A leader that ends before the others stays a zombie until they have ended.
 */
#ifndef PROC_TASK_H
#define PROC_TASK_H

#include "arch/x86/regs.h"
#include "arch/x86/spinlock.h"
#include "lib/list.h"
#include "proc/signal.h"

struct mm;
struct files;

#define MAX_TASKS	   1024 /* fork returns EAGAIN beyond */
#define KERNEL_STACK_ORDER 1
#define KERNEL_STACK_SIZE  (PAGE_SIZE << KERNEL_STACK_ORDER)

enum task_state {
	TASK_RUNNING,  /* on a CPU or a run queue */
	TASK_SLEEPING, /* until woken, or until `work` is set */
	TASK_PARKED,   /* until woken or killed */
	TASK_ZOMBIE,
};

/*
 * Reasons why a task cannot simply return to user mode: bits of task.work, which other
 * tasks may set.
 */
#define WORK_KILLED  1u /* dies, with kill_status */
#define WORK_SIGNAL  2u /* there may be a pending signal; see signal.h */
#define WORK_STOP    4u /* its process is stopped */
#define WORK_SET_TID 8u /* its pid must be written to set_tid */

struct task {
	struct list_head run_link;
	enum task_state state;
	unsigned cpu;		      /* the CPU that it belongs to; see sched.c */
	u32 cpus;		      /* mask of CPUs that it may run on; 0: all */
	u32 on_cpu;		      /* its kernel stack is in use */
	u32 work;		      /* WORK_*: to do on its way to user mode */
	bool waiting;		      /* asleep in wait4 */
	bool autoreap;		      /* a zombie without a waiter: freed when off its stack */
	bool group_exit;	      /* leader's: exit_status is final, all threads end */
	int pid;		      /* 0: kernel thread */
	int ppid;		      /* leader's: its parent's pid, readable without locks */
	int kill_status, exit_status; /* as wait4 reports; the latter is the leader's */

	void *stack;	  /* lowest address */
	unsigned long sp; /* saved while off the CPU */
	tls_t tls;
	struct mm *mm; /* NULL: kernel thread */
	struct files *files;

	struct task *leader;	 /* itself in a process of one thread */
	unsigned long clear_tid; /* user address of a word to clear and wake at the end, or 0 */

	unsigned long robust_list; /* user address of the list of locks that it owns, or 0 */

	struct task *vfork_child;  /* the child whose exec or exit it waits for */
	struct task *vfork_parent; /* the task that waits for it */

	struct task *parent;		    /* leader's */
	struct list_head children, sibling; /* leaders' */
	struct list_head threads;	    /* leader's: the others, by `sibling` */

	u64 blocked, waited, saved_mask; /* signals; waited: in sigtimedwait */
	bool restore_mask;		 /* saved_mask is the mask to restore */
	struct sigpending pending;	 /* sent to this thread */
	struct sigstack alt_stack;
	struct {
		unsigned long vector, error, addr;
	} trap; /* its last exception, for handlers */

	struct sigpending shared_pending; /* leader's: sent to the process */
	struct sigactions *actions;	  /* leader's; see signal.h */
	int exit_signal;		  /* leader's: sent to its parent at its end, or 0 */
	int death_signal;		  /* leader's: sent to it when its parent ends, or 0 */
	int pgid, sid;			  /* leader's: process group and session */
	int stop_signal;		  /* leader's: the signal that stopped it, or 0 */
	int stop_news;			  /* leader's: signal that wait4 has to report; 0: none */

	struct limits *limits;	  /* leader's; see limits.h */
	struct itimer *itimer;	  /* leader's; see itimer.h */
	struct task *exec_thread; /* leader's: executes a new program; see group_exec.c */
	int nice;		  /* leader's */
	bool has_execed;	  /* leader's */

	u64 ticks;	  /* processor time before its current turn */
	u64 ticks_before; /* leader's: processor time of ended threads */
	u64 child_ticks;  /* leader's: processor time of children that were waited for */

	unsigned long set_tid; /* see WORK_SET_TID */
	u64 restart_at;	       /* deadline of a restarted call; 0: the call is new */

	char name[16];
	u8 fpu[FXSAVE_SIZE] __aligned(16); /* last member: not cleared when a task is made */
};

static inline bool task_killed(const struct task *t)
{
	return __atomic_load_n(&t->work, __ATOMIC_RELAXED) & WORK_KILLED;
}

/* -- sched.c ------------------------------------------------------------------ */

void sched_init(void);
/* Assigns a new task to a CPU. */
void task_start(struct task *t);
/* Assigns it to that CPU permanently. */
void task_start_on(struct task *t, unsigned cpu);
/* Lets the task run on these CPUs only, at least one of which must exist; 0: on all. */
void sched_set_cpus(struct task *t, u32 mask);
/*
 * Keeps all tasks except bound ones from a CPU other than 0. A task that it already runs
 * stays until it sleeps.
 */
void sched_reserve(unsigned cpu, bool on);
/*
 * Wakes a sleeping or parked task. Safe if the task is just going to sleep. Callers may
 * hold locks.
 */
void task_wake(struct task *t);
/*
 * Makes a task look at its work: wakes it, unless it is parked; if it runs on another CPU,
 * it enters the kernel.
 */
void task_poke(struct task *t);
/*
 * Gives the CPU to the next task; returns at this task's next turn. A task whose state is
 * not RUNNING is not queued.
 */
void schedule(void);
/* Makes this CPU's timer expire at that time at the latest. */
void sched_timer_event(u64 at);
/* Sleeps until that time, or until interrupted. */
void task_sleep_until(u64 ns);
/* A CPU's idle loop; never returns. */
void idle_loop(void) __noreturn;
/* The first function of a new task, on its own stack. */
void finish_switch(void);

/* -- smp.c -------------------------------------------------------------------- */

/* Starts all other CPUs; they are idle and counted in nr_cpus when it returns. */
void smp_start(void);

/* -- task.c -------------------------------------------------------------------- */

/* A kernel thread that will run fn, not started; panics if memory is exhausted. */
struct task *kernel_thread(const char *name, void (*fn)(void));
/* A process whose first thread runs fn in the kernel; the running kernel thread is its parent. */
struct task *process_spawn(const char *name, void (*fn)(void));

/* Parameters of a new task; all zero for fork. Addresses are user addresses. */
struct clone {
	bool vm;     /* shares the address space */
	bool thread; /* and files, as a thread of the same process; needs vm */
	bool set_tls;
	unsigned long stack; /* 0: the same address as the caller's */
	tls_t tls;
	unsigned long parent_tid; /* address where the new pid is written, or 0 */
	unsigned long child_tid;  /* the same, in the new task's memory */
	unsigned long clear_tid;
	bool vfork;	     /* the caller waits until the new task has left its memory */
	bool clear_handlers; /* signal handlers are not inherited */
	int exit_signal;
};
/* Copies the running task. Returns the new one's pid, or negative errno. */
long task_clone(const struct regs *regs, const struct clone *how);
void task_free(struct task *t);
unsigned task_count(void); /* tasks with a pid, zombies included */
/* Number of tasks that have not been freed, without the idle ones. */
unsigned task_live_count(void);

/* Processor time of its current turn, in ticks; 0 if it does not run. */
u64 task_ticks_now(const struct task *t);

/* -- exit.c -------------------------------------------------------------------- */

/* Ends the running thread. If it is the last one, `status` is the status of the process. */
void task_exit(int status) __noreturn;
/* Ends the running process. */
void task_exit_group(int status) __noreturn;
/*
 * Waits for a child (pid -1: any) to end and reaps it. Returns its pid, 0 with `nohang` if
 * none has ended, -ECHILD if there is none, -ERESTARTSYS. See reap.h.
 */
long task_wait(int pid, int *status, bool nohang);
/* Makes the process of that thread die with that status when it leaves the kernel. */
void task_kill(struct task *t, int status);
void task_kill_all(int status);
/*
 * The running task leaves its address space, for another program or its end: tells the
 * tasks that wait for that. Its memory still exists.
 */
void task_leave_memory(struct task *t);
/* Sets its address space, or NULL. The owner of the family's lock may read another task's mm. */
void task_set_memory(struct task *t, struct mm *mm);

/* -- exec.c -------------------------------------------------------------------- */

/*
 * Replaces the running process' program. argv and envp are kernel copies, packed one
 * string after the other. On success *regs is the new program's start. On failure, a
 * negative errno, the old program is intact.
 */
struct exec_strings {
	char *text; /* strings with terminators */
	size_t len;
	unsigned argc, envc; /* argv first */
};
long do_exec(struct regs *regs, const char *path, const struct exec_strings *strings);
/*
 * group_exec.c: around the point of no return. The running thread becomes the only one of
 * its process. -EINTR: the process ends.
 */
long exec_begin(void);
/*
 * Call when the program is ready, and all kernel memory of the call is freed. Does not
 * return in a thread that was not the leader.
 */
void exec_end(const struct regs *regs);
/* Maximum length of all arguments and environment strings. */
#define EXEC_TEXT_MAX (128 << 10)

/* -- switch.S ------------------------------------------------------------------- */

/* Saves callee-saved registers and the stack pointer in *save, continues at `load`. */
void switch_stacks(unsigned long *save, unsigned long load);
/* First return address of a new task: finish_switch(), then fn from RBX. */
void task_entry(void);

#endif
