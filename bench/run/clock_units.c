// SPDX-License-Identifier: MIT
#include "clock_units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "resultset/resultset_read.h"

static bool by_tsc(const struct console *s)
{
	return strcmp(text_at(s->workload, "clock", NULL), "tsc") == 0;
}

/* Nanoseconds of a tick; 0 if ticks stay ticks. */
static double tick_ns(const struct run_spec *spec, const struct console *s)
{
	json_int_t giga = json_integer_value(json_object_get(s->boot, "giga_ticks_ns"));

	return by_tsc(s) && strcmp(spec->tier, "exact") != 0 && giga > 0 ? (double)giga / 1e9 : 0;
}

/* Rounded to 0.01 ns, because the clock has no finer resolution. */
static json_t *to_ns(const json_t *ticks, double ns)
{
	return json_real(round(json_number_value(ticks) * ns * 100) / 100);
}

static json_t *samples_of(const json_t *values, double ns)
{
	json_t *all, *value;
	size_t i;

	if (!ns)
		return json_incref((json_t *)values);
	all = json_array();
	json_array_foreach ((json_t *)values, i, value)
		json_array_append_new(all, to_ns(value, ns));
	return all;
}

/*
 * The harness times each iteration in ticks, as series "time". Ticks that are instructions are
 * called instructions.
 */
json_t *series_of(const struct run_spec *spec, const struct console *s, bool repeats)
{
	bool exact = by_tsc(s) && strcmp(spec->tier, "exact") == 0;
	double ns = tick_ns(spec, s);
	json_t *all = json_array(), *series;
	const char *name;

	json_object_foreach (s->series, name, series) {
		const char *unit = text_at(series, "unit", NULL);
		bool ticks = strcmp(unit, "tick") == 0;
		AUTO_FREE char *metric = xstrdup(name);

		if (ticks && exact && strcmp(name, "time") == 0)
			replace_text(&metric, METRIC_INSTRUCTIONS);
		else if (ticks && exact)
			replace_text(&metric, "%s_%s", name, METRIC_INSTRUCTIONS);
		if (ticks)
			unit = exact ? "instructions" : ns || !by_tsc(s) ? "ns" : "ticks";
		json_array_append_new(
			all,
			json_pack("{s:s, s:s, s:s, s:b, s:O, s:o}", "name", metric, "unit", unit,
				  "better", text_at(series, "better", NULL), "exact",
				  exact && repeats, "iterations_per_sample",
				  json_object_get(series, "reps"), "samples",
				  samples_of(json_object_get(series, "values"), ticks ? ns : 0)));
	}
	return all;
}

json_t *clock_of(const struct run_spec *spec, const struct console *s)
{
	json_t *clock = json_pack("{s:s}", "source", text_at(s->workload, "clock", NULL));
	json_t *nop1000 = json_object_get(s->workload, "nop1000");

	if (json_is_integer(nop1000))
		json_object_set(clock, "nop1000", nop1000);
	if (tick_ns(spec, s) > 0)
		json_object_set_new(clock, "tick_ns", json_real(tick_ns(spec, s)));
	return clock;
}

json_t *overhead_of(const struct run_spec *spec, const struct console *s)
{
	json_t *told = json_object_get(s->workload, "timer_overhead"), *all = json_copy(told);
	static const char *const times[] = {"least", "largest"};
	double ns = tick_ns(spec, s);

	for (size_t i = 0; ns > 0 && i < 2; i++)
		json_object_set_new(all, times[i], to_ns(json_object_get(told, times[i]), ns));
	return all;
}
