// SPDX-License-Identifier: MIT
/*
 * Access to user memory. User pages are mapped while the kernel runs, so an access is an
 * ordinary move that may fault. If the fault cannot be resolved, the kernel continues at
 * the move's fix-up, with the number of bytes not copied in RCX.
 */
#include "mm/user.h"

#include "lib/errno.h"
#include "lib/string.h"
#include "mm/mm.h"

struct exception {
	unsigned long at, fixup;
};
extern const struct exception exception_table[], exception_table_end[];

bool fixup_exception(struct regs *regs)
{
	for (const struct exception *e = exception_table; e < exception_table_end; e++) {
		if (e->at == regs->ip) {
			regs->ip = e->fixup;
			return true;
		}
	}
	return false;
}

/* Returns whether all n bytes were copied. */
static bool copy_user(void *dst, const void *src, size_t n)
{
	size_t words = n >> WORD_SHIFT, rest = n & (WORD_BYTES - 1);
	bool ok = true;

	asm volatile("1: rep " WORD_MOVS "\n"
		     "   mov %[rest], %[words]\n"
		     "2: rep movsb\n"
		     "   jmp 4f\n"
		     "3: movb $0, %[ok]\n"
		     "4:\n"
		     "   .pushsection .exception_table, \"a\"\n"
		     "   " WORD_DATA " 1b, 3b, 2b, 3b\n"
		     "   .popsection\n"
		     : "+D"(dst), "+S"(src), [words] "+c"(words), [ok] "+q"(ok)
		     : [rest] "r"(rest)
		     : "memory");
	return ok;
}

static bool user_range(unsigned long va, size_t n)
{
	return n <= USER_TOP && va <= USER_TOP - n;
}

bool copy_from_user(void *dst, unsigned long src, size_t n)
{
	return user_range(src, n) && copy_user(dst, (const void *)src, n);
}

bool copy_to_user(unsigned long dst, const void *src, size_t n)
{
	return user_range(dst, n) && copy_user((void *)dst, src, n);
}

bool cmpxchg_user(unsigned long va, u32 old, u32 new, u32 *seen)
{
	bool ok = true;

	if (!user_range(va, sizeof(u32)))
		return false;
	asm volatile("1: lock cmpxchgl %[new], (%[va])\n"
		     "   jmp 3f\n"
		     "2: movb $0, %[ok]\n"
		     "3:\n"
		     "   .pushsection .exception_table, \"a\"\n"
		     "   " WORD_DATA " 1b, 2b\n"
		     "   .popsection\n"
		     : "+a"(old), [ok] "+q"(ok)
		     : [va] "r"(va), [new] "r"(new)
		     : "memory");
	*seen = old;
	return ok;
}

#define STRING_PIECE 64

long copy_string_from_user(char *dst, unsigned long src, size_t n)
{
	for (size_t done = 0; done < n;) {
		/*
		 * In short pieces, since the string may end soon, and no piece crosses a page: the
		 * next page may be missing.
		 */
		size_t part = min_ul(n - done, STRING_PIECE - ((src + done) % STRING_PIECE));

		if (!copy_from_user(dst + done, src + done, part))
			return -EFAULT;
		for (size_t i = done; i < done + part; i++)
			if (!dst[i])
				return (long)i;
		done += part;
	}
	return -ENAMETOOLONG;
}
