#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# pvmmu aa: repetitions, what is said of them, and that the exact tier has to repeat. With a pretended QEMU; on this
# Linux, where time is real.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

sub aa
{
	my ($act, $dir, @arguments) = @_;
	local $ENV{FAKE_QEMU}  = $act;
	local $ENV{FAKE_BOOTS} = "$tmp/boots";
	unlink $ENV{FAKE_BOOTS}, "$dir/results/noise.json", "$dir/results/verdict.json";
	my $got = pvmmu('aa', '--root', $dir, '--qemu', "$root/tests/fake-qemu", @arguments);
	unlike($got->{err}, qr/Sanitizer|runtime error/, 'no sanitizer report');
	$got->{set} = read_json("$dir/results/noise.json") if -e "$dir/results/noise.json";
	$got->{verdict} = read_json("$dir/results/verdict.json") if -e "$dir/results/verdict.json";
	return $got;
}

my $dir = fixture();
my $got = aa('success', $dir, '--variant', 'eager,nopin', '--workload', 'fork,exec', '--repeat', 3);
is($got->{code}, 0, 'the exact tier repeats') or diag($got->{err});
my $set = $got->{set};
is(scalar @{$set->{runs}}, 4, 'the runs');
is_deeply($set->{declared}, [map { $_->{id} } @{$set->{runs}}], 'are what is declared');
is(scalar @{$set->{repetitions}}, 2, 'and were repeated twice');
for my $k (0, 1) {
	is_deeply([map { $_->{id} } @{$set->{repetitions}[$k]}], [map { "$_->{id}#" . ($k + 2) } @{$set->{runs}}], 'in their order');
	is_deeply([map { $_->{identity} } @{$set->{repetitions}[$k]}], [map { $_->{identity} } @{$set->{runs}}], 'the very same');
	is(scalar @{$set->{repetitions}[$k][0]{series}[0]{samples}}, 8, 'with samples');
}
my ($all) = grep { !$_->{workload} } @{$set->{noise}};
is("@$all{qw(name pairs positives largest p95)}", 'insns 12 0 0 0', 'three pairs of each');
is_deeply([sort map { $_->{workload} // 'all' } @{$set->{noise}}], [qw(all exec fork)], 'of each workload, and of all');
like($got->{out}, qr/^insns +fork +instructions +6 +0 \(exact\)/m, 'in the table');
is(pvmmu('validate', '--root', $dir, "$dir/results/noise.json")->{code}, 0, 'valid');
is($got->{verdict}{verdict}, 'pass', 'verdict.json');

$got = aa('dearer', $dir, '--variant', 'eager', '--workload', 'fork');
is($got->{code}, 4, 'samples that do not repeat on the exact tier are an error');
like($got->{err}, qr/exact samples did not repeat: insns in 1 of 1 pairs, as in xen64-fork~eager/, 'which says so');
is($got->{verdict}{verdict}, 'error', 'in verdict.json');
like($got->{verdict}{reason}, qr/did not repeat/, 'with the reason');
ok($got->{set}{noise}[0]{largest} > 9, 'how far they were apart');
like($got->{out}, qr/^insns +all +instructions +1 +\d+\.\d+ % .* 1 of 1 \(100 %\) +xen64-fork~eager/m, 'in the table too');

$got = aa('fail', $dir, '--variant', 'eager', '--workload', 'fork');
is($got->{code}, 5, 'a workload that fails');
is_deeply($got->{set}{noise}, [], 'has no noise');
is(scalar @{$got->{set}{repetitions}}, 1, 'its repetition is kept');

for my $case ([['--repeat', 1], qr/--repeat: .*2/], [['--repeat', 65], qr/--repeat: .*64/], [['--', 'program'], qr/expected no program/]) {
	$got = aa('success', $dir, @{$case->[0]});
	is($got->{code}, 64, "@{$case->[0]}: a usage error");
	like($got->{err}, $case->[1], 'which says why');
}
is(pvmmu('run', '--repeat', 2)->{code}, 64, 'only aa repeats');

SKIP: {
	skip 'the workloads are not built', 4 if !-x "$root/build/workloads/null_syscall";
	my $r = run_command("$root/build/pvmmu", 'aa', '--rig', 'host', '--workload', 'null_syscall:n=16', '--repeat', 3, '--out', "$tmp/host.json", '--quiet');
	is($r->{code}, 0, 'on this Linux') or diag($r->{err});
	my $h = read_json("$tmp/host.json");
	my ($m) = grep { !$_->{workload} } @{$h->{noise}};
	is("@$m{qw(name unit pairs)}", 'time ns 3', 'in real time');
	cmp_ok($m->{largest}, '>=', $m->{p95}, 'the largest is not below the 95th percentile');
	my @order = sort { $a <=> $b } map { $_->{observed}{position} } $h->{runs}[0], map { $_->[0] } @{$h->{repetitions}};
	is("@order", '1 2 3', 'in one order, one at a time');
}
done_testing;
