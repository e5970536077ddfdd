# SPDX-License-Identifier: MIT
# Histograms of batching: a row for each workload; on the left how many
# operations its batches held, on the right why they were flushed. Bars are
# batches per iteration, one for each variant, on an axis of the row's own.
#
# The table: number of the panel, of the series, their names, number of the part
# (1 sizes, 2 reasons), of the category, the value, and names of both. Values
# that were not counted are not drawn. size[], reason[]: what to call the categories.

script_slash = strlen(ARG0)
while (script_slash > 0 && ARG0[script_slash:script_slash] ne "/") { script_slash = script_slash - 1 }
script_dir = script_slash ? ARG0[1:script_slash] : ""
load script_dir.'style.gp'
legend_colours = ""
legend_mark(v) = "#"
panel_pixels = 170.0
batch_n = size_n + reason_n
panel_rows = batch_n * series_n + 3
legend_in_text = 1
load script_dir.'page.gp'

array batch_top[panel_name_n]
do for [p = 1:panel_name_n] { batch_top[p] = 0 }
batch_seen(p, v) = (batch_top[p] = v > batch_top[p] ? v : batch_top[p], 0)
stats datafile skip 1 using (batch_seen(column(1), column(7))) nooutput

margin_right = 18; margin_left = 58; margin_below = 34
set border 1 lc rgb style_muted lw 1
half = 0.8 / series_n / 2 # half a bar's width, of a category's 1
# The two words of a category have a line each.
batch_words(s) = strstrt(s, " ") ? s[1:strstrt(s, " ") - 1]."\n".s[strstrt(s, " ") + 1:*] : s

do for [p = 1:panel_name_n] {
	load script_dir.'panel.gp'
	highest = batch_top[p]
	if (style_is_text) {
		unset border
		unset tics
		set label "operations in a batch" at screen sx(2), screen sy(top + 1) left noenhanced front tc rgb style_muted
		set label "flushed by" at screen sx(2), screen sy(top + 3 + size_n * series_n) left noenhanced front tc rgb style_muted
		batch_room = width - 28
		batch_row(k, c, s) = top + 2 + (k - 1) * (size_n * series_n + 2) + (c - 1) * series_n + (s - 1)
		do for [c = 1:size_n] { set label size[c] at screen sx(2), screen sy(batch_row(1, c, 1)) left noenhanced front tc rgb style_fg }
		do for [c = 1:reason_n] { set label reason[c] at screen sx(2), screen sy(batch_row(2, c, 1)) left noenhanced front tc rgb style_fg }
		set margins screen 0, screen 1, screen 0, screen 1
		set xrange [0:width - 1]
		set yrange [height - 1:0]
		batch_length(v) = highest > 0 ? (v > 0 && v < highest / batch_room ? 1 : floor(batch_room * v / highest + 0.5)) : 0
		plot datafile index int(block[p]) skip 1 using (column(1) == p ? 18 : nowhere):(batch_row($5, $6, $2)):(style_fill('#', batch_length($7))):(colour_rgb[int($2)]) \
				with labels left noenhanced tc rgb variable, \
			'' index int(block[p]) skip 1 using (column(1) == p ? 19 + batch_length($7) : nowhere):(batch_row($5, $6, $2)):(style_number($7)) \
				with labels left noenhanced tc rgb style_fg
	} else {
		panel_left = left
		panel_middle = left + 0.6 * (right - left)
		panel_right = right
		do for [k = 1:2] {
			left = k == 1 ? panel_left : panel_middle
			right = k == 1 ? panel_middle : panel_right
			n = k == 1 ? size_n : reason_n
			set margins screen sx(left + margin_left), screen sx(right - margin_right), \
				screen sy(bottom - margin_below), screen sy(top + head_height)
			set xrange [0.4:(n < 1 ? 1 : n) + 0.6]
			above = 0.15
			load script_dir.'scale.gp'
			do for [c = 1:n] {
				set label (k == 1 ? size[c] : batch_words(reason[c])) at c, screen sy(bottom - 24) center noenhanced front font tiny tc rgb style_muted
			}
			if (highest == 0) {
				set label "none" at graph 0.5, 0.4 center noenhanced front font small tc rgb style_muted
			}
			at(c, s) = c - 0.4 + half * (2 * s - 1)
			is_here(part, v) = column(1) == p && part == k && v > 0
			plot datafile index int(block[p]) skip 1 using (is_here($5, $7) ? at($6, $2) : NaN):(0):(at($6, $2) - half * 0.92):(at($6, $2) + half * 0.92):(0):7:(colour_rgb[int($2)]) \
					with boxxyerror lw 0.5 lc rgb variable fs solid 1 border lc rgb style_fg, \
				'' index int(block[p]) skip 1 using (is_here($5, $7) && series_n <= 4 ? at($6, $2) : nowhere):7:(style_number($7)) \
					with labels center noenhanced font tiny tc rgb style_fg offset character 0, 0.5
			unset label
		}
	}
}
unset multiplot
unset output
