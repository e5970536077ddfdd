#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# `make check T=FILE` finds the tests that a source file touches: each source has some, and each test
# that is named exists.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

chdir $root or die;
my @sources = grep { m{^(abi|bench|collectors|guest-kernel|mk|plots|workloads)/} }
	split /\n/, run_command('git', 'ls-files')->{out};
@sources = glob 'bench/*/*.c guest-kernel/*/*.c collectors/*.c' if !@sources;
cmp_ok(scalar @sources, '>', 100, 'there are sources');

my $r = run_command('tests/touching', @sources);
is($r->{code}, 0, 'every source touches a test') or diag($r->{err});
my @tests = split /\n/, $r->{out};
is_deeply([grep { m{\.t$} && !-e } @tests], [], 'the tests that are named exist');
is_deeply([grep { m{^build/test-unit/(\w+)$} && !-e "tests/unit/$1.c" } @tests], [], 'unit tests too');

# Names follow the rooms of bench/: tests/cli/ROOM.t, tests/cli/ROOM_TOPIC.t, tests/unit/host_ROOM_TOPIC.c.
# The others are about the complete program, or about what lies beside bench/.
my %known = map { $_ => 1 } (map { m|([^/]+)$| } grep { -d } glob 'bench/*'),
	qw(adding allocations architecture collectors docs english fresh fuzz help hostile layering lint make out replay style touching
		units usage with workloads);
sub strangers { return grep { !$known{s/_.*//r} } @_ }
is_deeply([strangers(map { m|([^/]+)\.t$| } glob 'tests/cli/*.t')], [], 'tests/cli: names follow the rooms of bench/');
is_deeply([strangers(map { m|host_(.+)\.c$| } glob 'tests/unit/host_*.c')], [], 'tests/unit: names follow them too');
is_deeply([strangers('attic_rats', 'compare_by')], ['attic_rats'], 'a name that does not is found');

# One line each, and the longest beginning counts.
for my $case (
	['bench/compare/notes.c', qr{tests/cli/compare\.t}],
	['bench/cmd/verdict.c', qr{tests/cli/verdict\.t}],
	['bench/stats/line_fit.h', qr{build/test-unit/host_stats_line_fit}],
	['guest-kernel/mmu/pin.c', qr{build/test-unit/guest_\*\.eager}],
	['guest-kernel/mm/vmalloc.c', qr{tests/guest/vmalloc\.t}],
	['tests/cli/out.t', qr{\Atests/cli/out\.t\n\z}],
) {
	my ($file, $want) = @$case;
	like(run_command('tests/touching', $file)->{out}, $want, $file);
}
$r = run_command('tests/touching', 'bench/nothing.c');
is($r->{code}, 64, 'a file that is not there');
like($r->{err}, qr/bench\/nothing\.c: no such file/, 'is named');
$r = run_command('tests/touching', '.gitignore');
is($r->{code}, 64, 'a file that no test looks at');
like($r->{err}, qr/\.gitignore touches no test; tests\/touching\.tsv knows .*bench\/compare\//, 'is told what there is');

$r = run_command('make', '-n', 'check', 'T=bench/compare/notes.c', 'NEEDS=help');
like($r->{out}, qr{run\.pl .* tests/cli/compare\.t }, 'make hands them over');
$r = run_command('make', '-n', 'check', 'T=bench/nothing.c', 'NEEDS=help');
isnt($r->{code}, 0, 'make ends where there are none');
done_testing();
