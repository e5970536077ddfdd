# SPDX-License-Identifier: MIT
# The legend, below the title: legend_size.gp has found its measures.

do for [v = 1:nvariants] {
	px = 20 + legend_step * ((v - 1) % legend_columns)
	py = 74 + 22 * ((v - 1) / legend_columns)
	set object rectangle from screen sx(px), screen sy(py + 6) to screen sx(px + 13), screen sy(py - 6) \
		front fc rgb colour[v] fs solid 1 border lc rgb style_fg lw 0.5
	set label variant[v] at screen sx(px + 20), screen sy(py) left noenhanced front font small tc rgb style_fg
}
