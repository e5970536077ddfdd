# SPDX-License-Identifier: MIT
# Makes a text bold: in bold_text, out bold_out, for a label that is `enhanced`.
# Only enhanced text is bold in an SVG, and it reads some letters as commands.

bold_out = ""
do for [bold_i = 1:strlen(bold_text)] {
	bold_c = bold_text[bold_i:bold_i]
	bold_out = bold_out.(strstrt("^_@&~{}\\", bold_c) ? "\\" : "").bold_c
}
bold_out = bold_out eq "" ? "" : "{/:Bold ".bold_out."}"
