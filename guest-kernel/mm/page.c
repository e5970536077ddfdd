// SPDX-License-Identifier: MIT
/*
 * The page allocator: a buddy system for blocks of 2^n pages, and in front of it a stack
 * of single pages per CPU, since nearly all requests are for one page, and they are the
 * hot path of every fault. The stack needs no lock, because the kernel is not interrupted.
 */
#include "arch/x86/platform.h"
#include "lib/bug.h"
#include "lib/string.h"
#include "mm/alloc.h"
#include "mmu/pgtable.h"

#define CACHE_BATCH   32 /* moved at a time between a CPU's stack and the buddies */
#define SHUFFLE_ORDER 5	 /* size of a shuffled chunk: large enough for every pages_alloc() */
#define CACHE_LIMIT   (3 * CACHE_BATCH)

struct page *mem_map;
const struct page *high_map;

static unsigned long max_pfn;
static spinlock_t buddy_lock;
static struct list_head free_blocks[MAX_ORDER + 1];
static unsigned long buddy_pages;
static unsigned long reserve; /* pages for emergencies; see page_reserve() */

static struct page_cache {
	struct page *top; /* chained through link.next */
	unsigned n;
} caches[NR_CPUS];

/* High pages: only pte pages, so few requests. */
static spinlock_t high_lock;
static struct page_cache high;

void page_init(unsigned long nr_pages)
{
	size_t bytes = nr_pages * sizeof(struct page);
	struct page *map = early_alloc(ALIGN_UP(bytes, PAGE_SIZE) >> PAGE_SHIFT);

	for (unsigned i = 0; i <= MAX_ORDER; i++)
		list_init(&free_blocks[i]);
	for (unsigned long i = 0; i < nr_pages; i++) {
		map[i].flags = PAGE_RESERVED;
		map[i].refs = 1;
	}
	max_pfn = nr_pages;
	mem_map = map;
	high_map = &map[high_start.v];
}

static void buddy_free(struct page *p, unsigned order)
{
	unsigned long pfn = page_to_pfn(p).v;

	buddy_pages += 1UL << order;
	for (; order < MAX_ORDER; order++) {
		unsigned long other = pfn ^ (1UL << order);
		struct page *b = &mem_map[other];

		if (other >= max_pfn || !(b->flags & PAGE_FREE) || b->order != order)
			break;
		list_del(&b->link);
		b->flags = 0;
		pfn &= ~(1UL << order);
	}
	p = &mem_map[pfn];
	p->flags = PAGE_FREE;
	p->order = (u8)order;
	list_add(&p->link, &free_blocks[order]);
}

static struct page *buddy_alloc(unsigned order)
{
	unsigned o = order;
	struct page *p;

	while (o <= MAX_ORDER && list_empty(&free_blocks[o]))
		o++;
	if (o > MAX_ORDER)
		return NULL;
	p = list_first(&free_blocks[o], struct page, link);
	list_del(&p->link);
	p->flags = 0;
	while (o > order) {
		struct page *half = p + (1UL << --o);

		half->flags = PAGE_FREE;
		half->order = (u8)o;
		list_add(&half->link, &free_blocks[o]);
	}
	buddy_pages -= 1UL << order;
	return p;
}

void pages_release(pfn_t first, pfn_t end)
{
	for (unsigned long pfn = first.v; pfn < end.v; pfn++) {
		struct page *p = &mem_map[pfn];

		BUG_ON(p->flags != PAGE_RESERVED);
		p->refs = 0;
		p->flags = 0;
		if (page_is_high(p))
			page_free(p);
		else
			pages_free(p, 0);
	}
}

void page_reserve(unsigned long pages)
{
	reserve = pages;
}

/* Buddies locked: how many pages this CPU may take. */
static unsigned long spare(void)
{
	unsigned long kept = this_cpu()->emergency ? 0 : reserve;

	return buddy_pages > kept ? buddy_pages - kept : 0;
}

struct page *pages_alloc(unsigned order)
{
	struct page *p;

	spin_lock(&buddy_lock);
	p = spare() >= 1UL << order ? buddy_alloc(order) : NULL;
	spin_unlock(&buddy_lock);
	return p;
}

void pages_free(struct page *p, unsigned order)
{
	spin_lock(&buddy_lock);
	buddy_free(p, order);
	spin_unlock(&buddy_lock);
}

static void cache_push(struct page_cache *c, struct page *p)
{
	p->link.next = c->top ? &c->top->link : NULL;
	c->top = p;
	c->n++;
}

static struct page *cache_pop(struct page_cache *c)
{
	struct page *p = c->top;

	c->top = p->link.next ? list_entry(p->link.next, struct page, link) : NULL;
	c->n--;
	return p;
}

static bool cache_fill(struct page_cache *c)
{
	unsigned long batch;

	spin_lock(&buddy_lock);
	batch = min_ul(spare(), CACHE_BATCH);
	/*
	 * Take no more of the reserve than needed, because any task may take pages from the stack.
	 */
	if (unlikely(buddy_pages < reserve + CACHE_BATCH))
		batch = min_ul(batch, 1);
	while (batch--)
		cache_push(c, buddy_alloc(0));
	spin_unlock(&buddy_lock);
	return c->top;
}

static void cache_drain(struct page_cache *c)
{
	spin_lock(&buddy_lock);
	for (unsigned i = 0; i < CACHE_BATCH; i++)
		buddy_free(cache_pop(c), 0);
	spin_unlock(&buddy_lock);
}

struct page *page_alloc(void)
{
	struct page_cache *c = &caches[this_cpu()->id];
	struct page *p;

	if (unlikely(!c->top) && !cache_fill(c))
		return NULL;
	p = cache_pop(c);
	p->refs = 1;
	return p;
}

struct page *page_alloc_zeroed(void)
{
	struct page *p = page_alloc();

	if (p)
		memset(page_to_virt(p), 0, PAGE_SIZE);
	return p;
}

struct page *page_alloc_high(void)
{
	struct page *p = NULL;

	spin_lock(&high_lock);
	if (high.top) {
		p = cache_pop(&high);
		p->refs = 1;
	}
	spin_unlock(&high_lock);
	return p;
}

void page_free(struct page *p)
{
	struct page_cache *c = &caches[this_cpu()->id];

	/* A table that is still read-only, or a slab, must not be freed. */
	BUG_ON(p->flags);
	if (page_is_high(p)) {
		spin_lock(&high_lock);
		cache_push(&high, p);
		spin_unlock(&high_lock);
		return;
	}
	__atomic_store_n(&p->anon_lineage, 0, __ATOMIC_RELAXED);
	cache_push(c, p);
	if (unlikely(c->n > CACHE_LIMIT))
		cache_drain(c);
}

#define HEAPS 16

/* Cuts a free block, which is on no list, into chunks and puts each on one of the heaps. */
static void scatter(struct page *block, unsigned order, struct list_head *heaps, u64 *random)
{
	block->flags = 0;
	for (unsigned long n = 0; n < 1UL << order; n += 1UL << SHUFFLE_ORDER) {
		struct page *p = block + n;

		p->flags = PAGE_FREE;
		p->order = SHUFFLE_ORDER;
		*random = *random * 6364136223846793005u + 1442695040888963407u;
		list_add(&p->link, &heaps[*random >> 60]);
	}
}

void page_shuffle(u64 seed)
{
	struct page_cache *c = &caches[this_cpu()->id];
	struct list_head heaps[HEAPS];

	for (unsigned i = 0; i < HEAPS; i++)
		list_init(&heaps[i]);
	spin_lock(&buddy_lock);
	while (c->n)
		buddy_free(cache_pop(c), 0);
	for (unsigned order = SHUFFLE_ORDER; order <= MAX_ORDER; order++) {
		struct list_head *blocks = &free_blocks[order];

		while (!list_empty(blocks)) {
			struct page *p = list_first(blocks, struct page, link);

			list_del(&p->link);
			scatter(p, order, heaps, &seed);
		}
	}
	for (unsigned i = 0; i < HEAPS; i++) {
		while (!list_empty(&heaps[i])) {
			struct list_head *p = heaps[i].next;

			list_del(p);
			list_add_tail(p, &free_blocks[SHUFFLE_ORDER]);
		}
	}
	spin_unlock(&buddy_lock);
}

unsigned long pages_free_count(void)
{
	unsigned long n;

	spin_lock(&buddy_lock);
	n = buddy_pages + high.n;
	spin_unlock(&buddy_lock);
	for (unsigned i = 0; i < NR_CPUS; i++)
		n += caches[i].n;
	return n;
}
