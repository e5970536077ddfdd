# SPDX-License-Identifier: MIT
# A field for each workload (row) and variant (column): the ratio to a baseline,
# and a colour for it. From heat_most on, and below its inverse, colours are
# the strongest, 1 has none, and between them the logarithm counts. Blue and red
# are apart for colour-blind readers; the number is there anyway.
#
# The table: number of the row, of the column, their names, ratio, median, why
# there is no ratio. row[row_n], column[column_n].

script_slash = strlen(ARG0)
while (script_slash > 0 && ARG0[script_slash:script_slash] ne "/") { script_slash = script_slash - 1 }
script_dir = script_slash ? ARG0[1:script_slash] : ""
load script_dir.'style.gp'
legend_colours = ""
legend_in_text = 0
heat_row = 22.0
panel_pixels = heat_row * row_n + 6
panel_rows = row_n
heat_longest = 0
do for [r = 1:row_n] { heat_longest = strlen(row[r]) > heat_longest ? strlen(row[r]) : heat_longest }
# Columns as wide as names of variants are.
heat_column = 8
do for [c = 1:column_n] { heat_column = strlen(column[c]) > heat_column ? strlen(column[c]) : heat_column }
heat_column = heat_column > 16 ? 16 : heat_column
if (!style_is_text) {
	heat_width = 40 + 6.4 * heat_longest + column_n * (heat_column * 6.6 + 16) + 20
	width = heat_width > 640 ? heat_width : 640
}
load script_dir.'page.gp'

# From the background to blue (below 1) or red (above), such that text can be read on both.
heat_bg = style_rgb(style_bg)
heat_share(r) = heat_most > 1 && r > 0 ? 0.12 * (r != 1) + 0.88 * abs(log(r)) / log(heat_most) : 0
heat_blue = theme eq "dark" ? 0x0b5c8a : 0x56b4e9
heat_red = theme eq "dark" ? 0x9c3d00 : 0xe8743b
heat_rgb(r) = style_rgb(style_blend(heat_bg, r < 1 ? heat_blue : heat_red, heat_share(r) > 1 ? 1 : heat_share(r)))

p = 1
margin_left = 40 + 6.4 * heat_longest; margin_right = 20; margin_below = 6
load script_dir.'panel.gp'
unset border
unset tics
if (style_is_text) {
	heat_step = (width - heat_longest - 3) / column_n
	heat_step = heat_step > 17 ? 17 : heat_step
	do for [c = 1:column_n] {
		set label column[c][1:heat_step > 2 ? heat_step - 2 : 1] at screen sx(heat_longest + 2 + c * heat_step - 1), screen sy(top) right noenhanced front tc rgb style_muted
	}
	do for [r = 1:row_n] { set label row[r] at screen 0, screen sy(top + r) left noenhanced front tc rgb style_fg }
	set margins screen 0, screen 1, screen 0, screen 1
	set xrange [0:width - 1]
	set yrange [height - 1:0]
	plot datafile skip 1 using (heat_longest + 1 + $2 * heat_step):(top + $1):(strcol(5) eq "NaN" ? "-" : style_ratio($5)) \
			with labels right noenhanced tc rgb style_fg
} else {
	set xrange [0.5:column_n + 0.5]
	set yrange [row_n + 0.5:0.5]
	do for [c = 1:column_n] {
		set label column[c] at first c, screen sy(top + head_height - 10) center noenhanced front font small tc rgb style_fg
	}
	do for [r = 1:row_n] { set label row[r] at graph 0, first r right noenhanced front font small tc rgb style_fg offset character -1, 0 }
	is_here(s) = s ne "NaN"
	plot datafile skip 1 using (is_here(strcol(5)) ? $2 : NaN):1:($2 - 0.48):($2 + 0.48):($1 - 0.46):($1 + 0.46):(is_here(strcol(5)) ? heat_rgb($5) : 0) \
			with boxxyerror lc rgb variable fs solid 1 noborder, \
		'' skip 1 using (is_here(strcol(5)) ? $2 : nowhere):1:(is_here(strcol(5)) ? ($5 == 1 ? "=" : "×".style_ratio($5)) : "") \
			with labels center noenhanced font small tc rgb style_fg, \
		'' skip 1 using (is_here(strcol(5)) ? NaN : $2):1:($2 - 0.48):($2 + 0.48):($1 - 0.46):($1 + 0.46) \
			with boxxyerror lw 0.5 lc rgb style_grid fs transparent pattern 4 border lc rgb style_grid, \
		'' skip 1 using (is_here(strcol(5)) ? nowhere : $2):1:(strcol(7)[1:16]) \
			with labels center noenhanced font tiny tc rgb style_fg
}
unset multiplot
unset output
