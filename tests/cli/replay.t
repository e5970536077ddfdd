#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Random lives (tests/unit/guest_random.c) under every policy: each must go well, and one seed must
# end in the same mappings everywhere. SEEDS=N for more of them.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my @programs = sort split ' ', slurp("$root/build/test-unit/replayed");
cmp_ok(scalar @programs, '>', 5, 'there are several policies');
my ($first, %of_first);
for my $program (@programs) {
	my ($policy) = $program =~ /guest_random\.(.*)/;
	my $got = run_command("$root/$program");
	my %digest = $got->{out} =~ /^# (seed \d+, step \d+): ([0-9a-f]{16})$/mg;

	is($got->{code}, 0, "$policy: all lives go well") or diag($got->{out}, $got->{err});
	$first //= $policy;
	%of_first = %digest if $first eq $policy;
	cmp_ok(scalar keys %digest, '>', 100, "$policy: digests are printed");
	is_deeply(\%digest, \%of_first, "$policy: the same mappings as under $first");
}
done_testing();
