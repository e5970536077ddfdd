# SPDX-License-Identifier: MIT
# How large a legend of variant[1:nvariants] is on a page of `width` pixels. Out: legend_*.

# The legend: as many entries in a line as fit, of the longest name's width.
longest = 0
do for [v = 1:nvariants] { longest = strlen(variant[v]) > longest ? strlen(variant[v]) : longest }
legend_step = 38.0 + 7.5 * longest
legend_columns = floor((width - 40) / legend_step)
legend_columns = legend_columns < 1 ? 1 : legend_columns
legend_lines = (nvariants + legend_columns - 1) / legend_columns
