#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The same kernel without Xen: runs workloads, on one CPU and on several (workloads.t all of them);
# does nothing that only a hypervisor needs; and costs what theory says, less than
# under Xen, the same at any size of the address space where nothing is copied.
# A start from a kept state measures the same as a boot.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my @native = map { $_->{name} } grep { $_->{env} eq 'native64' }
	@{read_json("$root/build/share/variants.json")->{variants}};
is_deeply(\@native, [qw(native native-highpte native-splitptl)], 'the variants');
my @workloads = qw(null fork_dirty exec ctx cow munmap mprotect mremap threads_fault vmalloc reclaim);

sub run_real
{
	my ($name, @args) = @_;
	my $r = run_command("$root/build/pvmmu", 'run', '--out', "$tmp/$name.json", '--quiet', @args);
	is($r->{code}, 0, "$name: runs") or diag($r->{err});
	return {map { $_->{id} => $_ } @{read_json("$tmp/$name.json")->{runs}}};
}

sub least
{
	my ($run) = @_;
	return (sort { $a <=> $b } @{$run->{series}[0]{samples}})[0];
}

# Page ageing needs a CPU of its own.
my %all;
for my $cpus (1, 4) {
	my @those = grep { $cpus > 1 || $_ ne 'reclaim' } @workloads;
	my $some = run_real("all on $cpus", '--variant', join(',', @native), '--vcpus', $cpus, '--workload',
		join(',', map { "$_:n=4:warmup=2" } @those));
	is(scalar keys %$some, @native * @those, "each of them, on $cpus");
	%all = (%all, %$some);
}
for my $id (sort keys %all) {
	my $run = $all{$id};
	my %c = %{$run->{counters}};

	is($run->{outcome}{status}, 'success', "$id: success") or diag($run->{outcome}{reason});
	ok(!exists $run->{identity}{xen}, "$id: no Xen in the identity");
	is_deeply([grep { $c{$_->[0]}{$_->[1]} } map { my $g = $_; map { [$g, $_] } keys %{$c{$g}} }
		grep { /^(hypercalls|mmuext|queued|batch)/ } keys %c], [], "$id: nothing is asked of a hypervisor");
	is_deeply([@{$c{mmu}}{qw(protected unprotected validations entries_va entries_mmu entries_emulated)}],
		[(0) x 6], "$id: no table is read-only, each entry is a store");
	is_deeply([grep { $_->{before} != $_->{after} } values %{$run->{conserved}}], [], "$id: nothing is lost");
}

# Beside Xen, and over sizes.
my $cells = run_real('cells', '--variant', 'native,eager', '--workload',
	'null,null_syscall,fork:mb=0+16:n=8,ctx:mb=0+16:n=8');
my %least = map { $_ => least($cells->{$_}) } keys %$cells;
is($least{'native64-null~native'}, $least{'xen64-null~eager'}, 'measuring costs the same');
cmp_ok(4 * $least{'native64-null_syscall~native'}, '<', $least{'xen64-null_syscall~eager'},
	'a system call is several times cheaper without Xen');
is($least{'native64-ctx:n=8:mb=16~native'}, $least{'native64-ctx:n=8~native'}, 'a switch costs the same at any size');
for my $mb ('', ':mb=16') {
	cmp_ok(2 * $least{"native64-fork:n=8$mb~native"}, '<', $least{"xen64-fork:n=8$mb~eager"},
		"fork$mb: less than half without Xen");
}

# Two starts from the state that the runs above have left, and one without.
my @again = map {
	my $one = run_real("start $_", '--variant', 'native', '--workload', 'fork:mb=1:n=16', $_ == 2 ? '--cold' : ());
	[map { [$_->{observed}{start}, JSON::PP->new->canonical->encode([@$_{qw(series counters conserved)}])] } values %$one]->[0];
} 0 .. 2;
is_deeply([map { $_->[0] } @again], ['warm', 'warm', 'cold'], 'warm starts without Xen, too');
is($again[$_][1], $again[0][1], 'the same samples and counters') for 1, 2;
done_testing();
