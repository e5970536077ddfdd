# SPDX-License-Identifier: MIT
# Bars of one metric: a small panel for each workload, a bar for each variant.
# Panels have y axes of their own, from zero, because workloads differ by a
# factor of thousands and only variants of the same workload compare.
#
#   gnuplot -d -e "datafile='x.tsv'; outfile='x.svg'; theme='light'; title='...';
#                  footer='...'; unit='...'[; mark='1']" plots/compare.gp
#
# datafile: tab-separated, a heading line, then: panel, variant, median, min,
# max, n, label. The panel is the workload and, after a blank, its parameters.
# A cell without a result has median NaN and a label that says why; it is drawn
# as a hatched stub. A cell whose row is not there at all is drawn so, too. No
# field may hold a double quote.
# outfile: *.svg or *.png. theme: light or dark. mark: a line at that number, in
# all panels that reach it. The same input gives the same bytes. Up to 8 variants and 20 panels look good; more still work.

if (!exists("datafile") || !exists("outfile")) {
	exit error "compare.gp: datafile and outfile must be given"
}
if (!exists("theme"))  theme = "light"
if (!exists("title"))  title = ""
if (!exists("footer")) footer = ""
if (!exists("unit"))   unit = ""
mark = exists("mark") ? real(mark) : NaN

set encoding utf8
set decimalsign "."
set datafile separator "\t"
set datafile commentschars ""
set datafile missing

script_slash = strlen(ARG0)
while (script_slash > 0 && ARG0[script_slash:script_slash] ne "/") { script_slash = script_slash - 1 }
script_dir = script_slash ? ARG0[1:script_slash] : ""
load script_dir.'style.gp'

# ---- The table: cells in arrays, panels and variants in order of appearance ----

ROWS = 1000
array cell_panel[ROWS]
array cell_variant[ROWS]
array cell_median[ROWS]
array cell_min[ROWS]
array cell_max[ROWS]
array cell_label[ROWS]
array panel[ROWS]
array variant[ROWS]
nrows = 0; npanels = 0; nvariants = 0

number(s) = (s eq "" || s eq "NaN" || s eq "nan") ? NaN : real(s)
known(v) = v == v
take(i) = (i > ROWS) ? 0 : (cell_panel[i] = strcol(1), cell_variant[i] = strcol(2), \
	cell_median[i] = number(strcol(3)), cell_min[i] = number(strcol(4)), \
	cell_max[i] = number(strcol(5)), cell_label[i] = strcol(7), 0)
stats datafile skip 1 using (nrows = nrows + 1, take(nrows)) nooutput
if (nrows == 0) { exit error "compare.gp: no rows in ".datafile }
if (nrows > ROWS) { exit error "compare.gp: too many rows in ".datafile }

variants = ""
do for [i = 1:nrows] {
	seen = 0
	do for [p = 1:npanels] { if (panel[p] eq cell_panel[i]) { seen = 1 } }
	if (!seen) { npanels = npanels + 1; panel[npanels] = cell_panel[i] }
	if (!style_index(cell_variant[i], variants)) {
		nvariants = nvariants + 1
		variant[nvariants] = cell_variant[i]
		variants = variants." ".cell_variant[i]
	}
}

spread = 0
do for [i = 1:nrows] { if (cell_min[i] < cell_max[i]) { spread = 1 } }

load script_dir.'colours.gp'

# ---- The page, in pixels ----

ncols = nvariants > 5 ? (npanels < 2 ? 1 : 2) : npanels < 4 ? npanels : npanels == 4 ? 2 : 3
nlines = (npanels + ncols - 1) / ncols
width = ncols == 1 ? 640 : 960
panel_width = real(width) / ncols
head_height = 24.0 # of a panel: its name, and a line of parameters if any panel has some
do for [p = 1:npanels] { if (strstrt(panel[p], " ")) { head_height = 40.0 } }
panel_height = 186 + head_height

# Cuts text into lines of at most `columns` letters, at blanks. In and out: wrap_*.
wrap_columns = width / 6
wrap_text = footer
load script_dir.'wrap.gp'
footer_text = wrap_out
footer_lines = footer eq "" ? 0 : wrap_lines

load script_dir.'legend_size.gp'
header_height = 70.0 + 22 * legend_lines
footer_height = 14.0 + 15 * footer_lines
height = header_height + nlines * panel_height + footer_height

sx(px) = px / real(width)
sy(px) = 1 - px / real(height) # pixels from the top

if (style_is_png) {
	set terminal pngcairo size 2 * width, 2 * height font style_font.",10" \
		fontscale 1.5 linewidth 2 background rgb style_bg enhanced
} else {
	set terminal svg size width, height font style_font.",11" background rgb style_bg enhanced name "pvmmu"
}
set output outfile
small = style_font.(style_is_png ? ",9" : ",10")
tiny  = style_font.(style_is_png ? ",8" : ",9")
strong = style_font.(style_is_png ? ",10" : ",12")
heading = style_font.(style_is_png ? ",14" : ",16")

set multiplot
unset key

# ---- Title, legend, footer: an empty plot over the whole page ----

set margins screen 0, screen 1, screen 0, screen 1
unset border
unset tics
set xrange [0:1]
set yrange [0:1]
bold_text = title
load script_dir.'bold.gp'
set label bold_out at screen sx(20), screen sy(26) left enhanced front font heading tc rgb style_fg
set label (unit eq "" ? "" : "Median ".unit.". ")."Each panel has a scale of its own, from zero.". \
	(spread ? " Thin lines: least to greatest sample." : "") \
	at screen sx(20), screen sy(50) left noenhanced front font small tc rgb style_muted
load script_dir.'legend.gp'
set label footer_text at screen sx(20), screen sy(height - footer_height + 8) left noenhanced front \
	font tiny tc rgb style_muted
plot -1 notitle
unset label
unset object

# ---- The panels ----

set border 1 lc rgb style_muted lw 1
set xrange [0.4:nvariants + 0.6]
slot = (panel_width - 80) / (nvariants + 0.2) # pixels from bar to bar
half = slot * 0.36 > 28 ? 28 / slot : 0.36    # half a bar's width, in slots

do for [p = 1:npanels] {
	left = panel_width * ((p - 1) % ncols)
	top = header_height + panel_height * ((p - 1) / ncols)
	set margins screen sx(left + 58), screen sx(left + panel_width - 18), \
		screen sy(top + panel_height - 18), screen sy(top + head_height)

	array at[nvariants]
	highest = 0
	do for [v = 1:nvariants] { at[v] = 0 }
	do for [i = 1:nrows] {
		if (cell_panel[i] eq panel[p]) {
			v = style_index(cell_variant[i], variants)
			at[v] = i
			if (known(cell_median[i])) {
				reach = cell_max[i] > cell_median[i] ? cell_max[i] : cell_median[i]
				highest = reach > highest ? reach : highest
			}
		}
	}
	# Room above the tallest bar for two lines of label.
	ceiling = highest > 0 ? highest * 1.26 : 1
	set yrange [0:ceiling]
	if (highest > 0) {
		set ytics style_step(highest) scale 0 font tiny tc rgb style_muted
		set format y ""
		set ytics ("0" 0)
		step = style_step(highest)
		do for [t = 1:floor(highest * 1.05 / step)] { set ytics add (style_number(t * step) t * step) }
		set grid ytics back lt 1 lc rgb style_grid lw 0.75
	} else {
		unset ytics
		unset grid
	}

	if (mark < ceiling) {
		set arrow from first 0.4, mark to first nvariants + 0.6, mark nohead front dt 2 lc rgb style_fg lw 1
	}

	# The workload in bold, its parameters beside or below in grey.
	blank = strstrt(panel[p], " ")
	bold_text = blank ? panel[p][1:blank - 1] : panel[p]
	load script_dir.'bold.gp'
	rest = blank ? panel[p][blank + 1:*] : ""
	set label bold_out at screen sx(left + 20), screen sy(top + 12) left enhanced front font strong tc rgb style_fg
	set label rest at screen sx(left + 20), screen sy(top + 29) left noenhanced front font tiny tc rgb style_muted

	base = at[1] ? cell_median[at[1]] : NaN
	do for [v = 1:nvariants] {
		i = at[v]
		if (i && known(cell_median[i])) {
			value = cell_median[i]
			set object rectangle from v - half, 0 to v + half, value \
				back fc rgb colour[v] fs solid 1 border lc rgb style_fg lw 0.5
			reach = value
			if (cell_min[i] < cell_max[i]) {
				reach = cell_max[i] > value ? cell_max[i] : value
				set arrow from v, cell_min[i] to v, cell_max[i] \
					heads size graph 0.012, 90 front lc rgb style_fg lw 1
			}
			ratio = (v > 1 && base > 0) ? \
				(value == base ? "=" : "×".style_ratio(value / base)) : ""
			set label style_number(value) at v, reach center noenhanced front font small tc rgb style_fg \
				offset character 0, (ratio eq "" ? 0.6 : 1.6)
			set label ratio at v, reach center noenhanced front font tiny tc rgb style_muted \
				offset character 0, 0.6
		} else {
			set object rectangle from v - half, 0 to v + half, ceiling * 0.1 \
				back fc rgb style_muted fs transparent pattern 4 border lc rgb style_muted lw 0.5
			set label (i && cell_label[i] ne "" ? cell_label[i] : "missing") \
				at v, ceiling * 0.13 left rotate by 90 noenhanced front font tiny tc rgb style_muted
		}
	}
	plot -1 notitle
	unset label
	unset object
	unset arrow
}
unset multiplot
unset output
