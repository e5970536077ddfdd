// SPDX-License-Identifier: MIT
/*
 * The processor time of a domain during its run, and of dom0, which includes the cost of observing:
 * readings of collector xenstat at an interval. A panel for each run.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "plot/kind.h"

static const json_t *readings(const struct cell *cell, const char *name)
{
	return member_at(cell->run[0]->json, "collected", "xenstat", "series", name, NULL);
}

static const struct cell *cell_at(const struct plot *p, size_t point, size_t series)
{
	const char *missing = NULL;

	return plot_cell(p, point, series, p->metric, &missing);
}

static bool was_watched(const struct plot *p, const struct plot_series *s)
{
	for (size_t point = 0; point < p->nr_points; point++) {
		const struct cell *cell =
			dataset_find(&p->data, s->file, p->point[point], s->variant, p->metric);

		if (cell && json_array_size(readings(cell, "elapsed_ns")))
			return true;
	}
	return false;
}

static bool begin(struct plot *p, char **error)
{
	if (!plot_lay_out(p, error))
		return false;
	plot_keep_series(p, was_watched);
	return p->nr_series ||
	       fail(error, "no run was observed while it ran: measure on rig box or "
			   "xl with --collect xenstat:interval=20");
}

/* The processor time between two readings, in percent of one processor. */
static void write_run(FILE *f, const struct plot *p, size_t point, size_t series,
		      const struct cell *cell)
{
	static const char *const times[] = {"cpu_ns", "dom0_cpu_ns"};
	const json_t *when = readings(cell, "elapsed_ns"), *before;
	json_t *at;
	size_t i;

	before = member_at(cell->run[0]->json, "collected", "xenstat", "before", NULL);
	json_array_foreach ((json_t *)when, i, at) {
		double from = i ? json_number_value(json_array_get(when, i - 1)) : 0;
		double to = json_number_value(at);

		plot_row(f, p, point, series);
		plot_value(f, to / 1e6);
		for (size_t w = 0; w < 2; w++) {
			const json_t *ran = readings(cell, times[w]);
			double was = i ? json_number_value(json_array_get(ran, i - 1))
				       : json_number_value(json_object_get(before, times[w]));

			plot_value(
				f,
				to > from && json_array_get(ran, i)
					? 100 * (json_number_value(json_array_get(ran, i)) - was) /
						  (to - from)
					: NAN);
		}
		fputc('\n', f);
	}
	fputc('\n', f);
}

static void write_table(FILE *f, const struct plot *p)
{
	fputs("#\t#\tpanel\tvariant\tms\tdomain\tdom0\n", f);
	for (size_t point = 0; point < p->nr_points; point++)
		for (size_t series = 0; series < p->nr_series; series++) {
			const struct cell *cell = cell_at(p, point, series);

			if (cell && json_array_size(readings(cell, "elapsed_ns")))
				write_run(f, p, point, series, cell);
		}
}

static char *title(const struct plot *p)
{
	(void)p;
	return xstrdup("Processor time of the domain and of dom0");
}

static char *subtitle(const struct plot *p)
{
	return xasprintf(
		"collector xenstat, tier %s%s", p->data.shown,
		strcmp(p->data.tier, "exact") == 0 ? ", where a nanosecond is an instruction" : "");
}

static const struct plot_kind timeline = {
	.name = "timeline",
	.summary = "how busy a domain and dom0 were while it ran (collector xenstat)",
	.script = "plots/timeline.gp",
	.columns = 2,
	.begin = begin,
	.write_table = write_table,
	.title = title,
	.note = "Percent of one processor that the domain used since the previous reading, over "
		"milliseconds since the first reading; dashed: dom0. Both axes start at zero. If "
		"there are several seeds, the first is shown.",
	.subtitle = subtitle,
};

PLOT_KIND(timeline);
