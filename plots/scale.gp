# SPDX-License-Identifier: MIT
# A y axis from zero up to `highest`, with room above it for `above` of its height.
# highest 0: nothing to measure, no axis.

# A value next to zero has no power of ten that can be divided by.
if (highest < 1e-300) { highest = 0 }
set yrange [0:highest > 0 ? highest * (1 + above) : 1]
unset ytics
unset grid
if (highest > 0) {
	set ytics style_step(highest) scale 0 font tiny tc rgb style_muted
	set format y ""
	set ytics ("0" 0)
	scale_step = style_step(highest)
	do for [t = 1:floor(highest * 1.05 / scale_step)] { set ytics add (style_number(t * scale_step) t * scale_step) }
	set grid ytics back lt 1 lc rgb style_grid lw 0.75
}
