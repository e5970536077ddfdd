#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# import and merge: result sets of others, and several in one; sets of older versions.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use Digest::SHA qw(sha256_hex);
use File::Path qw(make_path);
use JSON::PP;
use PvmmuTest;

my $golden = "$root/tests/golden/two-variants.json";
my $old    = "$root/tests/golden/schema/1-first.json";
my $dir    = "$tmp/results";
my $got;

sub fine
{
	my $got = pvmmu(@_);
	is($got->{code}, 0, "fine: @_[0 .. 1]") or diag($got->{err});
	is($got->{err}, '', 'and silent');
	return $got->{out};
}

sub wrong
{
	my ($code, $why, @words) = @_;
	my $got = pvmmu(@words);
	is($got->{code}, $code, "code $code: $words[0]");
	like($got->{err}, $why, 'and says why');
	unlike($got->{err}, qr/Sanitizer|runtime error/, 'no sanitizer report');
	return $got->{out};
}

sub changed
{
	my ($name, $change, $from) = @_;
	my $set = read_json($from // $golden);
	$change->($set) if $change;
	return write_json("$tmp/$name", $set);
}

sub history { return decode_json(fine('history', '-q', '--results', $dir, '--format', 'json', @_)) }

# ---- import ----
my $from = changed('a.json', sub { $_[0]{created} = '2026-01-02T03:04:05Z' });
my $hash = sha256_hex(slurp($from));
my $name = '20260102T030405Z-' . substr($hash, 0, 12) . '.json';
is(fine('import', '--results', $dir, $from), "$from: 4 runs, as $dir/imported/$name\n", 'import');
is(slurp("$dir/imported/$name"), slurp($from), 'the bytes are what they were');
my $note = read_json("$dir/imported/$name.origin");
is_deeply([@$note{qw(file sha256 from bytes)}], [$name, $hash, $from, -s $from], 'with a note of its way');
like($note->{imported}, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, 'and the date');
is(fine('import', '--results', $dir, $from), "$from: there already, as $dir/imported/$name\n", 'a second time: known');
like(fine('history', '--results', $dir), qr/imported\/$name  \Q$from\E$/m, 'lists show where it is from');

# A file that is partly there already; a file that cannot be imported does not stop the rest.
my $more = changed('more.json', sub { my ($set) = @_;
	$set->{created} = '2026-01-02T03:04:05Z';
	splice(@{$set->{runs}}, 2);
	$set->{runs}[1]{observed}{duration_s} = 77;
});
my $bad = changed('bad.json', sub { $_[0]{runs}[0]{identity}{vcpus} = 'x' });
my $out = wrong(4, qr{bad\.json: /runs/0/identity/vcpus: expected integer}, 'import', '--results', $dir, '--from', 'a friend',
	$bad, "$tmp/nowhere.json", $more);
like($out, qr/^\Q$more\E: 2 runs, as .*\n1 of them are in other files as well; histories show them once$/m, 'runs that are there already');
like(fine('history', '--results', $dir), qr/a friend$/m, '--from');
is(scalar @{[glob("$dir/imported/*.json")]}, 2, 'nothing else came in');
is(scalar @{history('points')->{series}[0]{points}}, 1, 'a run that is in two files is one point');
# The one whose duration was changed is another run.
is_deeply([map { scalar @{$_->{points}} } @{history('points', '--variant', 'eager', '--workload', 'fork:mb=0')->{series}}], [2], 'one that differs is two');
is(fine('history', '--results', $dir, 'files', '-q') =~ /broken/ ? 1 : 0, 0, 'notes are no result sets');

# An imported file that was changed afterwards.
spew("$dir/imported/$name", slurp($from) . "\n");
my $changed = pvmmu('history', '-q', '--results', $dir);
like($changed->{err}, qr/\Q$name\E has changed since it was indexed/, 'changed: said');
like($changed->{err}, qr/\Q$name\E: no longer what was imported, going by/, 'against its note, too');

# An older version stays what it is, and is used.
is(fine('import', '--results', $dir, $old) =~ /2 runs, as (\S+)/ ? slurp($1) : '', slurp($old), 'an older version is kept as it is');
my ($series) = @{history('points', '--workload', 'pagefault')->{series}};
is($series->{identity}{workload}{parameters}{kb}, 4, 'and migrated when it is read');
is(fine('validate', $old, "$root/tests/golden/schema/1-perf.json"), "$old: valid, 2 runs\n$root/tests/golden/schema/1-perf.json: valid, 2 runs\n", 'older versions are valid');
wrong(64, qr/no file given/, 'import');

# ---- merge ----
my $one   = changed('one.json', sub { splice(@{$_[0]{runs}}, 2); $_[0]{created} = '2026-02-01T00:00:00Z'; $_[0]{producer}{version} = 'one' });
my $two   = changed('two.json', sub { splice(@{$_[0]{runs}}, 0, 2); $_[0]{created} = '2026-02-02T00:00:00Z'; $_[0]{observed}{cpu_model} = 'Other' });
my $both  = "$tmp/both.json";
is(fine('merge', '-o', $both, $one, $two), "$both: 4 runs of 2 files\n", 'merge');
like(fine('validate', $both), qr/valid, 4 runs/, 'it is valid');
my $set = read_json($both);
is_deeply([map { $_->{origin} } @{$set->{runs}}], [0, 0, 1, 1], 'each run says where it is from');
is_deeply([map { $_->{file} } @{$set->{merged_from}}], ['one.json', 'two.json'], 'by the files\' names');
is($set->{merged_from}[0]{sha256}, sha256_hex(slurp($one)), 'their hashes');
is($set->{merged_from}[1]{observed}{cpu_model}, 'Other', 'and what was observed there');
like($set->{command}, qr/^build\/pvmmu merge -o \S+both\.json/, 'the command');
wrong(4, qr/both\.json is there already: nothing is overwritten without --force/, 'merge', '-o', $both, $one);
fine('merge', '-q', '--force', '-o', $both, $one, $two);

# The dates and programs of a merged set's runs are those of its sources.
make_path("$dir/merged");
unlink(glob("$dir/imported/*"));
fine('merge', '-q', '-o', "$dir/merged/both.json", $one, $two);
pvmmu('history', '-q', '--results', $dir);
my %point = map { $_->{label} => $_->{points}[0] } @{history('points')->{series}};
is($point{'xen64-fork~nopin'}{created}, '2026-02-01T00:00:00Z', 'its history is that of the sources');
is($point{'xen64-fork~nopin'}{commit}, 'one', 'with their programs');
is($point{'xen64-fork:mb=16~eager'}{created}, '2026-02-02T00:00:00Z', 'each its own');
spew("$dir/one.json", slurp($one));
pvmmu('history', '-q', '--results', $dir);
is_deeply([map { @{$_->{points}} + 0 } @{history('points')->{series}}], [1, 1, 1, 1], 'source and merged set: the same points');

# Merging the merged.
my $three = changed('three.json', sub { my ($s) = @_; $s->{runs} = [$s->{runs}[0]]; $s->{runs}[0]{id} =~ s/fork/fork:seed=2/; $s->{runs}[0]{identity}{seed} = 2 });
fine('merge', '-q', '-o', "$tmp/all.json", $three, $both);
$set = read_json("$tmp/all.json");
is_deeply([map { $_->{file} } @{$set->{merged_from}}], [qw(three.json one.json two.json)], 'merging a merged set keeps the first origins');
is_deeply([map { $_->{origin} } @{$set->{runs}}], [0, 1, 1, 2, 2], 'of each run');
fine('validate', "$tmp/all.json");

# The same run twice, and two that differ.
is(fine('merge', '-o', "$tmp/m1.json", $one, $golden), "$tmp/m1.json: 4 runs of 2 files; equal runs of several files, kept once: 2\n", 'what says the same is in it once');
my $swept = changed('swept.json', sub { my ($s) = @_;
	splice(@{$s->{runs}}, 1);
	$s->{runs}[0]{observed}{duration_s} = 5;
	$s->{runs}[0]{family} = {id => 'xen64-fork~nopin', axes => [{name => 'mb', unit => 'MiB'}], point => {mb => 0}};
});
like(fine('merge', '-f', '-o', "$tmp/m1.json", $one, $swept), qr/: 2 runs of 2 files; equal runs of several files, kept once: 1/, 'also with another duration, as a point of a sweep');
my $slower = changed('slower.json', sub { splice(@{$_[0]{runs}}, 1); $_ += 5 for @{$_[0]{runs}[0]{series}[0]{samples}}; $_[0]{created} = '2026-01-15T00:00:00Z' });
wrong(4, qr/xen64-fork~nopin: in \S+one\.json and, different, in \S+slower\.json\n.*nothing was written; --prefer/s, 'merge', '-o', "$tmp/m2.json", $one, $slower);
ok(!-e "$tmp/m2.json", 'nothing was written');
for my $case (['first', $one, $slower, 1507], ['last', $one, $slower, 1512], ['newest', $slower, $one, 1507], ['newest', $one, $slower, 1507]) {
	my ($how, $first, $second, $least) = @$case;
	my $got = pvmmu('merge', '-q', '-f', '--prefer', $how, '-o', "$tmp/m3.json", $first, $second);
	is($got->{code}, 0, "--prefer $how");
	like($got->{err}, qr/^pvmmu: xen64-fork~nopin: in .* and, different, in /, 'names what was left out');
	my ($run) = grep { $_->{id} eq 'xen64-fork~nopin' } @{read_json("$tmp/m3.json")->{runs}};
	is((sort { $a <=> $b } @{$run->{series}[0]{samples}})[0], $least, 'and takes that one');
}

# Sets that no table could show together.
my $wall = changed('wall.json', sub { for (@{$_[0]{runs}}) { $_->{identity}{tier} = 'wall'; $_->{id} =~ s/fork/fork:wall=1/ } });
wrong(4, qr/tiers cannot be mixed/, 'merge', '-o', "$tmp/m4.json", $golden, $wall);
ok(!-e "$tmp/m4.json", 'nothing was written');
fine('merge', '-q', '-o', "$tmp/m5.json", $old, $golden);
is(read_json("$tmp/m5.json")->{schema_version}, 2, 'older versions merge with newer ones');
wrong(4, qr/bad\.json: /, 'merge', '-o', "$tmp/m6.json", $golden, $bad);
wrong(64, qr/say with -o FILE where to write/, 'merge', $golden);
wrong(64, qr/no file given/, 'merge', '-o', "$tmp/m7.json");
wrong(64, qr/unknown preference "best"/, 'merge', '--prefer', 'best', '-o', "$tmp/m7.json", $golden);

# An origin that is none.
wrong(4, qr{/runs/0/origin: expected an index into 2 of /merged_from, found 7}, 'validate',
	changed('origin.json', sub { $_[0]{runs}[0]{origin} = 7 }, $both));

done_testing();
