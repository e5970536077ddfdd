# SPDX-License-Identifier: MIT
# Shares of a processor over time: a panel for each workload, a line for each
# variant's domain, a dashed one of its colour for dom0. Both axes from zero.
#
# The table: number of the panel, of the series, their names, milliseconds,
# percent of the domain, percent of dom0. An empty line ends each line.

script_slash = strlen(ARG0)
while (script_slash > 0 && ARG0[script_slash:script_slash] ne "/") { script_slash = script_slash - 1 }
script_dir = script_slash ? ARG0[1:script_slash] : ""
load script_dir.'style.gp'
legend_colours = ""
legend_mark(v) = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[1 + (v - 1) % 26:1 + (v - 1) % 26]
legend_in_text = 1
panel_pixels = 200.0
panel_rows = 16
load script_dir.'page.gp'

array time_top[panel_name_n]
array time_end[panel_name_n]
do for [p = 1:panel_name_n] { time_top[p] = 0; time_end[p] = 0 }
time_number(s) = s eq "NaN" ? 0 : real(s)
time_more(a, b) = b > a ? b : a
time_seen(p, x, a, b) = (time_end[p] = time_more(time_end[p], x), time_top[p] = time_more(time_top[p], time_more(a, b)), 0)
stats datafile skip 1 using (time_seen(column(1), column(5), time_number(strcol(6)), time_number(strcol(7)))) nooutput

margin_left = 58; margin_right = 26; margin_below = 40
do for [p = 1:panel_name_n] {
	load script_dir.'panel.gp'
	highest = time_top[p]
	above = 0.06
	set border 3 lc rgb style_muted lw 1
	load script_dir.'scale.gp'
	set xrange [0:time_end[p] > 0 ? time_end[p] : 1]
	set format x "%.6g"
	set xtics auto scale 0.4 nomirror font tiny tc rgb style_muted
	if (style_is_text) {
		unset grid
		set label "%, over ms" at screen sx(right - 3), screen sy(top) right noenhanced front tc rgb style_muted
	} else {
		set label "%, over ms" at graph 1, screen sy(bottom - 12) right noenhanced front font tiny tc rgb style_muted
	}
	if (highest == 0) { set label "nothing was read here" at graph 0.5, 0.5 center noenhanced front font small tc rgb style_muted }
	is_here(v) = column(1) == p && column(2) == v
	plot for [v = 1:series_n] datafile index int(block[p]) skip 1 using (is_here(v) && style_is_faint(colour[v]) && !style_is_text ? $5 : NaN):6 \
			with lines lw 2.4 lc rgb style_muted, \
		for [v = 1:series_n] datafile index int(block[p]) skip 1 using (is_here(v) ? $5 : NaN):7 with lines dt 2 lw 1 lc rgb colour[v], \
		for [v = 1:series_n] '' index int(block[p]) skip 1 using (is_here(v) ? $5 : NaN):6 with linespoints pt (style_is_text ? v : 7) ps 0.3 lw 1.6 lc rgb colour[v]
	unset xtics
}
unset multiplot
unset output
