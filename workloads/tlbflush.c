/* SPDX-License-Identifier: MIT */
/*
 * Flushes one page at a time: a page is written, given back, and read again, which must
 * find it empty. Each time the processor must drop its TLB entry for that address, and so
 * must every other processor that runs a thread of the process. This measures the cost of
 * a TLB flush, with little other work that could be batched.
 *
 * The other threads do the same in memory of their own, untimed, as long as the
 * measurement lasts. On fewer CPUs than threads they take turns with the timed thread.
 */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/mman.h>

#include "workload.h"

#define MAX_THREADS 16
#define PAGE	    4096u

static const struct workload_param params[] = {
	{"threads", "threads", 1, 1, MAX_THREADS,
	 "threads that do it at the same time; one is timed"},
	{"pages", "pages", 64, 1, 16384, "pages of each thread, taken in turn"},
	{0},
};

struct worker {
	pthread_t thread;
	volatile char *memory;
	size_t at;
};

static struct worker workers[MAX_THREADS];
static unsigned int nr_running; /* in addition to the first */
static size_t bytes;
static bool over;

/* Returns 0, an errno, or -1 for a page that still holds its old contents. */
static int forget_page(struct worker *w)
{
	volatile char *page = w->memory + w->at;

	w->at = w->at + PAGE < bytes ? w->at + PAGE : 0;
	*page = 1;
	if (madvise((void *)page, PAGE, MADV_DONTNEED) < 0)
		return errno;
	return *page ? -1 : 0;
}

static void *work(void *arg)
{
	long err = 0;

	while (!err && !__atomic_load_n(&over, __ATOMIC_ACQUIRE))
		err = forget_page(arg);
	return (void *)err;
}

static int failed(long err)
{
	return err < 0 ? workload_fail("a page that was given back still holds its contents", 0)
		       : workload_fail("madvise", (int)err);
}

static int setup(void)
{
	unsigned int nr = (unsigned int)workload_param("threads");

	bytes = workload_param("pages") * PAGE;
	for (unsigned int i = 0; i < nr; i++) {
		workers[i].memory = workload_map(NULL, bytes);
		if (!workers[i].memory)
			return -1;
	}
	while (nr_running < nr - 1) {
		struct worker *w = &workers[nr_running + 1];
		int err = pthread_create(&w->thread, NULL, work, w);

		if (err)
			return workload_fail("a thread", err);
		nr_running++;
	}
	return 0;
}

/*
 * The other threads end with the last iteration, because a kernel that audits itself then
 * must be idle.
 */
static int body(void)
{
	static uint64_t done;
	int err = forget_page(&workers[0]);

	if (++done == workload_iterations())
		__atomic_store_n(&over, true, __ATOMIC_RELEASE);
	return err ? failed(err) : 0;
}

static int teardown(void)
{
	__atomic_store_n(&over, true, __ATOMIC_RELEASE);
	for (unsigned int i = 1; i <= nr_running; i++) {
		void *result;

		pthread_join(workers[i].thread, &result);
		if (result)
			failed((long)result);
	}
	return 0;
}

const struct workload workload = {
	.name = "tlbflush",
	.summary = "gives single pages back, and reads them empty, in one or more threads",
	.measures =
		"a write to a page + madvise(MADV_DONTNEED) of it + a read, two faults included",
	.field =
		"will-it-scale tlb_flush1 -like, with anonymous memory; threads=N is its threads mode",
	.n = 256,
	.warmup = 64,
	.params = params,
	.setup = setup,
	.body = body,
	.teardown = teardown,
};
