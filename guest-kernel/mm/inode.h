/* SPDX-License-Identifier: MIT */
/*
 * Contents of files as pages of memory. An inode is a size and a radix tree of pages,
 * which are made when they are first written to or mapped. sys/node.h gives it a name and
 * a type. Memory shared between processes is an inode without a name; it ends with its
 * last area.
 */
#ifndef MM_INODE_H
#define MM_INODE_H

#include "lib/list.h"
#include "mm/mm.h"

/* Offsets of bytes end here: four levels of tables of 512 pointers, or what an offset can hold. */
#define INODE_MAX_SIZE ((size_t)1 << (WORD_BITS == 64 ? 47 : 31))

struct inode {
	u32 refs;
	bool writable; /* by programs */
	u8 height;     /* levels of tables above the pages; 0: `root` is page 0 itself */
	size_t size;
	void *root; /* NULL, a struct page, or a table: a page of pointers of one of these kinds */
	spinlock_t lock;		      /* size, height, root and what is below */
	void (*release)(struct inode *inode); /* the last reference is gone; NULL: kfree() */
	struct list_head link;
};

/* An inode without contents, `size` bytes long. NULL: no memory. */
struct inode *inode_new(size_t size, bool writable);
/* The same inside a larger object, zeroed by the caller. */
void inode_init(struct inode *inode, size_t size, bool writable);
void inode_get(struct inode *inode);
void inode_put(struct inode *inode);

/*
 * Writes contents without checking size or permission, for contents that the kernel makes.
 * False: no memory.
 */
bool inode_fill(struct inode *inode, size_t at, const void *data, size_t n);
/* Copies up to n bytes from offset at; returns how many there were. */
size_t inode_read(struct inode *inode, void *dst, size_t at, size_t n);

/*
 * Shorter: the contents behind the end are dropped. Longer: filled with zeros. Mappings
 * keep their pages.
 */
void inode_resize(struct inode *inode, size_t size);
/* Makes it at least that long. */
void inode_grow(struct inode *inode, size_t size);

/*
 * The page with that index; the caller gets a use of it. NULL: not there, or with `make`
 * no memory.
 */
struct page *inode_get_page(struct inode *inode, unsigned long index, bool make);
/* The same for a fault. Beyond the end: FAULT_BUS. */
enum fault_result inode_page(struct inode *inode, unsigned long index, struct page **page);

/* Pages with contents. */
unsigned long inode_pages(struct inode *inode);
/* Sum of the uses of all contents, to find a mapping that did not drop its use. */
unsigned long inode_page_uses(void);

#endif
