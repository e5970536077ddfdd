// SPDX-License-Identifier: MIT
#include "xl_config.h"

#include <stdlib.h>
#include <string.h>

#include "lib/sha256.h"
#include "lib/text.h"

static bool add_text(char **all, const char *key, const char *value, char **error)
{
	for (const char *p = value; *p; p++)
		if (*p == '"' || *p == '\\' || (unsigned char)*p < ' ')
			return fail(error,
				    "xl's configuration cannot hold %s \"%s\": no quotes, "
				    "backslashes and line ends, please",
				    key, value);
	replace_text(all, "%s%s = \"%s\"\n", *all, key, value);
	return true;
}

/*
 * A domain needs a UUID, and one that is made up here spares libuuid's waiting for random
 * numbers, seconds in a machine that has none. Names are of one process, so unique enough.
 */
static char *uuid_of(const char *name)
{
	char h[HASH_TEXT];

	hash_text(name, h);
	return xasprintf("%.8s-%.4s-4%.3s-8%.3s-%.12s", h, h + 8, h + 12, h + 15, h + 18);
}

char *xl_config_text(const struct xl_config *c, char **error)
{
	/*
	 * The time-stamp counter is the guest's clock: by default Xen may emulate it, at
	 * hundreds of times the cost. And a domain that has ended stays until its console has
	 * been read to the end; who created it destroys it.
	 */
	char *uuid = uuid_of(c->name);
	char *all = xasprintf("type = \"pv\"\nuuid = \"%s\"\nmemory = %u\nmaxmem = %u\nvcpus = %u\n"
			      "tsc_mode = \"native\"\n"
			      "on_poweroff = \"preserve\"\non_reboot = \"preserve\"\n"
			      "on_crash = \"preserve\"\non_watchdog = \"preserve\"\n",
			      uuid, c->memory_mib, c->memory_mib, c->vcpus);
	bool ok = add_text(&all, "name", c->name, error) &&
		  add_text(&all, "kernel", c->kernel, error) &&
		  add_text(&all, "ramdisk", c->ramdisk, error) &&
		  add_text(&all, "extra", c->command_line, error) &&
		  (!c->cpus || add_text(&all, "cpus", c->cpus, error)) &&
		  (!c->pool || add_text(&all, "pool", c->pool, error));

	free(uuid);
	if (ok)
		return all;
	free(all);
	return NULL;
}
