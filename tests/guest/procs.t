#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Processes, threads, signals and time: programs that know nothing of us, with each C
# library, print in the guest what they print on this Linux, on real Xen and without it, on
# one processor and on four; nothing is lost, whatever they leave behind. And a fork
# bomb that nobody but the kernel can stop is stopped, with every process it has made.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my @machines = (['eager', 4], ['batched', 1], ['native', 4]);

sub in_guest
{
	my ($variant, $vcpus, $out, @program) = @_;
	my $r = run_command("$root/build/pvmmu", 'run', '--variant', $variant, '--vcpus', $vcpus, '--out', $out,
		'--quiet', '--timeout', 60, '--', @program);
	my ($run) = -e $out ? @{read_json($out)->{runs}} : ();
	return ($r, $run);
}

for my $name (qw(signals processes system)) {
	for my $library (qw(musl glibc)) {
		my $program = "$root/build/test-guest/$library/$name";
		my $linux = run_command($program);
		is($linux->{code}, 0, "$name with $library runs on Linux");
		like($linux->{out}, qr/\nend\n\z/, '... to its end');
		for my $machine (@machines) {
			my ($variant, $vcpus) = @$machine;
			my $what = "$name with $library on $variant with $vcpus";
			my ($r, $run) = in_guest($variant, $vcpus, "$tmp/$name-$library-$variant.json", $program);
			is($r->{code}, 0, "$what: runs") or diag($r->{err});
			is($r->{out}, $linux->{out}, "$what: prints the same");
			is_deeply([grep { $_->{before} != $_->{after} } values %{$run->{conserved}}], [],
				"$what: nothing is lost");
			is_deeply($run->{warnings}, [], "$what: no call is missing");
		}
	}
}

for my $machine (@machines) {
	my ($variant, $vcpus) = @$machine;
	my ($r, $run) = in_guest($variant, $vcpus, "$tmp/bomb-$variant.json",
		"$root/build/test-guest/musl/bomb", 'really');
	is($r->{code}, 0, "fork bomb on $variant with $vcpus: process 1 ends in order") or diag($r->{err});
	is($r->{out}, "with a limit of 10: 7 more, errno 11\nmade many 1, EAGAIN 1, ENOMEM 0, other 0\n",
		'... and has seen it stopped');
	is_deeply([grep { $_->{before} != $_->{after} } values %{$run->{conserved}}], [], '... all others are gone');
}
done_testing();
