// SPDX-License-Identifier: MIT
#include "mm/inode.h"

#include "lib/string.h"

#define TABLE_BITS  9
#define TABLE_SLOTS (1u << TABLE_BITS)

static struct list_head inodes = LIST_INIT(inodes);
static spinlock_t inodes_lock;

void inode_init(struct inode *i, size_t size, bool writable)
{
	i->refs = 1;
	i->size = size;
	i->writable = writable;
	spin_lock(&inodes_lock);
	list_add_tail(&i->link, &inodes);
	spin_unlock(&inodes_lock);
}

struct inode *inode_new(size_t size, bool writable)
{
	struct inode *i = size <= INODE_MAX_SIZE ? kzalloc(sizeof(*i)) : NULL;

	if (i)
		inode_init(i, size, writable);
	return i;
}

void inode_get(struct inode *inode)
{
	__atomic_add_fetch(&inode->refs, 1, __ATOMIC_RELAXED);
}

/* -- the tree: locked, or not shared ------------------------------------------------ */

/* Called for each page and, with `tables`, for each table. */
struct visit {
	void (*page)(struct page *p, struct visit *v);
	bool tables;
	unsigned long n;
	void (*use)(struct page *p);
};

static void visit_below(void *node, unsigned height, struct visit *v)
{
	void **slots = node;

	if (!node)
		return;
	if (!height) {
		v->page(node, v);
		return;
	}
	for (unsigned k = 0; k < TABLE_SLOTS; k++)
		visit_below(slots[k], height - 1, v);
	if (v->tables)
		v->page(virt_to_page(node), v);
}

static void *new_table(void)
{
	struct page *p = page_alloc_zeroed();

	return p ? page_to_virt(p) : NULL;
}

/* Address of the page's pointer. NULL: not there, or with `make` no memory. */
static void **find_slot(struct inode *i, unsigned long index, bool make)
{
	void **slot;

	while (index >> (TABLE_BITS * i->height)) {
		void **table = make ? new_table() : NULL;

		if (!table)
			return NULL;
		table[0] = i->root;
		i->root = table;
		i->height++;
	}
	slot = &i->root;
	for (unsigned h = i->height; h--;) {
		if (!*slot && make)
			*slot = new_table();
		if (!*slot)
			return NULL;
		slot = (void **)*slot + (index >> (TABLE_BITS * h) & (TABLE_SLOTS - 1));
	}
	return slot;
}

/* Drops all pages from index `first` of this part on, and the part itself if it becomes empty. */
static void trim(void **slot, unsigned height, unsigned long first)
{
	void **table = *slot;

	if (!table)
		return;
	for (unsigned long k = 0, span = height ? 1UL << (TABLE_BITS * (height - 1)) : 0;
	     height && k < TABLE_SLOTS; k++)
		if (first < (k + 1) * span)
			trim(&table[k], height - 1, first > k * span ? first - k * span : 0);
	if (first)
		return;
	page_put(height ? virt_to_page(table) : (struct page *)*slot);
	*slot = NULL;
}

void inode_put(struct inode *inode)
{
	if (__atomic_sub_fetch(&inode->refs, 1, __ATOMIC_ACQ_REL))
		return;
	spin_lock(&inodes_lock);
	list_del(&inode->link);
	spin_unlock(&inodes_lock);
	trim(&inode->root, inode->height, 0);
	if (inode->release)
		inode->release(inode);
	else
		kfree(inode);
}

/* -- contents ---------------------------------------------------------------------- */

/* Locked. */
static struct page *page_at(struct inode *i, unsigned long index, bool make)
{
	void **slot = find_slot(i, index, make);

	if (!slot)
		return NULL;
	if (!*slot && make)
		*slot = page_alloc_zeroed();
	if (*slot)
		page_get(*slot);
	return *slot;
}

struct page *inode_get_page(struct inode *i, unsigned long index, bool make)
{
	struct page *p;

	spin_lock(&i->lock);
	p = page_at(i, index, make);
	spin_unlock(&i->lock);
	return p;
}

enum fault_result inode_page(struct inode *i, unsigned long index, struct page **page)
{
	bool inside;

	spin_lock(&i->lock);
	inside = index < ALIGN_UP(i->size, PAGE_SIZE) >> PAGE_SHIFT;
	*page = inside ? page_at(i, index, true) : NULL;
	spin_unlock(&i->lock);
	return *page ? FAULT_OK : inside ? FAULT_OOM : FAULT_BUS;
}

bool inode_fill(struct inode *i, size_t at, const void *data, size_t n)
{
	while (n) {
		size_t offset = at & ~PAGE_MASK, part = min_ul(n, PAGE_SIZE - offset);
		struct page *p = inode_get_page(i, at >> PAGE_SHIFT, true);

		if (!p)
			return false;
		memcpy((char *)page_to_virt(p) + offset, data, part);
		page_put(p);
		at += part;
		data = (const char *)data + part;
		n -= part;
	}
	return true;
}

size_t inode_read(struct inode *i, void *dst, size_t at, size_t n)
{
	size_t done = 0, size = __atomic_load_n(&i->size, __ATOMIC_RELAXED);

	if (at >= size)
		return 0;
	n = min_ul(n, size - at);
	while (done < n) {
		size_t offset = (at + done) & ~PAGE_MASK;
		size_t part = min_ul(n - done, PAGE_SIZE - offset);
		struct page *p = inode_get_page(i, (at + done) >> PAGE_SHIFT, false);

		if (p) {
			memcpy((char *)dst + done, (char *)page_to_virt(p) + offset, part);
			page_put(p);
		} else {
			memset((char *)dst + done, 0, part);
		}
		done += part;
	}
	return done;
}

void inode_resize(struct inode *i, size_t size)
{
	size_t offset = size & ~PAGE_MASK;
	struct page *tail = NULL;

	spin_lock(&i->lock);
	if (size < i->size) {
		trim(&i->root, i->height, ALIGN_UP(size, PAGE_SIZE) >> PAGE_SHIFT);
		if (offset)
			tail = page_at(i, size >> PAGE_SHIFT, false);
	}
	i->size = size;
	if (tail) {
		memset((char *)page_to_virt(tail) + offset, 0, PAGE_SIZE - offset);
		page_put(tail);
	}
	spin_unlock(&i->lock);
}

void inode_grow(struct inode *i, size_t size)
{
	spin_lock(&i->lock);
	if (i->size < size)
		i->size = size;
	spin_unlock(&i->lock);
}

/* -- uses of pages ------------------------------------------------------------------ */

static void visit_all(struct visit *v)
{
	struct inode *i;

	spin_lock(&inodes_lock);
	list_for_each_entry (i, &inodes, link)
		visit_below(i->root, i->height, v);
	spin_unlock(&inodes_lock);
}

static void count_one(struct page *p, struct visit *v)
{
	(void)p;
	v->n++;
}

unsigned long inode_pages(struct inode *i)
{
	struct visit v = {.page = count_one};

	spin_lock(&i->lock);
	visit_below(i->root, i->height, &v);
	spin_unlock(&i->lock);
	return v.n;
}

static void count_uses(struct page *p, struct visit *v)
{
	v->n += p->refs;
}

unsigned long inode_page_uses(void)
{
	struct visit v = {.page = count_uses};

	visit_all(&v);
	return v.n;
}

static void report_use(struct page *p, struct visit *v)
{
	v->use(p);
}

void inode_uses(void (*use)(struct page *p))
{
	struct visit v = {.page = report_use, .tables = true, .use = use};

	visit_all(&v);
}
