/* SPDX-License-Identifier: MIT */
/*
 * From ticks of the clock that a workload read to the unit of its samples. On the exact
 * tier a tick of the time-stamp counter is an instruction. In real time it is worth what
 * the guest's own clock says (giga_ticks_ns of its boot record), and samples are
 * nanoseconds; the factor stands beside them, so that the ticks can be had again.
 */
#ifndef PVMMU_BENCH_RUN_CLOCK_UNITS_H
#define PVMMU_BENCH_RUN_CLOCK_UNITS_H

#include <jansson.h>

#include "machine/boot.h"
#include "machine/console.h"

/*
 * What results keep as "series", "clock" and "timer_overhead". New references. repeats: on tier
 * exact, other boots gave the same.
 */
json_t *series_of(const struct run_spec *spec, const struct console *s, bool repeats);
json_t *clock_of(const struct run_spec *spec, const struct console *s);
json_t *overhead_of(const struct run_spec *spec, const struct console *s);

#endif
