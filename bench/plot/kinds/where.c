// SPDX-License-Identifier: MIT
/*
 * Where the instructions of an operation go: to Xen, to the guest's kernel, to its processes. From
 * what collector insn has attributed: each instruction of a sample is somebody's, so the parts add
 * up to the mean sample. Means, since medians of parts need not add up to anything.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "resultset/resultset_read.h"
#include "stacks.h"

static const char *const who[] = {"xen", "kernel", "user"};
static const char *const shown[] = {"Xen", "guest kernel", "processes"};

#define NR_WHO (sizeof(who) / sizeof(*who))

static double part_of(const struct plot *p, size_t point, size_t series, const char *part,
		      const char **missing)
{
	const struct cell *cell = plot_cell(p, point, series, p->metric, missing);
	size_t samples = 0, k, i;
	double sum = 0;
	json_t *one;

	for (k = 0; cell && k < json_array_size(cell->identities); k++) {
		const json_t *run = plot_run_of(p, cell, k);
		const json_t *insn = member_at(run, "collected", "insn", NULL);
		json_int_t reps =
			iterations_per_sample(json_array_get(json_object_get(run, "series"), 0));

		/* Where there is no Xen, nothing is told of it; the kernel is everywhere. */
		samples += json_array_size(json_object_get(insn, "kernel"));
		for (size_t w = 0; w < NR_WHO; w++) {
			if (strcmp(shown[w], part) != 0)
				continue;
			json_array_foreach (json_object_get(insn, who[w]), i, one)
				sum += json_number_value(one) / (double)reps;
		}
	}
	if (cell && !samples)
		*missing = "not attributed";
	return samples ? sum / (double)samples : NAN;
}

static bool begin(struct plot *p, char **error)
{
	AUTO_STRV struct strv parts = {0};
	bool some;

	if (!plot_lay_out(p, error))
		return false;
	for (size_t w = 0; w < NR_WHO; w++)
		strv_add(&parts, "%s", shown[w]);
	some = stacks_begin(p, &parts, part_of, false);
	return some || fail(error, "nothing was attributed: measure with --collect insn");
}

static char *title(const struct plot *p)
{
	return plot_title(p, "where the instructions of an operation go");
}

static char *scale(const struct plot *p)
{
	(void)p;
	return xstrdup("Instructions of the mean sample, by whose they are. Each panel has a scale "
		       "of its own, from zero. Counts are exact and have no error.");
}

static char *what(const struct plot *p)
{
	AUTO_FREE char *n = plot_n(p);

	return xasprintf("instructions by collector insn, tier %s, mean of n = %s", p->data.shown,
			 n);
}

static const struct plot_kind where = {
	.name = "where",
	.summary = "where the instructions go: Xen, guest kernel, processes (collector insn)",
	.script = "plots/stacks.gp",
	.columns = 2,
	.begin = begin,
	.put = stacks_put,
	.title = title,
	.scale = scale,
	.what = what,
	.words = stacks_words,
	.end = stacks_end,
};

PLOT_KIND(where);
