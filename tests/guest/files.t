#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Files, directories, descriptors and pipes: programs that know nothing of us print what each call
# returned, and print the same in the guest as on this Linux.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my %linux;
sub on_linux
{
	my ($program) = @_;
	$linux{$program} //= do {
		my $dir = "$tmp/" . $program =~ tr{/}{-}r;
		mkdir $dir or die "$dir: $!";
		my $r = run_command("$root/build/test-guest/$program", $dir);
		is($r->{code}, 0, "$program on Linux") or diag($r->{err});
		cmp_ok(scalar(split /\n/, $r->{out}), '>', 10, "$program says a lot");
		$r->{out};
	};
}

# The differences, for the person who has to find out why.
sub differences
{
	my @a = split /\n/, $_[0];
	my @b = split /\n/, $_[1];
	my @lines;
	for my $i (0 .. ($#a > $#b ? $#a : $#b)) {
		my ($linux, $guest) = map { $_ // 'nothing' } $a[$i], $b[$i];
		push @lines, "Linux: $linux", "guest: $guest" if $linux ne $guest;
	}
	return join "\n", splice @lines, 0, 12;
}

for my $case (
	['musl/files', 'eager', 1], ['glibc/files', 'native', 1],
	['musl/pipes', 'eager', 1], ['musl/pipes', 'batched', 4], ['glibc/pipes', 'native', 4],
	['musl/crowd', 'batched', 4], ['musl/crowd', 'native', 4],
) {
	my ($program, $variant, $vcpus) = @$case;
	my $what = "$program on $variant, $vcpus vCPUs";
	my $want = on_linux($program);
	my $r = run_command("$root/build/pvmmu", 'run', '--variant', $variant, '--vcpus', $vcpus, '--timeout', 100,
		'--', "$root/build/test-guest/$program", '/tmp/own-work');
	# Also if something was not given back: that would be a 5.
	is($r->{code}, 0, "$what: ends well") or diag($r->{err});
	ok($r->{out} eq $want, "$what: as on Linux") or diag(differences($want, $r->{out}));
	my @missing = $r->{err} =~ /system call (\S+ \(\d+\)|\d+)/g;
	is_deeply(\@missing, [], "$what: no call is missing");
}
done_testing();
