# SPDX-License-Identifier: MIT
# All samples: a panel for each workload, a row for each variant, a dot for each
# sample by how many percent it is from the row's median, which is a stroke.
#
# The table: number of the panel, of the row, their names, what it is ("sample",
# "median"), the value, in percent from the median, how far from the row's middle
# it lies, half the length of its stroke (0: a dot), and how many samples have it;
# behind a median how many there are, or why there is none.
# row[row_n]: names of rows; range_from[], range_to[] of each panel, in percent.

script_slash = strlen(ARG0)
while (script_slash > 0 && ARG0[script_slash:script_slash] ne "/") { script_slash = script_slash - 1 }
script_dir = script_slash ? ARG0[1:script_slash] : ""
load script_dir.'style.gp'
legend_colours = ""
legend_in_text = 0
panel_pixels = 26.0 * row_n + 34
panel_rows = row_n + 3
load script_dir.'page.gp'

dot_longest = 0
do for [r = 1:row_n] { dot_longest = strlen(row[r]) > dot_longest ? strlen(row[r]) : dot_longest }
margin_left = 34 + 6.2 * dot_longest
margin_right = 130; margin_below = 30

do for [p = 1:panel_name_n] {
	load script_dir.'panel.gp'
	across_from = real(range_from[p]); across_to = real(range_to[p]); across_room = 0.05; across_unit = " %%"
	set border 1 lc rgb style_muted lw 1
	unset ytics
	unset grid
	load script_dir.'across.gp'
	set yrange [row_n + 0.6:0.4]
	is_here(what) = column(1) == p && strcol(5) eq what && strcol(6) ne "NaN"
	is_missing(s) = column(1) == p && s eq "NaN"
	if (style_is_text) {
		unset grid
		set yrange [row_n + 1:0]
		set margins screen sx(dot_longest + 4), screen sx(right - 26), screen sy(bottom - 3), screen sy(top + 1)
		do for [r = 1:row_n] { set label row[r] at graph 0, first r right noenhanced front tc rgb style_fg offset character -2, 0 }
	} else {
		do for [r = 1:row_n] { set label row[r] at graph 0, first r right noenhanced front font small tc rgb style_fg offset character -0.8, 0 }
	}
	plot datafile index int(block[p]) skip 1 using (is_here("sample") ? $7 : NaN):($2 + (style_is_text ? 0 : $8)):(colour_rgb[int($2)]) \
			with points pt (style_is_text ? 15 : 7) ps (style_is_png ? 0.5 : 0.35) lc rgb variable, \
		'' index int(block[p]) skip 1 using (is_here("sample") && $9 > 0 && !style_is_text ? $7 : NaN):($2 + $8 - $9):(0):(2 * $9):(colour_rgb[int($2)]) \
			with vectors nohead lw (style_is_png ? 2 : 2.6) lc rgb variable, \
		'' index int(block[p]) skip 1 using (is_here("median") && !style_is_text ? 0 : NaN):2:(0):(0.42) with vectors nohead lw 1.2 lc rgb style_fg, \
		'' index int(block[p]) skip 1 using (is_here("median") && !style_is_text ? 0 : NaN):2:(0):(-0.42) with vectors nohead lw 1.2 lc rgb style_fg, \
		'' index int(block[p]) skip 1 using (is_here("median") ? across_end : nowhere):2:(is_here("median") ? style_number($6)."  ".strcol(10) : "") \
			with labels left noenhanced font tiny tc rgb style_muted offset character 1, 0, \
		'' index int(block[p]) skip 1 using (is_missing(strcol(6)) ? across_from : nowhere):2:(strcol(10)) \
			with labels left noenhanced font tiny tc rgb style_muted
	unset xtics
}
unset multiplot
unset output
