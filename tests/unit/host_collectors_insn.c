// SPDX-License-Identifier: MIT
/*
 * Attribution of instructions: how the file of the plugin for QEMU is read, also a damaged
 * one; and names, by symbols made here. host_collectors_flow.c is about the plugin itself.
 */
#include "host.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../collectors/insn_profile.h"
#include "../../collectors/symbols.h"

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
	"pvmmu-insn 1\nsection 3 2 1\nsection 30 20 10\nopen 0\nfaults 7\n"
	"block ffff82d040200000 909048890f 1:4 1:4 3:2\nblock 401000 c3 1:9\nend\n";

static void test_read(void **unused)
{
	uint64_t samples[] = {6, 60}, both = 66, wrong[] = {6, 61}, three[] = {1, 2, 3};
	struct insn_section sums[3];
	struct insn_profile p;
	char *error = NULL;

	(void)unused;
	spew(good, sizeof(good) - 1);
	assert_true(insn_profile_read(&p, path(), true, &error));
	assert_null(error);
	assert_int_equal(p.nr_sections, 2);
	assert_int_equal(p.nr_blocks, 2);
	assert_int_equal(p.faults, 7);
	assert_int_equal(p.blocks[0].n, 3);
	assert_int_equal(p.blocks[0].code[4], 0x0f);
	assert_int_equal(p.blocks[0].length[2], 3);
	assert_int_equal(p.blocks[0].executed[2], 2);
	assert_true(insn_samples(&p, samples, 2, sums, &error));
	assert_int_equal(sums[1].executed[INSN_XEN], 30);
	/* A sample of two sections. */
	assert_true(insn_samples(&p, &both, 1, sums, &error));
	assert_int_equal(sums[0].executed[INSN_USER], 11);
	assert_false(insn_samples(&p, wrong, 2, sums, &error));
	assert_string_equal(error, "sample 1 is 61 instructions, and 60 were attributed");
	free(error);
	error = NULL;
	assert_false(insn_samples(&p, three, 3, sums, &error));
	assert_string_equal(error, "2 sections are not those of 3 samples");
	free(error);
	error = NULL;
	insn_profile_free(&p);
	assert_false(insn_samples(&p, three, 3, sums, &error));
	assert_string_equal(error, "the program marks no sections (abi/section.h)");
	free(error);
}

static void refused(const char *text, size_t n, const char *reason)
{
	struct insn_profile p;
	char *error = NULL;

	spew(text, n);
	if (insn_profile_read(&p, path(), true, &error) || !error || !strstr(error, reason))
		fail_msg("%.*s: %s, expected %s\n", (int)n, text, error ? error : "taken", reason);
	free(error);
	insn_profile_free(&p);
}

static void test_damaged(void **unused)
{
	static const char *const lines[][2] = {
		{"pvmmu-insn 2\nend\n", "another build"},
		{"", "cut off"},
		{"pvmmu-insn 1\nsection 1 2\nend\n", "unknown line"},
		{"pvmmu-insn 1\nsection 1 2 3 4\nend\n", "unknown line"},
		{"pvmmu-insn 1\nopen 1\nend\n", "no end"},
		{"pvmmu-insn 1\nbroken no memory\n", "the plugin met no memory"},
		{"pvmmu-insn 1\nblock 1 9 1:1\nend\n", "unknown line"},
		{"pvmmu-insn 1\nblock 1 90 2:1\nend\n", "unknown line"},
		{"pvmmu-insn 1\nblock 1 90 1\nend\n", "unknown line"},
		{"pvmmu-insn 1\nblock 1 90 1:1x\nend\n", "unknown line"},
		{"pvmmu-insn 1\nblock 1 zz 1:1\nend\n", "unknown line"},
		{"pvmmu-insn 1\nblock 1  1:1\nend\n", "unknown line"},
		{"pvmmu-insn 1\nhello\nend\n", "unknown line"},
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
	static const char *const names[] = {"second", "label", "first",	    "alias",
					    "data",   "late",  "_stextlate"};
	static const uint64_t at[] = {BASE + 0x40, BASE + 0x40, BASE + 0x10, BASE + 0x10,
				      BASE - 8,	   BASE + 0x80, BASE + 0x80};
	static const unsigned char info[] = {
		ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),   ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE),
		ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),   ELF64_ST_INFO(STB_LOCAL, STT_FUNC),
		ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT), ELF64_ST_INFO(STB_LOCAL, STT_NOTYPE),
		ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE)};

	return elf_file(out, names, at, info, 7);
}

static void test_symbols(void **unused)
{
	unsigned char file[0x600];
	struct symbols *s;
	char *error = NULL;
	uint64_t at = 0;

	(void)unused;
	spew(file, usual_file(file));
	s = symbols_load(path(), &error);
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
		char *error = NULL;
		struct symbols *s;

		if (i >= 0x100 && i < 0x200)
			continue; /* code */
		file[i] ^= 0xff;
		spew(file, n);
		s = symbols_load(path(), &error);
		for (uint64_t a = BASE; s && a < BASE + 0x100; a++)
			symbols_at(s, a, NULL);
		if (s)
			symbols_code_is(s, BASE, (const unsigned char *)"x", 1);
		refusals += !s;
		assert_int_equal(!s, error != NULL);
		symbols_free(s);
		free(error);
		file[i] = old;
	}
	assert_true(refusals > 20);
	for (size_t cut = 0; cut < n; cut += 7) {
		char *error = NULL;

		spew(file, cut);
		assert_null(symbols_load(path(), &error));
		assert_non_null(error);
		free(error);
	}
	unlink(path());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_symbols),
		cmocka_unit_test(test_symbols_damaged),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("insn", tests, NULL, NULL);
}
