// SPDX-License-Identifier: MIT
/*
 * /dev/vmalloc: a process drives the kernel's vmalloc, one operation a write(). The kernel
 * does exactly what is asked. The workload chooses the operations and their order, so that
 * a sample contains only the work of its case.
 *
 * The areas that a file keeps are chained through their own first words, and their other
 * pages hold their own addresses. So if two addresses map one page, or an address maps
 * another area's page, this is found when the areas are freed.
 */
#include "mm/vmalloc.h"

#include "abi/vmalloc.h"
#include "lib/bug.h"
#include "lib/errno.h"
#include "mm/mm.h"
#include "sys/file.h"

struct held {
	struct held *next;
	unsigned long pages;
	unsigned long self;
};

/* One word of each page except the first. */
static unsigned long *mark(void *area, unsigned long page)
{
	return (unsigned long *)((char *)area + page * PAGE_SIZE);
}

static void *area_new(unsigned long pages)
{
	void *p = vmalloc(pages * PAGE_SIZE);

	for (unsigned long i = 1; p && i < pages; i++)
		*mark(p, i) = (unsigned long)mark(p, i);
	if (p)
		*(struct held *)p = (struct held){.pages = pages, .self = (unsigned long)p};
	return p;
}

static bool area_free(void *p)
{
	unsigned long pages = ((struct held *)p)->pages;
	bool good = ((struct held *)p)->self == (unsigned long)p;

	for (unsigned long i = 1; good && i < pages; i++)
		good = *mark(p, i) == (unsigned long)mark(p, i);
	vfree(p);
	return good;
}

static long cycle(const struct pvmmu_vmalloc *c)
{
	void *one = area_new(c->pages[0]), *two = NULL;
	long rc = 0;

	if (!one)
		return -ENOMEM;
	if (c->pages[1]) {
		two = area_new(c->pages[1]);
		if (!two)
			rc = -ENOMEM;
	}
	if (!area_free(one) || (two && !area_free(two)))
		rc = -EIO;
	return rc;
}

static long hold(struct file *f, const struct pvmmu_vmalloc *c)
{
	for (unsigned i = 0; i < c->pages[1]; i++) {
		struct held *h = area_new(c->pages[0]);

		if (!h)
			return -ENOMEM;
		h->next = f->data;
		f->data = h;
	}
	return 0;
}

static long thin(struct file *f)
{
	long rc = 0;

	for (struct held *h = f->data; h && h->next; h = h->next) {
		struct held *gone = h->next;

		h->next = gone->next;
		if (!area_free(gone))
			rc = -EIO;
	}
	return rc;
}

static long vmalloc_write(struct file *f, unsigned long buf, size_t n)
{
	static spinlock_t lock; /* several processes may share a file */
	struct pvmmu_vmalloc c;
	long rc = -EINVAL;

	if (n != sizeof(c))
		return -EINVAL;
	if (!copy_from_user(&c, buf, n))
		return -EFAULT;
	if (c.op == PVMMU_VMALLOC_CYCLE || c.op == PVMMU_VMALLOC_HOLD)
		if (!c.pages[0] || c.pages[0] > PVMMU_VMALLOC_MAX_PAGES ||
		    c.pages[1] > PVMMU_VMALLOC_MAX_PAGES)
			return -EINVAL;
	switch (c.op) {
	case PVMMU_VMALLOC_CYCLE: rc = cycle(&c); break;
	case PVMMU_VMALLOC_HOLD:
	case PVMMU_VMALLOC_THIN:
		spin_lock(&lock);
		rc = c.op == PVMMU_VMALLOC_HOLD ? hold(f, &c) : thin(f);
		spin_unlock(&lock);
		break;
	}
	return rc ? rc : (long)n;
}

static void vmalloc_release(struct file *f)
{
	while (f->data) {
		struct held *h = f->data;

		f->data = h->next;
		BUG_ON(!area_free(h)); /* there is no caller to tell */
	}
	vmalloc_purge();
}

static const struct file_ops vmalloc_ops = {.write = vmalloc_write, .release = vmalloc_release};
static const struct device vmalloc_device = {"/dev/vmalloc", &vmalloc_ops};
DEVICE(vmalloc_device);
