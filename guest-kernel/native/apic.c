// SPDX-License-Identifier: MIT
/*
 * The local APIC, in its older form with registers in memory, which every QEMU emulates
 * (the newer form, x2APIC, only from version 9 on). Its identifiers are the numbers of the
 * CPUs: QEMU counts them from 0 if all CPUs are in one socket.
 *
 * The old interrupt controllers stay silent: the console is polled, and no other device
 * interrupts.
 */
#include "arch/x86/cpu.h"
#include "arch/x86/io.h"
#include "lib/bug.h"
#include "native/cpu.h"

#define APIC_ID		   0x020
#define APIC_EOI	   0x0b0
#define APIC_SPURIOUS	   0x0f0
#define APIC_COMMAND	   0x300
#define APIC_COMMAND_HIGH  0x310
#define APIC_LVT_TIMER	   0x320
#define APIC_LVT_LINT0	   0x350
#define APIC_LVT_LINT1	   0x360
#define APIC_TIMER_INITIAL 0x380
#define APIC_TIMER_CURRENT 0x390
#define APIC_TIMER_DIVIDE  0x3e0

#define SPURIOUS_ENABLE	   0x100
#define LVT_MASKED	   0x10000
#define DIVIDE_BY_1	   0xb
#define COMMAND_INIT	   0x500
#define COMMAND_STARTUP	   0x600
#define COMMAND_ASSERT	   0x4000
#define COMMAND_DELIVERING 0x1000

#define PIC_MASTER_MASK 0x21
#define PIC_SLAVE_MASK	0xa1

#if WORD_BITS == 64
char apic_page[PAGE_SIZE] __aligned(PAGE_SIZE);
#endif

static u32 apic_read(unsigned reg)
{
	return *(volatile u32 *)(apic_page + reg);
}

static void apic_write(unsigned reg, u32 v)
{
	*(volatile u32 *)(apic_page + reg) = v;
}

void apic_init(void)
{
	unsigned id = apic_read(APIC_ID) >> 24;

	if (id != this_cpu()->id)
		panic("CPU %u has the APIC identifier %u", this_cpu()->id, id);
	outb(PIC_MASTER_MASK, 0xff);
	outb(PIC_SLAVE_MASK, 0xff);
	apic_write(APIC_LVT_LINT0, LVT_MASKED);
	apic_write(APIC_LVT_LINT1, LVT_MASKED);
	apic_write(APIC_TIMER_DIVIDE, DIVIDE_BY_1);
	apic_write(APIC_LVT_TIMER, VECTOR_TIMER); /* one-shot */
	apic_write(APIC_SPURIOUS, SPURIOUS_ENABLE | VECTOR_SPURIOUS);
}

void apic_acknowledge(void)
{
	apic_write(APIC_EOI, 0);
}

void apic_set_timer(u32 ticks)
{
	apic_write(APIC_TIMER_INITIAL, ticks);
}

u32 apic_timer_left(void)
{
	return apic_read(APIC_TIMER_CURRENT);
}

static void apic_command(unsigned id, u32 command)
{
	apic_write(APIC_COMMAND_HIGH, id << 24);
	apic_write(APIC_COMMAND, command);
	while (apic_read(APIC_COMMAND) & COMMAND_DELIVERING)
		cpu_relax();
}

void apic_send(unsigned id, unsigned vector)
{
	apic_command(id, vector);
}

void apic_start(unsigned id, unsigned page)
{
	apic_command(id, COMMAND_INIT | COMMAND_ASSERT);
	apic_command(id, COMMAND_STARTUP | COMMAND_ASSERT | page);
}
