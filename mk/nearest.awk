# SPDX-License-Identifier: MIT
# nearest(word, words, n): which of words[1..n] somebody meant who wrote `word`; "" if none is near: a
# third of the letters may be others, missing, too many, or two in the wrong order. Capitals do not count.
# By itself, with -v said='A,B' -v among='C D', the one that the first of A and B means which is none of C and D.

BEGIN {
	if (said != "") {
		n = split(among, among_word, " ")
		m = split(said, said_word, ",")
		for (i = 1; i <= m && hint == ""; i++) {
			sub(/[+].*/, "", said_word[i])
			if (said_word[i] !~ /[:=]/ && index(" " among " ", " " said_word[i] " ") == 0)
				hint = nearest(said_word[i], among_word, n)
		}
		if (hint != "")
			print hint
		exit
	}
}

# How many such faults lead from a to b.
function faults(a, b,  i, j, d, cost, m, n)
{
	m = length(a)
	n = length(b)
	for (i = 0; i <= m; i++)
		d[i, 0] = i
	for (j = 0; j <= n; j++)
		d[0, j] = j
	for (i = 1; i <= m; i++)
		for (j = 1; j <= n; j++) {
			cost = d[i - 1, j - 1] + (substr(a, i, 1) != substr(b, j, 1))
			if (d[i - 1, j] + 1 < cost)
				cost = d[i - 1, j] + 1
			if (d[i, j - 1] + 1 < cost)
				cost = d[i, j - 1] + 1
			if (i > 1 && j > 1 && substr(a, i, 1) == substr(b, j - 1, 1) && substr(a, i - 1, 1) == substr(b, j, 1) && \
			    d[i - 2, j - 2] + 1 < cost)
				cost = d[i - 2, j - 2] + 1
			d[i, j] = cost
		}
	return d[m, n]
}

function nearest(word, words, n,  i, d, least, best)
{
	for (i = 1; i <= n; i++) {
		if (toupper(word) == toupper(words[i]))
			return words[i]
		if (length(word) < 2 || length(words[i]) < 3)
			continue
		d = faults(toupper(word), toupper(words[i]))
		if (d > (length(word) > length(words[i]) ? length(word) : length(words[i])) / 3)
			continue
		# If two are equally near, the one that begins with the word wins, or the one with as many letters.
		if (index(toupper(words[i]), toupper(word)) == 1)
			d -= 0.5
		else if (length(word) != length(words[i]))
			d += 0.5
		if (best == "" || d < least) {
			best = words[i]
			least = d
		}
	}
	return best
}
