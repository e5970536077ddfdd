// SPDX-License-Identifier: MIT
#include "sys/xenperf.h"

#include "arch/x86/platform.h"
#include "arch/x86/smp.h"
#include "lib/string.h"
#include "mm/vmalloc.h"
#include "mmu/backend.h"
#include "proc/options.h"

/* Far more than Xen has: about 170 counters, some of them arrays of up to 144. */
#define COUNTERS_MAX 1024
#define VALUES_MAX   16384

/* Counters in one record, and its approximate size; an array at the end may double that. */
#define RECORD_COUNTERS 48
#define RECORD_ROOM	1500
#define VALUE_ROOM	26 /* index and value of one element, with separators */

static struct {
	const char *why; /* why counters cannot be read; NULL: they can */
	struct hv_counter *counters;
	u32 nr, nr_values;
	u32 *first, *last; /* readings at the beginning and at the end of an interval */
	u64 *sum;
	unsigned stretches;
	bool open, confused; /* open: within an interval; confused: a reading was missed */
} xp;

static void make_room(void)
{
	xp.why = platform_hv_counters(NULL, NULL, &xp.nr, &xp.nr_values);
	if (xp.why)
		return;
	if (xp.nr > COUNTERS_MAX || xp.nr_values > VALUES_MAX) {
		xp.why = "too many counters";
		return;
	}
	xp.counters = vmalloc(xp.nr * sizeof(*xp.counters));
	xp.first = vmalloc(xp.nr_values * sizeof(u32));
	xp.last = vmalloc(xp.nr_values * sizeof(u32));
	xp.sum = vmalloc(xp.nr_values * sizeof(u64));
	if (!xp.counters || !xp.first || !xp.last || !xp.sum)
		xp.why = "no memory";
	else
		memset(xp.sum, 0, xp.nr_values * sizeof(u64));
}

void xenperf_init(void)
{
	if (HV_PARAVIRT && options.xenperf)
		make_room();
}

static void read_xen(u32 *values)
{
	u32 nr = 0, nr_values = 0;

	xp.why = platform_hv_counters(xp.counters, values, &nr, &nr_values);
	if (!xp.why && (nr != xp.nr || nr_values != xp.nr_values))
		xp.why = "Xen's counters have changed";
}

void xenperf_edge(void (*read)(void *arg), void *arg)
{
	if (!HV_PARAVIRT || xp.why || !smp_stop_others()) {
		xp.confused = true;
		read(arg);
		return;
	}
	read(arg);
	read_xen(xp.open ? xp.last : xp.first);
	if (!xp.why && xp.open) {
		/* Subtract in 32 bits, because the values wrap. */
		for (u32 i = 0; i < xp.nr_values; i++)
			xp.sum[i] += xp.last[i] - xp.first[i];
		xp.stretches++;
	}
	xp.open = !xp.open;
	smp_release_others();
}

/* A counter with one value for each of Xen's processors; any array has more values than that. */
static bool is_plain(const struct hv_counter *c)
{
	u32 least = c->values;

	for (u32 i = 0; i < xp.nr; i++)
		least = (u32)min_ul(least, xp.counters[i].values);
	return c->values == least;
}

static u64 total(const struct hv_counter *c, const u64 *sum)
{
	u64 all = 0;

	for (u32 i = 0; i < c->values; i++)
		all += sum[i];
	return all;
}

static size_t room_of(const struct hv_counter *c, const u64 *sum)
{
	size_t bytes = strlen(c->name) + VALUE_ROOM;

	for (u32 i = 0; !is_plain(c) && i < c->values; i++)
		bytes += sum[i] ? VALUE_ROOM : 0;
	return bytes;
}

static void put_counter(const struct hv_counter *c, const u64 *sum)
{
	char index[12];

	if (is_plain(c)) {
		record_u64(c->name, total(c, sum));
		return;
	}
	record_object(c->name);
	for (u32 i = 0; i < c->values; i++) {
		if (!sum[i])
			continue;
		snprintf(index, sizeof(index), "%u", i);
		record_u64(index, sum[i]);
	}
	record_object_end();
}

/* Reports counters from `from` on, as many as fit; returns the first one that did not fit. */
static u32 report_some(u32 from, u64 **sum)
{
	const char *zero[RECORD_COUNTERS];
	unsigned zeros = 0;
	size_t bytes = 0;
	u32 i = from;

	record_begin("collected");
	record_str("by", "xenperf");
	record_object("values");
	for (; i < xp.nr && i < from + RECORD_COUNTERS && bytes < RECORD_ROOM; i++) {
		const struct hv_counter *c = &xp.counters[i];

		bytes += room_of(c, *sum);
		if (total(c, *sum))
			put_counter(c, *sum);
		else
			zero[zeros++] = c->name;
		*sum += c->values;
	}
	record_object_end();
	record_strings("zero", zero, zeros);
	if (i == xp.nr) {
		record_u64("counters", xp.nr);
		record_u64("stretches", xp.stretches);
	}
	record_end();
	return i;
}

void xenperf_report(void)
{
	u64 *sum = xp.sum;

	if (!HV_PARAVIRT || !options.xenperf)
		return;
	if (!xp.why && xp.confused)
		xp.why = "our counters were read by several at once";
	if (!xp.why && (xp.open || !xp.stretches))
		xp.why = "our counters were not read before and after something";
	if (xp.why) {
		record_begin("collected");
		record_str("by", "xenperf");
		record_str("unavailable", xp.why);
		record_end();
		return;
	}
	for (u32 i = 0; i < xp.nr;)
		i = report_some(i, &sum);
}
