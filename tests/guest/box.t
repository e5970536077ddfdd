#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Rig box: one boot of a real Xen host serves a matrix, whose results come back whole and are those
# of a domU; another boot beside it gives the same, sample by sample; an interrupt leaves no machine
# and a result that says so. tests/cli/rigs_box.t tests other failures with a
# pretended box.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;
use List::Util qw(min sum);

chomp(my $qemu = `sh -c 'command -v qemu-system-x86_64'`);
# Counts the machines.
my $counting = spew("$tmp/qemu", "#!/bin/sh\n[ \"\$1\" = --version ] || echo \$\$ >> $tmp/pids\nexec $qemu \"\$@\"\n");
chmod 0755, $counting;
sub pids { my @all = -e "$tmp/pids" ? split(' ', slurp("$tmp/pids")) : (); return @all }

my @what = ('--variant', 'eager,batched', '--workload', 'null:n=8,fork:n=32:mb=1', '--mem', 64);
my @box = ('run', '--root', $root, '--rig', 'box', @what, '--collect', 'xenstat:interval=5,perf');
my $beside = start_command($pvmmu, @box, '--out', "$tmp/again.json");
my $r = run_command($pvmmu, @box, '--qemu', $counting, '--out', "$tmp/x.json");
my $again = finish_command($beside);
is($r->{code}, 0, 'a matrix in the box') or diag($r->{err});
unlike($r->{err}, qr/Sanitizer|runtime error/, 'no sanitizer report');
is(scalar(pids()), 1, 'one machine for all of it');
ok(!(grep { alive($_) } pids()), 'which is gone');
ok(!-e "$tmp/x.json.logs", 'and no logs are left');
is(pvmmu('validate', "$tmp/x.json")->{code}, 0, 'a valid result');
my @runs = @{read_json("$tmp/x.json")->{runs}};
is_deeply([map { $_->{id} } @runs], [map { ("xen64-$_~eager", "xen64-$_~batched") } qw(null:n=8 fork:n=32:mb=1)], 'in order');
is_deeply([map { $_->{outcome}{status} } @runs], [('success') x 4], 'all of them successes');
my %least;
for my $run (@runs) {
	my $identity = $run->{identity};
	is("$identity->{rig} $identity->{tier}", 'box exact', "$run->{id}: rig and tier");
	like($identity->{dom0}{package}, qr/^linux-image-/, "$run->{id}: dom0's kernel");
	is($identity->{xen}{sha256}, read_json("$root/build/xen/xen.json")->{sha256}, "$run->{id}: Xen");
	like($identity->{xen}{banner}, qr/^Xen version \d/, "$run->{id}: Xen's banner");
	like($identity->{xen}{mitigations}{'XPTI (64-bit PV only)'}, qr/^Dom0 (en|dis)abled, DomU/, "$run->{id}: what Xen has in force, by xl dmesg");
	like($identity->{compiler}, qr/\d/, "$run->{id}: the guest's compiler");
	is(scalar @{$run->{series}[0]{samples}}, $run->{id} =~ /n=(\d+)/ ? $1 : 0, "$run->{id}: all samples");
	is($run->{series}[0]{unit}, 'instructions', "$run->{id}: of instructions");
	cmp_ok($run->{clock}{nop1000}, '<', 1100, "$run->{id}: which the clock counts");
	ok($run->{audits}[-1]{ok}, "$run->{id}: audited");
	$least{$run->{id}} = min(@{$run->{series}[0]{samples}});
	my $seen = $run->{collected}{xenstat};
	my ($before, $after, $series) = @$seen{qw(before after series)};
	is($before->{cpu_ns}, 0, "$run->{id}: xenstat: nothing has run before");
	cmp_ok($after->{cpu_ns}, '>', sum(@{$run->{series}[0]{samples}}), "$run->{id}: xenstat: longer than all samples");
	cmp_ok($after->{cpu_ns}, '<', $after->{elapsed_ns}, "$run->{id}: xenstat: on one CPU, beside dom0");
	is_deeply($after->{vcpu_ns}, [$after->{cpu_ns}], "$run->{id}: xenstat: one vCPU did it");
	is($after->{memory_bytes}, 64 << 20, "$run->{id}: xenstat: memory");
	my @steps = map { $series->{cpu_ns}[$_] - $series->{cpu_ns}[$_ - 1] } 1 .. $#{$series->{cpu_ns}};
	ok(@steps && min(@steps) >= 0, "$run->{id}: xenstat: a series that rises");
	cmp_ok($series->{cpu_ns}[-1], '<=', $after->{cpu_ns}, "$run->{id}: xenstat: up to its end");
	my $counted = $run->{collected}{perf};
	is($counted->{of}, 'dom0', "$run->{id}: perf: of dom0");
	cmp_ok($counted->{events}{'context-switches'}{value}, '>', 0, "$run->{id}: perf: which does something");
	cmp_ok($counted->{events}{'task-clock'}{value} * 1e6, '<', 1.1 * $after->{elapsed_ns}, "$run->{id}: perf: while the domain runs");
	is($counted->{missing}{cycles}, 'not supported', "$run->{id}: perf: without a processor's counters");
}

# Another boot, at the same time, so that neither has the processors to itself.
is($again->{code}, 0, 'another boot beside it') or diag($again->{err});
my @others = @{read_json("$tmp/again.json")->{runs}};
for my $i (0 .. $#runs) {
	for my $what (qw(series counters collected)) {
		is_deeply($others[$i]{$what}, $runs[$i]{$what}, "$runs[$i]{id}: the same $what, one by one");
	}
}

# The same image does the same as dom0, and Xen takes longer over a domU's entries.
my $solo = run_command($pvmmu, 'run', '--root', $root, '--variant', 'eager,batched', '--workload', 'fork:n=32:mb=1', '--mem', 64,
	'--cold', '--out', "$tmp/solo.json");
is($solo->{code}, 0, 'the same on rig solo') or diag($solo->{err});
my @solo = @{read_json("$tmp/solo.json")->{runs}};
for my $i (0, 1) {
	my ($as_dom0, $as_domu) = ($solo[$i], $runs[2 + $i]);
	is_deeply($as_domu->{identity}{image}, $as_dom0->{identity}{image}, "$as_domu->{id}: the same image");
	# Interrupts come with the time that passes beside the workload, and with them these.
	delete @{$_->{counters}{hypercalls}}{qw(set_timer_op iret sched_op event_channel_op)} for $as_domu, $as_dom0;
	for my $group (qw(hypercalls mmuext mmu faults)) {
		is_deeply($as_domu->{counters}{$group}, $as_dom0->{counters}{$group}, "$as_domu->{id}: $group as on rig solo");
	}
	my $dom0 = min(@{$as_dom0->{series}[0]{samples}});
	cmp_ok($least{$as_domu->{id}}, '>', $dom0, "$as_domu->{id}: dearer as a domU");
	cmp_ok($least{$as_domu->{id}}, '<', 1.05 * $dom0, "$as_domu->{id}: by a little");
}

# Interrupted while it boots.
unlink "$tmp/pids";
my $h = start_command($pvmmu, 'run', '--root', $root, '--rig', 'box', '--qemu', $counting, @what, '--out', "$tmp/i.json");
ok(wait_until(sub { scalar pids() }), 'interrupt: the machine has been started');
kill 'INT', $h->{pid};
$r = finish_command($h);
is($r->{code}, 130, 'interrupt: exit code') or diag($r->{err});
ok(!(grep { alive($_) } pids()), 'interrupt: no machine is left');
is(pvmmu('validate', "$tmp/i.json")->{code}, 0, 'interrupt: a valid result');
is_deeply([map { $_->{outcome}{status} } @{read_json("$tmp/i.json")->{runs}}], [('skip') x 4], 'interrupt: of runs that were not made');

done_testing();
