# SPDX-License-Identifier: MIT
# Which sources of the guest are different in which mutant:
#
#	awk -f mk/uses.awk FILE...
#
# prints FILE:MUTANT for each .c file among the FILEs that asks whether it is in that mutant, or
# includes, over any number of steps, a header that does; MUTANT is "any" where a file wants to know
# which one it is in. All others compile to the same object as in the variant itself.
# mmu/policy.h, which only says what there is to ask, does not count.

BEGIN { root = "guest-kernel/" }

FNR == 1 { file[++nr] = FILENAME }

FILENAME == root "mmu/policy.h" { next }

{
	text = $0
	while (match(text, /mutant\([a-z_]*/)) {
		# Not the end of another name, nor a call with anything but a mutant's name.
		if (substr(" " text, RSTART, 1) !~ /[a-z_]/)
			mark(FILENAME, RLENGTH > 7 ? substr(text, RSTART + 7, RLENGTH - 7) : "any")
		text = substr(text, RSTART + RLENGTH)
	}
}

/(^|[^A-Za-z_])MUTANT/ { mark(FILENAME, "any") }

/^#include "/ {
	split($0, part, "\"")
	includes[FILENAME] = includes[FILENAME] " " root part[2]
}

function mark(name, mutant)
{
	if ((name, mutant) in uses)
		return 0
	uses[name, mutant]
	mutants[name] = mutants[name] " " mutant
	return 1
}

END {
	do {
		more = 0
		for (i = 1; i <= nr; i++) {
			n = split(includes[file[i]], list, " ")
			for (k = 1; k <= n; k++) {
				m = split(mutants[list[k]], its, " ")
				for (j = 1; j <= m; j++)
					more += mark(file[i], its[j])
			}
		}
	} while (more)
	for (i = 1; i <= nr; i++) {
		m = file[i] ~ /\.c$/ ? split(mutants[file[i]], its, " ") : 0
		for (j = 1; j <= m; j++)
			print file[i] ":" its[j]
	}
}
