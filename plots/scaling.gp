# SPDX-License-Identifier: MIT
# Lines along an axis: a panel for each workload and axis, a line for each
# variant. Upwards from zero; to the right from the least to the largest point,
# logarithmically where each point is a multiple of the one before.
#
# The table: number of the panel, of the series, their names, x, median, low and
# high end of what it may be off (NaN: not drawn), n, why there is no median.
# axis_unit[], axis_base[] of each panel: a base of 0 is a linear axis.

script_slash = strlen(ARG0)
while (script_slash > 0 && ARG0[script_slash:script_slash] ne "/") { script_slash = script_slash - 1 }
script_dir = script_slash ? ARG0[1:script_slash] : ""
load script_dir.'style.gp'
legend_colours = ""
legend_mark(v) = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[1 + (v - 1) % 26:1 + (v - 1) % 26]
legend_in_text = 1
panel_pixels = 216.0
panel_rows = 16
load script_dir.'page.gp'

array line_top[panel_name_n]
array line_from[panel_name_n]
array line_to[panel_name_n]
do for [p = 1:panel_name_n] { line_top[p] = 0; line_from[p] = 1e300; line_to[p] = -1e300 }
line_more(a, b) = b > a ? b : a
line_less(a, b) = b < a ? b : a
line_number(s) = s eq "NaN" ? 0 : real(s)
line_seen(p, x, v, high) = (line_from[p] = line_less(line_from[p], x), line_to[p] = line_more(line_to[p], x), \
	line_top[p] = line_more(line_top[p], line_more(v, high)), 0)
stats datafile skip 1 using (line_seen(column(1), column(5), line_number(strcol(6)), line_number(strcol(8)))) nooutput

margin_left = 58; margin_right = 26; margin_below = 40

do for [p = 1:panel_name_n] {
	load script_dir.'panel.gp'
	highest = line_top[p]
	above = 0.06
	set border 3 lc rgb style_muted lw 1
	load script_dir.'scale.gp'
	line_base = real(axis_base[p])
	line_pad = (line_to[p] - line_from[p]) * 0.03
	unset logscale x
	set format x "%.6g"
	set xtics auto scale 0.4 nomirror font tiny tc rgb style_muted
	if (line_base > 0) {
		set logscale x line_base
		set xrange [line_from[p] / line_base ** 0.15:line_to[p] * line_base ** 0.15]
		line_left = line_from[p] / line_base ** 0.15
	} else {
		set xrange [line_from[p] - line_pad:line_to[p] + line_pad]
		line_left = line_from[p] - line_pad
	}
	if (style_is_text) {
		set border 3
		unset grid
		set label axis_unit[p] at screen sx(right - 3), screen sy(top) right noenhanced front tc rgb style_muted
	} else {
		set label axis_unit[p].(line_base > 0 ? " (logarithmic)" : "") at graph 1, screen sy(bottom - 12) right noenhanced front \
			font tiny tc rgb style_muted
	}
	is_here(v) = column(1) == p && column(2) == v
	# A colour that is faint on this background gets a dark edge.
	plot for [v = 1:series_n] datafile index int(block[p]) skip 1 using (is_here(v) && style_is_faint(colour[v]) && !style_is_text ? $5 : NaN):6 \
			with lines lw 2.6 lc rgb style_muted, \
		for [v = 1:series_n] datafile index int(block[p]) skip 1 using (is_here(v) && strcol(7) ne "NaN" ? $5 : NaN):6:7:8 \
			with yerrorbars pt (style_is_text ? v : 7) ps 0 lw 1 lc rgb colour[v], \
		for [v = 1:series_n] '' index int(block[p]) skip 1 using (is_here(v) ? $5 : NaN):6 \
			with linespoints pt (style_is_text ? v : 7) ps 0.5 lw 1.6 lc rgb colour[v], \
		'' index int(block[p]) skip 1 using (column(1) == p && strcol(6) eq "NaN" ? $5 : NaN):(0) with points pt (style_is_text ? 24 : 2) ps 0.9 lw 1.5 lc rgb style_fg
	unset xtics
}
unset multiplot
unset output
