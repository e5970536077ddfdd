// SPDX-License-Identifier: MIT
/*
 * Starting programs: static ELF64 executables and scripts. The new address space is built
 * completely, private, before the old one is touched. So if a program cannot be started,
 * its caller continues unchanged.
 */
#include "arch/x86/platform.h"
#include "arch/x86/traps.h"
#include "lib/bug.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/inode.h"
#include "proc/family.h"
#include "proc/image.h"
#include "sys/file.h"
#include "sys/path.h"

static void start_program(struct regs *regs, unsigned long entry, unsigned long sp)
{
	memset(regs, 0, sizeof(*regs));
	init_user_frame(regs);
	regs->ip = entry;
	regs->sp = sp;

	fpu_initial(current->fpu);
	fpu_load(current->fpu);
}

static void switch_mm(struct mm *mm)
{
	struct task *t = current;
	struct mm *old = t->mm;

	if (old)
		task_leave_memory(t);
	pgtable_publish(&mm->pt);
	task_set_memory(t, mm);
	pgtable_load(&mm->pt);
	if (old)
		mm_put(old);
	else
		platform_set_kernel_stack((unsigned long)t->stack + KERNEL_STACK_SIZE);
	t->tls = TLS_NONE;
	if (!tls_same(this_cpu()->tls, TLS_NONE)) {
		platform_set_tls(TLS_NONE);
		this_cpu()->tls = TLS_NONE;
	}
}

/* Opens the file at that path if it may be executed. The caller gets a reference. */
static long open_program(const char *path, struct inode **file)
{
	long rc = inode_open(path, file);

	if (rc)
		return rc == -EISDIR ? -EACCES : rc;
	/* An inode with a path is part of a node. */
	if (container_of(*file, struct node, inode)->mode & S_IXALL)
		return 0;
	inode_put(*file);
	return -EACCES;
}

#define MAX_SCRIPTS 4 /* how many interpreters may be scripts themselves */

/*
 * Finds the program: the file itself, or the interpreter that it names. On success the
 * caller gets a reference to im->file. *script is NULL or the caller's to free, on failure
 * too.
 */
static long find_program(struct image *im, const char *path, struct script **script)
{
	long rc;

	for (unsigned depth = 0;; depth++) {
		rc = open_program(path, &im->file);
		if (rc)
			return rc;
		rc = image_read(im);
		if (rc != -ENOEXEC || !script_is(im))
			break;
		if (depth == MAX_SCRIPTS) {
			rc = -ELOOP;
			break;
		}
		if (!*script)
			*script = kmalloc(sizeof(**script));
		if (!*script) {
			rc = -ENOMEM;
			break;
		}
		if (!depth) {
			(*script)->at = SCRIPT_TEXT;
			(*script)->n = 0;
		}
		path = script_interpreter(*script, im, path);
		if (!path)
			break;
		inode_put(im->file);
	}
	if (rc)
		inode_put(im->file);
	return rc;
}

long do_exec(struct regs *regs, const char *path, const struct exec_strings *strings)
{
	struct image *im = kzalloc(sizeof(*im));
	struct mm *mm = im ? mm_alloc() : NULL;
	struct script *script = NULL;
	unsigned long sp = 0;
	long rc = -ENOMEM;
	const char *name = path, *slash;

	if (!mm)
		goto out;
	rc = find_program(im, path, &script);
	if (rc)
		goto out;
	rc = image_map(mm, im);
	if (!rc)
		rc = start_stack(mm, im, strings, script, path, &sp);
	if (!rc)
		rc = exec_begin();
	if (!rc) {
		switch_mm(mm);
		mm = NULL;
		files_exec();
		signal_exec();
		count(proc_execs);
		start_program(regs, im->entry, sp);
		while ((slash = strchr(name, '/')))
			name = slash + 1;
		copy_string(current->name, name, sizeof(current->name));
	}
	inode_put(im->file);
out:
	if (mm)
		mm_put(mm);
	kfree(script);
	kfree(im);
	return rc;
}
