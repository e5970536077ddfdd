// SPDX-License-Identifier: MIT
#include "image_paths.h"

#include <stdlib.h>

#include "lib/paths.h"
#include "lib/text.h"

#define XEN	  "build/xen%s%s/xen"
#define INITRAMFS "build/guest/%s/initramfs.cpio"
#define GUEST	  "build/guest/%s/%s/pvmmu-guest.elf"
#define DEBUG	  "build/guest/%s/%s/pvmmu-guest.debug"

char *xen_path(const char *flavour)
{
	return xasprintf(XEN, flavour ? "-" : "", flavour ? flavour : "");
}

char *guest_path(const struct run_spec *spec)
{
	char *image = file_name(spec->image), *path = xasprintf(GUEST, spec->env, image);

	free(image);
	return path;
}

char *guest_debug_path(const struct run_spec *spec)
{
	char *image = file_name(spec->image), *path = xasprintf(DEBUG, spec->env, image);

	free(image);
	return path;
}

char *initramfs_path(const struct run_spec *spec)
{
	return xasprintf(INITRAMFS, spec->env);
}
