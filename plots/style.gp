# SPDX-License-Identifier: MIT
# What every chart shares: the two themes, one colour per variant, how a number
# is written. Loaded after `theme` and `outfile` are known.
#
# The colours are those of Okabe and Ito, which stay apart for colour-blind
# readers. A variant keeps its colour in every chart, so that a reader who
# knows one chart can read the next.

style_is_text = strlen(outfile) > 4 && outfile[strlen(outfile) - 3:*] eq ".txt"
style_is_png = strlen(outfile) > 4 && outfile[strlen(outfile) - 3:*] eq ".png"

if (theme eq "dark") {
	style_bg = "#0d1117"; style_fg = "#e6edf3"; style_muted = "#9da7b1"; style_grid = "#30363d"
} else {
	style_bg = "#ffffff"; style_fg = "#1f2328"; style_muted = "#59636e"; style_grid = "#d8dee4"
}
# A terminal's own colours: pvmmu puts them where it finds these (bench/plot/gnuplot.c).
if (style_is_text) { style_fg = "#010101"; style_muted = "#020202"; style_grid = "#030303" }

# Names in the palette's order: native ones are grey. `-` is a colour nobody owns.
style_names   = "native-highpte native-splitptl native nopin eager wrpt batched splitptl highpte -"
style_colours = "#c4c4c4 #5f5f5f #8c8c8c #d55e00 #0072b2 #cc79a7 #009e73 #e69f00 #56b4e9 #f0e442"
style_ncolours = words(style_colours)

# Parts of a whole, which are no variants: nine colours, the rest is grey.
style_parts = "#0072b2 #e69f00 #009e73 #cc79a7 #56b4e9 #d55e00 #f0e442 #5f5f5f #8c8c8c #c4c4c4"

# The place of a name in a list of words, 0 if it is not there. No variant's
# name has a blank in it.
style_index(name, list) = strstrt(" ".list." ", " ".name." ") == 0 ? 0 : \
	words((" ".list)[1:strstrt(" ".list." ", " ".name." ")]) + 1

# "#d55e00" -> 0xd55e00, as `rgb variable` wants it.
style_rgb(colour) = int("0x".colour[2:*])

# 1234567 -> 1.23M: three digits, exact enough for a label; tables have the rest.
style_scaled(v) = v < 100 ? sprintf("%.3g", v) : sprintf("%.0f", v)
style_number(v) = \
	v < 0       ? "-".style_number(-v) : \
	v < 999.5   ? style_scaled(v) : \
	v < 999.5e3 ? sprintf("%.3g", v / 1e3)."k" : \
	v < 999.5e6 ? sprintf("%.3g", v / 1e6)."M" : \
	              sprintf("%.3g", v / 1e9)."G"
# Two digits after the point, or more, so that an almost equal bar does not read as x1.
style_apart(d) = d == 0 || d >= 0.005 ? 2 : d < 1e-15 ? 16 : ceil(-log10(2 * d))
style_ratio(r) = r < 0.1 ? sprintf("%.2g", r) : r < 10 ? sprintf(sprintf("%%.%df", style_apart(abs(r - 1))), r) : style_number(r)
# A change in percent: with two decimals, or one digit of what is less.
style_percent(v) = v != 0 && abs(v) < 0.01 ? sprintf("%+.1g %%", v) : sprintf("%+.2f %%", v)

# The step of an axis: 1, 2 or 5 times a power of ten, four to eight steps up to v.
style_power(v) = 10.0 ** floor(log10(v))
style_step(v) = v / style_power(v) < 2 ? 0.5 * style_power(v) : \
	v / style_power(v) < 4 ? style_power(v) : 2 * style_power(v)

# Text stays text in an SVG, in whatever sans-serif font its reader has; a PNG
# is drawn at twice the size, for screens with small pixels.
style_font = style_is_png ? "DejaVu Sans" : "sans-serif"
small = style_font.(style_is_png ? ",9" : ",10")
tiny  = style_font.(style_is_png ? ",8" : ",9")
strong = style_font.(style_is_png ? ",10" : ",12")
heading = style_font.(style_is_png ? ",14" : ",16")

# n times the same character, for bars of text; at most as many as a line has.
style_fill_hashes = "################################"
style_fill_hashes = style_fill_hashes.style_fill_hashes.style_fill_hashes.style_fill_hashes
style_fill(c, n) = style_fill_hashes[1:n]

# Where a label is put that is not to be seen: gnuplot 5.4 dies of labels that are all NaN.
nowhere = -1e9

# Is the contrast of a colour to the background below 3, as WCAG 2 counts it?
style_linear(c) = c / 255.0 <= 0.04045 ? c / 255.0 / 12.92 : ((c / 255.0 + 0.055) / 1.055) ** 2.4
style_light(rgb) = 0.2126 * style_linear((rgb >> 16) & 255) + 0.7152 * style_linear((rgb >> 8) & 255) + 0.0722 * style_linear(rgb & 255)
style_contrast(a, b) = a > b ? (a + 0.05) / (b + 0.05) : (b + 0.05) / (a + 0.05)
style_is_faint(colour) = style_contrast(style_light(style_rgb(colour)), style_light(style_rgb(style_bg))) < 3

# A colour that is by a share the background's.
style_part(a, b, shift, share) = int(((a >> shift) & 255) * (1 - share) + ((b >> shift) & 255) * share + 0.5)
style_blend(a, b, share) = sprintf("#%02x%02x%02x", style_part(a, b, 16, share), style_part(a, b, 8, share), style_part(a, b, 0, share))
style_pale(colour, share) = style_blend(style_rgb(colour), style_rgb(style_bg), share)
