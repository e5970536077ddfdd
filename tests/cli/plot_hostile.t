#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Names that would be commands to gnuplot, to its text or to SVG: each kind of chart shows them as
# they are, and nothing happens.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..", $FindBin::Bin;
use plot_lib;

plan(skip_all => 'gnuplot is not installed') if !$have_gnuplot;

# Each would do harm: run a shell (by `...` or system()), expand a macro, end a string or a field, end
# the table, become markup, or be read as a format or as a number.
my @names = (
	"`touch $tmp/done`", "'.system(\"touch $tmp/done\").'", '@text_colours', '"', "a'b", 'a"b', '\\', '\\n', '{/*5 x}', '^_~&@', '%s%n%d',
	'<script>alert(1)</script>', '</svg><svg onload="x">', '&amp;', ']]>', '<![CDATA[', 'NaN', '-1e999', '#', "\x{e4}\x{4e00}", '$5', '=1+1',
	'x; exit', 'EOD', '.', '..', '-o', 'a b c', 'x' x 300,
);
utf8::encode($_) for @names;
# Names of variants and workloads have no blanks; nor has an id, nor more than one ~.
my @words = grep { !/[ ~]/ } @names;

sub cells
{
	my ($what) = @_;
	my @cells;
	my @of = $what =~ /^(variant|workload|label)$/ ? @words : @names;
	for my $i (0 .. $#of) {
		my %c = (workload => 'fork', variant => 'eager', mb => 1, counters => {hypercalls => {iret => 8}, batch_size => {1 => 8}, batch_flush => {leave => 8}},
			collected => {insn => {sections => 2, faults => 0, xen => [(70) x 8], kernel => [(20) x 8], user => [(10) x 8]}});
		my $name = $of[$i];
		utf8::decode($name);
		$c{variant} = $name if $what eq 'variant';
		$c{workload} = $name if $what eq 'workload';
		if ($what eq 'label') { $c{variant} = "v$i"; $c{label} = $name }
		if ($what eq 'counter') { $c{mb} = $i + 1; $c{counters} = {hypercalls => {$name => 8}, batch_size => {$name => 8}, batch_flush => {$name => 8}} }
		if ($what eq 'unit') { $c{mb} = $i + 1; $c{more}{series} = [{name => 'insns', unit => $name, better => 'lower', exact => JSON::PP::true,
			iterations_per_sample => 1, samples => [(5) x 8]}] }
		push @cells, \%c;
		push @cells, {%c, mb => 2} if $what eq 'variant';
	}
	return @cells;
}

# Text as it is in the SVG: pvmmu cuts what is long.
sub shown { my ($name) = @_; utf8::decode($name); $name = substr($name, 0, 48) . '...' if length $name > 48; utf8::encode($name); return $name }

# Elements that no picture of gnuplot has, and attributes that would do something.
sub foreign
{
	return run_command('python3', '-c', <<'EOS', $_[0])->{out};
import sys, xml.etree.ElementTree as e
known = 'svg title desc g rect defs circle path use filter feFlood feComposite polygon polyline pattern text tspan'.split()
for i, t in enumerate(e.parse(sys.argv[1]).iter()):
    if t.tag.split('}')[1] not in known or (i and t.tag.endswith('}svg')):
        print(t.tag)
    for a, v in t.attrib.items():
        if a.startswith('on') or (a.endswith('href') and not v.startswith('#')):
            print(t.tag, a)
EOS
}

my %kinds = (variant => [qw(bars tax batch where heat samples scaling effects)], workload => [qw(bars where heat samples)],
	label => [qw(heat)], counter => [qw(hypercalls batch)], unit => [qw(bars samples)]);
# Values in several units are no chart, so each unit has a set of its own.
my @sets = map { my $what = $_; $what eq 'unit' ? map { [$what, $_] } cells($what) : [$what, cells($what)] } sort keys %kinds;
for my $made (@sets) {
	my ($what, @cells) = @$made;
	my $set = make_set($what, @cells);
	next if !is(pvmmu('validate', $set)->{code}, 0, "$what: such names are valid") && diag(pvmmu('validate', $set)->{err});
	for my $kind (@{$kinds{$what}}) {
		my $got = draw("$tmp/x.svg", $set, '--kind', $kind);
		# Without a native run or two axes there is an error and no chart.
		next if $kind =~ /^(tax|effects)$/ && is($got->{code}, 4, "$what: $kind: nothing to draw");
		is("$got->{code}|$got->{err}", '0|', "$what: $kind: drawn without a word") or next;
		my $text = texts("$tmp/x.svg");
		if ($what eq 'variant' && $kind eq 'bars') {
			ok($text->{shown($_)}, "$kind: $_ is shown as it is") for @words;
		}
		is(foreign("$tmp/x.svg"), '', "$what: $kind: nothing in it but what gnuplot draws with");
		is(pvmmu('plot', $set, '--kind', $kind)->{code}, 0, "$what: $kind: as text");
	}
}
my $set = make_set('title', {workload => 'fork', variant => 'eager'});
for my $name (@names[0 .. 3, 6 .. 8, 12], 'x' x 300) {
	is(draw("$tmp/x.svg", $set, '--title', $name)->{code}, 0, "a title $name");
	(my $short = $name) =~ s/^(x{100})x+$/$1.../;
	ok(texts("$tmp/x.svg")->{$short}, 'is shown as it is');
}
# A result file's own name is in legends.
mkdir "$tmp/d'`x`" or die;
for my $name ("a'b.json", '"`id`.json', '{x}<b>.json') {
	spew("$tmp/d'`x`/$name", slurp($set));
	my $got = draw("$tmp/d'`x`/x.svg", $set, "$tmp/d'`x`/$name");
	is("$got->{code}|$got->{err}", '0|', "a file $name");
	ok(texts("$tmp/d'`x`/x.svg")->{"eager\@$name"}, 'is shown as it is');
}
ok(!-e "$tmp/done", 'nothing was run');

done_testing();
