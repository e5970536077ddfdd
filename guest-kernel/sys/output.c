// SPDX-License-Identifier: MIT
/*
 * Output of processes: the console, and standard output and error of a program that the
 * host has brought. All of it is sent as records of the kernel; there is no other way. So
 * the host gets exactly these bytes, knows their destination, notices missing ones, and
 * never takes text of a process for text of the kernel or of Xen, which share the line.
 */
#include "abi/record.h"
#include "arch/x86/spinlock.h"
#include "lib/errno.h"
#include "lib/print.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "sys/file.h"

/* A write of up to this size is one piece, as in a pipe. A workload's record is shorter. */
#define PIECE 4096

static long output_write(unsigned to, unsigned long buf, size_t n)
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
			record_u64("fd", to);
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

static long console_read(struct file *f, unsigned long buf, size_t n)
{
	(void)f, (void)buf, (void)n;
	return 0;
}

static long console_write(struct file *f, unsigned long buf, size_t n)
{
	(void)f;
	return output_write(OUTPUT_CONSOLE, buf, n);
}

static const struct file_ops console_ops = {.read = console_read, .write = console_write};
static const struct device console = {"/dev/console", &console_ops};
DEVICE(console);

static long stdout_write(struct file *f, unsigned long buf, size_t n)
{
	(void)f;
	return output_write(OUTPUT_STDOUT, buf, n);
}

static const struct file_ops stdout_ops = {.write = stdout_write};
static const struct device standard_output = {"/dev/output1", &stdout_ops};
DEVICE(standard_output);

static long stderr_write(struct file *f, unsigned long buf, size_t n)
{
	(void)f;
	return output_write(OUTPUT_STDERR, buf, n);
}

static const struct file_ops stderr_ops = {.write = stderr_write};
static const struct device standard_error = {"/dev/output2", &stderr_ops};
DEVICE(standard_error);
