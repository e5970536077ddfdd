// SPDX-License-Identifier: MIT
#include "host_info.h"

#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "lib/text.h"

unsigned usable_cpus(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0 || CPU_COUNT(&set) < 1)
		return 1;
	return (unsigned)CPU_COUNT(&set);
}

#ifdef __x86_64__
static double ns_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Reads both clocks at the same time: of a few readings, the one with the shortest gap. */
static void read_clocks(double *ns, uint64_t *ticks)
{
	double shortest = 1e18;

	for (int i = 0; i < 16; i++) {
		double before = ns_now();
		uint64_t tsc = __builtin_ia32_rdtsc();
		double after = ns_now();

		if (after - before >= shortest)
			continue;
		shortest = after - before;
		*ns = before + shortest / 2;
		*ticks = tsc;
	}
}

double host_tick_ns(void)
{
	const struct timespec span = {.tv_nsec = 50 * 1000 * 1000};
	static double tick;
	double start, end;
	uint64_t from, to;

	if (!tick) {
		read_clocks(&start, &from);
		nanosleep(&span, NULL);
		read_clocks(&end, &to);
		tick = (end - start) / (double)(to - from);
	}
	return tick;
}
#else
double host_tick_ns(void)
{
	return 0;
}
#endif

static void add_text(json_t *o, const char *name, const char *text)
{
	AUTO_FREE char *clean = printable(text, strcspn(text, "\n"));

	if (*clean)
		json_object_set_new(o, name, json_string(clean));
}

/* The value of the first line that starts with the key, after its colon. */
static void add_from_file(json_t *o, const char *name, const char *path, const char *key)
{
	FILE *f = fopen(path, "re");
	char line[512];

	if (!f)
		return;
	while (fgets(line, sizeof(line), f)) {
		const char *value = line;

		if (strncmp(line, key, strlen(key)) != 0)
			continue;
		if (*key)
			value = strchr(line, ':');
		if (value)
			add_text(o, name, *key ? value + 1 + strspn(value + 1, " \t") : value);
		break;
	}
	fclose(f);
}

json_t *host_info(bool with_host_name)
{
	json_t *o = json_object();
	struct utsname u;
	double load;

	add_from_file(o, "cpu_model", "/proc/cpuinfo", "model name");
	json_object_set_new(o, "cpus", json_integer(usable_cpus()));
	if (getloadavg(&load, 1) == 1)
		json_object_set_new(o, "load_1min", json_real(load));
	add_from_file(o, "governor", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "");
	if (uname(&u) == 0) {
		AUTO_FREE char *kernel = xasprintf("%s %s", u.sysname, u.release);

		add_text(o, "kernel", kernel);
		if (with_host_name)
			add_text(o, "host_name", u.nodename);
	}
	return o;
}
