#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# What several vCPUs gave counts when two boots gave the same: as many are made as that takes, the
# result is of one of those that agree, and if none do it is an error, not a number.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my $boots = "$tmp/boots";
$ENV{FAKE_BOOTS} = $boots;

sub measured
{
	my ($act, @arguments) = @_;
	unlink $boots;
	my $got = fake_run($act, '--variant', 'eager', '--workload', 'fork:n=4', @arguments);
	$got->{run} = $got->{set}{runs}[0];
	return $got;
}

my $plain = measured('success');
is($plain->{code}, 0, 'one vCPU') or diag($plain->{err});
ok(!exists $plain->{run}{observed}{boots}, 'one boot settles it');
my @samples = @{$plain->{run}{series}[0]{samples}};

my $got = measured('dearer');
is_deeply($got->{run}{series}[0]{samples}, [map { $_ + 100 } @samples], 'so it is not booted again');
is(-s $boots, 2, 'not once');

$got = measured('success', '--vcpus', 4);
is($got->{run}{observed}{boots}, 2, 'four vCPUs: two boots that agree');
is_deeply($got->{run}{series}[0]{samples}, \@samples, 'the samples of one of them');
unlike("@{$got->{run}{warnings}}", qr/boots/, 'nothing to warn of');

$got = measured('dear-first', '--vcpus', 4);
is($got->{code}, 0, 'the first boot departs') or diag($got->{err});
is($got->{run}{observed}{boots}, 3, 'then it takes three');
is_deeply($got->{run}{series}[0]{samples}, \@samples, 'the samples are those that were repeated');
like("@{$got->{run}{warnings}}", qr/it took 3 boots until two gave the same/, 'and a warning says so');

$got = measured('dearer', '--vcpus', 4);
is($got->{code}, 4, 'no two agree: an error');
is($got->{run}{outcome}{reason}, 'no two of 9 boots gave the same: the exact tier does not repeat on this machine', 'which says so');
is_deeply($got->{run}{series}, [], 'and no number');
is(-s $boots, 18, 'nine boots were made');
done_testing();
