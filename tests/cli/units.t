#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# One metric in several units: every command that puts two values side by side converts times into one
# another and never compares anything else. tests/unit/host_resultset_units.c tests units themselves.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..", $FindBin::Bin;
use JSON::PP;
use plot_lib;

sub said
{
	my ($what, $code, $says, @arguments) = @_;
	my $got = pvmmu(@arguments);
	is($got->{code}, $code, "$what: exit code") or diag("$got->{out}$got->{err}");
	like("$got->{out}$got->{err}", $says, "$what: what it says");
	unlike("$got->{out}$got->{err}", qr/Sanitizer|runtime error/, "$what: no sanitizer report");
	return $got;
}

# A set of one workload at some sizes: samples of so many, in a unit.
my $nth = 0;
sub measured
{
	my ($name, $unit, $scale, %more) = @_;
	my $file = make_set($name, map { my $mb = $_; map { my $variant = $_; {workload => 'fork', variant => $variant, mb => $mb, exact => JSON::PP::false,
		samples => [map { $scale * (100 + 10 * $mb + $_ / 4 + ($variant eq 'nopin' ? 30 : 0)) } 0 .. 7],
		family => {id => "xen64-fork~$variant", axes => [{name => 'mb', unit => 'MiB'}], point => {mb => $mb}}} }
		@{$more{variants} // ['eager', 'nopin']} } 0, 1, 2, 4);
	my $set = read_json($file);
	$set->{created} = sprintf('2026-01-%02dT00:00:00Z', ++$nth);
	for my $run (@{$set->{runs}}) {
		delete $run->{family} if $more{plain};
		$run->{identity}{tier} = 'wall';
		@{$run->{series}[0]}{qw(name unit better)} = ('time', $unit, $more{better} // 'lower');
	}
	$set->{declared} = [map { $_->{id} } @{$set->{runs}}];
	return write_json($file, $set);
}

# The same times: 100, 110, 120 and 140 us; and half as much again.
my $ns       = measured('ns', 'ns', 1000);
my $us       = measured('us', 'us', 1.5);
my $micro    = measured('micro', 'µs', 1.5);
my $sec      = measured('sec', 'seconds', 1.5e-6);
my $requests = measured('requests', 'requests', 1);
my $more     = measured('more', 'ns', 1000, better => 'higher');
my $apart    = qr/^pvmmu: .*metric time is ns \(lower is better\) in \S*ns\.json: .* and (requests \(lower|ns \(higher) is better\) in \S+: .*cannot be compared/m;

for my $new ($us, $micro, $sec) {
	my $unit = $new =~ s|.*/||r;
	said("$unit compare", 0, qr/^time: medians in ns.*^fork +eager +100,875 .*\+50\.00%/ms, 'compare', $ns, $new);
	said("$unit by", 0, qr/^fork +eager .*\+50\.00%/m, 'compare', '--by', 'file', $ns, $new);
	like(said("$unit turned round", 0, qr/./, 'compare', $new, $ns, '--format', 'csv')->{out}, qr/^fork,time,ns,wall,eager,eager,151312\.5,100875,/m, "$unit: the base too");
	my $out = "$tmp/verdict.json";
	said("$unit gate", 5, qr/fail/, 'verdict', $new, '--base', $ns, '--gate', '*:time<=+5%', '--out', $out);
	said("$unit gate of time", 5, qr/fail/, 'verdict', $new, '--base', $ns, '--gate', 'fork:mb=0:time<=+10us', '--out', $out);
	said("$unit wider", 0, qr/PASS/, 'verdict', $new, '--base', $ns, '--gate', 'fork:mb=0:time<=+90us', '--out', $out);
	said("$unit bare", 4, qr/its limit needs a unit: ns, us, ms or s/, 'verdict', $new, '--base', $ns, '--gate', 'fork:time<=+10', '--out', $out);
	said("$unit alone", 0, qr/PASS/, 'verdict', $new, '--gate', 'fork:mb=0@eager:time<=160us', '--out', $out);
	said("$unit alone, too long", 5, qr/FAIL/, 'verdict', $new, '--gate', 'fork:mb=0@eager:time<=149us', '--out', $out);
}
for my $new ($requests, $more) {
	my $unit = $new =~ s|.*/||r;
	said("$unit compare", 4, $apart, 'compare', $ns, $new);
	said("$unit by", 4, $apart, 'compare', '--by', 'file', $ns, $new);
	# A name that no file knows is a wrong command line.
	said("$unit others of it", 64, qr/unknown metric "insns"; valid: time/, 'compare', '--metric', 'insns', $ns, $new);
	said("$unit gate", 4, qr/is in requests, in the base in ns|more is better, in the base less/, 'verdict', $new, '--base', $ns, '--gate', '*:time<=+5%', '--out', "$tmp/v.json");
	said("$unit effects", 4, $apart, 'effects', $ns, $new);
	said("$unit plot", 4, $apart, 'plot', '--kind', $_, $ns, $new, '-o', "$tmp/x.svg") for qw(bars heat samples scaling);
}

# Half of one set in another unit: variants and points are side by side as well.
sub mixed
{
	my ($name, $other, $choose) = @_;
	my ($set, $from) = map { read_json($_) } $ns, $other;
	$set->{runs} = [map { $choose->($_) ? $from->{runs}[$_] : $set->{runs}[$_] } 0 .. $#{$set->{runs}}];
	return write_json("$tmp/$name.json", $set);
}
my $variants = mixed('variants', $us, sub { $_[0] % 2 });
my $points   = mixed('points', $us, sub { $_[0] < 4 });
my $never    = mixed('never', $requests, sub { $_[0] % 2 });
my $parts    = qr/^pvmmu: .*metric time is ns .* and requests .* cannot be compared/m;
said('in one file', 0, qr/^fork +eager -> nopin .*\+9\d\.\d\d%/m, 'compare', $variants);
said('wide', 0, qr/^fork +100,875 +196,312\.50/m, 'compare', '--wide', $variants);
said('wide, never', 4, $parts, 'compare', '--wide', $never);
said('effects', 0, qr/medians in ns/, 'effects', $variants);
said('effects, never', 4, $parts, 'effects', $never);
said('growth', 0, qr/medians in ns, tier wall/, 'growth', $points);
my $line = said('growth of equal times', 0, qr/a line/, 'growth', mixed('equal', measured('same', 'us', 1), sub { $_[0] < 4 }))->{out};
like($line, qr/^fork +eager +4 +0\.\.4 +100,8\d\d(?:\.\d\d)? +10,000 /m, 'points in ns and us are on one line');
said('growth, never', 4, $parts, 'growth', $never);
for my $kind (qw(bars samples scaling)) {
	my $table = table($points, '--kind', $kind);
	my @values = map { (split /\t/)[$kind eq 'bars' ? 4 : 5] } grep { /^\d+\t/ && !/\tn = / } split /\n/, $table;
	cmp_ok(scalar(grep { $_ > 1e5 } @values), '==', scalar @values, "$kind: all values are in ns") or diag($table);
	cmp_ok(scalar @values, '>=', 8, "$kind: there are some");
	said("$kind, never", 4, $parts, 'plot', '--kind', $kind, $never, '-o', "$tmp/x.svg");
}

# Merged values stay as they were measured; what could not be shown is not made.
my $one = measured('one', 'ns', 1000, variants => ['eager']);
my $two = measured('two', 'us', 1, variants => ['nopin']);
said('merge', 0, qr/./, 'merge', $one, $two, '--out', "$tmp/merged.json");
my %units = map { $_->{series}[0]{unit} => 1 } @{read_json("$tmp/merged.json")->{runs}};
is_deeply([sort keys %units], ['ns', 'us'], 'merged: both units are in the file');
ok(!grep({ exists $_->{series}[0]{converted_from} } @{read_json("$tmp/merged.json")->{runs}}), 'merged: nothing is converted in it');
said('merge, never', 4, qr/cannot be compared/, 'merge', $one, measured('three', 'requests', 1, variants => ['nopin']), '--out', "$tmp/no.json");

# In the course of time.
my $past = "$tmp/past";
mkdir $past or die;
system('cp', $ns, $us, $past) == 0 or die;
like(said('points', 0, qr/./, 'history', 'points', '-q', '--results', $past, '--workload', 'fork:mb=0', '--variant', 'eager', '--format', 'csv')->{out},
	qr/,time,ns,.*,100875,.*\n.*,time,ns,.*,151312\.5,/, 'points are in one unit');
like(said('series', 0, qr/./, 'history', 'series', '-q', '--results', $past)->{out}, qr/ time +ns +2 +100,875 +151,312\.50 +\+50\.00 %/, 'and so are series');
system('cp', $requests, $more, $past) == 0 or die;
my @series = map { [/ time +(\S+) +\d+ +(\S+) +(\S+)/] } grep { /^xen64-fork~eager / } split /\n/, pvmmu('history', 'series', '-q', '--results', $past)->{out};
is_deeply([sort map { join ' ', @$_ } @series], ['ns 100,875 100,875', 'ns 100,875 151,312.50', 'requests 100.88 100.88'], 'another kind of unit, or another sense, is another series')
	or diag(explain(\@series));
is(pvmmu('history', 'changes', '-q', '--results', $past)->{out}, "No change.\n", 'and no change');


# Each series has one unit, but they stand in one table and one chart.
mkdir "$tmp/two" or die;
system('cp', measured('eager-ns', 'ns', 1000, variants => ['eager']), measured('eager-ns2', 'ns', 1100, variants => ['eager']),
	measured('nopin-us', 'us', 1, variants => ['nopin']), measured('nopin-us2', 'us', 1.1, variants => ['nopin']), "$tmp/two") == 0 or die;
@series = map { [/^xen64-fork~(\S+) .* time +(\S+) +\d+ +(\S+)/] } grep { /^xen64-fork~/ } split /\n/, pvmmu('history', 'series', '-q', '--results', "$tmp/two")->{out};
is_deeply([sort map { join ' ', @$_ } @series], ['eager ns 100,875', 'nopin ns 130,875'], 'all series of a history are in one unit') or diag(explain(\@series));
SKIP: {
	skip('gnuplot is not installed', 1) if !$have_gnuplot;
	like(table('--kind', 'history', '--results', "$tmp/two"), qr/\teager\t.*\tnopin\t/s, 'and in one chart');
}

# Exports.
my @rows = split /\n/, said('csv', 0, qr/./, 'export', '--format', 'csv', $ns, $us)->{out};
is_deeply([sort keys %{{map { (split /,/)[12] => 1 } @rows[1 .. $#rows]}}], ['ns'], 'csv: one unit');
for my $file ($ns, $us, $sec) {
	my $scale = $file eq $ns ? 1 : 1.5;
	my $least = 100000 * $scale;
	like(said('go', 0, qr/./, 'export', '--format', 'go', $file)->{out}, qr{^BenchmarkFork/.* 1 ${least}(?:\.0+\d*)? ns/op$}m, "go: $file in ns/op");
	like(said('openmetrics', 0, qr/./, 'export', '--format', 'openmetrics', $file)->{out}, qr/^pvmmu_time_seconds\{.*\} 0\.000\d+$/m, "openmetrics: $file in seconds");
	my $results = decode_json(said('hyperfine', 0, qr/./, 'export', '--format', 'hyperfine', $file)->{out})->{results};
	cmp_ok(abs($results->[0]{min} - 1e-9 * $least), '<', 1e-15, "hyperfine: $file in seconds");
}
said('bmf', 4, qr/cannot be compared/, 'export', '--format', 'bmf1', $never);
said('csv tells units', 0, qr/,time,requests,/, 'export', '--format', 'csv', $never);

# The site is made; what cannot be compared is apart, and told.
said('dashboard', 0, qr/note: shown separately because they cannot be compared: metric time/, 'dashboard', '--no-charts', $never, '-o', "$tmp/site");
like(slurp("$tmp/site/index.html"), qr/Shown separately because they cannot be compared: metric time is/, 'the overview tells it');
my $page = slurp("$tmp/site/workload/fork.html");
like($page, qr/time in requests/, 'a metric of its own');
said('dashboard of times', 0, qr/index\.html/, 'dashboard', '--no-charts', $variants, '-o', "$tmp/site");
$page = slurp("$tmp/site/workload/fork.html");
ok($page =~ />100,875</ && $page =~ />196,312\.50</ && $page !~ />130\.88</, 'times are in one unit on its pages');
like(slurp(glob("$tmp/site/data/*.js")), qr/"ns":1\.0[,}].*"unit":"ns"/, 'and for comparing');

# A floor of so many percent is not above a change of as many, in both commands that know one.
my ($before, $after) = map { my $v = $_; make_set("floor$v", {workload => 'fork', variant => 'eager', samples => [($v) x 8]}) } 100, 115;
mkdir "$tmp/floor" or die;
for (0, 1) {
	my $set = read_json($_ ? $after : $before);
	$set->{created} = "2026-02-0${\($_ + 1)}T00:00:00Z";
	write_json("$tmp/floor/$_.json", $set);
}
for my $floor ('15%', '0.15') {
	said("compare --floor $floor", 0, qr/^fork +eager +100 +115 +1\.1500/m, 'compare', $before, $after, '--floor', $floor);
	said("history --floor $floor", 0, qr/100 -> 115 instructions \(\+15\.00 %/, 'history', 'changes', '-q', '--results', "$tmp/floor", '--floor', $floor);
}
said('compare, below', 0, qr/^fork +eager +100 +115 +negligible/m, 'compare', $before, $after, '--floor', '15.1%');
said('history, below', 0, qr/^No change/, 'history', 'changes', '-q', '--results', "$tmp/floor", '--floor', '15.1%');

done_testing();
