#!/bin/sh
# SPDX-License-Identifier: MIT
# `make bench-self`: measures the harness, and prints the figures of docs/measuring.md as Markdown.
# Times are of this machine, so nothing else should run on it. Takes a few minutes; removes the
# states kept for warm starts of `eager`, in order to time a bench without them.
set -eu

build=${1:?usage: bench-self.sh BUILD}
pvmmu=$build/pvmmu
linux=$(dirname "$0")/linux-6.1.tsv
repetitions=5
sizes=0+1+2+3+16+64

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM

now() { date +%s.%N; }

# Seconds from $1 to now.
since() { echo "$(now) $1" | awk '{printf "%.3f\n", $1 - $2}'; }

# Minimum and median of the numbers on stdin, as two table cells.
min_median() { sort -n | awk '{v[NR] = $1} END {printf "%.2f | %.2f", v[1], v[int((NR + 1) / 2)]}'; }

# Seconds from the start of `pvmmu run` to the first sample's arrival, once. The result knows how
# long the machine ran after that; what the program does at its own end counts with it.
first_sample()
{
	start=$(now)
	timeout 120 "$pvmmu" run "$@" --variant eager --workload null --quiet --out "$tmp/null.json"
	whole=$(since "$start")
	jq -r --argjson whole "$whole" \
		'.runs[0].observed | $whole - .duration_s + .first_sample_s' "$tmp/null.json"
}

bench_seconds()
{
	start=$(now)
	timeout 600 make -s bench BUILD="$build" VARIANT=eager OUT="$tmp/bench.json" >"$tmp/bench.log" 2>&1 ||
		{ cat "$tmp/bench.log" >&2; exit 1; }
	since "$start"
}

repeat()
{
	for i in $(seq $repetitions); do
		"$@"
	done
}

echo 'bench-self: times' >&2
echo "Wall time, in seconds ($(nproc) processors, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)):"
echo
echo '| | minimum | median | of |'
echo '|---|---:|---:|---:|'
echo "| \`pvmmu run --cold\` to the first sample | $(repeat first_sample --cold | min_median) | $repetitions |"
rm -rf "$build"/warm/*-eager-*
echo "| \`make bench VARIANT=eager\`, everything built, no state kept | $(bench_seconds | min_median) | 1 |"
first_sample >/dev/null
echo "| \`pvmmu run\` to the first sample, from a kept state | $(repeat first_sample | min_median) | $repetitions |"
echo "| \`make bench VARIANT=eager\`, from kept states | $(repeat bench_seconds | min_median) | $repetitions |"

echo 'bench-self: instructions' >&2
timeout 900 "$pvmmu" run --variant eager,nopin --quiet --out "$tmp/self.json" \
	--workload "null,null_syscall,fork:mb=$sizes,exec:libc=0+1,ctx:mb=$sizes"

echo
"$pvmmu" compare "$tmp/self.json" --wide --least --reference "$linux" --format md

jq -r '
	(.runs | map({key: (.id | ltrimstr("xen64-")), value: .}) | from_entries) as $run |
	def least($w; $v): $run["\($w)~\($v)"].series[0].samples | min;
	def each($w; $v; $group; $name): $run["\($w)~\($v)"] |
		.counters[$group][$name] / .counted_iterations * 100 | round / 100;

	"\nWhat an entry and a page-table page add, from the steps of 1 to 2 to 3 MiB (every second MiB needs a new pte page):\n",
	"| workload | per page mapped | per pte page |",
	"|---|---:|---:|",
	(["ctx", "nopin", 512, 2], ["fork", "eager", 256, 1], ["fork", "nopin", 256, 1] | . as [$w, $v, $pages, $tables] |
	[1, 2, 3 | least("\($w):mb=\(.)"; $v)] as $at |
	($at[1] - $at[0]) as $without | ($at[2] - $at[1] - $without) as $table |
	"| `\($w)~\($v)`\(if $tables > 1 then ", each of the two switches" else "" end) | \($without / $pages) | \($table / $tables) |"),

	"\nCounters per iteration (`eager`; `nopin` where it differs):\n",
	"| workload | pins | unpins | validations | roots loaded | entries by hypercall | plain entries | tables | faults | system calls | slice events |",
	"|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
	(["null_syscall", "fork", "fork:mb=16", "exec", "exec:libc=1", "ctx", "ctx:mb=16"][] | . as $w |
	[["mmuext", "pin"], ["mmuext", "unpin"], ["mmu", "validations"], ["mmu", "cr3_loads"], ["mmu", "entries_va"],
	 ["mmu", "entries_plain"], ["mmu", "tables_allocated"], ["faults", "*"], ["syscalls", "total"], ["sched", "timer"]] |
	map(. as [$g, $c] | [("eager", "nopin") as $v |
		if $c == "*" then $run["\($w)~\($v)"] | ([.counters[$g][]] | add) / .counted_iterations * 100 | round / 100
		else each($w; $v; $g; $c) end] |
		if .[0] == .[1] then "\(.[0])" else "\(.[0]); \(.[1])" end) | "| `\($w)` | \(join(" | ")) |")
' "$tmp/self.json"
