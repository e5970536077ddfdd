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
#include "proc/signal.h"

struct mm;
struct files;

#define MAX_TASKS	   1024 /* fork returns EAGAIN beyond */
#define KERNEL_STACK_ORDER 1
#define KERNEL_STACK_SIZE  (PAGE_SIZE << KERNEL_STACK_ORDER)

enum task_state {
	TASK_RUNNING,  /* on a CPU or a run queue */
	TASK_SLEEPING, /* until woken, or until there is work */
	TASK_PARKED,   /* until woken or killed */
	TASK_ZOMBIE,
};

/* Why a task cannot simply go on in user mode: bits of task.work, which others may set. */
#define WORK_KILLED  1u /* dies, with kill_status */
#define WORK_SIGNAL  2u /* there may be a signal to take; see signal.h */
#define WORK_STOP    4u /* its process is stopped */
#define WORK_SET_TID 8u /* its pid is to be written to set_tid */

struct task {
	struct list_head run_link;
	enum task_state state;
	unsigned cpu;		      /* which it belongs to; see sched.c */
	u32 cpus;		      /* mask of those that it may run on; 0: all */
	u32 on_cpu;		      /* its kernel stack is in use */
	u32 work;		      /* WORK_*: what it does on its way to user mode */
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

	struct task *leader;	 /* itself in a process of one thread */
	unsigned long clear_tid; /* user address of a word to clear and wake at the end, or 0 */

	unsigned long robust_list; /* user address of the list of locks that it holds, or 0 */

	struct task *vfork_child;  /* for which it stands still until that has left its memory */
	struct task *vfork_parent; /* who stands still for it */

	struct task *parent;		    /* leader's */
	struct list_head children, sibling; /* leaders' */
	struct list_head threads;	    /* leader's: the others, by `sibling` */

	u64 blocked, waited, saved_mask; /* signals; waited: in sigtimedwait */
	bool restore_mask;		 /* saved_mask is what was blocked before */
	struct sigpending pending;	 /* for this thread */
	struct sigstack alt_stack;
	struct {
		unsigned long vector, error, addr;
	} trap; /* its last exception, for handlers */

	struct sigpending shared_pending; /* leader's: for the process */
	struct sigactions *actions;	  /* leader's; see signal.h */
	int exit_signal;		  /* leader's: sent to its parent in the end, or 0 */
	int death_signal;		  /* leader's: sent to it when its parent ends, or 0 */
	int pgid, sid;			  /* leader's: process group and session */
	int stop_signal;		  /* leader's: that stopped it, 0: it runs */
	int stop_news;			  /* leader's: wait4 may report that signal; 0: nothing */

	struct limits *limits;	  /* leader's; see limits.h */
	struct itimer *itimer;	  /* leader's; see itimer.h */
	struct task *exec_thread; /* leader's: that thread executes a program; see group_exec.c */
	int nice;		  /* leader's */
	bool has_execed;	  /* leader's */

	u64 ticks;	  /* of processor time until it came to its CPU */
	u64 ticks_before; /* leader's: of threads that have ended */
	u64 child_ticks;  /* leader's: of children that were waited for */

	unsigned long set_tid; /* see WORK_SET_TID */
	u64 restart_at;	       /* a call made again goes on until then; 0: it is a new one */

	char name[16];
	u8 fpu[FXSAVE_SIZE] __aligned(16); /* last: not cleared when a task is made */
};

static inline bool task_killed(const struct task *t)
{
	return __atomic_load_n(&t->work, __ATOMIC_RELAXED) & WORK_KILLED;
}

/* -- sched.c ------------------------------------------------------------------ */

void sched_init(void);
/* Gives a new task a CPU. */
void task_start(struct task *t);
/* Gives it that CPU for ever. */
void task_start_on(struct task *t, unsigned cpu);
/* Lets the task run on those CPUs only, of which there must be some; 0: on all. */
void sched_set_cpus(struct task *t, u32 mask);
/*
 * Keeps all but bound tasks away from a CPU other than 0. One that it runs already
 * stays until it sleeps.
 */
void sched_reserve(unsigned cpu, bool on);
/* Wakes a sleeping or parked task. Safe against its going to sleep meanwhile. Callers may hold
 * locks. */
void task_wake(struct task *t);
/* Has it look at its work: wakes it, unless parked; if it runs elsewhere, it enters the kernel. */
void task_poke(struct task *t);
/*
 * Gives the CPU to the next task; comes back when it is this one's turn again.
 * A task that has set its state to something else than RUNNING is not queued.
 */
void schedule(void);
/* Has this CPU's timer go off at that time at the latest. */
void sched_timer_event(u64 at);
/* Sleeps until that time, or until interrupted. */
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
	unsigned long child_tid;  /* the same, in the new task's memory */
	unsigned long clear_tid;
	bool vfork;	     /* the caller stands still until the new one has left its memory */
	bool clear_handlers; /* of signals */
	int exit_signal;
};
/* Copies the running task. Returns the new one's pid, or negative errno. */
long task_clone(const struct regs *regs, const struct clone *how);
void task_free(struct task *t);
unsigned task_count(void); /* those with a pid, zombies included */
/* All that have not been freed, without the idle ones. */
unsigned task_live_count(void);

/* Its ticks of processor time since it came to the CPU that it runs on; 0 if it does not run. */
u64 task_ticks_now(const struct task *t);

/* -- exit.c -------------------------------------------------------------------- */

/* Ends the running thread; `status` is the process' if it is the last one. */
void task_exit(int status) __noreturn;
/* Ends the running process. */
void task_exit_group(int status) __noreturn;
/*
 * Waits for a child (pid -1: any) to end and buries it. Returns its pid, 0 with
 * `nohang` when none has ended, -ECHILD when there is none, -ERESTARTSYS. See reap.h.
 */
long task_wait(int pid, int *status, bool nohang);
/* Asks a process, by any of its threads, to die with that status when it leaves the kernel. */
void task_kill(struct task *t, int status);
void task_kill_all(int status);
/*
 * The running task leaves its address space, for another program or its end: tells
 * those who wait for that. Its memory is still there.
 */
void task_leave_memory(struct task *t);
/* Which it has from now on, or NULL. Who holds the family's lock may look at another task's mm. */
void task_set_memory(struct task *t, struct mm *mm);

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
/* group_exec.c: around the point of no return. The running thread becomes its process' only
 * one, or -EINTR: the process ends. */
long exec_begin(void);
/* The program is ready, and nothing of ours is left to free; does not return to a thread that was
 * not the leader. */
void exec_end(const struct regs *regs);
/* Longest text of all arguments and environment. */
#define EXEC_TEXT_MAX (128 << 10)

/* -- switch.S ------------------------------------------------------------------- */

/* Saves callee-saved registers and the stack pointer in *save, continues at `load`. */
void switch_stacks(unsigned long *save, unsigned long load);
/* First return address of a new task: finish_switch(), then fn from RBX. */
void task_entry(void);

#endif
