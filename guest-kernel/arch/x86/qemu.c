// SPDX-License-Identifier: MIT
/*
 * The machine where it is QEMU and we may use I/O ports: on native64, and under
 * Xen as domain 0.
 *
 * Two devices serve the host. A write to pvpanic (port 0x505) raises an event on
 * QEMU's control channel: the host may now stop the machine and save its state,
 * to start measurements from there. It does so within the instructions of a loop
 * that the guest then runs through, saved or not: a stop at any point of it does
 * not change what the machine does afterwards, whereas a machine that stops
 * itself would find its clock moved. fw_cfg hands over a text by name, read after
 * the loop, so that one state serves all programs. Both devices are described in
 * QEMU's docs/specs.
 */
#include "arch/x86/qemu.h"

#include "arch/x86/io.h"
#include "lib/bug.h"
#include "lib/string.h"

/* Two instructions a turn; about a fifth of a second under TCG. */
#define GRACE_TURNS 50000000u

#define PVPANIC_PORT	 0x505
#define FW_CFG_SELECT	 0x510
#define FW_CFG_DATA	 0x511
#define FW_CFG_NB_CPUS	 0x05
#define FW_CFG_DIRECTORY 0x19
#define OPTIONS_FILE	 "opt/pvmmu/options"

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

static bool read_options(char *text, size_t room)
{
	u32 files;

	fw_cfg_select(FW_CFG_DIRECTORY);
	fw_cfg_read(&files, sizeof(files));
	for (files = __builtin_bswap32(files); files; files--) {
		struct fw_cfg_file f;
		u32 size;

		fw_cfg_read(&f, sizeof(f));
		if (strncmp(f.name, OPTIONS_FILE, sizeof(f.name)))
			continue;
		size = __builtin_bswap32(f.size);
		if (size >= room)
			panic("the options in fw_cfg are too long: %u bytes", size);
		fw_cfg_select(__builtin_bswap16(f.select));
		fw_cfg_read(text, size);
		text[size] = '\0';
		return true;
	}
	return false;
}

void qemu_checkpoint(char *text, size_t room)
{
	outb(PVPANIC_PORT, 1);
	grace();
	if (!read_options(text, room))
		panic("no %s in fw_cfg: is this QEMU?", OPTIONS_FILE);
}

unsigned qemu_cpus(void)
{
	u16 n; /* little-endian */

	fw_cfg_select(FW_CFG_NB_CPUS);
	fw_cfg_read(&n, sizeof(n));
	return n;
}
