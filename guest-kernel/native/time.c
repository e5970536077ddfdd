// SPDX-License-Identifier: MIT
/*
 * Time without Xen: the time-stamp counter, and the timer in the local APIC. The length of
 * a tick of each is measured once, against a clock whose rate is fixed: channel 2 of the
 * old interval timer (8254), started by its gate in port 0x61 and read back there. The
 * date comes from the battery-backed clock.
 */
#include "arch/x86/io.h"
#include "arch/x86/cpu.h"
#include "arch/x86/platform.h"
#include "lib/bug.h"
#include "native/cpu.h"

#define PIT_HZ	      1193182u
#define PIT_CHANNEL_2 0x42
#define PIT_COMMAND   0x43
#define PIT_ONE_SHOT  0xb0 /* channel 2, both bytes, mode 0: output rises at the end */
#define PIT_TICKS     2386u
#define CALIBRATIONS  100
#define GATE_PORT     0x61
#define GATE_ON	      0x01
#define GATE_SPEAKER  0x02
#define GATE_OUTPUT   0x20

#define RTC_INDEX  0x70
#define RTC_DATA   0x71
#define RTC_STATUS 0x0a
#define RTC_BUSY   0x80

#define NS_PER_S 1000000000u

/* 32.32 fixed point: nanoseconds per tick of the counter, timer ticks per nanosecond. */
static u64 tsc_ns, apic_per_ns;
static u64 tsc_start, wall_start;

u64 platform_clock_ns(void)
{
	return scale_32(rdtsc() - tsc_start, tsc_ns);
}

u64 platform_ticks_ns(u64 ticks)
{
	return scale_32(ticks, tsc_ns);
}

u64 platform_wall_ns(void)
{
	return wall_start + platform_clock_ns();
}

void platform_set_timer(u64 deadline_ns)
{
	u64 now = platform_clock_ns(), ticks = 0;

	if (deadline_ns > now)
		ticks = scale_32(deadline_ns - now, apic_per_ns);
	/*
	 * 0 would stop the timer. If the deadline is beyond the timer's range, it expires early,
	 * which is harmless.
	 */
	apic_set_timer(ticks > 0xffffffff ? 0xffffffff : ticks ? (u32)ticks : 1);
}

/* One measurement: ticks of both clocks during a span of the interval timer. */
static void measure(u64 *tsc, u32 *apic)
{
	u8 gate = inb(GATE_PORT) & ~(GATE_ON | GATE_SPEAKER);
	u64 before, after;
	u32 left;

	outb(GATE_PORT, gate | GATE_ON);
	outb(PIT_COMMAND, PIT_ONE_SHOT);
	outb(PIT_CHANNEL_2, PIT_TICKS & 0xff);
	apic_set_timer(0xffffffff);
	outb(PIT_CHANNEL_2, PIT_TICKS >> 8); /* starts the span */
	before = rdtsc();
	while (!(inb(GATE_PORT) & GATE_OUTPUT))
		;
	after = rdtsc();
	left = apic_timer_left();
	apic_set_timer(0);
	outb(GATE_PORT, gate);
	if (after == before || left == 0xffffffff || !left)
		panic("a clock stands still: %lu ticks of the TSC, %u left of the timer",
		      (unsigned long)(after - before), left);
	*tsc = after - before;
	*apic = 0xffffffff - left;
}

/*
 * If time is real, something may interrupt a measurement. So two measurements in a row
 * must agree, to a thousandth. If that never happens, the last one is used; the host
 * checks the result.
 */
static void calibrate(void)
{
	u64 tsc, last = 0, ns = (u64)PIT_TICKS * NS_PER_S / PIT_HZ;
	u32 apic;

	for (int tries = 0; tries < CALIBRATIONS; tries++) {
		measure(&tsc, &apic);
		if (tsc - last < tsc >> 10 || last - tsc < tsc >> 10)
			break;
		last = tsc;
	}
	tsc_ns = (ns << 32) / tsc;
	apic_per_ns = ((u64)apic << 32) / ns;
}

static unsigned rtc_read(u8 reg)
{
	u8 v;

	outb(RTC_INDEX, reg);
	v = inb(RTC_DATA);
	return (v >> 4) * 10u + (v & 15); /* QEMU keeps binary-coded decimals */
}

/* Seconds since 1970 of a date after 2000 in the Gregorian calendar. */
static u64 unix_seconds(unsigned year, unsigned month, unsigned day)
{
	/* A year that begins in March ends with the leap day. */
	unsigned y = month > 2 ? year : year - 1, m = (month + 9) % 12;
	u64 days = y * 365ul + y / 4 - y / 100 + y / 400 + (m * 306 + 5) / 10 + day - 1;

	return (days - 719468) * 86400;
}

static u64 read_calendar(void)
{
	u64 seconds;

	do {
		outb(RTC_INDEX, RTC_STATUS);
	} while (inb(RTC_DATA) & RTC_BUSY);
	seconds = unix_seconds(2000 + rtc_read(9), rtc_read(8), rtc_read(7));
	return seconds + rtc_read(4) * 3600 + rtc_read(2) * 60 + rtc_read(0);
}

void platform_init_time(void)
{
	if (this_cpu()->id)
		return; /* all CPUs have the same rate */
	calibrate();
	wall_start = read_calendar() * NS_PER_S;
	tsc_start = rdtsc();
}
