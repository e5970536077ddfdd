// SPDX-License-Identifier: MIT
/*
 * The guest kernel's own counters (abi/counters.h). The workload reads them before and after its
 * timed iterations and prints them; they are in the result as `counters`, so this collector only
 * has to exist.
 *
 * Without this collector they are left out of the result, and the guest does the same as before:
 * counting is compiled in, and a harness that does not read them would be another program with
 * another code layout, which changes a fork by more than the counters do.
 */
#include "collector.h"

static json_t *guest_probe(const struct collector_place *place, char **error)
{
	(void)place;
	(void)error;
	return json_object();
}

static const struct collector guest = {
	.name = "guest",
	.summary = "the guest kernel's own counters, read before and after the timed iterations",
	.rigs = "solo xl box",
	.envs = "xen64 native64 xen32 native32",
	.tiers = "exact wall",
	.by_default = true,
	.inseparable = "counting is compiled into the guest and goes on without the collector",
	.probe = guest_probe,
};
COLLECTOR(guest);
