#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The chart script: what must be in a chart is there, the same input gives the
# same bytes, and bad input is an error. How it looks, only eyes can tell.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Test::More;
use workloads_lib;

# As pvmmu sets it: gnuplot wants a locale that has its degree sign.
$ENV{LC_ALL} = 'C.UTF-8';

my %colour = (nopin => '#d55e00', eager => '#0072b2', highpte => '#56b4e9');

sub table
{
	my (@rows) = @_;
	open(my $f, '>', "$tmp/table.tsv") or die;
	print $f join("\t", qw(panel variant median min max n label)), "\n";
	print $f join("\t", @$_), "\n" for @rows;
	close($f);
}

my $script = 'compare.gp';

sub draw
{
	my ($name, %set) = @_;
	%set = (datafile => "$tmp/table.tsv", outfile => "$tmp/$name", title => 'T', footer => 'F',
		unit => 'instructions', theme => 'light', %set);
	unlink "$tmp/$name";
	my @got = run('gnuplot', '-d', '-e', join(';', map { "$_='$set{$_}'" } sort keys %set),
		"$root/plots/$script");
	return (@got, -e "$tmp/$name" ? slurp("$tmp/$name") : undef);
}

# An SVG's text and the number of rectangles of a colour, by a real XML parser.
sub texts
{
	my ($status, $out, $err) = run('python3', '-c', <<'EOS', @_);
import sys, xml.etree.ElementTree as e
for t in e.parse(sys.argv[1]).iter('{http://www.w3.org/2000/svg}text'):
    print(''.join(t.itertext()))
EOS
	is($status, 0, 'the SVG is well-formed XML') or diag($err);
	return {map { $_ => 1 } split /\n/, $out};
}

sub fills
{
	my ($svg, $variant) = @_;
	my $rgb = join ',\s*', map { hex } $colour{$variant} =~ /[0-9a-f]{2}/g;
	return scalar(() = $svg =~ /fill\s*=\s*['"]rgb\(\s*$rgb\)/g);
}

my @exact = (
	['null_syscall', 'nopin', 987,   987,   987,   64, ''],
	['null_syscall', 'eager', 987,   987,   987,   64, ''],
	['fork mb=16',   'nopin', 5490625, 5490625, 5490625, 64, ''],
	['fork mb=16',   'eager', 2745312, 2745312, 2745312, 64, ''],
	['exec',         'nopin', 'NaN', 'NaN', 'NaN', 0,  'missing: crash'],
	['exec',         'eager', 1668744, 1668744, 1668744, 64, ''],
	['ctx',          'nopin', 17806, 17806, 17806, 64, ''],
);
table(@exact);
for my $theme (qw(light dark)) {
	my ($status, $out, $err, $svg) = draw('x.svg', theme => $theme, title => 'a_b <&> {c}',
		footer => "n = 64, Xen 4.17 & QEMU");
	is("$status|$out|$err", '0||', "$theme: drawn without a word");
	my $text = texts("$tmp/x.svg");
	for my $want ('a_b <&> {c}', 'n = 64, Xen 4.17 & QEMU', 'nopin', 'eager', 'null_syscall',
		'fork', 'mb=16', '987', '=', '5.49M', '2.75M', '×0.50', 'missing: crash', 'missing',
		'1.67M', '17.8k', '0', 'Median instructions. Each panel has a scale of its own, from zero.')
	{
		ok($text->{$want}, "$theme: says $want");
	}
	# One in the legend and one for each result.
	is(fills($svg, 'nopin'), 1 + 3, "$theme: bars of nopin");
	is(fills($svg, 'eager'), 1 + 3, "$theme: bars of eager");
	like($svg, $theme eq 'dark' ? qr/fill="#0d1117"/ : qr/fill="#ffffff"/, "$theme: opaque background");

	is((draw('y.svg', theme => $theme, title => 'a_b <&> {c}', footer => 'n = 64, Xen 4.17 & QEMU'))[3],
		$svg, "$theme: the same bytes again");
	my $png = (draw('x.png', theme => $theme))[3];
	is(substr($png, 0, 8), "\x89PNG\r\n\x1a\n", "$theme: a PNG");
	is((draw('y.png', theme => $theme))[3], $png, "$theme: the same bytes again, PNG");
}
isnt((draw('x.svg'))[3], (draw('x.svg', theme => 'dark'))[3], 'the themes differ');

# A whisker where samples spread, and only there.
sub strokes { my ($svg) = @_; return scalar(() = $svg =~ /<path/g); }
table(['fork', 'eager', 100, 100, 100, 9, '']);
my $exact = (draw('x.svg'))[3];
my $without = strokes($exact);
table(['fork', 'eager', 100, 'NaN', 'NaN', 9, '']);
is((draw('x.svg'))[3], $exact, 'exact samples have no whisker: the chart of a bar without a range');
table(['fork', 'eager', 100, 90, 100, 9, '']);
cmp_ok(strokes((draw('x.svg'))[3]), '>', $without, 'a spread has a whisker');
ok((grep { /Thin lines: least to greatest sample\./ } keys %{texts("$tmp/x.svg")}), 'and it is explained');

# A variant's colour does not depend on its company; strangers get free ones.
table(map { ['fork', $_, 5, 5, 5, 1, ''] } qw(zoo highpte eager bar));
my $svg = (draw('x.svg'))[3];
is(fills($svg, $_), 2, "$_ keeps its colour") for qw(eager highpte);
is(fills($svg, 'nopin'), 0, 'colours in order: the first stranger takes the free one');
table(map { ['fork', "v$_", 5, 5, 5, 1, ''] } 1 .. 10);
my $many = (draw('x.svg'))[3];
is(fills($many, $_), 2, "ten strangers use all colours: that of $_") for sort keys %colour;

# The largest page.
table(map { my $p = $_; map { ["w$p mb=1", "v$_", $p * $_, $p * $_, $p * $_, 1, ''] } 1 .. 8 } 1 .. 20);
is((draw('x.svg'))[0], 0, '20 panels of 8 variants');
is(scalar(grep { /^w\d+$/ } keys %{texts("$tmp/x.svg")}), 20, '20 panels of 8 variants: all there');

# All missing: no scale is made up.
table(['fork', 'eager', 'NaN', 'NaN', 'NaN', 0, 'missing: timeout']);
draw('x.svg');
my $text = texts("$tmp/x.svg");
ok($text->{'missing: timeout'}, 'nothing measured: says so');
ok(!(grep { /^[0-9.]+[kMG]?$/ } keys %$text), 'nothing measured: no numbers');

# A line where a mark is asked for, in panels that reach it.
table(['fork', 'eager', 100, 100, 100, 9, '']);
$exact = strokes((draw('x.svg'))[3]);
cmp_ok(strokes((draw('x.svg', mark => 50))[3]), '>', $exact, 'a mark is drawn');
is(strokes((draw('x.svg', mark => 500))[3]), $exact, 'and left out where it is beyond the axis');

# Histograms of batches.
sub batches
{
	open(my $f, '>', "$tmp/table.tsv") or die;
	print $f join("\t", qw(panel part category variant value)), "\n";
	print $f join("\t", @$_), "\n" for @_;
	close($f);
}
$script = 'batch.gp';
my @batches = (['fork mb=16', 'batch_size', 1, 'eager', 4], ['fork mb=16', 'batch_size', '3_4', 'eager', 2.5],
	['fork mb=16', 'batch_size', '3_4', 'nopin', 1], ['null', 'batch_size', 1, 'eager', 0],
	['fork mb=16', 'batch_flush', 'leave', 'eager', 4], ['fork mb=16', 'batch_flush', 'full_entries', 'nopin', 1]);
batches(@batches);
for my $theme (qw(light dark)) {
	my ($status, $out, $err, $svg) = draw('x.svg', theme => $theme, unit => 'batches');
	is("$status|$out|$err", '0||', "batches, $theme: drawn without a word");
	my $text = texts("$tmp/x.svg");
	ok($text->{$_}, "batches, $theme: says $_") for 'T', 'F', 'fork', 'mb=16', 'null', 'none', '3–4', 'leave', 'full', 'entries',
		'2.5', 'eager', 'nopin';
	is(fills($svg, 'eager'), 1 + 3, "batches, $theme: bars of eager");
	is(fills($svg, 'nopin'), 1 + 2, "batches, $theme: bars of nopin");
	is((draw('y.svg', theme => $theme, unit => 'batches'))[3], $svg, "batches, $theme: the same bytes again");
}
is(substr((draw('x.png'))[3], 0, 8), "\x89PNG\r\n\x1a\n", 'batches: a PNG');
batches();
isnt((draw('x.svg'))[0], 0, 'batches: no rows: an error');
batches(['fork', 'size', 1, 'eager', 4]);
isnt((draw('x.svg'))[0], 0, 'batches: an unknown part: an error');
$script = 'compare.gp';

# Errors.
table();
my ($status, $out, $err, $file) = draw('x.svg');
isnt($status, 0, 'no rows: an error');
like($err, qr/no rows in /, 'no rows: said');
is($file, undef, 'no rows: no chart');
isnt((draw('x.svg', datafile => "$tmp/none"))[0], 0, 'no table: an error');
isnt((draw('none/x.svg'))[0], 0, 'cannot write: an error');
($status, $out, $err) = run('gnuplot', '-d', "$root/plots/compare.gp");
isnt($status, 0, 'no arguments: an error');
like($err, qr/datafile and outfile must be given/, 'no arguments: said');

done_testing();
