#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# compare with a noise floor: what measuring again changes as well is no change.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use JSON::PP;
use PvmmuTest;

my $dir    = fixture();
my $golden = read_json("$root/tests/golden/two-variants.json");

# One variant, fork and fork:mb=16, with 50 samples around $center, in nanoseconds.
sub noisy
{
	my ($file, $center, %more) = @_;
	my $set = decode_json(encode_json($golden));
	$set->{runs} = [grep { $_->{id} =~ /~eager/ } @{$set->{runs}}];
	for my $run (@{$set->{runs}}) {
		delete @$run{qw(counters counted_iterations)};
		$run->{identity}{tier} = $more{tier} // 'wall';
		$run->{identity}{workload}{parameters}{n} = 50;
		@{$run->{series}[0]}{qw(name unit exact)} = ('time', 'ns', JSON::PP::false);
		$run->{series}[0]{samples} = [map { $center + $_ * 7 % 50 / 5 } 0 .. 49];
	}
	if ($more{shift}) {
		my $again = decode_json(encode_json($set->{runs}));
		for my $run (@$again) {
			$run->{id} .= '#2';
			$_ *= 1 + $more{shift} / 100 for @{$run->{series}[0]{samples}};
		}
		$set->{repetitions} = [$again];
	}
	mkdir "$dir/r";
	return write_json("$dir/$file", $set);
}

sub compare
{
	my $got = pvmmu('compare', '--root', $dir, @_);
	unlike($got->{err}, qr/Sanitizer|runtime error/, 'no sanitizer report');
	return $got;
}
sub judged { return join ' ', map { $_->{judgement} } @{decode_json(compare('--format', 'json', @_)->{out})->{rows}} }

my @files = (noisy('r/a.json', 1000), noisy('r/b.json', 1040));
is(judged(@files), 'worse worse', 'without a floor 4 % is a change');
unlike(compare(@files)->{out}, qr/noise floor/, 'and no floor is told');
my @floor = ('--noise', noisy('five.json', 1000, shift => 5));
is(judged(@files, @floor), 'below noise floor below noise floor', 'below a floor of 5 % it is none');
my $got = compare(@files, @floor);
like($got->{out}, qr/^fork +eager .*~ \(floor 5 %\)/m, 'in the table') or diag($got->{out});
like($got->{out}, qr/^note: noise floors are those of \Q$dir\E\/five\.json$/m, 'and whose floor it is');
is(judged(@files, '--noise', noisy('three.json', 1000, shift => 3)), 'worse worse', 'above a floor of 3 % it is one');
unlike(compare(@files, '--changed', @floor)->{out}, qr/^fork/m, '--changed does not show it');
rename "$dir/five.json", "$dir/r/noise.json" or die;
is(judged(@files), 'below noise floor below noise floor', 'noise.json beside the new file is found');
is(judged("$root/tests/golden/two-variants.json", "$root/tests/golden/two-variants.json") =~ s/equal ?//gr, '', 'beside exact metrics it means nothing');
noisy('r/noise.json', 1000, shift => 5, tier => 'exact');
is(judged(@files), 'worse worse', 'for another tier it is not used');
$got = compare(@files, '--noise', "$dir/r/noise.json");
is($got->{code}, 4, 'named all the same it is an error');
like($got->{err}, qr/noise\.json: the noise floor is of rig solo, tier exact; the set is of rig solo, tier wall/, 'which is said');
is(compare($files[0], '--wide', @floor)->{code}, 64, 'not with --wide');
done_testing;
