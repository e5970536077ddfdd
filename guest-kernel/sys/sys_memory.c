// SPDX-License-Identifier: MIT
/* System calls on memory. */
#include "lib/errno.h"
#include "mm/inode.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "sys/file.h"
#include "sys/syscall.h"

#define PROT_ALL	    7
#define MAP_SHARED	    0x01
#define MAP_PRIVATE	    0x02
#define MAP_SHARED_VALIDATE 0x03 /* shared, and unknown flags are refused */
#define MAP_TYPE	    0x0f
#define MAP_FIXED	    0x10
#define MAP_ANONYMOUS	    0x20
#define MAP_32BIT	    0x40
#define MAP_LOCKED	    0x2000
#define MAP_NORESERVE	    0x4000
#define MAP_POPULATE	    0x8000
#define MAP_NONBLOCK	    0x10000
#define MAP_HUGETLB	    0x40000
#define MAP_FIXED_NOREPLACE 0x100000
/*
 * Flags without effect: stacks have their maximum size from the beginning (GROWSDOWN,
 * STACK), and memory is never swapped out (LOCKED, which populates only).
 */
#define MAP_KNOWN 0x17ffff

static unsigned access_of(unsigned long prot)
{
	/* On this processor accessible memory is always readable. */
	return (prot ? VMA_READ : 0) | (prot & 2 ? VMA_WRITE : 0) | (prot & 4 ? VMA_EXEC : 0);
}

/*
 * The contents for a mapping of that file, with a reference; *flags are reduced to the
 * allowed ones.
 */
static long inode_to_map(int fd, unsigned *flags, struct inode **inode)
{
	struct file *f = file_get(fd);
	long rc = 0;

	if (!f)
		return -EBADF;
	if (!f->inode)
		rc = -ENODEV;
	else if ((f->flags & O_ACCMODE) == O_WRONLY)
		rc = -EACCES;
	else
		inode_get(*inode = f->inode);
	if (!rc && (*flags & VMA_SHARED) &&
	    (!f->inode->writable || (f->flags & O_ACCMODE) == O_RDONLY))
		*flags |= VMA_READ_ONLY;
	file_put(f);
	return rc;
}

SYSCALL(9, mmap)
{
	unsigned long addr = args->a[0], len = args->a[1], prot = args->a[2], how = args->a[3],
		      offset = args->a[5];
	unsigned flags = access_of(prot);
	enum map_where where = MAP_ANYWHERE;
	struct inode *inode = NULL;
	long rc;

	if ((prot & ~PROT_ALL) || (offset & ~PAGE_MASK) || !len)
		return -EINVAL;
	switch (how & MAP_TYPE) {
	case MAP_PRIVATE: break;
	case MAP_SHARED_VALIDATE:
		if (how & ~(unsigned long)MAP_KNOWN)
			return -EOPNOTSUPP;
		/* fall through */
	case MAP_SHARED: flags |= VMA_SHARED; break;
	default: return -EINVAL;
	}
	if (how & (MAP_HUGETLB | MAP_32BIT))
		return -ENOMEM; /* huge pages do not exist, nor does a low address range */
	if (len > mm_most() && (flags & VMA_WRITE) && !(how & MAP_NORESERVE))
		return -ENOMEM;
	if (how & MAP_FIXED_NOREPLACE)
		where = MAP_AT_FREE;
	else if (how & MAP_FIXED)
		where = MAP_AT;
	if (!(how & MAP_ANONYMOUS)) {
		rc = inode_to_map((int)args->a[4], &flags, &inode);
		if (rc)
			return rc;
		if ((flags & VMA_WRITE) && (flags & VMA_READ_ONLY)) {
			inode_put(inode);
			return -EACCES;
		}
	} else if (flags & VMA_SHARED) {
		/* Shared memory is a file without a name. */
		offset = 0;
		inode = inode_new(ALIGN_UP(len, PAGE_SIZE), true);
		if (!inode)
			return -ENOMEM;
	}
	rc = mm_map(current->mm, addr, len, flags, inode, offset >> PAGE_SHIFT, where);
	if (inode)
		inode_put(inode); /* the area has its own reference */
	/* As on Linux, pages that are missing after this are provided by faults. */
	if (IS_ADDRESS(rc) &&
	    ((how & MAP_LOCKED) || (how & (MAP_POPULATE | MAP_NONBLOCK)) == MAP_POPULATE))
		mm_populate(current->mm, (unsigned long)rc, ALIGN_UP(len, PAGE_SIZE));
	return rc;
}

SYSCALL(10, mprotect)
{
	if (args->a[2] & ~PROT_ALL)
		return -EINVAL;
	return mm_protect(current->mm, args->a[0], args->a[1], access_of(args->a[2]));
}

SYSCALL(11, munmap)
{
	return mm_unmap(current->mm, args->a[0], args->a[1]);
}

SYSCALL(12, brk)
{
	return (long)mm_brk(current->mm, args->a[0]);
}

SYSCALL(25, mremap)
{
	unsigned long flags = args->a[3];

	if (flags & ~(unsigned long)(REMAP_MAYMOVE | REMAP_FIXED | REMAP_DONTUNMAP))
		return -EINVAL;
	if (args->a[2] > args->a[1] && args->a[2] - args->a[1] > mm_most())
		return -ENOMEM;
	return mm_remap(current->mm, args->a[0], args->a[1], args->a[2], (unsigned)flags,
			args->a[4]);
}

/* Checks a range as most of the calls below take it: 0, or a negative errno. *len is rounded up. */
static long check_range(unsigned long addr, unsigned long *len)
{
	unsigned long whole = ALIGN_UP(*len, PAGE_SIZE);

	if ((addr & ~PAGE_MASK) || whole < *len || addr + whole < addr)
		return -EINVAL;
	*len = whole;
	return 0;
}

enum advice {
	ADVISE_NORMAL = 0,
	ADVISE_RANDOM = 1,
	ADVISE_SEQUENTIAL = 2,
	ADVISE_WILLNEED = 3,
	ADVISE_DONTNEED = 4,
	ADVISE_FREE = 8,
	ADVISE_DONTDUMP = 16,
	ADVISE_DODUMP = 17,
	ADVISE_COLD = 20,
	ADVISE_PAGEOUT = 21,
	ADVISE_POPULATE_READ = 22,
	ADVISE_POPULATE_WRITE = 23,
};

/* Hints about missing features, like swapping and dumps, need no work. */
SYSCALL(28, madvise)
{
	unsigned long addr = args->a[0], len = args->a[1];
	long rc = check_range(addr, &len);

	if (rc)
		return rc;
	switch ((int)args->a[2]) {
	case ADVISE_DONTNEED: return len ? mm_discard(current->mm, addr, len) : 0;
	case ADVISE_POPULATE_READ:
	case ADVISE_POPULATE_WRITE: return len ? mm_populate(current->mm, addr, len) : 0;
	case ADVISE_NORMAL:
	case ADVISE_RANDOM:
	case ADVISE_SEQUENTIAL:
	case ADVISE_WILLNEED:
	case ADVISE_FREE: /* the pages may be dropped, but need not */
	case ADVISE_DONTDUMP:
	case ADVISE_DODUMP:
	case ADVISE_COLD:
	case ADVISE_PAGEOUT: return len ? mm_check_mapped(current->mm, addr, len) : 0;
	default: return -EINVAL;
	}
}

#define MS_ASYNC      1
#define MS_INVALIDATE 2
#define MS_SYNC	      4

/* Files exist in memory only. */
SYSCALL(26, msync)
{
	unsigned long addr = args->a[0], len = args->a[1], flags = args->a[2];

	if ((flags & ~(unsigned long)(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) ||
	    (flags & (MS_ASYNC | MS_SYNC)) == (MS_ASYNC | MS_SYNC) || check_range(addr, &len))
		return -EINVAL;
	return len ? mm_check_mapped(current->mm, addr, len) : 0;
}

SYSCALL(27, mincore)
{
	unsigned long addr = args->a[0], left = args->a[1], to = args->a[2];
	u8 present[256];
	long rc;

	if (addr & ~PAGE_MASK)
		return -EINVAL;
	left = ALIGN_UP(left, PAGE_SIZE) >> PAGE_SHIFT;
	while (left) {
		unsigned n = (unsigned)min_ul(left, sizeof(present));

		rc = mm_present(current->mm, addr, n, present);
		if (rc)
			return rc;
		if (!copy_to_user(to, present, n))
			return -EFAULT;
		addr += n * PAGE_SIZE;
		to += n;
		left -= n;
	}
	return 0;
}

/* Memory is never swapped out, so present pages are locked; missing ones are made present. */
static long lock_range(unsigned long addr, unsigned long len, bool populate)
{
	len = ALIGN_UP(len + (addr & ~PAGE_MASK), PAGE_SIZE);
	addr &= PAGE_MASK;
	if (!len)
		return 0;
	return populate ? mm_populate(current->mm, addr, len)
			: mm_check_mapped(current->mm, addr, len);
}

SYSCALL(149, mlock)
{
	return lock_range(args->a[0], args->a[1], true);
}

SYSCALL(150, munlock)
{
	return lock_range(args->a[0], args->a[1], false);
}

#define MLOCK_ONFAULT 1

SYSCALL(325, mlock2)
{
	if (args->a[2] & ~(unsigned long)MLOCK_ONFAULT)
		return -EINVAL;
	return lock_range(args->a[0], args->a[1], !(args->a[2] & MLOCK_ONFAULT));
}

#define MCL_CURRENT 1
#define MCL_FUTURE  2
#define MCL_ONFAULT 4

SYSCALL(151, mlockall)
{
	unsigned long how = args->a[0];

	return !how || how == MCL_ONFAULT ||
			       (how & ~(unsigned long)(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT))
		       ? -EINVAL
		       : 0;
}

SYSCALL(152, munlockall)
{
	(void)args;
	return 0;
}
