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

sub spew_script
{
	my ($path, $text) = @_;
	open(my $f, '>', $path) or die "$path: $!";
	print $f $text;
	close($f);
	chmod 0755, $path;
}

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
	['fork', 'reps=0', qr/^reps=0: not within 1 to 100000000$/],
	['ctx', 'procs=1', qr/^procs=1: not within 2 to 64$/],
	['ctx', 'procs=65', qr/^procs=65: not within 2 to 64$/],
	['spawn', 'method=3', qr/^method=3: not within 0 to 2$/],
	['threads_fault', 'threads=17', qr/^threads=17: not within 1 to 16$/],
	['hackbench', 'bytes=4097', qr/^bytes=4097: not within 1 to 4096$/],
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

# Preparations for all iterations at once have a bound, and no memory is mapped beyond it.
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

$records = done_is('too much in a ring', [run(@strace, "$bin/ctx", 'procs=64', 'kb=1024', 'mb=32')],
	64, 'fail', qr/^procs, kb and mb together need 2112 MiB at a time, more than 2048$/);
is(scalar @$records, 1, 'too much in a ring: nothing but the refusal');
unlike(slurp("$tmp/strace"), qr/fork\(|pipe/, 'too much in a ring: nothing was tried');
$records = done_is('too many for a crew', [run(@strace, "$bin/hackbench", 'groups=11', 'fds=3')],
	64, 'fail', qr/^groups times fds may be 32 at most: 64 senders and receivers$/);
is(scalar @$records, 1, 'too many for a crew: nothing but the refusal');
unlike(slurp("$tmp/strace"), qr/fork\(|pipe/, 'too many for a crew: nothing was tried');

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
	done_is('no shared memory for cow', $inject->(['mmap:error=ENOMEM:when=3'], "$bin/cow", 'n=1'),
		1, 'fail', qr/^mmap of shared memory: errno 12 /);
	done_is('no shared memory to calibrate', $inject->(['mmap:error=ENOMEM:when=1'], "$bin/fork", 'n=1', 'calibrate=9'),
		1, 'fail', qr/^mmap for the calibration: errno 12 /);
	# An error that occurs in the trial too is reported by the run itself.
	done_is('calibration of what fails', $inject->(['getppid:error=EPERM'], "$bin/null_syscall", 'n=1', 'calibrate=9'),
		1, 'fail', qr/^getppid: errno 1 /);
	for my $case (
		['no pipe for ctx', 'pipe:error=EMFILE:when=2', 'ctx', qr/^pipe: errno 24 /],
		['no process for ctx', 'fork:error=EAGAIN:when=3', 'ctx procs=5', qr/^fork: errno 11 /],
		['no pipe for hackbench', 'pipe:error=EMFILE:when=3', 'hackbench', qr/^pipe: errno 24 /],
		['no pipe to start a crew', 'pipe:error=EMFILE:when=2', 'threads_fault', qr/^pipe: errno 24 /],
		['no process for a crew', 'fork:error=EAGAIN:when=3', 'hackbench', qr/^fork: errno 11 /],
		['no thread for a crew', 'clone,clone3:error=EAGAIN:when=2', 'threads_fault', qr/^a thread: errno 11 /],
		# A member fails in its third round, and the others do too.
		['a process of a crew', 'munmap:error=EINVAL:when=3', 'threads_fault processes=1', qr/^a member of the crew: errno 22 /],
		['a thread of a crew', 'munmap:error=EINVAL:when=3', 'threads_fault', qr/^a member of the crew: errno 22 /],
		['no thread to flush', 'clone,clone3:error=EAGAIN:when=2', 'tlbflush threads=4', qr/^a thread: errno 11 /],
		['nothing forgotten', 'madvise:error=EINVAL:when=9', 'tlbflush', qr/^madvise: errno 22 /],
		['no page forgotten', 'madvise:retval=0:when=9', 'tlbflush', qr/^a page that was given back still holds its contents$/],
		['no larger heap', 'brk:retval=0:when=3', 'brk', qr/^brk, growing: errno 12 /],
		['no smaller heap', 'brk:retval=0:when=4', 'brk', qr/^brk, shrinking: errno 12 /],
		['no larger area', 'mremap:error=ENOMEM:when=3', 'mremap', qr/^mremap: errno 12 /],
		['no way back', 'mremap:error=ENOMEM:when=4', 'mremap', qr/^mremap, going back: errno 12 /],
		['no handler', 'rt_sigaction:error=EINVAL', 'sigprot', qr/^sigaction: errno 22 /],
		['no read-only page', 'mprotect:error=ENOMEM:when=3', 'sigprot leave=1', qr/^mprotect: errno 12 /],
		['nothing to catch', 'mprotect:retval=0:when=3', 'sigprot', qr/^the write was not caught once$/],
		['no vfork', 'vfork:error=EAGAIN:when=2', 'spawn method=1', qr/^spawn: errno 11 /],
		['no posix_spawn', 'clone:error=ENOMEM:when=2', 'spawn', qr/^spawn: errno 12 /],
		['no fork for sh', 'fork:error=EAGAIN:when=2', 'shell', qr/^fork: errno 11 /],
		['no pipe in the mix', 'pipe:error=EMFILE', 'mixed steps=50', qr/^pipe: errno 24 /],
		['no file in the mix', 'open:error=EMFILE:when=2', 'mixed steps=50', qr/^open of tiny-glibc: errno 24 /],
		['no fork in the mix', 'fork:error=EAGAIN:when=2', 'mixed steps=50', qr/^fork: errno 11 /],
	    )
	{
		my ($what, $call, $run, $reason) = @$case;
		my ($name, @args) = split / /, $run;

		$no_samples->($what, done_is($what, $inject->([$call], "$bin/$name", 'n=4', @args), 1, 'fail', $reason));
	}
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

	# The harness runs no code between the samples, and a record is one write.
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

# Without the program that they run.
for my $name (qw(exec spawn shell mixed)) {
	copy("$bin/$name", "$tmp/$name") or die "copy: $!";
	chmod 0755, "$tmp/$name";
}
done_is("nothing to spawn, method=$_", [run("$tmp/spawn", 'n=1', "method=$_")],
	1, 'fail', qr/^execve of the program 'tiny' beside this one: errno 2 /) for 0 .. 2;
done_is('no shell', [run("$tmp/shell", 'n=1')], 1, 'fail', qr/^execve of the shell 'busybox' beside this one$/);
copy("$bin/tiny", "$tmp/busybox") or die "copy: $!";
done_is('a shell without execute permission', [run("$tmp/shell", 'n=1')], 1, 'fail', qr/^execve of the shell/);
spew_script("$tmp/busybox", "#!/bin/sh\nexit 3\n");
done_is('a script that fails', [run("$tmp/shell", 'n=1', 'script=1')], 1, 'fail', qr/^the script did not end with status 0$/);
done_is('nothing to mix in', [run("$tmp/mixed", 'n=1')], 1, 'fail', qr/errno 2 /);
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

# Neither the processes of a ring nor those of a crew outlive one another.
sub start
{
	my ($nr, @argv) = @_;
	my $pid = fork() // die;
	if (!$pid) {
		open(STDOUT, '>', "$tmp/out");
		exec(@argv) or POSIX::_exit(126);
	}
	my @children;
	for (1 .. 100_000) {
		sleep(0.002);
		@children = split ' ', slurp("/proc/$pid/task/$pid/children");
		last if @children == $nr;
	}
	die "$argv[0] has not $nr children" unless @children == $nr;
	sleep(0.05);
	return ($pid, @children);
}
sub ends
{
	my ($pid) = @_;
	my $end = time() + 600;
	while (time() < $end) {
		my $got = waitpid($pid, WNOHANG);
		return $? if $got == $pid;
		sleep(0.01);
	}
	kill 'KILL', $pid;
	return 'never';
}
for my $case (
	['ctx', 2, 'a process of the ring is gone', "$bin/ctx", 'procs=3', 'n=100000', 'warmup=100000'],
	['a crew', 3, 'a member of the crew is gone', "$bin/threads_fault", 'threads=3', 'processes=1', 'n=100000', 'warmup=100000'],
    )
{
	my ($what, $nr, $reason, @argv) = @$case;
	my ($first, @others) = start($nr, @argv);
	kill 'KILL', $others[1];
	is(ends($first), 1 << 8, "$what: one process is killed, the first one fails");
	my $r = records(slurp("$tmp/out"));
	is(ref $r && $r->[-1]{reason}, $reason, "$what: and says why");
	ok(!strangers_left(), "$what: and waits for the others");
	($first, @others) = start($nr, @argv);
	kill 'KILL', $first;
	is(ends($first), 9, "$what: the first process is killed");
	isnt(ends($_), 'never', "$what: another one sees it and ends") for @others;
	ok(!strangers_left(), "$what: nobody left behind");
}

done_testing();
