// SPDX-License-Identifier: MIT
/*
 * Xen's data about the domain, by libxenstat in dom0: the time that it and each of its vCPUs ran,
 * its memory, and the time that dom0 ran meanwhile, which is the cost of our observation. It is
 * read before the domain's first instruction and after its last one. With the option interval=MS it
 * is also read in between, into a series, which takes CPU time from the domain where dom0 shares
 * its processor.
 *
 * The library is loaded when it is needed, because pvmmu also runs where there is none, and its
 * name contains Xen's version. Only functions that all versions have are used.
 */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collector.h"
#include "inside.h"
#include "lib/text.h"

/* The minor versions of Xen to try, besides a library without version. */
#define MINOR_MIN 14
#define MINOR_MAX 30

/* The flag of xenstat_get_node() for vCPUs. */
#define XENSTAT_VCPU 1

/*
 * The maximum number of points in a series. Beyond it every second point is dropped and the
 * interval doubles.
 */
#define POINTS_MAX 4096

/* The library's handles are opaque; its functions as it declares them. */
static struct library {
	void *(*init)(void);
	void (*uninit)(void *);
	void *(*get_node)(void *, unsigned int);
	void (*free_node)(void *);
	void *(*node_domain)(void *, unsigned int);
	unsigned long long (*node_free_mem)(void *);
	unsigned long long (*domain_cpu_ns)(void *);
	unsigned int (*domain_num_vcpus)(void *);
	void *(*domain_vcpu)(void *, unsigned int);
	unsigned long long (*domain_cur_mem)(void *);
	unsigned long long (*vcpu_ns)(void *);
} lib;

struct point {
	uint64_t elapsed_ns, domain_ns, dom0_ns;
};

struct watch {
	bool inside;
	void *handle;
	json_t *before, *after; /* readings */
	/* The series. */
	unsigned interval_ms, domain;
	struct point *points;
	size_t n;
	uint64_t started_ns;
	pthread_t thread;
	bool watching, stop;
	pthread_mutex_t lock;
	pthread_cond_t wake;
};

static bool load_library(char **error)
{
	static const char *const names[] = {
		"init",	       "uninit",	 "get_node",	  "free_node",
		"node_domain", "node_free_mem",	 "domain_cpu_ns", "domain_num_vcpus",
		"domain_vcpu", "domain_cur_mem", "vcpu_ns",
	};
	void *so = dlopen("libxenstat.so", RTLD_NOW | RTLD_LOCAL), **functions = (void **)&lib;
	char name[64];

	_Static_assert(sizeof(lib) == sizeof(names), "a name for each function");
	for (int minor = MINOR_MAX; !so && minor >= MINOR_MIN; minor--) {
		snprintf(name, sizeof(name), "libxenstat.so.4.%d", minor);
		so = dlopen(name, RTLD_NOW | RTLD_LOCAL);
	}
	if (!so) {
		fail(error, "libxenstat is missing: install the Debian package libxenmisc4.xx "
			    "of this Xen's version (xen-utils depends on it)");
		return false;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(name, sizeof(name), "xenstat_%s", names[i]);
		functions[i] = dlsym(so, name);
		if (functions[i])
			continue;
		fail(error, "this libxenstat has no %s", name);
		dlclose(so);
		return false;
	}
	return true;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static json_t *xenstat_probe(const struct collector_place *place, char **error)
{
	void *handle;

	if (is_inside(place))
		return json_object();
	if (!load_library(error))
		return NULL;
	handle = lib.init();
	if (!handle) {
		fail(error, "libxenstat: %s (rights of dom0's root are needed)", strerror(errno));
		return NULL;
	}
	lib.uninit(handle);
	return json_object();
}

static void *xenstat_start(const struct collector_run *run, struct collector_hooks *hooks,
			   char **error)
{
	struct watch *w = xcalloc(1, sizeof(*w));

	(void)hooks;
	w->inside = is_inside(run->place);
	w->interval_ms = (unsigned)json_integer_value(json_object_get(run->options, "interval"));
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, NULL);
	w->handle = w->inside ? NULL : lib.init();
	if (w->inside || w->handle)
		return w;
	fail(error, "libxenstat cannot be opened any more");
	free(w);
	return NULL;
}

/* {"cpu_ns", "vcpu_ns": [...], "memory_bytes", "dom0_cpu_ns", "free_bytes"}, or NULL. */
static json_t *reading(const struct watch *w, unsigned domain)
{
	void *node = lib.get_node(w->handle, XENSTAT_VCPU), *d, *dom0;
	json_t *r = NULL, *vcpus;

	if (!node)
		return NULL;
	d = lib.node_domain(node, domain);
	dom0 = lib.node_domain(node, 0);
	if (d && dom0) {
		vcpus = json_array();
		for (unsigned i = 0; i < lib.domain_num_vcpus(d); i++)
			json_array_append_new(vcpus, json_integer((json_int_t)lib.vcpu_ns(
							     lib.domain_vcpu(d, i))));
		r = json_pack("{s:I, s:o, s:I, s:I, s:I}", "cpu_ns",
			      (json_int_t)lib.domain_cpu_ns(d), "vcpu_ns", vcpus, "memory_bytes",
			      (json_int_t)lib.domain_cur_mem(d), "dom0_cpu_ns",
			      (json_int_t)lib.domain_cpu_ns(dom0), "free_bytes",
			      (json_int_t)lib.node_free_mem(node));
	}
	lib.free_node(node);
	return r;
}

static void add_point(struct watch *w, const json_t *r)
{
	if (!w->points)
		w->points = xcalloc(POINTS_MAX, sizeof(*w->points));
	if (!r)
		return;
	if (w->n == POINTS_MAX) {
		for (size_t i = 0; i < POINTS_MAX / 2; i++)
			w->points[i] = w->points[2 * i];
		w->n = POINTS_MAX / 2;
		w->interval_ms *= 2;
	}
	w->points[w->n++] = (struct point){
		now_ns() - w->started_ns,
		(uint64_t)json_integer_value(json_object_get(r, "cpu_ns")),
		(uint64_t)json_integer_value(json_object_get(r, "dom0_cpu_ns")),
	};
}

static void *watch(void *argument)
{
	struct watch *w = argument;
	struct timespec at;

	clock_gettime(CLOCK_REALTIME, &at);
	pthread_mutex_lock(&w->lock);
	while (!w->stop) {
		json_auto_t *r = NULL;

		at.tv_nsec += (long)(w->interval_ms % 1000) * 1000000;
		at.tv_sec += w->interval_ms / 1000 + at.tv_nsec / 1000000000;
		at.tv_nsec %= 1000000000;
		if (pthread_cond_timedwait(&w->wake, &w->lock, &at) != ETIMEDOUT || w->stop)
			continue;
		r = reading(w, w->domain);
		add_point(w, r);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static void xenstat_begun(void *state, const struct collector_moment *at)
{
	struct watch *w = state;

	if (w->inside)
		return;
	w->domain = at->domain;
	w->before = reading(w, at->domain);
	w->started_ns = now_ns();
	if (w->interval_ms)
		w->watching = pthread_create(&w->thread, NULL, watch, w) == 0;
}

static void stop_watching(struct watch *w)
{
	if (!w->watching)
		return;
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	w->watching = false;
}

static void xenstat_ended(void *state, const struct collector_moment *at)
{
	struct watch *w = state;

	if (w->inside)
		return;
	stop_watching(w);
	w->after = reading(w, at->domain);
	if (w->after)
		json_object_set_new(w->after, "elapsed_ns",
				    json_integer((json_int_t)(now_ns() - w->started_ns)));
}

static json_t *series_of(const struct watch *w)
{
	json_t *elapsed = json_array(), *domain = json_array(), *dom0 = json_array();

	for (size_t i = 0; i < w->n; i++) {
		const struct point *p = &w->points[i];

		json_array_append_new(elapsed, json_integer((json_int_t)p->elapsed_ns));
		json_array_append_new(domain, json_integer((json_int_t)p->domain_ns));
		json_array_append_new(dom0, json_integer((json_int_t)p->dom0_ns));
	}
	return json_pack("{s:I, s:o, s:o, s:o}", "interval_ms", (json_int_t)w->interval_ms,
			 "elapsed_ns", elapsed, "cpu_ns", domain, "dom0_cpu_ns", dom0);
}

static json_t *xenstat_stop(void *state, const json_t *seen, char **error)
{
	struct watch *w = state;
	json_t *all = NULL;

	stop_watching(w);
	if (seen && w->inside) {
		all = inside_value(seen, error);
	} else if (seen && w->before && w->after) {
		all = json_pack("{s:O, s:O}", "before", w->before, "after", w->after);
		if (w->interval_ms)
			json_object_set_new(all, "series", series_of(w));
	} else if (seen) {
		fail(error, "libxenstat did not know the domain");
	}
	if (w->handle)
		lib.uninit(w->handle);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->wake);
	json_decref(w->before);
	json_decref(w->after);
	free(w->points);
	free(w);
	return all;
}

static const struct collector xenstat = {
	.name = "xenstat",
	.summary =
		"the domain's and its vCPUs' time, memory, and dom0's time, by libxenstat in dom0",
	.rigs = "xl box",
	.envs = "xen64",
	.tiers = "exact wall",
	.options = "interval=0",
	.probe = xenstat_probe,
	.start = xenstat_start,
	.begun = xenstat_begun,
	.ended = xenstat_ended,
	.stop = xenstat_stop,
};
COLLECTOR(xenstat);
