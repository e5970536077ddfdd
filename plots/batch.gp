# SPDX-License-Identifier: MIT
# Histograms of batching: a row for each workload; on the left how many
# operations its batches held, on the right why they were flushed. Bars are
# batches per iteration, one for each variant, on an axis of the row's own.
#
#   gnuplot -d -e "datafile='x.tsv'; outfile='x.svg'; theme='light'; title='...';
#                  footer='...'; unit='...'" plots/batch.gp
#
# datafile: tab-separated, a heading line, then: panel, part, category, variant,
# value. part: batch_size or batch_flush; category: a range of sizes (3_4) or a
# reason (full_entries). A cell whose row is not there is not drawn. The rest is
# as for compare.gp. Up to 8 panels and 8 variants look good.

if (!exists("datafile") || !exists("outfile")) {
	exit error "batch.gp: datafile and outfile must be given"
}
if (!exists("theme"))  theme = "light"
if (!exists("title"))  title = ""
if (!exists("footer")) footer = ""
if (!exists("unit"))   unit = ""

set encoding utf8
set decimalsign "."
set datafile separator "\t"
set datafile commentschars ""
set datafile missing

script_slash = strlen(ARG0)
while (script_slash > 0 && ARG0[script_slash:script_slash] ne "/") { script_slash = script_slash - 1 }
script_dir = script_slash ? ARG0[1:script_slash] : ""
load script_dir.'style.gp'

# ---- The table: rows in arrays; panels, variants and each part's categories in order of appearance ----

ROWS = 4000
array row_panel[ROWS]
array row_part[ROWS]
array row_category[ROWS]
array row_variant[ROWS]
array row_value[ROWS]
array panel[ROWS]
array variant[ROWS]
nrows = 0; npanels = 0; nvariants = 0

take(i) = (i > ROWS) ? 0 : (row_panel[i] = strcol(1), row_part[i] = strcol(2), \
	row_category[i] = strcol(3), row_variant[i] = strcol(4), row_value[i] = real(strcol(5)), 0)
stats datafile skip 1 using (nrows = nrows + 1, take(nrows)) nooutput
if (nrows == 0) { exit error "batch.gp: no rows in ".datafile }
if (nrows > ROWS) { exit error "batch.gp: too many rows in ".datafile }

part_names = "batch_size batch_flush"
array categories[2] = ["", ""]
variants = ""
do for [i = 1:nrows] {
	seen = 0
	do for [p = 1:npanels] { if (panel[p] eq row_panel[i]) { seen = 1 } }
	if (!seen) { npanels = npanels + 1; panel[npanels] = row_panel[i] }
	if (!style_index(row_variant[i], variants)) {
		nvariants = nvariants + 1
		variant[nvariants] = row_variant[i]
		variants = variants." ".row_variant[i]
	}
	k = style_index(row_part[i], part_names)
	if (!k) { exit error "batch.gp: unknown part ".row_part[i] }
	if (!style_index(row_category[i], categories[k])) { categories[k] = categories[k]." ".row_category[i] }
}
load script_dir.'colours.gp'

# ---- The page, in pixels ----

width = 960
head_height = 28.0
panel_height = 170.0 + head_height

wrap_columns = width / 6
wrap_text = footer
load script_dir.'wrap.gp'
footer_text = wrap_out
footer_lines = footer eq "" ? 0 : wrap_lines

load script_dir.'legend_size.gp'
header_height = 70.0 + 22 * legend_lines
footer_height = 14.0 + 15 * footer_lines
height = header_height + npanels * panel_height + footer_height

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
set label "Left: operations in a batch. Right: why it was flushed. ".(unit eq "" ? "" : "Bars are ".unit.", ")."each row on a scale of its own, from zero." \
	at screen sx(20), screen sy(50) left noenhanced front font small tc rgb style_muted
load script_dir.'legend.gp'
set label footer_text at screen sx(20), screen sy(height - footer_height + 8) left noenhanced front \
	font tiny tc rgb style_muted
plot -1 notitle
unset label
unset object

# ---- The panels ----

set border 1 lc rgb style_muted lw 1
half = 0.8 / nvariants / 2 # half a bar's width, of a category's 1

do for [p = 1:npanels] {
	top = header_height + panel_height * (p - 1)
	highest = 0
	do for [i = 1:nrows] { if (row_panel[i] eq panel[p] && row_value[i] > highest) { highest = row_value[i] } }
	ceiling = highest > 0 ? highest * 1.15 : 1

	do for [k = 1:2] {
		left = k == 1 ? 0 : 0.6 * width
		right = k == 1 ? 0.6 * width : width
		n = words(categories[k])
		set margins screen sx(left + 58), screen sx(right - 18), \
			screen sy(top + panel_height - 34), screen sy(top + head_height)
		set xrange [0.4:(n < 1 ? 1 : n) + 0.6]
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

		# A range of sizes reads 3–4, a reason of two words has two lines.
		do for [c = 1:n] {
			word_in = word(categories[k], c)
			word_out = ""
			do for [j = 1:strlen(word_in)] {
				word_out = word_out.(word_in[j:j] ne "_" ? word_in[j:j] : k == 1 ? "–" : "\n")
			}
			set label word_out at c, screen sy(top + panel_height - 24) center noenhanced front font tiny tc rgb style_muted
		}
		if (k == 1) {
			blank = strstrt(panel[p], " ")
			bold_text = blank ? panel[p][1:blank - 1] : panel[p]
			load script_dir.'bold.gp'
			set label bold_out at screen sx(20), screen sy(top + 12) left enhanced front \
				font strong tc rgb style_fg
			set label (blank ? panel[p][blank + 1:*] : "") at screen sx(20 + 8.5 * (blank - 1) + 10), \
				screen sy(top + 13) left noenhanced front font tiny tc rgb style_muted
		}
		do for [i = 1:nrows] {
			if (row_panel[i] eq panel[p] && row_part[i] eq word(part_names, k) && row_value[i] > 0) {
				v = style_index(row_variant[i], variants)
				at = style_index(row_category[i], categories[k]) - 0.4 + half * (2 * v - 1)
				set object rectangle from at - half * 0.92, 0 to at + half * 0.92, row_value[i] \
					back fc rgb colour[v] fs solid 1 border lc rgb style_fg lw 0.5
				if (nvariants <= 4) {
					set label style_number(row_value[i]) at at, row_value[i] center noenhanced front \
						font tiny tc rgb style_fg offset character 0, 0.5
				}
			}
		}
		if (highest == 0) {
			set label "none" at graph 0.5, 0.4 center noenhanced front font small tc rgb style_muted
		}
		plot -1 notitle
		unset label
		unset object
	}
}
unset multiplot
unset output
