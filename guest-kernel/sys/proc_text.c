// SPDX-License-Identifier: MIT
/* The contents of the files of /proc. A value that we do not know is 0, which readers accept. */
#include "arch/x86/platform.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/family.h"
#include "proc/usage.h"
#include "sys/node.h"
#include "sys/procfs.h"

#define KIB_PER_PAGE (PAGE_SIZE / 1024)
#define NS_PER_S     1000000000u
#define TICKS_PER_S  100u

/* -- /proc ----------------------------------------------------------------------------- */

static void show_meminfo(struct text *t, int pid)
{
	unsigned long total = boot_info.nr_pages * KIB_PER_PAGE;
	unsigned long free = pages_free_count() * KIB_PER_PAGE;

	(void)pid;
	text_add(t, "MemTotal:       %8lu kB\nMemFree:        %8lu kB\n", total, free);
	text_add(t, "MemAvailable:   %8lu kB\nBuffers:        %8u kB\n", free, 0);
	text_add(t, "Cached:         %8u kB\nShmem:          %8u kB\n", 0, 0);
	text_add(t, "SReclaimable:   %8u kB\nSwapTotal:      %8u kB\n", 0, 0);
	text_add(t, "SwapFree:       %8u kB\n", 0);
}

static void show_uptime(struct text *t, int pid)
{
	u64 ns = platform_clock_ns();

	(void)pid;
	text_add(t, "%" F64 "u.%02" F64 "u 0.00\n", ns / NS_PER_S, ns / (NS_PER_S / 100) % 100);
}

static void show_cpuinfo(struct text *t, int pid)
{
	(void)pid;
	for (unsigned i = 0; i < nr_cpus; i++)
		text_add(t, "processor\t: %u\nmodel name\t: %s\n\n", i, boot_info.env);
}

static void show_mounts(struct text *t, int pid)
{
	(void)pid;
	text_add(t, "rootfs / tmpfs rw 0 0\nproc /proc proc rw 0 0\n");
}

static void show_stat(struct text *t, int pid)
{
	(void)pid;
	text_add(t, "cpu  0 0 0 0 0 0 0 0 0 0\n");
	for (unsigned i = 0; i < nr_cpus; i++)
		text_add(t, "cpu%u 0 0 0 0 0 0 0 0 0 0\n", i);
	text_add(t, "btime %" F64 "u\nprocesses %u\nprocs_running 1\nprocs_blocked 0\n",
		 (platform_wall_ns() - platform_clock_ns()) / NS_PER_S, task_count());
}

static void show_loadavg(struct text *t, int pid)
{
	(void)pid;
	text_add(t, "0.00 0.00 0.00 1/%u %d\n", task_count(), current->leader->pid);
}

static void show_filesystems(struct text *t, int pid)
{
	(void)pid;
	text_add(t, "nodev\ttmpfs\nnodev\tproc\n");
}

static void show_version(struct text *t, int pid)
{
	(void)pid;
	text_add(t, "pvmmu guest kernel, variant %s, %s\n", policy.name, COMPILER);
}

const struct proc_file proc_root_files[] = {
	{"cpuinfo", show_cpuinfo}, {"filesystems", show_filesystems}, {"loadavg", show_loadavg},
	{"meminfo", show_meminfo}, {"mounts", show_mounts},	      {"stat", show_stat},
	{"uptime", show_uptime},   {"version", show_version},	      {NULL, NULL},
};

/* -- /proc/PID ------------------------------------------------------------------------- */

/* The data of a process that others may see; copied while the family is locked. */
struct seen {
	int ppid, pgid, sid;
	unsigned threads;
	u64 ns; /* processor time */
	char state, name[sizeof(((struct task *)NULL)->name)];
	/* For the running process only: size of its address space, and number of pages in it. */
	unsigned long bytes, pages;
};

static char state_of(const struct task *t)
{
	if (t->stop_signal)
		return 'T';
	return t->state == TASK_ZOMBIE ? 'Z' : t->state == TASK_SLEEPING ? 'S' : 'R';
}

static unsigned long mapped_bytes(struct mm *mm)
{
	unsigned long n = 0;
	struct vma *v;

	read_lock(&mm->lock);
	for_each_vma (v, mm)
		n += v->end - v->start;
	read_unlock(&mm->lock);
	return n;
}

/* Returns false if the process does not exist any more. */
static bool look(int pid, struct seen *s)
{
	struct task *t, *thread;
	u64 ticks = 0;

	spin_lock(&family_lock);
	t = by_pid[pid];
	if (t) {
		*s = (struct seen){.ppid = t->ppid,
				   .pgid = t->pgid,
				   .sid = t->sid,
				   .threads = 1,
				   .state = state_of(t)};
		ticks = t->ticks + t->ticks_before + task_ticks_now(t);
		copy_string(s->name, t->name, sizeof(s->name));
		list_for_each_entry (thread, &t->threads, sibling)
			s->threads++;
	}
	spin_unlock(&family_lock);
	if (!t)
		return false;
	s->ns = platform_ticks_ns(ticks);
	if (pid == current->leader->pid) {
		s->bytes = mapped_bytes(current->mm);
		s->pages = current->mm->resident;
	}
	return true;
}

/* 52 numbers. Unknown here: faults, time in the kernel, start time, and from the 26th on. */
static void show_pid_stat(struct text *t, int pid)
{
	struct seen s;

	if (!look(pid, &s))
		return;
	text_add(t, "%d (%s) %c %d %d %d 0 -1 0 0 0 0 0 ", pid, s.name, s.state, s.ppid, s.pgid,
		 s.sid);
	text_add(t, "%" F64 "u 0 0 0 20 0 %u 0 0 %lu %lu %lu", s.ns / (NS_PER_S / TICKS_PER_S),
		 s.threads, s.bytes, s.pages, ~0UL);
	for (unsigned n = 26; n <= 52; n++)
		text_add(t, " 0");
	text_add(t, "\n");
}

static void show_statm(struct text *t, int pid)
{
	struct seen s;

	if (look(pid, &s))
		text_add(t, "%lu %lu 0 0 0 0 0\n", s.bytes >> PAGE_SHIFT, s.pages);
}

static void show_status(struct text *t, int pid)
{
	struct seen s;

	if (!look(pid, &s))
		return;
	text_add(t, "Name:\t%s\nState:\t%c\nTgid:\t%d\nPid:\t%d\nPPid:\t%d\n", s.name, s.state, pid,
		 pid, s.ppid);
	text_add(t, "Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n");
	if (s.bytes)
		text_add(t, "VmSize:\t%8lu kB\nVmRSS:\t%8lu kB\n", s.bytes / 1024,
			 s.pages * KIB_PER_PAGE);
	text_add(t, "Threads:\t%u\n", s.threads);
}

static void show_comm(struct text *t, int pid)
{
	struct seen s;

	if (look(pid, &s))
		text_add(t, "%s\n", s.name);
}

static void show_inode(struct text *t, const struct vma *v)
{
	struct page *page;
	const char *path;

	if (!v->inode || !v->inode->release)
		return;
	text_add(t, "%" F64 "u", ((struct node *)v->inode)->ino);
	page = page_alloc();
	if (!page)
		return;
	if (!node_path((struct node *)v->inode, page_to_virt(page), PATH_MAX, &path))
		text_add(t, "                    %s", path);
	page_put(page);
}

/* For the running process only. */
static void show_maps(struct text *t, int pid)
{
	struct mm *mm = current->mm;
	struct vma *v;

	if (pid != current->leader->pid)
		return;
	read_lock(&mm->lock);
	for_each_vma (v, mm) {
		text_add(t, "%08lx-%08lx %c%c%c%c %08lx 00:%s ", v->start, v->end,
			 v->flags & VMA_READ ? 'r' : '-', v->flags & VMA_WRITE ? 'w' : '-',
			 v->flags & VMA_EXEC ? 'x' : '-', v->flags & VMA_SHARED ? 's' : 'p',
			 v->inode ? v->pgoff << PAGE_SHIFT : 0, v->inode ? "01" : "00");
		if (v->inode)
			show_inode(t, v);
		else
			text_add(t, "0%s",
				 v->end == STACK_TOP ? "                    [stack]"
				 : v->start <= mm->brk_start && mm->brk_start < v->end &&
						 mm->brk > mm->brk_start
					 ? "                    [heap]"
					 : "");
		text_add(t, "\n");
	}
	read_unlock(&mm->lock);
}

/* For the running process only, with the terminators as in its memory. */
static void show_cmdline(struct text *t, int pid)
{
	struct mm *mm = current->mm;
	unsigned long n = mm->arg_end - mm->arg_start;

	if (pid != current->leader->pid)
		return;
	if (n < t->room && !copy_from_user(t->buf, mm->arg_start, n))
		return;
	t->len = n;
}

const struct proc_file proc_pid_files[] = {
	{"cmdline", show_cmdline}, {"comm", show_comm},
	{"maps", show_maps},	   {"mounts", show_mounts},
	{"stat", show_pid_stat},   {"statm", show_statm},
	{"status", show_status},   {NULL, NULL},
};
