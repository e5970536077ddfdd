// SPDX-License-Identifier: MIT
/*
 * The kernel from start to end. The platform has finished its start of day, and calls
 * kernel_main() on the boot stack, which becomes the stack of the boot CPU's idle task.
 */
#include "abi/record.h"
#include "arch/x86/cpu.h"
#include "arch/x86/platform.h"
#include "arch/x86/traps.h"
#include "lib/bug.h"
#include "lib/print.h"
#include "lib/string.h"
#include "mm/inode.h"
#include "mm/mm.h"
#include "mm/vmalloc.h"
#include "proc/ageing_thread.h"
#include "proc/oom.h"
#include "proc/options.h"
#include "proc/task.h"
#include "sys/audit.h"
#include "sys/file.h"
#include "sys/initramfs.h"
#include "sys/node.h"
#include "sys/procfs.h"
#include "sys/session.h"
#include "sys/syscall.h"
#include "sys/xenperf.h"

struct cpu cpus[NR_CPUS];
unsigned nr_cpus = 1;

void kernel_main(void) __noreturn;

/* Reserved for copies to user memory, which may be made where no process can be killed. */
#define RESERVED_PAGES 128

/*
 * How long all CPUs idle before and after the checkpoint, in ns; see stop_here(). On the
 * exact tier idling takes no time of the host. The loop in between takes 100 ms there.
 */
#define IDLE_BEFORE_NS 200000000u
#define IDLE_UNTIL_NS  300000000u

/* Memory without a permanent mapping: pte=high's zone for pte pages. */
static unsigned long high_pages(void)
{
	if (policy.pte == PTE_low && options.high_mib != HIGH_MIB_DEFAULT)
		panic("option high_mib is for variants with pte=high");
	if (policy.pte == PTE_low)
		return 0;
	if (options.high_mib == HIGH_MIB_DEFAULT)
		return boot_info.nr_pages / 8;
	return options.high_mib << (20 - PAGE_SHIFT);
}

static void memory_init(void)
{
	pgtable_setup_start();
	pgtable_map_memory(high_pages());
	pgtable_setup_done();
	audit_init(boot_info.nr_pages);
	page_init(boot_info.nr_pages);
	pgtable_mark_boot_tables();
	/* Page 0 is not used, so that a null pfn is always invalid. */
	pages_release(PFN(1), boot_info.low_end);
	pages_release(early_end(), PFN(boot_info.nr_pages));
	zero_page_init();
	page_reserve(RESERVED_PAGES);
	vmalloc_init();
}

static void report_boot(void)
{
	record_begin("boot");
	record_u64("abi", RECORD_ABI);
	record_str("env", boot_info.env);
	record_str("variant", policy.name);
	record_object("policy");
#define X(axis, value) record_str(axis, value);
	VARIANT_POLICY(X)
#undef X
	record_object_end();
	record_str("compiler", COMPILER);
	record_u64("vcpus", nr_cpus);
	record_u64("pages", boot_info.nr_pages);
	record_str("role", boot_info.role);
	if (*boot_info.hypervisor) {
		record_str("xen", boot_info.hypervisor);
		record_str("xen_caps", boot_info.capabilities);
	}
	record_u64("giga_ticks_ns", platform_ticks_ns(1000000000));
	record_u64("seed", options.seed);
	if (policy.pte == PTE_high)
		record_u64("high_pages", boot_info.nr_pages - high_start.v);
	record_bool("audit", options.audit);
	record_str("mutant", MUTANT_NAME);
	record_end();
}

/* Quantities that must be the same before the first process and after the last one. */
struct conserved {
	unsigned long free_pages, file_page_uses, pinned_roots, spaces, processes, vmalloc_areas;
};

static struct conserved take_stock(void)
{
	/* The tables of the vmalloc area are never freed; they do not count as lost. */
	return (struct conserved){.free_pages = pages_free_count() + vmalloc_tables(),
				  .file_page_uses = inode_page_uses(),
				  .pinned_roots = pgtable_pinned_roots(),
				  .spaces = mm_live_count(),
				  .processes = task_count(),
				  .vmalloc_areas = vmalloc_areas()};
}

static void report_stock(const struct conserved *before, const struct conserved *after)
{
	record_begin("conserved");
	record_bool("ok", !memcmp(before, after, sizeof(*before)));
	record_pair("free_pages", before->free_pages, after->free_pages);
	record_pair("file_page_uses", before->file_page_uses, after->file_page_uses);
	record_pair("pinned_roots", before->pinned_roots, after->pinned_roots);
	record_pair("address_spaces", before->spaces, after->spaces);
	record_pair("processes", before->processes, after->processes);
	record_pair("vmalloc_areas", before->vmalloc_areas, after->vmalloc_areas);
	record_end();
}

/* Process 1: becomes the program that the host has brought, or the one that the options name. */
static void start_init(void)
{
	static char text[2048];
	struct exec_strings s = {.text = text, .argc = 1, .envc = 1};
	struct regs regs;
	long rc;

	if (session_has_program())
		session_start_program();
	copy_string(text, options.init, sizeof(text));
	s.len = strlen(text) + 1;
	for (const char *p = options.init_args; *p;) {
		while (*p == ' ')
			p++;
		if (!*p)
			break;
		s.argc++;
		while (*p && *p != ' ' && s.len < sizeof(text) - 1)
			text[s.len++] = *p++;
		text[s.len++] = '\0';
		BUG_ON(s.len > sizeof(text) - 32);
	}
	/* Tells the workload's harness that the time-stamp counter is the clock here. */
	copy_string(text + s.len, "PVMMU_CLOCK=tsc", sizeof(text) - s.len);
	s.len += strlen(text + s.len) + 1;

	rc = do_exec(&regs, options.init, &s);
	if (rc)
		session_not_started(options.init, rc);
	return_to_user(&regs);
}

/* The stacks of the last threads are freed by the CPUs that have just left them, very soon. */
static void let_go(unsigned tasks)
{
	for (unsigned patience = 1u << 20; task_live_count() > tasks && patience; patience--)
		cpu_relax();
}

/*
 * The checkpoint. A machine that continues from a saved state must behave like one that
 * was never stopped. This is so only if all CPUs idle before and after the checkpoint.
 * Before: so that no other CPU has work during the checkpoint's loop, because Xen scrubs
 * memory while it idles. After: because QEMU ends a CPU's turn by a timer of its own that
 * is not part of the state. This timer starts when the state is loaded, somewhere in the
 * loop, and restarts only when all CPUs idle. The CPUs idle until a time that is known
 * before the loop, so that nothing in the loop can move what follows. With one CPU too:
 * the length of the options, which are read in the loop, would move it.
 */
static void stop_here(char *text, size_t room)
{
	u64 start = platform_clock_ns() + IDLE_BEFORE_NS;

	if (!mutant(no_idle))
		task_sleep_until(start);
	platform_checkpoint(text, room);
	if (!mutant(no_idle))
		task_sleep_until(start + IDLE_UNTIL_NS);
}

/*
 * One session of the guest: process 1 runs to its end, then the conserved quantities are
 * compared.
 */
static void run_session(void)
{
	struct conserved before, after;
	int status = 0;
	bool first = true;
	unsigned tasks = task_live_count();

	if (options.checkpoint) {
		static char text[1024];

		stop_here(text, sizeof(text));
		options_parse(text);
		session_unpack();
	}
	if (options.seed != SEED_DEFAULT)
		page_shuffle(options.seed);
	report_boot();
	xenperf_init();
	before = take_stock();
	if (!process_spawn("init", start_init))
		panic("no memory for process 1");
	for (;;) {
		int s;
		long pid = task_wait(-1, &s, false);

		if (pid < 0)
			break;
		if (pid == 1 && first) {
			first = false;
			status = s;
			task_kill_all(9); /* processes that are still running */
		}
	}
	ageing_switch(false);
	let_go(tasks);
	tree_reset();
	after = take_stock();
	syscall_report_unknown();
	oom_report();
	xenperf_report();
	report_stock(&before, &after);
	audit_now("end");
	record_begin("exit");
	record_u64("status", (u64)status);
	record_u64("ticks", rdtsc());
	record_end();
	platform_shutdown(false);
}

void kernel_main(void)
{
	static struct task idle = {.name = "idle", .on_cpu = 1};
	static char command_line[1024];

	this_cpu()->task = this_cpu()->idle = &idle;
	copy_string(command_line, boot_info.command_line, sizeof(command_line));
	options_parse(command_line);
	platform_init_traps();
	memory_init();
	platform_init_time();
	sched_init();
	smp_start();
	syscall_init();
	tree_init();
	devices_init();
	procfs_init();
	if (boot_info.initrd)
		initramfs_unpack(boot_info.initrd, boot_info.initrd_len);
	ageing_init();
	task_start(kernel_thread("session", run_session));
	idle_loop();
}
