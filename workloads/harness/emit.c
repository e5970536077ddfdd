/* SPDX-License-Identifier: MIT */
/*
 * The workload's records. Each line is written in one write(2): Xen and the kernel print
 * to the same console, and one call is as close to atomic as a process can get. If a line
 * is interrupted nevertheless, the host detects it by the checksum.
 */
#include <unistd.h>

#include "../../abi/counters.h"
#include "../../abi/record.h"
#include "harness.h"

static char json[RECORD_JSON_MAX];
static char line[RECORD_LINE_MAX];
static uint64_t next_seq;

static struct text begin(const char *type)
{
	struct text t = {.buf = json, .cap = sizeof(json)};

	text_put(&t, "{\"t\":");
	text_json_string(&t, type);
	return t;
}

static void finish(struct text *t)
{
	size_t n;

	text_put(t, "}");
	n = t->overflow ? 0 : record_frame(line, 'w', next_seq, t->buf, t->len);
	/* The rest of a torn line would be a second write, which is as bad as no line. */
	if (!n || write(STDOUT_FILENO, line, n) != (ssize_t)n)
		_exit(EXIT_NOWRITE);
	next_seq++;
}

static void member_u64(struct text *t, const char *name, uint64_t v)
{
	text_put(t, ",");
	text_json_string(t, name);
	text_put(t, ":");
	text_u64(t, v);
}

static void member_string(struct text *t, const char *name, const char *s)
{
	text_put(t, ",");
	text_json_string(t, name);
	text_put(t, ":");
	text_json_string(t, s);
}

void emit_workload(const char *clock, uint64_t nop1000, const struct overhead *overhead)
{
	struct text t = begin("workload");

	member_string(&t, "name", workload.name);
	text_put(&t, ",\"params\":{");
	for (size_t i = 0; param_at(i); i++) {
		text_put(&t, i ? "," : "");
		text_json_string(&t, param_at(i)->name);
		text_put(&t, ":");
		text_u64(&t, param_value_at(i));
	}
	text_put(&t, "}");
	member_string(&t, "clock", clock);
	member_u64(&t, "iterations", workload_param("n") * workload_reps());
	member_u64(&t, "warmup", workload_param("warmup"));
	if (nop1000)
		member_u64(&t, "nop1000", nop1000);
	if (overhead) {
		text_put(&t, ",\"timer_overhead\":{\"readings\":");
		text_u64(&t, overhead->readings);
		member_u64(&t, "least", overhead->least);
		member_u64(&t, "largest", overhead->largest);
		text_put(&t, "}");
	}
	finish(&t);
}

/* Room that a record needs after its last list item: closing brackets. */
#define TAIL 4

void emit_samples(const uint64_t *values, uint64_t n, uint64_t reps)
{
	uint64_t i = 0;

	while (i < n) {
		struct text t = begin("samples");
		uint64_t first = i;

		member_string(&t, "series", "time");
		member_string(&t, "unit", "tick");
		member_string(&t, "better", "lower");
		member_u64(&t, "reps", reps);
		member_u64(&t, "first", first);
		text_put(&t, ",\"values\":[");
		/* A comma and 20 digits are the longest item. */
		for (; i < n && t.cap - t.len > 21 + TAIL; i++) {
			text_put(&t, i > first ? "," : "");
			text_u64(&t, values[i]);
		}
		text_put(&t, "]");
		finish(&t);
	}
}

void emit_counters(const uint64_t *before, const uint64_t *after, uint64_t iterations)
{
	static const char *const names[] = {
#define X(group, name, what) #group "." #name,
		PVMMU_COUNTERS(X)
#undef X
	};
	size_t i = 0;

	while (i < PVMMU_NR_COUNTERS) {
		struct text t = begin("counters");
		size_t first = i;

		member_u64(&t, "iterations", iterations);
		text_put(&t, ",\"values\":{");
		/* 64: a name with its quotes, colon, comma and 20 digits. */
		for (; i < PVMMU_NR_COUNTERS && t.cap - t.len > 64 + TAIL; i++) {
			text_put(&t, i > first ? "," : "");
			text_json_string(&t, names[i]);
			text_put(&t, ":");
			text_u64(&t, after[i] - before[i]);
		}
		text_put(&t, "}");
		finish(&t);
	}
}

void emit_warning(const char *warning)
{
	struct text t = begin("warning");

	member_string(&t, "text", warning);
	finish(&t);
}

void emit_done(const char *status, const char *reason)
{
	struct text t = begin("done");

	member_string(&t, "status", status);
	member_string(&t, "reason", reason);
	finish(&t);
}
