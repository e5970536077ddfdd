// SPDX-License-Identifier: MIT
/*
 * lib/: strings and formatted printing against the host's C library, records as the host
 * reads them, and the console's ring.
 */
#include "guest_world.h"

#include <xen/event_channel.h>
#include <xen/io/console.h>
#include <xen/sched.h>

#include "abi/record.h"
#include "lib/bug.h"
#include "lib/print.h"
#include "lib/string.h"
#include "xen/console.h"

/* The guest's, renamed by mk/unit-guest.mk. */
void *real_memcpy(void *dst, const void *src, size_t n);
void *real_memmove(void *dst, const void *src, size_t n);
void *real_memset(void *dst, int c, size_t n);
int real_memcmp(const void *a, const void *b, size_t n);
size_t real_strlen(const char *s);
int real_strcmp(const char *a, const char *b);
int real_strncmp(const char *a, const char *b, size_t n);
char *real_strchr(const char *s, int c);
int real_snprintf(char *out, size_t n, const char *fmt, ...) __printf(3, 4);

static int sign(int x)
{
	return (x > 0) - (x < 0);
}

static void test_memory(void *arg)
{
	u8 a[128], b[128];

	(void)arg;
	for (size_t n = 0; n < 40; n++) {
		for (size_t from = 0; from < 40; from++) {
			for (size_t to = 0; to < 40; to += 3) {
				for (size_t i = 0; i < sizeof(a); i++)
					a[i] = b[i] = (u8)(i * 7 + n);
				CHECK(real_memmove(a + to, a + from, n) == a + to);
				memmove(b + to, b + from, n);
				CHECK(!memcmp(a, b, sizeof(a)));
			}
			CHECK(real_memcpy(a + 80, b + from, n) == a + 80);
			memcpy(b + 80, b + from, n);
			CHECK(!memcmp(a + 80, b + 80, 48));
			CHECK(real_memset(a + from, (int)n + 250, n) == a + from);
			memset(b + from, (int)n + 250, n);
			CHECK_EQ(sign(real_memcmp(a, b, sizeof(a))), sign(memcmp(a, b, sizeof(a))));
			memcpy(b, a, sizeof(b));
			CHECK_EQ(real_memcmp(a, b, sizeof(a)), 0);
			b[from] ^= 0x80;
			CHECK_EQ(sign(real_memcmp(a, b, sizeof(a))), sign(memcmp(a, b, sizeof(a))));
			CHECK_EQ(real_memcmp(a, b, from), 0);
		}
	}
}

static void test_strings(void *arg)
{
	static const char *const s[] = {"",  "a",    "ab",     "abc",  "abd",
					"b", "\x80", "ab\xff", "a b c"};
	char out[4];

	(void)arg;
	for (size_t i = 0; i < ARRAY_SIZE(s); i++) {
		CHECK_EQ(real_strlen(s[i]), strlen(s[i]));
		for (int c = 0; c < 256; c++)
			CHECK_EQ(real_strchr(s[i], c), strchr(s[i], c));
		for (size_t j = 0; j < ARRAY_SIZE(s); j++) {
			CHECK_EQ(sign(real_strcmp(s[i], s[j])), sign(strcmp(s[i], s[j])));
			for (size_t n = 0; n < 5; n++)
				CHECK_EQ(sign(real_strncmp(s[i], s[j], n)),
					 sign(strncmp(s[i], s[j], n)));
		}
	}
	for (size_t n = 1; n <= sizeof(out); n++) {
		memset(out, 'x', sizeof(out));
		copy_string(out, "hello", n);
		CHECK(strlen(out) == n - 1 && !strncmp(out, "hello", n - 1));
	}
	copy_string(out, "a", sizeof(out));
	CHECK(!strcmp(out, "a"));
}

static void test_numbers(void *arg)
{
	static const struct {
		const char *s;
		unsigned long v;
		size_t used;
	} cases[] = {
		{"0", 0, 1},
		{"42", 42, 2},
		{"42x", 42, 2},
		{"0x1fG", 0x1f, 4},
		{"0XaBcDeF", 0xabcdef, 8},
		{"", 0, 0},
		{"-1", 0, 0},
		{"18446744073709551615", -1UL, 20},
		{"x", 0, 0},
		{"0xffffffffffffffff", -1UL, 18},
		/* No digits after the prefix: the number is the 0, as in strtoul(). */
		{"0x", 0, 1},
		{"0xg", 0, 1},
	};
	const char *end;

	(void)arg;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CHECK_EQ(parse_number(cases[i].s, &end), cases[i].v);
		CHECK_EQ(end - cases[i].s, cases[i].used);
		CHECK_EQ(parse_number(cases[i].s, NULL), cases[i].v);
	}
}

/* Prints with both; sizes from none to more than enough. */
#define SAME(...)                                                                                  \
	for (size_t n_ = 0; n_ < 60; n_ += n_ < 5 ? 1 : 11) {                                      \
		char mine_[64], libc_[64];                                                         \
                                                                                                   \
		memset(mine_, '#', sizeof(mine_));                                                 \
		memset(libc_, '#', sizeof(libc_));                                                 \
		CHECK_EQ(real_snprintf(mine_, n_, __VA_ARGS__), snprintf(libc_, n_, __VA_ARGS__)); \
		if (memcmp(mine_, libc_, sizeof(mine_)))                                           \
			world_failed(__FILE__, __LINE__, "'%.60s', libc: '%.60s'", mine_, libc_);  \
	}

#ifndef __clang__
#pragma GCC diagnostic ignored "-Wformat-truncation"
#endif
#pragma GCC diagnostic ignored "-Wformat-zero-length"
static void test_format(void *arg)
{
	static const long values[] = {0,   1,	  -1,	     9,		10,	   -10,
				      255, 65536, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN};

	(void)arg;
	SAME("");
	SAME("plain");
	SAME("100%%");
	SAME("%s|%10s|%-10s|%2s|%c", "abc", "abc", "abc", "abc", 'x');
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		long l = values[i];
		int d = (int)l;

		SAME("%d|%5d|%-5d|%05d|%i", d, d, d, d, d);
		SAME("%u|%12u|%x|%08x|%-9x|", (unsigned)d, (unsigned)d, (unsigned)d, (unsigned)d,
		     (unsigned)d);
		SAME("%ld|%22ld|%-22ld|", l, l, l);
		SAME("%022ld|%lld", l, (long long)l);
		SAME("%lu|%lx|%016lx", (unsigned long)l, (unsigned long)l, (unsigned long)l);
		SAME("%zu|%zx", (size_t)l, (size_t)l);
	}
}

/* Intended differences from C, and missing features. */
static void test_format_own(void *arg)
{
	const char *unknown = "ab%q %d", *cut = "ab%";
	const char *volatile none = NULL;
	char out[40];

	(void)arg;
	CHECK_EQ(real_snprintf(out, sizeof(out), "%p", (void *)0xabcUL), 16);
	CHECK(!strcmp(out, "0000000000000abc"));
	real_snprintf(out, sizeof(out), "%s", none);
	CHECK(!strcmp(out, "(null)"));
	/* An unknown conversion ends the text, but it is a string all the same. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
	memset(out, '#', sizeof(out));
	CHECK_EQ(real_snprintf(out, sizeof(out), unknown, 5), 4);
	CHECK(!memcmp(out, "ab%?", 5));
	memset(out, '#', sizeof(out));
	real_snprintf(out, sizeof(out), cut);
	CHECK(!memcmp(out, "ab%?", 5));
#pragma GCC diagnostic pop
}

/* -- records ----------------------------------------------------------------------------- */

static char console[RECORD_LINE_MAX * 2];
static size_t console_used;
static unsigned events, polls;
static struct xencons_interface *ring;

static size_t drain(size_t most)
{
	size_t n = 0;

	while (ring->out_cons != ring->out_prod && n < most) {
		console[console_used++] = ring->out[MASK_XENCONS_IDX(ring->out_cons++, ring->out)];
		n++;
	}
	return n;
}

static long console_hypercall(unsigned nr, unsigned long a1, unsigned long a2)
{
	if (nr == __HYPERVISOR_console_io) {
		world_failed(__FILE__, __LINE__, "console_io is not for a domU");
	} else if (nr == __HYPERVISOR_event_channel_op && a1 == EVTCHNOP_send) {
		CHECK_EQ(((struct evtchn_send *)a2)->port, 3);
		events++;
	} else if (nr == __HYPERVISOR_sched_op) {
		polls++;
		world_clock_ns += 1000;
		drain(700);
	} else {
		world_failed(__FILE__, __LINE__, "hypercall %u", nr);
	}
	return 0;
}

static void use_ring(void)
{
	ring = calloc(1, sizeof(*ring));
	ring->out_prod = ring->out_cons = -1000u; /* the indices wrap around soon */
	world_hypercall = console_hypercall;
	console_use_ring(ring, 3);
}

static void test_record(void *arg)
{
	struct record_view v;
	char json[512];

	(void)arg;
	use_ring();
	for (u64 seq = 0; seq < 3; seq++) {
		console_used = 0;
		record_begin("boot");
		record_u64("n", 18446744073709551615u);
		record_bool("yes", true);
		record_bool("no", false);
		record_str("text", "a\"b\\c\n\x01\xe9");
		record_object("policy");
		record_str("pin", "eager");
		record_u64("x", 0);
		record_object_end();
		record_pair("free", 1, 2);
		record_end();
		drain(-1UL);
		CHECK_EQ(console[console_used - 1], '\n');
		CHECK_EQ(record_parse(console, console_used - 1, &v), RECORD_OK);
		CHECK(v.src == 'k' && v.seq == seq);
		CHECK(v.json_len < sizeof(json));
		memcpy(json, v.json, v.json_len);
		json[v.json_len] = '\0';
		CHECK(!strcmp(json, "{\"t\":\"boot\",\"n\":18446744073709551615,\"yes\":true,"
				    "\"no\":false,\"text\":\"a\\\"b\\\\c\\n\\u0001\\u00e9\","
				    "\"policy\":{\"pin\":\"eager\",\"x\":0},\"free\":[1,2]}"));
	}
	/* Any bytes; as many as fit, at every possible end, and no more. */
	for (size_t n = 3400; n < 3500; n += 7) {
		char bytes[4000];
		size_t taken;

		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (char)(i < n ? 'x' : i * 7);
		console_used = 0;
		record_begin("output");
		taken = record_bytes("data", bytes, sizeof(bytes));
		record_end();
		drain(-1UL);
		CHECK_EQ(record_parse(console, console_used - 1, &v), RECORD_OK);
		CHECK(v.json_len > RECORD_JSON_MAX - 8 && v.json_len <= RECORD_JSON_MAX);
		CHECK(!memcmp(v.json + v.json_len - 2, "\"}", 2));
		CHECK(taken > 3400 && taken < sizeof(bytes));
	}
	console_used = 0;
	record_begin("output");
	CHECK_EQ(record_bytes("data", "\0\n\r\"\\\x7f\xff", 7), 7);
	record_end();
	drain(-1UL);
	CHECK_EQ(record_parse(console, console_used - 1, &v), RECORD_OK);
	CHECK(!memcmp(v.json,
		      "{\"t\":\"output\",\"data\":"
		      "\"\\u0000\\n\\u000d\\\"\\\\\\u007f\\u00ff\"}",
		      v.json_len));
	/* Far too long: cut off, never overrun; still one line. */
	console_used = 0;
	record_begin("warning");
	for (int i = 0; i < 200; i++)
		record_str("text", "0123456789012345678901234567890");
	record_end();
	drain(-1UL);
	CHECK_EQ(record_parse(console, console_used - 1, &v), RECORD_OK);
	CHECK_EQ(v.json_len, RECORD_JSON_MAX);
}

/* -- the ring -------------------------------------------------------------------------------- */

static void test_ring(void *arg)
{
	struct xencons_interface *r = calloc(1, sizeof(*r));
	u8 next_in = 0, next_out = 0;
	char buf[4000];
	u64 random = 1;

	(void)arg;
	/* Indices run freely and wrap at 2^32. */
	r->out_prod = r->out_cons = -5000u;
	for (int step = 0; step < 3000; step++) {
		size_t unread = r->out_prod - r->out_cons, want, got;

		random = random * 6364136223846793005u + 1442695040888963407u;
		want = (random >> 40) % sizeof(buf);
		for (size_t i = 0; i < want; i++)
			buf[i] = (char)(next_in + i);
		got = console_ring_put(r, buf, want);
		CHECK_EQ(got, min_ul(want, sizeof(r->out) - unread));
		CHECK_EQ((u32)(r->out_prod - r->out_cons), unread + got);
		next_in = (u8)(next_in + got);
		for (size_t n = (random >> 20) % 4000; n && r->out_cons != r->out_prod; n--) {
			CHECK_EQ((u8)r->out[MASK_XENCONS_IDX(r->out_cons, r->out)], next_out);
			r->out_cons++;
			next_out++;
		}
	}
	r->out_cons = r->out_prod - sizeof(r->out);
	CHECK_EQ(console_ring_put(r, "x", 1), 0);
	CHECK_EQ(console_ring_put(r, "", 0), 0);
	CHECK(!r->in_prod && !r->in_cons);
}

/* More than the ring holds: written in parts, waiting for the reader between. */
static void test_full_ring(void *arg)
{
	static char text[5000];

	(void)arg;
	use_ring();
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i % 26);
	platform_console_write(text, sizeof(text));
	CHECK(polls >= 4 && events == polls + 1);
	drain(-1UL);
	CHECK_EQ(console_used, sizeof(text));
	CHECK(!memcmp(console, text, sizeof(text)));
	print("%d %s\n", 5, "x");
	CHECK(drain(-1UL) == 4 && !memcmp(console + sizeof(text), "5 x\n", 4));
}

static void panic_now(void *arg)
{
	(void)arg;
	panic("number %d of %s", 7, "it");
}

static void test_panic(void **state)
{
	(void)state;
	world_expect(END_PANIC, "{\"t\":\"panic\",\"reason\":\"number 7 of it\",\"where\":\"",
		     panic_now, NULL);
	world_expect(END_PANIC, "@pvmmu k 0 ", panic_now, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_memory), WORLD_TEST(test_strings),    WORLD_TEST(test_numbers),
		WORLD_TEST(test_format), WORLD_TEST(test_format_own), WORLD_TEST(test_record),
		WORLD_TEST(test_ring),	 WORLD_TEST(test_full_ring),  cmocka_unit_test(test_panic),
	};

	return WORLD_RUN(tests);
}
