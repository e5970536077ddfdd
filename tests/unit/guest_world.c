// SPDX-License-Identifier: MIT
/*
 * The environment of the guest's sources: boot, allocation with checks, the layers above
 * mm/, children for tests.
 */
#include "guest_world.h"

#include <errno.h>
#include <signal.h>
#include <sanitizer/asan_interface.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "mmu/audit.h"
#include "xen/events.h"

struct cpu cpus[NR_CPUS] = {[0].self = &cpus[0]};
unsigned nr_cpus = 1;
struct mm *world_mm;
unsigned world_kills;
unsigned long world_kill_va;
bool world_kill_oom;
enum fault_result world_kill_why;
unsigned long world_allocations;
void (*world_on_allocation)(void);
u64 world_clock_ns;
long (*world_hypercall)(unsigned nr, unsigned long a1, unsigned long a2);

static struct shared_info shared_info_page;
struct shared_info *shared_info = &shared_info_page;

/* -- allocation: the guest's sources call these ----------------------------------------- */

/* The guest's own, renamed by mk/unit-guest.mk. */
struct page *real_page_alloc(void);
struct page *real_page_alloc_high(void);
struct page *real_pages_alloc(unsigned order);
void real_page_free(struct page *p);
void *real_kmalloc(size_t n);
void real_kfree(void *p);

static unsigned long fail_at = -1UL;
static bool fail_onwards;

void world_fail_allocation(unsigned long n, bool onwards)
{
	world_allocations = 0;
	fail_at = n;
	fail_onwards = onwards;
}

void world_fail_none(void)
{
	world_fail_allocation(-1UL, false);
}

static bool must_fail(void)
{
	unsigned long n = world_allocations++;

	if (world_on_allocation)
		world_on_allocation();
	return n == fail_at || (fail_onwards && n > fail_at);
}

/* To see a high page fail, the low page instead of it must fail too. */
static bool fail_instead;

struct page *page_alloc(void)
{
	bool fail = fail_instead || must_fail();
	struct page *p = fail ? NULL : real_page_alloc();

	fail_instead = false;

	if (!p)
		return NULL;
	CHECK(!p->flags && p->refs == 1);
	ASAN_UNPOISON_MEMORY_REGION(page_to_virt(p), PAGE_SIZE);
	return memset(page_to_virt(p), 0xa5, PAGE_SIZE) ? p : NULL;
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
	struct page *p;

	fail_instead = must_fail();
	if (fail_instead)
		return NULL;
	p = real_page_alloc_high();
	if (!p) {
		world_allocations--; /* the low one counts */
		return NULL;
	}
	CHECK(!p->flags && p->refs == 1 && page_is_high(p));
	memset(fake_memory(page_to_pfn(p)), 0xa5, PAGE_SIZE);
	return p;
}

struct page *pages_alloc(unsigned order)
{
	struct page *p = must_fail() ? NULL : real_pages_alloc(order);

	if (p)
		ASAN_UNPOISON_MEMORY_REGION(page_to_virt(p), PAGE_SIZE << order);
	return p;
}

void page_free(struct page *p)
{
	struct fake_frame *f = fake_frame(page_to_pfn(p));
	unsigned long pfn = page_to_pfn(p).v;

	if (f->tlb)
		fake_die("pfn %lx is freed while the TLB still maps it", pfn);
	/* High pages may have stray mappings in slots, but no others. */
	if (page_is_high(p)) {
		if (f->types && f->type != TYPE_WRITABLE)
			fake_die("high pfn %lx is freed with type %d", pfn, f->type);
		real_page_free(p);
		return;
	}
	if (f->type != TYPE_WRITABLE || f->types != 1 || f->refs != 1 ||
	    !fake_direct_writable(page_to_pfn(p)))
		fake_die("pfn %lx is freed with type %d, %u uses of it, %u in all", pfn, f->type,
			 f->types, f->refs);
	ASAN_POISON_MEMORY_REGION(page_to_virt(p), PAGE_SIZE);
	real_page_free(p);
}

static size_t piece_size(const void *piece)
{
	return 32ul << virt_to_page(piece)->slab_class;
}

/* The slab allocator itself uses the first two bytes of a free piece. */
void *kmalloc(size_t n)
{
	u8 *p = must_fail() ? NULL : real_kmalloc(n);

	if (!p)
		return NULL;
	CHECK(piece_size(p) >= n);
	ASAN_POISON_MEMORY_REGION(p + 8, piece_size(p) - 8);
	ASAN_UNPOISON_MEMORY_REGION(p, n);
	return memset(p, 0xa5, n);
}

void *kzalloc(size_t n)
{
	void *p = kmalloc(n);

	return p ? memset(p, 0, n) : NULL;
}

void kfree(void *piece)
{
	u8 *p = piece;

	if (p) {
		ASAN_UNPOISON_MEMORY_REGION(p, 8);
		memset(p, 0x5a, 8);
		ASAN_POISON_MEMORY_REGION(p + 8, piece_size(p) - 8);
	}
	real_kfree(p);
}

/* -- the layers above and the platform ---------------------------------------------------- */

struct mm *current_mm(void)
{
	return world_mm;
}

void user_fault(struct regs *regs, unsigned long va, enum fault_result error)
{
	CHECK(regs_from_user(regs));
	world_kills++;
	world_kill_va = va;
	world_kill_why = error;
	world_kill_oom = error == FAULT_OOM;
	cpu_killed();
}

bool fixup_exception(struct regs *regs)
{
	/* The one address that the tests use. */
	if (regs->ip != 0x1234)
		return false;
	regs->ip = 0x5678;
	return true;
}

/* There is one CPU here. */
void hosted_relax(void)
{
	world_failed(__FILE__, __LINE__, "a wait for ever: nobody else can let go of the lock");
}

void platform_kick(unsigned id)
{
	world_failed(__FILE__, __LINE__, "CPU %u is kicked", id);
}

void platform_shutdown(bool crashed)
{
	_exit(crashed ? END_PANIC : END_OK);
}

u64 platform_wall_ns(void)
{
	return platform_clock_ns();
}

u64 platform_clock_ns(void)
{
	return world_clock_ns;
}

long fake_other_hypercall(unsigned nr, unsigned long a1, unsigned long a2, unsigned long a3)
{
	if (world_hypercall)
		return world_hypercall(nr, a1, a2);
	if (nr != __HYPERVISOR_console_io || a1 != CONSOLEIO_write)
		fake_die("hypercall %u is not expected here", nr);
	return write(STDERR_FILENO, (const void *)a3, a2) == (ssize_t)a2 ? 0 : -EIO;
}

void world_holders(void (*use)(struct page *p))
{
	inode_uses(use);
	zero_page_uses(use);
}

/* -- boot ---------------------------------------------------------------------------------- */

void world_boot(unsigned long nr_pages, unsigned long mapped, u64 seed)
{
	fake_build(nr_pages, mapped, seed);
	pgtable_setup_start();
	pgtable_map_memory(FAKE_HIGH_PAGES);
	pgtable_setup_done();
	audit_init(boot_info.nr_pages);
	page_init(boot_info.nr_pages);
	pgtable_mark_boot_tables();
	pages_release(PFN(1), PFN(HOSTED_IMAGE_PFN));
	pages_release(early_end(), PFN(boot_info.nr_pages));
	zero_page_init();
	vmalloc_init();
	world_watch_locks();
}

void world_run(struct mm *mm)
{
	world_mm = mm;
	if (mm)
		pgtable_load(&mm->pt);
}

void world_write(unsigned long va, u8 value)
{
	if (!cpu_touch(va, CPU_WRITE, &value))
		world_failed(__FILE__, __LINE__, "write to %lx is refused", va);
}

u8 world_read(unsigned long va)
{
	u8 value;

	if (!cpu_touch(va, CPU_READ, &value))
		world_failed(__FILE__, __LINE__, "read of %lx is refused", va);
	return value;
}

bool world_may(unsigned long va, enum cpu_access access)
{
	unsigned before = world_kills;
	u8 value = 0;
	bool ok;

	/* A read, so that the contents stay. */
	if (access == CPU_WRITE && cpu_touch(va, CPU_READ, &value))
		before = world_kills;
	before = world_kills;
	ok = cpu_touch(va, access, &value);
	CHECK_EQ(world_kills, before + !ok);
	if (!ok)
		CHECK_EQ(world_kill_va, va);
	return ok;
}

struct stock world_stock(void)
{
	return (struct stock){pages_free_count() + vmalloc_tables(), pgtable_pinned_roots(),
			      mm_live_count()};
}

void world_check_stock(struct stock before)
{
	struct stock now = world_stock();

	CHECK_EQ(now.free_pages, before.free_pages);
	CHECK_EQ(now.pinned_roots, before.pinned_roots);
	CHECK_EQ(now.spaces, before.spaces);
}

/* -- children -------------------------------------------------------------------------------- */

void world_failed(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s:%d: ", file, line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	_exit(END_FAILED);
}

static enum world_end run_child(void (*body)(void *), void *arg, char *text, size_t size)
{
	int out = memfd_create("child", 0), status;
	enum world_end end;
	ssize_t n;
	pid_t pid;

	assert_true(out >= 0);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		alarm(600);
		dup2(out, STDERR_FILENO);
		fake_own_high_memory();
		body(arg);
		_exit(END_OK);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status))
		end = WEXITSTATUS(status) <= END_PANIC ? WEXITSTATUS(status) : END_FAILED;
	else
		end = WTERMSIG(status) == SIGABRT   ? END_DIED
		      : WTERMSIG(status) == SIGSEGV ? END_FAULT
						    : END_FAILED;
	n = pread(out, text, size - 1, 0);
	text[n < 0 ? 0 : n] = '\0';
	close(out);
	return end;
}

void world_expect(enum world_end want, const char *text, void (*body)(void *), void *arg)
{
	static char said[8192];
	enum world_end end;

	if (want == END_FAULT) /* not ASan's: its report takes long and is not needed */
		signal(SIGSEGV, SIG_DFL);
	end = run_child(body, arg, said, sizeof(said));
	if (end != want || (text && !strstr(said, text))) {
		print_error("ended with %d, expected %d%s%s; it said:\n%s\n", end, want,
			    text ? " and the text: " : "", text ? text : "", said);
		fail();
	}
}

void world_expect_ok(void (*body)(void *), void *arg)
{
	world_expect(END_OK, NULL, body, arg);
}

void world_run_test(void **state)
{
	void (*body)(void *) = (void (*)(void *)) * state;

	world_expect_ok(body, NULL);
}

const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	/* Children end in many ways; the guest's own counts find leaks. */
	return "exitcode=1:detect_leaks=0:abort_on_error=0";
}
