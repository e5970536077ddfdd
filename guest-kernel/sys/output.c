// SPDX-License-Identifier: MIT
/*
 * Standard output and error of a program that the host has brought along: what is
 * written goes out as records, so that the host gets the very bytes, knows which of
 * the two they were for, and notices if one is missing. The console itself is a
 * line that others write to as well and that turns \n into \r\n.
 */
#include "arch/x86/spinlock.h"
#include "lib/errno.h"
#include "lib/print.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "sys/file.h"

/* What is written at once up to this size is not cut by what others write, as in a pipe. */
#define PIECE 4096

static long output_write(unsigned fd, unsigned long buf, size_t n)
{
	static spinlock_t lock;
	static char text[PIECE];
	size_t done = 0;

	while (done < n) {
		size_t part = min_ul(n - done, sizeof(text));
		bool ok;

		spin_lock(&lock);
		ok = copy_from_user(text, buf + done, part);
		for (size_t at = 0; ok && at < part;) {
			record_begin("output");
			record_u64("fd", fd);
			at += record_bytes("data", text + at, part - at);
			record_end();
		}
		spin_unlock(&lock);
		if (!ok)
			return done ? (long)done : -EFAULT;
		done += part;
	}
	return (long)done;
}

static long stdout_write(struct file *f, unsigned long buf, size_t n)
{
	(void)f;
	return output_write(1, buf, n);
}

static const struct file_ops stdout_ops = {.write = stdout_write};
static const struct device standard_output = {"/dev/output1", &stdout_ops};
DEVICE(standard_output);

static long stderr_write(struct file *f, unsigned long buf, size_t n)
{
	(void)f;
	return output_write(2, buf, n);
}

static const struct file_ops stderr_ops = {.write = stderr_write};
static const struct device standard_error = {"/dev/output2", &stderr_ops};
DEVICE(standard_error);
