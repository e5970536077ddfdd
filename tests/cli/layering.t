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

sub rooms { return map { "bench/$_" } @_ }

# Directory => the directories its files may include from, besides itself.
my $guest_low = [qw(guest-kernel/arch guest-kernel/lib abi)];
my %may = (
	'abi'                 => [],
	'bench'               => [rooms(qw(cmd lib))],
	'bench/cmd'           => [rooms(qw(publish site plot export verdict history effects run compare rigs collect machine
		resultset spec stats lib))],
	'bench/publish'       => [rooms(qw(site lib))],
	'bench/site'          => [rooms(qw(plot verdict history compare machine resultset spec lib))],
	'bench/plot/kinds'    => [rooms(qw(plot history effects compare resultset lib))],
	'bench/plot'          => [rooms(qw(compare resultset spec lib))],
	'bench/export/formats' => [rooms(qw(export resultset lib))],
	'bench/export'        => [rooms(qw(resultset spec stats lib))],
	'bench/verdict'       => [rooms(qw(compare plan resultset spec lib))],
	'bench/history'       => [rooms(qw(resultset spec stats lib))],
	'bench/effects'       => [rooms(qw(compare spec stats lib))],
	'bench/run'           => [rooms(qw(compare plan rigs collect machine resultset spec stats lib)), 'abi'],
	'bench/compare'       => [rooms(qw(resultset spec stats lib))],
	'bench/plan'          => [rooms(qw(machine spec lib))],
	'bench/rigs'          => [rooms(qw(collect machine spec lib))],
	'bench/collect'       => [rooms(qw(machine spec lib)), 'collectors'],
	'bench/machine'       => [rooms(qw(spec lib)), 'abi'],
	'bench/resultset'     => [rooms(qw(spec stats lib))],
	'bench/spec'          => [rooms(qw(lib))],
	'bench/stats'         => [rooms(qw(lib))],
	'bench/lib'           => [],
	'collectors'          => [rooms(qw(lib)), 'abi'],
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
	push @places, 'bench' if $from =~ m{^bench/|^collectors/};
	push @places, 'guest-kernel' if $from =~ m|^guest-kernel/|;
	for my $place (@places) {
		my $path = normal("$place/$name");
		return $path if -e "$root/$path";
	}
	return undef;
}

our %used;
sub wrong_arrows
{
	my ($path, $text) = @_;
	my $from = layer($path) // return "$path: in no known directory";
	my @wrong;
	while ($text =~ /^[ \t]*#[ \t]*include[ \t]*"([^"]+)"/mg) {
		my $name = $1;
		my $target = resolve($path, $name) // next; # made by the build
		my $to = layer($target);
		$used{$from}{$to // ''} = 1;
		push @wrong, "$path includes $target"
			if !$to || ($to ne $from && !grep { $_ eq $to } @{$may{$from}});
	}
	return @wrong;
}

# The check can see: arrows that must not be are found, ones that may are not.
for my $case (
	['guest-kernel/lib/x.c',   '"mm/mm.h"',                1],
	['guest-kernel/xen/x.c',   '"../mmu/policy.h"',        1],
	['guest-kernel/mmu/x.c',   '"bench/lib/text.h"',           1],
	['bench/x.c',              '"../guest-kernel/lib/list.h"', 1],
	['abi/x.h',                '"../bench/lib/text.h"',        1],
	['workloads/x.c',          '"../bench/lib/text.h"',        1],
	['bench/run/x.c',          '"abi/record.h"',           0],
	['guest-kernel/mm/x.c',    '"mmu/policy.h"',           0],
	['bench/lib/x.c',          '"resultset/identity.h"',   1],
	['bench/plot/x.c',         '"kinds/bars.c"',           1],
	['bench/compare/x.c',      '"run/session.h"',          1],
	['bench/cmd/x.c',          '"compare/dataset.h"',      0],
	['bench/y.c',              '"lib/text.h"',             0],
) {
	my ($path, $name, $bad) = @$case;
	SKIP: {
		my ($file) = $name =~ /"(.*)"/;
		skip "$file does not exist", 1 if !defined resolve($path, $file);
		is(scalar(my @found = wrong_arrows($path, "#include $name\n")), $bad, "$path including $name");
	}
}

# No two rooms may each include from the other, however many are between them.
sub below
{
	my ($layer, $seen) = @_;
	for my $next (grep { m|^bench| } @{$may{$layer}}) {
		below($next, $seen) if !$seen->{$next}++;
	}
	return $seen;
}
is_deeply([grep { below($_, {})->{$_} } grep { m|^bench| } sort keys %may], [], 'rooms of bench/: arrows go down only');
{
	local $may{'bench/lib'} = ['bench/run'];
	ok(below('bench/lib', {})->{'bench/lib'}, 'a circle would be seen');
}
opendir(my $hall, "$root/bench") or die "bench: $!";
is_deeply([grep { /\.[chS]$/ } readdir $hall], ['main.c'], 'main.c alone is in no room');

my ($files, @wrong) = (0);
%used = ();
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
# A row grants what is there, and no more.
my @unused;
for my $from (grep { m|^bench| } sort keys %may) {
	push @unused, map { "$from -> $_" } grep { !$used{$from}{$_} } @{$may{$from}};
}
is_deeply(\@unused, [], 'no arrow is allowed that nobody needs');

done_testing();
