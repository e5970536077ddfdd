# SPDX-License-Identifier: MIT
# Gives each variant its colour. In: variant[1:nvariants]; out: colour[1:nvariants].

# A variant that the palette does not know takes a colour that nobody here
# owns: the free one first, then those of absent variants.
array colour[nvariants]
taken = ""
do for [v = 1:nvariants] {
	k = style_index(variant[v], style_names)
	colour[v] = k ? word(style_colours, k) : ""
	taken = taken." ".colour[v]
}
do for [v = 1:nvariants] {
	do for [k = style_ncolours:1:-1] {
		if (colour[v] eq "" && !style_index(word(style_colours, k), taken)) {
			colour[v] = word(style_colours, k)
			taken = taken." ".colour[v]
		}
	}
	if (colour[v] eq "") { colour[v] = style_muted }
}
