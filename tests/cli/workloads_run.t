#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Each workload on this Linux, as built for the guest and with sanitizers: what
# it describes, what it prints, and that it leaves no process behind.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use File::Basename;
use JSON::PP;
use List::Util qw(sum);
use Test::More;
use workloads_lib;

my @names = map { basename($_, '.c') } sort glob("$root/workloads/*.c");
my %own   = (
	forkbomb => {width => 2, depth => 3, cap => 64},
	exec     => {libc => 0},
	control  => {steps => 20000},
	brk      => {kb => 64, touch => 1},
	shell    => {script => 0},
	pagefault => {kb => 4, unmap => 0},
	ctx      => {procs => 2, kb => 0},
	spawn    => {method => 0},
	sigprot  => {leave => 0},
	tlbflush => {threads => 1, pages => 64},
	mixed    => {steps => 12, seed => 1},
	hackbench => {groups => 1, fds => 4, loops => 10, bytes => 100, threads => 0},
	threads_fault => {threads => 2, processes => 0, kb => 512},
	vmalloc  => {case => 0, pages => 1},
	reclaim  => {kb => 4096, ageing => 1},
	map { $_ => {kb => 1024} } qw(munmap mprotect mmap mremap),
);
# Features that this kernel lacks: why a workload skips itself.
my %skips = (
	vmalloc => 'this kernel has no /dev/vmalloc',
	reclaim => 'this kernel has no /dev/ageing',
);
my %n     = (null => 5, null_syscall => 5, fork => 5, forkbomb => 3, exec => 4, ctx => 20);

# The catalogue holds what each program says of itself, sorted.
my $build = dirname(programs());
my $catalogue = decode_json(slurp("$build/share/workloads.json"))->{workloads};
is_deeply([map { $_->{name} } @$catalogue], \@names, 'the catalogue lists every workload, sorted');

for my $described (@$catalogue) {
	my $name = $described->{name};
	my ($status, $out) = run(programs() . "/$name", '--describe');

	is($status, 0, "$name --describe");
	is_deeply(decode_json($out), $described, "$name: the catalogue is up to date");
	is_deeply(
		[grep { !length($described->{$_} // '') } qw(name summary measures field)],
		[], "$name says what it is");
	my %default;
	my $sound = 1;
	for my $p (@{$described->{params}}) {
		$default{$p->{name}} = $p->{default};
		$sound &&= $p->{min} <= $p->{default} && $p->{default} <= $p->{max};
		$sound &&= length($p->{help}) && length($p->{unit});
	}
	ok($sound, "$name: defaults lie within bounds, each parameter has help and a unit");
	my ($n, $warmup) = delete @default{qw(n warmup)};
	ok($n >= 1 && $warmup >= 1, "$name: default n and warmup");
	is_deeply(\%default, {mb => 0, reps => 1, calibrate => 0, %{$own{$name} // {}}}, "$name: its other parameters");
}

sub check_run
{
	my ($what, $program, $name, %args) = @_;
	my $n = $args{n};
	my ($status, $out, $err) = run($program, map { "$_=$args{$_}" } sort keys %args);
	my $records = records($out);

	is($status, $skips{$name} ? 3 : 0, "$what: exit status");
	is($err, '', "$what: nothing on stderr");
	ok(!strangers_left(), "$what: all children reaped");
	ok(ref $records, "$what: records") or diag($records), return;

	%args = (mb => 0, reps => 1, calibrate => 0, %args);
	my $reps = $args{reps};
	my $head = shift @$records;
	# An empty body takes some time, if seldom more than a system call.
	my $overhead = delete $head->{timer_overhead};
	ok($overhead && $overhead->{readings} == 16 && $overhead->{least} > 0 &&
		$overhead->{least} <= $overhead->{largest} && $overhead->{least} < 5000,
		"$what: what measuring costs") unless $skips{$name};
	is_deeply(
		$head,
		{       t => 'workload', name => $name, clock => 'monotonic', iterations => $n * $reps,
			warmup => $args{warmup}, params => {%{$own{$name} // {}}, %args}},
		"$what: the workload record");
	is_deeply(
		pop @$records,
		{t => 'done', status => $skips{$name} ? 'skip' : 'ok', reason => $skips{$name} // ''},
		"$what: the done record");
	return is(scalar @$records, 0, "$what: no samples") if $skips{$name};

	my (@values, $got_reps);
	for my $r (@$records) {
		is($r->{t}, 'samples', "$what: only samples between");
		$got_reps = $r->{reps};
		is($r->{first}, scalar @values, "$what: chunk starts where the last one ended");
		is("$r->{series}, $r->{unit}, $r->{better}", 'time, tick, lower', "$what: unit");
		push @values, @{$r->{values}};
	}
	is(scalar @values, $n, "$what: n samples");
	is($got_reps, $reps, "$what: iterations in each");
	ok(!(grep { !/\A[0-9]+\z/ || $_ > 30e9 } @values), "$what: samples are plausible times");
	# More than a clock read, except where the body is empty.
	ok(sum(@values) > 100 * $n, "$what: something was timed") unless $name eq 'null';
}

for my $san (0, 1) {
	for my $name (@names) {
		my $what = $san ? "$name with sanitizers" : $name;
		my $program = programs($san) . "/$name";

		check_run($what, $program, $name, n => $n{$name} // 3, warmup => 1, mb => 0);
		check_run("$what, mb=2", $program, $name, n => 2, warmup => 0, mb => 2);
	}
}
# With other values than the default ones.
for my $case (
	['ctx', procs => 5, kb => 64], ['ctx', procs => 64], ['spawn', method => 1], ['spawn', method => 2],
	['sigprot', leave => 1], ['tlbflush', threads => 3, pages => 3], ['mixed', steps => 30, seed => 7],
	['hackbench', groups => 2, fds => 3], ['hackbench', threads => 1, bytes => 4096, loops => 40],
	['hackbench', groups => 16, fds => 2, loops => 1], ['threads_fault', processes => 1, threads => 5, kb => 4],
	['threads_fault', threads => 3, kb => 4096], ['shell', script => 1], ['brk', touch => 0, kb => 4],
	['pagefault', kb => 2048, unmap => 1], ['pagefault', kb => 64], ['mremap', kb => 4], ['control', steps => 1000],
	['ctx', reps => 4], ['hackbench', reps => 2], ['mremap', reps => 3], ['sigprot', reps => 2],
    )
{
	my ($name, %args) = @$case;

	check_run(($_ ? 'with sanitizers: ' : '') . "$name " . join(' ', map { "$_=$args{$_}" } sort keys %args),
		programs($_) . "/$name", $name, n => 3, warmup => 1, %args) for 0, 1;
}
# exec runs the other program when asked to, and that one is the other C library's.
for my $case ([0, 'tiny'], [1, 'tiny-glibc']) {
	my ($libc, $program) = @$case;

	check_run("exec libc=$libc", programs() . '/exec', 'exec', n => 3, warmup => 1, mb => 0, libc => $libc);
	SKIP: {
		skip 'strace cannot trace here', 1 if (run('strace', '-o', '/dev/null', 'true'))[0];
		run('strace', '-f', '-o', "$tmp/strace", programs() . '/exec', 'n=3', 'warmup=0', "libc=$libc");
		my @executed = slurp("$tmp/strace") =~ m{execve\("[^"]*/([^"/]+)"}mg;
		is_deeply(\@executed, ['exec', ($program) x 3], "exec libc=$libc: executes $program");
	}
}
my %glibc = map { $_ => scalar(slurp(programs() . "/$_") =~ /GLIBC_TUNABLES/) } qw(tiny tiny-glibc);
is_deeply(\%glibc, {'tiny' => '', 'tiny-glibc' => 1}, 'tiny-glibc has glibc, tiny has not');
for my $program (qw(tiny tiny-glibc)) {
	my ($type, $notes) = map { scalar qx(readelf -W $_ @{[programs()]}/$program) } qw(-h -n);
	like($type, qr/Type:\s+EXEC/, "$program: position-dependent, so the guest can load it");
	unlike($notes, qr/Build ID/, "$program: no build id");
}

# Several iterations in a sample: the kernel is asked that often, and the times add up.
check_run('several iterations', programs() . "/$_", $_, n => 4, warmup => 1, reps => 3) for qw(fork fork_dirty munmap);
SKIP: {
	skip 'strace cannot trace here', 1 if (run('strace', '-o', '/dev/null', 'true'))[0];
	run('strace', '-o', "$tmp/strace", programs() . '/null_syscall', 'n=5', 'reps=7', 'warmup=2');
	is(scalar(() = slurp("$tmp/strace") =~ /^getppid\(/mg), 5 * 7 + 2, 'reps=7: seven iterations in each sample');
}
# Calibration finds how many make a sample long enough, whatever an iteration takes or needs. How long
# samples become is a matter of the guest's clock (tests/guest/workloads.t): here others have the processors, too.
for my $name (qw(null null_syscall pagefault fork munmap)) {
	my ($status, $out) = run(programs() . "/$name", 'n=5', 'calibrate=2000000');
	my $records = records($out);
	my ($samples) = grep { $_->{t} eq 'samples' } @$records;
	is($status, 0, "$name calibrated");
	cmp_ok($samples->{reps}, '>', 1, "$name calibrated: several iterations in a sample") if $name =~ /^null/;
	is($records->[0]{iterations}, 5 * $samples->{reps}, "$name calibrated: iterations are those of the samples");
	is($records->[0]{params}{reps}, 1, "$name calibrated: the parameter is as given");
	is(scalar(grep { $_->{t} eq 'warning' } @$records), 0, "$name calibrated: no warning");
	ok(!strangers_left(), "$name calibrated: nobody left behind");
}
my (undef, $slow) = run(programs() . '/fork', 'n=2', 'calibrate=1', 'mb=1');
is(records($slow)->[1]{reps}, 1, 'calibrated: what is slow enough stays as it is');
(undef, $slow) = run(programs() . '/munmap', 'n=2', 'calibrate=1000000000', 'kb=65536', 'warmup=1');
is((grep { $_->{t} eq 'warning' } @{records($slow)})[0]{text},
	'samples are shorter than calibrate= asks for: no more iterations than these were possible',
	'calibrated: a bound of the workload is told');

check_run('many samples', programs() . '/null', 'null', n => 5000, warmup => 1, mb => 0);

# The memory workloads do to memory what they say, n + warmup times.
SKIP: {
	skip 'strace cannot trace here', 5 if (run('strace', '-o', '/dev/null', 'true'))[0];
	my $timed = sub {
		my ($name, @args) = @_;
		run('strace', '-f', '-o', "$tmp/strace", '-e', 'trace=%memory,nanosleep,clock_nanosleep,fork',
			programs() . "/$name", 'n=3', 'warmup=2', @args);
		my @calls = split /\n/, slurp("$tmp/strace");
		my ($pause) = grep { $calls[$_] =~ /nanosleep\(\{tv_sec=0, tv_nsec=20000000/ } 0 .. $#calls;
		return map { /^\d+\s+(\w+\(.*?)\s+=/ ? $1 : () } @calls[$pause + 1 .. $#calls];
	};
	my @calls = $timed->('munmap', 'kb=64');
	is(scalar(grep { /^munmap\(0x[0-9a-f]+, 65536\)/ } @calls), 5, 'munmap: a call each');
	my %at = map { /\((0x[0-9a-f]+)/ ? ($1 => 1) : () } @calls;
	is(scalar keys %at, 5, 'munmap: of another piece each');
	is(scalar(grep { hex(substr($_, -6)) % (2 << 20) } keys %at), 0, 'munmap: each in tables of its own');
	is_deeply([map { s/0x[0-9a-f]+/P/r } $timed->('mprotect', 'kb=64')],
		[('mprotect(P, 65536, PROT_READ)', 'mprotect(P, 65536, PROT_READ|PROT_WRITE)') x 5],
		'mprotect: pairs of calls');
	is_deeply([grep { !/^\+|nanosleep/ } $timed->('pagefault'), $timed->('cow'), $timed->('control')], [],
		'pagefault, cow and control: no call at all');
	@calls = map { s/0x[0-9a-f]+/P/r } grep { /^m/ } $timed->('tlbflush');
	is_deeply(\@calls, [('madvise(P, 4096, MADV_DONTNEED)') x 5], 'tlbflush: a page each');
	@calls = $timed->('brk', 'kb=64');
	my ($low, $high) = sort { $a <=> $b } keys %{{map { /(0x[0-9a-f]+)/ ? (hex $1 => 1) : () } @calls}};
	is($high - $low, 65536, 'brk: by 64 KiB');
	is_deeply([map { /(0x[0-9a-f]+)/ ? hex($1) - $low : $_ } @calls], [(65536, 0) x 5], 'brk: up and down');
	run('strace', '-o', "$tmp/strace", '-e', 'trace=mremap', programs() . '/mremap', 'n=3', 'warmup=2', 'kb=64');
	my @moves = slurp("$tmp/strace") =~ /^mremap\((0x\S+), 65536, 69632, MREMAP_MAYMOVE\) += (0x\S+)$/mg;
	is(scalar @moves, 10, 'mremap: grows each time');
	is(scalar(grep { $moves[2 * $_] eq $moves[2 * $_ + 1] } 0 .. 4), 0, 'mremap: and moves for it');

	# All calls of a run, of all its processes: what a pattern matches, how often.
	my $count = sub {
		my ($pattern, $name, @args) = @_;
		run('strace', '-f', '-s', 300, '-o', "$tmp/strace", programs() . "/$name", 'n=2', 'warmup=1', @args);
		return scalar(() = slurp("$tmp/strace") =~ /$pattern/mg);
	};
	is($count->(qr/ write\(\d+, "T", 1/, 'ctx', 'procs=3'), 4 * 3, 'ctx: each writes the token, once to begin with');
	my $message = qr/ write\(\d+, "[\\0]+"(\.\.\.)?, 50/;
	is($count->($message, 'hackbench', 'groups=2', 'fds=3', 'loops=5', 'bytes=50'), 3 * 2 * 3 * 3 * 5,
		'hackbench: each sender to each receiver of its group');
	is($count->($message, 'hackbench', 'fds=2', 'bytes=50', 'threads=1'), 3 * 2 * 2 * 10, 'hackbench: by threads');
	is($count->(qr/CLONE_THREAD/, 'hackbench', 'fds=2', 'threads=1'), 4, 'hackbench: of which there are four');
	is($count->(qr/ fork\(/, 'hackbench', 'fds=2'), 4, 'hackbench: or processes');
	is($count->(qr/MAP_FIXED\|MAP_ANONYMOUS/, 'threads_fault', 'threads=3', 'kb=8'), 4 * 3, 'threads_fault: a mapping each');
	is($count->(qr/CLONE_THREAD/, 'threads_fault', 'threads=3', 'kb=8'), 3, 'threads_fault: by threads');
	is($count->(qr/ fork\(/, 'threads_fault', 'threads=3', 'processes=1'), 3, 'threads_fault: by processes');
	is($count->(qr/CLONE_THREAD/, 'tlbflush', 'threads=3'), 2, 'tlbflush: two more threads');
	is($count->(qr/--- SIGSEGV/, 'sigprot'), 3, 'sigprot: a signal each');
	is($count->(qr/rt_sigreturn\(/, 'sigprot'), 3, 'sigprot: whose handler returns');
	is($count->(qr/rt_sigreturn\(/, 'sigprot', 'leave=1'), 0, 'sigprot: or does not');
	for my $method ([0, qr/clone\(.*CLONE_VM\|CLONE_VFORK/], [1, qr/ vfork\(/], [2, qr/ fork\(/]) {
		my ($m, $how) = @$method;

		is($count->($how, 'spawn', "method=$m"), 3, "spawn method=$m: as it says");
		is($count->(qr{execve\("[^"]*/tiny"}, 'spawn', "method=$m"), 3, "spawn method=$m: the tiny program");
	}
	is($count->(qr{execve\("[^"]*/busybox", \["sh", "-c", "[^"]*/tiny"}, 'shell'), 3, 'shell: sh -c of the tiny program');
	is($count->(qr{execve\("[^"]*/tiny"}, 'shell'), 3, 'shell: which runs');
	is($count->(qr{execve\("/proc/self/exe", \["tr"}, 'shell', 'script=1'), 3 * 4, 'shell: the script starts tr');
	# The system calls of a mix depend on the seed alone.
	my $asked = sub {
		run('strace', '-f', '-o', "$tmp/strace", '-e', 'trace=fork,execve,pipe,mmap,munmap,open', programs() . '/mixed',
			'n=1', 'warmup=1', @_);
		return join "\n", map { /^\d+ +(\w+\(.*?)(?:\)| <unf)/ && !/MAP_SHARED|exited/ ? $1 =~ s/0x[0-9a-f]+/P/gr : () } split /\n/, slurp("$tmp/strace");
	};
	my @mixes = map { [sort split /\n/, $asked->("seed=$_")] } 1, 1, 2;
	is_deeply($mixes[0], $mixes[1], 'mixed: one seed, one sequence');
	isnt("@{$mixes[0]}", "@{$mixes[2]}", 'mixed: another seed, another sequence');
}
# A fault workload has one fault each iteration; the kernel counts them.
for my $name (qw(pagefault cow)) {
	my %faults;
	for my $n (1000, 3000) {
		my (undef, undef, $err) = run(
			'perl', '-e', 'system(@ARGV) == 0 or die; my $usage = "\0" x 144;
			syscall(98, -1, $usage) == 0 or die; print STDERR unpack("x64 q", $usage)',
			programs() . "/$name", "n=$n", 'warmup=0');
		$faults{$n} = $err;
	}
	my $each = $name eq 'cow' ? 2 : 1; # cow's pages are filled before
	cmp_ok(abs($faults{3000} - $faults{1000} - 2000 * $each), '<', 50, "$name: a fault an iteration");
}

# Memory is really touched: the kernel knows the peak of a child's resident memory (getrusage).
my (undef, undef, $err) = run(
	'perl', '-e', 'system(@ARGV) == 0 or die; my $usage = "\0" x 144;
	syscall(98, -1, $usage) == 0 or die; print STDERR unpack("x32 q", $usage)',
	programs() . '/fork', 'n=1', 'mb=96');
cmp_ok($err, '>', 96 * 1024, 'mb=96: 96 MiB were resident');
cmp_ok($err, '<', 120 * 1024, 'mb=96: and not much more');

done_testing();
