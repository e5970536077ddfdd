// SPDX-License-Identifier: MIT
/*
 * Xen's own counters (CONFIG_PERF_COUNTERS) of all its work while the workload was measured. On rig
 * solo the guest is domain 0 and reads them itself, at the same moments as its own counters
 * (guest-kernel/sys/xenperf.h), so that both can be compared: Xen and the guest must count the same
 * hypercalls. On rig xl they are read in domain 0, around the life of the workload's domain, and
 * include domain 0's own work. A Xen with counters executes some more instructions, which is why
 * Debian's has none; a result names the build that it ran on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector.h"
#include "inside.h"
#include "lib/text.h"
#include "perfc.h"
#include "xenctrl_perfc.h"

struct state {
	enum { BY_GUEST, BY_DOM0, IN_BOX } by;
	struct dom0_perfc *dom0;
};

static bool on_rig(const struct collector_place *place, const char *rig)
{
	return strcmp(place->rig, rig) == 0;
}

static json_t *xenperf_probe(const struct collector_place *place, char **error)
{
	const char *dash = place->flavour ? "-" : "", *flavour = place->flavour;
	AUTO_FREE char *xen =
		xasprintf("%s/build/xen%s%s/xen", place->root, dash, flavour ? flavour : "");
	struct dom0_perfc *dom0;
	bool counts;

	if (!on_rig(place, "xl"))
		return perfc_counts(xen, error) ? json_object() : NULL;
	dom0 = dom0_perfc_open(error);
	counts = dom0;
	dom0_perfc_close(dom0);
	return counts ? json_object() : NULL;
}

static void *xenperf_start(const struct collector_run *run, struct collector_hooks *hooks,
			   char **error)
{
	struct state *s = xcalloc(1, sizeof(*s));

	(void)hooks;
	if (on_rig(run->place, "box"))
		s->by = IN_BOX;
	if (!on_rig(run->place, "xl"))
		return s;
	s->by = BY_DOM0;
	s->dom0 = dom0_perfc_open(error);
	if (s->dom0)
		return s;
	free(s);
	return NULL;
}

static void xenperf_begun(void *state, const struct collector_moment *at)
{
	struct state *s = state;

	(void)at;
	if (s->dom0)
		dom0_perfc_begin(s->dom0);
}

static void xenperf_ended(void *state, const struct collector_moment *at)
{
	struct state *s = state;

	(void)at;
	if (s->dom0)
		dom0_perfc_end(s->dom0);
}

static json_t *xenperf_stop(void *state, const json_t *seen, char **error)
{
	struct state *s = state;
	const json_t *records = json_object_get(seen, "records");
	json_t *all = NULL;

	if (seen && s->by == IN_BOX)
		all = inside_value(seen, error);
	else if (seen)
		all = s->dom0 ? dom0_perfc_between(s->dom0, error)
			      : perfc_from_records(records, error);
	if (all && s->by != IN_BOX)
		json_object_set_new(all, "read_by", json_string(s->dom0 ? "dom0" : "guest"));
	dom0_perfc_close(s->dom0);
	free(s);
	return all;
}

static const struct collector xenperf = {
	.name = "xenperf",
	.summary = "Xen's counters of its own work, read by the guest as domain 0, or in dom0",
	.rigs = "solo xl box",
	.envs = "xen64",
	.tiers = "exact wall",
	.guest_word = "xenperf",
	.probe = xenperf_probe,
	.start = xenperf_start,
	.begun = xenperf_begun,
	.ended = xenperf_ended,
	.stop = xenperf_stop,
};
COLLECTOR(xenperf);
