/* SPDX-License-Identifier: MIT */
/*
 * Parameters: key=value, integers with bounds. The table that checks them is the table
 * that --describe prints for the host, so they cannot differ.
 */
#include <string.h>
#include <unistd.h>

#include "harness.h"

#define MAX_PARAMS 16
#define NR_COMMON  5

/* The defaults of n and warmup are the workload's: see value_default(). */
static const struct workload_param common[NR_COMMON] = {
	{"n", "samples", 0, 1, 100000, "samples, each of reps iterations"},
	{"warmup", "iterations", 0, 0, 100000, "iterations before the first timed one"},
	{"mb", "MiB", 0, 0, 4096, "anonymous memory touched beforehand, a word per 4 KiB page"},
	{"reps", "iterations", 1, 1, 100000000, "iterations that are timed together as one sample"},
	{"calibrate", "ns", 0, 0, 1000000000,
	 "raise reps until a sample takes this long; 0: leave reps as they are"},
};

static uint64_t values[MAX_PARAMS];
static char message[256];

const struct workload_param *param_at(size_t i)
{
	size_t own = i - NR_COMMON;

	if (i < NR_COMMON)
		return &common[i];
	if (!workload.params || i >= MAX_PARAMS)
		return NULL;
	/* Called in order from 0, so the end of the table has not been passed. */
	return workload.params[own].name ? &workload.params[own] : NULL;
}

static uint64_t value_default(size_t i)
{
	if (i == 0)
		return workload.n;
	if (i == 1)
		return workload.warmup;
	return param_at(i)->def;
}

uint64_t param_value_at(size_t i)
{
	return values[i];
}

/* Index of the parameter of that name (n bytes), or -1. */
static int param_find(const char *name, size_t n)
{
	for (size_t i = 0; param_at(i); i++)
		if (strlen(param_at(i)->name) == n && !memcmp(param_at(i)->name, name, n))
			return (int)i;
	return -1;
}

uint64_t workload_param(const char *name)
{
	int i = param_find(name, strlen(name));

	if (i < 0)
		__builtin_trap(); /* a workload reads a parameter that it does not declare */
	return values[i];
}

static bool number(const char *s, uint64_t *v)
{
	*v = 0;
	if (!*s)
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '9' || *v > UINT64_MAX / 10 - 1)
			return false;
		*v = *v * 10 + (uint64_t)(*s - '0');
	}
	return true;
}

/* p: the parameter whose range to print, or NULL. */
static bool refuse(const char **why, const char *arg, const char *what,
		   const struct workload_param *p)
{
	struct text t = {.buf = message, .cap = sizeof(message) - 1};

	text_put(&t, arg);
	text_put(&t, ": ");
	text_put(&t, what);
	if (p) {
		text_put(&t, " ");
		text_u64(&t, p->min);
		text_put(&t, " to ");
		text_u64(&t, p->max);
	}
	message[t.len] = 0;
	*why = t.overflow ? what : message;
	write_all(STDERR_FILENO, *why, strlen(*why));
	write_all(STDERR_FILENO, "\n", 1);
	args_help(STDERR_FILENO);
	return false;
}

static bool take(const char *arg, uint64_t *seen, const char **why)
{
	const char *eq = strchr(arg, '=');
	const struct workload_param *p;
	uint64_t v;
	int i;

	if (!eq)
		return refuse(why, arg, "not of the form key=value", NULL);
	i = param_find(arg, (size_t)(eq - arg));
	if (i < 0)
		return refuse(why, arg, "no such parameter", NULL);
	if (*seen & 1u << i)
		return refuse(why, arg, "given twice", NULL);
	if (!number(eq + 1, &v))
		return refuse(why, arg, "not a whole number", NULL);
	p = param_at((size_t)i);
	if (v < p->min || v > p->max)
		return refuse(why, arg, "not within", p);
	*seen |= 1u << i;
	values[i] = v;
	return true;
}

bool args_read(int argc, char **argv, const char **why)
{
	uint64_t seen = 0;

	for (size_t i = 0; param_at(i); i++)
		values[i] = value_default(i);
	for (int i = 1; i < argc; i++)
		if (!take(argv[i], &seen, why))
			return false;
	return true;
}

static void member(struct text *t, const char *sep, const char *name, const char *value)
{
	text_put(t, sep);
	text_json_string(t, name);
	text_put(t, ":");
	text_json_string(t, value);
}

static void member_u64(struct text *t, const char *name, uint64_t v)
{
	text_put(t, ",");
	text_json_string(t, name);
	text_put(t, ":");
	text_u64(t, v);
}

bool args_describe(void)
{
	static char buf[4096];
	struct text t = {.buf = buf, .cap = sizeof(buf)};

	member(&t, "{", "name", workload.name);
	member(&t, ",", "summary", workload.summary);
	member(&t, ",", "measures", workload.measures);
	member(&t, ",", "field", workload.field);
	if (workload.points)
		member(&t, ",", "points", workload.points);
	if (workload.min_vcpus)
		member_u64(&t, "min_vcpus", workload.min_vcpus);
	text_put(&t, ",\"params\":[");
	for (size_t i = 0; param_at(i); i++) {
		const struct workload_param *p = param_at(i);

		member(&t, i ? ",{" : "{", "name", p->name);
		member(&t, ",", "unit", p->unit);
		member_u64(&t, "default", value_default(i));
		member_u64(&t, "min", p->min);
		member_u64(&t, "max", p->max);
		member(&t, ",", "help", p->help);
		text_put(&t, "}");
	}
	text_put(&t, "]}\n");
	return !t.overflow && write_all(STDOUT_FILENO, buf, t.len);
}

static void pad(struct text *t, size_t column)
{
	size_t start = t->len;

	while (start && t->buf[start - 1] != '\n')
		start--;
	do {
		text_put(t, " ");
	} while (!t->overflow && t->len - start < column);
}

bool args_help(int fd)
{
	static char buf[4096];
	struct text t = {.buf = buf, .cap = sizeof(buf)};

	text_put(&t, "usage: ");
	text_put(&t, workload.name);
	text_put(&t, " [key=value]... | --describe | --help\n");
	text_put(&t, workload.summary);
	text_put(&t, "\n\nOne iteration: ");
	text_put(&t, workload.measures);
	text_put(&t, "\nIn the field:  ");
	text_put(&t, workload.field);
	text_put(&t, "\n\n");
	for (size_t i = 0; param_at(i); i++) {
		const struct workload_param *p = param_at(i);

		text_put(&t, "  ");
		text_put(&t, p->name);
		text_put(&t, "=");
		text_u64(&t, value_default(i));
		pad(&t, 16);
		text_put(&t, p->help);
		text_put(&t, " (");
		text_u64(&t, p->min);
		text_put(&t, " to ");
		text_u64(&t, p->max);
		text_put(&t, " ");
		text_put(&t, p->unit);
		text_put(&t, ")\n");
	}
	text_put(&t, "\nThe result is printed as records; abi/record.h has the format.\n");
	return !t.overflow && write_all(fd, buf, t.len);
}
