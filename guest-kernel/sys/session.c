// SPDX-License-Identifier: MIT
#include "sys/session.h"

#include "arch/x86/platform.h"
#include "arch/x86/traps.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/inode.h"
#include "mm/vmalloc.h"
#include "proc/task.h"
#include "sys/file.h"
#include "sys/initramfs.h"
#include "sys/path.h"

#define ARGV	"/.pvmmu/argv"
#define ENVIRON "/.pvmmu/environ"
#define STDIN	"/.pvmmu/stdin"
#define CANNOT	127

void session_unpack(void)
{
	size_t n = platform_archive_size();
	void *archive;

	if (!n)
		return;
	archive = vmalloc(n);
	if (!archive)
		panic("no memory for the session's files, %lu bytes packed", (unsigned long)n);
	platform_archive_read(archive);
	initramfs_unpack(archive, n);
	vfree(archive);
	vmalloc_purge();
}

bool session_has_program(void)
{
	struct inode *i;

	if (inode_open(ARGV, &i))
		return false;
	inode_put(i);
	return true;
}

/* Reads the strings of a file into text at s->len; returns how many, or a negative errno. */
static long read_strings(const char *path, struct exec_strings *s)
{
	struct inode *i;
	long n = inode_open(path, &i);
	size_t got;
	char *to;

	if (n)
		return n;
	to = s->text + s->len;
	got = inode_read(i, to, 0, EXEC_TEXT_MAX - s->len);
	if (got < i->size)
		n = -E2BIG;
	else if (got && to[got - 1])
		n = -EINVAL;
	else
		for (size_t k = 0; k < got; k++)
			n += !to[k];
	s->len += got;
	inode_put(i);
	return n;
}

/* Opens descriptors 0, 1 and 2, in this order, because each open takes the lowest free one. */
static long open_standard_files(void)
{
	static const char *const paths[] = {STDIN, "/dev/output1", "/dev/output2"};
	long rc = 0;

	for (int fd = 0; fd < 3; fd++)
		file_close(fd);
	for (int fd = 0; rc >= 0 && fd < 3; fd++)
		rc = file_open(paths[fd], fd ? O_WRONLY : O_RDONLY);
	return rc < 0 ? rc : 0;
}

static long start(struct regs *regs, struct exec_strings *s)
{
	long rc = open_standard_files();

	if (rc)
		return rc;
	if (!s->text)
		return -ENOMEM;
	rc = read_strings(ARGV, s);
	if (rc <= 0)
		return rc ? rc : -EINVAL;
	s->argc = (unsigned)rc;
	rc = read_strings(ENVIRON, s);
	if (rc < 0)
		return rc;
	s->envc = (unsigned)rc;
	return do_exec(regs, s->text, s);
}

void session_not_started(const char *path, long rc)
{
	record_begin("unstarted");
	record_str("path", path);
	record_u64("error", (u64)-rc);
	record_end();
	task_exit_group(CANNOT << 8);
}

void session_start_program(void)
{
	struct exec_strings s = {.text = vmalloc(EXEC_TEXT_MAX)};
	static char path[PATH_MAX];
	struct regs regs;
	long rc = start(&regs, &s);

	if (rc && s.argc)
		copy_string(path, s.text, sizeof(path));
	vfree(s.text);
	vmalloc_purge();
	if (rc)
		session_not_started(path, rc);
	return_to_user(&regs);
}
