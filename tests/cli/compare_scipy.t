#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The statistics of compare against SciPy's, on samples that are made up; skipped without SciPy.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use JSON::PP;
use PvmmuTest;

my ($python) = grep { system("$_ -c 'import scipy.stats, numpy' 2>/dev/null") == 0 } qw(python3 /usr/bin/python3);
plan skip_all => 'SciPy is not installed (python3-scipy)' if !$python;

# Sizes of both sides; the third says from how many values samples are drawn: few make ties.
my @rows = ([4, 4, 1e6], [3, 3, 1e6], [5, 7, 1e6], [7, 6, 4], [6, 8, 9], [12, 20, 1e9], [50, 50, 1e9],
	[49, 51, 1e9], [1, 60, 1e9], [2, 400, 1e9], [60, 60, 1e9], [60, 60, 12], [100, 100, 1e9], [100, 31, 50], [17, 17, 5]);
my $state = 20261121;
sub drawn
{
	my ($of) = @_;
	$state = ($state * 1103515245 + 12345) % 2147483648;
	return 1 + int($state / 2147483648 * $of);
}

sub made
{
	my ($side) = @_;
	my $set = read_json("$root/tests/golden/two-variants.json");
	my $template = encode_json($set->{runs}[0]);
	$set->{runs} = [];
	for my $i (0 .. $#rows) {
		my $run = decode_json($template);
		$run->{id} = "xen64-fork:mb=$i~nopin";
		$run->{identity}{tier} = 'wall';
		$run->{identity}{qemu}{accelerator} = 'kvm';
		$run->{identity}{workload}{parameters} = {mb => $i};
		my $shift = $side * ($i % 3) * int(1 + $rows[$i][2] / 8);
		$run->{series} = [{name => 'time', unit => 'ns', better => 'lower', exact => JSON::PP::false,
			samples => [map { drawn($rows[$i][2]) + $shift } 1 .. $rows[$i][$side]]}];
		delete @$run{qw(counters counted_iterations clock timer_overhead)};
		push @{$set->{runs}}, $run;
	}
	return write_json("$tmp/$side.json", $set);
}

my @sets = map { made($_) } 0, 1;
my $got = pvmmu('compare', @sets, '--format', 'json');
is($got->{code}, 0, 'compared') or diag($got->{err});
my $checked = run_command($python, "$root/tests/scipy-check.py", @sets, spew("$tmp/compared.json", $got->{out}));
is($checked->{code}, 0, 'SciPy has been asked') or diag($checked->{err});
for (split /\n/, $checked->{out}) {
	ok(!$1, $2) if /^(not )?ok \d+ - (.*)/;
}
cmp_ok(scalar(() = $checked->{out} =~ /^(?:not )?ok /mg), '>', 90, 'of all rows');
done_testing();
