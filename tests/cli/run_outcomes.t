#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Every way a boot can end, and what pvmmu makes of it: outcome, reason, exit
# code, verdict and a result set that is valid whatever happened.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my %code = (success => 0, skip => 3, error => 4, failure => 5, crash => 6, timeout => 7);
my %name = (success => 'pass', skip => 'inconclusive', error => 'error', map { $_ => 'fail' } qw(failure crash timeout));

# act => [outcome, what the reason must say]
my %want = (
	'success'       => ['success'],
	'monotonic'     => ['success'],
	'idle'          => ['success'],
	'warning'       => ['success'],
	'skip'          => ['skip',    qr/no such thing here/],
	'qemu-exit'     => ['error',   qr/QEMU exited with status 3/],
	'qemu-says'     => ['error',   qr/QEMU exited with status 1: could not load kernel/],
	'qemu-dies'     => ['error',   qr/QEMU was killed by signal 6/],
	'late-death'    => ['error',   qr/QEMU exited with status 9 after the last record/],
	'abi'           => ['error',   qr/abi 99/],
	'no-boot'       => ['error',   qr/"boot" record is missing/],
	'wrong-env'     => ['error',   qr/says it runs on "native64"/],
	'wrong-variant' => ['error',   qr/says it is variant "other"/],
	'wrong-policy'  => ['error',   qr/built with another pin than variant "eager" has/],
	'wrong-seed'    => ['error',   qr/another seed than asked for/],
	'mutant'        => ['error',   qr/says it is mutant "some_bug"/],
	'rebuilt'       => ['error',   qr/the image was replaced while it ran/],
	'torn'          => ['error',   qr/console line \d+: a torn record/],
	'mid-line'      => ['error',   qr/a torn record: \(XEN\) some words/],
	'lost-line'     => ['error',   qr/record 3 arrived where 2 was due: lines were lost/],
	'few-samples'   => ['error',   qr/7 samples of 8/],
	'reps'          => ['success'],
	'reps-change'   => ['error',   qr/changes its unit, sense or iterations per sample/],
	'reps-counted'  => ['error',   qr/counters are about 8 iterations, the samples about 24/],
	'bad-overhead'  => ['error',   qr/"workload" record of the wrong shape/],
	'bad-sample'    => ['error',   qr/not a number/],
	'bad-first'     => ['error',   qr/a chunk starts at sample 1, expected 4/],
	'bad-name'      => ['error',   qr/do not make a valid result/],
	'bad-clock'     => ['error',   qr/does not count instructions: 1000 nops took 2000/],
	'no-nop'        => ['error',   qr/nop1000\) is missing/],
	'no-counters'   => ['error',   qr/"counters" record is missing/],
	'no-conserved'  => ['error',   qr/"conserved" record is missing/],
	'audit'         => ['success'],
	'audit-alone'   => ['success'],
	'audit-bad'     => ['failure', qr/the audit found: pfn 1 has 2 uses \(3 in all\)/],
	'audit-half'    => ['error',   qr/the "audit" record \(end\) is missing/],
	'audit-shape'   => ['error',   qr/an "audit" record of the wrong shape/],
	'unstarted'     => ['error',   qr{the guest cannot start /bin/fork: No such file or directory; `make guests` puts}],
	'no-done'       => ['error',   qr/"done" record is missing/],
	'fail'          => ['failure', qr/the workload failed: fork: errno 12/],
	'skip-dies'     => ['failure', qr/the workload was killed by signal 11/],
	'exit-1'        => ['failure', qr/the workload exited with status 1/],
	'killed'        => ['failure', qr/the workload was killed by signal 11/],
	'leak'          => ['failure', qr/not conserved .*: free_pages was 900, is 899/],
	'leak-unseen'   => ['failure', qr/not conserved .*: free_pages was 900, is 899/],
	'bug'           => ['crash',   qr/guest panic: BUG: page at mm\/fault.c:12/],
	'xen-panic'     => ['crash',   qr/Panic on CPU 0: Could not construct domain 0/],
	'late-panic'    => ['crash',   qr/FATAL TRAP: vector = 14/],
	'domain-crash'  => ['crash',   qr/Domain 0 .* crashed/],
	'silent'        => ['crash',   qr/without an "exit" record/],
	'no-exit'       => ['crash',   qr/without an "exit" record/],
	'truncated'     => ['crash',   qr/without an "exit" record; .* ends inside a record/],
	'spin'          => ['timeout', qr/no end after 1 s of processor time \(--timeout\); .* last: pvmmu: starting/],
	'hang'          => ['timeout', qr/no end after 10 s \(10 times --timeout\), in which it took [\d.e-]+ s of processor time; .* last: pvmmu: starting/],
	'nap'           => ['success'],
);

for my $act (sort keys %want) {
	my ($outcome, $reason) = @{$want{$act}};
	my $got = fake_run($act, '--workload', 'fork', '--variant', 'eager', '--timeout',
		$act =~ /^(hang|spin|nap)$/ ? 1 : 30);
	my $run = $got->{set}{runs}[0];

	is($got->{code}, $code{$outcome}, "$act: exit code of $outcome") or diag($got->{err});
	is($run->{outcome}{status}, $outcome, "$act: outcome");
	is($got->{verdict}{exit_code}, $code{$outcome}, "$act: exit code in verdict.json");
	is($got->{verdict}{verdict}, $name{$outcome}, "$act: verdict");
	is($got->{verdict}{outcome}, $outcome, "$act: the outcome in verdict.json");
	is($got->{verdict}{runs}[0]{status}, $outcome, "$act: the run in verdict.json");
	my $valid = pvmmu('validate', "$got->{root}/r/x.json");
	is($valid->{code}, 0, "$act: the result set is valid") or diag($valid->{err});
	my $log = -e "$got->{root}/r/x.json.logs/xen64-fork~eager.log";
	if ($outcome eq 'success') {
		ok(!$log, "$act: no console kept");
		is(scalar @{$run->{series}[0]{samples}}, 8, "$act: all samples");
	} else {
		like($run->{outcome}{reason}, $reason, "$act: reason");
		like($got->{err}, $reason, "$act: the reason is told");
		ok($log, "$act: console kept");
		is_deeply($run->{series}, [], "$act: no samples of a run that did not succeed");
	}
}

# A panic's address is named by the list that stands beside the image.
{
	my $dir = fixture();
	my $list = "$dir/build/guest/xen64/eager/panic-sites";
	my @said;
	for my $sites ("0xffff8800001017c7 guest-kernel/main.c:7 BUG_ON(a != b)\n0xffff8800001017c70 x:1 y\n", "0xffff880000101 x:1 y\n", undef) {
		defined $sites ? spew($list, $sites) : unlink $list;
		my $got = fake_run({act => 'bug-on', root => $dir}, '--workload', 'fork', '--variant', 'eager');
		is($got->{code}, 6, 'a crash');
		push @said, $got->{set}{runs}[0]{outcome}{reason};
	}
	is_deeply(\@said, ['guest panic: BUG_ON(a != b) at guest-kernel/main.c:7', ('guest panic: BUG_ON at 0xffff8800001017c7') x 2],
		'the place and the condition, or the address');
}

my $warned = sub { return join "\n", @{$_[0]{set}{runs}[0]{warnings}} };
my @one = ('--workload', 'fork', '--variant', 'eager');
like($warned->(fake_run('idle', @one)), qr/were idle 5 times/, 'idling is warned of');
{
	my $dir = fixture();
	mkdir "$dir/build/guest/xen64/eager+some_bug" or die;
	spew("$dir/build/guest/xen64/eager+some_bug/pvmmu-guest.elf", "mutant\n");
	my $got = fake_run({act => 'success', root => $dir}, '--workload', 'fork', '--variant', 'eager+some_bug');
	is($got->{set}{runs}[0]{id}, 'xen64-fork~eager+some_bug', 'a mutant is run by its name')
		or diag($got->{err});
	is($got->{set}{runs}[0]{identity}{variant}{mutant}, 'some_bug', 'and told in the identity');
	like($warned->($got), qr/mutant \(some_bug\)/, 'and warned of');
	like($got->{set}{runs}[0]{command}, qr/--variant eager\+some_bug /, 'and by the command that repeats it');
	is(pvmmu('validate', "$dir/r/x.json")->{code}, 0, 'and valid');
	$got = fake_run({act => 'success', root => $dir}, '--workload', 'fork', '--variant', 'eager+other');
	like($got->{err}, qr/make guest VARIANT=eager\+other/, 'one that was not built is missed by name');
}
like($warned->(fake_run('warning', @one)), qr/the guest is warned/, 'the guest\'s warning is kept');
my $plain = fake_run('success', @one);
unlike($warned->($plain), qr/idle|mutant|guest/, 'none of these on a plain run');
like($warned->($plain), qr/QEMU was chosen by hand.*fake-qemu/, 'a pretended QEMU does not pass silently');
is($plain->{set}{runs}[0]{identity}{qemu}{version}, 'Pretended QEMU 0.0', 'what it says it is');
my ($sha) = split ' ', `sha256sum $root/tests/fake-qemu`;
is($plain->{set}{runs}[0]{identity}{qemu}{sha256}, $sha, 'what it really is');

my $audited = fake_run('audit', @one);
is_deeply([map { "$_->{when} $_->{tables}" } @{$audited->{set}{runs}[0]{audits}}], ['demand 20', 'end 20'],
	'what the guest found out about itself is kept');
unlike($warned->($audited), qr/the audit/, 'and warned of if anything');
like($warned->(fake_run('audit-alone', @one)), qr/audit does not know Xen's view .*: nobody may ask/,
	'one that could not ask Xen says so');
my $silent = fake_run('audit-bad', @one, '--no-audit');
is($silent->{code}, 0, 'a guest told not to look finds nothing') or diag($silent->{err});
ok(!$silent->{set}{runs}[0]{audits}, 'and the result claims nothing');
like($silent->{set}{runs}[0]{command}, qr/ --no-audit$/, 'and is repeated so');

my $series = fake_run('monotonic', @one)->{set}{runs}[0]{series}[0];
is("$series->{name} $series->{unit}", 'time ns', 'another clock is not called instructions');
ok(!$series->{exact}, 'and is not exact');
$series = $plain->{set}{runs}[0]{series}[0];
is("$series->{name} $series->{unit}", 'insns instructions', 'the counting clock is');
ok($series->{exact}, 'and is exact');

# Several iterations in a sample: kept raw, shown as one iteration.
is($series->{iterations_per_sample}, 1, 'a sample is one iteration, unless it says otherwise');
my $reps = fake_run('reps', @one);
$series = $reps->{set}{runs}[0]{series}[0];
is($series->{iterations_per_sample}, 3, 'iterations in a sample are told');
is_deeply($series->{samples}, $plain->{set}{runs}[0]{series}[0]{samples}, 'samples are kept as they were taken');
my ($of_three, $of_one) = map { $_->{out} =~ /~eager +([\d,.]+) instructions/ ? $1 =~ tr/,//dr : 'none' } $reps, $plain;
cmp_ok(abs(3 * $of_three - $of_one), '<', 0.1, 'the table is about one iteration');
is($reps->{set}{runs}[0]{counted_iterations}, 24, 'the counters are about all iterations');
is_deeply($reps->{set}{runs}[0]{timer_overhead}, {readings => 16, least => 15, largest => 900},
	'what measuring costs is kept');

done_testing();
