/* SPDX-License-Identifier: MIT */
/*
 * Address spaces: a list of areas (VMAs), which say what should be where, over a
 * page-table tree, which says what is there already. Memory is filled in by
 * faults.
 */
#ifndef MM_MM_H
#define MM_MM_H

#include "arch/x86/platform.h"
#include "lib/list.h"
#include "mm/alloc.h"
#include "mmu/pgtable.h"

struct inode;
struct lineage;

enum vma_flags {
	VMA_READ = 1,
	VMA_WRITE = 2,
	VMA_EXEC = 4,
	VMA_ACCESS = VMA_READ | VMA_WRITE | VMA_EXEC,
	VMA_SHARED = 8,
	/* Private pages of its own exist: fork has to copy entries. */
	VMA_HAS_ANON = 16,
	/* Shared, of a file that may not be written to: nor will mprotect allow it. */
	VMA_READ_ONLY = 32,
};

struct vma {
	struct list_head link; /* by address */
	unsigned long start, end;
	unsigned flags;
	struct inode *inode; /* NULL: anonymous memory. Counted */
	unsigned long pgoff; /* page of the inode at `start` */
};

struct mm {
	u32 refs;
	rwlock_t lock; /* areas; held for reading by faults */
	struct list_head vmas;
	unsigned areas;	   /* how many */
	struct vma *found; /* by the last look-up, or NULL */
	struct pgtable pt;
	struct lineage *lineage; /* see rmap.h */
	struct list_head kin;	 /* its other members */
	unsigned long brk_start, brk;
	unsigned long arg_start, arg_end; /* the program's arguments, for /proc */
	unsigned long mmap_top;		  /* mmap without an address goes below it, downwards */
	unsigned long resident;		  /* entries of the tables that map a page */
};

#define STACK_TOP  USER_TOP
#define STACK_SIZE (8UL << 20)
/* mmap_top without a layout of its own (proc/exec.c); nothing else is above. */
#define MMAP_TOP  (STACK_TOP - STACK_SIZE - (1UL << 20))
#define MAX_AREAS 65530	    /* of one address space; more is ENOMEM */
#define MMAP_MIN  0x10000UL /* lowest address a program may map */

#define for_each_vma(v, m) list_for_each_entry (v, &(m)->vmas, link)

/*
 * More than all memory, in bytes: memory to write to that is larger can never be had. Whatever is
 * smaller can be mapped, and may turn out not to be there.
 */
static inline unsigned long mm_most(void)
{
	return boot_info.nr_pages << PAGE_SHIFT;
}

/* -- space.c: all but mm_get and the finders need no lock held ------------------ */

/* An empty private address space with one reference, or NULL. */
struct mm *mm_alloc(void);
/* The same for fork: a relative of the parent. */
struct mm *mm_alloc_child(struct mm *parent);
static inline void mm_get(struct mm *mm)
{
	__atomic_add_fetch(&mm->refs, 1, __ATOMIC_RELAXED);
}
/* The last one takes the address space apart. */
void mm_put(struct mm *mm);
/* Address spaces that exist. */
unsigned long mm_live_count(void);

/* Lock held. The area that contains va, or NULL. */
struct vma *vma_find(struct mm *mm, unsigned long va);

enum map_where {
	MAP_ANYWHERE, /* at addr if that is free, else wherever there is room */
	MAP_AT,	      /* at addr; what is there goes */
	MAP_AT_FREE,  /* at addr, or -EEXIST if something is there */
};
/*
 * Maps len bytes, rounded up to pages. Returns the address or a negative errno.
 * Takes its own reference to inode.
 */
long mm_map(struct mm *mm, unsigned long addr, unsigned long len, unsigned flags,
	    struct inode *inode, unsigned long pgoff, enum map_where where);
long mm_unmap(struct mm *mm, unsigned long addr, unsigned long len);
long mm_protect(struct mm *mm, unsigned long addr, unsigned long len, unsigned access);
/* Returns the break that is in force afterwards. */
unsigned long mm_brk(struct mm *mm, unsigned long brk);

/* -- mremap.c --------------------------------------------------------------------- */

enum remap_flags {
	REMAP_MAYMOVE = 1,   /* elsewhere, if there is no room here */
	REMAP_FIXED = 2,     /* to `to`; what is there goes */
	REMAP_DONTUNMAP = 4, /* the old area stays, empty */
};
/*
 * Changes the length of what is mapped at addr, or moves it: its pages go along. Returns the
 * address or a negative errno, after which nothing has changed but what was at `to`.
 */
long mm_remap(struct mm *mm, unsigned long addr, unsigned long old_len, unsigned long new_len,
	      unsigned flags, unsigned long to);

/* -- advise.c: on ranges of pages; addr is aligned; no lock held --------------------- */

/* Whether all of it is mapped: 0 or -ENOMEM. */
long mm_check_mapped(struct mm *mm, unsigned long addr, unsigned long len);
/* Drops the pages, which are then as if never touched. -ENOMEM if there are holes; the rest is
 * done. */
long mm_discard(struct mm *mm, unsigned long addr, unsigned long len);
/*
 * Makes pages accessible as a first access would: private writable memory gets pages of its own,
 * the rest what a read would. 0, -ENOMEM for a hole or want of memory, -EFAULT beyond the end of a
 * file.
 */
long mm_populate(struct mm *mm, unsigned long addr, unsigned long len);
/* For n pages from addr on, 1 in present[i] if the page is in the tables, else 0; as above. */
long mm_present(struct mm *mm, unsigned long addr, unsigned n, u8 *present);

/* -- zap.c: leaf entries out of a tree; lock held for writing ------------------- */

/* Drops all pages from [start, end); returns whether there were any. */
bool zap_pages(struct mm *mm, unsigned long start, unsigned long end);
/* The same, and tables that became empty. */
void zap_range(struct mm *mm, unsigned long start, unsigned long end);
/* Drops every page of a private tree. */
void zap_private(struct mm *mm);
/* Gives the entries of [start, end) the access that `flags` allow, at most. */
void protect_range(struct mm *mm, unsigned long start, unsigned long end, unsigned flags);

/* -- fork.c --------------------------------------------------------------------- */

/* A copy-on-write copy of the current process' address space, published. NULL: no memory. */
struct mm *mm_fork(struct mm *old);

/* -- fault.c -------------------------------------------------------------------- */

void zero_page_init(void);
enum fault_result {
	FAULT_OK,
	FAULT_SEGV,   /* nothing is mapped there */
	FAULT_ACCESS, /* something is, but may not be used in that way */
	FAULT_BUS,    /* a file is mapped there that ends before */
	FAULT_OOM,
};
/* Makes va accessible in that way, if the areas allow it. No lock held. */
enum fault_result mm_fault(struct mm *mm, unsigned long va, unsigned access);
/*
 * The page behind va of an address space that is being built, writable. NULL
 * when memory is exhausted or nothing is mapped there.
 */
void *mm_build_page(struct mm *mm, unsigned long va);

/* Leaf entry bits for a page of an area; writable only if asked for. */
u64 vma_pte_bits(const struct vma *vma, bool write);

/* -- for the audit: calls `use` for each use that the kernel itself has of a page --- */

/* inode.c: the contents and the lists of all inodes. */
void inode_uses(void (*use)(struct page *p));
/* fault.c: the zero page. */
void zero_page_uses(void (*use)(struct page *p));

/* -- user.c: access to the current process' memory ------------------------------ */

/* False if some of it is not accessible; then part may have been copied. */
bool copy_from_user(void *dst, unsigned long src, size_t n);
bool copy_to_user(unsigned long dst, const void *src, size_t n);
/* Atomically: a word that is `old` becomes `new`; *seen is what it was. False: no access. */
bool cmpxchg_user(unsigned long va, u32 old, u32 new, u32 *seen);
/* Length without the terminator, or -EFAULT, or -ENAMETOOLONG if it does not fit into n. */
long copy_string_from_user(char *dst, unsigned long src, size_t n);

#endif
