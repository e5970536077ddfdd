# SPDX-License-Identifier: MIT
# Which sources of the guest are different in a mutant:
#
#	awk -f mk/uses.awk FILE...
#
# prints those .c files among the FILEs that ask which mutant they are in, or include, over any
# number of steps, a header that does. All others compile to the same object as in the variant
# itself. mmu/policy.h, which only says what there is to ask, does not count.

BEGIN { root = "guest-kernel/" }

FNR == 1 { nr++; file[nr] = FILENAME }

/(^|[^a-z_])mutant\(|MUTANT/ && FILENAME != root "mmu/policy.h" { uses[FILENAME] }

/^#include "/ {
	split($0, part, "\"")
	includes[FILENAME] = includes[FILENAME] " " root part[2]
}

END {
	do {
		more = 0
		for (i = 1; i <= nr; i++) {
			n = (file[i] in uses) ? 0 : split(includes[file[i]], list, " ")
			for (k = 1; k <= n; k++)
				if (list[k] in uses) {
					uses[file[i]]
					more = 1
				}
		}
	} while (more)
	for (i = 1; i <= nr; i++)
		if (file[i] ~ /\.c$/ && (file[i] in uses))
			print file[i]
}
