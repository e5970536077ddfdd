// SPDX-License-Identifier: MIT
/*
 * The audit (mmu/audit.h) on demand: a read of /dev/audit runs it and returns one line,
 * "ok" with the number of checked objects, or the first problem. The workloads' harness
 * does this after the last sample, while all processes still exist; main.c runs the last
 * audit.
 */
#include "sys/audit.h"

#include "arch/x86/smp.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/options.h"
#include "sys/file.h"
#include "sys/pipe.h"

static void holders(void (*use)(struct page *p))
{
	inode_uses(use);
	pipe_uses(use);
	zero_page_uses(use);
}

const struct audit_report *audit_now(const char *when)
{
	const struct audit_report *r;

	if (!options.audit || !smp_stop_others())
		return NULL;
	r = audit_run(holders);
	audit_record(r, when);
	smp_release_others();
	return r;
}

static long audit_read(struct file *f, unsigned long buf, size_t n)
{
	const struct audit_report *r;
	char line[AUDIT_TEXT_MAX + 1];
	size_t len;

	if (f->pos)
		return 0; /* one line, then the end */
	r = audit_now("demand");
	if (!r)
		snprintf(line, sizeof(line), "%s\n", options.audit ? "busy" : "off");
	else if (r->problems)
		snprintf(line, sizeof(line), "%s\n", r->text[0]);
	else
		snprintf(line, sizeof(line), "ok: %lu trees, %lu tables, %lu leaves%s\n", r->trees,
			 r->tables, r->leaves, r->unchecked ? ", without the hypervisor" : "");
	len = strlen(line);
	if (n < len)
		return -EINVAL;
	if (!copy_to_user(buf, line, len))
		return -EFAULT;
	f->pos = len;
	return (long)len;
}

static const struct file_ops audit_ops = {.read = audit_read};
static const struct device audit = {"/dev/audit", &audit_ops};
DEVICE(audit);
