#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Pte pages without a permanent mapping, on real Xen and without it: when their zone is used up
# low pages serve as well, nothing is lost, and the counters say what the policy is.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

# Fifteen processes of 64 MiB have far more pte pages than 1 MiB holds.
my $r = run_command("$root/build/pvmmu", 'run', '--out', "$tmp/small.json", '--quiet',
	'--variant', 'splitptl,highpte,native-highpte', '--workload', 'forkbomb:mb=64:n=2:warmup=1',
	'--high-mib', 1);
is($r->{code}, 0, 'a zone that is too small: all runs succeed') or diag($r->{err});
$r = run_command("$root/build/pvmmu", 'run', '--out', "$tmp/usual.json", '--quiet',
	'--variant', 'highpte', '--workload', 'fork:n=4');
is($r->{code}, 0, 'the usual one') or diag($r->{err});
my %run = map { ("$_->{identity}{variant}{name}" => $_) } @{read_json("$tmp/small.json")->{runs}};
my $usual = read_json("$tmp/usual.json")->{runs}[0];

for my $variant (qw(highpte native-highpte)) {
	my ($mmu, $id) = ($run{$variant}{counters}{mmu}, $run{$variant}{identity});
	is($id->{high_pages}, 256, "$variant: the size of the zone is told");
	like($run{$variant}{command}, qr/ --high-mib 1( |$)/, "$variant: and is part of the command");
	cmp_ok($mmu->{high_fallbacks}, '>', 2 * 14 * 32 - 2 * 256, "$variant: low pages serve as well");
	cmp_ok($mmu->{slot_maps}, '>', 256, "$variant: high ones are mapped");
	my @lost = grep { $_->{before} != $_->{after} } values %{$run{$variant}{conserved}};
	is_deeply(\@lost, [], "$variant: nothing is lost");
}
cmp_ok($run{highpte}{counters}{mmu}{stray_flushed}, '>', 0, 'Xen wants stray mappings made read-only');
is($run{'native-highpte'}{counters}{mmu}{stray_flushed}, 0, 'nobody else does');
is($run{splitptl}{counters}{mmu}{slot_maps} + $run{splitptl}{counters}{mmu}{slot_hits}, 0,
	'low pages need no slots');
ok(!exists $run{splitptl}{identity}{high_pages}, 'and have no zone');
is($usual->{identity}{high_pages}, $usual->{identity}{memory_mib} * 256 / 8, 'usually an eighth of memory');
is($usual->{counters}{mmu}{high_fallbacks}, 0, 'which is enough');
is_deeply([grep { !$_->{ok} || !$_->{xen_view} } @{$usual->{audits}}], [], 'the guest finds its tables in order');

my $compare = run_command("$root/build/pvmmu", 'compare', "$tmp/small.json");
like($compare->{out}, qr/zone of 256 pages .* our construction/, 'compare says what the zone is');
done_testing();
