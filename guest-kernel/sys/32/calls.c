// SPDX-License-Identifier: MIT
/*
 * Calls that only i386 has, and calls whose arguments have another form than on x86-64:
 * 64-bit offsets in two arguments, the low half first, or offsets in pages.
 */
#include "arch/x86/platform.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/family.h"
#include "proc/limits.h"
#include "sys/file.h"
#include "sys/path.h"
#include "sys/syscall.h"

long sys_mmap(const struct syscall_args *args);
long sys_pread64(const struct syscall_args *args);
long sys_pwrite64(const struct syscall_args *args);
long sys_lseek(const struct syscall_args *args);
long sys_truncate(const struct syscall_args *args);
long sys_ftruncate(const struct syscall_args *args);
long sys_wait4(const struct syscall_args *args);
long sys_clone(const struct syscall_args *args);

/* The arguments are in memory. */
SYSCALL(I386(90), old_mmap)
{
	struct syscall_args a = *args;

	return copy_from_user(a.a, args->a[0], sizeof(a.a)) ? sys_mmap(&a) : -EFAULT;
}

SYSCALL(I386(192), mmap2)
{
	struct syscall_args a = *args;

	if (a.a[5] >= 1UL << (WORD_BITS - PAGE_SHIFT))
		return -EOVERFLOW;
	a.a[5] <<= PAGE_SHIFT;
	return sys_mmap(&a);
}

/* Joins an offset in arguments `at` and `at` + 1. False if it is too large or negative. */
static bool join(struct syscall_args *a, unsigned at)
{
	return !a->a[at + 1] && (long)a->a[at] >= 0;
}

SYSCALL(I386(180), pread64_halves)
{
	struct syscall_args a = *args;

	return join(&a, 3) ? sys_pread64(&a) : (long)a.a[4] < 0 ? -EINVAL : 0;
}

SYSCALL(I386(181), pwrite64_halves)
{
	struct syscall_args a = *args;

	return join(&a, 3) ? sys_pwrite64(&a) : (long)a.a[4] < 0 ? -EINVAL : -EFBIG;
}

SYSCALL(I386(193), truncate64)
{
	struct syscall_args a = *args;

	return join(&a, 1) ? sys_truncate(&a) : (long)a.a[2] < 0 ? -EINVAL : -EFBIG;
}

SYSCALL(I386(194), ftruncate64)
{
	struct syscall_args a = *args;

	return join(&a, 1) ? sys_ftruncate(&a) : (long)a.a[2] < 0 ? -EINVAL : -EFBIG;
}

/* The high half of the offset is first; the result is written to an address. */
SYSCALL(I386(140), llseek)
{
	struct syscall_args a = *args;
	s64 offset = (s64)((u64)args->a[1] << 32 | args->a[2]), result;
	long rc;

	if (offset != (long)offset)
		return -EINVAL;
	a.a[1] = (unsigned long)offset;
	a.a[2] = args->a[4];
	rc = sys_lseek(&a);
	if (rc < 0)
		return rc;
	result = rc;
	return copy_to_user(args->a[3], &result, sizeof(result)) ? 0 : -EFAULT;
}

SYSCALL(I386(7), waitpid)
{
	struct syscall_args a = *args;

	a.a[3] = 0;
	return sys_wait4(&a);
}

/* The thread-local storage comes before the child's word. */
SYSCALL(I386(120), clone_i386)
{
	struct syscall_args a = *args;

	a.a[3] = args->a[4];
	a.a[4] = args->a[3];
	return sys_clone(&a);
}

/* Return from a handler without SA_SIGINFO: its restorer has popped the first argument too. */
SYSCALL(I386(119), sigreturn)
{
	args->regs->sp -= sizeof(unsigned long);
	signal_return(args->regs);
}

/* -- structures of 32-bit numbers ------------------------------------------------------------- */

struct rlimit32 {
	u32 now, most;
};

static u32 limit_down(u64 v)
{
	return v > ~(u32)0 ? ~(u32)0 : (u32)v;
}

SYSCALL(I386(191), ugetrlimit)
{
	struct rlimit32 to;
	struct rlimit l;

	if (args->a[0] >= NR_LIMITS)
		return -EINVAL;
	spin_lock(&family_lock);
	l = limits_get(current->leader, (unsigned)args->a[0]);
	spin_unlock(&family_lock);
	to = (struct rlimit32){limit_down(l.now), limit_down(l.most)};
	return copy_to_user(args->a[1], &to, sizeof(to)) ? 0 : -EFAULT;
}

static u64 limit_up(u32 v)
{
	return v == ~(u32)0 ? LIMIT_NONE : v;
}

SYSCALL(I386(75), setrlimit32)
{
	struct rlimit32 from;
	struct rlimit l;
	long rc;

	if (args->a[0] >= NR_LIMITS)
		return -EINVAL;
	if (!copy_from_user(&from, args->a[1], sizeof(from)))
		return -EFAULT;
	l = (struct rlimit){limit_up(from.now), limit_up(from.most)};
	if (l.now > l.most)
		return -EINVAL;
	spin_lock(&family_lock);
	rc = limits_set(current->leader, (unsigned)args->a[0], &l);
	spin_unlock(&family_lock);
	return rc;
}

SYSCALL(I386(116), sysinfo32)
{
	struct {
		u32 uptime, loads[3], total, free, shared, buffers, swap, swap_free;
		u16 tasks, pad;
		u32 high, high_free, unit;
		char rest[8];
	} s = {
		.uptime = (u32)(platform_clock_ns() / 1000000000u),
		.total = boot_info.nr_pages * PAGE_SIZE,
		.free = pages_free_count() * PAGE_SIZE,
		.tasks = (u16)task_count(),
		.unit = 1,
	};

	return copy_to_user(args->a[0], &s, sizeof(s)) ? 0 : -EFAULT;
}

struct statfs64 {
	u32 type, bsize;
	u64 blocks, bfree, bavail, files, ffree;
	u32 fsid[2], namelen, frsize, flags, spare[4];
};

_Static_assert(sizeof(struct statfs64) == 84, "Linux's layout");

static long give_statfs64(const struct syscall_args *args)
{
	u64 free = pages_free_count();
	const struct statfs64 st = {.type = TMPFS_MAGIC,
				    .bsize = PAGE_SIZE,
				    .blocks = boot_info.nr_pages,
				    .bfree = free,
				    .bavail = free,
				    .namelen = NAME_MAX,
				    .frsize = PAGE_SIZE};

	if (args->a[1] != sizeof(st))
		return -EINVAL;
	return copy_to_user(args->a[2], &st, sizeof(st)) ? 0 : -EFAULT;
}

SYSCALL(I386(268), statfs64)
{
	struct path p;
	long rc = path_begin(&p, AT_FDCWD, args->a[0]);

	if (!rc)
		rc = path_walk(&p, 0);
	path_end(&p);
	return rc ? rc : give_statfs64(args);
}

SYSCALL(I386(269), fstatfs64)
{
	struct file *f = file_get((int)args->a[0]);

	if (!f)
		return -EBADF;
	file_put(f);
	return give_statfs64(args);
}
