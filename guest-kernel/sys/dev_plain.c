// SPDX-License-Identifier: MIT
/*
 * Devices that every system has: zero, full, random, and tty, which cannot be opened.
 * "Random" bytes depend on the run's seed and on how many were read before, so that a run
 * can be repeated.
 */
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/options.h"
#include "sys/file.h"
#include "sys/syscall.h"

#define PIECE 256

static long fill(unsigned long buf, size_t n, void (*piece)(char *p))
{
	char bytes[PIECE];

	for (size_t done = 0, part; done < n; done += part) {
		part = min_ul(n - done, PIECE);
		piece(bytes);
		if (!copy_to_user(buf + done, bytes, part))
			return done ? (long)done : -EFAULT;
	}
	return (long)n;
}

static void zeros(char *p)
{
	memset(p, 0, PIECE);
}

static long zero_read(struct file *f, unsigned long buf, size_t n)
{
	(void)f;
	return fill(buf, n, zeros);
}

static long swallow(struct file *f, unsigned long buf, size_t n)
{
	(void)f, (void)buf;
	return (long)n;
}

static const struct file_ops zero_ops = {.read = zero_read, .write = swallow};
static const struct device zero = {"/dev/zero", &zero_ops};
DEVICE(zero);

static long full_write(struct file *f, unsigned long buf, size_t n)
{
	(void)f, (void)buf, (void)n;
	return -ENOSPC;
}

static const struct file_ops full_ops = {.read = zero_read, .write = full_write};
static const struct device full = {"/dev/full", &full_ops};
DEVICE(full);

/* splitmix64: a counter with a mixing function. */
static u64 random_word(void)
{
	static u64 given;
	u64 n = __atomic_add_fetch(&given, 1, __ATOMIC_RELAXED);
	u64 x = (options.seed << 32 ^ n) * 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

static void random_piece(char *p)
{
	for (unsigned i = 0; i < PIECE / sizeof(u64); i++)
		((u64 *)p)[i] = random_word();
}

static long random_read(struct file *f, unsigned long buf, size_t n)
{
	(void)f;
	return fill(buf, n, random_piece);
}

static const struct file_ops random_ops = {.read = random_read, .write = swallow};
static const struct device random = {"/dev/random", &random_ops};
DEVICE(random);
static const struct device urandom = {"/dev/urandom", &random_ops};
DEVICE(urandom);

#define GRND_ALL 7

SYSCALL(318, getrandom)
{
	if (args->a[2] & ~(unsigned long)GRND_ALL)
		return -EINVAL;
	return fill(args->a[0], min_ul(args->a[1], 0x7ffff000UL), random_piece);
}

/* No process has a terminal. */
static long tty_open(struct file *f)
{
	(void)f;
	return -ENXIO;
}

static const struct file_ops tty_ops = {.open = tty_open};
static const struct device tty = {"/dev/tty", &tty_ops};
DEVICE(tty);
