// SPDX-License-Identifier: MIT
#include "observe.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "text.h"

unsigned usable_cpus(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0 || CPU_COUNT(&set) < 1)
		return 1;
	return (unsigned)CPU_COUNT(&set);
}

static void add_text(json_t *o, const char *name, const char *text)
{
	char *clean = printable(text, strcspn(text, "\n"));

	if (*clean)
		json_object_set_new(o, name, json_string(clean));
	free(clean);
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

json_t *observe(bool with_host_name)
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
		char *kernel = xasprintf("%s %s", u.sysname, u.release);

		add_text(o, "kernel", kernel);
		free(kernel);
		if (with_host_name)
			add_text(o, "host_name", u.nodename);
	}
	return o;
}
