#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# pvmmu disturbance: what collectors do to samples, in result and table. With a pretended QEMU, where
# nothing may differ or everything does; on the real things with what is built.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

sub disturbance
{
	my ($act, $dir, @arguments) = @_;
	local $ENV{FAKE_QEMU}  = $act;
	local $ENV{FAKE_BOOTS} = "$tmp/boots";
	unlink $ENV{FAKE_BOOTS};
	my $got = pvmmu('disturbance', '--root', $dir, '--qemu', "$root/tests/fake-qemu", '--out', "$dir/d.json", @arguments);
	unlike($got->{err}, qr/Sanitizer|runtime error/, 'no sanitizer report');
	$got->{set} = read_json("$dir/d.json") if -e "$dir/d.json";
	return $got;
}

my $dir = fixture();
my $got = disturbance('success', $dir, '--variant', 'eager,nopin', '--workload', 'fork');
is($got->{code}, 0, 'without a disturbance') or diag($got->{err});
my @none = grep { $_->{collector} eq 'none' } @{$got->{set}{disturbance}};
is(scalar @none, 2, 'each run once more without');
is_deeply($none[0]{differences}, [{name => 'insns', unit => 'instructions', without => 1008, with => 1008, difference => 0,
	samples => 8, samples_differ => 0}], 'the same');
is($none[0]{with}{id}, $got->{set}{runs}[0]{id}, 'the run is kept whole');
is(scalar @{$none[0]{with}{series}[0]{samples}}, 8, 'with its samples');
ok(!grep({ exists $_->{collectors} } @{$got->{set}{runs}}), 'the runs of the set had no collector');
like($got->{set}{runs}[0]{command}, qr/ --collect none$/, 'and the command that repeats one says so');
like($got->{out}, qr/^none\s+xen64-fork~eager\s+1,008 instructions \+0 \(\+0\.00 %\), 0 of 8 samples differ$/m, 'table') or diag($got->{out});
my ($guest) = grep { $_->{collector} eq 'guest' } @{$got->{set}{disturbance}};
like($guest->{skipped}, qr/compiled into the guest/, 'what cannot be taken out says why');
like($got->{out}, qr/^guest\s+SKIP: counting is compiled/m, 'in the table too');
is(pvmmu('validate', '--root', $dir, "$dir/d.json")->{code}, 0, 'valid');

$got = disturbance('dearer', $dir, '--variant', 'eager', '--workload', 'fork', '--collect', 'perf');
is($got->{code}, 0, 'with one');
@none = grep { $_->{collector} eq 'none' } @{$got->{set}{disturbance}};
my ($d) = @{$none[0]{differences}};
is_deeply([@$d{qw(without with difference samples_differ)}], [1108, 1208, 100, 8], 'each sample is found to differ');
like($got->{out}, qr/1,108 instructions \+100 \(\+9\.03 %\), 8 of 8 samples differ/, 'and by how much') or diag($got->{out});
my ($perf) = grep { $_->{collector} eq 'perf' } @{$got->{set}{disturbance}};
is($perf->{skipped}, 'perf is not for rig solo; it is for host xl box', 'a collector that is none for this rig');
is(scalar(split /\n/, slurp("$tmp/boots")), 2, 'for which nothing is run');

$got = disturbance('other-clock', $dir, '--variant', 'eager', '--workload', 'fork', '--collect', 'perf');
@none = grep { $_->{collector} eq 'none' } @{$got->{set}{disturbance}};
is_deeply($none[0]{differences}, [], 'series in other units are not compared');
is_deeply([map { $_->{name} } @{$none[0]{not_compared}}], ['insns'], 'and named') or diag($got->{out}, $got->{err});
like($got->{out}, qr/^none\s+xen64-fork~eager\s+not compared: insns: the run with it has no such series in instructions$/m, 'in the table') or diag($got->{out});
is(pvmmu('validate', '--root', $dir, "$dir/d.json")->{code}, 0, 'valid');

$got = disturbance('fail', $dir, '--variant', 'eager', '--workload', 'fork', '--no-collect', 'insn,xenperf');
is($got->{code}, 5, 'a workload that fails is no measurement');
ok(!grep({ $_->{collector} =~ /insn|xenperf/ } @{$got->{set}{disturbance}}), 'nor those that are left out');

for my $case ([['--variant', 'eager'], qr/expected --workload/], [['--workload', 'fork', '--collect', 'moon'], qr/unknown collector "moon"/],
	[['--', 'program'], qr/expected --workload/]) {
	$got = disturbance('success', $dir, @{$case->[0]});
	is($got->{code}, 64, "@{$case->[0]}: a usage error");
	like($got->{err}, $case->[1], 'which says what was expected');
}

SKIP: {
	my $real = `LC_ALL=C perf stat -j --log-fd 1 -e page-faults -- true 2>/dev/null`;
	skip 'no perf here, or it may not count', 3 if $? || $real !~ /"page-faults/ || $real =~ /<not/;
	my $r = run_command("$root/build/pvmmu", 'disturbance', '--rig', 'host', '--workload', 'fork:n=8', '--out', "$tmp/host.json", '--quiet');
	is($r->{code}, 0, 'perf on this Linux') or diag($r->{err});
	my ($seen) = grep { $_->{collector} eq 'perf' } @{read_json("$tmp/host.json")->{disturbance}};
	cmp_ok($seen->{with}{collected}{perf}{events}{'page-faults'}{value}, '>', 10, 'it observed the run that gave the samples');
	is($seen->{differences}[0]{unit}, 'ns', 'in nanoseconds');
}
done_testing;
