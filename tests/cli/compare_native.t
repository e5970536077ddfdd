#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# compare across envs: the ratio to native, counters per
# operation, and the tables for documents, with figures of other systems.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use FindBin;
use lib "$FindBin::Bin/..";
use JSON::PP;
use PvmmuTest;

my $golden = read_json("$root/tests/golden/two-variants.json");

sub compare
{
	my $got = pvmmu('compare', @_);
	unlike($got->{err}, qr/Sanitizer|runtime error/, 'no sanitizer report');
	return $got;
}

# A run of a variant: what it costs, and what else is to be set.
sub run_of
{
	my ($variant, $cost, %more) = @_;
	my $run = decode_json(encode_json($golden->{runs}[1]));
	my $env = $variant =~ /^native/ ? 'native64' : 'xen64';
	my $vcpus = $more{vcpus} // 1;
	my $mb = $more{mb} // 0;
	$run->{id} = "$env-fork" . ($mb ? ":mb=$mb" : '') . ($vcpus == 1 ? '' : "\@$vcpus") . "~$variant";
	$run->{identity}{env} = $env;
	$run->{identity}{vcpus} = $vcpus;
	$run->{identity}{workload}{parameters}{mb} = $mb;
	my %policy = (ptl => $more{ptl} // 'mm', pte => 'low');
	$run->{identity}{variant} = {name => $variant, policy => $env eq 'xen64' ? {%policy, pin => 'eager'} : \%policy};
	delete $run->{identity}{xen} if $env ne 'xen64';
	# An image for each variant: equal ones would have to give equal samples.
	$run->{identity}{image}{kernel_sha256} = sha256_hex($variant);
	$run->{series}[0]{samples} = [$cost, ($cost + 10) x 7];
	my $n = $run->{counted_iterations};
	$run->{counters} = {hypercalls => $env eq 'xen64' ? {mmu_update => 3 * $n, iret => $n / 2} : {mmu_update => 0, iret => 0}};
	$more{change}->($run) if $more{change};
	return $run;
}

my $files = 0;
sub set_of
{
	return write_json("$tmp/set" . $files++ . ".json", {%$golden, runs => [@_]});
}

sub failed
{
	my ($run) = @_;
	$run->{outcome} = {status => 'crash', reason => 'guest panic'};
	$run->{series} = [];
	delete @$run{qw(counters counted_iterations clock conserved)};
}

my @runs = (run_of('eager', 990), run_of('splitptl', 1490, ptl => 'split'), run_of('native', 90),
	run_of('native-splitptl', 240, ptl => 'split'));
my $set = set_of(@runs);
my $got = compare($set, '--tax', '--base', 'native');
is($got->{code}, 0, '--base native --tax') or diag($got->{err});
like($got->{out}, qr/^fork +native -> eager +100 +1,000 +10\.0000 .* - +10\.00$/m, 'a variant against native: ratio and tax');
like($got->{out}, qr/^fork +native -> splitptl +100 +1,500 +15\.0000 .* - +15\.00$/m,
	'all are measured against the same one, whatever their own locks');
unlike($got->{out}, qr/warning/, 'that only one side has a hypervisor is no warning');
like($got->{out}, qr/^note: native runs on native64, eager on xen64$/m, 'but noted');
$got = decode_json(compare($set, '--tax', '--format', 'json')->{out});
is($got->{rows}[0]{base}{x_native}, 10, 'as JSON');
is($got->{rows}[0]{new}{x_native}, 15, 'for each side');
ok(!exists $got->{rows}[1]{new}{x_native}, 'native itself has none');
my @tsv = map { [split /\t/, $_, -1] } split /\n/, compare($set, '--tax', '--format', 'tsv')->{out};
is_deeply([map { [@$_[-2, -1]] } @tsv], [['base_x_native', 'new_x_native'], [10, 15], [10, ''], [10, '']], 'as TSV');
unlike(compare($set)->{out}, qr/x native/, 'only if it is asked for');

# Missing, never 1: each of these has nothing to be measured against.
for my $case (
	['no native run',       []],
	['other locks',         [run_of('native-splitptl', 240, ptl => 'split')]],
	['other vCPUs',         [run_of('native', 90, vcpus => 4)]],
	['other parameters',    [run_of('native', 90, mb => 16)]],
	['other memory',        [run_of('native', 90, change => sub { $_[0]{identity}{memory_mib} = 64 })]],
	['another width',       [run_of('native', 90, change => sub { $_[0]{identity}{env} = 'native32'; $_[0]{id} =~ s/64/32/ })]],
	['a mutant',            [run_of('native', 90, change => sub { $_[0]{identity}{variant}{mutant} = 'bug' })]],
	['a native that failed', [run_of('native', 90, change => \&failed)]],
	['a native seed that failed', [run_of('native', 90), run_of('native', 90, change => sub {
		failed(@_);
		$_[0]{id} =~ s/~/:seed=2~/;
		$_[0]{identity}{seed} = 2;
	})]],
) {
	my ($what, $others) = @$case;
	my $got = compare(set_of(run_of('eager', 990), run_of('nopin', 1990), @$others), '--tax');
	like($got->{out}, qr/^fork +eager -> nopin .* - +-$/m, "$what: no ratio to native");
}
like(compare(set_of(run_of('eager', 990)), set_of(run_of('eager', 990), run_of('native', 90)), '--tax')->{out},
	qr/^fork +eager .*10\.00 +10\.00$/m, 'native of the other file will do');

# Counters per operation.
$got = compare($set, '--counters', 'hypercalls');
like($got->{out}, qr/^hypercalls: medians in events per iteration, .*\n.*\nfork +eager -> splitptl +3\.50 +3\.50 += /m, 'a group is summed');
$got = compare($set, '--counters', 'hypercalls.iret,hypercalls.mmu_update', '--format', 'tsv');
like($got->{out}, qr/^fork\thypercalls\.iret\tevents per iteration\texact\teager\tsplitptl\t0\.5\t0\.5\t/m, 'one of a group');
like($got->{out}, qr/^fork\thypercalls\.mmu_update\t.*\t3\t3\t/m, 'and another');
is(() = compare($set, '--counters', 'hypercalls.*')->{out} =~ /^hypercalls\.\w+: /mg, 2, 'each of a group');
for my $bad ('hypercall', 'hypercalls.', 'hypercalls.pin', 'batch_size') {
	$got = compare($set, '--counters', $bad);
	is($got->{code}, 64, "$bad: no such counter");
	like($got->{err}, qr/unknown counter "$bad"; (did you mean "hypercalls"\? )?valid: hypercalls$/m, "$bad: said so");
}

# Wide tables.
my $reference = spew("$tmp/ref.tsv", "# by hand\nworkload\tvcpus\tLinux PV\tLinux native\n" .
	"fork\t1\t1980\t45\nfork:mb=16\t1\t5000\t\nfork\t4\t2000\t\n");
my @more = (run_of('eager', 1980, vcpus => 4), run_of('eager', 9990, mb => 16), run_of('splitptl', 0, mb => 16, ptl => 'split', change => \&failed));
$got = compare(set_of(@runs, @more), '--wide', '--least', '--tax', '--reference', $reference, '--counters', 'hypercalls',
	'--format', 'md');
is($got->{code}, 0, '--wide') or diag($got->{err});
like($got->{out}, qr/^insns: least sample, instructions, tier exact, 1 vCPU\n\n(.*\n){2}/m, 'a heading');
my %table;
my $heading;
for (split /\n/, $got->{out}) {
	$heading = $_ if /^\w.*vCPU/;
	push @{$table{$heading}}, join ' ', map { s/^ +| +$//gr } (split /\|/)[1 .. tr/|// - 1] if /^\| (?!-)/;
}
is_deeply(\%table, {
	'insns: least sample, instructions, tier exact, 1 vCPU' => [
		'workload eager splitptl native native-splitptl Linux PV Linux native best / Linux PV best / Linux native',
		'fork 990 1,490 90 240 1,980 45 0.50 22.00',
		'fork mb=16 9,990 crash - - 5,000 - 2.00 -'],
	'insns: least sample, instructions, tier exact, 4 vCPUs' => [
		'workload eager Linux PV Linux native best / Linux PV best / Linux native', 'fork 1,980 2,000 - 0.99 -'],
	'insns: ratio of the least sample to the variant native\'s, all columns, tier exact, 1 vCPU' => [
		'workload eager splitptl native native-splitptl', 'fork 11.00 16.56 1.00 2.67', 'fork mb=16 - crash - -'],
	'insns: ratio of the least sample to the variant native\'s, all columns, tier exact, 4 vCPUs' => [
		'workload eager', 'fork -'],
	'hypercalls: events per iteration, tier exact, 1 vCPU' => ['workload eager splitptl native native-splitptl',
		'fork 3.50 3.50 0 0', 'fork mb=16 3.50 crash - -'],
	'hypercalls: events per iteration, tier exact, 4 vCPUs' => ['workload eager', 'fork 3.50'],
}, 'tables of samples, taxes and counters, for each number of vCPUs');
like($got->{out}, qr/^Xen 0\.0-1; Pretended QEMU 0\.0; guest by cc 1\.0; 512 MiB; seed 1; XPTI: unknown$/m, 'what it was measured on');
like(compare(set_of(@runs), '--wide')->{out}, qr/^fork +1,000 +1,500 +100 +250$/m, 'medians by default');
my $label = set_of(run_of('eager', 990), run_of('custom:pin=eager,update=mmu,batch=off,ptl=mm,pte=low', 1490,
	change => sub { $_[0]{identity}{variant}{label} = 'custom:update=mmu' }));
like(compare($label, '--wide')->{out}, qr/^workload +eager +custom:update=mmu$/m, 'a custom variant by its short name');
like(compare($label)->{out}, qr/ eager -> custom:update=mmu /, 'everywhere');

for my $bad (["fork\t1\t2\n", qr/ref\.tsv:1: expected the columns workload, vcpus/], ['', qr/no columns/],
	["workload\tvcpus\tL\nfork\t1\n", qr/ref\.tsv:2: expected 3 fields, found 2/],
	["workload\tvcpus\tL\nfork\t1\tx\n", qr/ref\.tsv:2: "x" is not a number/]) {
	spew($reference, $bad->[0]);
	$got = compare($set, '--wide', '--reference', $reference);
	is($got->{code}, 4, 'a bad reference');
	like($got->{err}, $bad->[1], 'said where');
}
is(compare($set, '--wide', '--reference', '/no/such')->{code}, 4, 'no such reference');
for my $bad ([$set, $set, '--wide'], [$set, '--wide', '--base', 'eager'], [$set, '--least'], [$set, '--reference', $reference],
	[$set, '--wide', '--format', 'json']) {
	is(compare(@$bad)->{code}, 64, 'usage');
}

done_testing();
