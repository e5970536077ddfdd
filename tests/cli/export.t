#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# export: what each format says, read by its consumer where that is installed, and else by a reader of its
# documented shape; that nothing is made up, lost in silence, or broken by a name.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use HTTP::Tiny;
use IO::Socket::INET;
use JSON::PP;
use PvmmuTest;

my $json    = JSON::PP->new->canonical;
my @formats = qw(bmf bmf1 csv gha-bigger gha-smaller go hyperfine influx openmetrics);

sub export
{
	my ($format, @files) = @_;
	my $got = pvmmu('export', '--format', $format, @files);
	unlike($got->{err}, qr/Sanitizer|runtime error/, "$format: no sanitizer report");
	return $got;
}

# Two exact runs and one that crashed; and the same in time, of ten samples, one run better when higher.
my $exact = "$root/tests/fuzz/set.json";
my $set   = read_json($exact);
my @times = map { $_ * 1000.5 } 5, 3, 9, 1, 7, 2, 8, 6, 10, 4;
for my $run (@{$set->{runs}}) {
	$run->{identity}{tier} = 'wall';
	$run->{identity}{workload}{parameters}{n} = 10;
	next if !@{$run->{series}};
	delete $run->{timer_overhead};
	$run->{counted_iterations} = 20;
	$_->{unit} = 'ns', $_->{name} = 'time', $_->{exact} = JSON::PP::false, $_->{samples} = [map { $_ * 2 } @times],
		$_->{iterations_per_sample} = 2 for $run->{series}[0];
}
push @{$set->{runs}[0]{series}}, {name => 'rate', unit => 'forks/s', better => 'higher', exact => JSON::PP::false, samples => [(1.5) x 10],
	iterations_per_sample => 2};
my $wall = write_json("$tmp/wall.json", $set);
is(pvmmu('validate', $wall)->{code}, 0, 'the set in time is valid') or diag(pvmmu('validate', $wall)->{err});
my ($id, $id16, $crashed) = map { $_->{id} } @{$set->{runs}};
# By hand: of ten samples the 95 % interval of the median is from the second to the ninth.
my ($median, $low, $high) = (5502.75, 2001, 9004.5);

# The list is that of the registrations; a file may hold several versions of a format.
is_deeply([sort map { tr/_/-/r } map { slurp($_) =~ /^EXPORT_FORMAT\((\w+)\)/mg } glob("$root/bench/export/formats/*.c")],
	\@formats, 'each format is registered');
my $help = pvmmu('export', '--help')->{out};
like($help, qr/^      \Q$_\E +\w/m, "$_ is in the help") for @formats;
for my $bad (['--format', 'xml', $exact], [$exact], ['--format', 'csv']) {
	my $got = pvmmu('export', @$bad);
	is($got->{code}, 64, "@$bad: usage");
}
like(pvmmu('export', '--format', 'xml', $exact)->{err}, qr/unknown format "xml".* valid: bmf, bmf1, csv/, 'what is valid');

# Failed runs are named, without any number.
for my $format (@formats) {
	my $got = export($format, $format eq 'hyperfine' || $format eq 'gha-bigger' ? $wall : $exact);
	is($got->{code}, 0, "$format: fine") or diag($got->{err});
	like($got->{err}, qr/^pvmmu: missing: \Q$crashed\E: crash: why$/m, "$format: what failed is named");
	my @lines = grep { /exec/ } split /\n/, $got->{out};
	my $says  = {csv => qr/,crash,,,,,,$/, influx => qr/ status="crash",id="\Q$crashed\E" \d+$/, openmetrics => qr/^pvmmu_run_success\{.*\} 0$/}->{$format};
	is(scalar @lines, $says ? 1 : 0, "$format: and said once or not at all");
	like($lines[0], $says, "$format: without a number") if $says;
}

# BMF.
my $got = $json->decode(export('bmf', $exact)->{out});
is_deeply($got, {$id => {insns => {value => 1508}}, $id16 => {insns => {value => 3108}}}, 'bmf: exact metrics have no range');
# Eight samples give an interval.
my $eight = "$root/tests/golden/two-variants.json";
is_deeply([map { keys %{$_->{insns}} } values %{$json->decode(export('bmf', $eight)->{out})}], [('value') x 4], 'bmf: also where samples would do for one');
unlike(export($_, $eight)->{out}, qr/[_,]low\b|high|range|95 %/, "$_: neither") for qw(gha-smaller influx openmetrics);
$got = $json->decode(export('bmf', $wall)->{out});
is_deeply($got->{$id16}, {time => {value => $median, lower_value => $low, upper_value => $high}}, 'bmf: median and interval, by iteration');
$got = $json->decode(export('bmf1', $wall)->{out});
is_deeply([keys %$got], ['fork'], 'bmf1: a benchmark is a workload');
is_deeply([map { $_->{parameters}{mb} } @{$got->{fork}}], [0, 16], 'bmf1: parameters tell runs apart');
is_deeply($got->{fork}[1]{measures}, {time => {value => $median, lower_value => $low, upper_value => $high}}, 'bmf1: measures as in bmf');

# github-action-benchmark takes each metric in the list of its direction.
my $smaller = $json->decode(export('gha-smaller', $wall)->{out});
my $bigger  = export('gha-bigger', $wall);
is_deeply([map { $_->{name} } @$smaller], ["$id: time", "$id16: time"], 'gha-smaller: what less is better of');
is_deeply([map { "$_->{name} $_->{unit} $_->{value}" } @{$json->decode($bigger->{out})}], ["$id: rate forks/s 0.75"], 'gha-bigger: what more is better of');
like($bigger->{err}, qr/left out: of 2 runs, metric time: less is better/, 'gha-bigger: and the rest is named');
is($smaller->[0]{range}, '2001..9004.5, 95 %', 'gha: the interval');
for my $one (@$smaller) {
	ok(!ref $one->{name} && $one->{name} ne '' && $one->{unit} ne '' && $one->{value} =~ /^[\d.]+$/, 'gha: name, unit and value');
	is_deeply([sort keys %$one], [qw(extra name range unit value)], 'gha: and nothing else than it knows');
}
is(export('gha-bigger', $exact)->{code}, 4, 'gha-bigger: nothing to say is an error');

# hyperfine's own file is the pattern.
my $hyper = $json->decode(export('hyperfine', $wall)->{out});
my $one   = $hyper->{results}[1];
is(scalar @{$hyper->{results}}, 2, 'hyperfine: a result for each time, none for a rate');
ok(abs($one->{median} - $median / 1e9) < 1e-18, 'hyperfine: seconds');
ok(abs($one->{mean} - 5502.75e-9) < 1e-18, 'hyperfine: mean');
ok(abs($one->{stddev} - 3029.1641e-9) < 1e-12, 'hyperfine: standard deviation');
is_deeply([map { sprintf '%.9g', $_ * 1e9 } @{$one->{times}}], [map { sprintf '%.9g', $_ } @times], 'hyperfine: times in the order of measuring');
is(export('hyperfine', $exact)->{code}, 4, 'hyperfine: instructions are no seconds');
is(scalar(() = export('hyperfine', $exact)->{err} =~ /this is no time/g), 1, 'hyperfine: which is said once, of however many runs');
SKIP: {
	skip 'hyperfine is not installed', 2 if system('command -v hyperfine >/dev/null');
	run_command('hyperfine', '-N', '--runs', 2, '--warmup', 0, '--export-json', "$tmp/h.json", '--parameter-list', 'x', '1', 'true');
	my $theirs = read_json("$tmp/h.json")->{results}[0];
	is_deeply([grep { !exists $one->{$_} } sort keys %$theirs], [], 'hyperfine: all members that its own files have');
	is_deeply([map { ref $theirs->{$_} } sort keys %$theirs], [map { ref $one->{$_} } sort keys %$theirs], 'hyperfine: of the same kinds');
}

# Go's format.
my $go = export('go', $wall)->{out};
like($go, qr{^Unit ns/op better=lower$}m, 'go: unit and direction');
like($go, qr{^Unit rate/op better=higher$}m, 'go: the other direction');
my @lines = grep { /^Benchmark/ } split /\n/, $go;
is(scalar @lines, 30, 'go: a line for each sample');
is(scalar(grep { !m{^Benchmark[A-Z]\S*/vcpus=1 1 [\d.]+ \S+/op$} } @lines), 0, 'go: each of the right form, no name ends like a number of processors');
unlike(export('go', $exact)->{out}, qr/assume=exact/, 'go: no equality is promised where samples differ');
my $constant = read_json($exact);
$_->{series} && @{$_->{series}} and $_->{series}[0]{samples} = [7, 7, 7] for @{$constant->{runs}};
$constant = write_json("$tmp/constant.json", $constant);
like(export('go', $constant)->{out}, qr{^Unit insns/op better=lower assume=exact$}m, 'go: but where they do not');
SKIP: {
	skip 'benchstat is not installed', 3 if system('command -v benchstat >/dev/null');
	spew("$tmp/go.txt", $go);
	my $got = run_command('benchstat', '-format', 'csv', "$tmp/go.txt");
	is($got->{code}, 0, 'benchstat reads it') or diag($got->{err});
	like($got->{out}, qr{^Fork/.*mb=16.*,5\.50275e-06,}m, 'benchstat: the same median');
	unlike($got->{err}, qr/parse|syntax|invalid/i, 'benchstat: without complaint');
}

# OpenMetrics, CSV, line protocol: read back, with names that have all their special characters.
my $odd = q{a "quoted", back\\slash=, {brace} | <tag> %41 /x};
my $names = read_json($wall);
for my $run (@{$names->{runs}}) {
	$run->{identity}{variant}{name} = $odd . '\\';
	$run->{identity}{workload}{name} = $odd if @{$run->{series}};
	$run->{identity}{workload}{parameters} = {n => 10, 'p q' => 1, 'p-q' => 2, id => 3, env => 4};
	delete $run->{family};
}
$names = write_json("$tmp/names.json", $names);
is(pvmmu('validate', $names)->{code}, 0, 'odd names are valid') or diag(pvmmu('validate', $names)->{err});
my $om = export('openmetrics', $names)->{out};
my %labels;
for my $line (grep { !/^#/ } split /\n/, $om) {
	my ($name, $labels, $value) = $line =~ /^([a-z_]+)\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\n"])*",?)+)\} ([\d.e+-]+)$/ or fail("openmetrics: $line"), next;
	my @each = $labels =~ /(\w+)="((?:[^"\\]|\\.)*)"/g;
	my %own  = @each;
	is(scalar keys %own, @each / 2, 'openmetrics: no label comes twice');
	is($own{variant} =~ s/\\(.)/$1/gr, $odd . '\\', 'openmetrics: the name comes back');
	$labels{$name}++;
}
is_deeply(\%labels, {pvmmu_run_success => 3, map({ ("pvmmu_time$_" . '_seconds' => 2) } '', '_median_low', '_median_high'),
	map({ ("pvmmu_rate$_" => 1) } '', '_median_low', '_median_high')}, 'openmetrics: all families');
like($om, qr/\n# EOF\n\z/, 'openmetrics: the end is marked');
SKIP: {
	skip 'promtool is not installed', 2 if system('command -v promtool >/dev/null');
	for my $file ($wall, $names) {
		spew("$tmp/om.txt", export('openmetrics', $file)->{out});
		my $got = run_command('sh', '-c', "promtool check metrics <'$tmp/om.txt'");
		is($got->{code}, 0, 'promtool finds no fault with it') or diag($got->{out}, $got->{err});
	}
}
my $csv = spew("$tmp/x.csv", export('csv', $names)->{out});
$got = run_command('/usr/bin/python3', '-c', <<'EOS', $csv);
import csv, json, sys
rows = list(csv.DictReader(open(sys.argv[1], newline=""), strict=True))
print(json.dumps({"n": len(rows), "variants": sorted({r["variant"] for r in rows}), "cells": sorted({len(r) for r in rows}),
	"none": sum(None in r or None in r.values() for r in rows), "times": [r["value"] for r in rows if r["metric"] == "time"][:3]}))
EOS
is_deeply($json->decode($got->{out} || '{}'), {n => 31, variants => ["$odd\\"], cells => [17], none => 0, times => ['5002.5', '3001.5', '9004.5']}, 'csv: read back') or diag($got->{err});

my $escaped = qr/(?:[^,= \\\n]|\\[,= ]|\\(?![,= ]))/;
for my $line (split /\n/, export('influx', $names)->{out}) {
	my ($tags, $fields, $time) = $line =~ /^pvmmu((?:,$escaped+=$escaped+)+) (\w+=(?:"(?:[^"\\]|\\["\\])*"|true|false|[\d.e+-]+i?)(?:,\w+=(?:"(?:[^"\\]|\\["\\])*"|true|false|[\d.e+-]+i?))*) (\d+)$/
		or fail("influx: $line"), next;
	like($tags, qr/,variant=a\\ "quoted"\\,\\ back\\slash\\=\\,\\ \{brace\}/, 'influx: the name, escaped');
	is($time, '1767225600000000000', 'influx: when the set was completed');
	is(scalar(() = $tags =~ /,id=/g), 0, 'influx: no tag has the name of a field');
}
like(export('influx', $wall)->{out}, qr/exact=false,n=10i,median=5502\.75,min=1000\.5,max=10005,low=2001,high=9004\.5 /, 'influx: the fields');

# InfluxDB 1 itself, which answers a line that it cannot read with code 400.
SKIP: {
	skip 'influxd is not installed', 5 if system('command -v influxd >/dev/null');
	my ($port, $rpc) = map { $_->sockport } my @free = map { IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') } 1, 2;
	close $_ for @free;
	my $conf = spew("$tmp/influx.conf", join '', "reporting-disabled = true\nbind-address = \"127.0.0.1:$rpc\"\n[meta]\n dir = \"$tmp/i/meta\"\n",
		"[data]\n dir = \"$tmp/i/data\"\n wal-dir = \"$tmp/i/wal\"\n[http]\n bind-address = \"127.0.0.1:$port\"\n");
	my $server = start_command('timeout', '60', 'influxd', '-config', $conf);
	my $at     = "http://127.0.0.1:$port";
	my $web    = HTTP::Tiny->new(timeout => 20);
	my $ask    = sub { $web->post_form("$at/query?db=p", {q => $_[0]}) };
	wait_until(sub { $ask->('CREATE DATABASE p')->{success} }) or fail('influxd starts');
	for my $file ($wall, $names) {
		my $answer = $web->post("$at/write?db=p", {content => export('influx', $file)->{out}});
		is($answer->{status}, 204, 'influxdb reads it') or diag($answer->{content});
	}
	my $rows = $json->decode($ask->('SELECT * FROM pvmmu')->{content})->{results}[0]{series}[0];
	my %column = map { $rows->{columns}[$_] => $_ } 0 .. $#{$rows->{columns}};
	my %seen   = map { $_->[$column{variant}] => 1 } @{$rows->{values}};
	# The protocol has no way to say that a name ends with a backslash: that is a slash then.
	is(scalar(grep { $_ eq "$odd/" } keys %seen), 1, 'influxdb: the name as it was') or diag(join "\n", sort keys %seen);
	kill 'TERM', $server->{pid};
	finish_command($server);
}

# Two files: one name has one place.
$got = export('bmf', $exact, $exact);
is($got->{code}, 4, 'the same run twice: refused');
like($got->{err}, qr/\Q$id\E is in .*set\.json and in .*: export them one by one/, 'and said');
is(export('csv', $exact, $exact)->{code}, 0, 'but where files are told apart');
my $other = read_json($exact);
$_->{id} =~ s/fork/exec/ for @{$other->{runs}};
splice @{$other->{runs}}, 2;
is(scalar keys %{$json->decode(export('bmf', $exact, write_json("$tmp/other.json", $other))->{out})}, 4, 'several files');

# Chosen metrics, a file to write to.
is_deeply([sort keys %{$json->decode(export('bmf', '--metric', 'rate', $wall)->{out})->{$id}}], ['rate'], '--metric');
$got = export('bmf', '--metric', 'rat', $wall);
is($got->{code}, 64, 'a metric that is not there: usage');
like($got->{err}, qr/unknown metric "rat"; did you mean "rate"\?|unknown metric "rat"; valid: time, rate/, 'and what is');
$got = pvmmu('export', '--format', 'go', '-o', "$tmp/go.out", $exact);
is($got->{out}, '', '--out: nothing on standard output');
is(slurp("$tmp/go.out"), export('go', $exact)->{out}, '--out: the same in the file');
$got = pvmmu('export', '--format', 'go', '-o', "$tmp/none/x", $exact);
is($got->{code}, 4, '--out: no such directory: error');
is_deeply([glob("$tmp/go.out?* $tmp/.go.out*")], [], 'nothing else is left');

done_testing();
