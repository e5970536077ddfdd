# SPDX-License-Identifier: MIT
# Medians from one result set to the next: a panel for each workload, a line for
# each variant, in percent from where it began, a triangle where it changed.
#
# The table: number of the panel, of the series, their names, number of the set
# in time, when it was measured, median (NaN: a cross), percent, n, commit, and
# what happened there ("-": nothing), and in percent. An empty line ends each
# line. date[date_n]: of all sets.

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

array past_from[panel_name_n]
array past_to[panel_name_n]
do for [p = 1:panel_name_n] { past_from[p] = 1e300; past_to[p] = -1e300 }
past_seen(p, v) = (past_from[p] = v < past_from[p] ? v : past_from[p], past_to[p] = v > past_to[p] ? v : past_to[p], 0)
stats datafile skip 1 using (strcol(7) eq "NaN" ? 0 : past_seen(column(1), column(8))) nooutput

margin_left = 66; margin_right = 40; margin_below = 34
# At most five dates; day and minute, as 11-21 17:01.
past_every = (date_n + 4) / 5
past_day(s) = s[6:10]." ".s[12:16]

do for [p = 1:panel_name_n] {
	load script_dir.'panel.gp'
	set border 3 lc rgb style_muted lw 1
	past_span = past_to[p] - past_from[p]
	past_span = past_span < 1e-9 ? 0.1 : past_span
	past_low = past_from[p] - 0.2 * past_span
	past_high = past_to[p] + 0.2 * past_span
	set yrange [past_low:past_high]
	past_step = style_step(past_span * 1.4)
	past_decimals = past_step >= 1 ? 0 : ceil(-log10(past_step) - 1e-9)
	past_decimals = past_decimals > 12 ? 12 : past_decimals
	past_text(v) = v == 0 ? "0 %%" : sprintf(sprintf("%%+.%df", past_decimals), v)." %%"
	set format y ""
	set ytics scale 0 font tiny tc rgb style_muted
	set ytics ("0 %%" 0)
	do for [t = floor(past_low / past_step):ceil(past_high / past_step)] {
		if (t != 0 && t * past_step > past_low && t * past_step < past_high) { set ytics add (past_text(t * past_step) t * past_step) }
	}
	unset grid
	if (!style_is_text) { set grid ytics back lt 1 lc rgb style_grid lw 0.75 }
	set xrange [0.7:date_n + 0.3]
	set format x ""
	set xtics scale 0.4 nomirror font tiny tc rgb style_muted
	set xtics (past_day(date[1]) 1)
	do for [t = 1 + past_every:date_n:past_every] { set xtics add (past_day(date[t]) t) }
	is_here(v) = column(1) == p && column(2) == v
	is_change(s) = s ne "-" && strcol(7) ne "NaN"
	plot for [v = 1:series_n] datafile index int(block[p]) skip 1 using (is_here(v) && style_is_faint(colour[v]) && !style_is_text ? $5 : NaN):8 \
			with lines lw 2.4 lc rgb style_muted, \
		for [v = 1:series_n] datafile index int(block[p]) skip 1 using (is_here(v) ? $5 : NaN):8 \
			with linespoints pt (style_is_text ? v : 7) ps 0.3 lw 1.4 lc rgb colour[v], \
		for [v = 1:series_n] '' index int(block[p]) skip 1 using (is_here(v) && is_change(strcol(11)) ? $5 : NaN):8 \
			with points pt (style_is_text ? v : 9) ps 0.9 lw 1.4 lc rgb colour[v], \
		'' index int(block[p]) skip 1 using (series_n <= 2 && column(1) == p && is_change(strcol(11)) && strcol(12) ne "NaN" && abs($12) >= 0.1 * past_span ? $5 : nowhere):(strcol(7) eq "NaN" ? 0 : $8):(strcol(11)) \
			with labels center noenhanced font tiny tc rgb style_fg offset character 0, 1, \
		'' index int(block[p]) skip 1 using (column(1) == p && strcol(7) eq "NaN" ? $5 : NaN):(past_low) with points pt (style_is_text ? 24 : 2) ps 0.9 lw 1.5 lc rgb style_fg
	unset xtics
}
unset multiplot
unset output
