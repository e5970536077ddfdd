#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Every workload in the guest, on real Xen and without, on one vCPU and on four: busybox's shell runs
# them one after the other in one boot, and says how each ended. Then what must be the same:
# control's figure in every variant, and all samples of a second run.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my @variants = qw(eager batched nopin highpte native);
my @workloads = map { $_->{name} } @{read_json("$root/build/share/workloads.json")->{workloads}};
# With other values than the default ones, where they take another way through the kernel.
my @more = ('ctx procs=16 kb=64', 'ctx mb=4', 'exec libc=1', 'spawn method=1', 'spawn method=2', 'sigprot leave=1',
	'tlbflush threads=4', 'hackbench groups=2 fds=3', 'hackbench threads=1', 'threads_fault threads=8',
	'threads_fault processes=1', 'mixed seed=2', 'shell script=1', 'pagefault kb=4096 unmap=1', 'brk kb=4 touch=0',
	'vmalloc case=1', 'vmalloc case=3', 'fork_dirty mb=4', 'null reps=100', 'fork calibrate=100000');
my %with_more = map { $_ => 1 } 'eager on 1', 'batched on 4', 'native on 4';

sub script
{
	return spew("$tmp/all.sh", map { "$_\n" }
		'one()', '{', '	/bin/"$@" >/tmp/records', '	status=$?', '	last=',
		'	while read -r line; do last=$line; done </tmp/records', '	echo "$status $* ${last#*\{}"', '}',
		map { "one $_" } @_);
}

# The expected output of one run. Page ageing needs a vCPU of its own.
sub wanted
{
	my ($run, $cpus) = @_;
	my $what = '"t":"done","status":"ok","reason":""}';

	return "0 $run $what" unless $run =~ /^reclaim/ && $cpus == 1;
	return "3 $run \"t\":\"done\",\"status\":\"skip\",\"reason\":\"page ageing needs a vCPU of its own: run with 2 or more\"}";
}

for my $cpus (1, 4) {
	for my $variant (@variants) {
		my $what = "$variant on $cpus";
		my @runs = map { "$_ n=2 warmup=1" } @workloads, $with_more{$what} ? @more : ();
		my $script = script(@runs);
		my $r = run_command("$root/build/pvmmu", 'run', '--variant', $variant, '--vcpus', $cpus, '--out', "$tmp/all.json",
			'--timeout', 200, '--file', "$script=/all.sh", '--', '/bin/busybox', 'sh', '/all.sh');
		is($r->{code}, 0, "$what: runs") or diag($r->{err});
		my @said = split /\n/, $r->{out};
		is($said[$_], wanted($runs[$_], $cpus), "$what: $runs[$_]") for 0 .. $#runs;
		is(scalar @said, scalar @runs, "$what: nothing else");
		my ($run) = @{read_json("$tmp/all.json")->{runs}};
		is($run->{outcome}{status}, 'success', "$what: success");
		is_deeply([grep { $_->{before} != $_->{after} } values %{$run->{conserved}}], [], "$what: nothing is lost");
		# Each run has the guest examine itself while its processes live, and it does so at the end.
		cmp_ok(scalar @{$run->{audits}}, '>', @workloads, "$what: examined each time");
		is_deeply([map { @{$_->{problems}} } @{$run->{audits}}], [], "$what: and nothing found");
	}
}

sub samples_of
{
	my ($name, @args) = @_;
	my $r = run_command("$root/build/pvmmu", 'run', '--out', "$tmp/$name.json", '--quiet', @args);
	is($r->{code}, 0, "$name: runs") or diag($r->{err});
	return {map { $_->{id} => $_ } @{read_json("$tmp/$name.json")->{runs}}};
}

# No page table, no difference.
my $control = samples_of('control', '--variant', join(',', @variants), '--workload', 'control');
my @least;
for my $id (sort keys %$control) {
	push @least, (sort { $a <=> $b } @{$control->{$id}{series}[0]{samples}})[0];
	is($control->{$id}{counters}{syscalls}{total}, 1, "$id: no system call but the one that reads the counters");
	is($control->{$id}{timer_overhead}{readings}, 16, "$id: what measuring costs is told");
}
is_deeply(\@least, [($least[0]) x @variants], 'control: the same instructions in every variant');
cmp_ok(abs($least[0] / 20000 - 12), '<', 6, 'control: some ten for each step');

# Calibrated, on a clock that nobody else makes run: a sample takes what was asked for, and little more.
my $calibrated = samples_of('calibrated', '--variant', 'eager', '--workload', join ',', map { "$_:n=5:calibrate=2000000" } qw(null_syscall pagefault fork));
for my $id (sort keys %$calibrated) {
	my $series = $calibrated->{$id}{series}[0];
	my @samples = sort { $a <=> $b } @{$series->{samples}};
	cmp_ok($series->{iterations_per_sample}, '>', 1, "$id: several iterations in a sample");
	cmp_ok($samples[0], '>=', 2_000_000, "$id: which is long enough");
	cmp_ok($samples[-1], '<', 3_000_000, "$id: and no longer than that");
}

# The same again, also of those whose order of events could differ: threads and many processes.
for my $case ([1, 'mixed:n=2,mixed:seed=2:n=2'], [4, 'hackbench:n=4,threads_fault:n=4:threads=4,ctx:procs=4:n=8']) {
	my ($cpus, $workloads) = @$case;
	my ($one, $two) = map { samples_of("on $cpus, $_", '--variant', 'batched', '--vcpus', $cpus,
		'--workload', $workloads) } qw(once again);

	is_deeply($two->{$_}{series}, $one->{$_}{series}, "$_: the same samples again") for sort keys %$one;
	next if $cpus > 1;
	my ($first, $other) = map { $one->{$_}{series}[0]{samples}[0] } sort keys %$one;
	isnt($other, $first, 'mixed: another seed is another sequence');
}
done_testing();
