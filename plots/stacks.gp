# SPDX-License-Identifier: MIT
# What a whole is made of: a panel for each workload, a lying bar for each variant, cut into its
# parts. Bars of a panel have one scale, from zero. On a terminal each part is a letter.
#
# The table: number of the panel, of the row, their names, number of the part, where it begins and
# ends, the whole, name of the part, why there is none. A missing bar has one line.
# row[row_n]: names of the rows; the series are the parts. mark[]: a letter for each.

script_slash = strlen(ARG0)
while (script_slash > 0 && ARG0[script_slash:script_slash] ne "/") { script_slash = script_slash - 1 }
script_dir = script_slash ? ARG0[1:script_slash] : ""
load script_dir.'style.gp'
legend_colours = style_parts
legend_mark(v) = mark[v]
legend_in_text = 1
panel_pixels = 19.0 * row_n + 30
panel_rows = row_n
load script_dir.'page.gp'

array stack_top[panel_name_n]
do for [p = 1:panel_name_n] { stack_top[p] = 0 }
stack_seen(p, whole) = (stack_top[p] = whole > stack_top[p] ? whole : stack_top[p], 0)
stats datafile skip 1 using (stack_seen(column(1), column(8))) nooutput

stack_longest = 0
do for [r = 1:row_n] { stack_longest = strlen(row[r]) > stack_longest ? strlen(row[r]) : stack_longest }
margin_left = 34 + 6.2 * stack_longest
margin_right = 62; margin_below = 26
array stack_fill[series_n]
if (style_is_text) {
	do for [v = 1:series_n] {
		stack_fill[v] = mark[v]
		do for [i = 1:9] { stack_fill[v] = stack_fill[v].stack_fill[v] }
	}
}

do for [p = 1:panel_name_n] {
	load script_dir.'panel.gp'
	highest = stack_top[p] < 1e-300 ? 0 : stack_top[p]
	is_here(part) = column(1) == p && part > 0
	is_missing(part) = column(1) == p && part == 0
	if (style_is_text) {
		unset border
		unset tics
		stack_room = width - stack_longest - 12
		stack_at(v) = highest > 0 ? floor(stack_room * v / highest + 0.5) : 0
		stack_bar(part, from, to) = stack_at(to) > stack_at(from) ? (stack_fill[part])[1:stack_at(to) - stack_at(from)] : ""
		do for [r = 1:row_n] { set label row[r] at screen sx(2), screen sy(top + r) left noenhanced front tc rgb style_fg }
		set margins screen 0, screen 1, screen 0, screen 1
		set xrange [0:width - 1]
		set yrange [height - 1:0]
		plot datafile index int(block[p]) skip 1 using (is_here($5) ? 4 + stack_longest + stack_at($6) : nowhere):(top + $2):(is_here($5) ? stack_bar(int($5), $6, $7) : ""):(is_here($5) ? colour_rgb[int($5)] : 0) \
				with labels left noenhanced tc rgb variable, \
			'' index int(block[p]) skip 1 using (is_here($5) && $5 == 1 ? 5 + stack_longest + stack_at($8) : nowhere):(top + $2):(is_here($5) ? style_number($8) : "") \
				with labels left noenhanced tc rgb style_fg, \
			'' index int(block[p]) skip 1 using (is_missing($5) ? 4 + stack_longest : nowhere):(top + $2):(strcol(10)) \
				with labels left noenhanced tc rgb style_muted
	} else {
		set xrange [0:highest > 0 ? highest : 1]
		set yrange [row_n + 0.6:0.4]
		set border 2 lc rgb style_muted lw 1
		unset ytics
		unset xtics
		unset grid
		if (highest > 0) {
			set xtics style_step(highest) scale 0 font tiny tc rgb style_muted
			set format x ""
			set xtics ("0" 0)
			do for [t = 1:floor(highest * 1.001 / style_step(highest))] { set xtics add (style_number(t * style_step(highest)) t * style_step(highest)) }
			set grid xtics back lt 1 lc rgb style_grid lw 0.75
		}
		do for [r = 1:row_n] { set label row[r] at graph 0, first r right noenhanced front font small tc rgb style_fg offset character -0.8, 0 }
		plot datafile index int(block[p]) skip 1 using (is_here($5) ? $6 : NaN):2:6:7:($2 - 0.38):($2 + 0.38):(is_here($5) ? colour_rgb[int($5)] : 0) \
				with boxxyerror lw 0.5 lc rgb variable fs solid 1 border lc rgb style_bg, \
			'' index int(block[p]) skip 1 using (is_here($5) && $5 == 1 ? $8 : nowhere):2:(is_here($5) ? style_number($8) : "") \
				with labels left noenhanced font tiny tc rgb style_fg offset character 0.5, 0, \
			'' index int(block[p]) skip 1 using (is_missing($5) ? 0 : NaN):2:(0):(highest > 0 ? highest * 0.04 : 0.04):($2 - 0.38):($2 + 0.38) \
				with boxxyerror lw 0.5 lc rgb style_muted fs transparent pattern 4 border lc rgb style_muted, \
			'' index int(block[p]) skip 1 using (is_missing($5) ? (highest > 0 ? highest * 0.05 : 0.05) : nowhere):2:(strcol(10)) \
				with labels left noenhanced font tiny tc rgb style_muted
		unset xtics
	}
}
unset multiplot
unset output
