#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# What is wrong with a command line ends with 64, in every command, and says where to look; what is wrong with a file or
# this machine ends with 4.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my $dir  = fake_run('success', '--variant', 'eager,nopin', '--workload', 'fork:mb=0,16')->{root};
my $set  = "$dir/r/x.json";
my @qemu = ('--qemu', "$root/tests/fake-qemu");
chdir $tmp or die;

sub expect
{
	my ($code, @words) = @_;
	my $got = pvmmu(@words);
	my $what = join(' ', @words) =~ s/\Q$dir\E/DIR/gr =~ s/\Q$root\E/ROOT/gr;
	is($got->{code}, $code, "$code: $what") or diag($got->{err});
	like($got->{err}, $code == 64 ? qr/^pvmmu: .+\n(.*\n)*Try: pvmmu .*--help$/m : qr/^pvmmu: .+$/m, 'which is said');
	unlike($got->{err}, qr/Sanitizer|runtime error/, 'no sanitizer report');
}

my @commands = pvmmu('--help')->{out} =~ /^  ([a-z]+)  /mg;
cmp_ok(scalar @commands, '>', 15, 'there are commands');
for my $command (grep { $_ ne 'help' } @commands) {
	expect(64, $command, @$_) for ['--nonsense'], ['-Z'], ['-hx'], ['---'], ['--=x'], ['--root'], ['--root='], ['--help=yes'];
	my $help = pvmmu($command, '--help')->{out};
	for my $line ($help =~ /^  (?:-\w,|   ) (--\S.*)$/mg) {
		my ($option, $value) = $line =~ /^--(\S+)(?: (\S+))?  +/ or next;
		next if $option eq 'help';
		# The last word, so its value is missing; or it takes none.
		expect(64, $command, $value ? "--$option" : "--$option=1");
	}
}
expect(64, @$_) for [], ['nonsense'], ['--nonsense'], ['help', 'nonsense'], ['help', '--nonsense'], ['help', 'run', 'more'],
	['--version', 'more'], ['--help', 'more'];

# Operands: none, or too many.
expect(64, $_) for qw(validate compare verdict effects import merge growth plot profile export publish);
expect(64, @$_, '--root', $dir) for ['run', 'x'], ['aa', 'x'], ['disturbance', 'x'], ['doctor', 'x'], ['publish', 'x'], ['list', 'rigs', 'tiers'],
	['history', 'sets', 'points'], ['verdict', $set, $set], ['growth', $set, $set], ['merge', $set], ['merge', '-o', "$dir/m.json"],
	['export', '--format', 'csv'], ['export', $set];

# Values that mean nothing, or nothing in the files given.
for my $command (qw(run aa disturbance)) {
	expect(64, $command, '--root', $dir, @qemu, '--workload', 'fork', '--out', "$dir/q.json", @$_)
		for ['--variant', 'nope'], ['--variant', ','], ['--workload', 'nope'], ['--workload', 'fork:mb'], ['--workload', 'fork:mb=x'],
		['--workload', 'fork:nope=1'], ['--variant', 'custom:nope=1'], ['--env', 'x'], ['--rig', 'x'], ['--tier', 'x'], ['--vcpus', '0'],
		['--vcpus', 'x'], ['--mem', '1'], ['--mem', '99999999999999999999'], ['--seed', '-1'], ['--seeds', '0'], ['--timeout', '1e3'],
		['--jobs', '0'], ['--collect', 'moon'], ['--no-collect', 'moon'], ['--cpus', '0'], ['--file', 'x'];
}
my %values = (
	list => [['nope']],
	compare => [map({ [$set, @$_] } ['--by', 'nope'], ['--sort', 'nope'], ['--format', 'nope'], ['--floor', 'x'], ['--metric', 'nope'],
		['--variant', 'nope'], ['--workload', 'nope'], ['--workload', 'fork:mb=x'], ['--where', 'x'], ['--where', 'nope=1'],
		['--where', 'mb=17'], ['--counters', 'nope'], ['--base', 'nope']), [$set, $set, '--wide']],
	verdict => [map { [$set, @$_] } ['--gate', 'x'], ['--variant', 'nope'], ['--workload', 'nope'], ['--variant', 'eager', '--vcpus', 'x'],
		['--variant', 'eager', '--seed', 'x'], ['--variant', 'eager', '--rig', 'nope'], ['--variant', 'eager', '--tier', 'nope'],
		['--vcpus', '2'], ['--declaration', 'x', '--variant', 'eager']],
	effects => [map { [$set, @$_] } ['--workload', 'nope'], ['--metric', 'nope'], ['--base', 'nope'], ['--order', '99'], ['--format', 'nope']],
	history => [map { ['--results', "$dir/r", '-q', @$_] } ['nope'], ['--variant', 'nope'], ['--where', 'x'], ['--metric', 'nope'], ['--series', 'nope'],
		['--since', 'x'], ['--until', '2026-02-30'], ['--last', '0'], ['--floor', 'x'], ['--segment', 'x'], ['--format', 'nope'],
		['--workload', 'fork:mb=x']],
	merge => [['-o', "$dir/m.json", $set, '--prefer', 'nope']],
	growth => [map { [$set, @$_] } ['--metric', 'nope'], ['--format', 'nope']],
	plot => [map { [$set, @$_] } ['--kind', 'nope'], ['--theme', 'nope', '-o', 'x.svg'], ['--metric', 'nope'], ['--variant', 'nope'],
		['--workload', 'nope'], ['--where', 'x'], ['-o', 'x.nope'], ['--kind', 'history']],
	dashboard => [map { [$set, '-o', "$dir/site", @$_] } ['--jobs', 'x'], ['--jobs', '0']],
	profile => [[$set, '--top', 'x'], [$set, '--who', 'nope'], [$set, '--format', 'nope'], [$set, '--workload', 'fork'], ['--workload', 'nope']],
	export => [['--format', 'nope', $set], ['--format', 'csv', '--metric', 'nope', $set]],
	publish => [['--to', "$dir/p", '--branch', 'b'], ['--remote', 'o'], ['--branch', ''], ['--to', "$dir/p", '--remote', 'o']],
);
for my $command (sort keys %values) {
	expect(64, $command, '--root', $dir, @$_) for @{$values{$command}};
}

# Files are no matter of usage, and neither is what they lack.
expect(4, $_, '--root', $dir, '/no/such') for qw(validate compare verdict effects growth plot);
expect(4, 'verdict', '--root', $dir, $set, @$_) for ['--declaration', '/no/such'], ['--base', '/no/such'], ['--gate', 'fork:nope<=5'];
expect(4, 'verdict', '--root', $dir, $set, '--declaration', write_json("$dir/wrong.json", {declaration_version => 1, variants => ['nope'], workloads => ['fork']}));
expect(4, 'compare', '--root', $dir, $set, '--variant', 'eager', '--where', 'pin=none');

done_testing();
