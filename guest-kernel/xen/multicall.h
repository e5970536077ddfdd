/* SPDX-License-Identifier: MIT */
/*
 * Batches of hypercalls. Entering Xen and leaving it again costs more than many
 * a thing that is done there, so a guest may hand over a list of calls at once
 * (__HYPERVISOR_multicall, xen/xen.h): Xen works through it in order.
 *
 * Each CPU has a queue: entries, the space for what their arguments point to,
 * and callbacks to be run when the batch has been carried out. Calls go there
 * while the CPU is in a lazy section, between hv_lazy_enter() and the matching
 * hv_lazy_leave(), which flushes; elsewhere they are made at once. Within a
 * section
 *
 *	- nothing is in force yet: whoever reads back a queued entry calls
 *	  hv_sync() first;
 *	- locks that guard what is queued are held until the flush, by taking them
 *	  outside of the section or by giving them back in a callback;
 *	- a call that Xen refuses is noticed at the flush. The queue knows which
 *	  code asked for it.
 *
 * A call that does the same as the one queued last, and whose arguments come to
 * lie right behind that one's, joins it. Order is kept, always.
 *
 * The policy's depth bounds the entries of a batch, its callbacks, and (as 16
 * bytes for each, an mmu_update's) its arguments. Without batching, depth 0, all
 * of this folds away.
 */
#ifndef XEN_MULTICALL_H
#define XEN_MULTICALL_H

#include "xen/hypercall.h"

#include "variant.h"

#define MC_DEPTH VARIANT_DEPTH
#define MC_ON	 (MC_DEPTH > 0)

/* At least one mmuext_op. */
#define MC_ARG_MIN   sizeof(struct mmuext_op)
#define MC_ARG_BYTES (MC_DEPTH * 16 > MC_ARG_MIN ? MC_DEPTH * 16 : MC_ARG_MIN)
#define MC_ENTRIES   (MC_ON ? MC_DEPTH : 1)

/* Why a batch is flushed; in the order of the counters batch_flush.*. */
enum mc_reason { MC_LEAVE, MC_FULL_ENTRIES, MC_FULL_ARGS, MC_FULL_CALLBACKS, MC_NEED };

struct mc_callback {
	void (*fn)(void *arg);
	void *arg;
};

struct mc_queue {
	unsigned entries, callbacks;
	unsigned ops;	   /* operations: an entry with n mmu_updates has n */
	unsigned used;	   /* bytes of args */
	unsigned last_end; /* where the last entry's arguments end in args */
	struct multicall_entry entry[MC_ENTRIES];
	const void *from[MC_ENTRIES]; /* the code that queued it */
	struct mc_callback callback[MC_ENTRIES];
	char args[MC_ARG_BYTES] __aligned(8);
};

extern struct mc_queue mc_queues[];

/* Carries out what this CPU has queued, and panics if Xen refuses any of it. */
void mc_flush(enum mc_reason why);

static inline struct mc_queue *mc_queue(void)
{
	return &mc_queues[this_cpu()->id];
}

/* Whether calls are queued now. */
static inline bool hv_lazy(void)
{
	return MC_ON && this_cpu()->lazy;
}

/* Sections may nest; the outermost counts. Not to be left by a task switch. */
static inline void hv_lazy_enter(void)
{
	if (MC_ON)
		this_cpu()->lazy++;
}

static inline void hv_lazy_leave(void)
{
	struct mc_queue *q = mc_queue();

	if (MC_ON && --this_cpu()->lazy == 0 && (q->entries || q->callbacks))
		mc_flush(MC_LEAVE);
}

/* Everything queued on this CPU is in force on return. */
static inline void hv_sync(void)
{
	struct mc_queue *q = mc_queue();

	if (MC_ON && (q->entries || q->callbacks))
		mc_flush(MC_NEED);
}

/* For work that cannot wait, in whatever context: flushes, and makes calls immediate until resumed.
 */
static inline unsigned hv_lazy_suspend(void)
{
	struct cpu *cpu = this_cpu();
	unsigned nest = cpu->lazy;

	hv_sync();
	cpu->lazy = 0;
	return nest;
}

static inline void hv_lazy_resume(unsigned nest)
{
	this_cpu()->lazy = nest;
}

/* Calls fn(arg) when all that is queued so far is in force: at once, outside of a lazy section. */
static inline void hv_after(void (*fn)(void *arg), void *arg)
{
	struct mc_queue *q = mc_queue();

	if (!hv_lazy()) {
		fn(arg);
		return;
	}
	if (q->callbacks == MC_ENTRIES)
		mc_flush(MC_FULL_CALLBACKS);
	q->callback[q->callbacks++] = (struct mc_callback){fn, arg};
}

/* -- for the wrappers of calls, in a lazy section ------------------------------- */

/* Makes sure of room for one entry with that many bytes of arguments. */
static inline void mc_room(struct mc_queue *q, size_t bytes)
{
	if (q->entries == MC_ENTRIES)
		mc_flush(MC_FULL_ENTRIES);
	else if (q->used + bytes > MC_ARG_BYTES)
		mc_flush(MC_FULL_ARGS);
}

static __always_inline struct multicall_entry *mc_entry(struct mc_queue *q, unsigned op)
{
	struct multicall_entry *e = &q->entry[q->entries];

	asm("leaq 0(%%rip), %0" : "=r"(q->from[q->entries]));
	q->entries++;
	q->ops++;
	e->op = op;
	return e;
}

static inline void *mc_args(struct mc_queue *q, size_t bytes)
{
	void *args = &q->args[q->used];

	q->used += (unsigned)bytes;
	return args;
}

/* Queues a call of two arguments that point to nothing. */
static inline void mc_call2(unsigned op, unsigned long a, unsigned long b)
{
	struct mc_queue *q = mc_queue();
	struct multicall_entry *e;

	mc_room(q, 0);
	count(queued_other);
	e = mc_entry(q, op);
	e->args[0] = a;
	e->args[1] = b;
}

/*
 * Space for one more operation of a call op(list, n, NULL, DOMID_SELF), such as
 * mmu_update: at the end of the last entry, or in a new one. There must be room.
 */
static __always_inline void *mc_list_op(struct mc_queue *q, unsigned op, size_t bytes,
					enum pvmmu_counter counter)
{
	bool joins = q->entries && q->entry[q->entries - 1].op == op && q->last_end == q->used;
	void *args = mc_args(q, bytes);
	struct multicall_entry *e;

	if (joins) {
		q->entry[q->entries - 1].args[1]++;
		q->ops++;
	} else {
		count_n(counter, 1);
		e = mc_entry(q, op);
		e->args[0] = (unsigned long)args;
		e->args[1] = 1;
		e->args[2] = 0;
		e->args[3] = DOMID_SELF;
	}
	q->last_end = q->used;
	return args;
}

#endif
