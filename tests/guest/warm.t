#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Warm starts change nothing but the waiting: the run that makes a state, runs
# from it and a cold boot give the same samples and counters. A state that does
# not fit or is damaged is not used.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;
use File::Copy;

my $canonical = JSON::PP->new->canonical;
my $count = 0;

# A root of its own, so that states that others use stay theirs.
my $own = "$tmp/root";
mkdir $own;
mkdir "$own/build";
symlink("$root/$_", "$own/$_") for qw(results.schema.json guest-kernel);
symlink("$root/build/$_", "$own/build/$_") for qw(share xen workloads);
run_command('cp', '-rL', "$root/build/guest", "$own/build/guest");

sub one_run
{
	my ($what, @more) = @_;
	my $out = "$tmp/" . $count++ . '.json';
	my $r = run_command("$root/build/pvmmu", 'run', '--root', $own, '--variant', 'eager',
		'--workload', 'fork:n=40:mb=1', '--out', $out, '--quiet', @more);
	is($r->{code}, 0, "$what: runs") or diag($r->{err});
	my $run = read_json($out)->{runs}[0];
	return {start => $run->{observed}{start}, err => $r->{err},
		measured => $canonical->encode([@$run{qw(series counters conserved identity)}])};
}

my $slot  = "$own/build/warm/xen64-eager-1-512";
my $made  = one_run('first run');
is($made->{start}, 'warm', 'the first run boots, keeps a state and goes on from that');
ok(-s "$slot/key", 'which is there');
my @stat = stat("$slot/state");
my $again = one_run('second run');
is($again->{start}, 'warm', 'the second run starts from it');
is_deeply([stat("$slot/state")]->[9], $stat[9], 'and does not make it anew');
my $cold = one_run('cold run', '--cold');
is($cold->{start}, 'cold', 'a cold run boots');
is($again->{measured}, $made->{measured}, 'the same samples again');
is($cold->{measured}, $made->{measured}, 'and the same from a cold boot');
isnt(one_run('another seed', '--seed', 2)->{measured}, $made->{measured},
	'another seed is another measurement: the comparison can fail');

truncate("$slot/state", 1000000);
my $damaged = one_run('damaged state');
like($damaged->{err}, qr/kept state is of no use/, 'a damaged state is noticed');
is($damaged->{start}, 'cold', 'and not used');
is($damaged->{measured}, $made->{measured}, 'the samples are the same');
ok(!-e "$slot/key", 'the state counts for nothing from now on');
is(one_run('after the damage')->{start}, 'warm', 'it is made anew');
ok(-s "$slot/key", 'and counts');
is(one_run('from the new state')->{start}, 'warm', 'and used');

# Another image in the same place.
copy("$own/build/guest/xen64/nopin/pvmmu-guest.elf", "$own/build/guest/xen64/eager/pvmmu-guest.elf");
my $r = run_command("$root/build/pvmmu", 'run', '--root', $own, '--variant', 'eager', '--workload',
	'null', '--out', "$tmp/other.json", '--quiet');
is($r->{code}, 4, 'another image under the name does not get the old state');
like(read_json("$tmp/other.json")->{runs}[0]{outcome}{reason}, qr/says it is variant "nopin"/,
	'it booted, and was found out');
done_testing();
