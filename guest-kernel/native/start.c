// SPDX-License-Identifier: MIT
/*
 * Start of day without Xen. QEMU has loaded the image at 1 MiB and the initial ramdisk
 * near the end of memory. This file arranges memory as Xen's builder would - image,
 * ramdisk, tables that map them in the direct map - so that the code above is the same:
 * mmu/setup.c takes the tables over and adds the rest.
 *
 * Only memory that follows the image without a gap is used. The memory below 1 MiB is left
 * to the firmware and to the start of other CPUs. Memory beyond 4 GiB is ignored.
 */
#include <stdint.h>

#include <xen/arch-x86/hvm/start_info.h>

#include "arch/x86/io.h"
#include "arch/x86/cpu.h"
#include "arch/x86/platform.h"
#include "arch/x86/qemu.h"
#include "lib/bug.h"
#include "lib/string.h"
#include "native/console.h"
#include "native/cpu.h"
#include "native/per_cpu.h"

/* The chipset's reset register (PIIX3 and later): resets the complete machine at once. */
#define RESET_PORT 0xcf9
#define RESET_NOW  0x06

void native_start(unsigned long info_at);
void kernel_main(void) __noreturn;

struct boot_info boot_info;

extern char kernel_start[], kernel_end[];
static char command_line[1024];
static unsigned long next_page; /* pfn */

/* Structures of firmware and QEMU: the tables of head.S map the first 4 GiB. */
static void *physical(u64 address)
{
	return (void *)(DIRECT_MAP_BASE + (unsigned long)address);
}

static void find_memory(const struct hvm_start_info *info)
{
	const struct hvm_memmap_table_entry *e = physical(info->memmap_paddr);
	unsigned long image = virt_to_pfn(kernel_start).v << PAGE_SHIFT;

	for (u32 i = 0; i < info->memmap_entries; i++, e++)
		if (e->type == XEN_HVM_MEMMAP_TYPE_RAM && e->addr <= image &&
		    e->addr + e->size > image)
			boot_info.nr_pages = USABLE_PAGES((e->addr + e->size) >> PAGE_SHIFT);
	if (!boot_info.nr_pages)
		panic("the memory map does not know where we are");
}

/*
 * Moves the ramdisk down to the end of the image, because all memory behind it will be
 * allocated.
 */
static void place_initrd(const struct hvm_start_info *info)
{
	const struct hvm_modlist_entry *m = physical(info->modlist_paddr);
	void *to = kernel_end;

	next_page = virt_to_pfn(kernel_end).v;
	if (!info->nr_modules)
		return;
	boot_info.initrd = to;
	boot_info.initrd_len = m->size;
	memmove(to, physical(m->paddr), m->size);
	next_page += ALIGN_UP(m->size, PAGE_SIZE) >> PAGE_SHIFT;
}

static void check_memory(unsigned long end)
{
	if (end > boot_info.nr_pages)
		panic("too little memory for image and ramdisk: %lu pages", boot_info.nr_pages);
}

#if WORD_BITS == 64
static pte_t *new_table(void)
{
	void *table = physical(next_page++ << PAGE_SHIFT);

	memset(table, 0, PAGE_SIZE);
	return table;
}

static void map(pte_t *root, pfn_t pfn, pte_t e)
{
	unsigned long va = (unsigned long)pfn_to_virt(pfn);
	pte_t *table = root;

	for (int level = PT_LEVELS; level > 1; level--) {
		pte_t *ptep = &table[pt_index(va, level)];

		if (!pte_present(*ptep))
			*ptep = pte_from_mfn(MFN(virt_to_pfn(new_table()).v), PTE_TABLE);
		table = pfn_to_virt(PFN(pte_mfn(*ptep).v));
	}
	table[pt_index(va, 1)] = e;
}

/*
 * Tables for image, ramdisk and the tables themselves, with room for those that
 * mmu/setup.c will add.
 */
static void make_tables(void)
{
	unsigned long end = next_page + next_page / 256 + 512;
	pfn_t apic = virt_to_pfn(apic_page);
	pte_t *root;

	check_memory(end);
	root = new_table();
	for (unsigned long pfn = 0; pfn < end; pfn++) {
		pte_t e = {pfn << PAGE_SHIFT | PTE_KERNEL};

		if (pfn == apic.v)
			e.v = APIC_BASE | PTE_KERNEL | PTE_UNCACHED;
		map(root, PFN(pfn), e);
	}
	boot_info.boot_root = root;
	boot_info.free_from = PFN(next_page);
	write_cr3(virt_to_pfn(root).v << PAGE_SHIFT);
}
#else
/* The tables of head.S have another format. They stay in use until mmu/setup.c has made ours. */
static void make_tables(void)
{
	check_memory(next_page + 512);
	boot_info.free_from = PFN(next_page);
}
#endif

void native_start(unsigned long info_at)
{
	const struct hvm_start_info *info = physical(info_at);

	cpus[0].self = &cpus[0];
	per_cpu_begin();
	console_init();
	if (info->magic != XEN_HVM_START_MAGIC_VALUE || !info->version)
		panic("started by something that does not speak PVH: magic %x, version %u",
		      info->magic, info->version);
	boot_info.env = WORD_BITS == 64 ? "native64" : "native32";
	boot_info.role = "machine";
	copy_string(command_line, physical(info->cmdline_paddr), sizeof(command_line));
	boot_info.command_line = command_line;
	boot_info.low_end = PFN(1);
	find_memory(info);
	place_initrd(info);
	make_tables();
	kernel_main();
}

/* With QEMU's -no-reboot a reset is a prompt, clean exit. */
void platform_shutdown(bool crashed)
{
	(void)crashed;
	outb(RESET_PORT, RESET_NOW);
	for (;;)
		asm volatile("hlt");
}

void platform_checkpoint(char *text, size_t room)
{
	qemu_checkpoint(text, room);
}

size_t platform_archive_size(void)
{
	return qemu_archive_size();
}

static u64 machine_address(const void *va)
{
	return virt_to_pfn(va).v << PAGE_SHIFT | ((unsigned long)va & ~PAGE_MASK);
}

void platform_archive_read(void *to)
{
	qemu_archive_read(to, machine_address);
}
