// SPDX-License-Identifier: MIT
/*
 * The guest kernel's own counters (abi/counters.h). The workload reads them around its
 * timed iterations and prints them; they stand in the result as `counters`, so there is
 * nothing to do here but to be there and to be switched off: then nobody reads them. The
 * counting itself, an increment each, is compiled in and goes on.
 */
#include "collector.h"

static json_t *guest_probe(const struct collector_place *place, char **why)
{
	(void)place;
	(void)why;
	return json_object();
}

static const struct collector guest = {
	.name = "guest",
	.summary = "the guest kernel's own counters, read around the timed iterations",
	.rigs = "solo xl box",
	.envs = "xen64 native64",
	.tiers = "exact wall",
	.by_default = true,
	.guest_word_without = "counters=0",
	.probe = guest_probe,
};
COLLECTOR(guest);
