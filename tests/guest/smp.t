#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Several vCPUs, on real Xen and without it: all of them start and work; the same
# image gives the same samples, from a cold boot, while its state is saved and from
# the kept state; everything is conserved; threads of one process fault, map,
# protect and fork side by side in every variant, and what one takes away is gone
# for all; a CPU that is lazily on a tree that ends is moved off it, and a build
# that leaves it there is noticed.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

sub measured
{
	my ($run) = @_;
	return JSON::PP->new->canonical->encode([@$run{qw(series counters conserved)}]);
}

# Two runs gave the same; if not, says what each had to say where they differ.
sub same_measured
{
	my ($got, $want, $what) = @_;

	is(measured($got), measured($want), $what) or do {
		for my $run ($got, $want) {
			my $counters = JSON::PP->new->canonical->encode($run->{counters});
			diag("$run->{id} ($run->{observed}{start}): @{$run->{series}[0]{samples}}; $counters");
		}
	};
}

my $count = 0;
sub run_real
{
	my ($what, @arguments) = @_;
	my $out = "$tmp/" . $count++ . '.json';
	my $r = run_command("$root/build/pvmmu", 'run', '--out', $out, '--quiet', @arguments);
	is($r->{code}, 0, "$what: runs") or diag($r->{err});
	return {map { $_->{id} => $_ } @{read_json($out)->{runs}}};
}

# A root of its own: its states are made here.
my $own = "$tmp/root";
my @variants = map { $_->{name} } @{read_json("$root/build/share/variants.json")->{variants}};
run_command('mkdir', '-p', "$own/build/share");
symlink("$root/$_", "$own/$_") for qw(results.schema.json guest-kernel);
symlink("$root/build/xen", "$own/build/xen");
symlink("$root/build/share/$_", "$own/build/share/$_") for qw(variants.json workloads.json);
for my $env (qw(xen64 native64)) {
	run_command('mkdir', '-p', "$own/build/guest/$env");
	symlink($_, "$own/build/guest/$env/" . s|.*/||r) for glob("$root/build/guest/$env/*");
}

# The state of a machine of four is made by the first of them.
my @four = ('--root', $own, '--variant', 'batched', '--vcpus', 4, '--workload', 'fork:mb=1:n=24');
my $id = 'xen64-fork:n=24:mb=1@4~batched';
my $saving = run_real('saving', @four)->{$id};
my $warm   = run_real('warm', @four)->{$id};
my $cold   = run_real('cold', @four, '--cold')->{$id};
is($saving->{identity}{vcpus}, 4, 'four vCPUs');
is($warm->{observed}{start}, 'warm', 'started from the kept state');
is($saving->{observed}{confirmed}, 'cold boot', 'the first run from it was compared with a cold boot');
is($warm->{observed}{confirmed}, 'kept state', 'and so the others only with a second one');
is($cold->{observed}{confirmed}, 'cold boot', 'a cold boot is compared with another');
same_measured($warm, $saving, 'the same samples and counters as the run that kept it');
same_measured($cold, $saving, 'and as a cold boot');
isnt(measured(run_real('one', '--variant', 'batched', '--workload', 'fork:mb=1:n=24')
	->{'xen64-fork:n=24:mb=1~batched'}), measured($saving), 'one vCPU measures something else');
my ($smp, $sched) = @{$saving->{counters}}{qw(smp sched)};
cmp_ok($smp->{kicks}, '>=', 2 * 24, 'each child is started, and each parent woken, on another vCPU');
is($sched->{all_idle}, 0, 'at no time were all idle: virtual time did not skip');

# Every number of vCPUs; eight twice at once.
my $all = run_real('1 to 8', '--variant', 'eager', '--vcpus', '1+2+3+8', '--workload', 'forkbomb:n=2');
is_deeply([sort map { $_->{identity}{vcpus} } values %$all], [1, 2, 3, 8], 'from one to eight vCPUs');
for my $run (values %$all) {
	is_deeply([grep { $_->{before} != $_->{after} } values %{$run->{conserved}}], [],
		"$run->{id}: nothing is lost");
}
my $again = run_real('again', '--variant', 'eager', '--vcpus', 8, '--workload', 'forkbomb:n=2');
same_measured($again->{'xen64-forkbomb:n=2@8~eager'}, $all->{'xen64-forkbomb:n=2@8~eager'},
	'eight vCPUs give the same again');
my $r = pvmmu('run', '--vcpus', 9);
is($r->{code}, 64, 'nine are refused');
like($r->{err}, qr/1 to 8/, 'and the limit is named');

# Threads, first on this Linux: what the test demands is what Linux does.
$r = run_command("$root/build/test-guest/threads");
is($r->{code}, 0, 'Linux does what is demanded of threads') or diag($r->{out});
my @threads = ('--', "$root/build/test-guest/threads", 'threads=6');
my $threads = run_real('threads', '--variant', join(',', @variants), '--vcpus', 4, @threads);
for my $run (values %$threads) {
	my ($mmu, $smp) = @{$run->{counters}}{qw(mmu smp)};
	is($run->{outcome}{status}, 'success', "$run->{id}: success") or diag($run->{outcome}{reason});
	is_deeply([grep { $_->{before} != $_->{after} } values %{$run->{conserved}}], [],
		"$run->{id}: nothing is lost");
	cmp_ok($mmu->{shootdowns}, '>', 100, "$run->{id}: flushes reached other vCPUs");
	cmp_ok($mmu->{moved_off},  '>', 0,   "$run->{id}: vCPUs were moved off trees that ended");
}
$threads = run_real('threads on one', '--variant', 'eager', @threads);
for my $run (values %$threads) {
	is($run->{counters}{mmu}{$_}, 0, "one vCPU: no $_") for qw(shootdowns moved_off);
}

# A vCPU that is left behind on a tree.
$r = run_command("$root/build/pvmmu", 'run', '--variant', 'eager+leave_lazy_cpu', '--vcpus', 4,
	'--out', "$tmp/mutant.json", '--quiet', @threads);
is($r->{code}, 6, 'a vCPU left on a tree that ends is noticed');
like(read_json("$tmp/mutant.json")->{runs}[0]{outcome}{reason}, qr/Xen refused/, 'by Xen');
done_testing();
