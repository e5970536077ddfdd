# SPDX-License-Identifier: MIT
# Bars of one metric: a small panel for each workload, a bar for each variant.
# Panels have y axes of their own, from zero, because workloads differ by a
# factor of thousands and only variants of the same workload compare. On a
# terminal bars lie, with their numbers behind them.
#
# The table: number of the panel, of the series, their names, median, low and
# high end of what it may be off (NaN: nothing is drawn), n, ratio, and why
# there is no median if it is NaN. The cell is then drawn as a hatched stub.
# mark: a line at that number, in all panels that reach it.

script_slash = strlen(ARG0)
while (script_slash > 0 && ARG0[script_slash:script_slash] ne "/") { script_slash = script_slash - 1 }
script_dir = script_slash ? ARG0[1:script_slash] : ""
load script_dir.'style.gp'
bar_mark = exists("mark") ? mark : NaN
legend_colours = ""
legend_mark(v) = "#"
panel_pixels = 186.0
panel_rows = series_n
legend_in_text = 0
load script_dir.'page.gp'

# The tallest bar or line of each panel, and a row for each bar of it.
array bar_top[panel_name_n]
array bar_value[panel_name_n * series_n]
array bar_text[panel_name_n * series_n]
do for [p = 1:panel_name_n] { bar_top[p] = 0 }
bar_reach(v, high) = v != v ? 0 : high > v ? high : v
bar_seen(p, s, v, high, ratio, note) = (bar_value[(p - 1) * series_n + s] = v, \
	bar_text[(p - 1) * series_n + s] = v == v ? style_number(v).(ratio != ratio ? "" : ratio == 1 ? "  =" : "  ×".style_ratio(ratio)) : note, \
	bar_top[p] = bar_reach(v, high) > bar_top[p] ? bar_reach(v, high) : bar_top[p], 0)
bar_number(s) = s eq "NaN" ? NaN : real(s)
stats datafile skip 1 using (bar_seen(column(1), column(2), bar_number(strcol(5)), bar_number(strcol(7)), \
	bar_number(strcol(9)), strcol(10))) nooutput

margin_left = 58; margin_right = 18; margin_below = 18
slot = (real(width) / columns - 80) / (series_n + 0.2) # pixels from bar to bar
half = slot * 0.36 > 28 ? 28 / slot : 0.36              # half a bar's width, in slots
set border 1 lc rgb style_muted lw 1

do for [p = 1:panel_name_n] {
	load script_dir.'panel.gp'
	if (style_is_text) {
		unset border
		unset tics
		bar_room = width - legend_longest - 21
		do for [s = 1:series_n] {
			i = (p - 1) * series_n + s
			set label series[s] at screen sx(2), screen sy(top + s) left noenhanced front tc rgb style_fg
			bar_length = bar_value[i] == bar_value[i] && bar_top[p] > 0 ? floor(bar_room * bar_value[i] / bar_top[p] + 0.5) : 0
			bar_length = bar_length == 0 && bar_value[i] > 0 ? 1 : bar_length
			if (bar_length > 0) {
				set label style_fill('#', bar_length) at screen sx(4 + legend_longest), screen sy(top + s) left noenhanced front tc rgb colour[s]
			}
			set label bar_text[i] at screen sx(5 + legend_longest + bar_length), screen sy(top + s) left noenhanced front tc rgb style_fg
		}
		set yrange [0:1]
		plot -1 notitle
	} else {
		highest = bar_top[p]
		above = 0.26 # two lines of label
		load script_dir.'scale.gp'
		ceiling = highest > 0 ? highest * (1 + above) : 1
		set xrange [0.4:series_n + 0.6]
		if (bar_mark < ceiling) {
			set arrow from first 0.4, bar_mark to first series_n + 0.6, bar_mark nohead front dt 2 lc rgb style_fg lw 1
		}
		is_here(v) = column(1) == p && v == v
		is_there(s) = column(1) == p && s ne "NaN"
		# A label whose spec has a NaN column in it is undefined, wherever it was to be put.
		bar_y(v, high) = bar_reach(bar_number(v), bar_number(high))
		is_missing(s) = column(1) == p && s eq "NaN"
		plot datafile index int(block[p]) skip 1 using (is_here($5) ? $2 : NaN):(0):($2 - half):($2 + half):(0):5:(colour_rgb[int($2)]) \
				with boxxyerror lw 0.5 lc rgb variable fs solid 1 border lc rgb style_fg, \
			'' index int(block[p]) skip 1 using (is_missing(strcol(5)) ? $2 : NaN):(0):($2 - half):($2 + half):(0):(ceiling * 0.1) \
				with boxxyerror lw 0.5 lc rgb style_muted fs transparent pattern 4 border lc rgb style_muted, \
			'' index int(block[p]) skip 1 using (is_here($7) ? $2 : NaN):5:6:7 with yerrorbars pt 7 ps 0 lc rgb style_fg lw 1, \
			'' index int(block[p]) skip 1 using (is_there(strcol(5)) && strcol(9) eq "NaN" ? $2 : nowhere):(bar_y(strcol(5), strcol(7))):(is_there(strcol(5)) ? style_number($5) : "") \
				with labels center noenhanced font small tc rgb style_fg offset character 0, 0.6, \
			'' index int(block[p]) skip 1 using (is_there(strcol(5)) && strcol(9) ne "NaN" ? $2 : nowhere):(bar_y(strcol(5), strcol(7))):(is_there(strcol(5)) ? style_number($5) : "") \
				with labels center noenhanced font small tc rgb style_fg offset character 0, 1.6, \
			'' index int(block[p]) skip 1 using (is_there(strcol(5)) ? $2 : nowhere):(bar_y(strcol(5), strcol(7))):(strcol(9) eq "NaN" ? "" : \
				strcol(9) eq "1" ? "=" : "×".style_ratio($9)) \
				with labels center noenhanced font tiny tc rgb style_muted offset character 0, 0.6, \
			'' index int(block[p]) skip 1 using (is_missing(strcol(5)) ? $2 : nowhere):(ceiling * 0.13):(strcol(10)) \
				with labels left rotate by 90 noenhanced font tiny tc rgb style_muted
	}
}
unset multiplot
unset output
