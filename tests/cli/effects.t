#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# pvmmu effects: known effects are found again in made-up sets, with what cannot be told apart, intervals
# from seeds, formats, and what is said to be lacking.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use JSON::PP;
use PvmmuTest;

my $dir    = fixture();
my $golden = read_json("$root/tests/golden/two-variants.json");

# A set with a run of fork for each policy (and seed), of which $cost says the median.
my $sets = 0;
sub set_of
{
	my ($cost, $seeds, @policies) = @_;
	my ($like) = grep { $_->{id} !~ /mb=/ } @{$golden->{runs}};
	my $set = {%$golden, runs => []};
	for my $policy (@policies) {
		my %p = (pin => 'eager', update => 'va', batch => 'off', ptl => 'mm', pte => 'low', %$policy);
		$p{depth} //= '32' if $p{batch} eq 'multicall';
		for my $seed (1 .. $seeds) {
			my $run  = decode_json(encode_json($like));
			my $name = $p{name} // 'custom:' . join ',', map { "$_=$p{$_}" } grep { $_ ne 'name' } sort keys %p;
			$run->{id} = 'xen64-fork' . ($seed > 1 ? ":seed=$seed" : '') . "~$name";
			$run->{identity}{seed} = $seed;
			$run->{identity}{variant} = {name => $name, policy => {map { $_ => $p{$_} } grep { $_ ne 'name' } keys %p}};
			my $median = $cost->(\%p, $seed);
			my $n = 0;
			$_ = $median + $n++ % 2 * 0 for @{$run->{series}[0]{samples}};
			push @{$set->{runs}}, $run;
		}
	}
	return write_json("$tmp/set" . $sets++ . '.json', $set);
}

# Batching saves 20 %, but only with pinning: without, it costs 5 %. Split locks cost 1 %, not pinning 80 %.
sub cost
{
	my ($p) = @_;
	my $cost = 1_000_000;
	$cost *= 1.8 if $p->{pin} eq 'none';
	$cost *= $p->{pin} eq 'none' ? 1.05 : 0.8 if $p->{batch} eq 'multicall';
	$cost *= 1.01 if $p->{ptl} eq 'split';
	return $cost;
}
my @all;
for my $pin (qw(eager none)) { for my $batch (qw(off multicall)) { for my $ptl (qw(mm split)) {
	push @all, {pin => $pin, batch => $batch, ptl => $ptl};
} } }

sub effects
{
	my $got = pvmmu('effects', '--root', $dir, @_);
	unlike($got->{err}, qr/Sanitizer|runtime error/, 'no sanitizer report');
	return $got;
}
sub fitted { return decode_json(effects('--format', 'json', @_)->{out})->{panels}[0] }
sub term   { my ($panel, $name) = @_; return (grep { $_->{term} eq $name } @{$panel->{terms}})[0] }
sub near   { my ($got, $want, $what) = @_; ok(defined $got && abs($got - $want) < 1e-6, $what) or diag($got // 'undef', " is not $want") }

# ---- everything was measured ----

my $full = set_of(\&cost, 1, @all);
my $got = effects($full);
is($got->{code}, 0, 'a whole factorial') or diag($got->{err});
my $panel = fitted($full);
near(term($panel, 'base')->{value}, 1_000_000, 'the base');
near(term($panel, 'pin=none')->{percent}, 80, 'a main effect');
near(term($panel, 'batch=multicall')->{percent}, -20, 'another');
near(term($panel, 'ptl=split')->{percent}, 1, 'a third');
near(term($panel, 'pin=none x batch=multicall')->{percent}, 100 * (1.05 / 0.8 - 1), 'the interaction');
near(term($panel, 'pin=none x ptl=split')->{percent}, 0, 'one that is none');
ok(!grep({ $_->{aliases} } @{$panel->{terms}}), 'all are told apart');
is_deeply($panel->{lacking}, [], 'and nothing is lacking');
is($panel->{intervals}, 'lack of fit', 'there is one term less than variants');
near($panel->{largest_miss_percent}, 0, 'and nothing is left');
like($got->{out}, qr/^batch=multicall on fork: saves 20\.0 % with pin=eager; costs 5\.0 % with pin=none$/m, 'in a sentence') or diag($got->{out});
like($got->{out}, qr/^pin=none x batch=multicall +\+31\.25 % /m, 'in the table');
like($got->{out}, qr/^batch=multicall +pin=none +2 +\+5\.00 % +\+5\.00 % +\+5\.00 %$/m, 'pairs');
unlike($got->{out}, qr/more variants would/, 'nothing to be run');
my ($pairs) = grep { $_->{change} eq 'batch=multicall' && ($_->{with} // '') eq 'pin=eager' } @{$panel->{pairs}};
near($pairs->{percent}, -20, 'of JSON too');
is($pairs->{pairs}, 2, 'with how many');
is_deeply([map { $_->{order} } @{fitted($full, '--order', 1)->{terms}}], [0, 1, 1, 1], '--order 1 has no interactions');
is(scalar @{fitted($full, '--order', 3)->{terms}}, 8, '--order 3 has as many terms as variants');
like(effects($full, '--order', 3)->{out}, qr/exact samples, and as many terms as variants: no intervals/, 'which is said');
like(effects($full, '--order', 1)->{out}, qr/which is no noise but interactions of more axes/, 'lack of fit is no noise');
cmp_ok(fitted($full, '--order', 1)->{largest_miss_percent}, '>', 1, 'without interactions much is left');

# Another base.
my $other = fitted($full, '--base', 'custom:batch=multicall,depth=32,pin=none,pte=low,ptl=mm,update=va');
near(term($other, 'base')->{value}, 1_800_000 * 1.05, '--base');
near(term($other, 'pin=eager')->{percent}, 100 * (0.8 / 1.8 / 1.05 - 1), 'the other way round');

# ---- not everything ----

my @named = ({name => 'eager'}, {name => 'nopin', pin => 'none'}, {name => 'batched', update => 'mmu/va', batch => 'multicall'},
	{name => 'splitptl', update => 'mmu/va', batch => 'multicall', ptl => 'split'});
my $some = set_of(\&cost, 1, @named);
$panel = fitted($some);
my $both = term($panel, 'update=mmu/va');
near($both->{percent}, -20, 'what cannot be told apart is one number');
is_deeply([sort keys %{$both->{aliases}}], ['batch=multicall', 'update=mmu/va x batch=multicall'], 'which names all that it may be');
ok(!exists term($panel, 'batch=multicall')->{percent}, 'and is given to none of them');
ok(!term($panel, 'pin=none x batch=multicall')->{measured}, 'what was not measured is not known');
$got = effects($some);
like($got->{out}, qr/^update=mmu\/va \+ batch=multicall \+ update=mmu\/va x batch=multicall +-20\.00 % +-$/m, 'in the table');
like($got->{out}, qr/^not measured: .*pin=none x batch=multicall/m, 'and what is not');
like($got->{out}, qr/^ptl=split on fork: costs 1\.0 % \(only measured with pin=eager, update=mmu\/va, batch=multicall\)$/m, 'under which conditions') or diag($got->{out});
like($got->{out}, qr/^\d+ more variants would tell all terms apart:\n +V=custom:\S+\n +make guest VARIANT=\$V && build\/pvmmu run .*--workload fork .*--variant \$V --out more.json\n/m, 'the command');

# The variants of the suggested command, made up as well, tell all effects apart.
my @lacking = map { { map { split /=/ } split /,/, s/^custom://r } } @{$panel->{lacking}};
cmp_ok(scalar @lacking, '>', 3, 'some are lacking');
ok(!grep({ $_->{update} eq 'emulate' && $_->{batch} eq 'multicall' } @lacking), 'none that makes no sense');
my $more = set_of(\&cost, 1, @lacking);
$panel = fitted($some, $more);
ok(!grep({ $_->{aliases} || !exists $_->{percent} && $_->{term} ne 'base' } @{$panel->{terms}}), 'with them all terms are told apart');
near(term($panel, 'batch=multicall')->{percent}, -20, 'batching it was');
near(term($panel, 'update=mmu/va')->{percent}, 0, 'and not the update');
near(term($panel, 'pin=none x batch=multicall')->{percent}, 31.25, 'only with pinning');
is_deeply($panel->{lacking}, [], 'and nothing is lacking');
like(effects($some, $more)->{out}, qr{^update=mmu/va on fork: changes nothing}m, 'what does nothing is said to');

# Depths are levels of batches.
my $depths = set_of(sub { 1000 * ($_[0]{batch} eq 'off' ? 1 : $_[0]{depth} eq '8' ? 0.9 : 0.8) }, 1,
	{}, {batch => 'multicall', depth => '8'}, {batch => 'multicall', depth => '64'});
$panel = fitted($depths);
near(term($panel, 'batch=multicall/8')->{percent}, -10, 'depth 8');
near(term($panel, 'batch=multicall/64')->{percent}, -20, 'depth 64');

# ---- intervals from seeds: each seed moves all variants, and the effect a little ----

my %shift = (1 => 1.00, 2 => 1.02, 3 => 1.01, 4 => 0.99);
my $seeds = set_of(sub { my ($p, $seed) = @_; cost($p) * (1 + $seed / 10) * ($p->{batch} eq 'off' ? 1 : $shift{$seed}) }, 4, @all);
$panel = fitted($seeds);
is($panel->{intervals}, 'seeds', 'the intervals are from seeds');
my $batch = term($panel, 'batch=multicall');
my @logs = map { log(0.8 * $_) } values %shift;
my $mean = 0; $mean += $_ / 4 for @logs;
my $square = 0; $square += ($_ - $mean) ** 2 / 3 for @logs;
my $half = 3.182446305 * sqrt($square / 4);
near($batch->{percent}, 100 * (exp($mean) - 1), 'mean of the seeds');
near($batch->{low}, 100 * (exp($mean - $half) - 1), 'interval as by hand');
near($batch->{high}, 100 * (exp($mean + $half) - 1), 'its other end');
my $pin = term($panel, 'pin=none');
ok(abs($pin->{high} - $pin->{low}) < 1e-6, 'what moves all variants alike is no uncertainty');

# ---- samples with noise ----

my $noisy = read_json($full);
for my $run (@{$noisy->{runs}}) {
	$run->{identity}{tier} = 'wall';
	@{$run->{series}[0]}{qw(unit exact)} = ('ns', JSON::PP::false);
	my $k = 0;
	$_ *= 1 + 0.001 * $k++ for @{$run->{series}[0]{samples}};
}
$panel = fitted(write_json("$tmp/noisy.json", $noisy), '--order', 3);
is($panel->{intervals}, 'samples', 'one boot each: intervals from samples');
$batch = term($panel, 'batch=multicall');
ok($batch->{low} < -20 && $batch->{high} > -20 && $batch->{high} - $batch->{low} < 2, 'about as wide as the samples are');

# ---- formats, choices, mistakes ----

my ($head, @lines) = split /\n/, effects($full, '--format', 'csv')->{out};
is($head, 'workload,metric,unit,kind,term,with,effect_percent,low_percent,high_percent,interval,pairs', 'csv: head');
ok(grep({ /^fork,insns,instructions,term,pin=none x batch=multicall,,31\.2\d+,/ } @lines), 'csv: a term');
ok(grep({ /^fork,insns,instructions,pairs,batch=multicall,pin=none,5\.\d*,.*,range,2$|^fork,insns,instructions,pairs,batch=multicall,pin=none,(?:4\.99|5)\d*,.*,range,2$/ } @lines), 'csv: pairs') or diag(grep { /pairs/ } @lines);
like(effects($full, '--format', 'md')->{out}, qr/^### fork: .*\| term .*^\| -+ \|.*^- batch=multicall on fork: saves/ms, 'markdown');
is(effects($full)->{out}, effects($full)->{out}, 'the same twice');
$got = effects("$root/tests/golden/two-variants.json", '--workload', 'fork:mb=16');
like($got->{out}, qr/^fork mb=16: .*2 variants/m, '--workload');
unlike($got->{out}, qr/^fork: /m, 'only that');
$got = effects("$root/tests/golden/two-variants.json", '--metric', 'hypercalls');
like($got->{out}, qr/hypercalls, medians in events per iteration/, 'a counter') or diag($got->{err});
for my $case ([[], 64, qr/no file given/], [[$full, '--format', 'xml'], 64, qr/unknown format "xml"/], [[$full, '--order', 0], 64, qr/--order/],
	[[$full, '--workload', 'frok'], 64, qr/unknown workload "frok"; did you mean "fork"/], [[$full, '--metric', 'insn'], 64, qr/unknown metric "insn"; did you mean "insns"/],
	[[$full, '--base', 'eagre'], 64, qr/unknown variant "eagre"/], [[set_of(\&cost, 1, {}, {name => 'again'})], 4, qr/all variants have the same policy/],
	[[set_of(sub { 0 }, 1, {}, {pin => 'none'})], 4, qr/has no logarithm.*no workload can be fitted/s]) {
	$got = effects(@{$case->[0]});
	is($got->{code}, $case->[1], "refused: $case->[2]");
	like($got->{err}, $case->[2], 'said why');
	is($got->{out}, '', 'and nothing else');
}
done_testing;
