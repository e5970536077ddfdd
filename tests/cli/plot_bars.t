#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Bars, the tax and batches as gnuplot draws them: what must be in a chart is there, what must not
# is not, the same input gives the same bytes. How it looks, only eyes can tell.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..", $FindBin::Bin;
use plot_lib;

plan(skip_all => 'gnuplot is not installed') if !$have_gnuplot;

sub cell { my ($workload, $variant, @more) = @_; return {workload => $workload, variant => $variant, @more} }
sub thrice { my ($v) = @_; return samples => [$v, $v, $v] }

my $exact = make_set('exact',
	cell('null_syscall', 'nopin', thrice(987)), cell('null_syscall', 'eager', thrice(987)),
	cell('fork', 'nopin', mb => 16, thrice(5490625)), cell('fork', 'eager', mb => 16, thrice(2745312)),
	cell('exec', 'nopin', status => 'crash', thrice(1)), cell('exec', 'eager', thrice(1668744)),
	cell('ctx', 'nopin', thrice(17806)));
for my $theme (qw(light dark)) {
	my @how = ($exact, '--theme', $theme, '--title', 'a_b <&> {c} @x \\y "z" `id`');
	my $got = draw("$tmp/x.svg", @how);
	is("$got->{code}|$got->{out}|$got->{err}", '0||', "$theme: drawn without a word");
	my $text = texts("$tmp/x.svg");
	for my $want ('a_b <&> {c} @x \\y "z" `id`', 'nopin', 'eager', 'null_syscall', 'fork', 'mb=16', '987', '=', '5.49M',
		'2.75M', '×0.50', 'missing: crash', 'missing: not in the file', '1.67M', '17.8k', '0')
	{
		ok($text->{$want}, "$theme: says $want");
	}
	my $all = join ' ', sort keys %$text;
	like($all, qr/Median instructions\. Each panel has a scale of its own, from zero\. Counts are exact and have no error\./,
		"$theme: unit and scale");
	like($all, qr/instructions \(lower is better\), tier exact, median of n = 3; 1 vCPU; Xen 0\.0-1; Pretended/, "$theme: with what");
	# One in the legend and one for each result.
	is(fills($got->{picture}, 'nopin'), 1 + 3, "$theme: bars of nopin");
	is(fills($got->{picture}, 'eager'), 1 + 3, "$theme: bars of eager");
	like($got->{picture}, $theme eq 'dark' ? qr/fill="#0d1117"/ : qr/fill="#ffffff"/, "$theme: opaque background");
	is(draw("$tmp/y.svg", @how)->{picture}, $got->{picture}, "$theme: the same bytes again");
	my $png = draw("$tmp/x.png", @how)->{picture};
	is(substr($png, 0, 8), "\x89PNG\r\n\x1a\n", "$theme: a PNG");
	is(draw("$tmp/y.png", @how)->{picture}, $png, "$theme: the same bytes again, PNG");
}
my ($light, $dark) = map { draw("$tmp/$_.svg", $exact, '--theme', $_)->{picture} } qw(light dark);
isnt($light, $dark, 'the themes differ');
draw("$tmp/both.svg", $exact, '--theme', 'both');
is(slurp("$tmp/both.svg"), $light, 'both at once: light');
# gnuplot keeps the colour of an undrawn line from the picture before.
is(slurp("$tmp/both-dark.svg") =~ s/^<g .*>\n<\/g>\n//gmr, $dark =~ s/^<g .*>\n<\/g>\n//gmr, 'both at once: dark');

# Lines where a median may be off, and only there.
sub one { return make_set($_[0], cell('fork', 'eager', @_[1 .. $#_])) }
my @wide = (samples => [90, 95, 98, 100, 100, 103, 104, 120], identity => {tier => 'wall'});
my $spread = one('spread', @wide, exact => 0);
my $still = draw("$tmp/x.svg", one('same', thrice(100)))->{picture};
my $moving = draw("$tmp/x.svg", one('moving', samples => [90, 100, 100, 100, 110]))->{picture};
is(strokes($moving), strokes($still), 'exact samples that differ have no line: they are no error');
my $lines = draw("$tmp/x.svg", $spread)->{picture};
cmp_ok(strokes($lines), '>', strokes($still), 'what is not exact has one');
like(table($spread) && join(' ', sort keys %{texts("$tmp/x.svg")}), qr/95 % interval of the/, 'and it is explained');
like(table($spread), qr/^1\t1\tfork\teager\t100\t90\t120\t8\tNaN\t$/m, 'it is the interval of the median of 8: all of them');
like(table(one('few', samples => [90, 95, 98, 100, 110], identity => {tier => 'wall'}, exact => 0)),
	qr/^1\t1\tfork\teager\t98\tNaN\tNaN\t5\t/m, 'five samples have none');
like(table(make_set('seeds', map { cell('fork', 'eager', seed => $_, thrice(100 + $_)) } 1 .. 3)),
	qr/^1\t1\tfork\teager\t102\t101\t103\t9\t/m, 'seeds: how far their medians lie apart');

# A variant's colour does not depend on its company; strangers get free ones.
my $svg = draw("$tmp/x.svg", make_set('strangers', map { cell('fork', $_) } qw(zoo highpte eager bar)))->{picture};
is(fills($svg, $_), 2, "$_ keeps its colour") for qw(eager highpte);
is(fills($svg, 'nopin'), 0, 'colours in order: the first stranger takes the free one');
my $many = draw("$tmp/x.svg", make_set('many', map { cell('fork', "v$_") } 1 .. 10))->{picture};
is(fills($many, $_), 2, "ten strangers use all colours: that of $_") for sort keys %colour;
like(table($exact), qr/\A.*\n1\t1\t\S+\tnopin\t.*\n1\t2\t\S+\teager\t/, 'nopin before eager, wherever they are in the file');

# The same variant of two files: two shades of its colour.
my @two = map { make_set("two$_", cell('fork', 'eager', thrice($_)), cell('fork', 'nopin', thrice(9))) } 1, 2;
my $pair = draw("$tmp/x.svg", @two)->{picture};
is(fills($pair, 'eager'), 2, 'two files: the first has its colour');
is(fills($pair, '#80b9d9'), 2, 'the second a paler one');
ok(texts("$tmp/x.svg")->{"eager\@two$_.json"}, "and is called by file $_") for 1, 2;

# A panel in which nothing was measured: no scale is made up.
draw("$tmp/x.svg", make_set('hole', cell('fork', 'eager', thrice(1.5)), cell('exec', 'eager', status => 'timeout')));
my $hole = texts("$tmp/x.svg");
ok($hole->{'missing: timeout'}, 'nothing measured: says so');
draw("$tmp/y.svg", make_set('hole', cell('fork', 'eager', thrice(1.5))));
is_deeply([sort grep { /^[0-9.]+[kMG]?$/ } keys %$hole], [sort grep { /^[0-9.]+[kMG]?$/ } keys %{texts("$tmp/y.svg")}], 'nothing measured: no numbers');

# The largest page.
my $large = draw("$tmp/x.svg", make_set('large', map { my $p = $_; map { cell("w$p", "v$_", mb => 1, thrice($p * $_)) } 1 .. 8 } 1 .. 20));
is($large->{code}, 0, '20 panels of 8 variants');
is(scalar(grep { /^w\d+$/ } keys %{texts("$tmp/x.svg")}), 20, '20 panels of 8 variants: all there');

# The line at native, and what the bars are then.
my $tax = make_set('tax', cell('fork', 'native', thrice(100)), cell('fork', 'eager', thrice(250)), cell('exec', 'eager', thrice(7)));
my $got = draw("$tmp/x.svg", $tax, '--kind', 'tax');
ok((grep { /ratio to native/i } keys %{texts("$tmp/x.svg")}), 'tax: said');
ok(texts("$tmp/x.svg")->{'missing: no native'}, 'tax: missing where there is no native');
is(fills($got->{picture}, 'native'), 0, 'tax: native is no bar');
like(table($tax, '--kind', 'tax'), qr/^1\t1\tfork\teager\t2\.5\tNaN\tNaN\t3\tNaN\t$/m, 'tax: the ratio');

# Histograms of batches.
my $batches = make_set('batches',
	cell('fork', 'batched', mb => 16, counters => {batch_size => {1 => 32, '3_4' => 20}, batch_flush => {leave => 32, full_entries => 0}}),
	cell('fork', 'highpte', mb => 16, counters => {batch_size => {1 => 0, '3_4' => 8}, batch_flush => {leave => 0, full_entries => 8}}),
	cell('null', 'batched', counters => {batch_size => {1 => 0}, batch_flush => {leave => 0}}),
	cell('null', 'eager', counters => {batch_size => {1 => 0}, batch_flush => {leave => 0}}));
for my $theme (qw(light dark)) {
	$got = draw("$tmp/x.svg", $batches, '--kind', 'batch', '--theme', $theme);
	is("$got->{code}|$got->{out}|$got->{err}", '0||', "batches, $theme: drawn without a word");
	my $text = texts("$tmp/x.svg");
	ok($text->{$_}, "batches, $theme: says $_") for 'fork', 'mb=16', 'null', 'none', '3–4', 'leave', 'full', 'entries', '2.5', 'batched';
	ok(!$text->{eager}, "batches, $theme: not of what does not batch");
	is(fills($got->{picture}, 'highpte'), 1 + 2, "batches, $theme: bars of highpte");
	is(draw("$tmp/y.svg", $batches, '--kind', 'batch', '--theme', $theme)->{picture}, $got->{picture}, "batches, $theme: the same bytes again");
}
is(substr(draw("$tmp/x.png", $batches, '--kind', 'batch')->{picture}, 0, 8), "\x89PNG\r\n\x1a\n", 'batches: a PNG');

# On a terminal.
$got = pvmmu('plot', $exact);
is($got->{code}, 0, 'on the output');
like($got->{out}, qr/\Anull_syscall|^fork mb=16\n  nopin  #+ 5\.49M\n  eager  #+ 2\.75M  ×0\.50\n/m, 'bars of text');
like($got->{out}, qr/^exec\n  nopin  +missing: crash\n/m, 'what is missing');
unlike($got->{out}, qr/\033|\f| $/m, 'no colours for what is no terminal, no blanks at ends of lines');
is((grep { length > 80 } map { utf8::decode(my $l = $_); $l } split /\n/, $got->{out}), 0, 'lines of 80 characters');
is(pvmmu('plot', $exact, '-o', '-')->{out}, $got->{out}, '-o - is the same');
is(draw("$tmp/x.txt", $exact)->{picture}, $got->{out}, 'and so is a file');
{
	local $ENV{COLUMNS} = 120;
	my ($nopin) = pvmmu('plot', $exact)->{out} =~ /^  nopin  (#+) 5\.49M$/m;
	my ($usual) = $got->{out} =~ /^  nopin  (#+) 5\.49M$/m;
	is(length($nopin) - length($usual), 40, 'a wider terminal has longer bars');
}
# A terminal has colours, unless somebody does not want them.
SKIP: {
	skip 'script is not installed', 3 if system('command -v script >/dev/null');
	my @terminal = ('script', '-qec', "$pvmmu plot $exact", '/dev/null');
	local $ENV{TERM} = 'xterm';
	like(run_command(@terminal)->{out}, qr/^\S*  \S*nopin  \033\[38;2;213;94;0m#+ \033\[0;39m5\.49M/m, 'a variant has its colour there, too');
	unlike(run_command(@terminal)->{out}, qr/38;2;[123];[123];[123]m/, 'and other text the terminal\'s');
	local $ENV{NO_COLOR} = 1;
	unlike(run_command(@terminal)->{out}, qr/\033/, 'NO_COLOR');
}
$got = pvmmu('plot', $batches, '--kind', 'batch');
like($got->{out}, qr/^fork mb=16\n  operations in a batch\n  1  +#+ 4\n +0\n  3–4 +#+ 2\.5\n +#+ 1\n\n  flushed by\n  leave +#+ 4\n/m, 'batches of text');
unlike($got->{out}, qr/full args/, 'what was never counted takes no line');

done_testing();
