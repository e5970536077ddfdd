#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Figures that are very small, very large, or next to one another: wherever they are printed or drawn, what
# is not zero does not look like it, a change is not none, and no chart ends at a number that gnuplot
# cannot read. How a number is written, tests/unit/host_lib_figures.c has.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..", $FindBin::Bin;
use JSON::PP;
use plot_lib;

sub cell { my ($workload, $variant, @more) = @_; return {workload => $workload, variant => $variant, @more} }

sub fine
{
	my ($what, @arguments) = @_;
	my $got = pvmmu(@arguments);
	is($got->{code}, 0, "$what: fine") or diag($got->{err});
	unlike("$got->{out}$got->{err}", qr/Sanitizer|runtime error/, "$what: no sanitizer report");
	unlike($got->{out}, qr/(?<!\+)-0\.0+(?!\d)|(?<![\d.,])-0(?![\d.])|\bnan\b|\binf\b/i, "$what: no -0, no NaN") or diag($got->{out});
	return $got->{out};
}

# One event in 100,000 iterations, and two.
my @few = map { my ($variant, $n) = @$_; cell('null_syscall', $variant, samples => [(100) x 100000],
	counters => {sched => {timer => $n, all_idle => 0}}) } ['eager', 1], ['nopin', 2];
my $few = make_set('few', @few);
my @timer = ('--counters', 'sched.timer', '--metric', 'sched.timer');
like(fine('counter', 'compare', $few, @timer), qr/^null_syscall +eager -> nopin +1e-05 +2e-05 +2\.0000 +\+1e-05 .* 1e-05\.\.1e-05 +2e-05\.\.2e-05$/m,
	'a counter of one event does not look like none');
like(fine('by', 'compare', $few, @timer, '--by', 'variant'), qr/^null_syscall +1e-05 +2e-05 +\+100\.00% /m, 'by an axis as well');
like(fine('wide', 'compare', $few, '--wide', '--counters', 'sched.timer'), qr/\b1e-05 +2e-05\b/, 'wide as well');

# Changes of less than a percent of a percent.
my $slight = make_set('slight', cell('fork', 'eager', samples => [(10000000) x 8]), cell('fork', 'nopin', samples => [(10000001) x 8]),
	cell('exec', 'eager', samples => [(50) x 8]), cell('exec', 'nopin', samples => [(50) x 8]));
like(fine('slight', 'compare', $slight), qr/^fork +eager -> nopin +10,000,000 +10,000,001 +1\.0000001 +\+1 /m, 'a ratio of almost one is not one');
like(fine('slight by', 'compare', $slight, '--by', 'variant'), qr/^fork +10,000,000 +10,000,001 +\+1e-05% /m, 'a change of almost none is not none');
like(fine('means', 'compare', $slight), qr/geometric mean of 2\) .* 1\.00000005 /, 'nor is a mean');

# Gates: the difference's share of the base.
my ($before, $after) = map { my $v = $_; make_set("gate$v", cell('fork', 'eager', samples => [($v) x 8])) } 10000000, 10000001;
my $declaring = read_json($after);
$declaring->{declared} = [map { $_->{id} } @{$declaring->{runs}}];
write_json($after, $declaring);
like(fine('gate', 'verdict', $after, '--base', $before, '--gate', 'fork:insns<=+2', '--out', "$tmp/v.json"), qr/\+1 \(\+1e-05 %\)/, 'gate');

# Samples that are no whole numbers: machines' formats keep every digit, people's what is needed.
my $tiny = make_set('tiny', map { my $v = $_; cell('fork', $v->[0], samples => [($v->[1]) x 8], exact => JSON::PP::false) } ['eager', 0.00012345], ['nopin', 0.00012346]);
like(fine('tiny', 'compare', $tiny), qr/0\.000123\b/, 'a time of little is not 0.00');
like(fine('tsv', 'compare', $tiny, '--format', 'tsv'), qr/\t0\.00012345\t0\.00012346\t/, 'tsv has every digit');

# History: a change that is one.
mkdir "$tmp/past" or die;
for (0 .. 2) {
	my $set = read_json($_ == 2 ? $after : $before);
	$set->{created} = "2026-01-0${\($_ + 1)}T00:00:00Z";
	write_json("$tmp/past/$_.json", $set);
}
like(fine('history', 'history', 'changes', '-q', '--results', "$tmp/past"), qr/10,000,000 -> 10,000,001 instructions \(\+1e-05 %, worse\)/, 'history');
like(fine('series', 'history', 'series', '-q', '--results', "$tmp/past"), qr/\+1e-05 %/, 'its list');

done_testing() && exit if !$have_gnuplot;

# Each kind of chart with what gnuplot's real() does not take: an exponent without a dot, next to nothing, negative.
my %counters = (hypercalls => {mmu_update => 1, mmuext_op => 2, update_va_mapping => 3}, sched => {timer => 1, all_idle => 0},
	batch_sizes => {1 => 3, 2 => 1}, batch_flushes => {full => 1, leave => 3});
my @values = (1e-5, 2e-5, 1e15, 2e15, 2.5e15, 5e-324, 1e-300, 1e-5 + 1e-12, 123456.789, -1e-5, -3, 0);
for my $i (0 .. $#values) {
	my $v = $values[$i];
	my @policies = (['native'], ['eager'], ['nopin'], ['batched']);
	my $set = make_set("odd$i", map { my ($variant, $n) = ($policies[$_][0], $_);
		cell('fork', $variant, samples => [map { $v * (1 + ($_ + $n) / 4) } 0 .. 7], exact => JSON::PP::false, counters => \%counters) } 0 .. $#policies);
	for my $kind (qw(bars tax heat samples effects hypercalls batch scaling)) {
		my $got = draw("$tmp/odd.svg", $set, '--kind', $kind);
		my $said = $got->{err};
		if ($got->{code} && $kind ne 'bars') {
			# Some have nothing to say of it: that is said, and gnuplot never is the one who does.
			like($said, qr/^pvmmu: (?!.*gnuplot).*(nothing|no |none|not |one of)/, "$kind of $v: refused for a reason");
		} else {
			is($said, '', "$kind of $v: drawn without a word");
		}
	}
}
is(draw("$tmp/few.svg", $few, '--metric', 'sched.timer')->{code}, 0, 'bars of a counter');
my $text = texts("$tmp/few.svg");
ok($text->{'1e-05'} && $text->{'2e-05'}, 'a bar of one event says so') or diag(join ' ', sort keys %$text);
my $almost = draw("$tmp/almost.svg", $slight, '--kind', 'heat');
ok(texts("$tmp/almost.svg")->{'×0.9999999'}, 'a ratio of almost one is not one in a chart') or diag($almost->{err}, join ' ', sort keys %{texts("$tmp/almost.svg")});
unlike(join(' ', keys %{texts("$tmp/almost.svg")}), qr/×1 on/, 'nor from which on it is coloured');

done_testing();
