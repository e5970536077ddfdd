#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Memory that ends: pvmmu says so and leaves with exit code 4, and no file is half written or left over.
# Some of the allocations here, one of so many; PVMMU_EVERY_ALLOCATION=1 tries all, for an hour or so.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use File::Path qw(make_path);
use PvmmuTest;

chdir $root or die;
my $every = $ENV{PVMMU_EVERY_ALLOCATION} // 211;
my $set   = 'tests/fuzz/set.json';
make_path(map { "$tmp/$_" } qw(out plot results verdict));
spew("$tmp/results/x.json", slurp($set));
my @cases = (
	['-', 'validate', $set],
	['-', 'compare', $set],
	['-', 'compare', '--format', 'json', $set, $set],
	['-', 'growth', '--format', 'json', $set],
	['-', 'effects', 'tests/golden/two-variants.json'],
	['-', 'history', 'series', '--results', "$tmp/results"],
	['-', 'export', '--format', 'bmf1', $set],
	["$tmp/out/x", 'export', '--format', 'openmetrics', '--out', "$tmp/out/x", $set],
	["$tmp/out/x", 'export', '--format', 'csv', '--out', "$tmp/out/x", $set],
);
# Results of a pretended machine.
my $fake = fake_run('success', '--workload', 'fork:mb=0,16', '--variant', 'eager,nopin');
my $new  = "$fake->{root}/r/x.json";
push @cases,
	["$tmp/verdict/x", 'verdict', '--root', $fake->{root}, '--out', "$tmp/verdict/x", '--base', $new, '--gate', '*:insns<=+1%', $new],
	["$tmp/plot/x.svg", 'plot', '--root', $fake->{root}, '-o', "$tmp/plot/x.svg", $new];
my $from = 1;
for my $case (@cases) {
	# Each begins elsewhere, since all read the schema first.
	my $got = run_command('build/test-unit/allocations', $from += 23, $every, @$case);
	is($got->{code}, 0, "@$case[1 .. $#$case]") or diag($got->{out}, $got->{err});
	my ($all, $failed) = $got->{out} =~ /^(\d+) allocations, (\d+) failed, 0 badly$/m;
	cmp_ok($failed // 0, '>', 20, 'and many were tried');
	# The last ones all, by which output is finished.
	$got = run_command('build/test-unit/allocations', $all - 30, 1, @$case);
	is($got->{code}, 0, 'and at the end') or diag($got->{out}, $got->{err});
}

# A machine is started each time. The printed times of a run differ unless it is quiet.
$ENV{FAKE_QEMU} = 'success';
my $got = run_command('build/test-unit/allocations', 20_011, $every * 7, '-', 'run', '--root', $fake->{root}, '--quiet', '--qemu',
	"$root/tests/fake-qemu", '--variant', 'eager', '--workload', 'exec', '--out', "$tmp/run.json");
is($got->{code}, 0, 'run') or diag($got->{out}, $got->{err});
like($got->{out}, qr/^\d+ allocations, [1-9]\d* failed, 0 badly$/m, 'and some were tried');
ok(!glob("$tmp/.run.json.*"), 'nothing half written is left') or diag(glob("$tmp/.run.json*"));

# It notices.
$got = run_command('build/test-unit/allocations', 1, 1, '-', 'validate', "$tmp/none.json");
is($got->{code}, 1, 'what fails by itself is no success');
done_testing();
