/* SPDX-License-Identifier: MIT */
/*
 * Files as memory: an inode is a name, a size and the pages of its contents. The
 * files of the initial ramdisk are inodes that live for ever; memory shared
 * between processes is an inode without a name that ends with its last area.
 */
#ifndef MM_INODE_H
#define MM_INODE_H

#include "lib/list.h"
#include "mm/mm.h"

/* Pages are found through one page of pointers: so many at most. */
#define INODE_MAX_PAGES (PAGE_SIZE / sizeof(struct page *))

struct inode {
	u32 refs;
	bool writable; /* shared memory: missing pages are made on demand */
	size_t size;
	struct page **pages; /* a page of pointers */
	spinlock_t lock;     /* pages */
	struct list_head link;
	char name[64]; /* absolute path */
};

/* An inode of up to `size` bytes without contents; named ones can be opened. NULL: no memory. */
struct inode *inode_new(const char *name, size_t size, bool writable);
/* Appends to the contents at byte offset at; used while unpacking. False: no memory. */
bool inode_fill(struct inode *inode, size_t at, const void *data, size_t n);
/* 0 and a reference in *inode, or -ENOENT. */
long inode_open(const char *path, struct inode **inode);
void inode_get(struct inode *inode);
void inode_put(struct inode *inode);

/* Sum of the uses of all pages of named files: a mapping that was not given back shows. */
unsigned long inode_page_uses(void);

/* Copies up to n bytes from offset at; returns how many there were. */
size_t inode_read(struct inode *inode, void *dst, size_t at, size_t n);
/* The page with that index, not counted for the caller. Beyond the end: FAULT_BUS. */
enum fault_result inode_page(struct inode *inode, unsigned long index, struct page **page);

#endif
