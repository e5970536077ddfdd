// SPDX-License-Identifier: MIT
/*
 * The plugin's counts for blocks that are entered, without QEMU: sections, faults,
 * processors by turns.
 */
#include "host.h"

#include <string.h>

#include "../../abi/section.h"
#include "../../collectors/insn_profile.h"
#include "../../collectors/qemu/flow.c"

#define XEN    0xffff82d040200000u
#define KERNEL 0xffff880000100000u
#define USER   0x401000u
#define FAULT  0xffff82d040300000u

static struct flow f;

/* A block of instructions of one byte (nop), the last one as given. */
static struct flow_block *block(uint64_t start, unsigned nops, const char *last, unsigned length)
{
	unsigned char code[64], lengths[64];
	struct flow_block *b;

	memset(code, 0x90, sizeof(code));
	memset(lengths, 1, sizeof(lengths));
	memcpy(code + nops, last, length);
	lengths[nops] = (unsigned char)length;
	b = flow_block(&f, start, code, lengths, nops + 1);
	assert_non_null(b);
	return b;
}

/* Enters a block and executes so many of its instructions; so many accesses by the last one. */
static void go(unsigned vcpu, struct flow_block *b, unsigned begun, unsigned accesses)
{
	flow_enter(&f, vcpu, b);
	f.begun += begun;
	f.accesses += accesses;
}

/* A marked reading of the clock. */
static struct flow_block *mark_block(uint64_t at)
{
	static const unsigned char code[] = {SECTION_PREFIX, SECTION_RDTSC};

	return block(at, 0, (const char *)code, sizeof(code));
}

/* The sections that are none, and begins another one. */
static void begin_section(void)
{
	struct flow_block *b = mark_block(USER + 0x800);

	while (!f.tried)
		go(0, b, 1, 0);
	go(0, b, 1, 0);
}

static int begin_flow(void **unused)
{
	(void)unused;
	memset(&f, 0, sizeof(f));
	f.xen = true;
	return 0;
}

static int end_flow(void **unused)
{
	(void)unused;
	flow_free(&f);
	return 0;
}

static void section_is(size_t i, uint64_t xen, uint64_t kernel, uint64_t user)
{
	assert_true(i < f.nr_sections);
	assert_int_equal(f.sections[i].executed[FLOW_XEN], xen);
	assert_int_equal(f.sections[i].executed[FLOW_KERNEL], kernel);
	assert_int_equal(f.sections[i].executed[FLOW_USER], user);
}

static void test_sections(void **unused)
{
	struct flow_block *begin = mark_block(USER + 64), *end = mark_block(USER + 96);
	struct flow_block *user = block(USER, 3, "\x0f\x05", 2), *xen = block(XEN, 9, "\xc3", 1);
	struct flow_block *kernel = block(KERNEL, 4, "\xc3", 1);

	(void)unused;
	for (int i = 0; i < SECTION_TRIALS; i++) {
		assert_int_equal(f.nr_sections, i);
		go(0, begin, 1, 0);
		go(0, user, 4, 0);
		go(0, end, 1, 0);
	}
	assert_int_equal(f.nr_sections, 0); /* those were trials */
	assert_int_equal(flow_executed(user, 0), 0);
	go(0, user, 4, 0); /* before any section */
	go(0, begin, 1, 0);
	go(0, user, 4, 0);
	go(0, xen, 10, 1);
	go(0, kernel, 5, 1);
	assert_true(f.open);
	go(0, end, 1, 0);
	go(0, user, 4, 0); /* behind it */
	go(0, begin, 1, 0);
	go(0, end, 1, 0);
	go(0, user, 4, 0);
	assert_false(f.open);
	assert_int_equal(f.nr_sections, 2);
	section_is(0, 10, 5, 5);
	section_is(1, 0, 0, 1);
	assert_int_equal(flow_executed(user, 0), 1);
	assert_int_equal(flow_executed(begin, 0), 0);
	assert_int_equal(flow_executed(end, 0), 2);
	/* No more trials. */
	for (int i = 0; i < 2 * SECTION_TRIALS; i++)
		go(0, begin, 1, 0);
	assert_int_equal(f.nr_sections, 2 + SECTION_TRIALS);
}

/* rdtsc without a prefix, or with another one, is nobody's mark; nor are those bytes elsewhere. */
static void test_no_marks(void **unused)
{
	(void)unused;
	assert_false(block(USER, 0, "\x0f\x31", 2)->mark);
	assert_false(block(USER + 8, 0, "\x66\x0f\x31", 3)->mark);
	assert_false(block(USER + 16, 0, "\x2e\x0f\x30", 3)->mark);
	assert_true(block(USER + 32, 2, "\x2e\x0f\x31", 3)->mark);
}

static void test_who(void **unused)
{
	struct flow native = {0};

	(void)unused;
	assert_int_equal(flow_who(&f, XEN), FLOW_XEN);
	assert_int_equal(flow_who(&f, 0xffff87ffffffffff), FLOW_XEN);
	assert_int_equal(flow_who(&f, 0xffff880000000000), FLOW_KERNEL);
	assert_int_equal(flow_who(&f, 0x7fffffffffff), FLOW_USER);
	assert_int_equal(flow_who(&native, XEN), FLOW_KERNEL);
	for (uint64_t a = 1; a; a <<= 1) {
		assert_int_equal((int)insn_who(true, ~a), (int)flow_who(&f, ~a));
		assert_int_equal((int)insn_who(false, a), (int)flow_who(&native, a));
	}
}

/* Faults in the middle of a block, and of its last instruction. */
static void test_faults(void **unused)
{
	struct flow_block *end = mark_block(USER + 96);
	struct flow_block *store = block(KERNEL, 4, "\x48\x89\x07", 3); /* mov %rax,(%rdi) */
	struct flow_block *rest = block(KERNEL + 7, 1, "\xc3", 1);
	struct flow_block *fault = block(FAULT, 6, "\xc3", 1);
	struct flow_block *jump = block(USER, 2, "\xeb\x10", 2);

	(void)unused;
	begin_section();
	go(0, store, 3, 0); /* the third of five faults */
	go(0, fault, 7, 1);
	go(0, store, 5, 1); /* completes: the last one has one access */
	go(0, rest, 2, 1);
	go(0, store, 5, 0); /* the last one faults: no access */
	go(0, fault, 7, 1);
	go(0, store, 5, 1); /* completes, and the fetch of what is behind it faults */
	go(0, fault, 7, 1);
	go(0, jump, 3, 0); /* completes, and the fetch of where it goes faults */
	go(0, fault, 7, 1);
	go(0, end, 1, 0);
	section_is(0, 4 * 7, 2 + 5 + 2 + 4 + 5, 3 + 1);
	assert_int_equal(flow_executed(store, 1), 4);
	assert_int_equal(flow_executed(store, 2), 3);
	assert_int_equal(flow_executed(store, 3), 3);
	assert_int_equal(flow_executed(store, 4), 2);
	assert_int_equal(f.refaults, 2);
}

/* Last instructions that fault before they ever completed. */
static void test_first_faults(void **unused)
{
	static const struct {
		const char *code;
		unsigned length, accesses, executed;
		uint64_t start;
	} cases[] = {
		{"\x48\x89\x07", 3, 0, 2, USER + 0x100}, /* store: faults */
		{"\x90", 1, 0, 3, USER + 0xffd},	 /* the next page is not there */
		{"\xe8\0\0\0\0", 5, 0, 2, USER + 0x200}, /* call: the stack is not there */
		{"\xe8\0\0\0\0", 5, 1, 3, USER + 0x300}, /* call: its target is not there */
		{"\xc3", 1, 0, 2, USER + 0x400},	 /* return */
		{"\xc3", 1, 1, 3, USER + 0x500},
		{"\x48\xff\x20", 3, 0, 2, USER + 0x600},     /* jmp *(%rax) */
		{"\xff\xe0", 2, 0, 3, USER + 0x700},	     /* jmp *%rax */
		{"\x48\xcf", 2, 0, 3, XEN + 0x800},	     /* iretq */
		{"\x0f\x85\0\0\0\0", 6, 0, 3, USER + 0x900}, /* jne */
	};
	struct flow_block *fault = block(FAULT, 6, "\xc3", 1);

	(void)unused;
	go(0, block(KERNEL, 5, "\xc3", 1), 2, 0); /* shows where faults go */
	go(0, fault, 7, 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct flow_block *b = block(cases[i].start, 2, cases[i].code, cases[i].length);

		begin_section();
		go(0, b, 3, cases[i].accesses);
		go(0, fault, 7, 1);
		go(0, mark_block(USER + 96), 1, 0);
		section_is(i, 7 + (b->who == FLOW_XEN ? cases[i].executed : 0), 0,
			   1 + (b->who == FLOW_USER ? cases[i].executed : 0));
	}
}

/* A return from a fault takes more accesses at one time than at another. */
static void test_iret(void **unused)
{
	struct flow_block *iret = block(XEN, 2, "\x48\xcf", 2), *fault = block(FAULT, 6, "\xc3", 1);
	struct flow_block *user = block(USER, 3, "\x0f\x05", 2);

	(void)unused;
	go(0, block(KERNEL, 5, "\xc3", 1), 2, 0);
	go(0, fault, 7, 1);
	begin_section();
	go(0, iret, 3, 20);
	go(0, user, 4, 0);
	go(0, iret, 3, 9); /* to a page that is not there */
	go(0, fault, 7, 1);
	section_is(0, 3 + 3 + 7, 0, 4);
}

/* An access to a device: the emulator does the instruction apart, and goes on behind it. */
static void test_device(void **unused)
{
	struct flow_block *b = block(XEN, 4, "\xc3", 1), *rest = block(XEN + 3, 1, "\xc3", 1);
	struct flow_block *elsewhere = block(XEN + 64, 0, "\xc3", 1);

	(void)unused;
	begin_section();
	go(0, b, 3, 0);
	go(0, rest, 2, 1);
	go(0, elsewhere, 1, 1);
	section_is(0, 3 + 2 + 1, 0, 0);
	assert_int_equal(f.refaults, 0);
	/* Nor was it a fault's entry. */
	go(0, b, 5, 0);
	go(0, rest, 2, 1);
	go(0, elsewhere, 1, 1);
	section_is(0, 3 + 2 + 1 + 5 + 2 + 1, 0, 0);
	/* An interrupt comes right behind the access: no fault, nor the entry of one. */
	go(0, b, 3, 1);
	go(0, elsewhere, 1, 1);
	go(0, b, 5, 0);
	go(0, elsewhere, 1, 1);
	section_is(0, 14 + 3 + 1 + 5 + 1, 0, 0);
}

/* Two processors by turns: a block is settled by where its own processor went. */
static void test_vcpus(void **unused)
{
	struct flow_block *end = mark_block(USER + 96);
	struct flow_block *b = block(XEN, 4, "\xc3", 1), *fault = block(FAULT, 6, "\xc3", 1);
	struct flow_block *user = block(USER, 3, "\xeb\x10", 2);

	(void)unused;
	go(1, user, 4, 0);
	begin_section();
	go(1, b, 2, 0); /* faults, which shows when it goes on */
	go(0, user, 4, 0);
	go(0, user, 4, 0);
	go(1, fault, 7, 1);
	go(0, end, 1, 0);
	go(1, user, 4, 0);
	section_is(0, 1 + 7, 0, 4 + 4 + 1);
	/* One that is settled only when its section is over belongs to it all the same. */
	go(0, mark_block(USER + 0x800), 1, 0);
	go(1, b, 2, 0);
	go(0, end, 1, 0);
	go(0, mark_block(USER + 0x800), 1, 0);
	go(1, fault, 7, 1);
	section_is(1, 1, 0, 1);
	section_is(2, 7, 0, 0);
}

/* As many as there may be, each known by its state; any order. */
static void test_vcpu_states(void **unused)
{
	static const char states[FLOW_MAX_VCPUS + 1];

	(void)unused;
	for (unsigned i = 0; i < FLOW_MAX_VCPUS; i++)
		assert_int_equal(flow_vcpu(&f, &states[i]), i);
	for (unsigned i = 0; i <= FLOW_MAX_VCPUS; i++) {
		assert_int_equal(flow_vcpu(&f, &states[FLOW_MAX_VCPUS - i]), FLOW_MAX_VCPUS - i);
		assert_int_equal(flow_vcpu(&f, &states[3]), 3);
		f.running = i % FLOW_MAX_VCPUS;
		assert_int_equal(flow_vcpu(&f, &states[i]), i);
	}
	assert_int_equal(f.nr_vcpus, FLOW_MAX_VCPUS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_sections, begin_flow, end_flow),
		cmocka_unit_test_setup_teardown(test_no_marks, begin_flow, end_flow),
		cmocka_unit_test_setup_teardown(test_who, begin_flow, end_flow),
		cmocka_unit_test_setup_teardown(test_faults, begin_flow, end_flow),
		cmocka_unit_test_setup_teardown(test_first_faults, begin_flow, end_flow),
		cmocka_unit_test_setup_teardown(test_iret, begin_flow, end_flow),
		cmocka_unit_test_setup_teardown(test_device, begin_flow, end_flow),
		cmocka_unit_test_setup_teardown(test_vcpus, begin_flow, end_flow),
		cmocka_unit_test_setup_teardown(test_vcpu_states, begin_flow, end_flow),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("flow", tests, NULL, NULL);
}
