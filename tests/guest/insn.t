#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Collector insn on real Xen: samples are the same with it and without, and are the sum
# of what it attributes to Xen, to the guest kernel and to processes; warm and cold, on
# one vCPU and on several; with symbols, functions add up to the same.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use List::Util qw(sum);
use PvmmuTest;

my $count = 0;
sub measured
{
	my ($what, @how) = @_;
	my $out = "$tmp/" . $count++ . '.json';
	my $r = run_command("$root/build/pvmmu", 'run', @how, '--out', $out, '--quiet');
	is($r->{code}, 0, "$what: runs") or diag($r->{err});
	return -e $out ? {map { $_->{id} => $_ } @{read_json($out)->{runs}}} : {};
}

# Its samples are what was attributed, one by one.
sub adds_up
{
	my ($run) = @_;
	my ($samples, $seen) = ($run->{series}[0]{samples}, $run->{collected}{insn});
	ok($seen, "$run->{id}: attributed") or do { diag($run->{uncollected}{insn} // 'no reason'); return };
	my @parts = grep { $seen->{$_} } qw(xen kernel user);
	is(scalar @parts, $run->{id} =~ /^native/ ? 2 : 3, "$run->{id}: by as many as there are");
	my @sums = map { my $i = $_; sum(map { $seen->{$_}[$i] } @parts) } 0 .. $#$samples;
	is_deeply(\@sums, $samples, "$run->{id}: the parts are the samples");
	return $seen;
}

# exec:libc=1 and shell fault in all ways there are; cow prepares each iteration.
my @cells = (['--variant', 'eager,native', '--workload', 'null:n=4,fork:n=4,exec:n=2:libc=1,shell:n=2'],
	['--variant', 'eager,wrpt', '--workload', 'mprotect:n=2,cow:n=4']);
my $without = {map { %{measured('without', @$_)} } @cells};
my $with    = {map { %{measured('with', @$_, '--collect', 'insn:symbols')} } @cells};
is(scalar keys %$with, 12, 'all of it ran');
for my $id (sort keys %$with) {
	my $run = $with->{$id};
	is_deeply($run->{series}, $without->{$id}{series}, "$id: the same samples with it and without");
	my $seen = adds_up($run) or next;
	is($seen->{unnamed}, undef, "$id: all have names");
	my %by;
	$by{$_->{who}} += $_->{instructions} for @{$seen->{functions}};
	$by{$_} -= sum(@{$seen->{$_}}) for grep { $seen->{$_} } qw(xen kernel user);
	is_deeply([grep { $by{$_} } sort keys %by], [], "$id: functions add up to their parts");
}

# Empty if nothing was attributed: then what is expected of it fails, one by one.
sub attributed { my ($id) = @_; return $with->{$id}{collected}{insn} // {} }
sub functions  { return @{attributed(@_)->{functions} // []} }
my $null = attributed('xen64-null:n=4~eager');
is_deeply([@$null{qw(xen kernel)}], [[(0) x 4], [(0) x 4]], 'nothing is all the process itself does');
my %f = map { ("$_->{who}/$_->{object}/$_->{name}" => $_) } functions('xen64-fork:n=4~eager');
is($f{"user/fork/workload_fork"}{entered}, 4, 'each iteration calls the workload once');
is(($f{"kernel/guest/copy_vma"}{entered} // 1) % 4, 0, 'a fork copies the same areas each time');
cmp_ok($f{'xen/xen/do_mmuext_op'}{entered} // 0, '>=', 4 * 4, 'Xen is asked to pin and to unpin');
# Writes that Xen emulates are its work under wrpt only.
my %emulates = map { my $v = $_; ($v => scalar grep { $_->{name} =~ /^x86_emulate/ }
	functions("xen64-mprotect:n=2~$v")) } qw(eager wrpt);
ok($emulates{wrpt} && !$emulates{eager}, 'only trapped writes are emulated');
# A child's instructions have the name of the program that it executes.
ok((grep { $_->{object} eq 'tiny-glibc' } functions('xen64-exec:n=2:libc=1~eager')),
	'a program that was executed is told from the workload at the same addresses');

# A fork faults while the other vCPUs execute the same code: whose fault it is has to be told.
my @one = ('--variant', 'batched', '--workload', 'hackbench:n=4,fork:n=4', '--vcpus', '1,4');
my $smp = measured('several vCPUs', @one, '--collect', 'insn');
adds_up($smp->{$_}) for sort keys %$smp;
is(scalar keys %$smp, 4, 'on one vCPU and on four');
my $cold = measured('a cold boot', '--variant', 'eager', '--workload', 'fork:n=4', '--cold', '--collect', 'insn');
my ($run) = values %$cold;
is($run->{observed}{start}, 'cold', 'it was cold');
is($with->{$run->{id}}{observed}{start}, 'warm', 'the other one was not');
is_deeply((adds_up($run) // {})->{xen}, attributed($run->{id})->{xen} // 'none', 'the same parts from a cold boot');

# A program without marks has no sections.
my $plain = "$tmp/plain.json";
my $r = run_command("$root/build/pvmmu", 'run', '--variant', 'eager', '--collect', 'insn', '--out', $plain,
	'--', "$root/build/workloads/busybox", 'true');
is($r->{code}, 0, 'a program of its own');
like(read_json($plain)->{runs}[0]{uncollected}{insn}, qr/no samples/, 'has nothing to attribute, and that is told');

done_testing();
