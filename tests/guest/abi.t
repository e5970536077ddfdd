#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The guest's system calls, checked by a program inside it, on real Xen, without
# Xen, and in every variant. The program runs on this Linux first: what it demands is what
# Linux does. Everything left over when process 1 ends is cleared away, and the
# books balance. More memory than there is is refused.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my %env = map { $_->{name} => $_->{env} } @{read_json("$root/build/share/variants.json")->{variants}};
my @variants = sort keys %env;
my @envs = do { my %seen; grep { !$seen{$_}++ } values %env };
is_deeply([sort @envs], ['native64', 'xen64'], 'variants for both envs');

# Beside it lies a file that is no program.
mkdir "$tmp/bin";
my $program = "$tmp/bin/selftest";
run_command('cp', "$root/build/test-guest/selftest", $program);
spew("$tmp/bin/nonsense", "no program\n");
chmod 0755, "$tmp/bin/nonsense";

my $linux = run_command($program);
is($linux->{code}, 0, 'Linux does what is demanded') or diag($linux->{out});

my $r = run_command("$root/build/pvmmu", 'run', '--variant', join(',', @variants), '--out', "$tmp/abi.json",
	'--quiet', '--timeout', 60, '--file', "$tmp/bin/nonsense", '--', $program);
is($r->{code}, 0, 'so does the guest') or diag($r->{err});
for my $run (@{read_json("$tmp/abi.json")->{runs}}) {
	is($run->{outcome}{status}, 'success', "$run->{id}: success") or diag($run->{outcome}{reason});
	is_deeply([grep { $_->{before} != $_->{after} } values %{$run->{conserved}}], [],
		"$run->{id}: nothing is lost");
	cmp_ok($run->{counters}{faults}{bad}, '>', 5, "$run->{id}: bad accesses were punished");
	is(scalar(grep { /system call 499/ } @{$run->{warnings}}), 1,
		"$run->{id}: an unknown system call is named");
}

# More memory than there is is refused, the guest stays in order. (limits.t: killed for it.)
$r = run_command("$root/build/pvmmu", 'run', '--variant', join(',', @variants), '--workload',
	'fork:mb=1000:n=4', '--out', "$tmp/oom.json", '--quiet');
is($r->{code}, 5, 'memory that runs out is a failure');
for my $run (@{read_json("$tmp/oom.json")->{runs}}) {
	is($run->{outcome}{status}, 'failure', "$run->{id}: failure, not a crash");
	like($run->{outcome}{reason}, qr{: errno 12 \(Out of memory\)$}, "$run->{id}: told so");
}
done_testing();
