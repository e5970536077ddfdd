#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# What Xen counts of our hypercalls is what the guest counts, call by call and entry by
# entry, in every variant. Both sets of counters are read at the same moments around the
# timed iterations (guest-kernel/sys/xenperf.h), so they are equal, not close.
#
# Where the two mean different things:
#  - Xen's "calls to X" are calls of X however they came, by themselves or in a multicall.
#    The guest counts those by themselves (hypercalls.X) and those in multicalls (queued.X)
#    apart. So calls = hypercalls + queued.
#  - Xen's array "hypercalls" counts entries into Xen. A call that Xen breaks off and takes up
#    again enters once more: for an interrupt, or to let go of a table that an entry was the
#    last use of. The guest cannot see that, so entries = calls by themselves + restarts,
#    and there are no more restarts than reasons for them.
#  - Xen counts a multicall as one entry, beside the calls in it. So they are equal where
#    there is no reason for a restart; such runs are asked for.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

plan skip_all => 'no Xen with counters: make deps-xen-build, make xen FLAVOUR=perfc'
	if !-e "$root/build/xen-perfc/xen.json";

sub run_counted
{
	my ($name, @args) = @_;
	my $r = run_command("$root/build/pvmmu", 'run', '--xen', 'perfc', '--collect', 'xenperf',
		'--out', "$tmp/$name.json", '--quiet', @args);
	is($r->{code}, 0, "$name: runs") or diag($r->{err});
	return @{read_json("$tmp/$name.json")->{runs}};
}

sub sum
{
	my $sum = 0;
	$sum += $_ // 0 for @_;
	return $sum;
}

# [what, Xen's count, the guest's], of all that must be equal whatever happens.
sub pairs
{
	my ($run) = @_;
	my ($xen, $guest) = ($run->{collected}{xenperf}, $run->{counters});
	my ($counted, $entered) = ($xen->{counters}, $xen->{arrays}{hypercalls});
	my $calls = sub { $guest->{hypercalls}{$_[0]} + $guest->{queued}{$_[0]} };
	return (
		['mmu_update calls', $counted->{'calls to mmu_update'}, $calls->('mmu_update')],
		['mmuext_op calls', $counted->{'calls to mmuext_op'}, $calls->('mmuext_op')],
		['update_va_mapping calls', $counted->{'calls to update_va_map'}, $calls->('update_va_mapping')],
		['calls in multicalls', $counted->{'calls from multicall'}, sum(values %{$guest->{queued}})],
		['entries by mmu_update', $counted->{'page updates'}, $guest->{mmu}{entries_mmu}],
		['entries by update_va_mapping', $counted->{'calls to update_va_map'}, $guest->{mmu}{entries_va}],
		['mmuext operations', $counted->{'mmuext ops'}, sum(values %{$guest->{mmuext}})],
		['emulated stores', $counted->{'writable pt emulations'}, $guest->{mmu}{entries_emulated}],
		map({ ["$_ entries", $entered->{$_}, $guest->{hypercalls}{$_}] }
			qw(iret stack_switch set_segment_base set_timer_op event_channel_op)),
		# Ours, and the first readings of Xen's counters.
		['other entries', sum(map { $entered->{$_} } grep { !exists $guest->{hypercalls}{$_} } keys %$entered),
			$guest->{hypercalls}{other}],
		['readings', $entered->{sysctl}, $xen->{stretches}],
	);
}

# {call: times that Xen took it up again}
sub restarts
{
	my ($run) = @_;
	my $entered = $run->{collected}{xenperf}{arrays}{hypercalls};
	return {map { $_ => ($entered->{$_} // 0) - $run->{counters}{hypercalls}{$_} }
		qw(mmu_update mmuext_op update_va_mapping multicall)};
}

sub interrupts { return $_[0]{collected}{xenperf}{counters}{'#interrupts'} // 0 }

sub agrees
{
	my ($run) = @_;
	my $id = $run->{id};
	my $xen = $run->{collected}{xenperf};
	ok($xen, "$id: Xen's counters are there") or return;
	is($xen->{read_by}, 'guest', "$id: read by the guest");
	is_deeply($xen->{missing}, [], "$id: none that we know is missing");
	is($_->[1] // 0, $_->[2], "$id: $_->[0]") for pairs($run);

	my $restarts = restarts($run);
	cmp_ok($restarts->{$_}, '>=', 0, "$id: no more $_ calls than Xen was entered for") for sort keys %$restarts;
	is($restarts->{update_va_mapping}, 0, "$id: update_va_mapping is never taken up again");
	# munmap takes away the only pte page of what it unmaps.
	my $tables = $id =~ /munmap/ ? $run->{counted_iterations} : 0;
	my $all = sum(values %$restarts);
	cmp_ok($all, '>=', $tables, "$id: taken up again for each table");
	cmp_ok($all, '<=', $tables + interrupts($run), "$id: and not without a reason");
}

my @variants = map { $_->{name} } grep { ($_->{env} // 'xen64') eq 'xen64' }
	@{read_json("$root/build/share/variants.json")->{variants}};
my @runs = run_counted('all', '--variant', join(',', @variants), '--workload',
	'fork:n=4,exec:n=2,fork_dirty:n=2:mb=1,mprotect:n=1,munmap:n=4,ctx:n=8,vmalloc:n=4');
is(@runs, 7 * @variants, 'all variants, all workloads');
agrees($_) for @runs;

# Equality says something: each kind of call is made, and multicalls are among what is exact.
for my $variant (@variants) {
	my @mine = grep { $_->{id} =~ /~$variant$/ } @runs;
	my ($policy) = map { $_->{identity}{variant}{policy} } @mine;
	my $total = sub { sum(map { $_->{counters}{$_[0]}{$_[1]} } @mine) };
	my $batched = $policy->{batch} eq 'multicall';

	cmp_ok($total->(hypercalls => $_), '>', 0, "$variant: makes $_ calls")
		for qw(mmu_update mmuext_op update_va_mapping), $batched ? 'multicall' : ();
	cmp_ok($total->(queued => $_), '>', 0, "$variant: $_ calls in batches")
		for $batched ? qw(mmu_update mmuext_op update_va_mapping other) : ();
	cmp_ok($total->(mmu => 'entries_emulated'), '>', 0, "$variant: stores are emulated")
		if $policy->{update} eq 'emulate';
	my @calm = grep { !interrupts($_) && $_->{id} !~ /munmap/ } @mine;
	cmp_ok(scalar @calm, '>', 1, "$variant: some run without an interrupt");
	is(sum(map { values %{restarts($_)} } @calm), 0, "$variant: then each call enters Xen once");
	cmp_ok(sum(map { $_->{counters}{hypercalls}{multicall} } @calm), '>', 0,
		"$variant: multicalls among them") if $batched;
}
for my $run (grep { $_->{id} =~ /fork_dirty/ } @runs) {
	is($run->{collected}{xenperf}{stretches}, $run->{counted_iterations} + 1,
		"$run->{id}: what prepares an iteration is left out");
}

# With several vCPUs, where others are stopped for the readings.
my ($several) = run_counted('several', '--variant', 'splitptl', '--vcpus', 4, '--workload', 'fork:n=4');
agrees($several);
cmp_ok($several->{collected}{xenperf}{counters}{'#IPIs'}, '>', 0, 'several vCPUs: Xen interrupts others');

# The check can fail: a guest that does not count one kind of its calls is found out, by as many.
my ($less) = run_counted('less', '--variant', 'batched+count_less', '--workload', 'fork:n=4');
my %wrong = map { $_->[0] => ($_->[1] // 0) - $_->[2] } grep { ($_->[1] // 0) != $_->[2] } pairs($less);
is_deeply(\%wrong, {map { $_ => $less->{counters}{mmu}{unprotected} }
	'update_va_mapping calls', 'calls in multicalls'}, 'calls that are not counted are missed');
cmp_ok($less->{counters}{mmu}{unprotected}, '>', 0, 'which there were');

# Without counters in Xen there is a reason in their place.
my $r = run_command("$root/build/pvmmu", 'run', '--collect', 'xenperf', '--variant', 'eager',
	'--workload', 'null:n=2', '--out', "$tmp/none.json", '--quiet');
is($r->{code}, 0, "Debian's Xen: runs");
my $none = read_json("$tmp/none.json")->{runs}[0];
like($none->{uncollected}{xenperf}, qr/built without counters: `make xen FLAVOUR=perfc`/, 'and says what is missing');
ok(!$none->{collected}{xenperf}, 'instead of zeros');

# In dom0, by Xen's own library, over all of a domain's life: more than the guest knows of.
SKIP: {
	skip 'no box: make box', 6 if !-e "$root/build/box/box.json";
	my ($run) = run_counted('box', '--rig', 'box', '--variant', 'eager', '--workload', 'fork:n=4');
	my $xen = $run->{collected}{xenperf};
	is($run->{uncollected}, undef, 'box: nothing is in the way') or skip 'not collected', 4;
	is($xen->{read_by}, 'dom0', 'box: read in dom0');
	is_deeply($xen->{missing}, [], 'box: none is missing');
	cmp_ok($xen->{counters}{'calls to update_va_map'}, '>=',
		$run->{counters}{hypercalls}{update_va_mapping}, 'box: the calls of the measured part are among them');
	cmp_ok($xen->{arrays}{hypercalls}{domctl}, '>', 0, "box: and dom0's own");
}
done_testing();
