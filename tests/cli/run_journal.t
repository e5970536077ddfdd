#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# What has been measured stays: kill -9 in the middle of a session, and --resume; a journal that is torn, of another
# command, or left behind; two sessions with one output; a result that lies there already.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my @all = ('--variant', 'eager,nopin', '--workload', 'fork,exec', '--jobs', '1');

# Starts a session in which variant nopin hangs, and waits until that is so.
our $act = 'eager=success,nopin=hang';
sub hanging
{
	my ($dir, $command, @more) = @_;
	local $ENV{FAKE_PIDS} = "$dir/pids";
	local $ENV{FAKE_QEMU} = $act;
	unlink "$dir/pids";
	mkdir "$dir/r";
	my $h = start_command($pvmmu, $command, '--root', $dir, '--qemu', "$root/tests/fake-qemu", '--out', "$dir/r/x.json", @more);
	wait_until(sub { -s "$dir/pids" }) or die "nothing started: " . slurp($h->{err});
	return $h;
}

sub pids { return split ' ', slurp("$_[0]/pids") }

sub kill_hard
{
	my ($h, $dir) = @_;
	kill 'KILL', $h->{pid};
	is(finish_command($h)->{code}, 128 + 9, 'killed');
	kill 'KILL', (pids($dir))[1]; # the child of the pretended QEMU
}

sub again
{
	my ($dir, $command, @more) = @_;
	local $ENV{FAKE_QEMU} = 'success';
	my $got = pvmmu($command, '--root', $dir, '--qemu', "$root/tests/fake-qemu", '--out', "$dir/r/x.json", @more);
	unlike($got->{err}, qr/Sanitizer|runtime error/, 'no sanitizer report');
	$got->{set} = read_json("$dir/r/x.json") if -e "$dir/r/x.json";
	return $got;
}

sub verdict { return read_json("$_[0]/r/verdict.json") }

# ---- kill -9
my $dir = fixture();
mkdir "$dir/r";
write_json("$dir/r/verdict.json", {verdict_version => 1, verdict => 'pass', outcome => 'success', exit_code => 0, runs => []});
my $h = hanging($dir, 'run', @all);
is(verdict($dir)->{verdict}, 'running', 'a verdict of yesterday does not outlive the start');
like(verdict($dir)->{reason}, qr/process $h->{pid} is measuring x\.json/, 'it says who is at work');
isnt(verdict($dir)->{exit_code}, 0, 'and is no success');
my @lines = split /\n/, slurp("$dir/r/x.json.journal");
is(scalar @lines, 2, 'one run has ended, and is in the journal');
my $head = JSON::PP::decode_json($lines[0]);
is("@$head{qw(journal kind process)}", "1 run $h->{pid}", 'which says whose it is');
my $done = JSON::PP::decode_json($lines[1])->{run};
is("$done->{id} $done->{outcome}{status}", 'xen64-fork~eager success', 'that one');
kill_hard($h, $dir);
ok(!-e "$dir/r/x.json", 'no result');
is(verdict($dir)->{verdict}, 'running', 'no verdict but that it was under way');
my $died = slurp("$dir/r/x.json.journal");

my $got = again($dir, 'run', '--resume', @all);
is($got->{code}, 0, '--resume goes on') or diag($got->{err});
is($got->{set}{observed}{kept_runs}, 1, 'with the run that had ended');
is_deeply((grep { $_->{id} eq $done->{id} } @{$got->{set}{runs}})[0], $done, 'as it was, observations included');
like($got->{out}, qr/^1 of 4 runs taken over from \S+x\.json\.journal$/m, 'it is told');
ok(!-e "$dir/r/x.json.journal", 'the journal goes when the result is there');
is(verdict($dir)->{verdict}, 'pass', 'and there is a verdict');
is(pvmmu('validate', '--root', $dir, "$dir/r/x.json")->{code}, 0, 'the result is valid');

# A second death: both sessions are in it. The set that is completed stays until it is replaced.
spew("$dir/r/x.json.journal", $died);
unlink "$dir/r/x.json";
{
	local $act = 'eager=hang,nopin=success';
	kill_hard(hanging($dir, 'run', '--resume', @all), $dir);
}
$got = again($dir, 'run', '--resume', @all);
is($got->{set}{observed}{kept_runs}, 2, 'two deaths, nothing is lost');
spew("$dir/r/x.json.journal", $died =~ s/"duration_s":[\d.]+/"duration_s":77.5/r);
$got = again($dir, 'run', '--resume', @all);
is($got->{set}{observed}{kept_runs}, 4, 'a set and a journal');
is((grep { $_->{id} eq $done->{id} } @{$got->{set}{runs}})[0]{observed}{duration_s}, 77.5, 'of which the journal is newer');
like($got->{out}, qr/^4 of 4 runs taken over from an earlier \S+x\.json and \S+x\.json\.journal$/m, 'both are named');

# ---- a journal that is not whole, or not ours
for my $torn (substr($died, 0, -1), substr($died, 0, -20), $died . '{"run": {"id"', $died . "\0\0\0") {
	my $d = fixture();
	mkdir "$d/r";
	spew("$d/r/x.json.journal", $torn);
	$got = again($d, 'run', '--resume', @all);
	is($got->{code}, 0, 'a torn line is no obstacle') or diag($got->{err});
	is($got->{set}{observed}{kept_runs} // 0, length $torn > length $died ? 1 : 0, 'what is whole is taken over');
	like($got->{err}, qr/x\.json\.journal: its last line is torn: its run is measured again/, 'it is said');
	ok(!-e "$d/r/x.json.journal", 'and gone');
}
for my $bad (['{"run": {"id": "xen64-fork~eager", "series": 1}}', qr/an invalid run is ignored/], ['no JSON', qr/a line that is no entry/]) {
	my $d = fixture();
	mkdir "$d/r";
	spew("$d/r/x.json.journal", $died =~ s/\n.*\n/\n$bad->[0]\n/sr);
	$got = again($d, 'run', '--resume', @all);
	is($got->{code}, 0, "$bad->[0]: goes on") or diag($got->{err});
	like($got->{err}, $bad->[1], 'and says what it left out');
	is($got->{set}{observed}{kept_runs} // 0, 0, 'which was not taken over');
}
for my $case (["a letter\n", qr/x\.json\.journal: it is no journal: move it away/], [$died =~ s/"journal":1/"journal":9/r, qr/another version/],
	[$died =~ s/"kind":"run"/"kind":"aa"/r, qr/is of `pvmmu aa` \(process \d+, begun 20\d\d-.*Z\), not of `pvmmu run`/],
	[$died =~ s/xen64-fork~eager/xen64-fork~other/gr, qr/holds xen64-fork~other, which is not asked for and would be lost/]) {
	my $d = fixture();
	mkdir "$d/r";
	spew("$d/r/x.json.journal", $case->[0]);
	$got = again($d, 'run', '--resume', @all);
	is($got->{code}, 4, 'refused');
	like($got->{err}, $case->[1], 'and said why');
	like(slurp("$d/r/x.json.journal"), qr/^\Q$case->[0]\E/, 'nothing in it is lost');
	is(verdict($d)->{verdict}, 'error', 'the verdict says so');
}

# Without --resume what is there is kept, and one is told.
{
	my $d = fixture();
	mkdir "$d/r";
	spew("$d/r/x.json.journal", $died);
	$got = again($d, 'run', @all);
	is($got->{code}, 0, 'without --resume');
	ok(!exists $got->{set}{observed}{kept_runs}, 'all is measured');
	like($got->{err}, qr/held 1 finished runs of a session that died \(process \d+, begun \S+Z\), which --resume would have taken over: they are in (\S+x\.json\.journal\.1)$/m, 'one is told');
	is(slurp("$d/r/x.json.journal.1"), $died, 'and it is kept');
	rename "$d/r/x.json.journal.1", "$d/r/x.json.journal";
	spew("$d/r/x.json.journal", $died =~ s/\n.*/\n/sr);
	$got = again($d, 'run', @all);
	unlike($got->{err}, qr/died/, 'one without a run is nothing to tell');
	is_deeply([glob("$d/r/*journal*")], [], 'or to keep');
}

# ---- aa and disturbance
{
	my $d = fixture();
	my @aa = ('--variant', 'eager,nopin', '--workload', 'fork', '--jobs', 1, '--repeat', 3);
	kill_hard(hanging($d, 'aa', @aa), $d);
	$got = again($d, 'aa', '--resume', @aa);
	is($got->{code}, 0, 'aa --resume') or diag($got->{err});
	cmp_ok($got->{set}{observed}{kept_runs}, '>=', 1, 'goes on where it was');
	is(scalar @{$got->{set}{repetitions}}, 2, 'with all repetitions');
	$got = again($d, 'aa', '--resume', @aa);
	is($got->{set}{observed}{kept_runs} // 0, 0, 'but measures a finished one anew');
	my @dist = ('--variant', 'eager,nopin', '--workload', 'fork', '--jobs', 1, '--collect', 'none');
	kill_hard(hanging($d, 'disturbance', @dist), $d);
	$got = again($d, 'disturbance', '--resume', @dist);
	is($got->{code}, 0, 'disturbance --resume') or diag($got->{err});
	is($got->{set}{observed}{kept_runs}, 1, 'goes on where it was');
}

# ---- two sessions, one output
{
	my $d = fixture();
	$h = hanging($d, 'run', @all);
	my ($journal, $log) = map { slurp("$d/r/x.json.$_") } qw(journal logs/xen64-fork~nopin.log);
	symlink("$d/r/x.json", "$d/link.json");
	symlink("$d/r", "$d/same");
	for my $name ("$d/r/x.json", "$d/link.json", "$d/same/./x.json") {
		my $second = run_command($pvmmu, 'run', '--root', $d, '--qemu', "$root/tests/fake-qemu", '--out', $name, @all);
		is($second->{code}, 4, 'the second one is refused');
		like($second->{err}, qr/^pvmmu: \S+x?\S*\.json is being written by process $h->{pid}: wait for it, or choose another --out$/m, 'and told by whom');
	}
	is(again($d, 'aa', '--variant', 'eager', '--workload', 'fork')->{code}, 4, 'whatever the command');
	is(again($d, 'run', '--variant', 'eager', '--', "$root/tests/fake-qemu")->{code}, 4, 'or program');
	is(slurp("$d/r/x.json.journal"), $journal, 'the journal of the first');
	is(slurp("$d/r/x.json.logs/xen64-fork~nopin.log"), $log, 'and its consoles are as they were');
	is(verdict($d)->{verdict}, 'running', 'and its verdict');
	kill_hard($h, $d);
	is(again($d, 'run', '--resume', @all)->{code}, 0, 'its end frees the output');
}

# ---- what lies there already
{
	my $d = fixture();
	my @fork = ('--variant', 'eager', '--workload', 'fork');
	my $four = again($d, 'run', @all);
	my $before = slurp("$d/r/x.json");
	$got = again($d, 'run', @fork);
	my ($name) = $got->{out} =~ m{^(\S+/r/x-\d{8}-\d{6}\.json) keeps the earlier \S+x\.json, for 3 of its runs that the new one lacks$}m;
	ok($name, 'a set with other runs is kept, and one is told') or diag($got->{out});
	is(slurp($name), $before, 'as it was') if $name;
	is(scalar @{$got->{set}{runs}}, 1, 'beside the new one');
	unlink $name if $name;
	$got = again($d, 'run', @fork);
	is_deeply([glob("$d/r/x-*")], [], 'the same runs are replaced');
	$got = again($d, 'run', @all);
	is_deeply([glob("$d/r/x-*")], [], 'by more as well');
	$got = again($d, 'run', @all, '--mem', 256);
	is(scalar(my @kept = glob("$d/r/x-*")), 1, 'with another memory it is another run');
	unlink @kept;
	{ local $ENV{FAKE_QEMU} = 'bug'; pvmmu('run', '--root', $d, '--qemu', "$root/tests/fake-qemu", '--out', "$d/r/x.json", @all, '--mem', 256); }
	is(scalar(@kept = glob("$d/r/x-*")), 1, 'a crash replaces no samples');
	unlink @kept;
	spew("$d/r/x.json", "my diary\n");
	$got = again($d, 'run', @fork);
	like($got->{out}, qr/keeps the earlier \S+x\.json, which was no result set/, 'what is no result set is kept');
	is(slurp((glob("$d/r/x-*"))[0]), "my diary\n", 'as it was');
	spew("$d/r/x.json", '');
	unlink glob("$d/r/x-*");
	again($d, 'run', @fork);
	is_deeply([glob("$d/r/x-*")], [], 'of an empty file nothing is kept');
}

# Without --out: results that begin in one second have two names.
{
	my $d = fixture();
	local $ENV{FAKE_QEMU} = 'success';
	my @h = map { start_command($pvmmu, 'run', '--root', $d, '--qemu', "$root/tests/fake-qemu", '--variant', 'eager', '--workload', 'fork') } 1 .. 3;
	my @got = map { finish_command($_) } @h;
	is_deeply([map { $_->{code} } @got], [0, 0, 0], 'three at once') or diag(map { $_->{err} } @got);
	is(scalar(grep { !/verdict/ } glob("$d/results/*.json")), 3, 'three results');
	is_deeply([grep { /journal/ } glob("$d/results/*")], [], 'and no journal');
}

done_testing();
