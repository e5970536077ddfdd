#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# pvmmu verdict: what had to be there, gates on exact and on noisy metrics, verdict.json and exit codes.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use JSON::PP;
use PvmmuTest;

my $fake = fake_run('success', '--workload', 'fork:mb=0,16,exec', '--variant', 'eager,nopin');
my $dir  = $fake->{root};
my $new  = "$dir/r/x.json";

sub verdict
{
	my (@arguments) = @_;
	unlink "$dir/r/verdict.json";
	my $got = pvmmu('verdict', '--root', $dir, @arguments);
	unlike($got->{err}, qr/Sanitizer|runtime error/, 'no sanitizer report');
	$got->{verdict} = read_json("$dir/r/verdict.json") if -e "$dir/r/verdict.json";
	return $got;
}

# A verdict, its exit code, and both the same in the file.
sub is_verdict
{
	my ($what, $word, $code, @arguments) = @_;
	my $got = verdict(@arguments);
	is($got->{code}, $code, "$what: exit code") or diag($got->{out}, $got->{err});
	is($got->{verdict}{verdict}, $word, "$what: $word") or diag($got->{out}, $got->{err});
	is($got->{verdict}{exit_code}, $code, "$what: exit code in verdict.json");
	like($got->{out}, qr/^\U$word\E: /m, "$what: told") if $got->{out} =~ /declared runs/;
	return $got;
}

my $copies = 0;
sub changed
{
	my ($change) = @_;
	my $set = read_json($new);
	$change->($set);
	return write_json("$dir/r/copy" . $copies++ . ".json", $set);
}

sub ends
{
	my ($run, $status, $reason) = @_;
	$run->{outcome} = {status => $status, reason => $reason};
	$run->{series}  = [];
	delete @$run{qw(counters counted_iterations clock conserved timer_overhead audits)};
}

# ---- what had to be there ----

is(scalar @{$fake->{set}{declared}}, 6, 'run records what it was asked for');
my $got = is_verdict('all is there', 'pass', 0, $new);
like($got->{out}, qr/^PASS: 6 of 6 declared runs \(by the set itself\) are there$/m, 'in words');
is_deeply($got->{verdict}{declared}, {by => 'the set itself', runs => 6, successes => 6, skips => 0, undeclared => 0}, 'in numbers');
like($got->{verdict}{new}{sha256}, qr/^[0-9a-f]{64}$/, 'which file it is about');

my $lacking = changed(sub { splice @{$_[0]{runs}}, 2, 1 });
$got = is_verdict('a cell is missing', 'inconclusive', 3, $lacking);
my ($gone) = grep { $_->{status} eq 'missing' } @{$got->{verdict}{runs}};
is($gone->{id}, $fake->{set}{runs}[2]{id}, 'it is named');
like($got->{out}, qr/^missing: \Q$gone->{id}\E: not in the set$/m, 'and told');
like($got->{verdict}{reason}, qr/\Q$gone->{id}\E: missing/, 'and the reason');
is_verdict('options ask for less', 'pass', 0, $lacking, '--variant', 'nopin', '--workload', 'exec');
is_verdict('options ask for more', 'inconclusive', 3, $new, '--variant', 'nopin', '--workload', 'exec', '--vcpus', '1,2');
like(verdict($new, '--variant', 'nopin', '--workload', 'exec')->{out}, qr/note: 5 runs of the set are not declared/, 'what else is there is noted');
is_verdict('other parameters under the same id', 'inconclusive', 3,
	changed(sub { $_->{identity}{workload}{parameters}{warmup} = 3 for @{$_[0]{runs}} }), '--variant', 'eager', '--workload', 'exec');

for my $case (['error', 'error', 4], ['failure', 'fail', 5], ['crash', 'fail', 6], ['timeout', 'fail', 7]) {
	my ($status, $word, $code) = @$case;
	$got = is_verdict("one $status", $word, $code, changed(sub { ends($_[0]{runs}[1], $status, 'it so happened') }));
	is($got->{verdict}{outcome}, $status, "one $status: which outcome");
}
is_verdict('a crash and a missing cell', 'fail', 6, changed(sub { ends($_[0]{runs}[1], 'crash', 'x'); pop @{$_[0]{runs}} }));
$got = is_verdict('a skip by intent', 'pass', 0, changed(sub { ends($_[0]{runs}[1], 'skip', 'needs 2 vCPUs') }));
like($got->{out}, qr/^skipped by intent: \S+: needs 2 vCPUs\nPASS: 5 of 6 .*, 1 skipped by intent$/m, 'is told');
my $interrupted = changed(sub { ends($_[0]{runs}[1], 'skip', 'interrupted before it was started') });
is_verdict('a skip by a signal', 'inconclusive', 3, $interrupted);
is_verdict('nothing but skips', 'inconclusive', 3, changed(sub { ends($_, 'skip', 'needs 2 vCPUs') for @{$_[0]{runs}} }));
my $mute = changed(sub { delete $_[0]{declared} });
$got = is_verdict('no declaration', 'error', 4, $mute);
like($got->{err}, qr/the set does not say which runs it should have/, 'said so');

# ---- a file ----

my %file = (declaration_version => 1, variants => ['eager', 'nopin'], workloads => ['fork:mb=0,16'], gates => ['fork:insns<=4k']);
my $file = write_json("$dir/declaration.json", \%file);
$got = is_verdict('a declaration', 'pass', 0, $mute, '--declaration', $file);
is(scalar @{$got->{verdict}{gates}}, 4, 'with its gate');
for my $case ([{%file, variants => ['eagre']}, qr/declaration\.json: unknown variant "eagre"; did you mean "eager"/],
	[{%file, variant => ['eager']}, qr{declaration\.json: /variant: expected no such member}],
	[{%file, declaration_version => 2}, qr{/declaration_version: expected 1, found 2}],
	[{%file, vcpus => '9'}, qr/declaration\.json: --vcpus: .*9/]) {
	$got = is_verdict('a bad declaration', 'error', 4, $new, '--declaration', write_json("$dir/declaration.json", $case->[0]));
	like($got->{err}, $case->[1], 'which is said');
}
spew("$dir/declaration.json", "{\n \"declaration_version\": 1,\n}");
like(verdict($new, '--declaration', $file)->{err}, qr/declaration\.json:3:1: /, 'where it is no JSON');
write_json($file, {%file, gates => ['fork:insns<2']});
$got = verdict($new, '--declaration', $file);
is($got->{code}, 64, 'a bad gate in it');
like($got->{err}, qr/column 11/, 'likewise');

# ---- gates on what is exact: fork is 1000 + 7 + 0, 1 or 2 ----

my $more = changed(sub { for my $run (@{$_[0]{runs}}) { $_ += 10 for @{$run->{series}[0]{samples}} } });
my $median = (sort { $a <=> $b } @{$fake->{set}{runs}[0]{series}[0]{samples}})[4];
for my $case (
	['equal to the base',          'pass', 0, $new,  $new, '*:*<=+0%'],
	['10 more where 10 may be',    'pass', 0, $more, $new, 'fork:insns<=+10'],
	['10 more where 9 may be',     'fail', 5, $more, $new, 'fork:insns<=+9'],
	['at least 10 more',           'pass', 0, $more, $new, 'fork:insns>=+10'],
	['at least 11 more',           'fail', 5, $more, $new, 'fork:insns>=+11'],
	['fewer is fine',              'pass', 0, $new, $more, 'fork:insns<=+0%'],
	['percent',                    'fail', 5, $more, $new, 'fork:mb=0:insns<=+0.5%'],
	['percent enough',             'pass', 0, $more, $new, 'fork:insns<=+1%'],
	['absolute',                   'pass', 0, $new, undef, "fork:mb=0\@eager:insns<=$median"],
	['absolute, one too many',     'fail', 5, $new, undef, 'fork:mb=0@eager:insns<=' . ($median - 1)],
	['a counter',                  'pass', 0, $new,  $new, 'fork:hypercalls<=+0%'],
	['of another variant',         'pass', 0, $more, $new, 'fork:mb=0@eager:insns<=+10'],
) {
	my ($what, $word, $code, $set, $base, $gate) = @$case;
	$got = is_verdict("$what ($gate)", $word, $code, $set, $base ? ('--base', $base) : (), '--gate', $gate);
	is_deeply([grep { $_->{verdict} ne $word } @{$got->{verdict}{gates}}], [], "$what: all cells alike");
	cmp_ok(scalar @{$got->{verdict}{gates} // []}, '>', 0, "$what: it is about something");
}
my ($row) = @{verdict($more, '--base', $new, '-g', 'fork:mb=16@nopin:insns<=+9')->{verdict}{gates}};
is_deeply([@$row{qw(gate workload variant metric of tested limit exact)}],
	['fork:mb=16@nopin:insns<=+9', 'fork mb=16', 'nopin', 'insns', 'difference', 10, 9, JSON::PP::true], 'a row in full');
$got = is_verdict('two gates, one fails', 'fail', 5, $more, '-b', $new, '-g', 'fork:insns<=+10', '-g', 'exec:insns<=+3');
is(scalar(grep { $_->{verdict} eq 'fail' } @{$got->{verdict}{gates}}), 2, 'on its own cells');
like($got->{verdict}{reason}, qr/^exec:insns<=\+3 on exec eager: does not hold/, 'the reason');

# Other differences give a warning.
$got = is_verdict('another Xen', 'pass', 0, changed(sub { $_->{identity}{xen}{version} = '9.9-1' for @{$_[0]{runs}} }), '-b', $new, '-g', '*:insns<=+1%');
is_deeply($got->{verdict}{warnings}, ['base and new: xen.version differs: 0.0-1 / 9.9-1'], 'is warned of');
like($got->{out}, qr{^warning: base and new: xen.version differs: 0.0-1 / 9.9-1$}m, 'in words too');
like(verdict($more, '-b', $new, '-g', '*:insns<=+10%')->{verdict}{warnings}[0], qr/the same image, .* did not repeat/, 'so is one image with other samples');
ok(!verdict($new, '-b', $new, '-g', '*:insns<=+1%')->{verdict}{warnings}, 'nothing else, no warning');

# A gate that cannot be judged never passes.
my $half = changed(sub { $_[0]{runs} = [grep { $_->{identity}{workload}{name} ne 'exec' } @{$_[0]{runs}}] });
is_verdict('not in the base', 'inconclusive', 3, $new, '-b', $half, '-g', 'exec:insns<=+1%');
is_verdict('crashed in the base', 'inconclusive', 3, $new, '-b', changed(sub { ends($_, 'crash', 'x') for @{$_[0]{runs}} }), '-g', 'exec:insns<=+1%');
is_verdict('not in the new set', 'inconclusive', 3, $half, '--variant', 'eager', '--workload', 'fork,exec', '-g', 'exec:insns<=1k');
my $skipped = changed(sub { ends($_, 'skip', 'needs 2 vCPUs') for grep { $_->{id} =~ /exec/ } @{$_[0]{runs}} });
is_verdict('a gate on what was skipped', 'inconclusive', 3, $skipped, '-g', 'exec:insns<=10k');
$got = is_verdict('a gate on everything', 'pass', 0, $skipped, '-g', '*:insns<=10k');
like($got->{out}, qr/note: gates for any workload leave out 2 cells that were skipped/, 'says what it leaves out');
is_verdict('a gate on everything, interrupted', 'inconclusive', 3, $interrupted, '-g', '*:insns<=10k');
for my $case (['frok:insns<=1', qr/is about none of the declared runs/], ['fork:insn<=1', qr/column 6: unknown metric "insn"; valid here: insns, /],
	['fork:insns<=5us', qr/its limit is a time, but insns is in instructions/]) {
	$got = is_verdict("gate $case->[0]", 'error', 4, $new, '-g', $case->[0]);
	like($got->{err}, $case->[1], 'said why');
}
$got = is_verdict('tiers', 'error', 4, $new, '-b', changed(sub { $_->{identity}{tier} = 'wall' for @{$_[0]{runs}} }), '-g', 'fork:insns<=+1%');
like($got->{err}, qr/tiers cannot be mixed/, 'do not mix');

# ---- gates on what is noisy ----

# Samples of fork on eager: $n around $center, evenly within +-$spread.
sub noisy
{
	my ($center, $spread, $n) = @_;
	return changed(sub {
		for my $run (@{$_[0]{runs}}) {
			delete @$run{qw(counters counted_iterations)};
			$run->{identity}{tier} = 'wall';
			$run->{identity}{workload}{parameters}{n} = $n;
			@{$run->{series}[0]}{qw(name unit exact)} = ('time', 'ns', JSON::PP::false);
			$run->{series}[0]{samples} = [map { $center + $spread * (2 * ($_ * 7 % $n) / ($n - 1) - 1) } 0 .. $n - 1];
		}
	});
}

my $base = noisy(1000, 10, 50);
is_verdict('clearly within',  'pass', 0, noisy(1001, 10, 50), '-b', $base, '-g', 'fork:time<=+2%');
$got = is_verdict('clearly beyond', 'fail', 5, noisy(1040, 10, 50), '-b', $base, '-g', 'fork:time<=+2%');
($row) = @{$got->{verdict}{gates}};
cmp_ok($row->{low}, '>', $row->{limit}, 'the whole interval is');
ok(!$row->{exact}, 'not exact');
$got = is_verdict('the limit within the interval', 'inconclusive', 3, noisy(1021, 10, 50), '-b', $base, '-g', 'fork:time<=+2%');
($row) = @{$got->{verdict}{gates}};
ok($row->{low} <= $row->{limit} && $row->{high} > $row->{limit}, 'it is inside');
cmp_ok($row->{needs}, '>', 50, 'more samples are needed');
like($row->{reason}, qr/need about n >= $row->{needs} samples/, 'and said how many');
is_verdict('an absolute limit, kept',     'pass', 0, noisy(1000, 10, 50), '-g', 'fork:time<=1.1us');
is_verdict('an absolute limit, passed',   'fail', 5, noisy(1000, 10, 50), '-g', 'fork:time<=0.9us');
is_verdict('an absolute limit, who knows', 'inconclusive', 3, noisy(1000, 10, 50), '-g', 'fork:time<=1000ns');
$got = is_verdict('too few samples', 'inconclusive', 3, noisy(5000, 10, 3), '-b', noisy(1000, 10, 3), '-g', 'fork:time<=+2%');
like($got->{verdict}{gates}[0]{reason}, qr/too few samples for a confidence interval: need n >= \d/, 'say so');
is_verdict('too few for a median', 'inconclusive', 3, noisy(5000, 10, 5), '-g', 'fork:time<=1us');

# ---- the noise floor ----

# The result of measuring again: the same, and $percent more.
sub floor_of
{
	my ($percent, $file) = @_;
	my $set = read_json(noisy(1000, 10, 50));
	my $again = decode_json(encode_json($set->{runs}));
	for my $run (@$again) {
		$run->{id} .= '#2';
		$_ *= 1 + $percent / 100 for @{$run->{series}[0]{samples}};
	}
	$set->{repetitions} = [$again];
	return write_json("$dir/$file", $set);
}
my @beyond = (noisy(1040, 10, 50), '-b', $base, '-g', 'fork:mb=0@eager:time<=+2%');
like(verdict(@beyond)->{out}, qr/note: the noise floor is not known/, 'unknown is said');
$got = is_verdict('above the floor', 'fail', 5, @beyond, '--noise', floor_of(3, 'n.json'));
unlike($got->{out}, qr/noise floor/, 'nothing is said');
like($got->{verdict}{noise}{sha256}, qr/^[0-9a-f]{64}$/, 'but which floor it was');
$got = is_verdict('below the floor', 'inconclusive', 3, @beyond, '--noise', floor_of(5, 'n.json'));
is($got->{verdict}{gates}[0]{reason}, 'below the noise floor of 5 %', 'says so');
$got = is_verdict('a pass below the floor', 'pass', 0, noisy(1010, 10, 50), '-b', $base, '-g', 'fork:mb=0@eager:time<=+2%', '--noise', "$dir/n.json");
is($got->{verdict}{gates}[0]{reason}, 'below the noise floor of 5 %', 'is one, and says so');
is_verdict('a file beside the set', 'inconclusive', 3, (rename("$dir/n.json", "$dir/r/noise.json"), @beyond)[1 .. 5]);
$got = is_verdict('which is for another tier', 'fail', 5, $more, '-b', $new, '-g', 'fork:insns<=+9');
like($got->{out}, qr/note: .*noise.json is not used: the noise floor is of rig solo, tier wall; the set is of rig solo, tier exact/, 'says why not');
$got = is_verdict('named, for another tier', 'error', 4, $more, '-b', $new, '-g', 'fork:insns<=+9', '--noise', "$dir/r/noise.json");
unlink "$dir/r/noise.json";
$got = is_verdict('no floor at all', 'error', 4, @beyond, '--noise', $new);
like($got->{err}, qr/x\.json: it holds no repetitions: `pvmmu aa` makes such sets/, 'said so');

# ---- usage ----

for my $case ([[], qr/expected one file, found 0/], [[$new, $new], qr/expected one file, found 2/],
	[[$new, '-g', 'fork:insns<=+2%'], qr/is relative, and there is no base/], [[$new, '-g', 'fork'], qr/at its end: expected <= or >=/],
	[[$new, '-g', 'fork:insns<=2', '-g', 'fork:insns<=2'], qr/is given twice/],
	[[$new, '--vcpus', '2'], qr/--vcpus, .* need --variant/], [[$new, '--declaration', $file, '--variant', 'eager'], qr/it goes without/]) {
	$got = verdict(@{$case->[0]});
	is($got->{code}, 64, 'a usage error');
	like($got->{err}, $case->[1], 'said what');
	ok(!$got->{verdict}, 'which is no verdict');
}
$got = verdict($new, '--variant', 'eagre', '--workload', 'fork');
is($got->{code}, 64, 'an unknown variant');
like($got->{err}, qr/unknown variant "eagre"; did you mean "eager"/, 'said so');
$got = verdict("$dir/none.json", '-o', "$dir/elsewhere.json");
is($got->{code}, 4, 'no such file');
is(read_json("$dir/elsewhere.json")->{verdict}, 'error', 'the verdict, where it was asked for');
is(verdict($new, '-q')->{out}, '', '--quiet');
is(verdict($new, '-o', "$dir/no/such/dir/v.json")->{code}, 4, 'a verdict that cannot be written');

# ---- the badge ----

# The words and the accessible title say the verdict; each has its colour.
my %fill;
for my $case (['pass', 0, $new], ['fail', 5, '--gate', 'fork:mb=0:insns<=1', $new],
	['inconclusive', 3, '--variant', 'nopin', '--workload', 'exec', '--vcpus', '1,2', $new], ['error', 4, "$dir/r/none.json"]) {
	my ($word, $code, @arguments) = @$case;
	is_verdict("badge, $word", $word, $code, '--badge', "$dir/r/badge.svg", '-q', @arguments);
	my $svg = slurp("$dir/r/badge.svg");
	like($svg, qr|<title>pvmmu: $word</title>|, "badge, $word: title");
	like($svg, qr|>$word</text>|, "badge, $word: text");
	($fill{$word}) = $svg =~ /<rect x=.*fill="(#[0-9a-f]{6})"/;
}
is(scalar(keys %{{reverse %fill}}), 4, 'badges differ in colour');
$got = verdict('--badge', "$dir/none/badge.svg", '-q', $new);
is($got->{code}, 4, 'a badge that cannot be written is an error');
like($got->{err}, qr|cannot write \Q$dir/none/badge.svg\E|, 'and told');

done_testing;
