// SPDX-License-Identifier: MIT
/*
 * The initial stack of a program (the System V ABI's start-up layout), from the top down:
 * the strings, 16 random bytes, the auxiliary vector, environment and argument pointers,
 * argc. The address space is private, so each page is written in place.
 */
#include "arch/x86/cpu.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/image.h"
#include "proc/options.h"

#define CLOCK_TICKS 100 /* per second, in what times() returns */

static const char platform[] = ELF_PLATFORM;

/* Writes upwards from `va`; small words are buffered first. */
struct writer {
	struct mm *mm;
	unsigned long va;
	char *page; /* the page that contains `page_va`, or NULL */
	unsigned long page_va;
	unsigned n;
	bool failed; /* no memory */
	unsigned long words[32];
};

static bool find_page(struct writer *w)
{
	unsigned long va = w->va & PAGE_MASK;

	if (w->page && w->page_va == va)
		return true;
	w->page = mm_build_page(w->mm, va);
	w->page_va = va;
	w->failed |= !w->page;
	return w->page;
}

static void put_bytes(struct writer *w, const void *p, size_t n)
{
	while (n && find_page(w)) {
		size_t offset = w->va & ~PAGE_MASK, part = min_ul(n, PAGE_SIZE - offset);

		memcpy(w->page + offset, p, part);
		w->va += part;
		p = (const char *)p + part;
		n -= part;
	}
}

static void flush_words(struct writer *w)
{
	unsigned n = w->n;

	w->n = 0;
	put_bytes(w, w->words, n * sizeof(w->words[0]));
}

static void put_word(struct writer *w, unsigned long word)
{
	if (w->n == ARRAY_SIZE(w->words))
		flush_words(w);
	w->words[w->n++] = word;
}

/*
 * Writes pointers to n consecutive strings at `text`, which will be at va; returns the end
 * of the strings.
 */
static unsigned long put_pointers(struct writer *w, const char *text, unsigned n, unsigned long va)
{
	const char *s = text;

	while (n--) {
		put_word(w, va + (unsigned long)(s - text));
		s += strlen(s) + 1;
	}
	return va + (unsigned long)(s - text);
}

/* The parts of the text. */
struct texts {
	const char *script, *args; /* in the kernel; args: without what a script replaces */
	size_t script_len, args_len;
	unsigned script_n, argc; /* argc: of args */
	unsigned long va, exec_va, platform_va, random_va;
};

static void put_auxv(struct writer *w, const struct image *im, const struct texts *t)
{
	const unsigned long vector[][2] = {
		{AT_HWCAP, cpu_features()},
		{AT_PAGESZ, PAGE_SIZE},
		{AT_CLKTCK, CLOCK_TICKS},
		{AT_PHDR, im->phdr_va},
		{AT_PHENT, sizeof(elf_phdr)},
		{AT_PHNUM, im->ehdr.e_phnum},
		{AT_BASE, 0},
		{AT_FLAGS, 0},
		{AT_ENTRY, im->entry},
		{AT_UID, 0},
		{AT_EUID, 0},
		{AT_GID, 0},
		{AT_EGID, 0},
		{AT_SECURE, 0},
		{AT_RANDOM, t->random_va},
		{AT_EXECFN, t->exec_va},
		{AT_PLATFORM, t->platform_va},
#if CALL_PAGE
		{cpu_features() & FEATURE_SEP ? AT_SYSINFO : AT_IGNORE, CALL_PAGE},
#endif
		{AT_NULL, 0},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(vector); i++) {
		put_word(w, vector[i][0]);
		put_word(w, vector[i][1]);
	}
}
#define AUXV_WORDS (2 * (CALL_PAGE ? 19 : 18))

static long map_stack(struct mm *mm, const struct image *im, unsigned long top)
{
	unsigned flags = VMA_READ | VMA_WRITE | (im->stack_exec ? VMA_EXEC : 0);
	long rc = mm_map(mm, top - STACK_SIZE, STACK_SIZE, flags, NULL, 0, MAP_AT);

	mm->mmap_top = MMAP_TOP - options.layout.stack - options.layout.mmap;
	return IS_ERROR(rc) ? rc : 0;
}

/* A script's arguments replace the first one. */
static void find_texts(struct texts *t, const struct exec_strings *s, const struct script *script)
{
	size_t skip = 0;

	t->args = s->text;
	t->argc = s->argc;
	if (script) {
		t->script = script->text + script->at;
		t->script_len = SCRIPT_TEXT - script->at;
		t->script_n = script->n;
		if (s->argc) {
			skip = strlen(s->text) + 1;
			t->argc--;
		}
	}
	t->args += skip;
	t->args_len = s->len - skip;
}

long start_stack(struct mm *mm, const struct image *im, const struct exec_strings *s,
		 const struct script *script, const char *path, unsigned long *sp)
{
	const u64 random[2] = {options.seed * 0x9e3779b97f4a7c15u, ~options.seed};
	unsigned long top = STACK_TOP - options.layout.stack, va;
	struct writer w = {.mm = mm};
	size_t words, path_len = strlen(path) + 1;
	struct texts t = {0};
	long rc = map_stack(mm, im, top);

	if (rc)
		return rc;
	find_texts(&t, s, script);
	t.platform_va = top - options.layout.stack_bytes - sizeof(platform);
	t.exec_va = t.platform_va - path_len;
	t.va = t.exec_va - t.args_len - t.script_len;
	t.random_va = ALIGN_DOWN(t.va, 16) - sizeof(random);
	words = 1 + t.script_n + t.argc + 1 + s->envc + 1 + AUXV_WORDS;
	*sp = ALIGN_DOWN(t.random_va - words * sizeof(unsigned long), 16);

	w.va = *sp;
	put_word(&w, t.script_n + t.argc);
	va = put_pointers(&w, t.script, t.script_n, t.va);
	va = put_pointers(&w, t.args, t.argc, va);
	mm->arg_start = t.va;
	mm->arg_end = va;
	put_word(&w, 0);
	put_pointers(&w, t.args + (va - t.va - t.script_len), s->envc, va);
	put_word(&w, 0);
	put_auxv(&w, im, &t);
	flush_words(&w);

	w.va = t.random_va;
	put_bytes(&w, random, sizeof(random));
	w.va = t.va;
	put_bytes(&w, t.script, t.script_len);
	put_bytes(&w, t.args, t.args_len);
	put_bytes(&w, path, path_len);
	put_bytes(&w, platform, sizeof(platform));
	return w.failed ? -ENOMEM : 0;
}
