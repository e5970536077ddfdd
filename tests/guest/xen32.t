#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# 32-bit PAE on real Xen: every variant for Xen runs workloads, its audit finds nothing, nothing is lost,
# a kept state and a cold boot agree; programs for i386 print in the guest what they print on this Linux.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

plan skip_all => 'no Xen for 32-bit guests: make deps-xen-build, make xen FLAVOUR=pv32'
	if !-e "$root/build/xen-pv32/xen.json";

my @variants = map { $_->{name} } grep { $_->{env} eq 'xen64' } @{read_json("$root/build/share/variants.json")->{variants}};
cmp_ok(scalar @variants, '>', 4, 'there are variants for Xen');
# Built here, because few users want them.
my $made = run_command('make', '-s', '-C', $root, 'guest', 'guest-tests32', 'ENV=xen32', 'VARIANT=' . join(',', @variants));
if (!is($made->{code}, 0, 'their images and programs are built')) {
	diag($made->{err});
	done_testing();
	exit;
}

my $r = run_command("$root/build/pvmmu", 'run', '--env', 'xen32', '--workload', 'null,fork:n=8,exec:n=4,vmalloc:n=8,munmap:n=4',
	'--out', "$tmp/xen32.json", '--quiet');
is($r->{code}, 0, 'all variants for Xen run') or diag($r->{err});
my %fork;
for my $run (@{read_json("$tmp/xen32.json")->{runs}}) {
	my $id = $run->{id};
	is($run->{outcome}{status}, 'success', "$id: success") or diag($run->{outcome}{reason});
	is($run->{identity}{env}, 'xen32', "$id: its env");
	is_deeply([grep { $_->{before} != $_->{after} } values %{$run->{conserved}}], [], "$id: nothing is lost");
	is_deeply($run->{warnings}, [], "$id: no warnings");
	$fork{$run->{identity}{variant}{name}} = $run if $run->{identity}{workload}{name} eq 'fork';
}
is_deeply([sort keys %fork], [sort @variants], 'each variant forks');

$r = run_command("$root/build/pvmmu", 'run', '--env', 'xen32', '--cold', '--variant', 'eager', '--workload', 'fork:n=8',
	'--out', "$tmp/cold.json", '--quiet');
is_deeply(read_json("$tmp/cold.json")->{runs}[0]{series}, $fork{eager}{series}, 'a cold boot gives the same samples');

# Trees that are not pinned are validated when they are loaded.
cmp_ok($fork{nopin}{series}[0]{samples}[-1], '>', $fork{eager}{series}[0]{samples}[-1], 'nopin pays for that');

# Several vCPUs: what is confirmed is exact.
$r = run_command("$root/build/pvmmu", 'run', '--env', 'xen32', '--variant', 'batched,splitptl', '--vcpus', 4,
	'--workload', 'threads_fault:n=4', '--out', "$tmp/smp.json", '--quiet');
is($r->{code}, 0, 'four vCPUs') or diag($r->{err});
is_deeply([map { $_->{series}[0]{exact} ? 'exact' : 'not' } @{read_json("$tmp/smp.json")->{runs}}], ['exact', 'exact'], 'are exact');

# ---- programs ----
mkdir "$tmp/bin";
run_command('cp', "$root/build/test-guest32/selftest", "$tmp/bin/selftest");
spew("$tmp/bin/nonsense", "no program\n");
chmod 0755, "$tmp/bin/nonsense";
my $linux = run_command("$tmp/bin/selftest");
SKIP: {
	skip 'this Linux runs no i386 programs', 9 if $linux->{code};
	$r = run_command("$root/build/pvmmu", 'run', '--env', 'xen32', '--variant', 'eager', '--quiet', '--out', "$tmp/selftest.json",
		'--file', "$tmp/bin/nonsense", '--', "$tmp/bin/selftest");
	is($r->{code}, 0, 'the system calls of i386 do what Linux does') or diag($r->{err});
	for my $library (qw(musl glibc)) {
		for my $name (qw(signals pipes)) {
			my $program = "$root/build/test-guest32/$library/$name";
			my $want = run_command($program);
			my $got = run_command("$root/build/pvmmu", 'run', '--env', 'xen32', '--variant', 'eager', '--', $program);
			cmp_ok(length $want->{out}, '>', 100, "$library, $name: it prints");
			is("$got->{code} $got->{out}", "$want->{code} $want->{out}", "$library, $name: the same as here");
		}
	}
}
my $wide = run_command("$root/build/pvmmu", 'run', '--env', 'xen32', '--variant', 'eager', '--', '/bin/busybox', 'true');
is($wide->{code}, 64, 'a 64-bit program is refused');
like($wide->{err}, qr/is a 64-bit program: an i386 one \(env xen32 or native32\) is needed/, 'with what is needed');
my $narrow = run_command("$root/build/pvmmu", 'run', '--variant', 'eager', '--', "$root/build/test-guest32/musl/teller");
is($narrow->{code}, 64, 'and a 32-bit one on xen64');
like($narrow->{err}, qr/is a 32-bit program: an x86-64 one is needed/, 'likewise');
$r = run_command("$root/build/pvmmu", 'run', '--env', 'xen32', '--variant', 'native', '--workload', 'null', '--out', "$tmp/n.json");
is($r->{code}, 64, 'a variant without Xen is refused');
like($r->{err}, qr/variant "native" is for env native64, not for xen32/, 'by name');
$r = run_command("$root/build/pvmmu", 'run', '--env', 'xen32', '--variant', 'eager', '--workload', 'null', '--mem', 705, '--out', "$tmp/n.json");
is($r->{code}, 4, 'memory that the guest would not use is refused');
like($r->{err}, qr/xen32 takes up to 704 MiB \(--mem\)/, 'with what it takes');
done_testing();
