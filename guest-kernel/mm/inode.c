// SPDX-License-Identifier: MIT
#include "mm/inode.h"

#include "lib/errno.h"
#include "lib/string.h"

static struct list_head named = LIST_INIT(named); /* filled at boot, then only read */
static struct list_head unnamed = LIST_INIT(unnamed);
static spinlock_t unnamed_lock;

struct inode *inode_new(const char *name, size_t size, bool writable)
{
	struct inode *i;
	struct page *map;

	if (size > INODE_MAX_PAGES * PAGE_SIZE)
		return NULL;
	i = kzalloc(sizeof(*i));
	map = page_alloc_zeroed();
	if (!i || !map) {
		if (map)
			page_put(map);
		kfree(i);
		return NULL;
	}
	i->refs = 1;
	i->size = size;
	i->writable = writable;
	i->pages = page_to_virt(map);
	if (name) {
		copy_string(i->name, name, sizeof(i->name));
		list_add_tail(&i->link, &named);
	} else {
		spin_lock(&unnamed_lock);
		list_add_tail(&i->link, &unnamed);
		spin_unlock(&unnamed_lock);
	}
	return i;
}

long inode_open(const char *path, struct inode **inode)
{
	struct inode *i;

	list_for_each_entry (i, &named, link) {
		if (!strcmp(i->name, path)) {
			inode_get(i);
			*inode = i;
			return 0;
		}
	}
	return -ENOENT;
}

unsigned long inode_page_uses(void)
{
	unsigned long uses = 0;
	struct inode *i;

	list_for_each_entry (i, &named, link)
		for (unsigned long n = 0; n < INODE_MAX_PAGES; n++)
			if (i->pages[n])
				uses += i->pages[n]->refs;
	return uses;
}

static void list_uses(struct list_head *inodes, void (*use)(struct page *p))
{
	struct inode *i;

	list_for_each_entry (i, inodes, link) {
		use(virt_to_page(i->pages));
		for (unsigned long n = 0; n < INODE_MAX_PAGES; n++)
			if (i->pages[n])
				use(i->pages[n]);
	}
}

void inode_uses(void (*use)(struct page *p))
{
	list_uses(&named, use);
	list_uses(&unnamed, use);
}

void inode_get(struct inode *inode)
{
	__atomic_add_fetch(&inode->refs, 1, __ATOMIC_RELAXED);
}

void inode_put(struct inode *inode)
{
	if (__atomic_sub_fetch(&inode->refs, 1, __ATOMIC_ACQ_REL))
		return;
	spin_lock(&unnamed_lock);
	list_del(&inode->link);
	spin_unlock(&unnamed_lock);
	for (unsigned long n = 0; n < INODE_MAX_PAGES; n++)
		if (inode->pages[n])
			page_put(inode->pages[n]);
	page_put(virt_to_page(inode->pages));
	kfree(inode);
}

/* The page, made if it is missing. NULL: no memory. */
static struct page *page_at(struct inode *i, unsigned long index)
{
	struct page *p;

	spin_lock(&i->lock);
	p = i->pages[index];
	if (!p)
		p = i->pages[index] = page_alloc_zeroed();
	spin_unlock(&i->lock);
	return p;
}

enum fault_result inode_page(struct inode *i, unsigned long index, struct page **page)
{
	if (index >= ALIGN_UP(i->size, PAGE_SIZE) >> PAGE_SHIFT)
		return FAULT_BUS;
	*page = page_at(i, index);
	return *page ? FAULT_OK : FAULT_OOM;
}

bool inode_fill(struct inode *i, size_t at, const void *data, size_t n)
{
	while (n) {
		size_t offset = at & ~PAGE_MASK, part = min_ul(n, PAGE_SIZE - offset);
		struct page *p = page_at(i, at >> PAGE_SHIFT);

		if (!p)
			return false;
		memcpy((char *)page_to_virt(p) + offset, data, part);
		at += part;
		data = (const char *)data + part;
		n -= part;
	}
	return true;
}

size_t inode_read(struct inode *i, void *dst, size_t at, size_t n)
{
	size_t done = 0;

	if (at >= i->size)
		return 0;
	n = min_ul(n, i->size - at);
	while (done < n) {
		size_t offset = (at + done) & ~PAGE_MASK;
		size_t part = min_ul(n - done, PAGE_SIZE - offset);
		struct page *p = page_at(i, (at + done) >> PAGE_SHIFT);

		if (!p)
			break;
		memcpy((char *)dst + done, (char *)page_to_virt(p) + offset, part);
		done += part;
	}
	return done;
}
