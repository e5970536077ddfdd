# SPDX-License-Identifier: MIT
# The frame of panel p of a page (page.gp): its name, its margins. The
# calling script draws in it by a plot after this one. In: p, and how much room the
# axes need in pixels: margin_left, margin_right, margin_below. Out: left, top, right, bottom,
# where the panel is, in pixels or characters.

panel_width = real(width) / columns
left = panel_width * ((p - 1) % columns)
top = page_top + panel_height * ((p - 1) / columns)
right = left + panel_width
bottom = top + panel_height
unset label
unset object
unset arrow
if (style_is_text) {
	set label panel_name[p].(panel_note[p] eq "" ? "" : " ".panel_note[p]) \
		at screen 0, screen sy(top) left noenhanced front tc rgb style_fg
	set margins screen sx(9), screen sx(right - 3), screen sy(bottom - 3), screen sy(top + 1)
} else {
	set label panel_bold[p] at screen sx(left + 20), screen sy(top + 12) left enhanced front font strong tc rgb style_fg
	set label panel_note[p] at screen sx(left + 20), screen sy(top + 29) left noenhanced front font tiny tc rgb style_muted
	set margins screen sx(left + margin_left), screen sx(right - margin_right), \
		screen sy(bottom - margin_below), screen sy(top + head_height)
}
