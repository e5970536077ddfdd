// SPDX-License-Identifier: MIT
/* System calls for locks between threads. */
#include "lib/errno.h"
#include "mm/mm.h"
#include "proc/family.h"
#include "proc/futex.h"
#include "sys/syscall.h"
#include "sys/timespec.h"

#define FUTEX_WAIT	  0
#define FUTEX_WAKE	  1
#define FUTEX_REQUEUE	  3
#define FUTEX_CMP_REQUEUE 4
#define FUTEX_WAKE_OP	  5
#define FUTEX_WAIT_BITSET 9
#define FUTEX_WAKE_BITSET 10
#define FUTEX_PRIVATE	  128
#define FUTEX_REALTIME	  256
#define MISALIGNED	  3

static long wait(const struct syscall_args *args, u32 bits, bool absolute)
{
	bool private = args->a[1] & FUTEX_PRIVATE;
	u64 deadline = 0;
	long rc = 0;

	if (!bits)
		return -EINVAL;
	if (args->a[3] && absolute)
		rc = absolute_from_user(args->a[3], args->a[1] & FUTEX_REALTIME, &deadline);
	else if (args->a[3] && current->restart_at)
		deadline = current->restart_at;
	else if (args->a[3])
		rc = deadline_from_user(args->a[3], &deadline);
	current->restart_at = 0;
	if (rc)
		return rc;
	rc = futex_wait(args->a[0], (u32)args->a[2], bits, deadline, private);
	if (rc == -ERESTARTNOHAND && !absolute)
		current->restart_at = deadline;
	return rc;
}

SYSCALL(202, futex)
{
	unsigned long va = args->a[0], va2 = args->a[4];
	u32 val = (u32)args->a[2], val2 = (u32)args->a[3], val3 = (u32)args->a[5];
	unsigned op = (u32)args->a[1] & ~(FUTEX_PRIVATE | FUTEX_REALTIME);
	bool private = args->a[1] & FUTEX_PRIVATE;

	if (va & MISALIGNED)
		return -EINVAL;
	if ((args->a[1] & FUTEX_REALTIME) && op != FUTEX_WAIT && op != FUTEX_WAIT_BITSET)
		return -ENOSYS;
	if ((op == FUTEX_REQUEUE || op == FUTEX_CMP_REQUEUE || op == FUTEX_WAKE_OP) &&
	    (va2 & MISALIGNED))
		return -EINVAL;
	switch (op) {
	case FUTEX_WAIT: return wait(args, FUTEX_ANY, false);
	case FUTEX_WAIT_BITSET: return wait(args, val3, true);
	case FUTEX_WAKE: return futex_wake(va, val, FUTEX_ANY, private);
	case FUTEX_WAKE_BITSET: return val3 ? futex_wake(va, val, val3, private) : -EINVAL;
	case FUTEX_REQUEUE: return futex_requeue(va, val, va2, val2, NULL, private);
	case FUTEX_CMP_REQUEUE: return futex_requeue(va, val, va2, val2, &val3, private);
	case FUTEX_WAKE_OP: return futex_wake_op(va, val, va2, val2, val3, private);
	default: return -ENOSYS;
	}
}

#define ROBUST_HEAD_SIZE (3 * sizeof(unsigned long))

SYSCALL(273, set_robust_list)
{
	if (args->a[1] != ROBUST_HEAD_SIZE)
		return -EINVAL;
	current->robust_list = args->a[0];
	return 0;
}

SYSCALL(274, get_robust_list)
{
	const unsigned long size = ROBUST_HEAD_SIZE;
	int pid = (int)args->a[0];
	unsigned long list = 0;
	struct task *t;

	spin_lock(&family_lock);
	t = !pid ? current : pid > 0 && pid <= MAX_TASKS ? by_pid[pid] : NULL;
	if (t)
		list = t->robust_list;
	spin_unlock(&family_lock);
	if (!t)
		return -ESRCH;
	return copy_to_user(args->a[1], &list, sizeof(list)) &&
			       copy_to_user(args->a[2], &size, sizeof(size))
		       ? 0
		       : -EFAULT;
}

/*
 * Restartable sequences. A kernel that is built without them returns the same, so glibc,
 * which asks in every program, works without them. This is no gap that a user must be
 * warned of.
 */
SYSCALL(334, rseq)
{
	(void)args;
	return -ENOSYS;
}
