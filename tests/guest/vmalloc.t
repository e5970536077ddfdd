#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# vmalloc on real Xen: its cases in every variant, with as many entries as there have
# to be and nothing lost; a new kernel slot reaches processes that run, wait and come
# later; a kernel that does not propagate it is found out.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my @all = map { $_->{name} } @{read_json("$root/build/share/variants.json")->{variants}};
my @variants = grep { !/^native/ } @all;

sub runs_of
{
	my ($file) = @_;
	return @{read_json("$tmp/$file.json")->{runs}};
}

sub sound
{
	my ($run) = @_;
	is($run->{outcome}{status}, 'success', "$run->{id}: success") or diag($run->{outcome}{reason});
	is($run->{conserved}{vmalloc_areas}{after}, 0, "$run->{id}: no area is left");
	is_deeply([grep { $_->{before} != $_->{after} } values %{$run->{conserved}}], [],
		"$run->{id}: nothing is lost");
}

my $r = run_command("$root/build/pvmmu", 'run', '--variant', join(',', @all), '--workload',
	'vmalloc:case=0+1+2+3:n=20:warmup=1,vmalloc:pages=600:n=2:warmup=1', '--out', "$tmp/cases.json", '--quiet');
is($r->{code}, 0, 'all cases run') or diag($r->{err});
# Entries that one operation writes and clears again, in tables that are there already.
my %pages = ('case=0' => 1, 'case=2' => 1, 'case=3' => 101, 'pages=600' => 600);
for my $run (runs_of('cases')) {
	sound($run);
	my ($case) = grep { $run->{id} =~ /\b$_\b/ } sort keys %pages or next;
	my $mmu = $run->{counters}{mmu};
	my $entries = 0;
	$entries += $mmu->{$_} for grep { /^entries_/ } keys %$mmu;
	my $tables = $mmu->{tables_allocated};
	# A new table is put in its place, under Xen after it has been made read-only.
	is($entries - ($run->{id} =~ /^native/ ? 1 : 2) * $tables, 2 * $pages{$case} * $run->{counted_iterations},
		"$run->{id}: two entries for each page");
	is($run->{counters}{hypercalls}{multicall} > 0, $case ne 'case=0' && $case ne 'case=2' || '',
		"$run->{id}: in batches") if ($run->{identity}{variant}{policy}{batch} // '') eq 'multicall';
}

# Processes that exist when the slot is added.
my $own = "$tmp/root";
run_command('mkdir', '-p', "$own/build/guest/xen64", "$own/build/share", "$tmp/ramdisk/bin");
symlink("$root/results.schema.json", "$own/results.schema.json");
symlink("$root/build/xen", "$own/build/xen");
my @mutants = ('eager+skip_propagation', 'nopin+skip_propagation');
symlink("$root/build/guest/xen64/$_", "$own/build/guest/xen64/$_") for @variants, @mutants;
spew("$own/build/share/variants.json", slurp("$root/build/share/variants.json"));
run_command('cp', "$root/build/test-guest/roots", "$tmp/ramdisk/bin/roots");
my $describe = run_command("$tmp/ramdisk/bin/roots", '--describe');
spew("$own/build/share/workloads.json", "{\"workloads\":[$describe->{out}]}");
system("cd '$tmp/ramdisk' && find . -mindepth 1 | cpio --quiet -o -H newc > '$own/build/guest/xen64/initramfs.cpio'");
sub boot_roots
{
	my ($file, $vcpus, @images) = @_;
	return run_command("$root/build/pvmmu", 'run', '--root', $own, '--variant', join(',', @images),
		'--workload', 'roots', '--vcpus', $vcpus, '--out', "$tmp/$file.json", '--quiet', '--cold',
		'--timeout', 100)->{code};
}

is(boot_roots('one', 1, @variants), 0, 'one CPU');
is(boot_roots('four', 4, grep { /^(eager|splitptl)$/ } @variants), 0, 'four, which use it at the same time');
for my $run (runs_of('one'), runs_of('four')) {
	sound($run);
	cmp_ok($run->{counters}{mmu}{propagated}, '>=', 3, "$run->{id}: written into each root there was");
}
is(boot_roots('mutants', 1, @mutants), 6, 'the mutants crash');
for my $run (runs_of('mutants')) {
	is($run->{outcome}{status}, 'crash', "$run->{id}: crash");
	like($run->{outcome}{reason}, qr/Xen refused the entry for va ffffc9/, "$run->{id}: for its first entry");
}
done_testing();
