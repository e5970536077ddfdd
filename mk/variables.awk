# SPDX-License-Identifier: MIT
# Checks that the makefiles use the variables on make's command line.
#
#	awk -v given='VARAINT MEM' -f mk/nearest.awk -f mk/variables.awk MAKEFILE...
#
# prints one line: "error", or "warning" if there are only such as resemble none that there is and may have been meant for
# another makefile, and what is wrong. Which variables there are is in the makefiles themselves: one that they read
# and do not set, or set only if nobody else has (?=), is for whoever calls make. The others are
# their own.

/^#/ { next }

{
	text = $0
	if (match(text, /^[ \t]*(export[ \t]+|override[ \t]+)?[A-Z][A-Z0-9_]*[ \t]*[:?+]*=/)) {
		name = substr(text, RSTART, RLENGTH)
		sub(/^[ \t]*(export[ \t]+|override[ \t]+)?/, "", name)
		how = name
		sub(/[ \t]*[:?+]*=$/, "", name)
		if (how ~ /\?=$/)
			offered[name]
		else if ($0 !~ /^\t/)
			own[name]
	}
	if (match(text, /^ *ifn?def +[A-Z][A-Z0-9_]*/)) {
		name = substr(text, RSTART, RLENGTH)
		sub(/.* /, "", name)
		read[name]
	}
	while (match(text, /\$[({][A-Z][A-Z0-9_]*[):}]/)) {
		read[substr(text, RSTART + 2, RLENGTH - 3)]
		text = substr(text, RSTART + RLENGTH)
	}
}

function say(kind, name, what, hint)
{
	message[kind] = message[kind] (message[kind] == "" ? "" : "; ") name ": " what (hint == "" ? "" : " (did you mean " hint "?)")
}

END {
	for (name in read)
		if (!(name in own))
			offered[name]
	n = 0
	for (name in offered)
		if (name !~ /^(MAKE|CURDIR|SHELL)/)
			names[++n] = name
	# Always in the same order, which decides between two that are equally near.
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && names[j - 1] > names[j]; j--) {
			name = names[j]
			names[j] = names[j - 1]
			names[j - 1] = name
		}
	if (list) {
		for (i = 1; i <= n; i++)
			print names[i]
		exit
	}
	# Programs that are started read these.
	split("HOME LANG LANGUAGE NO_COLOR PATH SHELL TERM TMPDIR TZ http_proxy https_proxy no_proxy", word, " ")
	for (i in word)
		offered[word[i]]
	m = split(given, asked, " ")
	for (i = 1; i <= m; i++) {
		name = asked[i]
		if (name in offered || name ~ /^(MAKE|PVMMU_|LC_|GIT_|ASAN_|UBSAN_|FAKE_)/)
			continue
		hint = nearest(name, names, n)
		what = (name in own) ? "the makefiles set that themselves" : "no makefile here reads it"
		if (hint != "") {
			say("error", name, what, hint)
			continue
		}
		for (k = 1; k <= n; k++)
			if (length(name) > 3 && substr(names[k], length(names[k]) - length(name) + 1) == name)
				hint = names[k]
		say("warning", name, what, hint)
	}
	if (message["error"] != "")
		print "error " message["error"]
	else if (message["warning"] != "")
		print "warning " message["warning"]
}
