// SPDX-License-Identifier: MIT
/*
 * Small objects: pages cut into equal pieces of a power of two. The free pieces of a page
 * are chained inside it by offset. The page's struct counts the used ones. A page without
 * any goes back to the page allocator at once, so that "all freed" shows in the count of
 * free pages.
 */
#include "lib/bug.h"
#include "lib/string.h"
#include "mm/alloc.h"

#define MIN_SHIFT 5
#define CLASSES	  7 /* 32 .. 2048 */

static struct slab_class {
	spinlock_t lock;
	struct list_head partial; /* pages with a free piece */
} classes[CLASSES];

/*
 * Offsets are stored as (offset / 32) + 1, so that 0 can mean "none" although the first
 * piece is at offset 0.
 */
static u16 *piece_next(struct page *p, u16 ref)
{
	return (u16 *)((char *)page_to_virt(p) + ((ref - 1) << MIN_SHIFT));
}

static struct page *slab_new(unsigned class)
{
	struct page *p = page_alloc();
	unsigned step = 1u << class; /* piece size in units of 32 bytes */
	u16 ref = 0;

	if (!p)
		return NULL;
	for (unsigned at = PAGE_SIZE >> MIN_SHIFT; at >= step; at -= step) {
		u16 this = (u16)(at - step + 1);

		*piece_next(p, this) = ref;
		ref = this;
	}
	p->flags = PAGE_SLAB;
	p->slab_class = (u8) class;
	p->slab_free = ref;
	p->slab_used = 0;
	list_add(&p->link, &classes[class].partial);
	return p;
}

void *kmalloc(size_t n)
{
	struct slab_class *c;
	unsigned class = 0;
	struct page *p;
	void *piece = NULL;

	BUG_ON(n > KMALLOC_MAX);
	while (n > (1UL << (MIN_SHIFT + class)))
		class ++;
	c = &classes[class];
	spin_lock(&c->lock);
	if (!c->partial.next)
		list_init(&c->partial);
	p = list_empty(&c->partial) ? slab_new(class) : list_first(&c->partial, struct page, link);
	if (p) {
		piece = piece_next(p, p->slab_free);
		p->slab_free = *(u16 *)piece;
		p->slab_used++;
		if (!p->slab_free)
			list_del(&p->link);
	}
	spin_unlock(&c->lock);
	return piece;
}

void *kzalloc(size_t n)
{
	void *p = kmalloc(n);

	return p ? memset(p, 0, n) : NULL;
}

void kfree(void *piece)
{
	struct slab_class *c;
	struct page *p;

	if (!piece)
		return;
	p = virt_to_page(piece);
	BUG_ON(!(p->flags & PAGE_SLAB));
	c = &classes[p->slab_class];
	spin_lock(&c->lock);
	if (!p->slab_free)
		list_add(&p->link, &c->partial);
	*(u16 *)piece = p->slab_free;
	p->slab_free = (u16)((((unsigned long)piece & ~PAGE_MASK) >> MIN_SHIFT) + 1);
	if (--p->slab_used == 0) {
		list_del(&p->link);
		p->flags = 0;
		page_put(p);
	}
	spin_unlock(&c->lock);
}
