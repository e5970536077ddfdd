// SPDX-License-Identifier: MIT
/*
 * Attributes the instructions of each sample. A plugin in QEMU (collectors/qemu/) sees each
 * instruction between the marks of abi/section.h, and knows by its address whether it belongs to
 * Xen, the guest kernel or a process. The parts of each sample must add up to the sample; otherwise
 * the result has no attribution.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector.h"
#include "insn_profile.h"
#include "lib/json.h"

#define PLUGIN "build/pvmmu-insn.so"

/* The command that has QEMU load the plugin, and end, within 20 s of processor time. */
static char *trial(const char *qemu, const char *plugin)
{
	AUTO_FREE char *q = shell_word(qemu), *file = double_commas(plugin);
	AUTO_FREE char *option = xasprintf("file=%s,out=/dev/stderr", file);
	AUTO_FREE char *p = shell_word(option);

	return xasprintf(
		"ulimit -t 20; echo '{\"execute\":\"qmp_capabilities\"} {\"execute\":\"quit\"}' | timeout 600 "
		"%s -M none -accel tcg -display none -monitor none -qmp stdio -plugin %s 2>&1",
		q, p);
}

/* Loading is tried: plugins differ between versions of QEMU, and a QEMU may lack them. */
static bool loads(const char *qemu, const char *plugin, char **error)
{
	AUTO_FREE char *command = trial(qemu, plugin);
	char line[512], last[512] = "no output";
	bool ended = false;
	FILE *f = popen(command, "r");

	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = 0;
		ended |= !strcmp(line, "end");
		if (*line && *line != '{')
			memcpy(last, line, sizeof(last));
	}
	if (f)
		pclose(f);
	return ended || fail(error, "%s does not take the plugin: %s", qemu, last);
}

static json_t *insn_probe(const struct collector_place *place, char **error)
{
	AUTO_FREE char *plugin = xasprintf("%s/%s", place->root, PLUGIN);

	if (!place->qemu)
		fail(error, "there is no QEMU");
	else if (access(plugin, R_OK) < 0)
		fail(error, "%s is missing: `make plugin` provides it", PLUGIN);
	else if (loads(place->qemu, plugin, error))
		return json_pack("{s:s}", "plugin", plugin);
	return NULL;
}

struct insn {
	struct collector_run run;
	char *root, *file;
};

static void *insn_start(const struct collector_run *run, struct collector_hooks *hooks,
			char **error)
{
	const char *plugin = json_string_value(json_object_get(run->probed, "plugin"));
	struct insn *s = xcalloc(1, sizeof(*s));
	AUTO_FREE char *p = double_commas(plugin), *file = NULL;

	(void)error;
	s->run = *run;
	s->file = xasprintf("%s/insn", run->dir);
	file = double_commas(s->file);
	json_array_append_new(hooks->qemu, json_string("-plugin"));
	json_array_append_new(hooks->qemu,
			      json_sprintf("file=%s,out=%s%s", p, file, run->xen ? ",xen=on" : ""));
	return s;
}

/* The samples of the run's one series, the caller's; NULL with *error. */
static uint64_t *samples_of(const json_t *seen, size_t *n, char **error)
{
	json_t *values = member_at(seen, "series", "time", "values", NULL);
	uint64_t *samples;

	*n = json_array_size(values);
	if (!*n) {
		fail(error, "there are no samples");
		return NULL;
	}
	samples = xcalloc(*n, sizeof(*samples));
	for (size_t i = 0; i < *n; i++)
		samples[i] = (uint64_t)json_integer_value(json_array_get(values, i));
	return samples;
}

static const char *const who_name[] = {"xen", "kernel", "user"};

static json_t *parts(const struct insn_profile *p, const struct insn_section *samples, size_t n)
{
	json_t *o = json_pack("{s:I, s:I}", "sections", (json_int_t)p->nr_sections, "faults",
			      (json_int_t)p->faults);

	for (int who = p->xen ? INSN_XEN : INSN_KERNEL; who < INSN_NR_WHO; who++) {
		json_t *list = json_array();

		for (size_t i = 0; i < n; i++)
			json_array_append_new(list,
					      json_integer((json_int_t)samples[i].executed[who]));
		json_object_set_new(o, who_name[who], list);
	}
	return o;
}

static void name(json_t *o, const struct insn *s, const struct insn_profile *p)
{
	size_t top = (size_t)json_integer_value(json_object_get(s->run.options, "top"));
	const char *slash = s->run.program ? strrchr(s->run.program, '/') : NULL;
	AUTO_FREE char *syms = s->run.xen ? xasprintf("%s-syms", s->run.xen) : NULL;
	AUTO_FREE char *programs = xasprintf("%s/build/symbols", s->run.place->root);
	AUTO_FREE char *program = slash ? xasprintf("%s%s", programs, slash) : NULL;
	struct insn_files files = {syms, s->run.xen, s->run.guest, program, programs};
	json_t *functions = json_array();
	json_auto_t *unnamed = json_object();
	struct insn_functions f;

	insn_functions_of(&f, p, &files);
	for (size_t i = 0; i < f.n && (!top || i < top); i++)
		json_array_append_new(functions,
				      json_pack("{s:s, s:s, s:s, s:I, s:I}", "who",
						who_name[f.v[i].who], "object", f.v[i].object,
						"name", f.v[i].name, "instructions",
						(json_int_t)f.v[i].executed, "entered",
						(json_int_t)f.v[i].entered));
	for (int who = 0; who < INSN_NR_WHO; who++)
		if (f.unnamed[who])
			json_object_set_new(unnamed, who_name[who],
					    json_sprintf("%s: `make symbols` provides symbols",
							 f.unnamed[who]));
	insn_functions_free(&f);
	json_object_set_new(o, "functions", functions);
	if (json_object_size(unnamed))
		json_object_set(o, "unnamed", unnamed);
}

static json_t *look(const struct insn *s, const json_t *seen, char **error)
{
	struct insn_section *sums = NULL;
	struct insn_profile p;
	json_t *found = NULL;
	size_t n = 0;
	uint64_t *samples = samples_of(seen, &n, error);

	if (!samples)
		return NULL;
	sums = xcalloc(n, sizeof(*sums));
	if (insn_profile_read(&p, s->file, s->run.xen, error) &&
	    insn_samples(&p, samples, n, sums, error)) {
		found = parts(&p, sums, n);
		if (json_is_true(json_object_get(s->run.options, "symbols")))
			name(found, s, &p);
	}
	insn_profile_free(&p);
	free(samples);
	free(sums);
	return found;
}

static json_t *insn_stop(void *state, const json_t *seen, char **error)
{
	struct insn *s = state;
	json_t *found = seen ? look(s, seen, error) : NULL;

	free(s->file);
	free(s);
	return found;
}

static const struct collector insn = {
	.name = "insn",
	.summary = "whose instructions each sample is made of: Xen's, the guest kernel's, a "
		   "process's; by function with `symbols`",
	.rigs = "solo",
	.envs = "xen64 native64",
	.tiers = "exact",
	.options = "symbols top=0",
	.probe = insn_probe,
	.start = insn_start,
	.stop = insn_stop,
};
COLLECTOR(insn);
