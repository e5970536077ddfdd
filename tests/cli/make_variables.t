#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# A variable on make's command line that is misspelt is an error that names the one that is meant:
# otherwise something else would be measured than what was asked for.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

delete @ENV{qw(MAKEFLAGS MAKELEVEL MAKEOVERRIDES)};

sub make { return run_command('make', '-n', '-C', $root, '--no-print-directory', 'help', @_) }

# Every one that the makefiles offer, with two letters exchanged, with one too few, one too many, and in small letters.
my $listed = run_command('sh', '-c', 'cd "$1" && awk -v list=1 -f mk/nearest.awk -f mk/variables.awk Makefile mk/*.mk', 'sh', $root);
my @names = split ' ', $listed->{out};
my %known = map { $_ => 1 } @names;
my @README = qw(VARIANT WORKLOAD ENV RIG TIER VCPUS MEM SEEDS SEED COLLECT OUT BASE NEW FROM TO V T CC FLAVOUR XEN_DEB XEN_PACKAGE REMOTE FUZZ);
is_deeply([grep { !$known{$_} } @README], [], 'what README and help name is among those that are found in the makefiles');
ok(!$known{$_}, "$_ is the makefiles' own") for qw(VARIANTS WORKLOADS CHECK_DEPS GUEST_CFLAGS CURDIR);

my %meant; # by what was written
for my $name (grep { length > 3 } @names) {
	$meant{$_}{$name} = 1 for grep { !$known{$_} } lc $name, "${name}X", substr($name, 0, -1), $name =~ s/^(.)(.)(.)/$1$3$2/r;
}
my $said = run_command('sh', '-c', 'cd "$1" && awk -v given="$2" -f mk/nearest.awk -f mk/variables.awk Makefile mk/*.mk',
	'sh', $root, join ' ', sort keys %meant)->{out};
my @wrong;
for my $bad (sort keys %meant) {
	my ($hint) = $said =~ /(?:^error|;) \Q$bad\E: no makefile here reads it \(did you mean (\w+)\?\)/;
	push @wrong, "$bad: " . ($hint // 'nothing') if !defined $hint || !grep { index($hint, $_) == 0 } keys %{$meant{$bad}};
}
is_deeply(\@wrong, [], scalar(keys %meant) . ' misspelt ones are errors, and each names the right one');

my $got = make('VARAINT=eager', 'WORKLOADS=fork', 'v=1', 'EN=xen64', "it's=1", 'VCPUS=1');
is($got->{code}, 2, 'misspelt: refused');
like($got->{err}, qr/VARAINT: no makefile here reads it \(did you mean VARIANT\?\)/, 'and the right one named');
like($got->{err}, qr/WORKLOADS: the makefiles set that themselves \(did you mean WORKLOAD\?\)/, 'one of the makefiles\' own');
like($got->{err}, qr/\b$_->[0]: [^;]*did you mean $_->[1]\?/, "$_->[0]") for ['v', 'V'], ['EN', 'ENV'];
unlike($got->{err}, qr/VCPUS/, 'no word of what is right');

$got = make('DESTDIR=/usr', 'CFLAGS=-O0', 'HOST_SAN=-O1');
is($got->{code}, 0, 'what resembles none, and may be meant for others: goes on');
like($got->{err}, $_, 'with a warning') for qr/DESTDIR: no makefile here reads it(;|$)/m, qr/CFLAGS: [^;]*did you mean HOSTCFLAGS/,
	qr/HOST_SAN: the makefiles set that themselves(;|$)/m;

$got = make('VARIANT=eager', 'TMPDIR=/tmp', 'PVMMU_QEMU=/bin/false', 'CC=gcc', 'SUITE=trixie', 'T=mk/check.mk', 'NEEDS=', 'MAKEFLAGS=-k');
is("$got->{code} $got->{err}", '0 ', 'silent about those that there are');
{
	local $ENV{VARAINT} = 'eager';
	is(make()->{err}, '', 'what is merely in the environment is no concern of ours');
}

$got = make('VARIANT=eager,nopn');
like($got->{err}, qr/unknown variant 'nopn'; valid: .*not understood; did you mean nopin\./s, 'a variant that is misspelt');
$got = run_command('make', '-n', '-C', $root, 'fuzz', 'FUZZ=recrods');
like($got->{err}, qr/FUZZ=recrods: there is no such fuzzer; valid: .*\brecords\b/, 'a fuzzer');

done_testing();
