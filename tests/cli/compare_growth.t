#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# growth: lines through the points of a sweep, against a computation of their own; what is no line
# says so; units and labels; all formats; in compare as well.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use JSON::PP;
use PvmmuTest;

my $golden = read_json("$root/tests/golden/two-variants.json");
my $number = 0;

# A set of runs: [variant, {parameter or vcpus or depth or seed => value}, [samples]]. axes: name => unit.
sub set_of
{
	my ($axes, @points) = @_;
	my $set = decode_json(encode_json($golden));
	my ($any) = grep { $_->{outcome}{status} eq 'success' } @{$set->{runs}};
	my @runs;
	for my $point (@points) {
		my ($variant, $at, $samples) = @$point;
		my $run = decode_json(encode_json($any));
		my $identity = $run->{identity};
		my %at = (vcpus => 1, seed => 1, mb => 0, %$at);
		my $depth = delete $at{depth};
		my $name = $variant . (defined $depth ? ":batch=multicall,depth=$depth,ptl=mm" : '');
		$identity->{variant} = {name => $name, policy => {pin => $variant, defined $depth ? (depth => "$depth") : ()}};
		$identity->{variant}{label} = "$variant:batch=multicall,depth=$depth" if defined $depth;
		@$identity{qw(vcpus seed)} = map { delete $at{$_} } qw(vcpus seed);
		$identity->{workload}{parameters} = {n => scalar @$samples, warmup => 2, %at};
		$run->{id} = 'xen64-fork' . join('', map { $at{$_} ? ":$_=$at{$_}" : '' } sort keys %at) .
			($identity->{seed} != 1 ? ":seed=$identity->{seed}" : '') . ($identity->{vcpus} != 1 ? "\@$identity->{vcpus}" : '') . "~$name";
		if ($axes) {
			my %value = (%at, vcpus => $identity->{vcpus}, depth => $depth);
			$run->{family} = {id => "xen64-fork~$variant", axes => [map { {name => $_, unit => $axes->{$_}} } sort keys %$axes],
				point => {map { $_ => $value{$_} } sort keys %$axes}};
		}
		$run->{series}[0]{samples} = $samples;
		$run->{counted_iterations} = scalar @$samples;
		push @runs, $run;
	}
	$set->{runs} = \@runs;
	return write_json("$tmp/set" . $number++ . '.json', $set);
}

# The same by the sums of the textbook, without means.
sub line_of
{
	my %y = @_;
	my ($n, $sx, $sy, $sxx, $sxy, $rss) = (scalar keys %y, (0) x 5);
	for my $x (keys %y) {
		$sx += $x; $sy += $y{$x}; $sxx += $x * $x; $sxy += $x * $y{$x};
	}
	my $slope = ($n * $sxy - $sx * $sy) / ($n * $sxx - $sx * $sx);
	my $intercept = ($sy - $slope * $sx) / $n;
	$rss += ($y{$_} - $intercept - $slope * $_) ** 2 for keys %y;
	my ($worst) = sort { $b->[1] <=> $a->[1] } map { [$_, 100 * abs($y{$_} - $intercept - $slope * $_) / $y{$_}] } keys %y;
	return {slope => $slope, intercept => $intercept, worst_percent => $worst->[1], worst_at => $worst->[0],
		$n > 2 ? (slope_error => sqrt($rss / ($n - 2) / ($sxx - $sx * $sx / $n))) : ()};
}

sub growth { my $got = pvmmu('growth', '--root', $root, @_); unlike($got->{err}, qr/Sanitizer|runtime error/, 'no sanitizer report'); return $got }
sub lines  { return decode_json(growth(@_, '--format', 'json')->{out})->{growth} }

sub near
{
	my ($line, $want, $what) = @_;
	for my $name (sort keys %$want) {
		my $off = abs(($line->{$name} // 1e99) - $want->{$name});
		ok($off <= 1e-9 * (abs($want->{$name}) || 1), "$what: $name") or diag(($line->{$name} // 'none') . " is not $want->{$name}");
	}
	is(exists $line->{slope_error}, exists $want->{slope_error}, "$what: an error or none");
	return;
}

# Medians of three samples each; two variants, out of order in the file.
my %eager = (0 => 340117, 1 => 418800, 4 => 657000, 16 => 1604100, 64 => 5405000);
my %nopin = (0 => 541000, 1 => 690000, 4 => 1130000, 16 => 2990000, 64 => 10350000);
my @points = map { my $mb = $_; (['nopin', {mb => $mb}, [$nopin{$mb} + 50, $nopin{$mb}, $nopin{$mb} - 40]],
	['eager', {mb => $mb}, [$eager{$mb} - 7, $eager{$mb} + 1000, $eager{$mb}]]) } 16, 4, 0, 64, 1;
my $file = set_of({mb => 'MiB'}, @points);
is(pvmmu('validate', $file)->{code}, 0, 'the set is valid');
my $lines = lines($file);
is_deeply([map { "$_->{workload} $_->{variant} $_->{axis} $_->{points} $_->{from} $_->{to} $_->{per}" } @$lines],
	['fork nopin mb 5 0 64 MiB', 'fork eager mb 5 0 64 MiB'], 'a line for each variant');
near($lines->[0], line_of(%nopin), 'nopin');
near($lines->[1], line_of(%eager), 'eager');
ok($lines->[0]{line} && $lines->[1]{line}, 'they are lines');
near(lines($file, '--least')->[1], line_of(map { $_ => $eager{$_} - 7 } keys %eager), 'least samples');
is_deeply(lines($file, '--by', 'mb'), $lines, '--by the only axis is the same');

my $line = line_of(%eager);
my $got = growth($file);
is($got->{code}, 0, 'text');
my $commas = sub { my $n = sprintf('%.0f', $_[0]); 1 while $n =~ s/^(\d+)(\d{3})/$1,$2/; return $n };
my ($at_0, $per) = map { $commas->($line->{$_}) } qw(intercept slope);
like($got->{out}, qr/^insns by mb: a line through medians in instructions, tier exact/, 'heading');
like($got->{out}, qr/^workload +variant +points +mb +at 0 +per MiB +\+- +worst residual +note$/m, 'columns');
like($got->{out}, qr/^fork +eager +5 +0\.\.64 +\Q$at_0\E +\Q$per\E +@{[POSIX::ceil($line->{slope_error})]} +\d\.\d\d % at $line->{worst_at} +a line$/m, 'a row')
	or diag($got->{out});
like(growth($file, '--format', 'md')->{out}, qr/^\| fork +\| eager +\| +5 \| +0\.\.64 \| +\Q$at_0\E \|/m, 'Markdown');
my ($head, undef, $row) = map { [split /\t/, $_, -1] } split /\n/, growth($file, '--format', 'tsv')->{out};
my %tsv;
@tsv{@$head} = @$row;
is("@tsv{qw(workload variant metric unit tier statistic axis axis_unit points from to line)}",
	'fork eager insns instructions exact median mb MiB 5 0 64 1', 'tsv: what it is');
near({map { $_ => $tsv{$_} } qw(slope intercept slope_error worst_percent worst_at)}, {map { $_ => sprintf('%.15g', $line->{$_}) } keys %$line}, 'tsv');

# Not a line: no slope to be quoted, but what there is instead. Constant: no growth. Two points: no error.
my $curve = set_of({mb => 'MiB'}, map { ['eager', {mb => $_}, [1000 + 10 * $_ * $_]] } 1, 2, 4, 8, 16, 32, 64);
$lines = lines($curve);
ok(!$lines->[0]{line}, 'a parabola is no line');
ok(!exists $lines->[0]{$_}, "and has no $_") for qw(slope intercept slope_error);
is("$lines->[0]{middle} $lines->[0]{lower_slope} $lines->[0]{upper_slope}", '8 90 720', 'but two slopes');
like(growth($curve)->{out}, qr/^fork +eager +7 +1\.\.64 +- +- +- +- +no straight line: 90 per MiB from 1 to 8, 720 from there to 64$/m, 'said so');
%tsv = ();
($head, $row) = map { [split /\t/, $_, -1] } split /\n/, growth($curve, '--format', 'tsv')->{out};
@tsv{@$head} = @$row;
is("$tsv{line}|$tsv{slope}|$tsv{intercept}|$tsv{slope_error}|$tsv{upper_slope}", '0||||720', 'tsv as well');
my $flat = set_of({mb => 'MiB'}, map { ['eager', {mb => $_}, [6550]] } 0, 4, 16);
like(growth($flat)->{out}, qr/^fork +eager +3 +0\.\.16 +6,550 +0 +0\.00 +0\.00 % at 0 +no growth: it changes by 0 % in all$/m, 'constant');
my $two = set_of({mb => 'MiB'}, map { ['eager', {mb => $_}, [100 + 10 * $_]] } 0, 16);
like(growth($two)->{out}, qr/^fork +eager +2 +0\.\.16 +100 +10 +- +0\.00 % at \d+ +2 points: no error$/m, 'two points');

# Two axes: each line keeps the other one fixed. Units in the singular.
my $both = set_of({procs => 'processes', mb => 'pages'}, map { my $p = $_; map { ['eager', {procs => $p, mb => $_}, [1000 + 30 * $_ + 500 * $p]] } 0, 8, 16 } 1, 2, 3);
$lines = lines($both);
is_deeply([map { "$_->{workload}|$_->{axis}|$_->{per}|" . sprintf('%.6g|%.6g', $_->{intercept}, $_->{slope}) } @$lines], [
	(map { "fork procs=$_|mb|page|" . (1000 + 500 * $_) . '|30' } 1 .. 3),
	(map { 'fork' . ($_ ? " mb=$_" : '') . '|procs|process|' . (1000 + 30 * $_) . '|500' } 0, 8, 16)], 'two axes');
is(scalar @{lines($both, '--by', 'procs')}, 3, 'one of them');

# vCPUs, and an axis of the variant.
$lines = lines(set_of({vcpus => 'vCPUs'}, map { ['eager', {vcpus => $_}, [1000 + 30 * $_]] } 1, 2, 4));
is("$lines->[0]{workload} $lines->[0]{axis} $lines->[0]{per} " . sprintf('%.6g', $lines->[0]{slope}), 'fork vcpus vCPU 30', 'by vCPUs');
my $depth = set_of({depth => 'entries'}, map { ['custom', {depth => $_}, [100000 + 400000 / $_]] } 8, 16, 1, 2, 4);
$lines = lines($depth);
is("$lines->[0]{workload} $lines->[0]{variant} $lines->[0]{axis} $lines->[0]{per} $lines->[0]{line}", 'fork custom:batch=multicall depth entry 0', 'by depth');
my @order = growth($depth)->{out} =~ /^fork .*from 1 to 4/m;
is(scalar @order, 1, 'in the order of the values');
is_deeply([pvmmu('compare', '--root', $root, $depth, '--base', 'custom:batch=multicall,depth=8,ptl=mm')->{out} =~ /-> \S+depth=(\d+)/g], [1, 2, 4, 16],
	'so compare lists variants, too');

# Seeds are pooled into a point; one that failed takes it away.
my $seeds = set_of({mb => 'MiB'}, map { my $mb = $_; map { ['eager', {mb => $mb, seed => $_}, [1000 + 10 * $mb + $_]] } 1 .. 3 } 0, 4, 16);
$lines = lines($seeds);
is(scalar @$lines, 1, 'seeds make no other line');
is(sprintf('%.6g %.6g', @{$lines->[0]}{qw(intercept slope)}), '1002 10', 'the medians of the seeds');
my $broken = read_json($seeds);
my $bad = $broken->{runs}[4];
$bad->{series} = [];
$bad->{outcome} = {status => 'crash', reason => 'guest panic'};
delete @$bad{qw(counters counted_iterations clock conserved)};
$broken = write_json("$tmp/broken.json", $broken);
is(lines($broken)->[0]{points}, 2, 'a point of which a seed failed is none');

# No sweep; --by makes one of what there is. Counters.
my $plain = set_of(undef, map { ['eager', {mb => $_}, [100 + 10 * $_]] } 0, 8, 16);
$got = growth($plain);
is($got->{code}, 4, 'no sweep');
like($got->{err}, qr/holds no sweep; measure one .* or say with --by what its runs differ in/, 'said what to do');
is(sprintf('%.6g', lines($plain, '--by', 'mb')->[0]{slope}), '10', '--by needs none');
$got = growth($plain, '--by', 'procs');
is($got->{code}, 4, 'nothing differs in it');
like($got->{err}, qr/no two successful runs differ in procs only/, 'said so');
like(growth($file, '--metric', 'hypercalls')->{out}, qr/^hypercalls by mb: .* in events per iteration/m, 'a counter');
$got = growth($file, '--metric', 'insn');
is($got->{code}, 64, 'no such metric');
like($got->{err}, qr/unknown metric "insn"; did you mean "insns"\?/, 'said so');
for my $case ([], [$file, $file], [$file, '--format', 'cvs'], [$file, '--sideways']) {
	is(growth(@$case)->{code}, 64, 'usage');
}
is(growth('/no/such.json')->{code}, 4, 'no such file');

# compare: points by their values, growth behind the tables, of both files if there are two.
$got = pvmmu('compare', '--root', $root, $file);
is_deeply([$got->{out} =~ /^(fork(?: mb=\d+)?) +nopin -> eager/mg], ['fork', map { "fork mb=$_" } 1, 4, 16, 64], 'compare: rows by value');
like($got->{out}, qr/^insns by mb: .*^fork +eager +5 +0\.\.64 +\Q$at_0\E/ms, 'compare: growth');
$got = pvmmu('compare', '--root', $root, $file, $curve);
like($got->{out}, qr/^fork n=3 \S+ +eager +base +5 .*^fork n=1 \S+ +eager +new +7 /ms, 'compare: of both files');
is_deeply(decode_json(pvmmu('compare', '--root', $root, $file, '--format', 'json')->{out})->{growth}, lines($file), 'compare: JSON');
like(pvmmu('compare', '--root', $root, $file, '--wide', '--least', '--format', 'md')->{out}, qr/^insns by mb: a line through least samples/m, 'compare --wide');
ok(!exists decode_json(pvmmu('compare', '--root', $root, $plain, $plain, '--format', 'json')->{out})->{growth}, 'nothing without a sweep');

done_testing();
