#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# What a workload says when something goes wrong: bad arguments, system calls
# that fail (strace makes them), counters of another build, a console that
# cannot be written, a partner process that dies.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use File::Copy qw(copy);
use POSIX qw(WNOHANG :sys_wait_h);
use Test::More;
use Time::HiRes qw(sleep time);
use workloads_lib;

my $bin = programs();

sub done_is
{
	my ($what, $got, $want_status, $want, $reason) = @_;
	my ($status, $out) = @$got;
	my $records = records($out);

	is($status, $want_status, "$what: exit status $want_status");
	ok(!strangers_left(), "$what: nobody left behind");
	ok(ref $records, "$what: records") or diag($records), return [];
	my $done = $records->[-1];
	is("$done->{t} $done->{status}", "done $want", "$what: $want");
	like($done->{reason}, $reason, "$what: the reason");
	return $records;
}

# Arguments: usage on stderr, and the reason as a record for the host.
for my $case (
	['fork', 'm=1', qr/^m=1: no such parameter$/],
	['fork', 'n', qr/^n: not of the form key=value$/],
	['fork', 'n=', qr/^n=: not a whole number$/],
	['fork', 'n=x', qr/not a whole number/],
	['fork', 'n=-1', qr/not a whole number/],
	['fork', 'n=1.5', qr/not a whole number/],
	['fork', 'n=99999999999999999999999', qr/not a whole number/],
	['fork', 'n=0', qr/^n=0: not within 1 to 100000$/],
	['fork', 'mb=4097', qr/^mb=4097: not within 0 to 4096$/],
	['fork', 'width=2', qr/no such parameter/],
	['fork', 'n=1 n=2', qr/^n=2: given twice$/],
	['forkbomb', 'cap=513', qr/not within 2 to 512/],
	['exec', 'libc=2', qr/^libc=2: not within 0 to 1$/],
	['munmap', 'kb=3', qr/^kb=3: not within 4 to 65536$/],
	['fork', 'x' x 5000, qr/^not of the form key=value$/],
    )
{
	my ($name, $args, $reason) = @$case;
	my $what = "$name " . substr($args, 0, 30);
	my @got = run("$bin/$name", split / /, $args);

	my $records = done_is($what, \@got, 64, 'fail', $reason);
	is((split /\n/, $got[2])[0], $records->[0]{reason}, "$what: said on stderr too");
	like($got[2], qr/^  n=\d+ .*\n  warmup=\d+ .*\n  mb=0 /m, "$what: lists the valid parameters");
}

# The bound on the tree is exact: 1 + 2 + 4 + 8 = 15 processes.
done_is('tree that fits', [run("$bin/forkbomb", 'cap=15', 'n=1')], 0, 'ok', qr/^$/);
my @strace = ('strace', '-f', '-o', "$tmp/strace");
my $records = done_is('tree over the cap', [run(@strace, "$bin/forkbomb", 'cap=14', 'n=1')],
	64, 'fail', qr/^width=2 depth=3 is a tree of 15 processes or more, cap=14 allows fewer$/);
is(scalar @$records, 1, 'tree over the cap: nothing but the refusal');
unlike(slurp("$tmp/strace"), qr/fork\(/, 'tree over the cap: no fork was tried');
done_is('huge tree', [run("$bin/forkbomb", 'width=512', 'depth=512', 'cap=512')],
	64, 'fail', qr/cap=512 allows fewer/);

# What is prepared for all iterations at once has a bound, and nothing is mapped beyond it.
for my $case (
	['munmap', 'n=2040 warmup=9', 2049],
	['munmap', 'n=1 warmup=32 kb=65536', 2112],
	['munmap', 'n=10 reps=205 warmup=0', 2050],
    )
{
	my ($name, $args, $mib) = @$case;
	my $r = done_is("$name $args", [run(@strace, "$bin/$name", split / /, $args)], 64, 'fail',
		qr/^n, reps and warmup together need $mib MiB at a time, more than 2048$/);
	is(scalar @$r, 1, "$name $args: nothing but the refusal");
}

done_is('vmalloc, pages of another case', [run("$bin/vmalloc", 'case=1', 'pages=7')],
	64, 'fail', qr/^pages= belongs to case=0, fix_size$/);

# System calls that fail.
my $can_trace = (run('strace', '-o', '/dev/null', 'true'))[0] == 0;
SKIP: {
	skip 'strace cannot trace here', 1 unless $can_trace;

	my $inject = sub {
		my ($calls, @argv) = @_;
		return [run(@strace, (map { ('-e', "inject=$_") } @$calls), @argv)];
	};
	my $no_samples = sub {
		my ($what, $records) = @_;
		ok(!(grep { $_->{t} eq 'samples' } @$records), "$what: no samples");
	};

	$no_samples->('fork fails', done_is('fork fails',
		$inject->(['fork:error=EAGAIN:when=3'], "$bin/fork", 'n=4', 'warmup=0'),
		1, 'fail', qr/^fork: errno 11 \(Resource temporarily unavailable\)$/));
	my ($status, $out) = @{$inject->(['wait4:error=ECHILD'], "$bin/fork", 'n=1', 'warmup=0')};
	1 while waitpid(-1, 0) > 0; # the child that was not waited for
	my $r = records($out);
	is($status, 1, 'wait fails: exit status');
	like($r->[-1]{reason}, qr/^wait4: errno 10 /, 'wait fails: the reason');
	$no_samples->('wait fails', $r);
	done_is('root of a tree fails', $inject->(['fork:error=ENOMEM:when=2'], "$bin/forkbomb", 'n=1',
			'warmup=0', 'width=2', 'depth=1'),
		1, 'fail', qr/^fork or wait in the tree: errno 12 /);
	done_is('no shared memory', $inject->(['mmap:error=ENOMEM:when=1'], "$bin/ctx", 'n=1'),
		1, 'fail', qr/^mmap of the sample array: errno 12 /);
	done_is('no shared memory for ctx', $inject->(['mmap:error=ENOMEM:when=2'], "$bin/ctx", 'n=1'),
		1, 'fail', qr/^mmap of shared memory: errno 12 /);
	done_is('no munmap', $inject->(['munmap:error=EINVAL:when=3'], "$bin/munmap", 'n=2', 'kb=4'),
		1, 'fail', qr/^munmap: errno 22 /);
	done_is('no mprotect', $inject->(['mprotect:error=ENOMEM:when=4'], "$bin/mprotect", 'n=2', 'kb=4'),
		1, 'fail', qr/^mprotect: errno 12 /);
	done_is('cow cannot fork', $inject->(['fork:error=EAGAIN'], "$bin/cow", 'n=2'),
		1, 'fail', qr/^fork: errno 11 /);
	# Not there is a skip, not to be had is a failure.
	done_is('no device', $inject->(['open:error=ENOENT:when=2'], "$bin/vmalloc", 'n=2'),
		3, 'skip', qr/^this kernel has no \/dev\/vmalloc$/);
	done_is('device refused', $inject->(['open:error=EACCES:when=2'], "$bin/vmalloc", 'n=2'),
		1, 'fail', qr/^open of \/dev\/vmalloc: errno 13 /);
	done_is('no memory to touch', $inject->(['mmap:error=ENOMEM:when=2'], "$bin/fork", 'mb=1'),
		1, 'fail', qr/^mmap of the memory to touch: errno 12 /);

	# A kernel without nanosleep: a warning, and the run goes on.
	my $warned = done_is('no nanosleep',
		$inject->(['nanosleep,clock_nanosleep:error=ENOSYS'], "$bin/null", 'n=2'), 0, 'ok', qr/^$/);
	is_deeply([grep { $_->{t} eq 'warning' } @$warned],
		[{t => 'warning', text => 'no pause before the first sample: nanosleep failed'}],
		'no nanosleep: one warning');
	my $closed = done_is('counters cannot be opened',
		$inject->(['open:error=EACCES:when=1'], "$bin/null", 'n=2'), 0, 'ok', qr/^$/);
	is_deeply([grep { $_->{t} =~ /warning|counters/ } @$closed],
		[{t => 'warning', text => 'no counters: their device cannot be opened'}],
		'counters cannot be opened: a warning and no counters');

	# Nothing of the harness runs between the samples, and a record is one write.
	run('strace', '-o', "$tmp/strace", "$bin/null_syscall", 'n=200', 'warmup=0');
	my @calls = map { /^(\w+)\(/ ? $1 : () } split /\n/, slurp("$tmp/strace");
	my ($first) = grep { $calls[$_] eq 'getppid' } 0 .. $#calls;
	is_deeply([grep { $_ ne 'getppid' } @calls[$first .. $first + 199]],
		[], 'no system call between the samples');
	is($calls[$first - 1], 'nanosleep', 'a pause before the first sample');
	is(scalar(grep { /^write\(1, "\@pvmmu w/ } split /\n/, slurp("$tmp/strace")),
		scalar(grep { /^write\(/ } split /\n/, slurp("$tmp/strace")), 'each write begins a record');
	is(scalar(grep { $_ eq 'write' } @calls), 3, 'a write for each of the three records');
}

# A failure deep in a tree travels up in the exit statuses: a user who may have
# three processes gets as far as the grandchild. (root has no such limit.)
copy("$bin/forkbomb", "$tmp/forkbomb") or die "copy: $!";
chmod 0755, $tmp, "$tmp/forkbomb";
my @user = $> ? () : qw(setpriv --reuid=59999 --regid=59999 --clear-groups);
my @few = ('sh', '-c', 'exec 2>&1; exec "$@"', 'sh', @user, qw(prlimit --nproc=3), "$tmp/forkbomb");
$records = done_is('inside of a tree fails', [run(@few, qw(n=1 warmup=0 width=1 depth=5))],
	1, 'fail', qr/^fork or wait in the tree: errno 11 /);
done_is('a tree within the limit', [run(@few, qw(n=1 warmup=0 width=1 depth=2))], 0, 'ok', qr/^$/)
    if !$>;

# exec without the program that it runs.
copy("$bin/exec", "$tmp/exec") or die "copy: $!";
chmod 0755, "$tmp/exec";
for my $case ([0, 'tiny'], [1, 'tiny-glibc']) {
	my ($libc, $program) = @$case;
	done_is("nothing to execute, libc=$libc", [run("$tmp/exec", 'n=1', "libc=$libc")],
		1, 'fail', qr/^execve of the program '$program' beside this one: errno 2 /);
}

# Counters: two readings, one after the other, stand in for the device.
my @names = slurp("$root/abi/counters.h") =~ /^\tX\((\w+, \w+),/mg;
s/, /./ for @names;
cmp_ok(scalar @names, '>', 30, 'counters found in the header');
sub readings
{
	open(my $f, '>:raw', "$tmp/counters") or die;
	print $f pack('Q<*', @$_) for @_;
	close($f);
	return ('env', "PVMMU_COUNTERS=$tmp/counters", "$bin/null", 'n=7');
}
my @before = map { 1000 * $_ } 1 .. @names;
my @after  = map { $before[$_] + 3 * $_ + (7 == $_ ? 2**40 : 0) } 0 .. $#names;
my $counted = done_is('counters', [run(readings([scalar @names, @before], [scalar @names, @after]))],
	0, 'ok', qr/^$/);
my %delta;
for my $r (grep { $_->{t} eq 'counters' } @$counted) {
	is($r->{iterations}, 7, 'counters: iterations');
	%delta = (%delta, %{$r->{values}});
}
is_deeply(\%delta, {map { $names[$_] => $after[$_] - $before[$_] } 0 .. $#names},
	'counters: the difference of the readings, all of them');
for my $case (
	['one counter more', [@names + 1, @before, 1], [@names + 1, @after, 1]],
	['one counter less', [@names - 1, @before[1 .. $#names]], [@names - 1, @after[1 .. $#names]]],
	['a second reading cut short', [scalar @names, @before], [scalar @names]],
    )
{
	my ($what, @readings) = @$case;
	my $r = done_is($what, [run(readings(@readings))],
		1, 'fail', qr/^the kernel's counters are not those of this build$/);
	ok(!(grep { $_->{t} eq 'counters' } @$r), "$what: no counters");
}

# The tick counter as the clock, as our guest kernel asks for.
my $tsc = done_is('tsc', [run('env', 'PVMMU_CLOCK=tsc', "$bin/null", 'n=2')], 0, 'ok', qr/^$/);
is($tsc->[0]{clock}, 'tsc', 'tsc: the clock is named');
cmp_ok($tsc->[0]{nop1000} // 0, '>', 50, 'tsc: 1000 nops took some ticks');

# A console that takes nothing.
is((run('sh', '-c', 'exec "$0" n=1 >/dev/full', "$bin/null"))[0], 2, 'full console: exit status 2');
is((run('sh', '-c', 'exec "$0" n=1 >&-', "$bin/null"))[0], 2, 'closed console: exit status 2');
is((run('sh', '-c', 'exec "$0" --describe >/dev/full', "$bin/null"))[0], 2, 'full for --describe');
is((run('sh', '-c', 'exec "$0" --help >/dev/full', "$bin/null"))[0], 2, 'full for --help');

# ctx: neither process outlives the other.
sub start_ctx
{
	my $pid = fork() // die;
	if (!$pid) {
		open(STDOUT, '>', "$tmp/out");
		exec("$bin/ctx", 'n=100000', 'warmup=100000') or POSIX::_exit(126);
	}
	my $second = '';
	for (1 .. 200) {
		sleep(0.002);
		($second) = split ' ', slurp("/proc/$pid/task/$pid/children");
		last if $second;
	}
	die 'ctx has no second process' unless $second;
	sleep(0.005);
	return ($pid, $second);
}
sub ends
{
	my ($pid) = @_;
	my $deadline = time() + 20;
	while (time() < $deadline) {
		my $got = waitpid($pid, WNOHANG);
		return $? if $got == $pid;
		sleep(0.01);
	}
	kill 'KILL', $pid;
	return 'never';
}
my ($one, $two) = start_ctx();
kill 'KILL', $two;
is(ends($one), 1 << 8, 'ctx: the second process is killed, the first one fails');
my $r = records(slurp("$tmp/out"));
is(ref $r && $r->[-1]{reason}, 'the second process is gone', 'ctx: and says why');
($one, $two) = start_ctx();
kill 'KILL', $one;
is(ends($one), 9, 'ctx: the first process is killed');
is(ends($two), 1 << 8, 'ctx: the second one sees it and ends');
ok(!strangers_left(), 'ctx: nobody left behind');

done_testing();
