#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# help, --version, list, and commands that do not exist.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use JSON::PP;
use PvmmuTest;

my $got = pvmmu('--help');
is($got->{code}, 0, '--help');
my @commands = $got->{out} =~ /^  ([a-z]+)  /mg;
is_deeply(\@commands, [qw(run aa disturbance list doctor validate compare verdict effects history import merge growth plot dashboard profile export publish help)], 'all commands are in it');
like($got->{out}, qr/^\s+$_  \w/m, "exit code $_ is in it") for 0, 3, 4, 5, 6, 7, 64, 130;
is(pvmmu(@$_)->{out}, $got->{out}, "@$_ is the same") for ['help'], ['help', '--help'], ['help', 'help'], ['help', '-h'];
for my $command (grep { $_ ne 'help' } @commands) {
	my $help = pvmmu($command, '--help');
	is($help->{code}, 0, "$command --help");
	like($help->{out}, qr/^usage: pvmmu $command .*\n.*\n.*Options:\n.*-h, --help/s, "$command: usage and options");
	is(pvmmu('help', $command)->{out}, $help->{out}, "help $command is the same");
	my ($all) = $got->{out} =~ /^  $command +(.*)/m;
	like(ucfirst($help->{out}), qr/^\Q$all\E\.$/m, "$command: the summary is the same in both");
}
like(pvmmu('--version')->{out}, qr/^pvmmu \S+\n$/, '--version');

for my $bad (['rnu', qr/unknown command "rnu"; did you mean "run"\?/], ['comparison', qr/unknown command "comparison"\n/],
	['help', 'rnu', qr/did you mean "run"/], ['hepl', qr/did you mean "help"/], ['udn', qr/did you mean "run"/]) {
	my $say = pop @$bad;
	my $got = pvmmu(@$bad);
	is($got->{code}, 64, "@$bad: usage");
	like($got->{err}, $say, "@$bad: said so");
}
is(pvmmu()->{code}, 64, 'no command: usage');

my $dir = fixture();
$got = pvmmu('list', '--root', $dir);
is($got->{code}, 0, 'list');
like($got->{out}, qr/^  $_ /m, "env $_ is listed") for qw(native64 xen64);
like($got->{out}, qr/^$_:$/m, "$_ are listed") for qw(variants axes workloads rigs tiers envs);
like($got->{out}, qr/^  eager +pinned\n +.*pin=eager/m, 'a variant with its policy');
like($got->{out}, qr/^  depth +1 to 128 \(32\); needs batch=multicall$/m, 'an axis with its values');
like($got->{out}, qr/^  fork +does fork\n +measures +one fork\n/m, 'a workload and what it measures');
like($got->{out}, qr/^  all workloads\n +n=8 +how many n \(1 to 1000 things\)\n/m, 'a parameter of all, once');
is(scalar(() = $got->{out} =~ /how many n /g), 1, 'once');
{
	my $file = "$dir/build/share/workloads.json";
	my $all = read_json($file);
	my ($exec, $fork) = @{$all->{workloads}};
	$exec->{params}[0]{default} = 99;
	$fork->{field} = join ' ', ('resembles', 'something') x 12;
	push @{$fork->{params}}, {name => 'kb', unit => 'KiB', default => 3, min => 2, max => 4, help => 'size'};
	push @{$all->{workloads}}, {%$exec, name => 'another', summary => 'came later'};
	my $before = slurp($file);
	write_json($file, $all);
	my $out = pvmmu('list', 'workloads', '--root', $dir)->{out};
	like($out, qr/^  another +came later$/m, 'a new workload is listed by itself');
	like($out, qr/^  fork .*\n(?: {16}.*\n)* {16}in the field +resembles .*\n {30}(?:resembles|something) /m, 'what it is like in the field');
	like($out, qr/^ {16}kb=3 {10}size \(2 to 4 KiB\)\n {16}by default +n=8$/m, 'a parameter of its own, and its defaults');
	like($out, qr/^  exec .*\n.*\n +by default +n=99\n/m, 'other defaults');
	like($out, qr/^  all workloads\n +n= +how many n /m, 'a parameter without a common default');
	is((sort { $b <=> $a } map { length } split /\n/, $out)[0] <= 100, 1, 'in 100 columns');
	spew($file, $before);
}
like($got->{out}, qr/^  solo  /m, 'the rig');
my $list = decode_json(pvmmu('list', 'workloads', '--json', '--root', $dir)->{out});
is_deeply([map { $_->{name} } @{$list->{workloads}}], [qw(exec fork)], 'as JSON');
is_deeply([keys %$list], ['workloads'], 'one topic alone');
$got = pvmmu('list', 'varients', '--root', $dir);
is($got->{code}, 64, 'an unknown topic: usage');
like($got->{err}, qr/unknown topic "varients"; did you mean "variants"\? valid: variants, axes, workloads, rigs/, 'said so');
unlink "$dir/build/share/variants.json";
$got = pvmmu('list', '--root', $dir);
is($got->{code}, 4, 'nothing built: error');
like($got->{err}, qr/variants\.json is missing: `make guest/, 'what to make');
like($got->{out}, qr/^  solo  /m, 'and what can be listed is');
is(pvmmu('list', 'rigs', '--root', $dir)->{code}, 0, 'rigs need no build');

open(my $full, '>', '/dev/full') or die;
my $pid = fork // die;
if (!$pid) {
	open(STDOUT, '>&', $full);
	exec $pvmmu, '--help';
}
waitpid($pid, 0);
is($? >> 8, 4, 'output that cannot be written is an error');

done_testing();
