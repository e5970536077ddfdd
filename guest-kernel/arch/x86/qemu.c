// SPDX-License-Identifier: MIT
/*
 * The machine if it is QEMU and we may use I/O ports: on native64, and under Xen as domain
 * 0.
 *
 * Two devices serve the host. A write to pvpanic (port 0x505) raises an event on QEMU's
 * control channel: the host may now stop the machine and save its state, in order to start
 * measurements from it. The host stops the machine while the guest runs a loop. The guest
 * runs this loop in any case, and a stop at any point of it does not change what the
 * machine does afterwards. (If the machine stopped itself, its clock would move.) A second
 * event says that the guest has left the loop. A stop was in time if it came before this
 * event. A saved state is inside the loop if the machine that continues from it raises
 * this event. fw_cfg hands over items by name. They are read after both events, so that
 * one state serves all programs: a text with the options, and optionally an archive of
 * files. QEMU's docs/specs describes both devices.
 *
 * The options are read one byte at a time. For an archive this would be too slow if each
 * access to a port traps, so fw_cfg copies it into our memory itself. It copies at most a
 * page at a time, since only a page is physically contiguous.
 */
#include "arch/x86/qemu.h"

#include "arch/x86/io.h"
#include "arch/x86/types.h"
#include "lib/bug.h"
#include "lib/string.h"

/* Two instructions a turn; about a fifth of a second under TCG. */
#define GRACE_TURNS 50000000u

#define PVPANIC_PORT	 0x505
#define PVPANIC_PANICKED (1u << 0) /* GUEST_PANICKED: in the loop */
#define PVPANIC_LOADED	 (1u << 1) /* GUEST_CRASHLOADED: the loop is left */
#define FW_CFG_SELECT	 0x510
#define FW_CFG_DATA	 0x511
#define FW_CFG_DMA_HIGH	 0x514 /* the address of a request; all fields are big-endian */
#define FW_CFG_DMA_LOW	 0x518 /* written last: starts the request, and returns when it is done */
#define FW_CFG_NB_CPUS	 0x05
#define FW_CFG_DIRECTORY 0x19
#define DMA_ERROR	 (1u << 0)
#define DMA_READ	 (1u << 1)
#define DMA_SELECT	 (1u << 3) /* the item number is in bits 16 and up; from its start */

struct fw_cfg_file {
	u32 size;   /* big-endian */
	u16 select; /* big-endian */
	u16 reserved;
	char name[56];
};

static void fw_cfg_select(u16 item)
{
	outw(FW_CFG_SELECT, item);
}

static void fw_cfg_read(void *to, size_t n)
{
	asm volatile("rep insb" : "+D"(to), "+c"(n) : "d"((u16)FW_CFG_DATA) : "memory");
}

static void grace(void)
{
	unsigned turns = GRACE_TURNS;

	asm volatile("1: decl %0\n jnz 1b" : "+r"(turns));
}

/* An item that the host provides, by name; size 0 if it does not. */
struct item {
	const char *name;
	u32 size;
	u16 select;
};

static struct item options_item = {.name = "opt/pvmmu/options"};
static struct item archive_item = {.name = "opt/pvmmu/archive"};

static void find_items(void)
{
	struct item *const items[] = {&options_item, &archive_item};
	u32 files;

	fw_cfg_select(FW_CFG_DIRECTORY);
	fw_cfg_read(&files, sizeof(files));
	for (files = __builtin_bswap32(files); files; files--) {
		struct fw_cfg_file f;

		fw_cfg_read(&f, sizeof(f));
		for (unsigned i = 0; i < ARRAY_SIZE(items); i++) {
			if (strncmp(f.name, items[i]->name, sizeof(f.name)))
				continue;
			items[i]->size = __builtin_bswap32(f.size);
			items[i]->select = __builtin_bswap16(f.select);
		}
	}
}

void qemu_checkpoint(char *text, size_t room)
{
	outb(PVPANIC_PORT, PVPANIC_PANICKED);
	grace();
	outb(PVPANIC_PORT, PVPANIC_LOADED);
	find_items();
	if (!options_item.size)
		panic("no %s in fw_cfg: is this QEMU?", options_item.name);
	if (options_item.size >= room)
		panic("the options in fw_cfg are too long: %u bytes", options_item.size);
	fw_cfg_select(options_item.select);
	fw_cfg_read(text, options_item.size);
	text[options_item.size] = '\0';
}

size_t qemu_archive_size(void)
{
	return archive_item.size;
}

void qemu_archive_read(void *to, u64 (*machine_address)(const void *va))
{
	static struct {
		struct {
			u32 control, length;
			u64 address;
		} request; /* big-endian */
		char data[PAGE_SIZE - 16];
	} page __aligned(PAGE_SIZE);
	u32 control = (u32)archive_item.select << 16 | DMA_SELECT | DMA_READ;
	u64 at = machine_address(&page.request);

	for (size_t left = archive_item.size, n; left; left -= n, to = (char *)to + n) {
		n = min_ul(left, sizeof(page.data));
		page.request.control = __builtin_bswap32(control);
		page.request.length = __builtin_bswap32((u32)n);
		page.request.address = __builtin_bswap64(machine_address(page.data));
		outl(FW_CFG_DMA_HIGH, __builtin_bswap32((u32)(at >> 32)));
		asm volatile("" ::: "memory"); /* the request is in memory before it is started */
		outl(FW_CFG_DMA_LOW, __builtin_bswap32((u32)at));
		asm volatile("" ::: "memory");
		if (page.request.control)
			panic("fw_cfg did not hand over %s", archive_item.name);
		memcpy(to, page.data, n);
		control = DMA_READ; /* continues at the position of the last request */
	}
}

unsigned qemu_cpus(void)
{
	u16 n; /* little-endian */

	fw_cfg_select(FW_CFG_NB_CPUS);
	fw_cfg_read(&n, sizeof(n));
	return n;
}
