/* SPDX-License-Identifier: MIT */
/*
 * The way into the kernel and back. A 64-bit PV guest has no direct system call: the
 * instruction enters Xen, which switches from the user's to the kernel's root and enters
 * the guest. The return is a hypercall that switches back. getppid is the usual choice of
 * a call that does nothing.
 */
#include <sys/syscall.h>
#include <errno.h>

#include "workload.h"

static int body(void)
{
	if (syscall(SYS_getppid) < 0)
		return workload_fail("getppid", errno);
	return 0;
}

const struct workload workload = {
	.name = "null_syscall",
	.summary = "a system call that does nothing (getppid)",
	.measures = "one getppid system call",
	.field = "lmbench lat_syscall null",
	.n = 64,
	.warmup = 8,
	.body = body,
};
