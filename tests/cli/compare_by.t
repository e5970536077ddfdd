#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# compare by an axis, with filters, statistics, floors, orders and means.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use JSON::PP;
use PvmmuTest;

my $golden = "$root/tests/golden/two-variants.json";

sub compare
{
	my $got = pvmmu('compare', @_);
	unlike($got->{err}, qr/Sanitizer|runtime error/, 'no sanitizer report');
	return $got;
}

sub compared
{
	my $got = compare('--format', 'json', @_);
	is($got->{code}, 0, "fine: @_") or diag($got->{err});
	return decode_json($got->{out} || '{}');
}

my $copies = 0;
sub changed
{
	my ($change) = @_;
	my $set = read_json($golden);
	$change->($set);
	return write_json("$tmp/copy" . $copies++ . ".json", $set);
}

sub clone { return decode_json(encode_json($_[0])) }

# Times instead of instructions: samples of the only series, so many of them.
sub timed
{
	my ($run, @samples) = @_;
	$run->{identity}{tier}     = 'wall';
	$run->{identity}{qemu}{accelerator} = 'kvm';
	$run->{identity}{workload}{parameters}{n} = @samples;
	$run->{series} = [{name => 'time', unit => 'ns', better => 'lower', exact => JSON::PP::false, samples => \@samples}];
	delete @$run{qw(counters counted_iterations clock timer_overhead)};
}

# fork of nopin and eager only, with these samples each.
sub in_time
{
	my ($nopin, $eager) = @_;
	return changed(sub {
		my ($set) = @_;
		$set->{runs} = [grep { $_->{id} =~ /^xen64-fork~/ } @{$set->{runs}}];
		for my $run (@{$set->{runs}}) {
			timed($run, @{$run->{id} =~ /nopin/ ? $nopin : $eager});
		}
	});
}

# ---- columns ----

my $by = compared($golden, '--by', 'variant');
is_deeply($by->{columns}, [qw(nopin eager)], 'a column for each variant, the first is the base');
is_deeply([map { [map { $_->{median} } @{$_->{sides}}] } @{$by->{rows}}], [[1508, 1008], [3108, 2608]], 'a side each');
is($by->{rows}[0]{sides}[1]{difference}, -500, 'and what it is to the base');
ok(abs($by->{rows}[0]{sides}[1]{change} + 500 / 1508) < 1e-12, 'as a share');
is($by->{rows}[0]{sides}[1]{judgement}, 'better', 'and in a word');
ok(!exists $by->{rows}[0]{sides}[0]{change}, 'the base is not compared with itself');
is_deeply(compared($golden, '--by', 'variant', '--base', 'eager')->{columns}, [qw(eager nopin)], '--base');
like(compare($golden, '--by', 'variant')->{out}, qr/^workload +nopin +eager +change +n\nfork +1,508 +1,008 +-33\.16% +8$/m, 'as text');

$by = compared($golden, '--by', 'pin');
is_deeply($by->{columns}, [qw(none eager)], 'by a part of the policy');
is($by->{rows}[0]{variant}, 'batch=off pte=low ptl=mm update=va', 'rows are named by the rest of it') or diag(explain($by->{rows}[0]));
$by = compared($golden, '--by', 'mb');
is_deeply($by->{columns}, [qw(0 16)], 'by a parameter, as numbers');
is_deeply([map { "$_->{workload} $_->{variant} $_->{sides}[1]{median}" } @{$by->{rows}}], ['fork nopin 3108', 'fork eager 2608'], 'rows lack it');
ok(!exists $by->{rows}[0]{parameters}{mb}, 'and so do their parameters');
is_deeply(compared($golden, '--by', 'mb', '--base', '16')->{columns}, [qw(16 0)], 'with another base');

unlike(join("\n", @{compared($golden, '--by', 'mb')->{notes}}), qr/the image/, 'that one image serves all values of it is no news');

my $four = changed(sub { $_->{identity}{vcpus} = 4, $_->{id} =~ s/~/\@4~/ for @{$_[0]{runs}} });
$by = compared($golden, $four, '--by', 'vcpus');
is_deeply($by->{columns}, [1, 4], 'by the number of vCPUs, from two files');
is(scalar @{$by->{rows}}, 4, 'each row once');
ok(!exists $by->{rows}[0]{vcpus}, 'without that number');

my $newer = changed(sub { $_->{identity}{xen}{version} = '0.0-2' for @{$_[0]{runs}} });
my $third = changed(sub {
	$_->{identity}{xen}{version} = '0.0-3' for @{$_[0]{runs}};
	pop @{$_[0]{runs}};
	$_[0]{producer}{version} = 'v9';
});
$by = compared($golden, $newer, $third, '--by', 'xen');
is_deeply($by->{columns}, ['0.0-1', '0.0-2', '0.0-3'], 'by Xen');
is(scalar(grep { /xen.version/ } @{$by->{differences}}), 0, 'which is no difference to be warned of');
is($by->{rows}[-1]{sides}[2]{missing}, 'not measured', 'what is missing is still a row');
is_deeply(compared($golden, $third, '--by', 'commit')->{columns}[1], 'v9', 'by commit');
my $commits = changed(sub {
	my ($set) = @_;
	$set->{producer}{commit} = 'a' x 40 . '-dirty';
	$_->{source}{guest} = 'b' x 40 for grep { $_->{id} =~ /eager/ } @{$set->{runs}};
});
is_deeply(compared($golden, $commits, '--by', 'commit')->{columns}, [read_json($golden)->{producer}{version}, 'a' x 12 . '-dirty', 'b' x 12],
	'of the guest if known, else of the program, else its version');
$by = compared($golden, $newer, $third);
is($by->{by}, 'file', 'three files are columns');
is(scalar(grep { /^xen.version differs: 0.0-1 \/ 0.0-2 \| 0.0-3$/ } @{$by->{differences}}), 1, 'and what differs is told');
is_deeply(compared($golden, $golden, $golden)->{rows}[0]{sides}[2]{judgement}, 'equal', 'the same file thrice');
is(scalar(grep { /^the image of eager is the same in / } @{$by->{notes}}), 2, 'the same images are told');

# Runs that differ in more than the seed do not go into one figure.
my $got = compare($golden, $newer, '--by', 'variant');
is($got->{code}, 4, 'two Xens in one column');
like($got->{err}, qr/differ in xen\.version \(0\.0-1 and 0\.0-2\): choose one with --where/, 'said so');
is(compare($golden, $newer, '--by', 'variant', '--where', 'xen=0.0-2')->{code}, 0, 'choosing helps');

# By env each variant meets the native one of the same ptl and pte.
my $native = changed(sub {
	my @more = map { clone($_) } grep { $_->{id} =~ /nopin/ } @{$_[0]{runs}};
	for (@more) {
		$_->{id} =~ s/xen64-(.*)~nopin/native64-$1~native/;
		@{$_->{identity}}{qw(env variant)} = ('native64', {name => 'native', policy => {ptl => 'mm', pte => 'low'}});
		delete $_->{identity}{xen};
		$_ -= 1000 for @{$_->{series}[0]{samples}};
	}
	push @{$_[0]{runs}}, @more;
});
my $env = compared($native, '--by', 'env');
is_deeply([map { "$_->{base}{variant} $_->{base}{median} $_->{new}{variant}" } @{$env->{rows}}],
	['native 508 nopin', 'native 2108 nopin', 'native 508 eager', 'native 2108 eager'], 'by env');
like(compare($golden, '--by', 'env')->{err}, qr/measure --variant native/, 'without one there is nothing to compare with');
like(join("\n", @{compared($native, '--by', 'pin')->{notes}}), qr/^2 runs are left out, for they have no pin: native64-fork~native, \.\.\.$/m,
	'who has no value is named');

# ---- filters ----

sub ids { return join ' ', map { ($_->{workload} . ($_->{parameters}{mb} // '') . ($_->{base}{variant} // '')) } @{compared($golden, $golden, @_)->{rows}} }
is(ids(), 'fork0nopin fork16nopin fork0eager fork16eager', 'all of it');
is(ids('--variant', 'eager'), 'fork0eager fork16eager', '--variant');
is(ids('--workload', 'fork:mb=16'), 'fork16nopin fork16eager', '--workload with a point');
is(ids('--workload', 'fork:mb=0,16', '--where', 'pin=eager'), 'fork0eager fork16eager', '--where');
is(ids('--where', 'variant=eager,nopin', '--where', 'mb=0'), 'fork0nopin fork0eager', 'several');
for my $case (
	[['--variant', 'eagre'],       qr/unknown variant "eagre"; did you mean "eager"/],
	[['--workload', 'fork:mb=3'],  qr/unknown value of fork:mb "3"; valid: 0, 16|unknown value of fork:mb "3"/],
	[['--workload', 'fork:16'],    qr/"16" is not PARAMETER=VALUE/],
	[['--where', 'xenn=1'],        qr/unknown axis "xenn"; did you mean "xen"/],
	[['--where', 'xen'],           qr/--where "xen": expected AXIS=VALUE/],
	[['--variant', 'eager', '--where', 'pin=none'], qr/no run meets all that is asked for/],
	[['--metric', 'insn'],         qr/unknown metric "insn"; did you mean "insns"/],
	[['--by', 'bath'],             qr/unknown axis "bath"/],
	[['--by', 'rig'],              qr/by rig: all runs have the same value, solo/],
	[['--by', 'pin', '--base', 'eagr'], qr/unknown base "eagr"; did you mean "eager"/],
) {
	my ($options, $error) = @$case;
	my $got = compare($golden, @$options);
	# A value that no file can have is a usage error.
	is($got->{code}, "@$options" =~ /pin=none|--by rig/ ? 4 : 64, "@$options: an error");
	like($got->{err}, $error, 'said so');
	is($got->{out}, '', 'and nothing is printed as a result');
}
for my $case (
	[['--by', 'tier', '--format', 'csv'], qr/an instruction count and a time have no ratio, so each tier is a table of its own/],
	[['--by', 'workload'],      qr/different work has no ratio/],
	[['--by', 'pin', '--tax'],  qr/--tax goes without --by/],
	[['--by', 'pin', '--wide'], qr/--wide goes without --by/],
	[['--floor', 'much'],       qr/--floor: expected a share, 5% or 0\.05, found "much"/],
	[['--floor', '-1%'],        qr/--floor: expected a share/],
	[['--floor', '5'],          qr/--floor: .* is it 5%\? A number from 1 on needs the sign %/],
	[['--sort', 'sise'],        qr/unknown order "sise"; did you mean "size"/],
) {
	my ($options, $error) = @$case;
	my $got = compare($golden, @$options);
	is($got->{code}, 64, "@$options: usage");
	like($got->{err}, $error, 'said so');
}

# ---- tiers: a table each, and no row that holds both ----

my $both = changed(sub {
	my @times = map { clone($_) } @{$_[0]{runs}};
	timed($_, map { 1000 + $_ * 7 % 5 } 1 .. 8), $_->{id} .= '#2' for @times;
	push @{$_[0]{runs}}, @times;
});
my $tiers = compare($both, '--by', 'tier');
is($tiers->{code}, 0, 'a file of two tiers') or diag($tiers->{err});
my ($first, $second, @more) = split /^(?=\w+: medians)/m, $tiers->{out};
is(scalar @more, 0, 'two comparisons');
like($first, qr/^insns: medians in instructions, tier exact.*^fork +nopin -> eager +1,508 +1,008 /ms, 'one of instructions');
unlike($first, qr/ ns,|tier wall/, 'and of nothing else');
like($second, qr/^time: medians in ns, tier wall.*^fork +nopin -> eager +1,00\d/ms, 'one of times');
unlike($second, qr/instructions,/, 'and of nothing else');
is(compare($both)->{code}, 4, 'without it tiers are not mixed');

# ---- exact metrics ----

my $little = changed(sub { for (@{$_[0]{runs}}) { my $by = $_->{id} =~ /mb=16/ ? 1 : -20; $_ += $by for @{$_->{series}[0]{samples}} } });
my @rows = @{compared($golden, $little)->{rows}};
is_deeply([map { "$_->{difference} $_->{judgement}" } @rows], ['-20 better', '1 worse', '-20 better', '1 worse'], 'every instruction counts');
is_deeply([map { $_->{judgement} } @{compared($golden, $little, '--floor', '0.1%')->{rows}}], [qw(better negligible better negligible)], 'but below a floor');
is_deeply([map { $_->{judgement} } @{compared($golden, $little, '--floor', '0.019')->{rows}}], [qw(negligible negligible better negligible)], 'whichever way it goes');
is_deeply([map { $_->{judgement} } @{compared($golden, $little, '--floor', $_)->{rows}}], [qw(negligible negligible better negligible)], "--floor $_ is the same")
	for '1.9%', '0.019', '.019', '1.90%';
like(compare($golden, $little, '--floor', '1%')->{out}, qr/changes below 1 % are negligible\n.*^fork mb=16 +eager +2,608 +2,609 +negligible +\+1 /ms, 'as text');
ok(!exists $rows[0]{test}, 'there is no test of what is exact');
my $one = changed(sub { $_[0]{runs}[0]{series}[0]{samples}[0]-- });
is(compared($golden, $one)->{rows}[0]{judgement}, 'level', 'the same medians of other samples');
is(scalar @{compared($golden, $little, '--regressions')->{rows}}, 2, '--regressions');
is(scalar @{compared($golden, $one, '--changed')->{rows}}, 0, '--changed');
like(compare($golden, $little, '--regressions')->{out}, qr/^2 of 4 rows: what has become worse$/m, 'how many that are is told');
is(join(' ', map { $_->{difference} } @{compared($golden, $little, '--sort', 'worst')->{rows}}), '1 1 -20 -20', '--sort worst');
is(compared($golden, $little, '--sort', 'size')->{rows}[0]{base}{median}, 1008, '--sort size');
is(compared($golden, $little, '--sort', 'best')->{rows}[0]{base}{median}, 1008, '--sort best');
is(join(' ', map { $_->{parameters}{mb} } @{compared($golden, $little, '--sort', 'name')->{rows}}), '0 0 16 16', '--sort name');
my $higher = changed(sub { $_->{series}[0]{better} = 'higher' for @{$_[0]{runs}} });
is(compared($higher)->{rows}[0]{judgement}, 'worse', 'where higher is better, less is worse');

# ---- means ----

my ($mean) = @{compared($golden)->{geometric_means}};
ok(abs($mean->{values}[0] - sqrt(1508 * 3108)) < 1e-9, 'geometric mean of the base');
ok(abs($mean->{ratios}[1] - sqrt(1008 * 2608 / 1508 / 3108)) < 1e-12, 'and its ratio');
my $crashed = changed(sub {
	my ($run) = $_[0]{runs}[1];
	$run->{outcome} = {status => 'crash', reason => 'guest panic'};
	$run->{series}  = [];
	delete @$run{qw(counters counted_iterations clock conserved)};
});
$by = compared($golden, $crashed, '--by', 'file');
is($by->{geometric_means}[0]{rows}, 3, 'over the rows that all sides have');
is_deeply($by->{geometric_means}[0]{left_out}, ['fork eager (crash)'], 'the others are named');
like(compare($golden, $crashed)->{out}, qr/^left out of the geometric mean: fork eager \(crash\)$/m, 'as text too');
is(scalar @{compared($golden, $crashed, '--complete')->{rows}}, 3, '--complete');

# ---- statistics ----

my @low  = map { 100 + $_ } 1 .. 10;
my @high = map { 120 + $_ } 1 .. 10;
my ($row) = @{compared(in_time(\@low, \@high))->{rows}};
is($row->{judgement}, 'worse', 'apart');
is($row->{difference}, 20, 'by so much');
ok(abs($row->{test}{p} - 2 / 184756) < 1e-12, 'with this p');
is($row->{test}{draws}, 'samples', 'of samples');
is_deeply([@{$row->{base}{interval}}{qw(low high)}], [102, 109], 'interval of the median');
ok($row->{difference_interval}{low} < 20 && $row->{difference_interval}{high} > 20, 'and of the difference');
($row) = @{compared(in_time(\@low, [map { $_ + 0.5 } @low]))->{rows}};
is($row->{judgement}, 'noise', 'not apart');
like(compare(in_time(\@low, [map { $_ + 0.5 } @low]))->{out}, qr/^fork +nopin -> eager +105\.50 \+-3\.3% +106 \+-3\.3% +~ +\+0\.50 +-?[\d.]+\.\.[\d.]+ +0\.\d+ +10$/m, 'as text');
($row) = @{compared(in_time([1, 2, 3], [11, 12, 13]))->{rows}};
is($row->{judgement}, 'too few', 'three samples of each side cannot tell');
is($row->{needs_n}, 4, 'four can');
like(compare(in_time([1, 2, 3], [11, 12, 13]))->{out}, qr/^fork +nopin -> eager +2 \(need n >= 6\) +12 \(need n >= 6\) +need n >= 4 +\+10 +- +0\.1000 +3$/m, 'as text');
is(compared(in_time(\@low, \@high), '--floor', '30%')->{rows}[0]{judgement}, 'negligible', 'apart, below the floor');

# Some of many tests are significant by chance, so p is adjusted for the complete table.
my $table = changed(sub {
	my ($set) = @_;
	my @of = @{$set->{runs}}[0, 1];
	$set->{runs} = [];
	for my $i (0 .. 19) {
		for my $run (map { clone($_) } @of) {
			timed($run, $run->{id} =~ /nopin/ ? (1 .. 6) : $i ? (1.5, 2.5, 3.5, 4.5, 5.5, 0.5) : (4.5, 5.5, 6.5, 7.5, 8.5, 9.5));
			$run->{identity}{workload}{parameters}{mb} = $i;
			$run->{id} =~ s/fork/fork:mb=$i/;
			push @{$set->{runs}}, $run;
		}
	}
});
($row) = @{compared($table)->{rows}};
ok($row->{test}{p} < 0.05, 'significant alone');
ok(abs($row->{test}{p_adjusted} - 20 * $row->{test}{p}) < 1e-12, 'not as one of twenty');
is($row->{judgement}, 'noise', 'so it is none');
is(compared($table, '--workload', 'fork:mb=0')->{rows}[0]{judgement}, 'worse', 'where nobody else is asked it is');

# With enough boots of both sides they are what is compared: here all samples differ, boots do not.
my $boots = changed(sub {
	my ($set) = @_;
	my @of = grep { $_->{id} =~ /^xen64-fork~/ } @{$set->{runs}};
	$set->{runs} = [];
	for my $seed (1 .. 5) {
		for my $run (map { clone($_) } @of) {
			my $at = 100 * ($seed * 7 % 5) + ($run->{id} =~ /nopin/ ? 0 : 30);
			timed($run, map { $at + $_ / 100 } 1 .. 30);
			$run->{identity}{seed} = $seed;
			$run->{id} =~ s/~/:seed=$seed~/;
			push @{$set->{runs}}, $run;
		}
	}
});
($row) = @{compared($boots)->{rows}};
is("@{$row->{test}}{qw(draws base_n new_n)}", 'boots 5 5', 'medians of boots');
is($row->{judgement}, 'noise', 'which are not apart');
like(compare($boots)->{out}, qr/ 5 boots .*^note: 1 of 1 tests compare the medians of boots$/ms, 'as text');

# ---- tables for machines ----

my ($tabs, $csv) = map { compare($golden, '--by', 'variant', '--format', $_)->{out} } qw(tsv csv);
is(join("\n", map { tr/,/\t/r } split /\n/, $csv), join("\n", split /\n/, $tabs), 'CSV is as TSV, with commas');
my ($columns, $fields) = map { [split /\t/, $_, -1] } split /\n/, $tabs;
my %field; @field{@$columns} = @$fields;
is(scalar @$columns, scalar @$fields, 'as many fields as columns');
is("@field{qw(by base_value new_value workload judgement difference)}", 'variant nopin eager fork better -500', 'with what is compared');

done_testing();
