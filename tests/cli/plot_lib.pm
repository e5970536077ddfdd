# SPDX-License-Identifier: MIT
# Result sets made up for tests of charts, and what is in a picture of them.
package plot_lib;
use strict;
use warnings;
use Exporter qw(import);
use JSON::PP;
use PvmmuTest;

our @EXPORT = (@PvmmuTest::EXPORT, qw(make_set draw texts fills strokes table %colour $have_gnuplot));

our %colour = (native => '#8c8c8c', nopin => '#d55e00', eager => '#0072b2', highpte => '#56b4e9', splitptl => '#e69f00');
our $have_gnuplot = system('command -v gnuplot >/dev/null') == 0;

my %policy = (nopin => {pin => 'none'}, batched => {update => 'mmu/va', batch => 'multicall', depth => '32'},
	highpte => {update => 'mmu/va', batch => 'multicall', depth => '32', ptl => 'split', pte => 'high'},
	splitptl => {update => 'mmu/va', batch => 'multicall', depth => '32', ptl => 'split'}, wrpt => {update => 'emulate'});

# A set of runs, each a hash of workload, variant, and, where it is not the usual, mb (0), vcpus,
# samples (100, 8 times), status (success), counters, collected, exact, family, identity (members that
# replace others), or any other member of a run as `more`.
sub make_set
{
	my ($name, @cells) = @_;
	my $set = read_json("$root/tests/golden/two-variants.json");
	my $model = $set->{runs}[1];
	my @runs;
	for my $c (@cells) {
		my $run = decode_json(encode_json($model));
		my $id = $run->{identity};
		my $native = $c->{variant} =~ /^native/;
		my $samples = $c->{samples} // [(100) x 8];
		$id->{workload} = {name => $c->{workload}, parameters => {mb => $c->{mb} // 0, n => scalar(@$samples), warmup => 2,
			%{$c->{parameters} // {}}}};
		$id->{variant} = {name => $c->{variant}, policy => $native ? {ptl => 'mm', pte => 'low'} :
			{%{$id->{variant}{policy}}, %{$policy{$c->{variant}} // {}}, %{$c->{policy} // {}}}};
		$id->{variant}{label} = $c->{label} if defined $c->{label};
		$id->{vcpus} = $c->{vcpus} // 1;
		$id->{seed} = $c->{seed} // 1;
		$id->{env} = $native ? 'native64' : 'xen64';
		delete $id->{xen} if $native;
		$id->{$_} = $c->{identity}{$_} for keys %{$c->{identity} // {}};
		$run->{id} = "$id->{env}-$c->{workload}" . ($c->{mb} ? ":mb=$c->{mb}" : "") . ($id->{seed} > 1 ? ":seed=$id->{seed}" : "") . ($id->{vcpus} > 1 ? "\@$id->{vcpus}" : "") . "~$c->{variant}" .
			join('', map { ":$_=$c->{parameters}{$_}" } sort keys %{$c->{parameters} // {}});
		$run->{series}[0]{samples} = $samples;
		$run->{counted_iterations} = @$samples;
		$run->{series}[0]{exact} = $c->{exact} ? JSON::PP::true : JSON::PP::false if defined $c->{exact};
		$run->{counters} = $c->{counters} if $c->{counters};
		$run->{collected} = $c->{collected} if $c->{collected};
		$run->{family} = $c->{family} if $c->{family};
		$run->{$_} = $c->{more}{$_} for keys %{$c->{more} // {}};
		if (($c->{status} // 'success') ne 'success') {
			@$run{qw(outcome series)} = ({status => $c->{status}, reason => 'made up'}, []);
			delete @$run{qw(counters counted_iterations clock conserved collected)};
		}
		push @runs, $run;
	}
	$set->{runs} = \@runs;
	return spew("$tmp/$name.json", JSON::PP->new->canonical->utf8->encode($set));
}

# Draws; what run_command() gives, and the picture's bytes.
sub draw
{
	my ($out, @arguments) = @_;
	unlink $out;
	my $got = pvmmu('plot', @arguments, '-o', $out);
	unlike($got->{err}, qr/Sanitizer|runtime error/, 'no sanitizer report');
	$got->{picture} = -e $out ? slurp($out) : undef;
	return $got;
}

sub table { return draw("$tmp/table.tsv", @_)->{picture} // '' }

# An SVG's texts, by a real XML parser.
sub texts
{
	my ($svg) = @_;
	my $got = run_command('python3', '-c', <<'EOS', $svg);
import sys, xml.etree.ElementTree as e
for t in e.parse(sys.argv[1]).iter('{http://www.w3.org/2000/svg}text'):
    print(''.join(t.itertext()))
EOS
	is($got->{code}, 0, 'the SVG is well-formed XML') or diag($got->{err});
	return {map { $_ => 1 } split /\n/, $got->{out}};
}

# How many shapes have a colour, or a variant's.
sub fills
{
	my ($svg, $what) = @_;
	my $rgb = join ',\s*', map { hex } +($colour{$what} // $what) =~ /[0-9a-f]{2}/gi;
	return scalar(() = $svg =~ /fill\s*=\s*['"]rgb\(\s*$rgb\)/g);
}

sub strokes { return scalar(() = $_[0] =~ /<path/g) }

1;
