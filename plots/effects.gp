# SPDX-License-Identifier: MIT
# Effects as factors: a panel for each workload, a row for each term, a dot and
# the interval it is known by. The axis is logarithmic and has 1 in it.
#
# The table: number of the panel, of the row, their names, the factor, low and
# high end of its interval (NaN: there is none). row[row_n]: names of the terms.

script_slash = strlen(ARG0)
while (script_slash > 0 && ARG0[script_slash:script_slash] ne "/") { script_slash = script_slash - 1 }
script_dir = script_slash ? ARG0[1:script_slash] : ""
load script_dir.'style.gp'
legend_colours = ""
legend_in_text = 0
panel_pixels = 19.0 * row_n + 34
panel_rows = row_n + 3
load script_dir.'page.gp'

effect_longest = 0
do for [r = 1:row_n] { effect_longest = strlen(row[r]) > effect_longest ? strlen(row[r]) : effect_longest }
margin_left = 34 + 5.6 * effect_longest
margin_right = 60; margin_below = 30

array effect_from[panel_name_n]
array effect_to[panel_name_n]
do for [p = 1:panel_name_n] { effect_from[p] = 1; effect_to[p] = 1 }
effect_more(a, b) = b > a ? b : a
effect_less(a, b) = b < a ? b : a
effect_number(s) = s eq "NaN" ? 1 : real(s)
effect_seen(p, v, low, high) = (effect_from[p] = effect_less(effect_from[p], effect_less(v, low)), \
	effect_to[p] = effect_more(effect_to[p], effect_more(v, high)), 0)
stats datafile skip 1 using (effect_seen(column(1), $5, effect_number(strcol(6)), effect_number(strcol(7)))) nooutput

effect_below = style_rgb(theme eq "dark" ? "#56b4e9" : "#0072b2")
effect_above = style_rgb("#d55e00")
effect_percent(v) = v >= 2 ? "×".style_ratio(v) : abs(v - 1) < 1e-12 ? "none" : style_percent(100 * (v - 1))
is_here(x) = column(1) == p

do for [p = 1:panel_name_n] {
	load script_dir.'panel.gp'
	set border 1 lc rgb style_muted lw 1
	unset ytics
	unset grid
	set logscale x 10
	effect_span = log(effect_to[p] / effect_from[p])
	effect_span = effect_span < 1e-6 ? 1e-6 : effect_span
	set xrange [effect_from[p] * exp(-0.05 * effect_span):effect_to[p] * exp(0.05 * effect_span)]
	set yrange [row_n + 0.6:0.4]
	# Round numbers: in even steps, or 1, 2, 5, 10 where they are far apart.
	effect_low = effect_from[p] * exp(-0.04 * effect_span)
	effect_high = effect_to[p] * exp(0.04 * effect_span)
	effect_step = style_step(effect_high - effect_low) / 2
	set format x ""
	set xtics scale 0.4 nomirror font tiny tc rgb style_muted
	set xtics ("1" 1)
	do for [i = -9:9] {
		if (effect_span > log(5)) {
			do for [k = 1:5:2] {
				effect_at = (k == 3 ? 2 : k) * 10.0 ** i
				if (effect_at >= effect_low && effect_at <= effect_high) { set xtics add (sprintf("%.3g", effect_at) effect_at) }
			}
		} else {
			effect_at = 1 + i * effect_step
			if (i != 0 && effect_at >= effect_low && effect_at <= effect_high) { set xtics add (sprintf("%.6g", effect_at) effect_at) }
		}
	}
	if (!style_is_text) { set grid xtics back lt 1 lc rgb style_grid lw 0.75 }
	set arrow from 1, graph 0 to 1, graph 1 nohead back dt 2 lc rgb style_fg lw 1
	if (style_is_text) {
		set yrange [row_n + 1:0]
		set margins screen sx(effect_longest + 4), screen sx(right - 12), screen sy(bottom - 3), screen sy(top + 1)
		do for [r = 1:row_n] { set label row[r] at graph 0, first r right noenhanced front tc rgb style_fg offset character -2, 0 }
	} else {
		do for [r = 1:row_n] { set label row[r] at graph 0, first r right noenhanced front font tiny tc rgb style_fg offset character -0.8, 0 }
	}
	plot datafile index int(block[p]) skip 1 using (is_here(0) && !style_is_text && strcol(6) ne "NaN" ? $5 : NaN):2:6:7 with xerrorbars pt 7 ps 0 lw 1.2 lc rgb style_muted, \
		'' index int(block[p]) skip 1 using (is_here(0) ? $5 : NaN):2:($5 < 1 ? effect_below : effect_above) with points pt (style_is_text ? 15 : 7) ps 0.6 lc rgb variable, \
		'' index int(block[p]) skip 1 using (is_here(0) ? effect_to[p] * exp(0.05 * effect_span) : 1e300):2:(effect_percent($5)) \
			with labels left noenhanced font tiny tc rgb style_muted offset character 1, 0
	unset xtics
	unset logscale
}
unset multiplot
unset output
