// SPDX-License-Identifier: MIT
/*
 * perf stat: what Linux and its processor count while a program runs. The events are
 * tried first, by themselves if need be, since one that this perf or this machine does
 * not know takes all others with it.
 *
 * On rig host it observes the workload, in a run of its own. In dom0 (rigs xl and box) no
 * process of Linux does the work; there it counts what all of dom0 does while the domain runs
 * (perf_dom0.c).
 */
#include "perf.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collector.h"
#include "inside.h"
#include "perf_dom0.h"

#define PERF "LC_ALL=C perf "

/* The kernel's own first, then the processor's, which virtual machines often lack. */
static const char *const events[] = {
	"task-clock",	    "context-switches", "cpu-migrations",   "page-faults",
	"minor-faults",	    "major-faults",	"cycles",	    "instructions",
	"branch-misses",    "cache-misses",	"dTLB-load-misses", "dTLB-store-misses",
	"iTLB-load-misses",
};

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
		/* A comma may be in the number; the one behind it has a quote after it. */
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

/* A number with point or comma, and nothing behind it. */
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

/* Output of a command, as much as fits, and its exit status. */
static int output_of(const char *command, char *to, size_t room)
{
	FILE *f = popen(command, "r");
	size_t n = f ? fread(to, 1, room - 1, f) : 0;
	int status;

	to[n] = 0;
	if (!f)
		return -1;
	status = pclose(f);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Why perf would not: the first line that says something, printable. */
static void reason_of(char *text, char *to, size_t room)
{
	char *p = text + strspn(text, " \n\t");
	size_t n, i;

	while (*p == '#') {
		p += strcspn(p, "\n");
		p += strspn(p, " \n\t");
	}
	n = strcspn(p, "\n");
	for (i = 0; i < n && i + 1 < room; i++)
		to[i] = p[i] >= ' ' && p[i] <= '~' ? p[i] : '?';
	to[i] = 0;
	if (!i)
		snprintf(to, room, "perf refuses it");
}

/* Empty if the event can be counted, else why not. */
static void try_event(const char *event, bool all, char *why, size_t room)
{
	char command[176], text[4096], *line, *save = NULL;
	struct perf_count c;

	snprintf(command, sizeof(command), PERF "stat %s-j --log-fd 1 -e %s -- true 2>&1",
		 all ? "-a " : "", event);
	if (output_of(command, text, sizeof(text)) != 0) {
		reason_of(text, why, room);
		return;
	}
	snprintf(why, room, "perf says nothing of it");
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (perf_parse_line(line, &c))
			snprintf(why, room, "%s", c.missing);
}

/* All at once: {event: why not, or ""}, empty if this perf does not know one of them. */
static json_t *try_events(bool all)
{
	json_t *told = json_object();
	char command[400], text[16384], *line, *save = NULL;
	struct perf_count c;
	size_t n;

	n = (size_t)snprintf(command, sizeof(command), PERF "stat %s-j --log-fd 1",
			     all ? "-a " : "");
	for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++)
		n += (size_t)snprintf(command + n, sizeof(command) - n, "%s%s", i ? "," : " -e ",
				      events[i]);
	snprintf(command + n, sizeof(command) - n, " -- true 2>&1");
	if (output_of(command, text, sizeof(text)) != 0)
		return told;
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (!perf_parse_line(line, &c))
			continue;
		c.event[strcspn(c.event, ":")] = 0;
		json_object_set_new(told, c.event, json_string(c.missing));
	}
	return told;
}

/* Debian's perf, which the box is given for runs that want it. */
static bool has_box_perf(const char *root, char **why)
{
	char *path = NULL;
	bool there = asprintf(&path, "%s/build/box/perf.cpio", root) >= 0 && !access(path, R_OK);

	free(path);
	if (!there)
		*why = strdup("build/box/perf.cpio is missing: `make box` provides it");
	return there;
}

static json_t *perf_probe(const struct collector_place *place, char **why)
{
	json_t *probed, *told;
	bool dom0 = strcmp(place->rig, "xl") == 0;
	char text[256], reason[160] = "";

	if (is_inside(place))
		return has_box_perf(place->root, why) ? json_object() : NULL;
	probed = json_pack("{s:[], s:{}}", "events", "missing");
	if (output_of(PERF "--version 2>&1", text, sizeof(text)) != 0) {
		json_decref(probed);
		*why = strdup("there is no perf: install the Debian package linux-perf (`make "
			      "deps` does)");
		return NULL;
	}
	text[strcspn(text, "\n")] = 0;
	json_object_set_new(probed, "version", json_string(text));
	told = try_events(dom0);
	for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++) {
		const char *known = json_string_value(json_object_get(told, events[i]));

		if (known)
			snprintf(reason, sizeof(reason), "%s", known);
		else
			try_event(events[i], dom0, reason, sizeof(reason));
		if (*reason)
			json_object_set_new(json_object_get(probed, "missing"), events[i],
					    json_string(reason));
		else
			json_array_append_new(json_object_get(probed, "events"),
					      json_string(events[i]));
	}
	json_decref(told);
	if (json_array_size(json_object_get(probed, "events")))
		return probed;
	json_decref(probed);
	if (asprintf(why, "perf can count nothing here: %s", reason) < 0)
		*why = NULL;
	return NULL;
}

/* Of one run. */
struct perf {
	bool inside;
	const json_t *probed;
	char *file;	/* that perf writes */
	json_t *events; /* joined by commas */
	bool dom0;	/* it counts all of this machine, while the domain runs */
	struct beside beside;
};

static void *perf_start(const struct collector_run *run, struct collector_hooks *hooks, char **why)
{
	json_t *list = json_object_get(run->probed, "events"), *event;
	struct perf *p = calloc(1, sizeof(*p));
	size_t i;

	if (!p || asprintf(&p->file, "%s/counts", run->dir) < 0)
		abort();
	p->probed = run->probed;
	p->inside = is_inside(run->place);
	p->dom0 = strcmp(run->place->rig, "xl") == 0;
	p->events = json_string("");
	json_array_foreach (list, i, event) {
		json_t *longer = json_sprintf("%s%s%s", json_string_value(p->events), i ? "," : "",
					      json_string_value(event));

		json_decref(p->events);
		p->events = longer;
	}
	(void)why;
	if (p->inside || p->dom0)
		return p;
	for (const char *const *w = (const char *const[]){"perf", "stat", "-j", "-o", p->file, "-e",
							  json_string_value(p->events), "--", NULL};
	     *w; w++)
		json_array_append_new(hooks->command, json_string(*w));
	return p;
}

static void perf_begun(void *state, const struct collector_moment *at)
{
	struct perf *p = state;

	(void)at;
	if (p->dom0)
		beside_begin(&p->beside, p->file, json_string_value(p->events));
}

static void perf_ended(void *state, const struct collector_moment *at)
{
	struct perf *p = state;

	(void)at;
	beside_end(&p->beside);
}

static json_t *read_counts(const json_t *probed, const char *file, char **why)
{
	json_t *seen =
		json_pack("{s:O, s:{}, s:o}", "version", json_object_get(probed, "version"),
			  "events", "missing", json_copy(json_object_get(probed, "missing")));
	FILE *f = fopen(file, "r");
	struct perf_count c;
	char line[1024];

	while (f && fgets(line, sizeof(line), f)) {
		json_t *one;

		if (!perf_parse_line(line, &c))
			continue;
		if (*c.missing) {
			json_object_set_new(json_object_get(seen, "missing"), c.event,
					    json_string(c.missing));
			continue;
		}
		one = json_pack("{s:f, s:s}", "value", c.value, "unit",
				*c.unit ? c.unit : "events");
		if (c.running < 1)
			json_object_set_new(one, "running", json_real(c.running));
		json_object_set_new(json_object_get(seen, "events"), c.event, one);
	}
	if (f)
		fclose(f);
	if (json_object_size(json_object_get(seen, "events")) ||
	    json_object_size(json_object_get(seen, "missing")) >
		    json_object_size(json_object_get(probed, "missing")))
		return seen;
	json_decref(seen);
	*why = strdup(f ? "perf counted nothing" : "perf wrote nothing");
	return NULL;
}

static json_t *perf_stop(void *state, const json_t *seen, char **why)
{
	struct perf *p = state;
	json_t *counts = NULL;

	beside_end(&p->beside);
	if (seen && p->inside)
		counts = inside_value(seen, why);
	else if (seen && p->dom0 && p->beside.problem)
		*why = strdup(p->beside.problem);
	else if (seen)
		counts = read_counts(p->probed, p->file, why);
	if (counts && p->dom0)
		json_object_set_new(counts, "of", json_string("dom0"));
	json_decref(p->events);
	free(p->file);
	free(p);
	return counts;
}

static const struct collector perf = {
	.name = "perf",
	.summary =
		"what Linux and the processor count, by perf stat: host: in a run of its own; xl, "
		"box: of all dom0 meanwhile, if asked for",
	.rigs = "host xl box",
	.envs = "host xen64",
	.tiers = "exact wall",
	.by_default = true,
	.only_asked = "xl box",
	.probe = perf_probe,
	.start = perf_start,
	.begun = perf_begun,
	.ended = perf_ended,
	.stop = perf_stop,
};
COLLECTOR(perf);
