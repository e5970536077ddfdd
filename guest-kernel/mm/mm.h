/* SPDX-License-Identifier: MIT */
/*
 * Address spaces: a list of areas (VMAs), which say what may be where, and a page-table
 * tree, which says what is present. Faults fill memory in.
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
	/* The area has private pages of its own: fork has to copy entries. */
	VMA_HAS_ANON = 16,
	/*
	 * A shared mapping of a file that must not be written to: mprotect cannot make it
	 * writable.
	 */
	VMA_READ_ONLY = 32,
};

struct vma {
	struct list_head link; /* by address */
	unsigned long start, end;
	unsigned flags;
	struct inode *inode; /* NULL: anonymous memory. Holds a reference */
	unsigned long pgoff; /* page of the inode at `start` */
};

struct mm {
	u32 refs;
	rwlock_t lock; /* areas; held for reading by faults */
	struct list_head vmas;
	unsigned areas;	   /* number of areas */
	struct vma *found; /* result of the last look-up, or NULL */
	struct pgtable pt;
	struct lineage *lineage; /* see rmap.h */
	struct list_head kin;	 /* link to the other members of its lineage */
	unsigned long brk_start, brk;
	unsigned long arg_start, arg_end; /* the program's arguments, for /proc */
	unsigned long mmap_top;		  /* mmap without an address maps below it, downwards */
	unsigned long resident;		  /* number of entries that map a page */
};

#define STACK_TOP  USER_TOP
#define STACK_SIZE (8UL << 20)
/* mmap_top without a layout of its own (proc/exec.c). Only the stack is above it. */
#define MMAP_TOP  (STACK_TOP - STACK_SIZE - (1UL << 20))
#define MAX_AREAS 65530	    /* of one address space; more is ENOMEM */
#define MMAP_MIN  0x10000UL /* lowest address a program may map */

#define for_each_vma(v, m) list_for_each_entry (v, &(m)->vmas, link)

/*
 * More than all memory, in bytes: writable memory of this size can never be provided. A
 * smaller mapping succeeds, and its memory may turn out to be missing.
 */
static inline unsigned long mm_most(void)
{
	return boot_info.nr_pages << PAGE_SHIFT;
}

/* -- space.c: no lock held, except for mm_get and the finders --------------------- */

/* An empty private address space with one reference, or NULL. */
struct mm *mm_alloc(void);
/* The same for fork: a member of the parent's lineage. */
struct mm *mm_alloc_child(struct mm *parent);
static inline void mm_get(struct mm *mm)
{
	__atomic_add_fetch(&mm->refs, 1, __ATOMIC_RELAXED);
}
/* The last reference frees the address space. */
void mm_put(struct mm *mm);
/* Number of address spaces. */
unsigned long mm_live_count(void);

/* Lock held. The area that contains va, or NULL. */
struct vma *vma_find(struct mm *mm, unsigned long va);

enum map_where {
	MAP_ANYWHERE, /* at addr if that is free, else wherever there is room */
	MAP_AT,	      /* at addr; existing mappings are removed */
	MAP_AT_FREE,  /* at addr, or -EEXIST if another mapping is there */
};
/*
 * Maps len bytes, rounded up to pages. Returns the address or a negative errno. Takes its
 * own reference to inode.
 */
long mm_map(struct mm *mm, unsigned long addr, unsigned long len, unsigned flags,
	    struct inode *inode, unsigned long pgoff, enum map_where where);
long mm_unmap(struct mm *mm, unsigned long addr, unsigned long len);
long mm_protect(struct mm *mm, unsigned long addr, unsigned long len, unsigned access);
/* Returns the new break, or the old one if it could not be moved. */
unsigned long mm_brk(struct mm *mm, unsigned long brk);

/* -- mremap.c --------------------------------------------------------------------- */

enum remap_flags {
	REMAP_MAYMOVE = 1,   /* elsewhere, if there is no room here */
	REMAP_FIXED = 2,     /* to `to`; existing mappings are removed */
	REMAP_DONTUNMAP = 4, /* the old area stays, empty */
};
/*
 * Changes the length of the mapping at addr, or moves it together with its pages. Returns
 * the address or a negative errno; then only mappings at `to` may have changed.
 */
long mm_remap(struct mm *mm, unsigned long addr, unsigned long old_len, unsigned long new_len,
	      unsigned flags, unsigned long to);

/* -- advise.c: on ranges of pages; addr is aligned; no lock held --------------------- */

/* Returns 0, or -ENOMEM if the range has a hole. */
long mm_check_mapped(struct mm *mm, unsigned long addr, unsigned long len);
/*
 * Drops the pages, as if they had never been touched. -ENOMEM if there are holes; the rest
 * is done.
 */
long mm_discard(struct mm *mm, unsigned long addr, unsigned long len);
/*
 * Makes pages accessible like a first access: private writable memory gets pages of its
 * own, the rest is read. Returns 0, -ENOMEM for a hole or lack of memory, -EFAULT beyond
 * the end of a file.
 */
long mm_populate(struct mm *mm, unsigned long addr, unsigned long len);
/* Sets present[i] to 1 if page i of n from addr on is in the tables, else to 0. Errors as above. */
long mm_present(struct mm *mm, unsigned long addr, unsigned n, u8 *present);

/* -- zap.c: removes leaf entries from a tree; lock held for writing --------------- */

/* Drops all pages from [start, end); returns whether there were any. */
bool zap_pages(struct mm *mm, unsigned long start, unsigned long end);
/* The same, and frees tables that became empty. */
void zap_range(struct mm *mm, unsigned long start, unsigned long end);
/* Drops every page of a private tree. */
void zap_private(struct mm *mm);
/* Reduces or restores the access of the entries of [start, end) to what `flags` allow. */
void protect_range(struct mm *mm, unsigned long start, unsigned long end, unsigned flags);

/* -- fork.c --------------------------------------------------------------------- */

/* A copy-on-write copy of the current process' address space, published. NULL: no memory. */
struct mm *mm_fork(struct mm *old);

/* -- fault.c -------------------------------------------------------------------- */

void zero_page_init(void);
enum fault_result {
	FAULT_OK,
	FAULT_SEGV,   /* no mapping */
	FAULT_ACCESS, /* a mapping, but without permission for this access */
	FAULT_BUS,    /* beyond the end of a mapped file */
	FAULT_OOM,
};
/* Makes va accessible for that access, if the areas allow it. No lock held. */
enum fault_result mm_fault(struct mm *mm, unsigned long va, unsigned access);
/*
 * The page at va of an address space that is being built, writable. NULL if memory is
 * exhausted or there is no mapping.
 */
void *mm_build_page(struct mm *mm, unsigned long va);

/* Leaf entry bits for a page of an area; writable only if `write`. */
u64 vma_pte_bits(const struct vma *vma, bool write);

/* -- for the audit: calls `use` for each use that the kernel itself has of a page --- */

/* inode.c: the contents and the lists of all inodes. */
void inode_uses(void (*use)(struct page *p));
/* fault.c: the zero page. */
void zero_page_uses(void (*use)(struct page *p));

/* -- user.c: access to the current process' memory ------------------------------ */

/* Returns false if a part of it is not accessible; some bytes may have been copied. */
bool copy_from_user(void *dst, unsigned long src, size_t n);
bool copy_to_user(unsigned long dst, const void *src, size_t n);
/*
 * Atomically: if the word is `old` it becomes `new`; *seen is its previous value. False:
 * no access.
 */
bool cmpxchg_user(unsigned long va, u32 old, u32 new, u32 *seen);
/*
 * Returns the length without the terminator, or -EFAULT, or -ENAMETOOLONG if it does not
 * fit into n.
 */
long copy_string_from_user(char *dst, unsigned long src, size_t n);

#endif
