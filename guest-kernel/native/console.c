// SPDX-License-Identifier: MIT
/*
 * The console: the first serial port, polled. QEMU ignores the baud rate, but we set it
 * like Xen does. An emulated port takes bytes as fast as they come.
 */
#include "arch/x86/io.h"
#include "arch/x86/spinlock.h"
#include "lib/print.h"
#include "native/console.h"

#define COM1	    0x3f8
#define DATA	    (COM1 + 0)
#define INTERRUPTS  (COM1 + 1)
#define FIFO	    (COM1 + 2)
#define LINE	    (COM1 + 3)
#define LINE_STATUS (COM1 + 5)

#define LINE_8N1	  0x03
#define LINE_DIVISOR	  0x80
#define FIFO_ENABLE_CLEAR 0x07
#define STATUS_CAN_SEND	  0x20

static spinlock_t lock;

void console_init(void)
{
	outb(INTERRUPTS, 0);
	outb(LINE, LINE_DIVISOR);
	outb(DATA, 1); /* 115200 baud */
	outb(INTERRUPTS, 0);
	outb(LINE, LINE_8N1);
	outb(FIFO, FIFO_ENABLE_CLEAR);
}

static void put(char c)
{
	while (!(inb(LINE_STATUS) & STATUS_CAN_SEND))
		cpu_relax();
	outb(DATA, (u8)c);
}

void platform_console_write(const char *s, size_t n)
{
	spin_lock(&lock);
	for (; n; s++, n--) {
		if (*s == '\n')
			put('\r');
		put(*s);
	}
	spin_unlock(&lock);
}
