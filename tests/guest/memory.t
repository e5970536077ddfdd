#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# System calls on memory, and starting programs, in the guest as on this Linux: the same
# program prints the same (tests/guest/programs/memory.c), with two C libraries.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my %want;
for my $library ('musl', 'glibc') {
	my $linux = run_command("$root/build/test-guest/$library/memory");

	is($linux->{code}, 0, "$library: the program runs on Linux") or diag($linux->{err});
	cmp_ok(scalar(split /\n/, $linux->{out}), '>', 100, "$library: and has much to say");
	$want{$library} = $linux->{out};
}
for my $case (['musl', 'eager'], ['musl', 'highpte', '--vcpus', 4], ['musl', 'nopin'], ['glibc', 'batched'], ['glibc', 'native']) {
	my ($library, $variant, @options) = @$case;
	my $r = run_command("$root/build/pvmmu", 'run', '--variant', $variant, @options, '--out',
		"$tmp/memory.json", '--', "$root/build/test-guest/$library/memory");

	is($r->{code}, 0, "@$case: runs in the guest") or diag($r->{err});
	is($r->{out}, $want{$library}, "@$case: as on Linux");
	my $run = read_json("$tmp/memory.json")->{runs}[0];
	is_deeply([grep { $_->{before} != $_->{after} } values %{$run->{conserved}}], [], "@$case: nothing is lost");
	cmp_ok($run->{counters}{faults}{bad} // 99, '>', 5, "@$case: bad accesses were punished");
}
done_testing();
