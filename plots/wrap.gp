# SPDX-License-Identifier: MIT
# Breaks a text into lines, at blanks. gnuplot has no functions with loops, so
# this is a file to load: in wrap_text and wrap_columns, out wrap_out (lines
# joined by newlines) and wrap_lines. A newline in the text stays one; a word
# longer than a line is left whole.

wrap_out = ""
wrap_lines = 1
wrap_line = ""
wrap_word = ""
do for [wrap_i = 1:strlen(wrap_text) + 1] {
	wrap_c = wrap_i > strlen(wrap_text) ? "\n" : wrap_text[wrap_i:wrap_i]
	if (wrap_c ne " " && wrap_c ne "\n") {
		wrap_word = wrap_word.wrap_c
	} else {
		if (wrap_line ne "" && strlen(wrap_line) + 1 + strlen(wrap_word) > wrap_columns) {
			wrap_out = wrap_out.wrap_line."\n"
			wrap_lines = wrap_lines + 1
			wrap_line = wrap_word
		} else {
			wrap_line = wrap_line eq "" ? wrap_word : wrap_line." ".wrap_word
		}
		wrap_word = ""
		if (wrap_c eq "\n" && wrap_i <= strlen(wrap_text)) {
			wrap_out = wrap_out.wrap_line."\n"
			wrap_lines = wrap_lines + 1
			wrap_line = ""
		}
	}
}
wrap_out = wrap_out.wrap_line
