#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# history: the index of result sets, series over time, where they changed and why.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use JSON::PP;
use PvmmuTest;

my $golden = "$root/tests/golden/two-variants.json";
my $dir    = "$tmp/results";
make_path("$dir/deeper");

sub history
{
	my $got = pvmmu('history', '--results', $dir, @_);
	unlike($got->{err}, qr/Sanitizer|runtime error/, 'no sanitizer report');
	return $got;
}

# Like that, for what is to be fine and silent.
sub fine
{
	my $got = history(@_);
	is($got->{code}, 0, "fine: @_") or diag($got->{err});
	is($got->{err}, '', 'and silent');
	return $got->{out};
}

sub json { return decode_json(fine('--format', 'json', @_)) }

# A set of the golden one's first run (fork, nopin), measured on a day of January 2026.
sub put
{
	my ($name, $day, $change) = @_;
	my $set = read_json($golden);
	$set->{runs}    = [$set->{runs}[0]];
	$set->{created} = sprintf('2026-01-%02dT00:00:00Z', $day);
	$set->{producer}{version} = "commit$day";
	$change->($set->{runs}[0], $set) if $change;
	return write_json("$dir/$name", $set);
}

sub crash
{
	my ($run) = @_;
	$run->{outcome} = {status => 'crash', reason => 'guest panic'};
	$run->{series}  = [];
	delete @$run{qw(counters counted_iterations clock conserved)};
}

my @fork = qw(--variant nopin --workload fork);

# ---- sets ----
is(fine(), "created  runs  good  commit  tier  rig  file  imported from\n", 'no result sets');
put('a.json', 1);
my $got = history();
is($got->{code}, 0, 'one');
is($got->{err}, "pvmmu: 1 of 1 files indexed\n", 'it is indexed');
like($got->{out}, qr/^2026-01-01T00:00:00Z     1     1  commit1  exact  solo  a\.json  -$/m, 'and listed');
is(fine(), $got->{out}, 'once');
ok(-s "$dir/.index.sqlite", 'there is an index');

# ---- one series, whatever was observed ----
put('deeper/b.json', 2, sub { my ($run, $set) = @_;
	$set->{observed} = {load_1min => 99, cpus => 64, jobs => 7, kernel => 'Linux 9'};
	$run->{observed} = {duration_s => 1234, start => 'cold'};
	$run->{identity}{compiler} = 'cc 2.0';
});
history('-q');
my $all = json('points');
is(scalar @{$all->{series}}, 1, 'load, machine and duration do not split a series, nor does a compiler');
is(scalar @{$all->{series}[0]{points}}, 2, 'it has two points');
is_deeply([map { $_->{file} } @{$all->{series}[0]{points}}], ['a.json', 'deeper/b.json'], 'oldest first');
is_deeply($all->{series}[0]{changes}, [], 'and did not change');
is($all->{series}[0]{points}[0]{median}, 1508, 'the median');
put('other.json', 2, sub { $_[0]{identity}{memory_mib} = 1024 });
history('-q');
is(scalar @{json('points')->{series}}, 2, 'memory does');
unlink("$dir/other.json");
$got = history('-q');
is($got->{err}, "pvmmu: note: other.json is gone\n", 'a file that is gone is missed');
is(scalar @{json('points')->{series}}, 1, 'and its series as well');

# ---- an exact change, and what else changed ----
put('c.json', 3, sub { my ($run) = @_;
	$_ += $_ == 1509 for @{$run->{series}[0]{samples}};
	$run->{identity}{compiler} = 'cc 2.0';
	$run->{identity}{xen}{version} = '9.9';
	s/^768M$/999M/ for @{$run->{identity}{qemu}{arguments}};
	$run->{command} = 'build/pvmmu run --number three';
});
history('-q');
my ($series) = @{json(@fork)->{series}};
is(scalar @{$series->{changes}}, 1, 'another sample is a change');
my $change = $series->{changes}[0];
is($change->{kind}, 'exact', 'of an exact metric');
is($change->{after}{file}, 'c.json', 'first in the third set');
is($change->{before}{file}, 'deeper/b.json', 'not yet in the second');
is_deeply([map { $_->{what} } @{$change->{changed}}], [qw(commit qemu.arguments xen.version)], 'and what else differs is named');
is($change->{after}{command}, 'build/pvmmu run --number three', 'with the command that repeats it');
my $text = fine(@fork);
like($text, qr/^2026-01-03T00:00:00Z: xen64-fork~nopin: 1,508 -> 1,508 instructions \(the same median of other samples\)$/m, 'in words');
like($text, qr/^    changed: commit commit2 -> commit3; qemu\.arguments 768M -> 999M; xen\.version \S+ -> 9\.9$/m, 'what changed');
like($text, qr/^    before: \(at commit commit2\) build.* --seed 1\n    after:  \(at commit commit3\) build.*three$/m, 'how to repeat both');
put('d.json', 4, sub { my ($run, $set) = @_;
	$run->{identity}{compiler} = 'cc 2.0';
	$run->{identity}{xen}{version} = '9.9';
	s/^768M$/999M/ for @{$run->{identity}{qemu}{arguments}};
	$run->{series}[0]{samples} = [map { $_ * 2 } 1 .. 8];
	$set->{producer}{version} = 'commit3';
});
history('-q');
like(fine(@fork, 'changes'), qr/1,508 -> 9 instructions \(-99\.40 %, better\)\n.*\n    changed: nothing that is recorded, so the rig did not repeat/, 'a change without any cause is the rig\'s');
unlike(fine(@fork, 'changes', '--floor', '10%'), qr/the same median/, '--floor');

# ---- what is no success ----
put('e.json', 5, sub { crash($_[0]) });
history('-q');
$series = json(@fork)->{series}[0];
is($series->{points}[4]{outcome}, 'crash', 'a crash is a point');
ok(!exists $series->{points}[4]{median}, 'without a value');
is($series->{changes}[-1]{kind}, 'outcome', 'and a change');
like(fine(@fork), qr/^2026-01-05T00:00:00Z  commit5\s+-\s+-\s+0  e\.json \/runs\/0 +crash: guest panic$/m, 'it is shown');
like(fine(@fork), qr/: success -> crash: guest panic$/m, 'as a change, too');
like(fine('series', @fork), qr/^xen64-fork~nopin +solo +exact +insns +instructions +5 +1,508 +9 +-99\.40 % +3 /m, 'a row of the series');

# ---- counters, and filters ----
is(json(@fork, '--metric', 'hypercalls')->{series}[0]{points}[0]{median}, 3, 'a counter per iteration');
is(json(@fork, '--metric', 'mmuext.pin')->{series}[0]{points}[0]{median}, 1, 'one of a group');
is(scalar @{json(@fork, '--where', 'xen=9.9')->{series}[0]{points}}, 2, '--where, about what runs were made of');
is(scalar @{json(@fork, '--since', '2026-01-02', '--until', '2026-01-03')->{series}[0]{points}}, 2, '--since and --until');
my $key = $series->{key};
is(scalar @{json('--series', $key)->{series}}, 1, '--series');
is(scalar(() = fine(@fork, '--last', 2) =~ /^2026.*json \/runs\/0/mg), 2, '--last');
for my $case (
	[[@fork, '--metric', 'insn'], 64, qr/unknown metric "insn"; did you mean "insns"/],
	[['--workload', 'frok'], 64, qr/unknown workload "frok"; did you mean "fork"/],
	[['--where', 'xen=8'], 64, qr/unknown value of xen "8"/],
	[['--series', 'zz'], 64, qr/no series has a key that begins with zz/],
	[['series', '--since', '2030-01-01'], 4, qr/no run of these series was measured within these dates/],
	[['--since', 'monday'], 64, qr/--since: expected YYYY-MM-DD/],
	[['--floor', 'a'], 64, qr/--floor: expected a share, 5% or 0\.05, found "a"/],
	[['--floor', '20'], 64, qr/--floor: .* is it 20%\? A number from 1 on needs the sign %/],
	[['graph'], 64, qr/unknown view "graph"/],
	[['sets', '--variant', 'eager'], 64, qr/takes --since and --until, and no other filter/],
	[['--format', 'xml'], 64, qr/unknown format "xml"/],
	[['sets', 'series'], 64, qr/expected one view at most/],
) {
	my ($words, $code, $why) = @$case;
	$got = history(@$words);
	is($got->{code}, $code, "@$words");
	like($got->{err}, $why, 'says why');
}
is(pvmmu('history', '--results', "$tmp/nowhere")->{code}, 4, 'no directory');

# ---- formats ----
my @csv = split /\n/, fine(@fork, 'points', '--format', 'csv');
is($csv[0], 'key,series,rig,tier,metric,unit,measured,commit,outcome,reason,n,median,least,largest,change,file,place', 'CSV: the head');
is($csv[1], "$key,xen64-fork~nopin,solo,exact,insns,instructions,2026-01-01T00:00:00Z,commit1,success,,8,1508,1507,1509,,a.json,/runs/0", 'a row');
like($csv[5], qr/,crash,guest panic,0,,,,,e\.json,/, 'what is missing is empty');
like(fine(@fork, '--format', 'md'), qr/^    xen64-fork~nopin.*\n\n\| measured .*\n\| --/m, 'Markdown');

# ---- the same run in two files ----
spew("$dir/f.json", slurp("$dir/a.json"));
history('-q');
$series = json(@fork)->{series}[0];
is(scalar @{$series->{points}}, 5, 'a copy is no point of its own');
is($series->{points}[0]{copies}, 1, 'it is told');

# ---- files that changed, that cannot be used, and that are something else ----
utime(1, 1, "$dir/a.json");
like(history()->{err}, qr/\Apvmmu: 1 of 6 files indexed\n\z/, 'touched: read again, and that is all');
put('f.json', 6);
is(history('-q')->{err}, "pvmmu: note: f.json has changed since it was indexed: a result set is not supposed to\n", 'changed: said');
is(scalar @{json(@fork)->{series}[0]{points}}, 6, 'and indexed anew');
spew("$dir/broken.json", '{"runs": [');
put('wrong.json', 7, sub { $_[0]{identity}{vcpus} = 0 });
put('future.json', 7, sub { $_[1]{schema_version} = 99 });
write_json("$dir/verdict.json", {verdict => 'PASS'});
spew("$dir/.hidden.json", 'x');
make_path("$dir/a.json.logs");
spew("$dir/a.json.logs/log.json", 'x');
spew("$dir/esc\e[2Jape.json", '{}');
$got = history();
is($got->{code}, 0, 'broken files do not stop the rest');
like($got->{err}, qr/broken\.json:1:/, 'syntax');
like($got->{err}, qr{wrong\.json: /runs/0/identity/vcpus: expected at least 1, found 0}, 'a violation');
like($got->{err}, qr{future\.json: /schema_version: expected 1 to 2, found 99: a newer version}, 'a version to come');
like($got->{err}, qr/esc\\x1b\[2Jape\.json: its name cannot be shown/, 'a name that acts on terminals');
unlike($got->{err}, qr/verdict|hidden|log\.json/, 'what is something else is not complained about');
unlink("$dir/esc\e[2Jape.json");
$text = fine('files');
like($text, qr/^- +- +- +- +- +- +broken\.json +- +broken: .*broken\.json:1:/m, 'files lists it, and why');
like($text, qr/verdict\.json +- +other/, 'and what else there is');
is(scalar @{json('files')->{files}}, 12, 'as JSON');
is_deeply([map { "$_->{state} $_->{file}" } grep { $_->{file} !~ /json$/ } @{json('files')->{files}}],
	['index .index.sqlite', 'logs a.json.logs'], 'and what else is ours');
is(scalar @{json(@fork)->{series}[0]{points}}, 6, 'the rest is as before');
unlink(map { "$dir/$_.json" } qw(broken wrong future));
history('-q');

# ---- the index ----
$text = fine(@fork);
is(history('-q', '--rebuild', @fork)->{out}, $text, '--rebuild: the same');
# Bytes 60 to 63 hold the version.
sub poke { open(my $f, '+<', "$dir/.index.sqlite") or die; seek($f, $_[0], 0); print $f $_[1]; close($f) }
poke(60, "\0\0\0\x63");
$got = history(@fork);
is($got->{out}, $text, 'an index of another version: the same');
like($got->{err}, qr/7 of 7 files indexed/, 'because it is made anew');
spew("$dir/.index.sqlite", 'x' x 5000);
$got = history(@fork);
is($got->{out}, $text, 'a damaged one: the same');
like($got->{err}, qr/is damaged .* it is made anew/, 'and said');
poke(68, "abcd");
$got = history('--index', "$dir/.index.sqlite");
is($got->{code}, 4, 'somebody else\'s database');
like($got->{err}, qr/is no index of result sets: it is left as it is/, 'is left alone');
unlink("$dir/.index.sqlite");
$got = history('-q', '--index', "$tmp/no/such/index", @fork);
is($got->{out}, $text, 'an index that cannot be kept: the same');
is($got->{err}, '', 'and --quiet');
$got = history('--index', "$tmp/no/such/index", @fork);
like($got->{err}, qr/the index cannot be kept \(.*\): it is made for this once/, 'and said');

# Several at once, with nothing indexed: each finds everything.
put("many$_.json", 10 + $_ % 15, sub { $_[0]{identity}{seed} = 2 }) for 1 .. 60;
my @at_once = map { start_command($pvmmu, 'history', '--results', $dir, '-q', 'points', '--format', 'csv') } 1 .. 3;
my %out = map { my $g = finish_command($_); is($g->{code}, 0, 'at once') or diag($g->{err}); ($g->{out} => 1) } @at_once;
is(scalar keys %out, 1, 'all find the same');
is((keys %out)[0], fine('points', '--format', 'csv'), 'and it stays');

# While another program is writing, one waits.
my $holder = start_command('python3', '-c', <<'PYTHON', "$dir/.index.sqlite", "$tmp/held", "$tmp/release");
import os, sqlite3, sys, time
index = sqlite3.connect(sys.argv[1], isolation_level=None)
index.execute("BEGIN IMMEDIATE")
open(sys.argv[2], "w")
while not os.path.exists(sys.argv[3]):
    time.sleep(0.01)
index.execute("COMMIT")
PYTHON
ok(wait_until(sub { -e "$tmp/held" }), 'somebody writes to the index');
put('late.json', 28, sub { $_[0]{identity}{seed} = 3 });
my $waiting = start_command($pvmmu, 'history', '-q', '--results', $dir, 'sets', '--since', '2026-01-28');
# Enough for it to try.
select(undef, undef, undef, 1);
spew("$tmp/release", '');
finish_command($holder);
$got = finish_command($waiting);
is($got->{code}, 0, 'it is waited for') or diag($got->{err});
like($got->{out}, qr/late\.json/, 'and nothing is lost');

# In Markdown all that is no table is code.
put('markup.json', 29, sub { my ($run) = @_;
	$run->{identity}{seed} = 4;
	crash($run);
	$run->{outcome}{reason} = '<script>`x`';
	$run->{command} = "a\n```\n# b";
	$run->{id} = 'xen64-<b>|x~y';
});
put('markup2.json', 30, sub { $_[0]{identity}{seed} = 4 });
history('-q');
unlike(fine('changes', '--where', 'seed=4', '--format', 'md'), qr/^(?!    |$)/m, 'Markdown: changes are code');
$text = fine('points', '--where', 'seed=4', '--format', 'md');
like($text, qr/crash: \\<script>\\`x\\`/, 'names in tables are escaped');
unlike($text, qr/^(?!    |\||$)/m, 'and the rest is code');

# ---- noise ----
unlink(glob("$dir/*.json"), glob("$dir/deeper/*"));
for my $day (1 .. 20) {
	put("n$day.json", $day, sub { my ($run, $set) = @_;
		my $level = $day < 12 ? 1000 : 1100;
		$run->{identity}{tier} = 'wall';
		$set->{observed}{cpu_model} = $day < 12 ? 'old' : 'new';
		@{$run->{series}[0]}{qw(name unit exact)} = ('time', 'ns', JSON::PP::false);
		$run->{series}[0]{samples} = [map { $level + ($_ * 7 + $day * 13) % 17 } 1 .. 8];
	});
}
history('-q');
$series = json(@fork)->{series}[0];
is(scalar @{$series->{changes}}, 1, 'noise: one change');
is($series->{changes}[0]{kind}, 'shift', 'of the level');
is($series->{changes}[0]{after}{file}, 'n12.json', 'at the right set');
ok($series->{changes}[0]{p} < 0.01, 'which is no chance');
like(fine(@fork), qr/^    observed: cpu_model old -> new$/m, 'what was observed is named, apart');
is(fine('changes', @fork, '--segment', 11), "No change.\n", '--segment');
is(fine('changes', @fork, '--floor', $_), "No change.\n", "--floor $_") for '20%', '0.2';

done_testing();
