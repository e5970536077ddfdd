// SPDX-License-Identifier: MIT
/*
 * Random lives: a handful of processes map, unmap, protect, move, discard, touch, fork,
 * exec and end, while the kernel allocates and frees areas of its own; sometimes an
 * allocation fails. A model of a few arrays predicts every byte that each process should
 * see, and every refusal. Four clusters of pages lie across the borders of tables of each
 * level, so that tables join and leave as well.
 *
 * No event depends on the policy, so one seed gives the same life under each policy. From
 * time to time the test prints a digest of all mappings: which pages are present, with
 * which access and contents, and which entries map the same page, which the model does not
 * know. tests/cli/replay.t requires that the digests are equal under all policies.
 */
#include "guest_random.h"

#include "lib/errno.h"

/* -- one step each ---------------------------------------------------------------------- */

static void touch(unsigned page)
{
	static const unsigned needs[] = {
		[CPU_READ] = VMA_READ, [CPU_WRITE] = VMA_WRITE, [CPU_EXEC] = VMA_EXEC};
	struct view *v = &running->page[page];
	enum cpu_access access = random_below(3);
	unsigned long va = address(page) + 8 * random_below(2);
	u8 byte = (u8)random_below(256);
	bool may = v->mapped && (v->access & needs[access]), did;

	arm();
	did = cpu_touch(va, access, &byte);
	disarm();
	if (fails && !did && world_kill_oom)
		return;
	if (did != may)
		world_failed(__FILE__, __LINE__, "access %u to %lx: should be %s", access, va,
			     may ? "fine" : "refused");
	if (!may)
		return;
	/* Both checked bytes have the value. */
	if (access == CPU_WRITE) {
		CHECK(cpu_touch(va ^ 8, CPU_WRITE, &byte));
		*contents(v) = byte;
	} else {
		CHECK_EQ(byte, *contents(v));
	}
}

/*
 * mm_map() at a given place, in the model too. Without memory it either has no effect, or
 * the old mapping is gone.
 */
static void map_views(struct mm *mm, struct view *page, unsigned first, unsigned n, unsigned flags,
		      struct inode *inode, struct view is)
{
	bool any = false;
	long rc;

	arm();
	rc = mm_map(mm, address(first), n * PAGE_SIZE, flags, inode, is.index, true);
	disarm();
	CHECK(rc == (long)address(first) || (fails && rc == -ENOMEM));
	for (unsigned i = first; i < first + n; i++)
		any |= vma_find(mm, address(i)) != NULL;
	for (unsigned i = first; i < first + n; i++, is.index++) {
		if (rc > 0)
			page[i] = is;
		else if (!any)
			page[i].mapped = false;
		CHECK_EQ(page[i].mapped, vma_find(mm, address(i)) != NULL);
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
		inode = inode_new(2 * PER_SIDE * PAGE_SIZE, true);
		objects[object].inode = inode;
	} else if (nr_objects && !random_below(3)) {
		/* Another process may have mapped the object, at another place. */
		object = (int)random_below((unsigned)nr_objects);
		shift = random_below(2 * PER_SIDE - n + 1);
		inode = objects[object].inode;
	}
	map_views(
		running->mm, running->page, first, n, access | (inode ? VMA_SHARED : 0), inode,
		(struct view){.mapped = true, .access = access, .object = object, .index = shift});
}

/* A private mapping of a file: its contents show until they are overwritten. */
static void map_file(void)
{
	unsigned n, first = random_run(&n), access = random_access();
	struct inode *file = inode_new(n * PAGE_SIZE, false);

	fails = false;
	map_views(
		running->mm, running->page, first, n, access, file,
		(struct view){.mapped = true, .access = access, .object = -1, .file = ++nr_files});
	for (unsigned i = 0; i < n; i++) {
		u8 value = (u8)random_below(256);

		CHECK(inode_fill(file, i * PAGE_SIZE, &value, 1));
		CHECK(inode_fill(file, i * PAGE_SIZE + 8, &value, 1));
		running->page[first + i].value = running->page[first + i].original = value;
	}
	inode_put(file);
}

static void unmap(void)
{
	unsigned n, first = random_run(&n);
	long rc;

	arm();
	rc = mm_unmap(running->mm, address(first), n * PAGE_SIZE);
	disarm();
	CHECK(!rc || (fails && rc == -ENOMEM));
	for (unsigned i = 0; !rc && i < n; i++)
		running->page[first + i].mapped = false;
}

static void protect(void)
{
	unsigned n, first = random_run(&n), access = random_access();
	bool whole = true;
	long rc;

	for (unsigned i = 0; i < n; i++)
		whole &= running->page[first + i].mapped;
	arm();
	rc = mm_protect(running->mm, address(first), n * PAGE_SIZE, access);
	disarm();
	CHECK(!rc == whole || (fails && rc == -ENOMEM));
	for (unsigned i = 0; !rc && i < n; i++)
		running->page[first + i].access = access;
}

static void discard(void)
{
	unsigned n, first = random_run(&n);
	bool whole = true;

	CHECK_EQ(mm_discard(running->mm, address(first), 0), (long)-ENOMEM);
	for (unsigned i = first; i < first + n; i++) {
		struct view *v = &running->page[i];

		whole &= v->mapped;
		if (v->mapped && v->object < 0)
			v->value = v->original;
	}
	CHECK_EQ(mm_discard(running->mm, address(first), n * PAGE_SIZE), whole ? 0 : (long)-ENOMEM);
}

/* Reads what is mapped after a call that ran out of memory, for pages that it may have unmapped. */
static void look_again(unsigned first, unsigned n)
{
	for (unsigned i = first; i < first + n; i++)
		if (!vma_find(running->mm, address(i)))
			running->page[i].mapped = false;
}

/* mremap() to another place, with another length. */
static void move(void)
{
	unsigned n, first = random_run(&n), m, to = random_run(&m);
	struct view *page = running->page, moved[2 * PER_SIDE];
	bool plain = page[first].object < 0 && !page[first].file;
	bool keep = n == m && !random_below(3);
	unsigned flags = REMAP_MAYMOVE | REMAP_FIXED | (keep ? REMAP_DONTUNMAP : 0);
	bool piece = one_piece(&page[first], n);
	long rc, want = (long)address(to);

	if (m > n && !plain)
		m = n; /* files have an end */
	arm();
	rc = mm_remap(running->mm, address(first), n * PAGE_SIZE, m * PAGE_SIZE, flags,
		      address(to));
	disarm();
	if (!piece)
		want = -EFAULT;
	else if (keep && !plain)
		want = -EINVAL;
	else if (first < to + m && to < first + n)
		want = -EINVAL;
	if (fails && rc == -ENOMEM && want > 0) {
		look_again(to, m);
		if (m < n)
			look_again(first + m, n - m);
		return;
	}
	CHECK_EQ(rc, want);
	if (rc < 0)
		return;
	memcpy(moved, &page[first], n * sizeof(*moved));
	for (unsigned i = 0; i < n; i++) {
		page[first + i].mapped = keep;
		page[first + i].value = 0;
	}
	for (unsigned i = 0; i < m; i++) {
		page[to + i] = moved[i < n ? i : 0];
		if (i >= n)
			page[to + i].value = 0;
	}
}

/* mremap() in place; only private memory without a file grows. */
static void resize(void)
{
	unsigned n, first = random_run(&n), m = 1 + random_below(n + 3);
	struct view *page = running->page;
	bool plain = page[first].object < 0 && !page[first].file, room = true;
	long rc, want = (long)address(first);

	if (m > n && (!plain || first % (2 * PER_SIDE) + m > 2 * PER_SIDE))
		m = n;
	for (unsigned i = n; i < m; i++)
		room &= !page[first + i].mapped;
	if (!one_piece(&page[first], n))
		want = -EFAULT;
	else if (!room)
		want = -ENOMEM;
	arm();
	rc = mm_remap(running->mm, address(first), n * PAGE_SIZE, m * PAGE_SIZE, 0, 0);
	disarm();
	if (fails && rc == -ENOMEM)
		return;
	CHECK_EQ(rc, want);
	if (rc < 0)
		return;
	for (unsigned i = m; i < n; i++)
		page[first + i].mapped = false;
	for (unsigned i = n; i < m; i++) {
		page[first + i] = page[first];
		page[first + i].value = 0;
	}
}

static void fork_one(void)
{
	struct process *p = processes;

	while (p < processes + PROCESSES && p->mm)
		p++;
	if (p == processes + PROCESSES)
		return;
	memcpy(p->page, running->page, sizeof(p->page));
	arm();
	p->mm = mm_fork(running->mm);
	disarm();
	CHECK(p->mm || fails);
}

/* Maps something in an address space that is being built, and fills part of it. */
static bool build(struct mm *mm, struct view *page)
{
	unsigned n, first = random_run(&n);
	u8 *p, value = (u8)random_below(256);

	map_views(mm, page, first, n, VMA_READ | VMA_WRITE, NULL,
		  (struct view){.mapped = true, .access = VMA_READ | VMA_WRITE, .object = -1});
	if (!page[first].mapped)
		return false;
	for (unsigned i = first; i < first + n; i += 1 + random_below(3)) {
		arm();
		p = mm_build_page(mm, address(i));
		disarm();
		CHECK(p || fails);
		if (!p)
			return false;
		p[0] = p[8] = page[i].value = value;
	}
	return true;
}

static void exec_one(void)
{
	struct view page[PAGES] = {0};
	struct mm *old = running->mm, *mm;

	arm();
	mm = mm_alloc();
	disarm();
	CHECK(mm || fails);
	if (!mm)
		return;
	if (!build(mm, page) || !build(mm, page)) {
		mm_put(mm);
		return;
	}
	pgtable_publish(&mm->pt);
	memcpy(running->page, page, sizeof(page));
	running->mm = mm;
	run(running);
	mm_put(old);
}

static void kernel_area(void)
{
	struct area *a = &areas[random_below(AREAS)];

	if (a->p) {
		for (unsigned i = 0; i < a->pages; i++)
			CHECK_EQ(*area_page(a, i), a->value);
		vfree(a->p);
		a->p = NULL;
		return;
	}
	a->pages = 1 + random_below(5);
	a->value = (u8)random_below(256);
	arm();
	a->p = vmalloc(a->pages * PAGE_SIZE);
	disarm();
	CHECK(a->p || fails);
	for (unsigned i = 0; a->p && i < a->pages; i++)
		*area_page(a, i) = a->value;
	if (!random_below(4))
		vmalloc_purge();
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
			return; /* the last process stays */
	if (p == running) {
		/* Like a process that ends: it leaves its tables first, by any path. */
		world_mm = NULL;
		mm_put(p->mm);
		p->mm = NULL;
		run(random_process());
		return;
	}
	mm_put(p->mm);
	p->mm = NULL;
}

static void step(void)
{
	unsigned what = random_below(100);

	fails = !random_below(8);
	if (what < 39)
		touch(random_below(PAGES));
	else if (what < 43)
		move();
	else if (what < 45)
		resize();
	else if (what < 47)
		discard();
	else if (what < 57)
		map();
	else if (what < 61)
		map_file();
	else if (what < 67)
		unmap();
	else if (what < 77)
		protect();
	else if (what < 83)
		fork_one();
	else if (what < 85)
		exec_one();
	else if (what < 88)
		end_one();
	else if (what < 93)
		kernel_area();
	else
		run(random_process());
	fails = false;
}

/* -- what is mapped, without touching it ------------------------------------------------- */

static void digest_page(struct process *p, unsigned i)
{
	pte_t e = audit_leaf(p->mm, address(i));
	const struct view *v = &p->page[i];
	const struct page *page;
	const u8 *bytes;

	mix(e.v ? e.v & (PTE_PRESENT | PTE_WRITE | PTE_NX) : 1UL << 32);
	if (!e.v)
		return;
	page = pte_page(pte_hidden(e) ? pte_unhide(e) : e);
	bytes = page_to_virt(page);
	/* The reverse map finds it at its address, or does not contain it. */
	CHECK(!(page->anon_lineage & PAGE_ANON) ||
	      (page->anon_va == address(i) &&
	       page->anon_lineage == ((unsigned long)p->mm->lineage | PAGE_ANON)));
	mix(page->anon_lineage & PAGE_ANON);
	mix(page_number(page));
	mix(bytes[0] | (u64)bytes[8] << 8);
	/* The model must agree. */
	CHECK(v->mapped && pte_hidden(e) == !v->access);
	CHECK(bytes[0] == bytes[8] && bytes[0] == *contents((struct view *)v));
	CHECK(!(e.v & PTE_WRITE) || (v->access & VMA_WRITE));
}

static void print_digest(unsigned long seed, int at)
{
	digest = 0xcbf29ce484222325u;
	nr_met = 0;
	for (struct process *p = processes; p < processes + PROCESSES; p++) {
		mix(p->mm != NULL);
		for (unsigned i = 0; p->mm && i < PAGES; i++)
			digest_page(p, i);
	}
	for (struct area *a = areas; a < areas + AREAS; a++) {
		mix((unsigned long)a->p);
		for (unsigned i = 0; a->p && i < a->pages; i++)
			mix(*area_page(a, i));
	}
	dprintf(STDOUT_FILENO, "# seed %lu, step %d: %016lx\n", seed, at, digest);
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
	for (int i = 1; i <= 600; i++) {
		step();
		if (!(i % 16))
			world_audit();
		if (!(i % 100))
			print_digest((unsigned long)arg, i);
	}
	/* A last check of everything, then the end of everything. */
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
	for (int i = 0; i < AREAS; i++)
		vfree(areas[i].p);
	vmalloc_purge();
	world_check_stock(before);
	world_audit();
}

static void test_lives(void **state)
{
	const char *seeds = getenv("SEEDS"); /* for a long run: SEEDS=2000 */
	unsigned long n = seeds ? strtoul(seeds, NULL, 10) : 30;

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
