#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# plot: the table that gnuplot gets and how it is called, with a pretended
# gnuplot that keeps both; then the real one, if it is there.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use JSON::PP;
use PvmmuTest;

my $golden = "$root/tests/golden/two-variants.json";
my $real_path = $ENV{PATH};

mkdir "$tmp/bin" or die;
spew("$tmp/bin/gnuplot", <<'EOS');
#!/bin/sh
for word; do printf '%s\n' "$word"; done >>"$SEEN.args"
data=$(printf '%s' "$3" | sed "s/^datafile='\([^']*\)'.*/\1/")
grep -v "^$" "$data" >"$SEEN.tsv" # blocks are separated by empty lines
[ -n "$GNUPLOT_FAILS" ] && { echo "line 7: no sense" >&2; exit 1; }
for word; do
	case $word in *outfile=*) echo picture >"$(printf '%s' "$word" | sed "s/.*outfile='\([^']*\)'.*/\1/")" ;; esac
done
EOS
chmod 0755, "$tmp/bin/gnuplot";

sub plot
{
	my (@arguments) = @_;
	local $ENV{PATH} = "$tmp/bin:$real_path";
	local $ENV{SEEN} = "$tmp/seen";
	unlink "$tmp/seen.args", "$tmp/seen.tsv";
	my $got = pvmmu('plot', @arguments);
	unlike($got->{err}, qr/Sanitizer|runtime error/, 'no sanitizer report');
	$got->{args} = -e "$tmp/seen.args" ? slurp("$tmp/seen.args") : '';
	$got->{tsv}  = -e "$tmp/seen.tsv"  ? slurp("$tmp/seen.tsv")  : '';
	return $got;
}

my $got = plot($golden, '-o', "$tmp/a.svg", '--title', "it's {a} \"title\"");
is($got->{code}, 0, 'drawn') or diag($got->{err});
is($got->{tsv}, join('', map { join("\t", @$_) . "\n" } (
	['#', '#', qw(panel variant median low high n ratio label)],
	[1, 1, 'fork',       'nopin', 1508, 'NaN', 'NaN', 8, 'NaN', ''], [1, 2, 'fork',       'eager', 1008, 'NaN', 'NaN', 8, 0.668435013262599, ''],
	[2, 1, 'fork mb=16', 'nopin', 3108, 'NaN', 'NaN', 8, 'NaN', ''], [2, 2, 'fork mb=16', 'eager', 2608, 'NaN', 'NaN', 8, 0.839124839124839, ''])),
	'the table');
is(plot($golden, '-o', "$tmp/a.tsv")->{code}, 0, 'the table itself');
is(slurp("$tmp/a.tsv"), $got->{tsv}, 'is what gnuplot gets');
unlink "$tmp/a.tsv";
like($got->{args}, qr{^-d\n-e\ndatafile=.*\n-e\nreset; theme='light'; outfile='.*'\n.*/plots/bars\.gp\n$}, 'how gnuplot is called');
like($got->{args}, qr{title='\{/:Bold it'\."'"\.'s \\\{a\\\} "title"\}'; title_plain='it'\."'"\.'s \{a\} "title"'; }, 'quotes are texts of their own');
like($got->{args}, qr{array sub\[1\]=\['Median instructions\. }, 'unit');
like($got->{args}, qr{array foot\[1\]=\['instructions \(lower is better\), tier exact, median of n = 8; 1 vCPU; Xen 0\.0-1; Pretended QEMU 0\.0; sources },
	'the footer tells unit, sense, tier, n and versions');
is(slurp("$tmp/a.svg"), "picture\n", 'the picture is where it was asked for');
is_deeply([glob("$tmp/a.* $tmp/.a.*")], ["$tmp/a.svg"], 'and nothing else is');

plot($golden, '-o', "$tmp/b.png", '--theme', 'both');
ok(-e "$tmp/b.png" && -e "$tmp/b-dark.png", '--theme both draws two');
like(slurp("$tmp/seen.args"), qr/theme='light'.*theme='dark'/s, 'one of each');

my $set = read_json($golden);
my $run = $set->{runs}[1];
@$run{qw(outcome series)} = ({status => 'timeout', reason => 'slow'}, []);
delete @$run{qw(counters counted_iterations clock conserved)};
splice(@{$set->{runs}}, 3, 1);
my $holes = write_json("$tmp/holes.json", $set);
$got = plot($holes, '-o', "$tmp/c.svg");
like($got->{tsv}, qr/^1\t2\tfork\teager\tNaN\tNaN\tNaN\t0\tNaN\tmissing: timeout$/m, 'a run that failed');
like($got->{tsv}, qr/^2\t2\tfork mb=16\teager\tNaN\tNaN\tNaN\t0\tNaN\tmissing: not in the file$/m, 'a run that is not there');

$got = plot($golden, $holes, '-o', "$tmp/d.svg");
like($got->{tsv}, qr/^1\t1\tfork\tnopin\@two-variants\.json\t1508\t.*\n1\t2\tfork\tnopin\@holes\.json\t1508/m,
	'two files: bars are told apart');

# Counters, labels, the ratio to native and batches.
my $more = read_json($golden);
my ($eager, $native) = map { decode_json(encode_json($more->{runs}[1])) } 1, 2;
$eager->{identity}{variant}{label} = 'short';
$eager->{counters} = {hypercalls => {iret => 8, mmu_update => 16}, batch_size => {1 => 4, '3_4' => 8},
	batch_flush => {leave => 8, full_entries => 4}};
$native->{id} = 'native64-fork~native';
$native->{identity}{env} = 'native64';
$native->{identity}{variant} = {name => 'native', policy => {ptl => 'mm', pte => 'low'}};
$native->{series}[0]{samples} = [502, 504, 504, 504, 504, 504, 504, 504];
delete $native->{identity}{xen};
$more->{runs} = [$more->{runs}[0], $eager, $native, $more->{runs}[2]];
my $both = write_json("$tmp/both.json", $more);
$got = plot($both, '-o', "$tmp/g.svg", '--tax');
is($got->{code}, 0, '--tax') or diag($got->{err});
like($got->{tsv}, qr/^#.*\n1\t1\tfork\tnopin\t2\.992\d+\tNaN\tNaN\t8\tNaN\t\n1\t2\tfork\tshort\t2\tNaN\tNaN\t8\tNaN\t\n/,
	'bars are ratios to native; a custom variant has its short name');
like($got->{tsv}, qr/^2\t1\tfork mb=16\tnopin\tNaN\tNaN\tNaN\t0\tNaN\tmissing: no native\n2\t2\tfork mb=16\tshort\tNaN.*not in the file\n\z/m,
	'missing where there is no native');
unlike($got->{tsv}, qr/native\t/, 'native itself is no bar');
like($got->{args}, qr/mark=1; /, 'a line at 1');
like($got->{args}, qr/Ratio to the variant native;/, 'and said below');
unlike($got->{args}, qr/Xen unknown|unknown \|/, 'native has no version of Xen');
$got = plot($golden, '-o', "$tmp/g.svg", '--tax');
is($got->{code}, 4, '--tax without native');
like($got->{err}, qr/no run has a run of variant native, .*: measure --variant native as well/, 'what to do');
$got = plot($both, '-o', "$tmp/g.svg", '--metric', 'hypercalls');
like($got->{tsv}, qr/^1\t3\tfork\tshort\t3\tNaN\tNaN\t1\t1\t$/m, 'a group of counters as bars');
like(plot($both, '-o', "$tmp/g.svg", '--metric', 'hypercalls.iret')->{tsv}, qr/^1\t3\tfork\tshort\t1\tNaN\tNaN\t1\tNaN\t$/m, 'one counter');
like(plot($both, '-o', "$tmp/g.svg", '--metric', 'hypercalls.pin')->{err}, qr/unknown metric "hypercalls\.pin"/, 'no such counter');
$got = plot($both, '-o', "$tmp/g.svg", '--kind', 'batch');
is($got->{code}, 0, '--kind batch') or diag($got->{err});
like($got->{args}, qr/plots\/batch\.gp/, 'has a script of its own');
is($got->{tsv}, join("\n", map({ join "\t", @$_ } [split / /, '# # panel variant # # value part category'],
	[1, 1, 'fork', 'short', 1, 1, 0.5, 'batch_size', 1], [1, 1, 'fork', 'short', 1, 2, 1, 'batch_size', '3_4'],
	[1, 1, 'fork', 'short', 2, 1, 0.5, 'batch_flush', 'full_entries'], [1, 1, 'fork', 'short', 2, 2, 1, 'batch_flush', 'leave'],
	map { [2, 1, 'fork mb=16', 'short', @$_] } ()), ''),
	'sizes and reasons, of those that batch, per iteration') or diag($got->{tsv});
$got = plot($golden, '-o', "$tmp/g.svg", '--kind', 'batch');
is($got->{code}, 4, 'no batches counted');
like($got->{err}, qr/no batches were counted: .*`make bench VARIANT=batched`/, 'where they come from');
$eager->{counters}{$_} = {map { $_ => 0 } keys %{$eager->{counters}{$_}}} for qw(batch_size batch_flush);
like(plot(write_json("$tmp/zero.json", $more), '-o', "$tmp/g.svg", '--kind', 'batch')->{err}, qr/no batches were counted/,
	'nor if all are zero');
for my $bad (['--kind', 'pie'], ['--kind', 'batch', '--tax'], ['--kind', 'batch', '--metric', 'insns']) {
	is(plot($both, '-o', "$tmp/g.svg", @$bad)->{code}, 64, "@$bad: usage");
}

# The same by gnuplot itself, from a file with a blank in its name.
SKIP: {
	skip 'gnuplot is not installed', 6 if system('command -v gnuplot >/dev/null');
	spew("$tmp/with blank.json", slurp($holes));
	is(pvmmu('plot', $both, '-o', "$tmp/batch.svg", '--kind', 'batch')->{code}, 0, 'gnuplot draws batches');
	is(pvmmu('plot', $both, '-o', "$tmp/tax.svg", '--tax')->{code}, 0, 'and ratios');
	my $real = pvmmu('plot', $golden, "$tmp/with blank.json", '-o', "$tmp/real.svg");
	is($real->{code}, 0, 'gnuplot draws two files') or diag($real->{err});
	my $picture = slurp("$tmp/real.svg");
	like($picture, qr/eager\@with blank\.json/, 'with the name of each');
	local $ENV{LC_ALL} = 'C';
	$real = pvmmu('plot', $golden, "$tmp/with blank.json", '-o', "$tmp/real.svg");
	is($real->{err}, '', 'without complaint in another locale');
	is(slurp("$tmp/real.svg"), $picture, 'and the same picture');
}

$_->{identity}{tier} = 'wall' for @{$set->{runs}};
$got = plot($golden, write_json("$tmp/wall.json", $set), '-o', "$tmp/e.svg");
is($got->{code}, 4, 'tiers do not mix');
$got = plot($golden, '-o', "$tmp/e.svg", '--metric', 'insn');
like($got->{err}, qr/unknown metric "insn"; did you mean "insns"/, 'an unknown metric');
ok(!-e "$tmp/e.svg", 'and no picture');
{
	local $ENV{GNUPLOT_FAILS} = 1;
	$got = plot($golden, '-o', "$tmp/f.svg");
	is($got->{code}, 4, 'gnuplot fails');
	like($got->{err}, qr/gnuplot failed: line 7: no sense/, 'and its words are passed on');
	is_deeply([glob("$tmp/f.* $tmp/.f.*")], [], 'and leaves nothing');
}
{
	local $ENV{PATH} = "$tmp/nowhere";
	$got = pvmmu('plot', $golden, '-o', "$tmp/f.svg");
	is($got->{code}, 4, 'no gnuplot');
	like($got->{err}, qr/install the Debian package gnuplot-nox/, 'what to install');
}
is(plot($golden, '-o', "$tmp/no/such/dir/f.svg")->{code}, 4, 'a place that cannot be written');
is(plot($golden, '-o', "$tmp/f.pdf")->{code}, 64, 'another kind of picture: usage');
is(plot('-o', "$tmp/f.svg")->{code}, 64, 'no file: usage');
is(plot($golden, '-o', "$tmp/f.svg", '--theme', 'pink')->{code}, 64, 'an unknown theme: usage');
# An option that a kind does not use is refused.
is(plot($golden, '-o', "$tmp/f.tsv", '--theme', 'dark')->{code}, 64, 'a theme of a table: usage');
is(plot($golden, '-o', "$tmp/f.svg", '--by', 'mb')->{code}, 64, 'bars by an axis: usage');
is(plot($golden, '-o', "$tmp/f.svg", '--kind', 'samples', '--baseline', 'eager')->{code}, 64, 'samples of a baseline: usage');
$got = plot($golden, '-o', "$tmp/f.svg", '--baseline', 'nobody');
is($got->{code}, 4, 'a baseline that nobody has');
like($got->{err}, qr/the baseline "nobody" is not among the variants/, 'is named');
is(plot("$tmp/none.json", '-o', "$tmp/f.svg")->{code}, 4, 'no such file');

SKIP: {
	skip 'gnuplot or its script is not there', 3
		if !grep({ -x "$_/gnuplot" } split /:/, $real_path) || !-e "$root/plots/bars.gp";
	$got = pvmmu('plot', $holes, '-o', "$tmp/real.svg", '--title', "it's {a} <title>");
	is($got->{code}, 0, 'the real gnuplot draws it') or diag($got->{err});
	like(slurp("$tmp/real.svg"), qr/<svg.*<\/svg>\s*$/s, 'a whole SVG');
	is(pvmmu('plot', $golden, '-o', "$tmp/real.png")->{code}, 0, 'and a PNG');
}

done_testing();
