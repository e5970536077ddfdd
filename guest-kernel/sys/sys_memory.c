// SPDX-License-Identifier: MIT
/* System calls on memory. */
#include "lib/errno.h"
#include "mm/inode.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "sys/file.h"
#include "sys/syscall.h"

#define PROT_ALL      7
#define MAP_SHARED    0x01
#define MAP_PRIVATE   0x02
#define MAP_FIXED     0x10
#define MAP_ANONYMOUS 0x20

static unsigned access_of(unsigned long prot)
{
	return (prot & 1 ? VMA_READ : 0) | (prot & 2 ? VMA_WRITE | VMA_READ : 0) |
	       (prot & 4 ? VMA_EXEC : 0);
}

/* What a mapping of that file shows, counted. */
static long inode_to_map(int fd, unsigned flags, struct inode **inode)
{
	struct file *f = file_get(fd);
	long rc = 0;

	if (!f)
		return -EBADF;
	if (!f->inode)
		rc = -ENODEV;
	else if ((flags & VMA_SHARED) && (flags & VMA_WRITE) && !f->inode->writable)
		rc = -EACCES;
	else
		inode_get(*inode = f->inode);
	file_put(f);
	return rc;
}

SYSCALL(9, mmap)
{
	unsigned long addr = args->a[0], len = args->a[1], prot = args->a[2], how = args->a[3],
		      offset = args->a[5];
	unsigned flags = access_of(prot);
	struct inode *inode = NULL;
	long rc;

	if ((prot & ~PROT_ALL) || (offset & ~PAGE_MASK) || !len)
		return -EINVAL;
	if (!(how & MAP_SHARED) == !(how & MAP_PRIVATE))
		return -EINVAL;
	if (how & MAP_SHARED)
		flags |= VMA_SHARED;
	if (!(how & MAP_ANONYMOUS)) {
		rc = inode_to_map((int)args->a[4], flags, &inode);
		if (rc)
			return rc;
	} else if (how & MAP_SHARED) {
		/* Shared memory is a file without a name. */
		offset = 0;
		inode = inode_new(NULL, ALIGN_UP(len, PAGE_SIZE), true);
		if (!inode)
			return -ENOMEM;
	}
	rc = mm_map(current->mm, addr, len, flags, inode, offset >> PAGE_SHIFT, how & MAP_FIXED);
	if (inode)
		inode_put(inode); /* the area has its own */
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
