/* SPDX-License-Identifier: MIT */
/*
 * Converts ticks of a workload's clock to the unit of its samples. On the exact tier a tick of the
 * time-stamp counter is an instruction. In real time the guest's clock says how long a tick is
 * (giga_ticks_ns of its boot record), and samples are nanoseconds. The result set keeps the
 * factor, so that a reader can compute the ticks.
 */
#ifndef PVMMU_BENCH_RUN_CLOCK_UNITS_H
#define PVMMU_BENCH_RUN_CLOCK_UNITS_H

#include <jansson.h>

#include "machine/boot.h"
#include "machine/console.h"

/*
 * The members "series", "clock" and "timer_overhead" of a run. New references. repeats: other
 * boots gave the same samples (tier exact).
 */
json_t *series_of(const struct run_spec *spec, const struct console *s, bool repeats);
json_t *clock_of(const struct run_spec *spec, const struct console *s);
json_t *overhead_of(const struct run_spec *spec, const struct console *s);

#endif
