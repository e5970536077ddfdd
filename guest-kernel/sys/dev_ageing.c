// SPDX-License-Identifier: MIT
/*
 * /dev/ageing: writing "1" starts the ageing of pages, "0" stops it. A read returns the
 * state and the work done so far. ENODEV with one CPU.
 */
#include "lib/errno.h"
#include "lib/print.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/ageing_thread.h"
#include "sys/file.h"

static u64 total(enum pvmmu_counter c)
{
	u64 sum = 0;

	for_each_cpu (cpu)
		sum += cpu->counters[c];
	return sum;
}

static long ageing_read(struct file *f, unsigned long buf, size_t n)
{
	char text[128];
	size_t len;

	len = (size_t)snprintf(text, sizeof(text),
			       "%s rounds=%" F64 "u visited=%" F64 "u cleared=%" F64 "u\n",
			       ageing_is_on() ? "on" : "off", total(CNT_ageing_rounds),
			       total(CNT_ageing_visited), total(CNT_ageing_cleared));
	if (f->pos >= len)
		return 0;
	n = min_ul(n, len - f->pos);
	if (!copy_to_user(buf, text + f->pos, n))
		return -EFAULT;
	f->pos += n;
	return (long)n;
}

static long ageing_write(struct file *f, unsigned long buf, size_t n)
{
	char on;

	(void)f;
	if (!n || !copy_from_user(&on, buf, 1))
		return n ? -EFAULT : 0;
	if (on != '0' && on != '1')
		return -EINVAL;
	return ageing_switch(on == '1') ? (long)n : -ENODEV;
}

static const struct file_ops ageing_ops = {.read = ageing_read, .write = ageing_write};
static const struct device ageing = {"/dev/ageing", &ageing_ops};
DEVICE(ageing);
