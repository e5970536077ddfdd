# SPDX-License-Identifier: MIT
# Variants: what the axes of a policy are, which values they take, and which go
# together, is written here and nowhere else.
#
#	awk -v name=eager -v mutant=none -f mk/variant.awk guest-kernel/variants/eager.variant
#
# turns a variant's description (key = value lines) into the header that makes it
# a compile-time constant; unknown keys and values are errors with file and line.
# The key env says what the variant runs on, xen64 if it is left out; on native64 axes about the
# hypervisor do not exist. A name "custom:AXIS=VALUE,..." changes the axes that it names in the variant of
# that file, which is eager's.
#
#	-v json=1	the variant as an entry of the list that the host reads
#	-v axes_json=1	the axes as JSON, for the host to understand custom: too
#	-v list=L -v names='eager nopin'
#		one name a line for each variant that the comma-separated list L means:
#		names as they are, custom: specifications with every axis in order (so that
#		two spellings are one variant), and one for each value of AXIS=VALUE+VALUE; the values
#		of an axis with numbers are a list as in bench/lib/number_list.h: depth=1,2,4..128

function fail(msg)
{
	printf "%s: %s\n", (where != "" ? where : FILENAME ":" FNR), msg > "/dev/stderr"
	failed = 1
	exit 1
}

BEGIN {
	axes = split("pin update batch depth ptl pte", axis)
	valid["pin"] = "none eager"
	valid["update"] = "emulate va mmu mmu/va"
	valid["batch"] = "off multicall"
	valid["ptl"] = "mm split"
	valid["pte"] = "low high"
	envs = "xen64 native64"
	env = "xen64"
	# Values that the header gives axes which exist under Xen only; they cannot be chosen.
	native["pin"] = "none"
	native["update"] = "store"
	native["batch"] = "off"
	# An axis with numbers has a largest one and a default.
	most["depth"] = 128
	usual["depth"] = 32
	unit["depth"] = "entries"
	# An axis that only makes sense where another has a certain value.
	needs["depth"] = "batch=multicall"
	# Values that exclude each other, and why.
	exclusions = 1
	one[1] = "update=emulate"
	other[1] = "batch=multicall"
	reason[1] = "a store cannot be queued"
	for (i = 1; i <= axes; i++)
		axis_names = axis_names " " axis[i]
}

function is_in(word, words)
{
	return index(" " words " ", " " word " ") > 0
}

# Checks that the value is one of the axis, and returns it as it is written.
function checked(key, value)
{
	if (key in most) {
		if (value !~ /^[0-9]+$/ || value + 0 < 1 || value + 0 > most[key])
			fail(key " is a whole number from 1 to " most[key] ", not '" value "'")
		return value + 0
	}
	if (!(key in valid))
		fail("unknown axis '" key "'; valid:" axis_names)
	if (!is_in(value, valid[key]))
		fail("unknown value '" value "' of " key "; valid: " valid[key])
	return value
}

# condition: AXIS=VALUE
function holds(condition,  p)
{
	split(condition, p, "=")
	return (p[1] in set) && set[p[1]] == p[2]
}

# Fills in what may be left out, takes away what the base has in vain, and
# refuses what makes no sense. given: the axes that somebody asked for.
function complete(i, a)
{
	for (i = 1; i <= axes; i++) {
		a = axis[i]
		if ((a in needs) && !holds(needs[a])) {
			if (a in given)
				fail(a " needs " needs[a])
			delete set[a]
		} else if (env == "native64" && (a in native)) {
			if (a in given)
				fail(a " is for env = xen64: native64 has no hypervisor")
		} else if (!(a in set)) {
			if (!(a in usual))
				fail("'" a "' is missing")
			set[a] = usual[a]
		}
	}
	for (i = 1; i <= exclusions; i++)
		if (holds(one[i]) && holds(other[i]))
			fail(one[i] " excludes " other[i] ": " reason[i])
}

# Makes `set` the base with the spec's axes changed. Values are single.
function apply(spec,  part, p, n, i)
{
	for (i in set)
		delete set[i]
	for (i in given)
		delete given[i]
	for (i in base)
		set[i] = base[i]
	n = split(substr(spec, 8), part, ",")
	for (i = 1; i <= n; i++) {
		if (split(part[i], p, "=") != 2)
			fail("'" part[i] "' is not AXIS=VALUE; axes:" axis_names)
		if (p[1] in given)
			fail(p[1] " is given twice")
		set[p[1]] = checked(p[1], p[2])
		given[p[1]]
	}
	if (!n)
		fail("expected AXIS=VALUE; axes:" axis_names)
	complete()
}

function canonical(  i, text)
{
	for (i = 1; i <= axes; i++)
		if (axis[i] in set)
			text = text (text ? "," : "custom:") axis[i] "=" set[axis[i]]
	return text
}

# A number of a list of values, or a failure.
function number_of(key, text)
{
	if (text !~ /^[0-9]+$/ || length(text) > 15)
		fail(key ": '" text "' is not a whole number")
	if (text + 0 < 1 || text + 0 > most[key])
		fail(key ": " text " is out of range, valid: 1 to " most[key])
	return text + 0
}

function add_value(key, v)
{
	if (v in seen)
		fail(key ": " v " is given twice")
	seen[v]
	value_list = value_list (value_list == "" ? "" : "+") v
}

# The list that a text means, as bench/lib/number_list.h defines it, with a plus between the values.
function values_of(key, text,  item, n, i, dots, b, end, a, before, single, factor, step, next_one)
{
	for (i in seen)
		delete seen[i]
	value_list = ""
	n = split(text, item, /[,+]/)
	if (!n)
		number_of(key, "")
	for (i = 1; i <= n; i++) {
		dots = index(item[i], "..")
		if (!dots) {
			before = a
			a = number_of(key, item[i])
			add_value(key, a)
			single++
			continue
		}
		b = number_of(key, substr(item[i], 1, dots - 1))
		end = number_of(key, substr(item[i], dots + 2))
		if (b >= end)
			fail(key ": " item[i] " does not run upwards")
		step = 1
		factor = 0
		if (single) {
			step = b - a
			if (step <= 0)
				fail(key ": " a "," item[i] " runs down, write it upwards")
			if (!(single > 1 && a - before == step) && a > 0 && b % a == 0)
				factor = b / a
		}
		for (; b <= end; b = next_one) {
			add_value(key, b)
			next_one = factor ? b * factor : b + step
			if (b < end && next_one > end)
				fail(key ": " item[i] " is not arrived at from " b)
		}
		single = 0
	}
	return value_list
}

# Prints the canonical names of a spec, one for each combination of its values: of the parts from i
# on, with `begun` made of those before.
function expand_parts(part, n, i, begun,  at, key, v, k, values)
{
	if (i > n) {
		where = "VARIANT: " begun
		apply(begun)
		print canonical()
		return
	}
	at = index(part[i], "=")
	key = substr(part[i], 1, at - 1)
	values = substr(part[i], at + 1)
	if (at && (key in most))
		values = values_of(key, values)
	k = split(values, v, "+")
	if (!k)
		v[k = 1] = ""
	for (at = 1; at <= k; at++)
		expand_parts(part, n, i + 1, begun (i > 1 ? "," : "") (index(part[i], "=") ? key "=" : "") v[at])
}

function expand(spec,  part, joined, n, m, i)
{
	where = "VARIANT: " spec
	n = split(substr(spec, 8), part, ",")
	for (i = 1; i <= n; i++) {
		if (m && part[i] ~ /^[0-9]/)
			joined[m] = joined[m] "," part[i]
		else
			joined[++m] = part[i]
	}
	if (!m)
		joined[m = 1] = ""
	expand_parts(joined, m, 1, "custom:")
}

# A comma goes on with a custom: specification if AXIS=VALUE or a digit follows it.
function expand_list(  item, n, i, spec)
{
	n = split(list, item, ",")
	for (i = 1; i <= n + 1; i++) {
		if (i <= n && spec != "" && (item[i] ~ /=/ || item[i] ~ /^[0-9]/) && item[i] !~ /^custom:/) {
			spec = spec "," item[i]
			continue
		}
		if (spec != "")
			expand(spec)
		spec = ""
		if (i > n)
			break
		if (item[i] ~ /^custom:/) {
			spec = item[i]
			continue
		}
		where = "VARIANT"
		if (!is_in(substr(item[i], 1, match(item[i] "+", /\+/) - 1), names))
			fail("unknown variant '" item[i] "'; valid: " names ", or custom:AXIS=VALUE,... with axes" axis_names)
		print item[i]
	}
}

function print_axes(  i, a, sep)
{
	printf "{\"base\":\"eager\",\"env\":\"%s\",\"axes\":[", env
	for (i = 1; i <= axes; i++) {
		a = axis[i]
		printf "%s{\"name\":\"%s\"", (i > 1 ? "," : ""), a
		if (a in most) {
			printf ",\"max\":%d,\"unit\":\"%s\",\"default\":\"%s\"", most[a], unit[a], usual[a]
		} else {
			values = valid[a]
			gsub(/ /, "\",\"", values)
			printf ",\"values\":[\"%s\"],\"default\":\"%s\"", values, set[a]
		}
		if (a in needs)
			printf ",\"needs\":\"%s\"", needs[a]
		printf "}"
	}
	printf "],\"exclusions\":["
	for (i = 1; i <= exclusions; i++)
		printf "%s{\"one\":\"%s\",\"other\":\"%s\",\"reason\":\"%s\"}", (i > 1 ? "," : ""), one[i], other[i], reason[i]
	printf "]}\n"
}

function print_header(  i, a, value)
{
	print "/* Generated by mk/variant.awk from " FILENAME "; do not edit. */"
	printf "#define MUTANT MUTANT_%s\n#define MUTANT_NAME \"%s\"\n", mutant, mutant
	printf "#define VARIANT_NAME \"%s\"\n", name
	for (i = 1; i <= axes; i++) {
		a = axis[i]
		value = (a in set) ? set[a] : (a in native) ? native[a] : 0
		if (!(a in most))
			value = toupper(a) "_" value
		gsub(/\//, "_", value)
		printf "#define VARIANT_%s %s\n", toupper(a), value
	}
	print "/* The same as X(axis, value), for the boot record. */"
	printf "#define VARIANT_POLICY(X)"
	for (i = 1; i <= axes; i++)
		if (axis[i] in set)
			printf " X(\"%s\", \"%s\")", axis[i], set[axis[i]]
	print ""
}

/^[ \t]*(#|$)/ { next }

{
	at = index($0, "=")
	if (!at)
		fail("expected key = value")
	key = substr($0, 1, at - 1)
	value = substr($0, at + 1)
	gsub(/^[ \t]+|[ \t]+$/, "", key)
	gsub(/^[ \t]+|[ \t]+$/, "", value)
	if (key in given)
		fail("'" key "' is given twice")
	given[key]
	if (key == "summary") {
		if (value ~ /["\\]/)
			fail("no quotes or backslashes in a summary")
		summary = value
	} else if (key == "env") {
		if (!is_in(value, envs))
			fail("unknown value '" value "' of env; valid: " envs)
		env = value
	} else {
		set[key] = base[key] = checked(key, value)
	}
}

END {
	if (failed)
		exit 1
	if (names != "") {
		expand_list()
		exit
	}
	if (name ~ /^custom:/)
		apply(name)
	else
		complete()
	if (axes_json) {
		print_axes()
		exit
	}
	if (json) {
		for (i = 1; i <= axes; i++)
			if (axis[i] in set)
				policy = policy (policy ? "," : "") "\"" axis[i] "\":\"" set[axis[i]] "\""
		printf "{\"name\":\"%s\",\"env\":\"%s\",\"summary\":\"%s\",\"policy\":{%s}}\n", name, env, summary, policy
		exit
	}
	print_header()
}
