#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The kinds of charts besides bars: their tables, what is said and what is missing in them, and that
# gnuplot draws each, in both themes and as text, to the same bytes again.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..", $FindBin::Bin;
use Digest::SHA qw(sha256_hex);
use plot_lib;

plan(skip_all => 'gnuplot is not installed') if !$have_gnuplot;

sub cell { my ($workload, $variant, @more) = @_; return {workload => $workload, variant => $variant, @more} }
sub same { my ($v) = @_; return samples => [($v) x 8] }

# The pictures' hashes, which depend on gnuplot's version too: its name is in front of them.
# PVMMU_GOLDEN=write makes the file anew; look at the pictures before committing that.
my $golden = "$root/tests/golden/plots.sha256";
my ($version, %kept) = split /\s+/, $ENV{PVMMU_GOLDEN} ? '' : slurp($golden);
my ($here) = run_command('gnuplot', '--version')->{out} =~ /^gnuplot ([\d.]+)/;
my (%hash, %times);
sub is_as_ever
{
	my ($kind, $form, $bytes) = @_;
	my $name = "$kind" . ++$times{"$kind.$form"} . ".$form";
	$hash{$name} = sha256_hex($bytes);
	SKIP: {
		skip 'being written', 1 if $ENV{PVMMU_GOLDEN};
		skip "the hashes are of gnuplot $version, this is $here", 1 if $version ne $here;
		is($hash{$name}, $kept{$name} // 'none', "$name: byte by byte as it ever was");
	}
}

# Draws a kind in all ways; returns the texts of its SVG.
sub draws
{
	my ($kind, @how) = @_;
	my $got = draw("$tmp/$kind.svg", '--kind', $kind, '--theme', 'both', @how);
	is("$got->{code}|$got->{out}|$got->{err}", '0||', "$kind: drawn without a word");
	texts("$tmp/$kind-dark.svg");
	is(draw("$tmp/again.svg", '--kind', $kind, @how)->{picture}, $got->{picture}, "$kind: the same bytes again");
	is_as_ever($kind, 'svg', $got->{picture});
	is_as_ever($kind, 'dark.svg', slurp("$tmp/$kind-dark.svg"));
	is(substr(draw("$tmp/$kind.png", '--kind', $kind, @how)->{picture} // '', 0, 8), "\x89PNG\r\n\x1a\n", "$kind: a PNG");
	my $text = pvmmu('plot', '--kind', $kind, @how);
	is("$text->{code}|$text->{err}", '0|', "$kind: as text");
	unlike($text->{out}, qr/\033|\f| $/m, "$kind: plain text");
	is_as_ever($kind, 'txt', $text->{out});
	my $all = texts("$tmp/$kind.svg");
	$all->{text} = $text->{out};
	return $all;
}

sub says { my ($what, $text, @words) = @_; ok($text->{$_}, "$what: says $_") for @words }

# ---- bars, tax, batch: plot_bars.t says what is in them ----

my $usual = make_set('usual', cell('fork', 'native', same(50)), cell('fork', 'eager', exact => 0, samples => [90 .. 97]), cell('fork', 'nopin', status => 'timeout'),
	cell('fork', 'batched', same(80), counters => {batch_size => {1 => 8, '2-3' => 16}, batch_flush => {leave => 24}}));
draws($_, $usual) for qw(bars tax batch);

# ---- scaling: points of an axis are a line, other parameters panels ----

my $sweep = make_set('sweep',
	(map { cell('fork', 'eager', mb => $_, same(100 + 10 * $_)), cell('fork', 'nopin', mb => $_, $_ == 4 ? (status => 'timeout') : (same(200 + 20 * $_))) }
		1, 2, 4, 8), cell('exec', 'eager', same(5)));
is(table($sweep, '--kind', 'scaling'), join('', map { join("\t", @$_) . "\n" }
	['#', '#', qw(panel variant x median low high n label)],
	(map { [1, 1, 'fork by mb', 'nopin', $_, $_ == 4 ? ('NaN', 'NaN', 'NaN', 0, 'missing: timeout') : (200 + 20 * $_, 'NaN', 'NaN', 8, '')] } 1, 2, 4, 8),
	(map { [1, 2, 'fork by mb', 'eager', $_, 100 + 10 * $_, 'NaN', 'NaN', 8, ''] } 1, 2, 4, 8)), 'scaling: the table');
says('scaling', draws('scaling', $sweep), qw(fork nopin eager 8 2), 'by mb', 'mb (logarithmic)');
like(draws('scaling', $sweep)->{text}, qr/A cross on the axis:\s+missing\./, 'scaling: what a cross is');
my $got = draw("$tmp/x.svg", make_set('one', cell('fork', 'eager')), '--kind', 'scaling');
is($got->{code}, 4, 'scaling: of one point');
like($got->{err}, qr/nothing was measured at several points: as `make bench WORKLOAD=fork:mb=0,1,4,16` does/, 'scaling: what to do');
my @cpus = map { my $n = $_; make_set("cpus$n", map { cell('fork', 'eager', vcpus => $n, same($_ + $n)) } 10) } 1, 2;
like(table(@cpus, '--kind', 'scaling'), qr/^1\t1\tfork by vcpus\teager\t1\t11\t.*\n1\t1\tfork by vcpus\teager\t2\t12\t/m, 'scaling: files are points of one line');
my $rows;
my @both = map { make_set("both$_", map { cell('fork', 'eager', vcpus => $_) } 1, 2) } 1, 2;
$rows = table(@both, '--kind', 'scaling');
is(join(' ', sort($rows =~ /^1\t\d\tfork by vcpus\t(\S+)\t1\t/mg)), 'eager@both1.json eager@both2.json', 'scaling: unless they clash');

# ---- where: parts add up to the mean sample, per iteration ----

my $where = make_set('where',
	cell('fork', 'eager', samples => [100, 200], collected => {insn => {sections => 2, faults => 0, xen => [70, 130], kernel => [20, 60], user => [10, 10]}}),
	cell('fork', 'native', samples => [50, 50]), cell('fork', 'nopin', status => 'crash', samples => [1, 1]));
$rows = table($where, '--kind', 'where');
like($rows, qr/^1\t3\tfork\teager\t1\t0\t100\t150\tXen\t\n1\t3\tfork\teager\t2\t100\t140\t150\tguest kernel\t\n1\t3\tfork\teager\t3\t140\t150\t150\tprocesses\t$/m,
	'where: the parts of the mean sample');
like($rows, qr/^1\t1\tfork\tnative\t0\tNaN\tNaN\tNaN\t\tmissing: not attributed$/m, 'where: native was not attributed');
like($rows, qr/^1\t2\tfork\tnopin\t0\tNaN\tNaN\tNaN\t\tmissing: crash$/m, 'where: a crash');
my $text = draws('where', $where);
says('where', $text, 'Xen', 'guest kernel', 'processes', '150', 'missing: crash', 'missing: not attributed');
like($text->{text}, qr/^  eager +X+g+p+ 150$/m, 'where: letters in shares');
is(draw("$tmp/x.svg", make_set('one', cell('fork', 'eager')), '--kind', 'where')->{code}, 4, 'where: nothing attributed');

# ---- hypercalls ----

my $calls = make_set('calls', cell('fork', 'eager', counters => {hypercalls => {mmu_update => 8, iret => 24, multicall => 0}}),
	cell('fork', 'native', counters => {hypercalls => {mmu_update => 0, iret => 0, multicall => 0}}));
is(table($calls, '--kind', 'hypercalls'), "#\t#\tpanel\tvariant\t#\tfrom\tto\twhole\tpart\tlabel\n" .
	"1\t1\tfork\teager\t1\t0\t3\t4\tiret\t\n1\t1\tfork\teager\t2\t3\t4\t4\tmmu_update\t\n", 'hypercalls: per iteration, the most frequent first, none of none');
says('hypercalls', draws('hypercalls', $calls), qw(iret mmu_update eager 4));
my $twelve = make_set('twelve', cell('fork', 'eager', counters => {hypercalls => {map { ("call$_" => 8 * $_) } 1 .. 12}}));
like(table($twelve, '--kind', 'hypercalls'), qr/\t9\t68\t78\t78\tother\t$/m, 'hypercalls: the smallest are one part');

# ---- heat ----

my $heat = make_set('heat', cell('fork', 'native', same(50)), cell('fork', 'eager', same(100)), cell('fork', 'nopin', same(400)),
	cell('exec', 'native', same(10)), cell('exec', 'eager', same(10)), cell('exec', 'nopin', status => 'timeout'));
is(table($heat, '--kind', 'heat'), "#\t#\tworkload\tvariant\tratio\tmedian\tlabel\n" .
	"1\t1\tfork\tnopin\t8\t400\t\n1\t2\tfork\teager\t2\t100\t\n2\t1\texec\tnopin\tNaN\tNaN\tmissing: timeout\n2\t2\texec\teager\t1\t10\t\n", 'heat: to native');
$text = draws('heat', $heat);
says('heat', $text, '×8.00', '×2.00', '=', 'missing: timeout', 'fork', 'exec', 'eager');
like(table($heat, '--kind', 'heat', '--baseline', 'eager'), qr/^1\t1\tfork\tnative\t0\.5\t50\t$/m, 'heat: to another');
like(draw("$tmp/x.svg", $heat, '--kind', 'heat', '--baseline', 'wrpt')->{err}, qr/the baseline "wrpt" is not among the variants/, 'heat: none such');
like(table(make_set('two', cell('fork', 'nopin', same(50)), cell('fork', 'eager', same(100))), '--kind', 'heat'), qr/^1\t2\tfork\teager\t2\t/m,
	'heat: to the first, where nothing is native');

# ---- samples ----

my $samples = make_set('samples', cell('fork', 'eager', samples => [100, 100, 100, 110]), cell('fork', 'nopin', samples => [(7) x 4]),
	cell('exec', 'eager', samples => [0, 0]), cell('exec', 'nopin', status => 'timeout', samples => [0, 0]));
$rows = table($samples, '--kind', 'samples');
like($rows, qr/^1\t2\tfork\teager\tsample\t100\t0\t0\t0\.05\t3$/m, 'samples: equal ones are a stroke');
like($rows, qr/^1\t2\tfork\teager\tsample\t110\t10\t0\t0\t1\n1\t2\tfork\teager\tmedian\t100\t0\t0\t0\tn = 4$/m, 'samples: percent from the median');
like($rows, qr/^1\t1\tfork\tnopin\tmedian\t7\t0\t0\t0\tn = 4, all equal$/m, 'samples: all equal');
like($rows, qr/^2\t2\texec\teager\tsample\t0\t0\t/m, 'samples: nothing is nothing from nothing');
says('samples', draws('samples', $samples), '100  n = 4', '7  n = 4, all equal', 'missing: timeout');

# ---- effects: two axes, multiplicative, with an interaction ----

my %batch = (update => 'mmu/va', batch => 'multicall', depth => '32');
my $effects = make_set('effects', cell('fork', 'nopin', same(1000)), cell('fork', 'eager', same(500)),
	cell('fork', 'custom:a', policy => {pin => 'none', %batch}, same(900)), cell('fork', 'batched', same(225)));
$rows = table($effects, '--kind', 'effects', '--baseline', 'nopin');
like($rows, qr/^1\t\d\tfork\tpin=eager\t0\.5\tNaN\tNaN$/m, 'effects: a factor, exact and without an interval');
like($rows, qr/^1\t\d\tfork\t[^\t]*update=mmu\/va[^\t]*\t0\.9\tNaN\tNaN$/m, 'effects: what cannot be told apart is named');
says('effects', draws('effects', $effects, '--baseline', 'nopin'), 'fork', 'pin=eager', '-50.00 %', '-10.00 %');
is(draw("$tmp/x.svg", make_set('one', cell('fork', 'eager')), '--kind', 'effects')->{code}, 4, 'effects: of one variant');

# ---- timeline ----

my %stat = (cpu_ns => 0, vcpu_ns => [0], memory_bytes => 1, dom0_cpu_ns => 1000, free_bytes => 1);
my $timeline = make_set('timeline', cell('fork', 'eager', collected => {xenstat => {before => \%stat, after => {%stat, elapsed_ns => 3000000},
	series => {interval_ms => 1, elapsed_ns => [1000000, 2000000], cpu_ns => [500000, 1500000], dom0_cpu_ns => [101000, 101000]}}}));
is(table($timeline, '--kind', 'timeline'), "#\t#\tpanel\tvariant\tms\tdomain\tdom0\n1\t1\tfork\teager\t1\t50\t10\n1\t1\tfork\teager\t2\t100\t0\n\n",
	'timeline: shares since the reading before');
says('timeline', draws('timeline', $timeline), 'fork', 'eager', '100');
like(draw("$tmp/x.svg", make_set('one', cell('fork', 'eager')), '--kind', 'timeline')->{err}, qr/--collect xenstat:interval=20/, 'timeline: what to do');

# ---- history: of a directory ----

mkdir "$tmp/past" or die;
my $day = 0;
for my $median (100, 100, 150, 0) {
	my $set = read_json(make_set('day', cell('fork', 'eager', $median ? same($median) : (status => 'timeout')), cell('exec', 'eager', same(7))));
	$set->{created} = sprintf('2026-01-%02dT00:00:00Z', ++$day);
	# Exact samples of one image do not change.
	$_->{identity}{image}{kernel_sha256} = sprintf('%064d', $day) for @{$set->{runs}};
	write_json("$tmp/past/day$day.json", $set);
}
my @past = ('--results', "$tmp/past", '--workload', 'fork');
is(table('--kind', 'history', @past) =~ s/\t8\t[^\t\n]+\t/\tN\tC\t/gr =~ s/\t0\t[^\t\n]+\tmissing/\tN\tC\tmissing/gr, join("\n",
	"#\t#\tpanel\tvariant\tset\tmeasured\tmedian\tpercent\tn\tcommit\tlabel\tchange",
	(map { "1\t1\tfork\teager\t$_->[0]\t2026-01-0$_->[0]T00:00:00Z\t$_->[1]" } [1, "100\t0\tN\tC\t-\tNaN"], [2, "100\t0\tN\tC\t-\tNaN"],
		[3, "150\t50\tN\tC\t+50.00 %\t50"], [4, "NaN\tNaN\tN\tC\tmissing: timeout\tNaN"]), '', ''), 'history: medians and changes');
$text = draws('history', @past);
says('history', $text, 'fork', 'eager', '+50.00 %', '0 %', '01-01 00:00');
like($text->{text}, qr/tier exact, medians of n = 8; 4 result\s+sets/, 'history: with what');
like(draw("$tmp/x.svg", '--kind', 'history', '--results', "$tmp/past", '--workload', 'fork', '--metric', 'none')->{err}, qr/unknown metric|none/, 'history: no such metric');
is(draw("$tmp/x.svg", $heat, '--kind', 'history')->{code}, 64, 'history: of files: usage');
is(draw("$tmp/x.svg", $heat, '--results', "$tmp/past")->{code}, 64, 'bars of a directory: usage');

# ---- a panel in which all is missing, which gnuplot 5.4 does not live through if it is asked naively ----

my $hole = make_set('hole', cell('exec', 'eager', status => 'crash', same(1)),
	cell('fork', 'eager', counters => {hypercalls => {iret => 8}}, collected => {insn => {sections => 2, faults => 0, xen => [(70) x 8], kernel => [(20) x 8], user => [(10) x 8]}}));
for my $kind (qw(bars where hypercalls samples heat)) {
	$got = draw("$tmp/x.svg", $hole, '--kind', $kind);
	is("$got->{code}|$got->{err}", '0|', "$kind: a panel without anything") and ok(texts("$tmp/x.svg")->{'missing: crash'}, "$kind: says why");
	is(pvmmu('plot', $hole, '--kind', $kind)->{code}, 0, "$kind: as text");
}

# ---- all kinds are listed, and each has a script ----

my $help = pvmmu('plot', '--help')->{out};
my @kinds = map { m{/(\w+)\.c$} && slurp($_) =~ /PLOT_KIND\(/ ? slurp($_) =~ /PLOT_KIND\((\w+)\)/g : () } sort glob("$root/bench/plot/kinds/*.c");
cmp_ok(scalar @kinds, '>', 9, 'there are kinds');
like($help, qr/^  $_ +\S/m, "--help lists $_") for @kinds;

spew($golden, join "\n", $here, (map { "$_ $hash{$_}" } sort keys %hash), '') if $ENV{PVMMU_GOLDEN};
done_testing();
