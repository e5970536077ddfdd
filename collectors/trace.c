// SPDX-License-Identifier: MIT
#include "trace.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text.h"

#define CPU_CHANGE   0x0001f003
#define LOST_RECORDS 0x0001f001
#define SCHED_SWITCH 0x0002800a /* domain and vCPU before; domain and vCPU after */
#define PV_CLASS     0x0020f000
#define PV_64	     0x100 /* addresses have 64 bits */
#define PV_TRAP	     0x00201003
#define PV_FAULT     0x00201004
#define PV_PTWR	     0x0020100b
#define PV_PTWR_PAE  0x0020100c
#define PV_HYPERCALL 0x0020100d
#define PV_SUBCALL   0x0020200e

#define CPUS_MAX 256
#define NOBODY	 0xffffffffu

/* Hypercalls that guests use; others are called by their number. */
static const char *const names[64] = {
	[1] = "mmu_update",  [3] = "stack_switch",	 [12] = "memory_op",
	[13] = "multicall",  [14] = "update_va_mapping", [15] = "set_timer_op",
	[18] = "console_io", [21] = "vm_assist",	 [23] = "iret",
	[24] = "vcpu_op",    [25] = "set_segment_base",	 [26] = "mmuext_op",
	[29] = "sched_op",   [32] = "event_channel_op",
};

struct event {
	uint32_t id, data[7];
	unsigned n;
	uint64_t time; /* 0: none */
	uint32_t domain;
};

struct reader {
	const uint32_t *at, *end;
	unsigned cpu;
	uint32_t running[CPUS_MAX];
};

static bool next(struct reader *r, struct event *e)
{
	uint32_t head;
	bool stamped;

	if (r->at >= r->end)
		return false;
	head = *r->at;
	stamped = head >> 31;
	*e = (struct event){.id = head & 0x0fffffff, .n = head >> 28 & 7};
	if ((size_t)(r->end - r->at) < 1 + 2 * stamped + e->n)
		return false;
	r->at++;
	if (stamped) {
		e->time = r->at[0] | (uint64_t)r->at[1] << 32;
		r->at += 2;
	}
	memcpy(e->data, r->at, e->n * sizeof(*e->data));
	r->at += e->n;
	if (e->id == CPU_CHANGE && e->n)
		r->cpu = e->data[0] < CPUS_MAX ? e->data[0] : CPUS_MAX - 1;
	if (e->id == SCHED_SWITCH && e->n >= 4)
		r->running[r->cpu] = e->data[2];
	e->domain = r->running[r->cpu];
	return true;
}

static void begin(struct reader *r, const void *bytes, size_t n)
{
	r->at = bytes;
	r->end = r->at + n / sizeof(*r->at);
	r->cpu = 0;
	for (unsigned i = 0; i < CPUS_MAX; i++)
		r->running[i] = NOBODY;
}

static void add(json_t *counts, const char *name)
{
	json_int_t n = json_integer_value(json_object_get(counts, name));

	json_object_set_new(counts, name, json_integer(n + 1));
}

static void add_call(json_t *counts, uint32_t op)
{
	char number[24];

	op &= 0xfffff;
	if (op < sizeof(names) / sizeof(*names) && names[op]) {
		add(counts, names[op]);
		return;
	}
	snprintf(number, sizeof(number), "hypercall_%u", op);
	add(counts, number);
}

/* Whether the event is a hypercall, which has a series in time. */
static bool is_call(const struct event *e)
{
	return e->id == PV_HYPERCALL && e->n;
}

static bool is_fault(const struct event *e)
{
	return (e->id & ~(uint32_t)PV_64) == PV_FAULT;
}

/* The time from the first to the last event of the domain. */
static bool find_span(const void *bytes, size_t n, unsigned domain, uint64_t *from, uint64_t *to)
{
	struct reader r;
	struct event e;
	bool any = false;

	begin(&r, bytes, n);
	while (next(&r, &e)) {
		if (e.domain != domain || !e.time)
			continue;
		if (!any || e.time < *from)
			*from = e.time;
		if (!any || e.time > *to)
			*to = e.time;
		any = true;
	}
	return any;
}

static json_t *numbers(const uint64_t *v, unsigned n)
{
	json_t *all = json_array();

	for (unsigned i = 0; i < n; i++)
		json_array_append_new(all, json_integer((json_int_t)v[i]));
	return all;
}

json_t *trace_counts(const void *bytes, size_t n, unsigned domain, unsigned bins, char **error)
{
	json_t *calls, *inside, *all;
	uint64_t from = 0, to = 0, width, *in_bin;
	json_int_t faults = 0, traps = 0, emulated = 0, lost = 0;
	struct reader r;
	struct event e;

	if (!find_span(bytes, n, domain, &from, &to)) {
		fail(error, "the trace does not show the domain");
		return NULL;
	}
	in_bin = xcalloc(2 * bins, sizeof(*in_bin));
	width = (to - from) / bins + 1;
	calls = json_object();
	inside = json_object();
	begin(&r, bytes, n);
	while (next(&r, &e)) {
		uint64_t bin = e.time >= from ? (e.time - from) / width : 0;

		if (e.id == LOST_RECORDS && e.n)
			lost += e.data[0];
		if (e.domain != domain || (e.id & 0x0fff0000) != (PV_CLASS & 0x0fff0000))
			continue;
		if (is_call(&e))
			add_call(calls, e.data[0]);
		else if (e.id == PV_SUBCALL && e.n)
			add_call(inside, e.data[0]);
		else if (is_fault(&e))
			faults++;
		else if ((e.id & ~(uint32_t)PV_64) == PV_TRAP)
			traps++;
		else if ((e.id & ~(uint32_t)PV_64) == PV_PTWR ||
			 (e.id & ~(uint32_t)PV_64) == PV_PTWR_PAE)
			emulated++;
		if (bin < bins && is_call(&e))
			in_bin[bin]++;
		else if (bin < bins && is_fault(&e))
			in_bin[bins + bin]++;
	}
	all = json_pack("{s:o, s:o, s:I, s:I, s:I, s:I, s:{s:I, s:o, s:o}}", "hypercalls", calls,
			"in_multicalls", inside, "page_faults", faults, "other_traps", traps,
			"emulated_writes", emulated, "lost_records", lost, "series",
			"interval_ticks", (json_int_t)width, "hypercalls", numbers(in_bin, bins),
			"page_faults", numbers(in_bin + bins, bins));
	free(in_bin);
	return all;
}
