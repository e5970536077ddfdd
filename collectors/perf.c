// SPDX-License-Identifier: MIT
/*
 * perf stat: events that Linux and its processor count while a program runs. The events are tried
 * first, one by one if necessary, since one unknown event makes perf refuse all.
 *
 * On rig host it observes the workload, in a run of its own. In dom0 (rigs xl and box) no Linux
 * process does the work; there it counts all of dom0 while the domain runs (perf_dom0.c).
 */
#include "perf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collector.h"
#include "inside.h"
#include "lib/text.h"
#include "perf_dom0.h"

#define PERF "LC_ALL=C perf "

/* The shell's exit status for a missing command. */
#define NOT_FOUND 127

/* perf's word for an event that got no counter and no time. */
#define NO_TURN "not counted"

/* Room for why an event cannot be counted. */
#define REASON 400

/* The kernel's events first, then the processor's, which virtual machines often lack. */
static const char *const events[] = {
	"task-clock",	    "context-switches", "cpu-migrations",   "page-faults",
	"minor-faults",	    "major-faults",	"cycles",	    "instructions",
	"branch-misses",    "cache-misses",	"dTLB-load-misses", "dTLB-store-misses",
	"iTLB-load-misses",
};

#define NR_EVENTS (sizeof(events) / sizeof(*events))

/* Runs a command: its output, as much as fits, and its exit status. */
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

/*
 * Reads perf's lines about the events: {event: why not, or "" if it was counted}. On a processor
 * with several kinds of cores an event has a line for each, and a number in one of them is enough.
 */
static json_t *told_by(char *text)
{
	char asked[sizeof(((struct perf_count *)0)->event)], *save = NULL;
	json_t *told = json_object();
	struct perf_count c;

	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		const char *before;

		if (!perf_parse_line(line, &c))
			continue;
		perf_event_asked(&c, asked);
		before = json_string_value(json_object_get(told, asked));
		if (!*c.missing || !before)
			json_object_set_new(told, asked, json_string(c.missing));
	}
	return told;
}

/*
 * Tries events, joined by commas: {event: why not, or ""} for those with a line. NULL with *error
 * if perf refuses.
 */
static json_t *try_events(const char *list, bool all, char *error, size_t room)
{
	char command[400], text[32768];

	snprintf(command, sizeof(command), PERF "stat %s-j --log-fd 1 -e %s -- true 2>&1",
		 all ? "-a " : "", list);
	if (output_of(command, text, sizeof(text)) == 0)
		return told_by(text);
	perf_refusal(text, error, room);
	return NULL;
}

/*
 * *error is empty if the event can be counted, else the reason. `told` is perf's answer for all
 * events at once, or NULL. An event that had no turn among all may have one alone.
 */
static void try_event(const char *event, const json_t *told, bool all, char *error, size_t room)
{
	const char *known = json_string_value(json_object_get(told, event));
	json_auto_t *alone = NULL;

	if (!known || !strcmp(known, NO_TURN)) {
		alone = try_events(event, all, error, room);
		if (!alone)
			return;
		known = json_string_value(json_object_get(alone, event));
	}
	snprintf(error, room, "%s", known ? known : "perf does not mention it");
}

/* Debian's perf, which the box gets for runs with this collector. */
static bool has_box_perf(const char *root, char **error)
{
	AUTO_FREE char *path = xasprintf("%s/build/box/perf.cpio", root);

	return !access(path, R_OK) ||
	       fail(error, "build/box/perf.cpio is missing: `make box` provides it");
}

/*
 * perf's version. NULL with *error: there is no perf, or only the script of Debian and Ubuntu that
 * looks for the perf of the running kernel.
 */
static json_t *version_of(char **error)
{
	static const char known[] = "perf version ";
	char text[4096], reason[REASON], *line;
	int status = output_of(PERF "--version 2>&1", text, sizeof(text));

	/* The script itself says more. */
	if (status == NOT_FOUND && (!(line = strchr(text, '\n')) || !line[1]))
		fail(error, "there is no perf: install the Debian package linux-perf (`make "
			    "deps` does)");
	if (status == 0) {
		line = strstr(text, known);
		line = line ? line : text;
		line[strcspn(line, "\n")] = 0;
		return json_string(*line ? line : "unknown");
	}
	if (*error)
		return NULL;
	perf_refusal(text, reason, sizeof(reason));
	fail(error, "perf does not run: %s", reason);
	return NULL;
}

static json_t *perf_probe(const struct collector_place *place, char **error)
{
	json_t *probed, *told, *version;
	bool dom0 = strcmp(place->rig, "xl") == 0;
	char reason[REASON] = "", first[REASON], list[300];

	if (is_inside(place))
		return has_box_perf(place->root, error) ? json_object() : NULL;
	version = version_of(error);
	if (!version)
		return NULL;
	/* Decimal points in numbers, also from a perf that is started beside a domain. */
	setenv("LC_ALL", "C", 1);
	probed = json_pack("{s:[], s:{}, s:o}", "events", "missing", "version", version);
	for (size_t i = 0, n = 0; i < NR_EVENTS; i++)
		n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s", i ? "," : "", events[i]);
	told = try_events(list, dom0, reason, sizeof(reason));
	for (size_t i = 0; i < NR_EVENTS; i++) {
		try_event(events[i], told, dom0, reason, sizeof(reason));
		if (i == 0)
			memcpy(first, reason, sizeof(first));
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
	fail(error, "perf cannot count here: %s", first);
	return NULL;
}

/* One run. */
struct perf {
	bool inside;
	const json_t *probed;
	char *file;   /* the output of perf */
	char *events; /* joined by commas */
	bool dom0;    /* it counts this complete machine while the domain runs */
	struct beside beside;
};

static void *perf_start(const struct collector_run *run, struct collector_hooks *hooks,
			char **error)
{
	AUTO_STRV struct strv events = {0}, words = {0};
	struct perf *p = xcalloc(1, sizeof(*p));
	json_t *event;
	size_t i;

	(void)error;
	json_array_foreach (json_object_get(run->probed, "events"), i, event)
		strv_add(&events, "%s", json_string_value(event));
	p->file = xasprintf("%s/counts", run->dir);
	p->probed = run->probed;
	p->inside = is_inside(run->place);
	p->dom0 = strcmp(run->place->rig, "xl") == 0;
	p->events = strv_join(&events, ",");
	if (p->inside || p->dom0)
		return p;
	strv_add_words(&words, "perf", "stat", "-j", "-o", p->file, "-e", p->events, "--", NULL);
	for (i = 0; i < words.n; i++)
		json_array_append_new(hooks->command, json_string(words.v[i]));
	return p;
}

static void perf_begun(void *state, const struct collector_moment *at)
{
	struct perf *p = state;

	(void)at;
	if (p->dom0)
		beside_begin(&p->beside, p->file, p->events);
}

static void perf_ended(void *state, const struct collector_moment *at)
{
	struct perf *p = state;

	(void)at;
	beside_end(&p->beside);
}

static json_t *read_counts(const json_t *probed, const char *file, char **error)
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
	fail(error, "%s", f ? "perf has no counts" : "perf has no output");
	return NULL;
}

static json_t *perf_stop(void *state, const json_t *seen, char **error)
{
	struct perf *p = state;
	json_t *counts = NULL;

	beside_end(&p->beside);
	if (seen && p->inside)
		counts = inside_value(seen, error);
	else if (seen && p->dom0 && p->beside.problem)
		fail(error, "%s", p->beside.problem);
	else if (seen)
		counts = read_counts(p->probed, p->file, error);
	if (counts && p->dom0)
		json_object_set_new(counts, "of", json_string("dom0"));
	free(p->events);
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
