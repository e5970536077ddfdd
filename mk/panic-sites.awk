# SPDX-License-Identifier: MIT
# From a disassembly, all places that may panic: "ADDRESS FILE:LINE WORDS", the address of the call
# to panic_at(), and what stands in that line, without blanks around it.
#	objdump -d FILE | awk -v file=FILE -f panic-sites.awk

/\tcall.*<panic_at>/ {
	sub(/^ */, "")
	sub(/:.*/, "")
	addresses = addresses " 0x" $0
}

# Lines of the source file, read once.
function words(source, number,   line, n)
{
	if (!(source in known)) {
		known[source] = 1
		while ((getline line < source) > 0)
			text[source, ++n] = line
		close(source)
	}
	line = text[source, number]
	gsub(/^[ \t]+|;?[ \t]*$/, "", line)
	return line
}

END {
	if (addresses == "") {
		print "panic-sites.awk: " file " has no place that may panic" > "/dev/stderr"
		exit 1
	}
	gsub(/'/, "'\\''", file)
	command = "addr2line -a -e '" file "'" addresses
	while ((command | getline address) > 0) {
		command | getline place
		sub(/ \(discriminator.*/, "", place)
		sub(/^\.\//, "", place)
		split(place, part, ":")
		print address, place, words(part[1], part[2])
	}
	close(command)
}
