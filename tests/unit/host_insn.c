// SPDX-License-Identifier: MIT
/*
 * Attribution of instructions: what the plugin makes of blocks and sections, without QEMU;
 * how its file is read, also a damaged one; and names, by symbols made here.
 */
#include "host.h"

#include <elf.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../abi/section.h"
#include "../../collectors/insn_profile.h"
#include "../../collectors/qemu/flow.c"
#include "../../collectors/symbols.h"

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

static struct flow_block *mark_block(unsigned char prefix)
{
	char code[] = {(char)prefix, SECTION_RDTSC_0, SECTION_RDTSC_1};

	return block(USER + 0x10u * prefix, 0, code, 3);
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
	struct flow_block *begin = mark_block(SECTION_BEGIN), *end = mark_block(SECTION_END);
	struct flow_block *user = block(USER, 3, "\x0f\x05", 2), *xen = block(XEN, 9, "\xc3", 1);
	struct flow_block *kernel = block(KERNEL, 4, "\xc3", 1);

	(void)unused;
	go(0, user, 4, 0); /* before any section */
	go(0, begin, 1, 0);
	go(0, user, 4, 0);
	go(0, xen, 10, 1);
	go(0, kernel, 5, 1);
	go(0, end, 1, 0);
	go(0, user, 4, 0); /* behind it */
	go(0, begin, 1, 0);
	go(0, end, 1, 0);
	go(0, user, 4, 0);
	assert_int_equal(f.nr_sections, 2);
	section_is(0, 10, 5, 5);
	section_is(1, 0, 0, 1);
	assert_int_equal(flow_executed(user, 0), 1);
	assert_int_equal(flow_executed(begin, 0), 0);
	assert_int_equal(flow_executed(end, 0), 2);
	assert_int_equal(f.stray, 0);

	/* What was before the first sample goes. */
	go(0, mark_block(SECTION_START), 1, 0);
	assert_int_equal(f.nr_sections, 0);
	assert_int_equal(flow_executed(user, 0), 0);

	/* Marks that do not fit. */
	go(0, end, 1, 0);
	assert_int_equal(f.stray, 1);
	go(0, begin, 1, 0);
	go(0, begin, 1, 0);
	assert_int_equal(f.stray, 2);
}

/* rdtsc without a prefix, or with another one, is nobody's mark; nor are those bytes elsewhere. */
static void test_no_marks(void **unused)
{
	(void)unused;
	assert_int_equal(block(USER, 0, "\x0f\x31", 2)->mark, 0);
	assert_int_equal(block(USER + 8, 0, "\x66\x0f\x31", 3)->mark, 0);
	assert_int_equal(block(USER + 16, 0, "\x2e\x0f\x30", 3)->mark, 0);
	assert_int_equal(block(USER + 32, 2, "\x2e\x0f\x31", 3)->mark, SECTION_BEGIN);
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
	struct flow_block *begin = mark_block(SECTION_BEGIN), *end = mark_block(SECTION_END);
	struct flow_block *store = block(KERNEL, 4, "\x48\x89\x07", 3); /* mov %rax,(%rdi) */
	struct flow_block *rest = block(KERNEL + 7, 1, "\xc3", 1);
	struct flow_block *fault = block(FAULT, 6, "\xc3", 1);
	struct flow_block *jump = block(USER, 2, "\xeb\x10", 2);

	(void)unused;
	go(0, begin, 1, 0);
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
	struct flow_block *begin = mark_block(SECTION_BEGIN);
	struct flow_block *fault = block(FAULT, 6, "\xc3", 1);

	(void)unused;
	go(0, block(KERNEL, 5, "\xc3", 1), 2, 0); /* shows where faults go */
	go(0, fault, 7, 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct flow_block *b = block(cases[i].start, 2, cases[i].code, cases[i].length);

		go(0, mark_block(SECTION_START), 1, 0);
		go(0, begin, 1, 0);
		go(0, b, 3, cases[i].accesses);
		go(0, fault, 7, 1);
		go(0, mark_block(SECTION_END), 1, 0);
		section_is(0, 7 + (b->who == FLOW_XEN ? cases[i].executed : 0), 0,
			   1 + (b->who == FLOW_USER ? cases[i].executed : 0));
	}
}

/* An access to a device: the emulator does the instruction apart, and goes on behind it. */
static void test_device(void **unused)
{
	struct flow_block *b = block(XEN, 4, "\xc3", 1), *rest = block(XEN + 3, 1, "\xc3", 1);
	struct flow_block *elsewhere = block(XEN + 64, 0, "\xc3", 1);

	(void)unused;
	go(0, mark_block(SECTION_BEGIN), 1, 0);
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
}

/* Two processors by turns: a block is settled by where its own processor went. */
static void test_vcpus(void **unused)
{
	struct flow_block *begin = mark_block(SECTION_BEGIN), *end = mark_block(SECTION_END);
	struct flow_block *b = block(XEN, 4, "\xc3", 1), *fault = block(FAULT, 6, "\xc3", 1);
	struct flow_block *user = block(USER, 3, "\xeb\x10", 2);

	(void)unused;
	go(1, user, 4, 0);
	go(0, begin, 1, 0);
	go(1, b, 2, 0); /* faults, which shows when it goes on */
	go(0, user, 4, 0);
	go(0, user, 4, 0);
	go(1, fault, 7, 1);
	go(0, end, 1, 0);
	go(1, user, 4, 0);
	section_is(0, 1 + 7, 0, 4 + 4 + 1);
	/* One that is settled only when its section is over belongs to it all the same. */
	go(0, begin, 1, 0);
	go(1, b, 2, 0);
	go(0, end, 1, 0);
	go(0, begin, 1, 0);
	go(1, fault, 7, 1);
	section_is(1, 1, 0, 1);
	section_is(2, 7, 0, 0);
}

/* ---- the file ---- */

static const char *path(void)
{
	static char name[64];

	snprintf(name, sizeof(name), "/tmp/pvmmu-test-insn.%d", (int)getpid());
	return name;
}

static void spew(const void *bytes, size_t n)
{
	FILE *file = fopen(path(), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
}

static const char good[] =
	"pvmmu-insn 1\nsection 3 2 1\nsection 30 20 10\nstray 0\nfaults 7\n"
	"block ffff82d040200000 909048890f 1:4 1:4 3:2\nblock 401000 c3 1:9\nend\n";

static void test_read(void **unused)
{
	uint64_t samples[] = {6, 60}, both = 66, wrong[] = {6, 61}, three[] = {1, 2, 3};
	struct insn_section sums[3];
	struct insn_profile p;
	char *why = NULL;

	(void)unused;
	spew(good, sizeof(good) - 1);
	assert_true(insn_profile_read(&p, path(), true, &why));
	assert_null(why);
	assert_int_equal(p.nr_sections, 2);
	assert_int_equal(p.nr_blocks, 2);
	assert_int_equal(p.faults, 7);
	assert_int_equal(p.blocks[0].n, 3);
	assert_int_equal(p.blocks[0].code[4], 0x0f);
	assert_int_equal(p.blocks[0].length[2], 3);
	assert_int_equal(p.blocks[0].executed[2], 2);
	assert_true(insn_samples(&p, samples, 2, sums, &why));
	assert_int_equal(sums[1].executed[INSN_XEN], 30);
	/* A sample of two sections. */
	assert_true(insn_samples(&p, &both, 1, sums, &why));
	assert_int_equal(sums[0].executed[INSN_USER], 11);
	assert_false(insn_samples(&p, wrong, 2, sums, &why));
	assert_string_equal(why, "sample 1 is 61 instructions, and 60 were attributed");
	free(why);
	assert_false(insn_samples(&p, three, 3, sums, &why));
	assert_string_equal(why, "2 sections are not those of 3 samples");
	free(why);
	insn_profile_free(&p);
	assert_false(insn_samples(&p, three, 3, sums, &why));
	assert_string_equal(why, "the program marks no sections (abi/section.h)");
	free(why);
}

static void refused(const char *text, size_t n, const char *reason)
{
	struct insn_profile p;
	char *why = NULL;

	spew(text, n);
	if (insn_profile_read(&p, path(), true, &why) || !why || !strstr(why, reason))
		fail_msg("%.*s: %s, expected %s\n", (int)n, text, why ? why : "taken", reason);
	free(why);
	insn_profile_free(&p);
}

static void test_damaged(void **unused)
{
	static const char *const lines[][2] = {
		{"pvmmu-insn 2\nend\n", "another build"},
		{"", "cut off"},
		{"pvmmu-insn 1\nsection 1 2\nend\n", "none of its own"},
		{"pvmmu-insn 1\nsection 1 2 3 4\nend\n", "none of its own"},
		{"pvmmu-insn 1\nstray 2\nend\n", "within another one"},
		{"pvmmu-insn 1\nbroken no memory\n", "the plugin met no memory"},
		{"pvmmu-insn 1\nblock 1 9 1:1\nend\n", "none of its own"},
		{"pvmmu-insn 1\nblock 1 90 2:1\nend\n", "none of its own"},
		{"pvmmu-insn 1\nblock 1 90 1\nend\n", "none of its own"},
		{"pvmmu-insn 1\nblock 1 90 1:1x\nend\n", "none of its own"},
		{"pvmmu-insn 1\nblock 1 zz 1:1\nend\n", "none of its own"},
		{"pvmmu-insn 1\nblock 1  1:1\nend\n", "none of its own"},
		{"pvmmu-insn 1\nhello\nend\n", "none of its own"},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		refused(lines[i][0], strlen(lines[i][0]), lines[i][1]);
	/* Cut anywhere it is refused, whatever the reason; without its last newline it is whole. */
	for (size_t n = 0; n < sizeof(good) - 2; n++)
		refused(good, n, "");
	unlink(path());
	refused("", 0, "cut off");
	unlink(path());
}

/* ---- names ---- */

#define BASE 0x1000u

/* A file with code at BASE and these symbols; what is not asked for is zero. */
static size_t elf_file(unsigned char *out, const char *const *names, const uint64_t *addresses,
		       const unsigned char *info, unsigned n)
{
	Elf64_Ehdr h = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, 1},
			.e_machine = EM_X86_64,
			.e_shentsize = sizeof(Elf64_Shdr),
			.e_shnum = 4,
			.e_shoff = 0x400};
	Elf64_Shdr s[4] = {
		{0},
		{.sh_type = SHT_PROGBITS,
		 .sh_flags = SHF_ALLOC | SHF_EXECINSTR,
		 .sh_addr = BASE,
		 .sh_offset = 0x100,
		 .sh_size = 0x100},
		{.sh_type = SHT_SYMTAB, .sh_offset = 0x200, .sh_link = 3},
		{.sh_type = SHT_STRTAB, .sh_offset = 0x300},
	};
	size_t at = 1;

	memset(out, 0, 0x600);
	for (unsigned i = 0; i < 0x100; i++)
		out[0x100 + i] = (unsigned char)i;
	for (unsigned i = 0; i < n; i++) {
		Elf64_Sym sym = {.st_name = (Elf64_Word)at,
				 .st_info = info[i],
				 .st_shndx = 1,
				 .st_value = addresses[i]};

		memcpy(out + 0x200 + i * sizeof(sym), &sym, sizeof(sym));
		at += (size_t)sprintf((char *)out + 0x300 + at, "%s", names[i]) + 1;
	}
	s[2].sh_size = n * sizeof(Elf64_Sym);
	s[3].sh_size = at;
	memcpy(out, &h, sizeof(h));
	memcpy(out + h.e_shoff, s, sizeof(s));
	return h.e_shoff + sizeof(s);
}

static size_t usual_file(unsigned char *out)
{
	static const char *const names[] = {"second", "label", "first", "alias", "data", "late"};
	static const uint64_t at[] = {BASE + 0x40, BASE + 0x40, BASE + 0x10,
				      BASE + 0x10, BASE - 8,	BASE + 0x80};
	static const unsigned char info[] = {
		ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),   ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE),
		ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),   ELF64_ST_INFO(STB_LOCAL, STT_FUNC),
		ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT), ELF64_ST_INFO(STB_LOCAL, STT_NOTYPE)};

	return elf_file(out, names, at, info, 6);
}

static void test_symbols(void **unused)
{
	unsigned char file[0x600];
	struct symbols *s;
	char *why = NULL;
	uint64_t at = 0;

	(void)unused;
	spew(file, usual_file(file));
	s = symbols_load(path(), &why);
	assert_non_null(s);
	assert_null(symbols_at(s, BASE - 1, NULL));
	assert_null(symbols_at(s, BASE + 0xf, NULL)); /* in the code, before the first one */
	assert_string_equal(symbols_at(s, BASE + 0x10, &at), "first");
	assert_int_equal(at, BASE + 0x10);
	assert_string_equal(symbols_at(s, BASE + 0x3f, &at), "first");
	assert_int_equal(at, BASE + 0x10);
	assert_string_equal(symbols_at(s, BASE + 0x40, NULL), "second");
	assert_string_equal(symbols_at(s, BASE + 0xff, NULL), "late");
	assert_null(symbols_at(s, BASE + 0x100, NULL));
	assert_true(symbols_code_is(s, BASE + 0x20, (const unsigned char *)"\x20\x21", 2));
	assert_false(symbols_code_is(s, BASE + 0x20, (const unsigned char *)"\x20\x22", 2));
	assert_true(symbols_code_is(s, BASE + 0xff, (const unsigned char *)"\xff", 1));
	assert_false(symbols_code_is(s, BASE + 0xff, (const unsigned char *)"\xff\0", 2));
	symbols_free(s);
	unlink(path());
}

/* Whatever one byte of the file is, nothing worse than wrong names comes of it. */
static void test_symbols_damaged(void **unused)
{
	unsigned char file[0x600];
	size_t n = usual_file(file), refusals = 0;

	(void)unused;
	for (size_t i = 0; i < n; i++) {
		unsigned char old = file[i];
		char *why = NULL;
		struct symbols *s;

		if (i >= 0x100 && i < 0x200)
			continue; /* code */
		file[i] ^= 0xff;
		spew(file, n);
		s = symbols_load(path(), &why);
		for (uint64_t a = BASE; s && a < BASE + 0x100; a++)
			symbols_at(s, a, NULL);
		if (s)
			symbols_code_is(s, BASE, (const unsigned char *)"x", 1);
		refusals += !s;
		assert_int_equal(!s, why != NULL);
		symbols_free(s);
		free(why);
		file[i] = old;
	}
	assert_true(refusals > 20);
	for (size_t cut = 0; cut < n; cut += 7) {
		char *why = NULL;

		spew(file, cut);
		assert_null(symbols_load(path(), &why));
		assert_non_null(why);
		free(why);
	}
	unlink(path());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_sections, begin_flow, end_flow),
		cmocka_unit_test_setup_teardown(test_no_marks, begin_flow, end_flow),
		cmocka_unit_test_setup_teardown(test_who, begin_flow, end_flow),
		cmocka_unit_test_setup_teardown(test_faults, begin_flow, end_flow),
		cmocka_unit_test_setup_teardown(test_first_faults, begin_flow, end_flow),
		cmocka_unit_test_setup_teardown(test_device, begin_flow, end_flow),
		cmocka_unit_test_setup_teardown(test_vcpus, begin_flow, end_flow),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_symbols),
		cmocka_unit_test(test_symbols_damaged),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("insn", tests, NULL, NULL);
}
