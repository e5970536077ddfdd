// SPDX-License-Identifier: MIT
#include "lib/print.h"

#include "abi/record.h"
#include "lib/string.h"

/*
 * One CPU at a time builds a record, in one buffer. If a CPU waits longer than any record
 * takes, the CPU that it waits for has panicked, and this may be that CPU's own panic.
 */
#define RECORD_PATIENCE (1u << 20)

static u32 busy;
static char json[RECORD_JSON_MAX + 1], line[RECORD_LINE_MAX];
static size_t used;
static bool comma;
static u64 sequence;

/*
 * One of our lines may contain a name that a process has chosen. This keeps the name
 * within the line, and keeps the line from looking like a record or one of Xen's lines
 * (abi/record.h).
 */
static void tame(char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool end = s[i] == '\n' && (!i || i + 1 == n);

		if ((!end && (s[i] < 0x20 || s[i] > 0x7e)) || s[i] == '@' ||
		    !strncmp(s + i, "(XEN)", 5))
			s[i] = '?';
	}
}

void print(const char *fmt, ...)
{
	char buf[256];
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	n = (size_t)vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	n = min_ul(n, sizeof(buf) - 1);
	tame(buf, n);
	platform_console_write(buf, n);
}

/* Text that does not fit is cut off. The record is then not valid JSON, and the host reports it. */
static void put(const char *s, size_t n)
{
	while (n-- && used < RECORD_JSON_MAX)
		json[used++] = *s++;
}

static void put_text(const char *s)
{
	put(s, strlen(s));
}

static void put_number(u64 v)
{
	char tmp[20];

	put(tmp, record_put_dec(tmp, v));
}

/*
 * One byte within a JSON string. Bytes other than printable ASCII become code points below
 * 256, and so do those with which a record or a line of Xen's begins (abi/record.h).
 */
static size_t escape(char *to, char c)
{
	static const char hex[] = "0123456789abcdef";
	u8 byte = (u8)c;

	if (c == '"' || c == '\\' || c == '\n') {
		to[0] = '\\';
		to[1] = c == '\n' ? 'n' : c;
		return 2;
	}
	if (byte >= 0x20 && byte <= 0x7e && c != '@' && c != '(') {
		to[0] = c;
		return 1;
	}
	memcpy(to, "\\u00", 4);
	to[4] = hex[byte >> 4];
	to[5] = hex[byte & 15];
	return 6;
}

static void put_string(const char *s)
{
	char esc[6];

	put("\"", 1);
	for (; *s; s++)
		put(esc, escape(esc, *s));
	put("\"", 1);
}

static void put_key(const char *key)
{
	if (comma)
		put(",", 1);
	comma = true;
	put_string(key);
	put(":", 1);
}

void record_begin(const char *type)
{
	unsigned patience = RECORD_PATIENCE;

	while (__atomic_exchange_n(&busy, 1, __ATOMIC_ACQUIRE) && patience--)
		__builtin_ia32_pause();
	used = 0;
	comma = false;
	put("{", 1);
	record_str("t", type);
}

void record_u64(const char *key, u64 value)
{
	put_key(key);
	put_number(value);
}

void record_bool(const char *key, bool value)
{
	put_key(key);
	put_text(value ? "true" : "false");
}

void record_str(const char *key, const char *value)
{
	put_key(key);
	put_string(value);
}

size_t record_bytes(const char *key, const char *bytes, size_t n)
{
	size_t taken = 0;

	put_key(key);
	put("\"", 1);
	/* Six for this byte, two for the ends of string and record. */
	for (; taken < n && used + 8 <= RECORD_JSON_MAX; taken++)
		used += escape(json + used, bytes[taken]);
	put("\"", 1);
	return taken;
}

void record_pair(const char *key, u64 before, u64 after)
{
	put_key(key);
	put("[", 1);
	put_number(before);
	put(",", 1);
	put_number(after);
	put("]", 1);
}

void record_strings(const char *key, const char *const *values, unsigned n)
{
	put_key(key);
	put("[", 1);
	for (unsigned i = 0; i < n; i++) {
		if (i)
			put(",", 1);
		put_string(values[i]);
	}
	put("]", 1);
}

void record_object(const char *key)
{
	put_key(key);
	put("{", 1);
	comma = false;
}

void record_object_end(void)
{
	put("}", 1);
	comma = true;
}

void record_end(void)
{
	put("}", 1);
	platform_console_write(line, record_frame(line, 'k', sequence++, json, used));
	__atomic_store_n(&busy, 0, __ATOMIC_RELEASE);
}
