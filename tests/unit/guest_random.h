/* SPDX-License-Identifier: MIT */
/*
 * The model of guest_random.c: what each process should see in its memory, and the random
 * choices. Memory shared between processes is an object. The contents of a file's page
 * before the first write to it are its original.
 */
#ifndef GUEST_RANDOM_H
#define GUEST_RANDOM_H

#include "guest_world.h"

#define CLUSTERS  4
#define PER_SIDE  6 /* pages before and after a border */
#define PAGES	  (CLUSTERS * 2 * PER_SIDE)
#define PROCESSES 5
#define OBJECTS	  64
#define AREAS	  6

/* The contents of a page, if it is mapped. */
struct view {
	bool mapped;
	unsigned access;
	int object;	/* shared memory: its number; -1: private */
	unsigned file;	/* private: number of the file that it comes from; 0: none */
	unsigned index; /* page of the object or file */
	u8 value;	/* private contents */
	u8 original;	/* the file's contents there */
};

static struct process {
	struct mm *mm;
	struct view page[PAGES];
} processes[PROCESSES];

static struct object {
	struct inode *inode; /* our own reference */
	u8 value[2 * PER_SIDE];
} objects[OBJECTS];
static int nr_objects;
static unsigned nr_files;

static struct area {
	void *p;
	unsigned pages;
	u8 value;
} areas[AREAS];

static struct process *running;
static u64 random_state;

static unsigned random_below(unsigned n)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)((random_state >> 33) % n);
}

/* Page 0 of a cluster is PER_SIDE pages before its border. */
static unsigned long address(unsigned page)
{
	static const unsigned long borders[CLUSTERS] = {0x600000, 1UL << 30, 3UL << 39, 0x900000};

	return borders[page / (2 * PER_SIDE)] +
	       ((unsigned long)(page % (2 * PER_SIDE)) << PAGE_SHIFT) - PER_SIDE * PAGE_SIZE;
}

/* A run of pages inside one cluster. */
static unsigned random_run(unsigned *n)
{
	unsigned at = random_below(2 * PER_SIDE);

	*n = 1 + random_below(2 * PER_SIDE - at);
	return random_below(CLUSTERS) * 2 * PER_SIDE + at;
}

static unsigned random_access(void)
{
	static const unsigned rw = VMA_READ | VMA_WRITE;
	const unsigned some[] = {0, VMA_READ, rw, rw, VMA_READ | VMA_EXEC, VMA_ACCESS};

	return some[random_below(ARRAY_SIZE(some))];
}

static u8 *contents(struct view *v)
{
	return v->object < 0 ? &v->value : &objects[v->object].value[v->index];
}

/* Whether these pages are all mapped and, for a program, one area. */
static bool one_piece(const struct view *page, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const struct view *v = &page[i], *w = &page[i + 1];

		if (!v->mapped)
			return false;
		if (i + 1 == n)
			break;
		if (!w->mapped || v->access != w->access || v->object != w->object ||
		    v->file != w->file || ((v->object >= 0 || v->file) && v->index + 1 != w->index))
			return false;
	}
	return true;
}

/* The step makes an allocation fail; for a call between arm() and disarm(). */
static bool fails;

static void arm(void)
{
	if (fails)
		world_fail_allocation(random_below(6), random_below(2));
}

static void disarm(void)
{
	world_fail_none();
}

static void run(struct process *p)
{
	running = p;
	world_run(p->mm);
}

/* Page i of an area of the kernel, at an address that the test can access. */
static u8 *area_page(const struct area *a, unsigned i)
{
	pte_t *ptep = pgtable_lookup(&kernel_pgtable, (unsigned long)a->p + i * PAGE_SIZE);

	CHECK(ptep && pte_present(*ptep));
	return page_to_virt(pte_page(*ptep));
}

/* -- digests: what is mapped, without touching it ------------------------------------- */

static u64 digest;

static void mix(u64 value)
{
	digest = (digest ^ value) * 0x100000001b3u;
	digest ^= digest >> 29;
}

static const struct page *met[PROCESSES * PAGES];
static unsigned nr_met;

/* A number for a page that does not depend on its address: pages are numbered as they are found. */
static u64 page_number(const struct page *p)
{
	unsigned i = 0;

	while (i < nr_met && met[i] != p)
		i++;
	if (i == nr_met)
		met[nr_met++] = p;
	return i;
}

#endif
