#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Page ageing on another vCPU while processes fork and exit: it writes entries of page tables that
# are being filled, published and retired. Every way of managing tables survives that, because both
# sides take the entry's lock. Without it in publishing and retiring, real Xen shows the race:
# a write to a page that is read-only already and no table yet.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my %mutant = map { $_ => 1 } ('eager+no_pin_lock', 'splitptl+no_pin_lock');
my $race = qr/write to a page table that is read-only and not a table for Xen/;
# The other variants pin and lock as one of these does.
my @all = qw(nopin eager splitptl highpte native);

sub reclaim
{
	my ($name, $vcpus, $n, @images) = @_;
	my $r = run_command("$root/build/pvmmu", 'run', '--variant', join(',', @images), '--vcpus', $vcpus,
		'--workload', "reclaim:n=$n", '--out', "$tmp/$name.json", '--quiet', '--timeout', 300);

	-e "$tmp/$name.json" or die "no results, exit status $r->{code}: $r->{err}";
	return ($r, @{read_json("$tmp/$name.json")->{runs}});
}

# With 8, unpinned trees are loaded while entries in them are written: Xen refuses one of the two,
# unless they keep out of each other's way.
# Without Xen a fork is over so soon that the thread needs more of them to get anywhere.
my @groups = (
	[2, 32, (grep { !/^native/ } @all), sort keys %mutant],
	[2, 128, grep { /^native/ } @all],
	[4, 32, 'splitptl', 'splitptl+no_pin_lock'],
	[8, 32, 'nopin'],
);

for my $group (@groups) {
	my ($vcpus, $n, @images) = @$group;
	my (undef, @runs) = reclaim("v$vcpus-$n", $vcpus, $n, @images);

	is(@runs, @images, "$vcpus vCPUs: each image has run");
	for my $run (@runs) {
		my ($image) = $run->{id} =~ /~(.*)/;
		my ($outcome, $c) = @$run{qw(outcome counters)};

		if ($mutant{$image}) {
			is($outcome->{status}, 'crash', "$run->{id}: crash");
			like($outcome->{reason}, $race, "$run->{id}: it is the race");
			next;
		}
		is($outcome->{status}, 'success', "$run->{id}: survives") or diag($outcome->{reason});
		cmp_ok($c->{ageing}{rounds}, '>', 0, "$run->{id}: all memory was gone through");
		# The parent has 1024 pages.
		cmp_ok($c->{ageing}{cleared}, '>', 1024, "$run->{id}: accessed bits were cleared");
	}
}

my ($r, $run) = reclaim('one', 1, 4, 'eager');
is($r->{code}, 3, 'one vCPU: skipped');
like($run->{outcome}{reason}, qr/2 or more/, 'one vCPU: the reason says what it takes');
done_testing();
