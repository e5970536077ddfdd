// SPDX-License-Identifier: MIT
/*
 * Programs from files: the mappings of a valid program, that an invalid one is refused
 * without harm, the first line of scripts, and the initial stack of a program.
 */
#include "guest_world.h"

#include <elf.h>

#include "lib/errno.h"
#include "proc/image.h"
#include "proc/options.h"

#define BASE 0x400000UL

/* A program of two segments: code from the file's start, and data with a bss behind it. */
static struct program {
	Elf64_Ehdr e;
	Elf64_Phdr p[3];
	u8 rest[3 * PAGE_SIZE];
} good;

enum { CODE, DATA, STACK };

static void make_good(void)
{
	static const Elf64_Ehdr e = {
		.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
		.e_type = ET_EXEC,
		.e_machine = EM_X86_64,
		.e_entry = BASE + 0x200,
		.e_phoff = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 3,
	};

	memset(&good, 0x11, sizeof(good));
	good.e = e;
	good.p[CODE] = (Elf64_Phdr){.p_type = PT_LOAD,
				    .p_flags = PF_R | PF_X,
				    .p_vaddr = BASE,
				    .p_filesz = 0x1800,
				    .p_memsz = 0x1800,
				    .p_align = PAGE_SIZE};
	good.p[DATA] = (Elf64_Phdr){.p_type = PT_LOAD,
				    .p_flags = PF_R | PF_W,
				    .p_offset = 0x1800,
				    .p_vaddr = BASE + 0x3800,
				    .p_filesz = 0x900,
				    .p_memsz = 0x3000,
				    .p_align = PAGE_SIZE};
	good.p[STACK] = (Elf64_Phdr){.p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W};
}

static struct inode *file_of(const void *data, size_t n)
{
	struct inode *file = inode_new(n, false);

	CHECK(file && inode_fill(file, 0, data, n));
	return file;
}

/* Reads and maps it into mm. After a failure the caller must only put mm. */
static long load(struct mm *mm, struct image *im, const void *data, size_t n)
{
	long rc;

	memset(im, 0, sizeof(*im));
	im->file = file_of(data, n);
	rc = image_read(im);
	if (!rc)
		rc = image_map(mm, im);
	inode_put(im->file);
	return rc;
}

static struct mm *load_good(struct image *im)
{
	struct mm *mm = mm_alloc();

	CHECK_EQ(load(mm, im, &good, sizeof(good)), 0);
	return mm;
}

static u8 byte_at(struct mm *mm, unsigned long va)
{
	u8 byte;

	if (!mm->pt.published) {
		pgtable_publish(&mm->pt);
		world_run(mm);
	}
	CHECK(cpu_touch(va, CPU_READ, &byte));
	return byte;
}

static void end(struct mm *mm)
{
	world_mm = NULL;
	mm_put(mm);
}

static void test_good(void *arg)
{
	struct stock before = world_stock();
	struct image im;
	struct mm *mm;

	(void)arg;
	make_good();
	mm = load_good(&im);
	CHECK_EQ(im.entry, BASE + 0x200);
	CHECK_EQ(im.phdr_va, BASE + sizeof(Elf64_Ehdr));
	CHECK_EQ(mm->brk_start, BASE + 0x7000);
	CHECK_EQ(mm->brk, mm->brk_start);
	CHECK_EQ(byte_at(mm, BASE + 0x1000), 0x11);
	CHECK_EQ(byte_at(mm, BASE + 0x3800 + 0x8ff), 0x11);
	/* The file continues; the program's data ends. */
	CHECK_EQ(byte_at(mm, BASE + 0x3800 + 0x900), 0);
	CHECK_EQ(byte_at(mm, BASE + 0x4fff), 0);
	CHECK_EQ(byte_at(mm, BASE + 0x6000), 0);
	CHECK(!world_may(BASE, CPU_WRITE) && world_may(BASE, CPU_EXEC));
	CHECK(!world_may(BASE + 0x7000, CPU_READ));
	world_audit();
	end(mm);
	world_check_stock(before);
}

static void test_anywhere(void *arg)
{
	struct image im;
	struct mm *mm;

	(void)arg;
	make_good();
	good.e.e_type = ET_DYN;
	good.e.e_entry -= BASE;
	good.p[CODE].p_vaddr -= BASE;
	good.p[DATA].p_vaddr -= BASE;
	good.p[CODE].p_align = 1 << 21;
	mm = load_good(&im);
	CHECK(im.bias > BASE && !(im.bias & ((1 << 21) - 1)));
	CHECK_EQ(im.entry, im.bias + 0x200);
	CHECK_EQ(im.phdr_va, im.bias + sizeof(Elf64_Ehdr));
	CHECK_EQ(mm->brk_start, im.bias + 0x7000);
	CHECK_EQ(byte_at(mm, im.bias + 0x1000), 0x11);
	end(mm);
}

/* These files are harmless: they give an error, and no memory is lost. */
static void check_bad(long want, const char *what)
{
	struct stock before = world_stock();
	struct mm *mm = mm_alloc();
	struct image im;
	long rc = load(mm, &im, &good, sizeof(good));

	if (rc != want)
		world_failed(__FILE__, __LINE__, "%s: %ld, should be %ld", what, rc, want);
	mm_put(mm);
	world_check_stock(before);
	make_good();
}

#define BAD(want, change)                                                                          \
	do {                                                                                       \
		change;                                                                            \
		check_bad(want, #change);                                                          \
	} while (0)

static void test_bad(void *arg)
{
	(void)arg;
	make_good();
	check_bad(0, "unchanged");
	BAD(-ENOEXEC, good.e.e_ident[0] = 0);
	BAD(-ENOEXEC, good.e.e_ident[EI_CLASS] = ELFCLASS32);
	BAD(-ENOEXEC, good.e.e_ident[EI_DATA] = ELFDATA2MSB);
	BAD(-ENOEXEC, good.e.e_machine = EM_ARM);
	BAD(-ENOEXEC, good.e.e_type = ET_REL);
	BAD(-ENOEXEC, good.e.e_phnum = 0);
	BAD(-ENOEXEC, good.e.e_phnum = 0xffff);
	BAD(-ENOEXEC, good.e.e_phentsize = 32);
	BAD(-ENOEXEC, good.e.e_phoff = sizeof(good) - 8);
	BAD(-ENOEXEC, good.e.e_phoff = -1UL);
	BAD(-ENOEXEC, good.e.e_entry = USER_TOP);
	BAD(-ENOEXEC, good.e.e_entry = 1UL << 63);
	BAD(-ENOENT, good.p[STACK].p_type = PT_INTERP);
	BAD(-ENOEXEC, good.p[CODE].p_type = good.p[DATA].p_type = PT_NULL);
	BAD(-ENOEXEC, good.p[DATA].p_memsz = 0x800);
	BAD(-ENOEXEC, good.p[DATA].p_memsz = -1UL);
	BAD(-ENOEXEC, good.p[DATA].p_memsz = -0x3000UL);
	BAD(-ENOEXEC, good.p[DATA].p_memsz = good.p[DATA].p_filesz = -0x2000UL);
	BAD(-ENOEXEC, good.p[DATA].p_vaddr = -0x800UL);
	BAD(-ENOEXEC, good.p[DATA].p_vaddr += 1);
	BAD(-ENOEXEC, good.p[DATA].p_vaddr = MMAP_TOP - 0x800);
	BAD(-ENOEXEC, good.p[DATA].p_vaddr = 0x800);
	BAD(-ENOEXEC, good.p[DATA].p_offset = -0x800UL);
	BAD(-ENOEXEC, good.p[DATA].p_offset = 0x800 + (1UL << 40));
	/* Odd, but Linux accepts these too. */
	BAD(0, good.p[DATA].p_vaddr = BASE + 0x800);
	BAD(0, good.p[DATA].p_flags = PF_R);
	BAD(0, good.e.e_entry = 0);
}

/* Changes random bytes, and does everything that a program may do with the result. */
static void test_random(void *arg)
{
	struct stock before = world_stock();
	unsigned ok = 0, bad = 0;

	(void)arg;
	srandom(4);
	for (unsigned i = 0; i < 3000; i++) {
		struct mm *mm = mm_alloc();
		struct image im;
		long rc;

		make_good();
		for (long n = random() % 4; n >= 0; n--)
			((u8 *)&good)[random() % offsetof(struct program, rest)] = (u8)random();
		rc = load(mm, &im, &good, 1 + (size_t)random() % sizeof(good));
		CHECK(!rc || rc == -ENOEXEC || rc == -ENOENT);
		ok += !rc;
		bad += rc != 0;
		if (!rc) {
			pgtable_publish(&mm->pt);
			world_run(mm);
			world_may(im.entry, CPU_EXEC);
		}
		end(mm);
	}
	CHECK(ok > 200 && bad > 200);
	world_check_stock(before);
	world_audit();
}

/* The strings at the front after `line` was read for a script at `path`. */
static void check_script(struct script *s, const char *line, const char *path, const char *want,
			 unsigned n, const char *all, size_t len)
{
	struct image im = {.file = file_of(line, strlen(line))};
	const char *name;

	CHECK_EQ(image_read(&im), (long)-ENOEXEC);
	CHECK(script_is(&im));
	name = script_interpreter(s, &im, path);
	inode_put(im.file);
	CHECK(want ? name && !strcmp(name, want) : !name);
	if (!want)
		return;
	CHECK_EQ(s->n, n);
	CHECK_EQ(sizeof(s->text) - s->at, len);
	CHECK(!memcmp(s->text + s->at, all, len));
}

#define PAD                                                                                        \
	"                                                              " /* image_read() wants 64  \
									  */
#define SCRIPT(line, path, want, n, all)                                                           \
	check_script(&s, line "\n" PAD PAD, path, want, n, all, sizeof(all))
#define FRESH() (s = (struct script){.at = sizeof(s.text)})

static void test_scripts(void *arg)
{
	char line[400];
	struct script s;

	(void)arg;
	FRESH();
	SCRIPT("#!/bin/sh", "/x", "/bin/sh", 2, "/bin/sh\0/x");
	/* An interpreter that is a script: its own strings come first. */
	SCRIPT("#! /bin/second  a b\tc \t", "/bin/sh", "/bin/second", 4,
	       "/bin/second\0a b\tc\0/bin/sh\0/x");
	FRESH();
	SCRIPT("#!\t/bin/awk -f", "s", "/bin/awk", 3, "/bin/awk\0-f\0s");
	FRESH();
	SCRIPT("#!", "s", NULL, 0, "");
	SCRIPT("#!   \t", "s", NULL, 0, "");
	/* The name is incomplete. */
	memset(line, 'x', sizeof(line));
	memcpy(line, "#!", 2);
	line[sizeof(line) - 1] = '\0';
	check_script(&s, line, "s", NULL, 0, "", 0);
	/* More than there is room for. */
	memset(line, 'y', sizeof(line) - 1);
	for (int i = 0; i < 2; i++) {
		FRESH();
		s.at = i ? 8 : 2;
		SCRIPT("#!/bin/sh", i ? "" : line, NULL, 0, "");
	}
}

static unsigned long word_at(struct mm *mm, unsigned long va)
{
	return *(unsigned long *)mm_build_page(mm, va);
}

static void check_string(struct mm *mm, unsigned long va, const char *want)
{
	do
		CHECK_EQ(*(char *)mm_build_page(mm, va++), *want);
	while (*want++);
}

static void test_stack(void *arg)
{
	static const char text[] = "prog\0-x\0two words\0HOME=/\0A=";
	struct exec_strings strings = {(char *)text, sizeof(text), 3, 2};
	static const char *const plain[] = {"prog", "-x", "two words", NULL, "HOME=/", "A=", NULL};
	static const char *const scripted[] = {"/bin/sh", "/s",	    "-x", "two words",
					       NULL,	  "HOME=/", "A=", NULL};
	struct script s = {.at = sizeof(s.text) - 11, .n = 2};

	(void)arg;
	memcpy(s.text + s.at, "/bin/sh\0/s", 11);
	make_good();
	for (int with = 0; with < 2; with++) {
		const char *const *want = with ? scripted : plain;
		struct image im;
		struct mm *mm = load_good(&im);
		unsigned long sp, at;
		bool random = false, name = false;

		CHECK_EQ(start_stack(mm, &im, &strings, with ? &s : NULL, "/s", &sp), 0);
		CHECK_EQ(sp % 16, 0);
		CHECK_EQ(word_at(mm, sp), with ? 4 : 3);
		for (at = sp + 8; at < sp + 8 + (with ? 8 : 7) * 8; at += 8, want++) {
			if (*want)
				check_string(mm, word_at(mm, at), *want);
			else
				CHECK_EQ(word_at(mm, at), 0);
		}
		for (; word_at(mm, at); at += 16) {
			unsigned long value = word_at(mm, at + 8);

			switch (word_at(mm, at)) {
			case AT_PHDR: CHECK_EQ(value, im.phdr_va); break;
			case AT_ENTRY: CHECK_EQ(value, im.entry); break;
			case AT_EXECFN: check_string(mm, value, "/s"); break;
			case AT_PLATFORM:
				check_string(mm, value, "x86_64");
				name = true;
				break;
			case AT_RANDOM:
				CHECK_EQ(word_at(mm, value), options.seed * 0x9e3779b97f4a7c15u);
				random = true;
				break;
			default: break;
			}
		}
		CHECK(random && name && at < STACK_TOP);
		mm_put(mm);
	}
}

/* Maximum number and length of strings, and each allocation fails once. */
static void test_large_stack(void *arg)
{
	static char text[EXEC_TEXT_MAX];
	struct exec_strings strings = {.text = text, .len = sizeof(text), .argc = 1 << 16};
	struct stock before = world_stock();
	unsigned long sp, n = 0;
	struct image im;
	struct mm *mm;
	long rc;

	(void)arg;
	make_good();
	/* Empty strings, and one at the end that is not empty. */
	memset(text + sizeof(text) - 2 - 5000, 'l', 5000);
	strings.envc = sizeof(text) - 5000 - strings.argc;
	do {
		mm = load_good(&im);
		world_fail_allocation(n++, false);
		rc = start_stack(mm, &im, &strings, NULL, "p", &sp);
		world_fail_none();
		if (!rc) {
			CHECK_EQ(word_at(mm, sp), strings.argc);
			check_string(mm, word_at(mm, sp + 8 * strings.argc), "");
			CHECK_EQ(word_at(mm, sp + 8 * (1 + strings.argc)), 0);
		}
		mm_put(mm);
		world_check_stock(before);
	} while (rc == -ENOMEM);
	CHECK_EQ(rc, 0);
	CHECK(n > 128);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_good),	      WORLD_TEST(test_anywhere), WORLD_TEST(test_bad),
		WORLD_TEST(test_random),      WORLD_TEST(test_scripts),	 WORLD_TEST(test_stack),
		WORLD_TEST(test_large_stack),
	};

	world_boot_small();
	return WORLD_RUN(tests);
}
