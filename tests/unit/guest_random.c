// SPDX-License-Identifier: MIT
/*
 * Random lives: a handful of processes map, unmap, protect, fork, touch and end,
 * and a model of what each should see, a few lines of arrays, is right or wrong
 * about every byte and every refusal. Four clusters of pages lie across the borders
 * of tables of each level, so that joining and leaving tables is tried as well.
 */
#include "guest_world.h"

#define CLUSTERS  4
#define PER_SIDE  6 /* pages before and after a border */
#define PAGES	  (CLUSTERS * 2 * PER_SIDE)
#define PROCESSES 5
#define OBJECTS	  64

/* What a page shows, if it is mapped. */
struct view {
	bool mapped;
	unsigned access;
	int object;	/* shared memory: which; -1: private */
	unsigned index; /* page of the object */
	u8 value;	/* private contents */
};

static struct process {
	struct mm *mm;
	struct view page[PAGES];
} processes[PROCESSES];

static struct object {
	struct inode *inode; /* our own use of it */
	u8 value[2 * PER_SIDE];
} objects[OBJECTS];
static int nr_objects;

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
	static const unsigned some[] = {0,
					VMA_READ,
					VMA_READ | VMA_WRITE,
					VMA_READ | VMA_WRITE,
					VMA_READ | VMA_EXEC,
					VMA_ACCESS};

	return some[random_below(ARRAY_SIZE(some))];
}

static u8 *contents(struct view *v)
{
	return v->object < 0 ? &v->value : &objects[v->object].value[v->index];
}

static void run(struct process *p)
{
	running = p;
	world_run(p->mm);
}

/* -- one step each ---------------------------------------------------------------------- */

static void touch(unsigned page)
{
	static const unsigned needs[] = {
		[CPU_READ] = VMA_READ, [CPU_WRITE] = VMA_WRITE, [CPU_EXEC] = VMA_EXEC};
	struct view *v = &running->page[page];
	enum cpu_access access = random_below(3);
	unsigned long va = address(page) + 8 * random_below(2);
	u8 byte = (u8)random_below(256);
	bool may = v->mapped && (v->access & needs[access]);

	if (cpu_touch(va, access, &byte) != may)
		world_failed(__FILE__, __LINE__, "access %u to %lx: should be %s", access, va,
			     may ? "fine" : "refused");
	if (!may)
		return;
	/* Both bytes that are looked at have the value. */
	if (access == CPU_WRITE) {
		CHECK(cpu_touch(va ^ 8, CPU_WRITE, &byte));
		*contents(v) = byte;
	} else {
		CHECK_EQ(byte, *contents(v));
	}
}

static void map(void)
{
	unsigned n, first = random_run(&n), access = random_access();
	int object = -1;
	struct inode *inode = NULL;
	unsigned shift = 0;

	if (nr_objects < OBJECTS && !random_below(3)) {
		object = nr_objects++;
		shift = random_below(2 * PER_SIDE - n + 1);
		inode = inode_new(NULL, 2 * PER_SIDE * PAGE_SIZE, true);
		objects[object].inode = inode;
	} else if (nr_objects && !random_below(3)) {
		/* What somebody else may have mapped, somewhere else. */
		object = (int)random_below((unsigned)nr_objects);
		shift = random_below(2 * PER_SIDE - n + 1);
		inode = objects[object].inode;
	}
	CHECK_EQ(mm_map(running->mm, address(first), n * PAGE_SIZE,
			access | (inode ? VMA_SHARED : 0), inode, shift, true),
		 address(first));
	for (unsigned i = 0; i < n; i++)
		running->page[first + i] = (struct view){true, access, object, shift + i, 0};
}

/* A file, privately: its contents show until they are written over. */
static void map_file(void)
{
	unsigned n, first = random_run(&n), access = random_access();
	struct inode *file = inode_new(NULL, n * PAGE_SIZE, false);

	CHECK_EQ(mm_map(running->mm, address(first), n * PAGE_SIZE, access, file, 0, true),
		 address(first));
	for (unsigned i = 0; i < n; i++) {
		u8 value = (u8)random_below(256);

		CHECK(inode_fill(file, i * PAGE_SIZE, &value, 1));
		CHECK(inode_fill(file, i * PAGE_SIZE + 8, &value, 1));
		running->page[first + i] = (struct view){true, access, -1, 0, value};
	}
	inode_put(file);
}

static void unmap(void)
{
	unsigned n, first = random_run(&n);

	CHECK_EQ(mm_unmap(running->mm, address(first), n * PAGE_SIZE), 0);
	for (unsigned i = 0; i < n; i++)
		running->page[first + i].mapped = false;
}

static void protect(void)
{
	unsigned n, first = random_run(&n), access = random_access();
	bool whole = true;

	for (unsigned i = 0; i < n; i++)
		whole &= running->page[first + i].mapped;
	CHECK_EQ(!mm_protect(running->mm, address(first), n * PAGE_SIZE, access), whole);
	for (unsigned i = 0; whole && i < n; i++)
		running->page[first + i].access = access;
}

static void fork_one(void)
{
	struct process *p = processes;

	while (p < processes + PROCESSES && p->mm)
		p++;
	if (p == processes + PROCESSES)
		return;
	memcpy(p->page, running->page, sizeof(p->page));
	p->mm = mm_fork(running->mm);
	CHECK(p->mm);
}

static struct process *random_process(void)
{
	struct process *p;

	do
		p = &processes[random_below(PROCESSES)];
	while (!p->mm);
	return p;
}

static void end_one(void)
{
	struct process *p = random_process(), *other;

	for (other = processes; other == p || !other->mm; other++)
		if (other == processes + PROCESSES - 1)
			return; /* the last one stays */
	if (p == running) {
		/* Like a process that ends: first off its tables, by whatever comes. */
		world_mm = NULL;
		mm_put(p->mm);
		p->mm = NULL;
		run(random_process());
		return;
	}
	mm_put(p->mm);
	p->mm = NULL;
}

/* Fork that finds no memory at its n-th allocation must have no effect that can be seen. */
static void failing_fork(void)
{
	struct mm *mm;

	world_fail_allocation(random_below(12), random_below(2));
	mm = mm_fork(running->mm);
	world_fail_none();
	if (mm)
		mm_put(mm);
}

static void step(void)
{
	unsigned what = random_below(100);

	if (what < 50)
		touch(random_below(PAGES));
	else if (what < 62)
		map();
	else if (what < 66)
		map_file();
	else if (what < 72)
		unmap();
	else if (what < 82)
		protect();
	else if (what < 87)
		fork_one();
	else if (what < 90)
		end_one();
	else if (what < 93)
		failing_fork();
	else
		run(random_process());
}

static void life(void *arg)
{
	struct stock before = world_stock();

	/* Shown if this child fails. */
	fprintf(stderr, "seed %lu\n", (unsigned long)arg);
	random_state = (u64)(unsigned long)arg * 0x9e3779b97f4a7c15u;
	processes[0].mm = mm_alloc();
	pgtable_publish(&processes[0].mm->pt);
	run(&processes[0]);
	for (int i = 0; i < 600; i++) {
		step();
		if (!(i % 16))
			world_audit();
	}
	/* A last look at everything, then the end of everything. */
	for (struct process *p = processes; p < processes + PROCESSES; p++) {
		if (!p->mm)
			continue;
		run(p);
		for (unsigned page = 0; page < PAGES; page++)
			touch(page);
		world_audit();
		world_mm = NULL;
		mm_put(p->mm);
	}
	for (int i = 0; i < nr_objects; i++)
		inode_put(objects[i].inode);
	world_check_stock(before);
	world_audit();
}

static void test_lives(void **state)
{
	const char *seeds = getenv("SEEDS"); /* for a long look: SEEDS=2000 */
	unsigned long n = seeds ? strtoul(seeds, NULL, 10) : 60;

	(void)state;
	for (unsigned long seed = 1; seed <= n; seed++)
		world_expect_ok(life, (void *)seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_lives)};

	world_boot_small();
	return WORLD_RUN(tests);
}
