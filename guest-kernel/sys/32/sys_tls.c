// SPDX-License-Identifier: MIT
/* Thread-local storage by segments, of which a thread has three (set_thread_area). */
#include "arch/x86/cpu.h"
#include "arch/x86/platform.h"
#include "lib/errno.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "sys/syscall.h"
#include "sys/tls.h"

#define TLS_FIRST 6 /* entry of the segment table; programs know it */

/* Linux's, from its uapi header asm/ldt.h. */
struct user_desc {
	u32 entry, base, limit;
	u32 seg_32bit : 1, contents : 2, read_exec_only : 1, limit_in_pages : 1, not_present : 1,
		useable : 1;
};

static bool is_empty(const struct user_desc *d)
{
	return !d->base && !d->limit && !d->contents && d->read_exec_only == d->not_present &&
	       !d->seg_32bit && !d->limit_in_pages && !d->useable;
}

/* The segment descriptor, of ring 3. An empty description gives 0. */
static u64 descriptor(const struct user_desc *d)
{
	u32 low = (d->base << 16) | (d->limit & 0xffff);
	u32 high = (d->base & 0xff000000) | (d->base >> 16 & 0xff) | (d->limit & 0xf0000);

	if (is_empty(d))
		return 0;
	high |= (u32)(!d->read_exec_only) << 9 | (u32)d->contents << 10 | 0x7100 |
		(u32)(!d->not_present) << 15 | (u32)d->useable << 20 | (u32)d->seg_32bit << 22 |
		(u32)d->limit_in_pages << 23;
	return (u64)high << 32 | low;
}

/* Puts what it describes into *tls. */
static long set_segment(const struct user_desc *d, tls_t *tls)
{
	if (d->entry - TLS_FIRST >= TLS_SEGMENTS)
		return -EINVAL;
	if (!is_empty(d) && (!d->seg_32bit || d->contents > 1 || d->not_present))
		return -EINVAL; /* as Linux: 16 bits and code are for others */
	tls->segment[d->entry - TLS_FIRST] = descriptor(d);
	return 0;
}

bool tls_take(unsigned long argument, tls_t *tls)
{
	struct user_desc d;

	*tls = current->tls;
	return copy_from_user(&d, argument, sizeof(d)) && !set_segment(&d, tls);
}

SYSCALL(I386(243), set_thread_area)
{
	struct task *t = current;
	struct user_desc d;
	tls_t tls = t->tls;
	long rc;

	if (!copy_from_user(&d, args->a[0], sizeof(d)))
		return -EFAULT;
	if (d.entry == (u32)-1) {
		for (d.entry = TLS_FIRST; d.entry < TLS_FIRST + TLS_SEGMENTS; d.entry++)
			if (!tls.segment[d.entry - TLS_FIRST])
				break;
		if (d.entry == TLS_FIRST + TLS_SEGMENTS)
			return -ESRCH;
		if (!copy_to_user(args->a[0], &d.entry, sizeof(d.entry)))
			return -EFAULT;
	}
	rc = set_segment(&d, &tls);
	if (rc)
		return rc;
	t->tls = tls;
	platform_set_tls(tls);
	this_cpu()->tls = tls;
	return 0;
}
