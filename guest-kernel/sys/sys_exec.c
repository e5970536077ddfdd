// SPDX-License-Identifier: MIT
/*
 * The exec system calls: arguments and environment are copied out of the old address space
 * before it is freed.
 */
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/alloc.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "sys/syscall.h"

#define TEXT_ORDER 5 /* for EXEC_TEXT_MAX; KMALLOC_MAX is enough for nearly all programs */
_Static_assert(PAGE_SIZE << TEXT_ORDER == EXEC_TEXT_MAX, "the largest text is a block of pages");

#define AT_FDCWD (-100)

/*
 * Appends a user array of strings to *s, which has room for `size` bytes; adds their
 * number to *n.
 */
static long fetch_strings(struct exec_strings *s, size_t size, unsigned *n, unsigned long array)
{
	for (*n = 0; array; ++*n, array += sizeof(unsigned long)) {
		unsigned long p;
		long len;

		if (!copy_from_user(&p, array, sizeof(p)))
			return -EFAULT;
		if (!p)
			break;
		len = copy_string_from_user(s->text + s->len, p, size - s->len);
		if (len < 0)
			return len == -ENAMETOOLONG ? -E2BIG : len;
		s->len += (size_t)len + 1;
	}
	return 0;
}

static long fetch(struct exec_strings *s, size_t size, unsigned long argv, unsigned long envp)
{
	long rc;

	s->len = 0;
	rc = fetch_strings(s, size, &s->argc, argv);
	return rc ? rc : fetch_strings(s, size, &s->envc, envp);
}

/* Called with the complete text in the kernel. */
static long exec(const struct syscall_args *args, unsigned long user_path, struct exec_strings *s)
{
	char path[256];
	long rc = copy_string_from_user(path, user_path, sizeof(path));

	return rc < 0 ? rc : do_exec(args->regs, path, s);
}

static long try_exec(const struct syscall_args *args, unsigned long path, unsigned long argv,
		     unsigned long envp)
{
	struct exec_strings s = {.text = kmalloc(KMALLOC_MAX)};
	struct page *block;
	long rc = -ENOMEM;

	if (!s.text)
		return rc;
	rc = fetch(&s, KMALLOC_MAX, argv, envp);
	if (!rc)
		rc = exec(args, path, &s);
	kfree(s.text);
	if (rc != -E2BIG)
		return rc;
	block = pages_alloc(TEXT_ORDER);
	if (!block)
		return -ENOMEM;
	s.text = page_to_virt(block);
	rc = fetch(&s, EXEC_TEXT_MAX, argv, envp);
	if (!rc)
		rc = exec(args, path, &s);
	pages_free(block, TEXT_ORDER);
	return rc;
}

static long fetch_and_exec(const struct syscall_args *args, unsigned long path, unsigned long argv,
			   unsigned long envp)
{
	long rc = try_exec(args, path, argv, envp);

	if (!rc)
		exec_end(args->regs);
	return rc;
}

SYSCALL(59, execve)
{
	return fetch_and_exec(args, args->a[0], args->a[1], args->a[2]);
}

/* Relative to the current directory only; a directory descriptor is not supported. */
SYSCALL(322, execveat)
{
	char first;

	if (!copy_from_user(&first, args->a[1], 1))
		return -EFAULT;
	if (args->a[4] || ((int)args->a[0] != AT_FDCWD && first != '/'))
		return -ENOSYS;
	return fetch_and_exec(args, args->a[1], args->a[2], args->a[3]);
}
