// SPDX-License-Identifier: MIT
/* The character devices: null, and the counters for the workloads. */
#include "arch/x86/platform.h"
#include "lib/errno.h"
#include "mm/mm.h"
#include "mmu/backend.h"
#include "proc/options.h"
#include "sys/file.h"
#include "sys/xenperf.h"

static long read_nothing(struct file *f, unsigned long buf, size_t n)
{
	(void)f, (void)buf, (void)n;
	return 0;
}

static long null_write(struct file *f, unsigned long buf, size_t n)
{
	(void)f, (void)buf;
	return (long)n;
}

static const struct file_ops null_ops = {.read = read_nothing, .write = null_write};
static const struct device null = {"/dev/null", &null_ops};
DEVICE(null);

static void sum_counters(void *arg)
{
	struct pvmmu_counters *sum = arg;

	for_each_cpu (c)
		for (unsigned i = 0; i < PVMMU_NR_COUNTERS; i++)
			sum->value[i] += c->counters[i];
}

static long counters_read(struct file *f, unsigned long buf, size_t n)
{
	struct pvmmu_counters sum = {.nr = PVMMU_NR_COUNTERS};

	(void)f;
	if (n < sizeof(sum))
		return -EINVAL;
	if (HV_PARAVIRT && options.xenperf)
		xenperf_edge(sum_counters, &sum);
	else
		sum_counters(&sum);
	return copy_to_user(buf, &sum, sizeof(sum)) ? (long)sizeof(sum) : -EFAULT;
}

static const struct file_ops counters_ops = {.read = counters_read};
static const struct device counters = {"/dev/pvmmu", &counters_ops};
DEVICE(counters);
