#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# What the exact tier promises, and what theory says the two pin policies must
# show, on real Xen:
#  - the same image gives the same samples and counters, run by run;
#  - without pinning a context switch costs in proportion to the address space,
#    with it the size does not matter;
#  - counts agree with what the policy is.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

# The measurements of a run, as text that can be compared.
sub measured
{
	my ($run) = @_;
	return JSON::PP->new->canonical->encode([@$run{qw(series counters conserved)}]);
}

sub run_real
{
	my ($name, @args) = @_;
	my $r = run_command("$root/build/pvmmu", 'run', '--out', "$tmp/$name.json", '--quiet', @args);
	is($r->{code}, 0, "$name: runs") or diag($r->{err});
	return {map { $_->{id} => $_ } @{read_json("$tmp/$name.json")->{runs}}};
}

sub median
{
	my @s = sort { $a <=> $b } @{$_[0]{series}[0]{samples}};
	return @s % 2 ? $s[@s / 2] : ($s[@s / 2 - 1] + $s[@s / 2]) / 2;
}

# One at a time, then two side by side: neither the order nor the load may matter.
my @cells = ('--variant', 'eager,nopin,native', '--workload', 'fork:n=16,exec:n=8');
my $first  = run_real('first',  @cells, '--jobs', 1);
my $second = run_real('second', @cells, '--jobs', 2);
for my $id (sort keys %$first) {
	ok(@{$first->{$id}{series}[0]{samples}} >= 8, "$id: has samples");
	is(measured($second->{$id}), measured($first->{$id}), "$id: the same again");
}
my $xen = $first->{'xen64-fork:n=16~eager'}{identity}{xen};
like($xen->{banner}, qr/^Xen version \d+\.\d+.*debug=/, 'Xen said which it is');
like($xen->{mitigations}{'XPTI (64-bit PV only)'}, qr/^Dom0 (en|dis)abled, DomU/, 'Xen said what it has in force');
like($xen->{sha256}, qr/^[0-9a-f]{64}$/, 'and its hash is known');
isnt(measured($first->{'xen64-fork:n=16~eager'}), measured($first->{'xen64-fork:n=16~nopin'}),
	'different images do not measure the same: the comparison can fail');

my @mb = (0, 1, 16, 64);
my $sweep = run_real('sweep', '--variant', 'eager,nopin',
	'--workload', 'ctx:n=8:warmup=2:mb=' . join('+', @mb));
my %ctx;
for my $id (keys %$sweep) {
	my ($variant) = $id =~ /~(\w+)$/;
	$ctx{$variant}{$sweep->{$id}{identity}{workload}{parameters}{mb}} = median($sweep->{$id});
}
is_deeply([sort { $a <=> $b } keys %{$ctx{$_}}], \@mb, "ctx: $_ has all sizes") for qw(eager nopin);
is($ctx{eager}{$_}, $ctx{eager}{0}, "ctx: eager pays the same at $_ MiB as at none") for @mb;
# Two switches a round trip, 256 entries per MiB: the slope is Xen's cost of validating
# and letting go of an entry, and it has to be the same all the way.
my $slope_low  = ($ctx{nopin}{16} - $ctx{nopin}{1}) / 15;
my $slope_high = ($ctx{nopin}{64} - $ctx{nopin}{16}) / 48;
cmp_ok($slope_low, '>', 512 * 50, 'ctx: nopin pays for each MiB');
cmp_ok(abs($slope_high / $slope_low - 1), '<', 0.1, 'ctx: nopin pays in proportion');
cmp_ok($ctx{nopin}{64}, '>', 1000 * $ctx{eager}{64}, 'ctx: at 64 MiB that is a thousand times eager');
diag(sprintf('ctx nopin at %s MiB: %s; slope %.0f and %.0f per MiB', join(',', @mb),
	join(', ', map { $ctx{nopin}{$_} } @mb), $slope_low, $slope_high));

# Counters, per fork + exit + wait.
for my $variant (qw(eager nopin)) {
	my $run = $first->{"xen64-fork:n=16~$variant"};
	my $n = $run->{counted_iterations};
	my %c = map { my $g = $_; map { ("$g.$_" => $run->{counters}{$g}{$_}) } keys %{$run->{counters}{$g}} }
		keys %{$run->{counters}};
	is($c{'proc.forks'}, $n, "$variant: a process an iteration");
	is($c{'proc.exits'}, $n, "$variant: and it ends");
	is($c{'mmu.protected'}, $c{'mmu.unprotected'}, "$variant: tables made read-only and released");
	is($c{'mmu.tables_allocated'}, $c{'mmu.protected'}, "$variant: all tables, and only those");
	is($c{'mmuext.pin'}, $variant eq 'eager' ? 2 * $n : 0, "$variant: pins, both roots");
	is($c{'mmuext.unpin'}, $c{'mmuext.pin'}, "$variant: unpins");
	is($c{'mmu.validations'} > 0, $variant eq 'nopin' || '', "$variant: loads of unpinned roots");
	is($c{'sched.idle'}, 0, "$variant: never idle in a sample");
	is($c{'mmuext.new_baseptr'}, $c{'mmu.cr3_loads'}, "$variant: a kernel root a load");
}
done_testing();
