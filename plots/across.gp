# SPDX-License-Identifier: MIT
# An x axis that need not begin at zero: from across_from to across_to and a
# little beyond, at most five numbers, with as many digits as tell them apart.
# Values that are all equal get some room around them. across_unit: what follows each number.

across_span = across_to - across_from
across_span = across_span > 1e-300 ? across_span : abs(across_to) > 1e-300 ? abs(across_to) * 0.1 : 1
across_end = across_to + across_room * across_span
set xrange [across_from - 0.05 * across_span:across_end]
across_step = style_power(across_span / 4.0)
across_step = across_span / across_step > 30 ? 10 * across_step : across_span / across_step > 15 ? 5 * across_step : \
	across_span / across_step > 6 ? 2 * across_step : across_step
across_largest = abs(across_to) > abs(across_from) ? abs(across_to) : abs(across_from)
across_scale = across_largest < 1e4 ? 1 : across_largest < 1e7 ? 1e3 : across_largest < 1e10 ? 1e6 : 1e9
across_decimals = across_step / across_scale >= 1 ? 0 : ceil(-log10(across_step / across_scale) - 1e-9)
across_decimals = across_decimals > 15 ? 15 : across_decimals
across_text(v) = sprintf(sprintf("%%.%df", across_decimals), v / across_scale).(across_unit ne "" ? across_unit : v == 0 || across_scale == 1 ? "" : across_scale == 1e3 ? "k" : \
	across_scale == 1e6 ? "M" : "G")
set format x ""
set xtics scale 0.4 nomirror font tiny tc rgb style_muted
across_first = ceil((across_from - 0.04 * across_span) / across_step) * across_step
set xtics (across_text(across_first) across_first)
do for [across_i = 1:6] {
	across_at = across_first + across_i * across_step
	if (across_at <= across_to + 0.04 * across_span) { set xtics add (across_text(across_at) across_at) }
}
set grid xtics back lt 1 lc rgb style_grid lw 0.75
