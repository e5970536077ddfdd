/* SPDX-License-Identifier: MIT */
/*
 * The record protocol: how the guest sends results to the host over a console that others
 * write to as well.
 *
 * A record is one line:
 *
 *	@pvmmu SRC SEQ LEN CRC JSON\n
 *
 *	SRC	who wrote it: "k" the guest kernel, "w" a process (the workload)
 *	SEQ	decimal, counts from 0 per SRC, so a lost line is noticed
 *	LEN	decimal, bytes of JSON
 *	CRC	8 hex digits, CRC-32 (IEEE 802.3) over "SRC SEQ JSON"
 *	JSON	one object without a raw newline; its "t" member names the record
 *
 * Xen and the guest kernel share the serial line, and each can interrupt the other's
 * lines. A line that contains the prefix but is not a valid record is *torn*: the host
 * must report it, never guess. A line without the prefix is ordinary console output.
 *
 * Processes cannot write to that line. The kernel collects all that they write, by any
 * descriptor, and sends it inside its own "output" records. The records of a workload are
 * lines of that text. So each source has its own place: "k" on the line, "w" in the
 * output. In the strings of the kernel's records "@" and "(" are escaped as code points.
 * If Xen interrupts a record, no part of it contains the prefix or the "(XEN)" of Xen's
 * own lines. (On rig host there is no kernel: everything that its process prints is
 * output.)
 *
 * Guest and host share only the headers in abi/; this one needs no libc.
 *
 * Records, by "t":
 *   boot       (k) abi, env, variant, policy{}, compiler, vcpus, pages, role, xen, xen_caps,
 *                  giga_ticks_ns (nanoseconds that 10^9 ticks of the TSC take by the guest's
 *                  clock), seed, high_pages (under pte=high: size of the zone for pte pages),
 *                  audit (bool: audit records will follow), mutant ("none" in an ordinary
 *                  build)
 *   workload   (w) name, params{}, clock ("tsc" or "monotonic"), iterations (timed ones), warmup,
 *                  nop1000, timer_overhead{readings, least, largest} (ticks of clock that an empty
 *                  body takes; part of every sample, not subtracted)
 *   samples    (w) series, unit ("tick" of clock), better, reps (iterations in each value; absent:
 *                  1), first, values[]   (may repeat: chunks)
 *   counters   (w) iterations, values{ "group.name": n }: deltas over all timed iterations
 *   done       (w) status ("ok", "skip" or "fail"), reason
 *   warning    (k,w) text
 *   conserved  (k) ok, and name:[before, after] for each conserved quantity
 *   audit      (k) when ("demand": the workload asked, after its last sample; "end": after
 *                  the last process), ok, trees, tables, leaves (checked), xen_view
 *                  (bool: compared with it), unchecked (why not), problem_count,
 *                  problems[] (the first few as text)
 *   output     (k) fd (enum output_to), data: what processes have written, in order: to the
 *                  console, or to the standard output or error of a program that the host
 *                  brought. A string in which the code points 0 to 255 stand for bytes
 *   collected  (k) by: the host's collector that this part of the guest serves; and its data
 *   unstarted  (k) path, error (errno): process 1 could not become that program. Its status is
 *                  127 << 8 then
 *   panic      (k) reason, where
 *   exit       (k) status: process 1's wait status as wait4 encodes it. Always the last record
 */
#ifndef PVMMU_ABI_RECORD_H
#define PVMMU_ABI_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Incremented when a field of a record changes its meaning. 2: processes print in records. */
#define RECORD_ABI 2

#define RECORD_PREFIX	  "@pvmmu "
#define RECORD_PREFIX_LEN (sizeof(RECORD_PREFIX) - 1)

/* Maximum length of a record's JSON text, and of a complete line with its newline. */
#define RECORD_JSON_MAX 3500
#define RECORD_LINE_MAX (RECORD_JSON_MAX + 64)

/* CRC-32, reflected, polynomial 0xedb88320. Start with crc = 0; calls chain. */
static inline uint32_t record_crc32(uint32_t crc, const char *p, size_t n)
{
	crc = ~crc;
	while (n--) {
		crc ^= (uint8_t)*p++;
		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (0xedb88320u & -(crc & 1));
	}
	return ~crc;
}

static inline size_t record_put_dec(char *out, uint64_t v)
{
	char tmp[20];
	size_t n = 0;

	do {
		tmp[n++] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	for (size_t i = 0; i < n; i++)
		out[i] = tmp[n - 1 - i];
	return n;
}

static inline uint32_t record_checksum(char src, const char *seq, size_t seq_len, const char *json,
				       size_t len)
{
	char head[2] = {src, ' '};
	uint32_t crc = record_crc32(0, head, 2);

	crc = record_crc32(crc, seq, seq_len);
	crc = record_crc32(crc, " ", 1);
	return record_crc32(crc, json, len);
}

/*
 * Formats json[0..len) as a record line, newline included, into out, which has room for
 * RECORD_LINE_MAX bytes. Returns the line's length, or 0 if json is too long or contains a
 * newline.
 */
static inline size_t record_frame(char *out, char src, uint64_t seq, const char *json, size_t len)
{
	static const char hex[] = "0123456789abcdef";
	char seq_text[20];
	size_t seq_len = record_put_dec(seq_text, seq);
	uint32_t crc;
	size_t n = 0;

	if (len > RECORD_JSON_MAX)
		return 0;
	for (size_t i = 0; i < len; i++)
		if (json[i] == '\n' || json[i] == '\r')
			return 0;
	crc = record_checksum(src, seq_text, seq_len, json, len);

	for (const char *p = RECORD_PREFIX; *p; p++)
		out[n++] = *p;
	out[n++] = src;
	out[n++] = ' ';
	for (size_t i = 0; i < seq_len; i++)
		out[n++] = seq_text[i];
	out[n++] = ' ';
	n += record_put_dec(out + n, len);
	out[n++] = ' ';
	for (int shift = 28; shift >= 0; shift -= 4)
		out[n++] = hex[(crc >> shift) & 15];
	out[n++] = ' ';
	for (size_t i = 0; i < len; i++)
		out[n++] = json[i];
	out[n++] = '\n';
	return n;
}

/* The destination of a process' output: fd of an "output" record. */
enum output_to {
	OUTPUT_CONSOLE, /* standard output and error of a workload */
	OUTPUT_STDOUT,
	OUTPUT_STDERR,
};

enum record_kind {
	RECORD_NONE, /* ordinary console output */
	RECORD_OK,   /* a complete record: the out parameters are set */
	RECORD_TORN, /* the prefix is there but the line is not a valid record */
};

struct record_view {
	char src;
	uint64_t seq;
	const char *json; /* points into the line; not NUL-terminated */
	size_t json_len;
};

static inline bool record_get_dec(const char **p, const char *end, uint64_t *v)
{
	const char *s = *p;

	*v = 0;
	while (s < end && *s >= '0' && *s <= '9') {
		if (s - *p >= 18)
			return false;
		*v = *v * 10 + (uint64_t)(*s++ - '0');
	}
	if (s == *p || s == end || *s != ' ')
		return false;
	*p = s + 1;
	return true;
}

/*
 * Parses one console line, without its newline (a trailing carriage return is ignored). If
 * the prefix is in the middle of a line, other text was printed before it without a
 * newline: that line is torn too.
 */
static inline enum record_kind record_parse(const char *line, size_t n, struct record_view *out)
{
	const char *end = line + n, *p, *seq;
	size_t at = 0, seq_len;
	uint64_t len;
	uint32_t crc = 0;
	bool found = false;

	if (n && end[-1] == '\r')
		end--, n--;
	for (at = 0; !found && at + RECORD_PREFIX_LEN <= n; at++) {
		size_t i = 0;

		while (i < RECORD_PREFIX_LEN && line[at + i] == RECORD_PREFIX[i])
			i++;
		found = i == RECORD_PREFIX_LEN;
	}
	if (!found)
		return RECORD_NONE;
	if (at != 1)
		return RECORD_TORN;

	p = line + RECORD_PREFIX_LEN;
	if (end - p < 2 || (*p != 'k' && *p != 'w') || p[1] != ' ')
		return RECORD_TORN;
	out->src = *p;
	p += 2;
	seq = p;
	if (!record_get_dec(&p, end, &out->seq))
		return RECORD_TORN;
	seq_len = (size_t)(p - 1 - seq);
	if (!record_get_dec(&p, end, &len) || len > RECORD_JSON_MAX)
		return RECORD_TORN;
	if (end - p < 9 || p[8] != ' ')
		return RECORD_TORN;
	for (int i = 0; i < 8; i++) {
		char c = p[i];
		uint32_t d;

		if (c >= '0' && c <= '9')
			d = (uint32_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			d = (uint32_t)(c - 'a' + 10);
		else
			return RECORD_TORN;
		crc = crc << 4 | d;
	}
	p += 9;
	if ((uint64_t)(end - p) != len ||
	    record_checksum(out->src, seq, seq_len, p, (size_t)len) != crc)
		return RECORD_TORN;
	out->json = p;
	out->json_len = (size_t)len;
	return RECORD_OK;
}

#endif
