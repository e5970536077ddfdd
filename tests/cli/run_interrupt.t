#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Ctrl-C, SIGTERM, a deadline, and even SIGKILL: no process of ours runs on.
# Finished runs are kept and the rest is marked.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my @qemu = ('--qemu', "$root/tests/fake-qemu");

sub start
{
	my ($dir, $act, @more) = @_;
	local $ENV{FAKE_PIDS} = "$dir/pids";
	local $ENV{FAKE_QEMU} = "eager=success,nopin=$act";
	return start_command($pvmmu, 'run', '--root', $dir, @qemu, '--out', "$dir/x.json", '--variant',
		'eager,nopin', '--workload', 'fork,exec', '--jobs', '1', @more);
}

sub pids { return split ' ', -e "$_[0]/pids" ? slurp("$_[0]/pids") : '' }

for my $signal (qw(INT TERM HUP)) {
	my $dir = fixture();
	my $h   = start($dir, 'hang');
	ok(wait_until(sub { pids($dir) >= 2 }), "SIG$signal: the second machine runs");
	my @pids = pids($dir);
	ok(alive($_), "SIG$signal: $_ is alive") for @pids;
	kill $signal, $h->{pid};
	my $got = finish_command($h);
	is($got->{code}, 130, "SIG$signal: exit code") or diag($got->{err});
	ok(wait_until(sub { !grep { alive($_) } @pids }), "SIG$signal: nothing runs on");
	my $set = read_json("$dir/x.json");
	is_deeply([map { $_->{outcome}{status} } @{$set->{runs}}], [qw(success skip skip skip)],
		"SIG$signal: the finished run is kept, the rest marked");
	like($set->{runs}[1]{outcome}{reason}, qr/interrupted while it ran/, "SIG$signal: while it ran");
	like($set->{runs}[2]{outcome}{reason}, qr/interrupted before/, "SIG$signal: before it started");
	my $verdict = read_json("$dir/verdict.json");
	is("@$verdict{qw(verdict exit_code reason)}", 'inconclusive 130 interrupted', "SIG$signal: verdict");
	is(pvmmu('validate', "$dir/x.json")->{code}, 0, "SIG$signal: the file is valid");
}

my $dir = fixture();
my $h   = start($dir, 'spin', '--timeout', '1');
my $got = finish_command($h);
is($got->{code}, 7, 'deadline: exit code');
ok(!(grep { alive($_) } pids($dir)), 'deadline: nothing runs on');
is(scalar(pids($dir)), 4, 'deadline: both machines that hang were started');

# No handler can run here; the kernel does it for us.
$dir = fixture();
$h   = start($dir, 'hang');
ok(wait_until(sub { pids($dir) >= 2 }), 'SIGKILL: the second machine runs');
my ($machine, $its_child) = pids($dir);
kill 'KILL', $h->{pid};
is(finish_command($h)->{code}, 128 + 9, 'SIGKILL: gone');
ok(wait_until(sub { !alive($machine) }), 'SIGKILL: the machine goes with us');
kill 'KILL', $its_child; # no parent's death reaches a grandchild; QEMU has none
ok(!-e "$dir/x.json", 'SIGKILL: no half-written file');

done_testing();
