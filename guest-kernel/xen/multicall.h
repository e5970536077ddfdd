/* SPDX-License-Identifier: MIT */
/*
 * Batches of hypercalls. Entering and leaving Xen often costs more than the work of the
 * call. So a guest may hand over a list of calls at once (__HYPERVISOR_multicall,
 * xen/xen.h), and Xen executes it in order.
 *
 * Each CPU has a queue: entries, space for the data that their arguments point to, and
 * callbacks that run when the batch has been executed. While the CPU is in a lazy section,
 * between hv_lazy_enter() and the matching hv_lazy_leave(), calls are queued;
 * hv_lazy_leave() flushes the queue. Outside of a section calls are made at once. Within a
 * section
 *
 *	- queued calls have not taken effect: code that reads a queued entry calls hv_sync()
 *	  first;
 *	- locks that guard queued entries are held until the flush: they are taken outside of
 *	  the section, or released in a callback;
 *	- a call that Xen refuses is noticed at the flush. The queue records which code
 *	  queued it.
 *
 * A call is merged into the last queued one if it is of the same kind and its arguments
 * lie right behind those of the last one. The order is always kept.
 *
 * The policy's depth limits the entries of a batch, its callbacks, and its arguments (to
 * depth times 16 bytes, the size of an mmu_update). Without batching, depth 0, all of this
 * compiles to nothing.
 */
#ifndef XEN_MULTICALL_H
#define XEN_MULTICALL_H

#include "xen/hypercall.h"

#include "variant.h"

#define MC_DEPTH VARIANT_DEPTH
#define MC_ON	 (MC_DEPTH > 0)

/* Room for at least one mmuext_op. */
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
	unsigned last_end; /* end of the last entry's arguments in args */
	struct multicall_entry entry[MC_ENTRIES];
	const void *from[MC_ENTRIES]; /* the code that queued the entry */
	struct mc_callback callback[MC_ENTRIES];
	char args[MC_ARG_BYTES] __aligned(8);
};

extern struct mc_queue mc_queues[];

/* Executes the calls that this CPU has queued, and panics if Xen refuses any of them. */
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

/* Sections may nest; the outermost one counts. No task switch inside a section. */
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

/* All calls that this CPU has queued have taken effect on return. */
static inline void hv_sync(void)
{
	struct mc_queue *q = mc_queue();

	if (MC_ON && (q->entries || q->callbacks))
		mc_flush(MC_NEED);
}

/*
 * For work that cannot wait, in any context: flushes, and makes calls immediate until
 * hv_lazy_resume().
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

/*
 * Calls fn(arg) when all calls queued so far have taken effect. Outside of a lazy section:
 * at once.
 */
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

/* Makes room for one entry with that many bytes of arguments. */
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

	CODE_ADDRESS(q->from[q->entries]);
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

/* Queues a call with two arguments, neither of which is a pointer. */
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
