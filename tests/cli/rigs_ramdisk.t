#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# An initial ramdisk that is older than the programs which were built is refused, before anything
# boots, with what brings it up to date.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;
use File::Path qw(make_path);

my $dir = fixture(1);
my @made;

# The ramdisk of an env, of {name: contents}, as cpio makes it.
sub ramdisk
{
	my ($env, %files) = @_;
	my $tree = "$tmp/tree" . @made;
	push @made, $tree;
	make_path("$tree/bin");
	spew("$tree/bin/$_", $files{$_}) for keys %files;
	system('sh', '-c', 'cd "$1" && find . -mindepth 1 | cpio --quiet -o -H newc > "$2"', 'sh', $tree,
		"$dir/build/guest/$env/initramfs.cpio") == 0 or die;
}
sub built
{
	my (%files) = @_;
	system('rm', '-rf', "$dir/build/workloads");
	make_path("$dir/build/workloads");
	spew("$dir/build/workloads/$_", $files{$_}) for keys %files;
}
# The sources: what is none of these is a helper.
make_path("$dir/workloads");
spew("$dir/workloads/$_.c", '') for qw(fork exec);

my %now = (fork => "program of fork\n", exec => 'exec' x 1000, helper => 'x');
for my $case (['the same', \%now, \%now, 0],
	['one that is not run has changed', {%now, exec => 'older'}, \%now, 0],
	['the workload is missing', {exec => 1, helper => 'x'}, \%now, 4, qr/lacks the workload fork, which is in build\/workloads: .* puts it in/],
	['the workload has changed', {%now, fork => "program of fork.\n"}, \%now, 4, qr/has another fork than build\/workloads: .* brings it up to date/],
	['it has grown', {%now, fork => "program of fork\n."}, \%now, 4, qr/has another fork than/],
	['a helper has changed', {%now, helper => 'y'}, \%now, 4, qr/has another helper than/],
	['a program that is in none', \%now, {%now, stray => 'x'}, 0],
	['no programs here', \%now, {}, 0]) {
	my ($what, $inside, $outside, $code, $why) = @$case;
	for my $variant (['eager', 'xen64'], ['native', 'native64']) {
		ramdisk($variant->[1], %$inside);
		built(%$outside);
		my $got = fake_run({act => 'success', root => $dir}, '--variant', $variant->[0], '--workload', 'fork');
		is($got->{code}, $code, "$variant->[0], $what: exit code $code") or diag($got->{err});
		next if !$why;
		like($got->{err}, $why, "$variant->[0], $what: it is said");
		like($got->{err}, qr/build\/guest\/$variant->[1]\/initramfs.cpio .*`make guest VARIANT=$variant->[0]`/,
			"$variant->[0], $what: with the file and the command");
		is($got->{verdict}{verdict}, 'error', "$variant->[0], $what: verdict.json");
	}
}
# A file that is no archive lacks the program too, and a damaged size is not followed out of the file.
ramdisk('xen64', %now);
my $whole = slurp("$dir/build/guest/xen64/initramfs.cpio");
built(%now);
for my $bytes ('initramfs', substr($whole, 0, 300), $whole =~ s/(070701.{48})[0-9a-fA-F]{8}/$1ffffffff/sgr) {
	spew("$dir/build/guest/xen64/initramfs.cpio", $bytes);
	my $got = fake_run({act => 'success', root => $dir}, '--variant', 'eager', '--workload', 'fork');
	is($got->{code}, 4, 'a damaged archive');
	like($got->{err}, qr/lacks the workload fork/, 'lacks it');
}
done_testing;
