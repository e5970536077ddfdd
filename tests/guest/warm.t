#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Warm starts change nothing but the waiting: the run that makes a state, runs
# from it and a cold boot give the same samples and counters. A state that does
# not fit, is damaged, or from which no run begins is not used; none is kept that was made too late.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;
use Digest::SHA qw(sha256_hex);
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
	return {start => $run->{observed}{start}, confirmed => $run->{observed}{confirmed}, err => $r->{err},
		measured => $canonical->encode([@$run{qw(series counters conserved identity)}])};
}

my $slot  = "$own/build/warm/xen64-eager-1-512";
my $made  = one_run('first run');
is($made->{start}, 'warm', 'the first run boots, keeps a state and goes on from that');
ok(-s "$slot/key", 'which is there');
is($made->{confirmed}, 'cold boot', 'it was held against a cold boot');
ok(-s "$slot/believed", 'which is kept with it');
my @stat = stat("$slot/state");
my $again = one_run('second run');
is($again->{start}, 'warm', 'the second run starts from it');
is_deeply([stat("$slot/state")]->[9], $stat[9], 'and does not make it anew');
is($again->{confirmed}, undef, 'and needs no cold boot any more');
my $cold = one_run('cold run', '--cold');
is($cold->{start}, 'cold', 'a cold run boots');
is($again->{measured}, $made->{measured}, 'the same samples again');
is($cold->{measured}, $made->{measured}, 'and the same from a cold boot');

# Another state is not believed because the one before was.
is(spew("$slot/believed", 'another'), "$slot/believed", 'as if another state had been there');
is(one_run('unbelieved')->{confirmed}, 'cold boot', 'a state is believed by its hash');

# The maker of the state does not matter: it brought a program, and the others none.
unlink "$slot/key";
is(run_command("$root/build/pvmmu", 'run', '--root', $own, '--variant', 'eager', '--', "$root/build/workloads/null_syscall")->{code},
	0, 'a program makes a state');
$again = one_run('from the state of a program');
is($again->{start}, 'warm', 'which serves workloads');
is($again->{measured}, $made->{measured}, 'with the samples that they have');
isnt(one_run('another seed', '--seed', 2)->{measured}, $made->{measured},
	'another seed is another measurement: the comparison can fail');

# Damaged states: cut, emptied, changed by three bytes, or by one in its console.
sub change
{
	my ($file, $at, $bytes) = @_;
	open(my $f, '+<', $file) or die;
	seek($f, $at, 0);
	print $f $bytes;
	close $f;
}
for (['a state cut short' => sub { truncate("$slot/state", 1000000) }],
	['an empty state' => sub { truncate("$slot/state", 0) }],
	['three other bytes' => sub { change("$slot/state", 9000000, "\x5a\xa5\x5a") }],
	['another console' => sub { change("$slot/console.log", 10, '?') }],
	['no state' => sub { unlink "$slot/state" }]) {
	my ($what, $damage) = @$_;
	$damage->();
	my $damaged = one_run($what);
	like($damaged->{err}, qr/the kept state is not what was written there: thrown away/, "$what: noticed");
	is($damaged->{start}, 'warm', "$what: made anew");
	is($damaged->{measured}, $made->{measured}, "$what: the samples are the same");
	$damaged = one_run("after $what");
	is($damaged->{err}, '', "$what: the new one is good");
}

# A state that is whole, but no run begins from it.
truncate("$slot/state", 5000000);
my ($key) = slurp("$slot/key") =~ /^(\w+) \w+$/ or die;
spew("$slot/key", "$key " . sha256_hex(join ' ', map { sha256_hex(slurp("$slot/$_")) } qw(state console.log)));
my $useless = one_run('a useless state');
like($useless->{err}, qr/the kept state is of no use \(.+\): thrown away, booting/s, 'no run begins: noticed');
is($useless->{start}, 'cold', 'and booted');
is($useless->{measured}, $made->{measured}, 'the samples are the same');
ok(!-e "$slot/key", 'the state counts for nothing from now on');

# The host looks away while the guest passes the checkpoint: too late for a state.
my $h = start_command("$root/build/pvmmu", 'run', '--root', $own, '--variant', 'eager', '--workload',
	'ctx:n=100000', '--out', "$tmp/late.json", '--quiet', '--keep-logs', '--timeout', 200);
my $log = "$tmp/late.json.logs/xen64-ctx-n.100000~eager.log";
ok(wait_until(sub { -s $log }, 120), 'the machine has begun to boot');
kill 'STOP', $h->{pid};
ok(wait_until(sub { slurp($log) =~ /^\@pvmmu k 0 /m }, 240), 'and begins to measure while nobody looks');
kill 'CONT', $h->{pid};
my $late = finish_command($h);
is($late->{code}, 0, 'it runs to its end');
like($late->{err}, qr/left its checkpoint before it could be stopped/, 'and is not kept');
is(read_json("$tmp/late.json")->{runs}[0]{observed}{start}, 'cold', 'it is a cold boot');
ok(!-e "$slot/key", 'there is no state');
is(one_run('the next one')->{measured}, $made->{measured}, 'so the next one measures what it should');

# Another image in the same place.
SKIP: {
	skip 'variant nopin is not built', 2 if !-e "$own/build/guest/xen64/nopin/pvmmu-guest.elf";
	copy("$own/build/guest/xen64/nopin/pvmmu-guest.elf", "$own/build/guest/xen64/eager/pvmmu-guest.elf");
	my $r = run_command("$root/build/pvmmu", 'run', '--root', $own, '--variant', 'eager', '--workload',
		'null', '--out', "$tmp/other.json", '--quiet');
	is($r->{code}, 4, 'another image under the name does not get the old state');
	like(read_json("$tmp/other.json")->{runs}[0]{outcome}{reason}, qr/says it is variant "nopin"/,
		'it booted, and was found out');
}
done_testing();
