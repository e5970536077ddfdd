#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# 32-bit PAE without Xen: the native variants run workloads on one CPU and on several, their audit finds
# nothing, nothing is lost, and nothing is asked of a hypervisor; a kept state and a cold boot agree;
# programs for i386 print in the guest what they print on this Linux, by INT $0x80 and by SYSENTER.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my @variants = map { $_->{name} } grep { $_->{env} eq 'native64' } @{read_json("$root/build/share/variants.json")->{variants}};
cmp_ok(scalar @variants, '>', 2, 'there are variants without Xen');
# Built here, because few users want them.
my $made = run_command('make', '-s', '-C', $root, 'guest', 'guest-tests32', 'ENV=native32', 'VARIANT=' . join(',', @variants));
if (!is($made->{code}, 0, 'their images and programs are built')) {
	diag($made->{err});
	done_testing();
	exit;
}

sub run_real
{
	my ($name, @args) = @_;
	my $r = run_command("$root/build/pvmmu", 'run', '--env', 'native32', '--out', "$tmp/$name.json", '--quiet', @args);
	is($r->{code}, 0, "$name: runs") or diag($r->{err});
	return @{read_json("$tmp/$name.json")->{runs}};
}

my %fork;
my @all = (run_real('one CPU', '--workload', 'null,null_syscall,fork:n=8,exec:n=4,vmalloc:n=8,munmap:n=4'),
	run_real('four', '--vcpus', 4, '--workload', 'threads_fault:n=4,cow:n=4'),
	run_real('eight', '--vcpus', 8, '--variant', 'native-highpte', '--workload', 'threads_fault:n=4'));
is(scalar @all, 8 * @variants + 1, 'each of them');
for my $run (@all) {
	my $id = $run->{id};
	my %c = %{$run->{counters}};

	is($run->{outcome}{status}, 'success', "$id: success") or diag($run->{outcome}{reason});
	is($run->{identity}{env}, 'native32', "$id: its env");
	ok(!exists $run->{identity}{xen}, "$id: no Xen in the identity");
	ok($run->{series}[0]{exact}, "$id: exact");
	is_deeply([grep { $c{$_->[0]}{$_->[1]} } map { my $g = $_; map { [$g, $_] } keys %{$c{$g}} }
		grep { /^(hypercalls|mmuext|queued|batch)/ } keys %c], [], "$id: nothing is asked of a hypervisor");
	is_deeply([@{$c{mmu}}{qw(protected unprotected validations entries_va entries_mmu entries_emulated)}],
		[(0) x 6], "$id: no table is read-only, each entry is a store");
	is_deeply([grep { $_->{before} != $_->{after} } values %{$run->{conserved}}], [], "$id: nothing is lost");
	is_deeply($run->{warnings}, [], "$id: no warnings");
	$fork{$run->{identity}{variant}{name}} = $run if $run->{identity}{workload}{name} eq 'fork';
}
is_deeply([sort keys %fork], [sort @variants], 'each variant forks');
my ($cold) = run_real('cold', '--cold', '--variant', 'native', '--workload', 'fork:n=8');
is_deeply([@$cold{qw(series counters)}], [@{$fork{native}}{qw(series counters)}], 'a cold boot gives the same samples');

# ---- programs ----
sub in_guest
{
	my $r = run_command("$root/build/pvmmu", 'run', '--env', 'native32', '--variant', 'native', @_);
	return "$r->{code} $r->{out}";
}

my $dir = "$root/build/test-guest32";
SKIP: {
	skip 'this Linux runs no i386 programs', 14 if run_command("$dir/musl/calls", 'which')->{code};
	is(in_guest('--quiet', '--out', "$tmp/selftest.json", '--vcpus', 2, '--', "$dir/threads", 'threads=6'), '0 ', 'threads');
	mkdir "$tmp/bin";
	run_command('cp', "$dir/selftest", "$tmp/bin/selftest");
	spew("$tmp/bin/nonsense", "no program\n");
	chmod 0755, "$tmp/bin/nonsense";
	is(in_guest('--quiet', '--out', "$tmp/selftest.json", '--file', "$tmp/bin/nonsense", '--', "$tmp/bin/selftest"), '0 ',
		'the system calls of i386 do what Linux does');
	for my $library (qw(musl glibc)) {
		for my $name (qw(signals pipes calls)) {
			my $want = run_command("$dir/$library/$name");
			cmp_ok(length $want->{out}, '>', 100, "$library, $name: it prints");
			is(in_guest('--', "$dir/$library/$name"), "$want->{code} $want->{out}", "$library, $name: the same as here");
		}
	}
}
is(in_guest('--', "$dir/musl/calls", 'which'), "0 AT_SYSINFO\n", 'programs are told an address for system calls');
my $r = run_command("$root/build/pvmmu", 'run', '--env', 'native32', '--variant', 'eager', '--workload', 'null', '--out', "$tmp/n.json");
is($r->{code}, 64, 'a variant for Xen is refused');
like($r->{err}, qr/variant "eager" is for env xen64, not for native32/, 'by name');
$r = run_command("$root/build/pvmmu", 'run', '--env', 'native32', '--variant', 'native', '--workload', 'null', '--mem', 705, '--out', "$tmp/n.json");
is($r->{code}, 4, 'memory that the guest would not use is refused');
like($r->{err}, qr/native32 takes up to 704 MiB \(--mem\)/, 'with what it takes');
done_testing();
