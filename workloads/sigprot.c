/* SPDX-License-Identifier: MIT */
/*
 * A fault that the program handles itself: a write to a read-only page becomes a signal.
 * The handler makes the page writable and returns, so that the write is tried again; or it
 * jumps out of the fault. Garbage collectors and checkpointing depend on this.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>

#include "workload.h"

#define PAGE 4096u

static const struct workload_param params[] = {
	{"leave", "choice", 0, 0, 1,
	 "how the handler ends the fault: 0 makes the page writable, 1 jumps out (longjmp)"},
	{0},
};

static volatile char *page;
static volatile unsigned long caught;
static int leave;
static jmp_buf out;

static void handle(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	if (info->si_addr != (void *)page)
		_exit(1);
	caught++;
	if (leave)
		longjmp(out, 1);
	if (mprotect((void *)page, PAGE, PROT_READ | PROT_WRITE) < 0)
		_exit(1);
}

static int setup(void)
{
	/* SA_NODEFER: there is no mask to restore after a jump. */
	struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_NODEFER};

	leave = workload_param("leave") == 1;
	page = workload_map(NULL, PAGE);
	if (!page)
		return -1;
	*page = 1;
	if (sigaction(SIGSEGV, &action, NULL) < 0)
		return workload_fail("sigaction", errno);
	return 0;
}

static int prepare(void)
{
	caught = 0;
	if (mprotect((void *)page, PAGE, PROT_READ) < 0)
		return workload_fail("mprotect", errno);
	return 0;
}

static int body(void)
{
	if (!leave || setjmp(out) == 0)
		*page = 2;
	return caught == 1 ? 0 : workload_fail("the write was not caught once", 0);
}

static int teardown(void)
{
	signal(SIGSEGV, SIG_DFL);
	return 0;
}

const struct workload workload = {
	.name = "sigprot",
	.summary = "catches the fault of a write to a read-only page",
	.measures =
		"fault + SIGSEGV to a handler + its mprotect and return + the write (leave=1: a jump "
		"out of the handler)",
	.field = "lmbench lat_sig prot -like; there the handler does nothing but count",
	.n = 128,
	.warmup = 8,
	.params = params,
	.setup = setup,
	.prepare = prepare,
	.body = body,
	.teardown = teardown,
};
