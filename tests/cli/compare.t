#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# compare: the numbers, what is equal, what is missing, what else differs.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use JSON::PP;
use PvmmuTest;

my $got;
my $golden = "$root/tests/golden/two-variants.json";

sub compare
{
	my $got = pvmmu('compare', @_);
	unlike($got->{err}, qr/Sanitizer|runtime error/, 'no sanitizer report');
	return $got;
}

sub compared { return decode_json(compare('--format', 'json', @_)->{out}) }

# A copy of the golden set, changed.
my $copies = 0;
sub changed
{
	my ($change) = @_;
	my $set = read_json($golden);
	$change->($set);
	return write_json("$tmp/copy" . $copies++ . ".json", $set);
}

sub only { my ($set, $variant) = @_; $set->{runs} = [grep { $_->{id} =~ /~$variant$/ } @{$set->{runs}}] }

# Golden output of each format.
for my $format (qw(text md tsv json)) {
	chdir $root or die;
	my $got  = compare('tests/golden/two-variants.json', '--base', 'nopin', '--format', $format);
	my $want = "tests/golden/compare.$format";
	is($got->{code}, 0, "$format: fine") or diag($got->{err});
	is($got->{out}, slurp($want), "$format: as $want");
}

# The numbers, by hand: samples of fork are 1000 (+500 for nopin) + 7 + 0, 1 or 2.
my ($row) = @{compared($golden, '--base', 'nopin')->{rows}};
is($row->{base}{median}, 1508, 'median of the base');
is($row->{new}{median}, 1008, 'median of the other');
ok(abs($row->{ratio} - 1008 / 1508) < 1e-12, 'ratio is new / base');
ok(!$row->{equal}, 'not equal');
is(compared($golden, '--base', 'eager')->{rows}[0]{base}{variant}, 'eager', '--base');
is(compared($golden)->{rows}[0]{base}{variant}, 'nopin', 'the first variant is the default base');

# An even number of samples: the midpoint.
my $even = changed(sub { $_->{series}[0]{samples} = [1, 2, 3, 4, 10, 20, 30, 4] for $_[0]{runs}[0] });
is(compared($golden, $even)->{rows}[0]{new}{median}, 4, 'median of eight');
my $half = changed(sub { $_->{series}[0]{samples} = [1, 2, 3, 4, 5, 20, 30, 4] for $_[0]{runs}[0] });
is(compared($golden, $half)->{rows}[0]{new}{median}, 4, 'again');
$half = changed(sub { $_->{series}[0]{samples} = [1, 2, 3, 3, 4, 20, 30, 4] for $_[0]{runs}[0] });
is(compared($golden, $half)->{rows}[0]{new}{median}, 3.5, 'a midpoint that is not whole');

# Equal is said only of exact metrics with all samples equal, in whatever order.
ok(compared($golden, $golden)->{rows}[0]{equal}, 'a file equals itself');
my $order = changed(sub { @$_ = reverse @$_ for $_[0]{runs}[0]{series}[0]{samples} });
ok(compared($golden, $order)->{rows}[0]{equal}, 'order does not matter');
my $same_median = changed(sub { $_[0]{runs}[0]{series}[0]{samples}[0]-- });
$row = compared($golden, $same_median)->{rows}[0];
is($row->{ratio}, 1, 'the same median');
ok(!$row->{equal}, 'is not equality');
my $inexact = changed(sub { $_->{series}[0]{exact} = JSON::PP::false for @{$_[0]{runs}} });
ok(!compared($inexact, $inexact)->{rows}[0]{equal}, 'nothing inexact is called equal');
like(compare($golden, $same_median)->{out}, qr/warning: fork: the same image.* did not repeat/,
	'an exact tier that does not repeat is pointed out');

# Missing: on one side, as a whole or by its outcome; never dropped.
my $without = changed(sub { splice(@{$_[0]{runs}}, 1, 1) });
my $text = compare($golden, $without)->{out};
like($text, qr/^fork\s+eager\s+1,008\s+missing: not in the file\s+-\s/m, 'missing in the new file');
like(compare($without, $golden)->{out}, qr/^fork\s+eager\s+missing: not in the file\s+1,008\s+-\s/m, 'in the base');
my $crashed = changed(sub {
	my ($run) = $_[0]{runs}[1];
	$run->{outcome} = {status => 'crash', reason => 'guest panic'};
	$run->{series}  = [];
	delete @$run{qw(counters counted_iterations clock conserved)};
});
like(compare($golden, $crashed)->{out}, qr/^fork\s+eager\s+1,008\s+missing: crash\s/m, 'missing by a crash');
is(scalar @{compared($golden, $crashed)->{rows}}, 4, 'no row is lost');
my $all_crashed = changed(sub {
	for (@{$_[0]{runs}}) {
		$_->{outcome} = {status => 'crash', reason => 'guest panic'};
		$_->{series}  = [];
		delete @$_{qw(counters counted_iterations clock conserved)};
	}
});
is(scalar(() = compare($all_crashed)->{out} =~ /missing: crash\s+missing: crash/g), 2, 'nothing measured at all');
# One seed of two failed: what is left is not what was asked for.
my $seeds = changed(sub {
	my ($copy) = decode_json(encode_json($_[0]{runs}[0]));
	@$copy{qw(id outcome series)} = ('xen64-fork:seed=2~nopin', {status => 'timeout', reason => 'slow'}, []);
	delete @$copy{qw(counters counted_iterations clock conserved)};
	push @{$_[0]{runs}}, $copy;
});
is(compared($golden, $seeds)->{rows}[0]{new}{missing}, 'timeout', 'a seed that failed spoils its cell');

# Two seeds go into one cell.
$seeds = changed(sub {
	my ($copy) = decode_json(encode_json($_[0]{runs}[0]));
	@$copy{qw(id)} = ('xen64-fork:seed=2~nopin');
	$copy->{identity}{seed} = 2;
	push @{$_[0]{runs}}, $copy;
});
is(compared($golden, $seeds)->{rows}[0]{new}{n}, 16, 'samples of two seeds are pooled');


# The spread between seeds stands apart from that within a run.
$seeds = changed(sub {
	for my $run (@{$_[0]{runs}}[0 .. 1]) {
		for my $seed (2 .. 4) {
			my ($copy) = decode_json(encode_json($run));
			$copy->{id} =~ s/~/:seed=$seed~/;
			$copy->{identity}{seed} = $seed;
			$_ += 100 * $seed * $seed for @{$copy->{series}[0]{samples}};
			push @{$_[0]{runs}}, $copy;
		}
	}
});
my ($spread) = grep { $_->{base}{seeds} } @{compared($seeds)->{rows}};
my ($least, $middle) = do { my $row = compared($golden)->{rows}[0]{base}; @$row{qw(min median)} };
is_deeply($spread->{base}{seeds}, {n => 4, medians => {min => $middle, median => $middle + 650, max => $middle + 1600},
	leasts => {min => $least, median => $least + 650, max => $least + 1600}}, 'of medians and of least samples');
like(compare($seeds)->{out}, qr/new range +base by seed +new by seed$/m, 'columns of their own');
like(compare($seeds)->{out}, qr{^fork +nopin -> eager .* 1,508 / 2,158 / 3,108 of 4 +1,008 / 1,658 / 2,608 of 4$}m, 'minimum, median, maximum');
my ($columns, $fields) = map { [split /\t/, $_, -1] } split /\n/, compare($seeds, '--format', 'tsv')->{out};
my %field; @field{@$columns} = @$fields;
is("@field{qw(base_seeds base_seed_min base_seed_median base_seed_max new_seeds)}", '4 1508 2158 3108 4', 'tsv');
like(compare($seeds, '--wide')->{out}, qr{^insns: from the minimum to the maximum median of a seed, in percent.*^fork +106\.10 +158\.73$}ms, '--wide: in percent');
unlike(compare($golden, '--wide')->{out} . compare($golden)->{out}, qr/seed of|by seed|of a seed/, 'one seed has no spread');

# The cost of measuring is printed if the runs have it.
my $timed = changed(sub { $_->{timer_overhead} = {readings => 16, least => 13, largest => 99} for @{$_[0]{runs}} });
like(compare($timed)->{out}, qr/^note: 13 instructions of each sample are the measurement itself$/m, 'the overhead is noted');
is(compared($timed)->{rows}[0]{new}{measuring}, 13, 'and in the JSON');
unlike(compare($golden)->{out}, qr/measurement itself/, 'not measured, not told');

# So many vCPUs are another panel.
my $cpus = changed(sub {
	my @more = @{decode_json(encode_json($_[0]{runs}))};
	for (@more) {
		$_->{id} =~ s/~/\@4~/;
		$_->{identity}{vcpus} = 4;
		$_->{series}[0]{samples} = [map { 2 * $_ } @{$_->{series}[0]{samples}}];
	}
	push @{$_[0]{runs}}, @more;
});
is_deeply([map { "$_->{vcpus} $_->{base}{median}" } @{compared($cpus)->{rows}}], ['1 1508', '1 3108', '4 3016', '4 6216'],
	'numbers of vCPUs are kept apart');
$got = compare($cpus);
like($got->{out}, qr/^fork mb=16 vcpus=4 +nopin -> eager +6,216 /m, 'and named');
unlike($got->{out}, qr/warning/, 'and are no reason for a warning if both sides have them');

# Two files with one variant each are compared with each other.
my $nopin = changed(sub { only($_[0], 'nopin') });
my $eager = changed(sub { only($_[0], 'eager') });
like(compare($nopin, $eager)->{out}, qr/^fork\s+nopin -> eager\s+1,508\s+1,008\s+0\.6684/m, 'two single variants');
is(compare($nopin)->{code}, 4, 'one variant in one file is nothing to compare');

# Other parameters are another panel, even if the defaults hide it.
my $other = changed(sub { $_->{identity}{workload}{parameters}{warmup} = 3 for @{$_[0]{runs}} });
$text = compare($golden, $other)->{out};
like($text, qr/^fork mb=0 n=8 warmup=2\s+nopin\s+1,508\s+missing|^fork n=8 warmup=2 mb=0\s+nopin\s+1,508\s+missing/m,
	'other parameters: not compared, told apart');

# Other differences are named.
for my $case (
	['xen.version',      sub { $_->{identity}{xen}{version} = '0.0-2' },        '0.0-1 / 0.0-2'],
	['xen.command_line', sub { $_->{identity}{xen}{command_line} .= ' xpti=1' }, undef],
	['xen.build_id',     sub { $_->{identity}{xen}{build_id} = 'beef' },         'unknown / beef'],
	['qemu.version',     sub { $_->{identity}{qemu}{version} = 'QEMU 9' },       'Pretended QEMU 0.0 / QEMU 9'],
	['compiler',         sub { $_->{identity}{compiler} = 'cc 2.0' },            'cc 1.0 / cc 2.0'],
	['memory_mib',       sub { $_->{identity}{memory_mib} = 64 },                '512 / 64'],
) {
	my ($name, $change, $say) = @$case;
	my $got = compare($golden, changed(sub { $change->() for @{$_[0]{runs}} }));
	like($got->{out}, qr/^warning: \Q$name\E differs: @{[defined $say ? quotemeta $say : '']}/m, "$name is warned of");
}
# A dom0 can differ only where there are two.
{
	my $dom0 = sub { my ($line) = @_; changed(sub { $_->{identity}{dom0} = {release => 'x', command_line => $line} for @{$_[0]{runs}} }) };
	my ($quiet, $loud) = ($dom0->('quiet'), $dom0->('debug'));
	like(compare($quiet, $loud)->{out}, qr{^warning: dom0\.command_line differs: quiet / debug$}m, 'another command line of dom0');
	unlike(compare($golden, $quiet)->{out}, qr/dom0/, 'no dom0 on one side');
}
# Xen's effective mitigations decide numbers too; an older set without them is not refused.
sub in_force
{
	my ($xpti, $line) = @_;
	return changed(sub { for (@{$_[0]{runs}}) {
		$_->{identity}{xen}{mitigations} = {'XPTI (64-bit PV only)' => "Dom0 $xpti", 'Xen settings' => 'x'};
		$_->{identity}{xen}{command_line} .= $line // '';
	} });
}
{
	my ($off, $on, $asked) = (in_force('disabled'), in_force('enabled'), in_force('disabled', ' xpti=true'));
	my $got = compare($off, $on);
	is($got->{code}, 0, 'XPTI off and on are compared');
	like($got->{out}, qr{^warning: xen\.mitigations, XPTI \(64-bit PV only\) differs: Dom0 disabled / Dom0 enabled}m, 'and warned of');
	unlike($got->{out}, qr/Xen settings differs|note: in force/, 'only that');
	like(compare($off, $off)->{out}, qr/^note: in force in Xen: XPTI \(64-bit PV only\): Dom0 disabled$/m, 'what is in force is noted');
	$got = compare($golden, $off);
	like($got->{out}, qr/^note: which mitigations Xen had in force is unknown on one side/m, 'an older set: noted');
	unlike($got->{out}, qr/warning/, 'an older set: no warning');
	like(compare($off, $asked)->{out}, qr/^note: Xen's command lines differ and the mitigations in force do not/m, 'an option may have been ignored');
	unlike(compare($off, in_force('enabled', ' xpti=true'))->{out}, qr/ignored an option/, 'or may not');
	my $moved = sub { my ($file) = @_; my $set = read_json($file); $_->{series}[0]{samples}[0]++ for @{$set->{runs}};
		my $to = "$file.moved"; spew($to, JSON::PP->new->encode($set)); return $to };
	like(compare($golden, $moved->($off))->{out}, qr/the exact tier did not repeat/, 'an older set: what should repeat still should');
	unlike(compare($off, $moved->($on))->{out}, qr/the exact tier did not repeat/, 'another XPTI: it need not');
}
unlike(compare($golden, $golden)->{out}, qr/warning/, 'no warning where nothing differs');
like(compare($golden, $golden)->{out}, qr/^note: the image of eager is the same on both sides/m, 'the same image is noted');
my $rebuilt = changed(sub { $_->{identity}{image}{kernel_sha256} = 'f' x 64 for @{$_[0]{runs}} });
unlike(compare($golden, $rebuilt)->{out}, qr/same on both sides/, 'another image is not');
my $warned = changed(sub { $_[0]{runs}[0]{warnings} = ['it idled'] });
like(compare($golden, $warned)->{out}, qr/^note: xen64-fork~nopin: it idled/m, 'a run\'s warnings are told');

# Refused: mixed tiers, bad files, bad usage.
my $wall = changed(sub { $_->{identity}{tier} = 'wall' for @{$_[0]{runs}} });
$got = compare($golden, $wall);
is($got->{code}, 4, 'tiers do not mix');
like($got->{err}, qr/tiers cannot be mixed: exact and wall/, 'said so');
my $debug = changed(sub { $_->{identity}{xen}{flavour} = 'debug' for @{$_[0]{runs}} });
$got = compare($golden, $debug);
is($got->{code}, 4, 'nor do builds of Xen');
like($got->{err}, qr/builds of Xen cannot be compared: release and debug/, 'said so');
is(compare($debug)->{code}, 0, 'a debug build alone is fine to look at');
my $cut = spew("$tmp/cut.json", substr(slurp($golden), 0, 2000));
$got = compare($golden, $cut);
is($got->{code}, 4, 'a truncated file');
like($got->{err}, qr/cut\.json:\d+:\d+: /, 'said where');
my $malformed = changed(sub { $_[0]{runs}[0]{series}[0]{samples}[0] = 'x' });
$got = compare($malformed, $cut);
like($got->{err}, qr/samples\/0: expected number/, 'of two bad files the first is told');
like($got->{err}, qr/cut\.json/, 'and the second');
is($got->{out}, '', 'and nothing is printed as a result');
is(compare($golden, '/no/such.json')->{code}, 4, 'no such file');
for my $bad ([], [$golden, '--format', 'cvs'], [$golden, $golden, '--base', 'x']) {
	is(compare(@$bad)->{code}, 64, 'usage');
}
$got = compare($golden, '--base', 'nopinn');
is($got->{code}, 64, 'a base that is not there');
like($got->{err}, qr/unknown base variant "nopinn"; did you mean "nopin"/, 'said so');

done_testing();
