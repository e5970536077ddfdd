#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Arrows point one way (docs/architecture.md). A layer may include itself and what
# is below it; the two programs share nothing but abi/.
use strict;
use warnings;
use File::Basename qw(dirname);
use File::Find qw(find);
use FindBin;
use Test::More;

my $root = "$FindBin::Bin/../..";

# Directory => the directories its files may include from, besides itself.
my $guest_low = [qw(guest-kernel/arch guest-kernel/lib abi)];
my %may = (
	'abi'                 => [],
	'bench'               => [qw(bench/rigs bench/exports bench/plots bench/site abi collectors)],
	'bench/exports'       => [qw(bench)],
	'bench/plots'         => [qw(bench)],
	'bench/site'          => [qw(bench)],
	'bench/rigs'          => [qw(bench collectors)],
	'collectors'          => [qw(abi)],
	'workloads'           => [qw(workloads/harness abi)],
	'workloads/aux'       => [qw(abi)],
	'workloads/harness'   => [qw(workloads abi)],
	'guest-kernel'        => [map({ "guest-kernel/$_" } qw(proc sys mm mmu xen native)), @$guest_low],
	'guest-kernel/proc'   => [map({ "guest-kernel/$_" } qw(sys mm mmu xen native)), @$guest_low],
	'guest-kernel/sys'    => [map({ "guest-kernel/$_" } qw(proc mm mmu xen native)), @$guest_low],
	'guest-kernel/mm'     => [map({ "guest-kernel/$_" } qw(mmu xen native)), @$guest_low],
	'guest-kernel/mmu'    => [map({ "guest-kernel/$_" } qw(xen native)), @$guest_low],
	'guest-kernel/xen'    => $guest_low,
	'guest-kernel/native' => $guest_low,
	'guest-kernel/arch'   => [qw(guest-kernel/lib abi)],
	'guest-kernel/lib'    => [qw(abi)],
);

# The layer a path belongs to: the longest known directory that it is in.
sub layer
{
	my ($path) = @_;
	for (my $dir = $path; $dir ne '.'; $dir = dirname($dir)) {
		return $dir if $may{$dir};
	}
	return undef;
}

sub normal
{
	my @parts;
	for (split m|/|, $_[0]) {
		$_ eq '..' && @parts ? pop @parts : $_ ne '.' && push @parts, $_;
	}
	return join '/', @parts;
}

# Included files by their path from the root; undef for a file that is nowhere.
sub resolve
{
	my ($from, $name) = @_;
	my @places = (dirname($from), '.');
	push @places, 'guest-kernel' if $from =~ m|^guest-kernel/|;
	for my $place (@places) {
		my $path = normal("$place/$name");
		return $path if -e "$root/$path";
	}
	return undef;
}

sub wrong_arrows
{
	my ($path, $text) = @_;
	my $from = layer($path) // return "$path: in no known directory";
	my @wrong;
	while ($text =~ /^[ \t]*#[ \t]*include[ \t]*"([^"]+)"/mg) {
		my $name = $1;
		my $target = resolve($path, $name) // next; # made by the build
		my $to = layer($target);
		push @wrong, "$path includes $target"
			if !$to || ($to ne $from && !grep { $_ eq $to } @{$may{$from}});
	}
	return @wrong;
}

# The check can see: arrows that must not be are found, ones that may are not.
for my $case (
	['guest-kernel/lib/x.c',   '"mm/mm.h"',                1],
	['guest-kernel/xen/x.c',   '"../mmu/policy.h"',        1],
	['guest-kernel/mmu/x.c',   '"bench/text.h"',           1],
	['bench/x.c',              '"../guest-kernel/lib/list.h"', 1],
	['abi/x.h',                '"../bench/text.h"',        1],
	['workloads/x.c',          '"../bench/text.h"',        1],
	['bench/x.c',              '"../abi/record.h"',        0],
	['guest-kernel/mm/x.c',    '"mmu/policy.h"',           0],
) {
	my ($path, $name, $bad) = @$case;
	SKIP: {
		my ($file) = $name =~ /"(.*)"/;
		skip "$file does not exist", 1 if !defined resolve($path, $file);
		is(scalar(my @found = wrong_arrows($path, "#include $name\n")), $bad, "$path including $name");
	}
}

my ($files, @wrong) = (0);
for my $top (grep { -d "$root/$_" } qw(abi bench collectors guest-kernel workloads)) {
	find({no_chdir => 1, wanted => sub {
		return if !/\.[chS]$/;
		my $path = normal(substr($_, length($root) + 1));
		open(my $f, '<', $_) or die "$_: $!";
		local $/;
		$files++;
		push @wrong, wrong_arrows($path, scalar <$f>);
	}}, "$root/$top");
}
cmp_ok($files, '>', 50, 'the sources are looked at');
is_deeply(\@wrong, [], 'arrows point one way');

done_testing();
