// SPDX-License-Identifier: MIT
/*
 * A word is identified by address space and address or, if other processes may map it too,
 * by the file or shared memory that is mapped there and the offset in it.
 *
 * The lock is held from the check of the word until the sleeper is in the list. So a waker
 * that changes the word first and then wakes cannot come in between. The check may fault,
 * which takes locks of the address space; no code takes them in the reverse order.
 */
#include "proc/futex.h"

#include "lib/errno.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "proc/wait.h"

struct key {
	const void *owner; /* address space or inode */
	unsigned long at;
};

struct sleeper {
	struct list_head link; /* in `sleepers` until woken */
	struct task *task;
	struct key key;
	u32 bits;
};

static spinlock_t lock;
static struct list_head sleepers = LIST_INIT(sleepers);

static struct key key_of(unsigned long va, bool private)
{
	struct mm *mm = current->mm;
	struct key key = {mm, va};
	struct vma *v;

	if (private)
		return key;
	read_lock(&mm->lock);
	v = vma_find(mm, va);
	if (v && (v->flags & VMA_SHARED) && v->inode)
		key = (struct key){v->inode, (v->pgoff << PAGE_SHIFT) + va - v->start};
	read_unlock(&mm->lock);
	return key;
}

static bool same(const struct key *a, const struct key *b)
{
	return a->at == b->at && a->owner == b->owner;
}

long futex_wait(unsigned long va, u32 value, u32 bits, u64 deadline, bool private)
{
	struct sleeper s = {.task = current, .key = key_of(va, private), .bits = bits};
	long rc = 0;
	bool in_time;
	u32 now;

	spin_lock(&lock);
	if (!copy_from_user(&now, va, sizeof(now)))
		rc = -EFAULT;
	else if (now != value)
		rc = -EAGAIN;
	if (rc) {
		spin_unlock(&lock);
		return rc;
	}
	list_add_tail(&s.link, &sleepers);
	current->state = TASK_SLEEPING;
	spin_unlock(&lock);
	in_time = schedule_until(deadline);

	spin_lock(&lock);
	if (s.link.next) { /* not woken */
		list_del(&s.link);
		/* A relative deadline must not start again on a restart. */
		rc = !in_time ? -ETIMEDOUT : deadline ? -ERESTARTNOHAND : -ERESTARTSYS;
	}
	spin_unlock(&lock);
	return rc;
}

/* Locked. */
static long wake(const struct key *key, unsigned n, u32 bits)
{
	struct sleeper *s, *next;
	long woken = 0;

	list_for_each_entry_safe (s, next, &sleepers, link) {
		if ((unsigned long)woken == n)
			break;
		if (!same(&s->key, key) || !(s->bits & bits))
			continue;
		list_del(&s->link);
		task_wake(s->task);
		woken++;
	}
	return woken;
}

long futex_wake(unsigned long va, unsigned n, u32 bits, bool private)
{
	struct key key = key_of(va, private);
	long woken;

	spin_lock(&lock);
	woken = wake(&key, n, bits);
	spin_unlock(&lock);
	return woken;
}

long futex_requeue(unsigned long va, unsigned n, unsigned long to, unsigned moved, const u32 *value,
		   bool private)
{
	struct key key = key_of(va, private), new = key_of(to, private);
	struct sleeper *s, *next;
	long rc = 0;
	u32 now;

	spin_lock(&lock);
	if (value && !copy_from_user(&now, va, sizeof(now)))
		rc = -EFAULT;
	else if (value && now != *value)
		rc = -EAGAIN;
	if (!rc) {
		rc = wake(&key, n, FUTEX_ANY);
		list_for_each_entry_safe (s, next, &sleepers, link) {
			if (!moved)
				break;
			if (!same(&s->key, &key))
				continue;
			s->key = new;
			rc++;
			moved--;
		}
	}
	spin_unlock(&lock);
	return rc;
}

/* -- FUTEX_WAKE_OP: op << 28 | comparison << 24 | operand << 12 | what to compare with -- */

#define OP_SHIFT 8 /* the operand is the number of a bit */

static bool apply(u32 op, u32 old, u32 *new)
{
	u32 operand = (u32)((int)(op << 8) >> 20);
	unsigned what = op >> 28;

	if (what & OP_SHIFT)
		operand = 1u << (operand & 31);
	switch (what & 7) {
	case 0: *new = operand; break;
	case 1: *new = old + operand; break;
	case 2: *new = old | operand; break;
	case 3: *new = old & ~operand; break;
	case 4: *new = old ^ operand; break;
	default: return false;
	}
	return true;
}

static bool compare(u32 op, u32 old)
{
	int a = (int)old, b = (int)(op << 20) >> 20;

	switch (op >> 24 & 15) {
	case 0: return a == b;
	case 1: return a != b;
	case 2: return a < b;
	case 3: return a <= b;
	case 4: return a > b;
	case 5: return a >= b;
	default: return false;
	}
}

long futex_wake_op(unsigned long va, unsigned n, unsigned long va2, unsigned n2, u32 op,
		   bool private)
{
	struct key key = key_of(va, private), key2 = key_of(va2, private);
	u32 old, new, seen;
	long rc;

	if ((op >> 24 & 15) > 5)
		return -ENOSYS;
	spin_lock(&lock);
	if (!copy_from_user(&old, va2, sizeof(old))) {
		rc = -EFAULT;
		goto out;
	}
	for (;; old = seen) {
		rc = -ENOSYS;
		if (!apply(op, old, &new))
			goto out;
		rc = -EFAULT;
		if (!cmpxchg_user(va2, old, new, &seen))
			goto out;
		if (seen == old)
			break;
	}
	rc = wake(&key, n, FUTEX_ANY);
	if (compare(op, old))
		rc += wake(&key2, n2, FUTEX_ANY);
out:
	spin_unlock(&lock);
	return rc;
}

/* -- robust lists: circular, of pointers in user memory, with the offset of the word ------ */

#define FUTEX_OWNER 0x3fffffffu
#define FUTEX_DIED  0x40000000u
#define FUTEX_WAITS 0x80000000u
#define ROBUST_MAX  2048 /* as in Linux: a list may be a circle without its head */

struct robust_head {
	unsigned long first;
	long offset;
	unsigned long pending; /* being taken or released, perhaps in the list */
};

static void owner_died(const struct task *t, unsigned long va)
{
	u32 old, seen;

	if ((va & 3) || !copy_from_user(&old, va, sizeof(old)))
		return;
	for (;; old = seen) {
		if ((old & FUTEX_OWNER) != (u32)t->pid)
			return;
		if (!cmpxchg_user(va, old, (old & FUTEX_WAITS) | FUTEX_DIED, &seen))
			return;
		if (seen == old)
			break;
	}
	if (old & FUTEX_WAITS)
		futex_wake(va, 1, FUTEX_ANY, false);
}

void futex_owner_died(struct task *t)
{
	unsigned long head = t->robust_list, entry, next;
	struct robust_head h;
	unsigned left = ROBUST_MAX;

	if (!copy_from_user(&h, head, sizeof(h)))
		return;
	/* Bit 0 of a pointer marks a PI futex, which we do not have. */
	for (entry = h.first & ~1UL; entry != head && left; entry = next & ~1UL, left--) {
		/* Read it before the lock is released, because its memory may be freed then. */
		if (!copy_from_user(&next, entry, sizeof(next)))
			break;
		if (entry != (h.pending & ~1UL))
			owner_died(t, entry + (unsigned long)h.offset);
	}
	if (h.pending)
		owner_died(t, (h.pending & ~1UL) + (unsigned long)h.offset);
}
