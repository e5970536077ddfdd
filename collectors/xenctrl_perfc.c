// SPDX-License-Identifier: MIT
#include "xenctrl_perfc.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xenctrl.h>

#include "lib/text.h"
#include "perfc.h"

#define VERSION_FILE "/sys/hypervisor/version/"

/* The functions that are used of the library. */
#define FUNCTIONS(X)                                                                               \
	X(xc_interface_open)                                                                       \
	X(xc_interface_close)                                                                      \
	X(xc_perfc_query_number)                                                                   \
	X(xc_perfc_query)                                                                          \
	X(xc__hypercall_buffer_alloc)                                                              \
	X(xc__hypercall_buffer_free)

struct dom0_perfc {
	void *library;
	xc_interface *xen;
	int nr, nr_values;
	xc_perfc_desc_t *counters;
	xc_perfc_val_t *before, *after;
	int error; /* errno of the first reading that failed */
	unsigned readings;
#define X(name) __typeof__(name) *name;
	FUNCTIONS(X)
#undef X
};

static bool read_number(const char *path, unsigned *n)
{
	FILE *f = fopen(path, "re");
	bool ok = f && fscanf(f, "%u", n) == 1;

	if (f)
		fclose(f);
	return ok;
}

static bool load(struct dom0_perfc *p, char **error)
{
	unsigned major, minor;
	char name[64];

	if (!read_number(VERSION_FILE "major", &major) ||
	    !read_number(VERSION_FILE "minor", &minor)) {
		fail(error, "%s",
		     "this machine does not run on Xen: " VERSION_FILE " does not tell which");
		return false;
	}
	snprintf(name, sizeof(name), "libxenctrl.so.%u.%u", major, minor);
	p->library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
	if (!p->library) {
		fail(error,
		     "%s, the library of the Xen that runs here, cannot be loaded; "
		     "Debian's package libxenmisc%u.%u has it (%s)",
		     name, major, minor, dlerror());
		return false;
	}
#define X(function)                                                                                \
	p->function = (__typeof__(function) *)dlsym(p->library, #function);                        \
	if (!p->function) {                                                                        \
		fail(error, "libxenctrl has no " #function);                                       \
		return false;                                                                      \
	}
	FUNCTIONS(X)
#undef X
	return true;
}

/* Why Xen does not answer. */
static const char *reason(int failure)
{
	switch (failure) {
	case EACCES: return "libxenctrl is of another version than the Xen that runs here";
	case ENOSYS:
		return "this Xen was built without counters: `make xen FLAVOUR=perfc` builds one "
		       "with them";
	case EPERM: return "Xen does not answer: this is not its domain 0";
	default: return strerror(failure);
	}
}

struct dom0_perfc *dom0_perfc_open(char **error)
{
	struct dom0_perfc *p = xcalloc(1, sizeof(*p));

	if (!load(p, error))
		goto fail;
	p->xen = p->xc_interface_open(NULL, NULL, XC_OPENFLAG_NON_REENTRANT);
	if (!p->xen) {
		fail(error, "Xen cannot be asked: root may, where /dev/xen/privcmd is");
		goto fail;
	}
	if (p->xc_perfc_query_number(p->xen, &p->nr, &p->nr_values) || p->nr < 1 ||
	    p->nr_values < p->nr) {
		fail(error, "%s", reason(errno));
		goto fail;
	}
	p->counters = xcalloc((size_t)p->nr, sizeof(*p->counters));
	p->before = xcalloc((size_t)p->nr_values, sizeof(*p->before));
	p->after = xcalloc((size_t)p->nr_values, sizeof(*p->after));
	return p;
fail:
	dom0_perfc_close(p);
	return NULL;
}

void dom0_perfc_close(struct dom0_perfc *p)
{
	if (!p)
		return;
	if (p->xen)
		p->xc_interface_close(p->xen);
	if (p->library)
		dlclose(p->library);
	free(p->counters);
	free(p->before);
	free(p->after);
	free(p);
}

/* Xen writes into memory that the library allocates for hypercalls. */
static bool query(struct dom0_perfc *p, xc_perfc_val_t *values)
{
	size_t bytes = (size_t)p->nr_values * sizeof(*values);
	size_t names = (size_t)p->nr * sizeof(*p->counters);
	DECLARE_HYPERCALL_BUFFER(xc_perfc_desc_t, desc);
	DECLARE_HYPERCALL_BUFFER(xc_perfc_val_t, val);
	int nr, nr_values;
	bool ok;

	/* The number of processors may have changed since. */
	if (p->xc_perfc_query_number(p->xen, &nr, &nr_values) || nr != p->nr ||
	    nr_values != p->nr_values)
		return false;
	desc = p->xc__hypercall_buffer_alloc(p->xen, HYPERCALL_BUFFER(desc), names);
	val = p->xc__hypercall_buffer_alloc(p->xen, HYPERCALL_BUFFER(val), bytes);
	ok = desc && val &&
	     !p->xc_perfc_query(p->xen, HYPERCALL_BUFFER(desc), HYPERCALL_BUFFER(val));
	if (ok) {
		memcpy(p->counters, desc, names);
		memcpy(values, val, bytes);
	}
	p->xc__hypercall_buffer_free(p->xen, HYPERCALL_BUFFER(desc));
	p->xc__hypercall_buffer_free(p->xen, HYPERCALL_BUFFER(val));
	return ok;
}

static void take_reading(struct dom0_perfc *p, xc_perfc_val_t *values)
{
	errno = 0;
	if (!query(p, values) && !p->error)
		p->error = errno ? errno : EIO;
	p->readings++;
}

void dom0_perfc_begin(struct dom0_perfc *p)
{
	take_reading(p, p->before);
}

void dom0_perfc_end(struct dom0_perfc *p)
{
	take_reading(p, p->after);
}

/* A plain counter has a value for each processor, which is the minimum; arrays have more. */
static bool add_all(const struct dom0_perfc *p, json_t *all)
{
	unsigned long long *counted = xcalloc((size_t)p->nr_values, sizeof(*counted));
	uint32_t processors = p->counters[0].nr_vals;
	size_t at = 0;
	bool ok = true;

	for (int i = 0; i < p->nr; i++)
		if (p->counters[i].nr_vals < processors)
			processors = p->counters[i].nr_vals;
	for (int i = 0; ok && i < p->nr; i++) {
		xc_perfc_desc_t *c = &p->counters[i];
		bool plain = c->nr_vals == processors;

		ok = c->nr_vals && c->nr_vals <= (size_t)p->nr_values - at &&
		     memchr(c->name, 0, sizeof(c->name));
		if (!ok)
			break;
		memset(counted, 0, c->nr_vals * sizeof(*counted));
		/* In 32 bits, because they wrap. */
		for (uint32_t k = 0; k < c->nr_vals; k++, at++)
			counted[plain ? 0 : k] += p->after[at] - p->before[at];
		ok = perfc_add(all, c->name, counted, plain ? 1 : c->nr_vals);
	}
	free(counted);
	return ok;
}

json_t *dom0_perfc_between(struct dom0_perfc *p, char **error)
{
	json_t *all;

	if (p->error || p->readings != 2) {
		fail(error, "%s",
		     p->error ? reason(p->error) : "the domain was not there to be observed");
		return NULL;
	}
	all = perfc_new();
	if (add_all(p, all)) {
		perfc_done(all);
		return all;
	}
	json_decref(all);
	fail(error, "Xen's counters are inconsistent");
	return NULL;
}
