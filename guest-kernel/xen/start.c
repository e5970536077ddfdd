// SPDX-License-Identifier: MIT
/*
 * Start of day. Xen has loaded the image and placed behind it, in this order: the initial
 * ramdisk, the list of our frames, the start_info structure, the tables that map all this,
 * and a boot stack. Only the tables are mapped read-only. This file fills in struct
 * boot_info and sets up the platform's services; kernel_main() does the rest.
 */
#include "xen/public.h"
#include <xen/physdev.h>
#include <xen/version.h>
#include <xen/sched.h>

#include "arch/x86/platform.h"
#include "arch/x86/qemu.h"
#include "lib/bug.h"
#include "lib/string.h"
#include "xen/console.h"
#include "xen/events.h"
#include "xen/hypercall.h"
#include "xen/multicall.h"
#include "xen/p2m.h"
#include "xen/vcpu_state.h"

extern char kernel_start[];
void xen_start(struct start_info *si);
void kernel_main(void) __noreturn;

struct boot_info boot_info;
struct shared_info *shared_info;
unsigned long *p2m_list;
unsigned long p2m_pages;

/* Its own frame is replaced, so that its address maps Xen's shared page. */
static char shared_info_page[PAGE_SIZE] __aligned(PAGE_SIZE);
static char command_line[MAX_GUEST_CMDLINE];
static unsigned end_reason;

static void map_shared_info(u64 maddr)
{
	pte_t e = {maddr | PTE_KERNEL};

	if (hyp_update_va_mapping((unsigned long)shared_info_page, e, UVMF_INVLPG | UVMF_LOCAL))
		panic("Xen refused to map the shared info page");
	shared_info = (struct shared_info *)shared_info_page;
}

static void setup_console(const struct start_info *si)
{
	if (si->flags & SIF_INITDOMAIN) {
		boot_info.role = "dom0";
		/* Xen resets the machine; with QEMU's -no-reboot this is a prompt, clean exit. */
		end_reason = SHUTDOWN_reboot;
		return;
	}
	boot_info.role = "domU";
	/* By default the toolstack restarts a domain that asks for a reboot. */
	end_reason = SHUTDOWN_poweroff;
	console_use_ring(pfn_to_virt(mfn_to_pfn(MFN(si->console.domU.mfn))),
			 si->console.domU.evtchn);
}

static void ask_version(void)
{
	char extra[XEN_EXTRAVERSION_LEN] = "";
	xen_capabilities_info_t caps = "";
	long v = hyp_xen_version(XENVER_version, NULL);

	hyp_xen_version(XENVER_extraversion, extra);
	hyp_xen_version(XENVER_capabilities, caps);
	snprintf(boot_info.hypervisor, sizeof(boot_info.hypervisor), "%ld.%ld%s", v >> 16,
		 v & 0xffff, extra);
	copy_string(boot_info.capabilities, caps, sizeof(boot_info.capabilities));
}

void xen_start(struct start_info *si)
{
	struct cpu *c = &cpus[0];
	pfn_t boot_stack_pfn;
	long rc;

	c->self = c;
	rc = vcpu_begin_first(c, si);
	BUG_ON(rc);

	p2m_list = (unsigned long *)si->mfn_list;
	p2m_pages = si->nr_pages;
	map_shared_info(si->shared_info);
	mask_events();
	setup_console(si);

	copy_string(command_line, (const char *)si->cmd_line, sizeof(command_line));
	boot_info.command_line = command_line;
	boot_info.env = WORD_BITS == 64 ? "xen64" : "xen32";
	boot_info.nr_pages = USABLE_PAGES(si->nr_pages);
	boot_info.low_end = virt_to_pfn(kernel_start);
	if (si->mod_len) {
		boot_info.initrd = (void *)si->mod_start;
		boot_info.initrd_len = si->mod_len;
	}
	boot_info.boot_root = (void *)si->pt_base;
	/* The boot stack's single page is the last one that the builder placed. */
	boot_stack_pfn = PFN(virt_to_pfn((void *)si->pt_base).v + si->nr_pt_frames);
	boot_info.free_from = PFN(boot_stack_pfn.v + 1);
	ask_version();
	kernel_main();
}

void platform_shutdown(bool crashed)
{
	struct sched_shutdown op = {.reason = crashed ? SHUTDOWN_crash : end_reason};

	console_drain(); /* a destroyed domain has no console */
	for (;;)
		hyp_sched_op(SCHEDOP_shutdown, &op);
}

void platform_idle(void)
{
	/* Xen unmasks and blocks in one step, and delivers the event on return. */
	hyp_sched_op(SCHEDOP_block, NULL);
	my_vcpu_info()->evtchn_upcall_mask = 1;
	barrier();
}

void platform_set_kernel_stack(unsigned long sp)
{
	if (hv_lazy())
		mc_call2(__HYPERVISOR_stack_switch, FLAT_KERNEL_SS, sp);
	else if (hyp_stack_switch(FLAT_KERNEL_SS, sp))
		panic("Xen refused a kernel stack");
}

void platform_set_tls(tls_t tls)
{
	if (vcpu_set_tls(tls))
		panic("Xen refused FS base %lx", TLS_NAME(tls));
}

/* The machine below Xen is QEMU's. Domain 0 may use its ports after it has asked Xen for them. */
void platform_checkpoint(char *text, size_t room)
{
	struct physdev_set_iopl op = {.iopl = 1};
	long rc = hypercall2(__HYPERVISOR_physdev_op, hypercalls_other, PHYSDEVOP_set_iopl, &op);

	if (rc)
		panic("Xen refused I/O ports: %ld; checkpoints are for domain 0", rc);
	qemu_checkpoint(text, room);
}

size_t platform_archive_size(void)
{
	return qemu_archive_size();
}

static u64 machine_address(const void *va)
{
	return (u64)pfn_to_mfn(virt_to_pfn(va)).v << PAGE_SHIFT | ((unsigned long)va & ~PAGE_MASK);
}

void platform_archive_read(void *to)
{
	qemu_archive_read(to, machine_address);
}
