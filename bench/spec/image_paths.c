// SPDX-License-Identifier: MIT
#include "image_paths.h"

#include <stdlib.h>

#include "lib/paths.h"
#include "lib/text.h"

#define XEN	  "build/xen%s%s/xen"
#define INITRAMFS "build/guest/%s/initramfs.cpio"

char *xen_path(const char *flavour)
{
	return xasprintf(XEN, flavour ? "-" : "", flavour ? flavour : "");
}

static char *of_image(const struct run_spec *spec, const char *file)
{
	AUTO_FREE char *image = file_name(spec->image);
	char *path = xasprintf("build/guest/%s/%s/%s", spec->env, image, file);

	return path;
}

char *guest_path(const struct run_spec *spec)
{
	return of_image(spec, "pvmmu-guest.elf");
}

char *guest_debug_path(const struct run_spec *spec)
{
	return of_image(spec, "pvmmu-guest.debug");
}

char *panic_sites_path(const struct run_spec *spec)
{
	return of_image(spec, "panic-sites");
}

char *initramfs_path(const struct run_spec *spec)
{
	return xasprintf(INITRAMFS, spec->env);
}
