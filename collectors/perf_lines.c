// SPDX-License-Identifier: MIT
/* The output of perf: counts, and refusals. */
#include "perf.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARANOID "/proc/sys/kernel/perf_event_paranoid"

/* The value of a member, without quotes, into `to`. false: there is none, or it is too long. */
static bool member(const char *line, const char *name, char *to, size_t room)
{
	char key[40];
	const char *p, *end;

	snprintf(key, sizeof(key), "\"%s\"", name);
	p = strstr(line, key);
	if (!p)
		return false;
	p += strlen(key);
	p += strspn(p, " :");
	if (*p == '"') {
		end = strchr(++p, '"');
	} else {
		/* The number may have a comma; the comma behind it is followed by a quote. */
		for (end = p; *end && *end != '}' && *end != '\n'; end++)
			if (*end == ',' && end[1 + strspn(end + 1, " ")] == '"')
				break;
	}
	if (!end || (size_t)(end - p) >= room)
		return false;
	memcpy(to, p, (size_t)(end - p));
	to[end - p] = 0;
	return true;
}

/* A number with a point or comma, and no text behind it. */
static bool number(char *text, double *v)
{
	char *comma = strchr(text, ','), *end;

	if (comma && !strchr(text, '.'))
		*comma = '.';
	*v = strtod(text, &end);
	return end != text && !*end && *v >= 0 && isfinite(*v);
}

bool perf_parse_line(const char *line, struct perf_count *c)
{
	char value[40], running[40];
	double percent = 100, count;
	size_t n;

	*c = (struct perf_count){.running = 1};
	if (!member(line, "event", c->event, sizeof(c->event)) || !*c->event ||
	    !member(line, "counter-value", value, sizeof(value)))
		return false;
	if (!member(line, "unit", c->unit, sizeof(c->unit)))
		*c->unit = 0;
	n = strlen(value);
	if (n > 2 && value[0] == '<' && value[n - 1] == '>')
		snprintf(c->missing, sizeof(c->missing), "%.*s", (int)n - 2, value + 1);
	else if (number(value, &count))
		c->value = count;
	else
		snprintf(c->missing, sizeof(c->missing), "no number");
	if (member(line, "pcnt-running", running, sizeof(running)) && number(running, &percent))
		c->running = percent < 100 ? percent / 100 : 1;
	if (!*c->missing && c->running <= 0)
		snprintf(c->missing, sizeof(c->missing), "not counted");
	return true;
}

void perf_event_asked(const struct perf_count *c, char *to)
{
	const char *slash = strchr(c->event, '/'), *name = slash ? slash + 1 : c->event;
	size_t n = strcspn(name, slash ? "/" : ":");

	memcpy(to, name, n);
	to[n] = 0;
}

/* The words of a line without blanks around them; NULL: it is empty or a heading. */
static const char *words_of(const char *line, size_t *n)
{
	static const char error[] = "Error:";
	size_t before;

	*n = strcspn(line, "\n");
	before = strspn(line, " \t\r");
	if (before >= *n)
		return NULL;
	line += before;
	*n -= before;
	while (*n && strchr(" \t\r", line[*n - 1]))
		--*n;
	if (!*n || *line == '#' || (*n == strlen(error) && !memcmp(line, error, *n)))
		return NULL;
	return line;
}

/* The first line with words; Debian's script in place of perf has its reason behind "E:". */
static const char *reason_in(const char *text, size_t *n)
{
	const char *reason = NULL, *words;
	size_t len;

	for (const char *line = text; *line; line += strcspn(line, "\n"), line += !!*line) {
		words = words_of(line, &len);
		if (!words || (reason && strncmp(words, "E: ", 3) != 0))
			continue;
		reason = words;
		*n = len;
		if (!strncmp(words, "E: ", 3))
			break;
	}
	return reason;
}

/* The kernel's setting, in brackets. */
static void say_paranoid(char *to, size_t room)
{
	FILE *f = fopen(PARANOID, "r");
	int level;

	if (f && fscanf(f, "%d", &level) == 1)
		snprintf(to, room,
			 " (kernel.perf_event_paranoid is %d; as root: sysctl "
			 "kernel.perf_event_paranoid=1)",
			 level);
	else
		snprintf(to, room, " (as root: sysctl kernel.perf_event_paranoid=1)");
	if (f)
		fclose(f);
}

void perf_refusal(const char *text, char *to, size_t room)
{
	size_t n = 0, i;
	const char *reason = reason_in(text, &n);

	if (!reason) {
		snprintf(to, room, "perf refuses it");
		return;
	}
	for (i = 0; i < n && i + 1 < room; i++)
		to[i] = reason[i] >= ' ' && reason[i] <= '~' ? reason[i] : '?';
	to[i] = 0;
	if (strstr(text, "perf_event_paranoid"))
		say_paranoid(to + i, room - i);
	else if (strstr(text, "unknown switch `j'"))
		snprintf(to + i, room - i, ": this perf is older than 5.17");
}
