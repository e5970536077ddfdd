# SPDX-License-Identifier: MIT
# The page that every chart is on: title, what is drawn and on which scale, a legend; panels in a
# grid; the footer. Loaded by a chart's script, which then draws panel after panel (panel.gp).
#
# In, from pvmmu (bench/plot/plot.c):
#	datafile, outfile, theme	*.svg, *.png or, for a terminal, *.txt
#	title, title_plain	the former is `enhanced`, escaped so that nothing in it is a command
#	sub[sub_n], foot[foot_n]	lines below the title and below all
#	panel_bold[], panel_name[], panel_note[]	panel_bold_n of each, as the title
#	series[series_n], key[]	names for the legend, and by which name each has its colour
#	width, columns	of the page in pixels; panels beside each other
#	text_columns	width of the terminal in characters
# In, from the script:
#	panel_pixels, panel_rows	height of a panel below its name, in pixels and on a terminal
#	legend_colours	a palette by place instead of by name, or ""
#	legend_in_text	whether a terminal needs one; legend_mark(v), its signs
# Out: colour[], functions sx, sy (pixels from the left and the top), page_top, head_height

set encoding utf8
set decimalsign "."
set datafile separator "\t"
set datafile commentschars ""
set datafile missing
if (!exists("text_colours")) text_colours = "mono"

# ---- The colours of the series ----

array colour[series_n > 0 ? series_n : 1]
array colour_rgb[|colour|]
page_taken = ""
do for [v = 1:series_n] {
	if (legend_colours ne "") {
		colour[v] = v <= words(legend_colours) ? word(legend_colours, v) : style_muted
	} else {
		k = style_index(key[v], style_names)
		colour[v] = k ? word(style_colours, k) : ""
	}
	page_taken = page_taken." ".colour[v]
}
# A variant that the palette does not know takes a colour that nobody here
# owns: the free one first, then those of absent variants.
do for [v = 1:series_n] {
	# The same variant of another file: its colour, paler.
	page_same = 0
	do for [k = 1:v - 1] { if (legend_colours eq "" && key[k] eq key[v]) { page_same = page_same + 1; page_first = page_same == 1 ? k : page_first } }
	if (page_same) { colour[v] = style_pale(colour[page_first], page_same == 1 ? 0.5 : 0.75) }
	if (colour[v] eq "") {
		do for [k = style_ncolours:1:-1] {
			if (colour[v] eq "" && !style_index(word(style_colours, k), page_taken)) {
				colour[v] = word(style_colours, k)
				page_taken = page_taken." ".colour[v]
			}
		}
		if (colour[v] eq "") { colour[v] = style_muted }
	}
	colour_rgb[v] = style_rgb(colour[v])
}

# ---- Sizes ----

nlines = (panel_bold_n + columns - 1) / columns
page_notes = 0
do for [p = 1:panel_bold_n] { page_notes = page_notes || (panel_note[p] ne "") }
legend_longest = 0
do for [v = 1:series_n] { legend_longest = strlen(series[v]) > legend_longest ? strlen(series[v]) : legend_longest }

if (style_is_text) {
	width = text_columns
	columns = 1
	nlines = panel_bold_n
	head_height = 2
	panel_height = head_height + panel_rows
	legend_step = 4 + legend_longest
	legend_columns = width / legend_step
	legend_columns = legend_columns < 1 ? 1 : legend_columns
	legend_lines = legend_in_text ? (series_n + legend_columns - 1) / legend_columns : 0
	page_top = 1 + sub_n + legend_lines + 1
	height = page_top + nlines * panel_height + foot_n
	eval sprintf("set terminal dumb size %d, %d noenhanced %s", width, height, text_colours)
	sx(c) = c / (width - 1.0)
	sy(r) = 1 - r / (height - 1.0)
} else {
	head_height = page_notes ? 40.0 : 24.0
	panel_height = panel_pixels + head_height
	legend_step = 38.0 + 7.5 * legend_longest
	legend_columns = floor((width - 40) / legend_step)
	legend_columns = legend_columns < 1 ? 1 : legend_columns
	legend_lines = (series_n + legend_columns - 1) / legend_columns
	page_top = 46.0 + 17 * sub_n + 22 * legend_lines + (series_n ? 14 : 4)
	page_foot = 14.0 + 15 * foot_n
	height = page_top + nlines * panel_height + page_foot
	if (style_is_png) {
		set terminal pngcairo size 2 * width, 2 * height font style_font.",10" \
			fontscale 1.5 linewidth 2 background rgb style_bg enhanced
	} else {
		set terminal svg size width, height font style_font.",11" background rgb style_bg enhanced name "pvmmu"
	}
	sx(px) = px / real(width)
	sy(px) = 1 - px / real(height)
}
set output outfile
set multiplot
unset key

# ---- Title, legend, footer: an empty plot over the whole page ----

set margins screen 0, screen 1, screen 0, screen 1
unset border
unset tics
set xrange [0:1]
set yrange [0:1]
if (style_is_text) {
	set label title_plain at screen 0, screen sy(0) left noenhanced front tc rgb style_fg
	do for [i = 1:sub_n] { set label sub[i] at screen 0, screen sy(i) left noenhanced front tc rgb style_muted }
	do for [v = 1:legend_in_text ? series_n : 0] {
		page_x = legend_step * ((v - 1) % legend_columns)
		page_y = 1 + sub_n + (v - 1) / legend_columns
		set label legend_mark(v) at screen sx(page_x), screen sy(page_y) left noenhanced front tc rgb colour[v]
		set label series[v] at screen sx(page_x + 2), screen sy(page_y) left noenhanced front tc rgb style_fg
	}
	do for [i = 1:foot_n] {
		set label foot[i] at screen 0, screen sy(height - foot_n - 1 + i) left noenhanced front tc rgb style_muted
	}
} else {
	set label title at screen sx(20), screen sy(26) left enhanced front font heading tc rgb style_fg
	do for [i = 1:sub_n] {
		set label sub[i] at screen sx(20), screen sy(50 + 17 * (i - 1)) left noenhanced front font small tc rgb style_muted
	}
	do for [v = 1:series_n] {
		page_x = 20 + legend_step * ((v - 1) % legend_columns)
		page_y = 57 + 17 * sub_n + 22 * ((v - 1) / legend_columns)
		set object rectangle from screen sx(page_x), screen sy(page_y + 6) to screen sx(page_x + 13), screen sy(page_y - 6) \
			front fc rgb colour[v] fs solid 1 border lc rgb style_fg lw 0.5
		set label series[v] at screen sx(page_x + 20), screen sy(page_y) left noenhanced front font small tc rgb style_fg
	}
	do for [i = 1:foot_n] {
		set label foot[i] at screen sx(20), screen sy(height - page_foot + 8 + 15 * (i - 1)) left noenhanced front font tiny tc rgb style_muted
	}
}
plot -1 notitle
unset label
unset object
