#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Documents cannot go stale: README and docs have the numbers of docs/data. If a number differs, in a table,
# a sample output or the prose, an error names it. If the sets were measured on another guest than this tree's,
# this is a warning here, and an error of `make release-check`.
use strict;
use warnings;
use File::Path qw(make_path);
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

sub docs { my ($top, @how) = @_; return run_command('python3', "$top/mk/docs.py", @how) }

# ---- this tree ----

my $got = docs($root, 'check');
is($got->{code}, 0, 'README and docs have the numbers of docs/data');
diag($got->{err}) if $got->{err};
$got = docs($root, 'fresh');
diag("warning: $got->{err}") if $got->{code};
like($got->{code} . $got->{err}, qr/^(0$|1.*measure again)/s, 'docs/data is of this guest, or it is said that it is not');

my %packed = map { m|([^/]+)\.json\.xz$| ? ($1 => -s) : () } glob "$root/docs/data/*.json.xz";
my $all = 0;
$all += $_ for values %packed;
cmp_ok($all, '<', 4 << 20, 'docs/data has a few MB at most');
my %quoted = map { $_ => 1 } map { slurp($_) =~ m|results/([\w-]+)\.json|g } glob("$root/docs/*.md"), "$root/README.md";
like(slurp("$root/docs/claims.txt"), qr/\Q$_\E/, "$_ is used") for grep { !$quoted{$_} } sort keys %packed;

# ---- plain English ----

# Sentences of a page that begin with a word that hides their subject, as FILE:LINE: SENTENCE. Blocks that
# commands write are left out.
sub hidden_subjects
{
	my ($file, $text) = @_;
	my $words = qr/(?:Of|Who|Whose|Whoever|What|Whatever|That|Nothing|Nobody)/;
	my $blank = sub { $_[0] =~ s/[^\n]//gr };

	$text =~ s/(<!-- make docs.*?<!-- end -->|^```.*?^```)/$blank->($1)/gesm;
	my @found;
	while ($text =~ /(?:^(?:- |\d\. |\| |#+ )?|[.:;!?]\s|\| |\*\*)(?=($words\b[^.|\n]*))/mg) {
		my $line = 1 + (substr($text, 0, $-[1]) =~ tr/\n//);
		push @found, "$file:$line: $1";
	}
	return @found;
}
is(join("\n", map { hidden_subjects($_ =~ s|^\Q$root\E/||r, slurp($_)) } "$root/README.md", "$root/CONTRIBUTING.md",
	glob("$root/docs/*.md")), '', 'sentences begin with their subject');
is_deeply([hidden_subjects('x', "A fine one.\nAnother. Of these, two. **What** is.\n```\nThat\n```\n| Who | is |\n")],
	['x:2: Of these, two', 'x:2: What** is', 'x:6: Who '], 'and others are found');

# ---- a tree of its own, in which documents lie ----

my $top = "$tmp/tree's";
make_path("$top/$_") for qw(docs/data docs/img mk tests build abi guest-kernel workloads);
symlink("$root/build/$_", "$top/build/$_") for qw(pvmmu share guest);
symlink("$root/results.schema.json", "$top/results.schema.json");
spew("$top/tests/linux-6.1.tsv", slurp("$root/tests/linux-6.1.tsv"));
spew("$top/mk/$_", slurp("$root/mk/$_")) for qw(docs.py docs-tables.py);
spew("$top/guest-kernel/main.c", "int main;\n");
my $set = read_json("$root/tests/golden/two-variants.json");
spew("$top/matrix.json", JSON::PP->new->encode($set));
system('xz', '-k', "$top/matrix.json") == 0 or die;
rename("$top/matrix.json.xz", "$top/docs/data/matrix.json.xz") or die;

my $claims = <<'END';
// A comment.
== README.md
A fork takes # instructions, with 16 MiB # times as many.
	{eager fork}
	{eager fork:mb=16} / {eager fork}
	so {eager fork} < {eager fork:mb=16}
`nopin` needs # % more.
	100 * ({nopin fork} / {eager fork} - 1)
allow 4.17 // versions
END
my $readme = <<'END';
# Tree

Xen 4.17. A fork takes 1,008 instructions, with 16
MiB 2.59 times as many. `nopin` needs 50 % more.

<!-- make docs: build/pvmmu compare results/matrix.json --wide --format md  ## grep fork -->
<!-- end -->

<!-- make docs: $ build/pvmmu compare results/matrix.json --base eager --workload fork:mb=0  ## sed 1q -->
<!-- end -->
END
spew("$top/docs/claims.txt", $claims);
spew("$top/README.md", $readme);
$got = docs($top, 'check');
is($got->{code}, 1, 'tables that were never written: found');
like($got->{err}, qr/^\+\| fork mb=16 .*^`make docs` writes it/ms, 'with what should be there');
is(slurp("$top/README.md"), $readme, 'check writes nothing');
is(docs($top, 'write')->{code}, 0, 'written') or diag(docs($top, 'write')->{err});
my $good = slurp("$top/README.md");
like($good, qr/^\| fork mb=16 \|.* 2,608 \|$/m, 'a table');
like($good, qr/^    \$ build.pvmmu compare results.matrix\.json --base eager --workload fork:mb=0\n    insns: medians/m, 'a console, without its filter');
like($good, qr/1,008 instructions, with 16\nMiB 2\.59 times/, 'numbers that are right stay, lines as well');
is(docs($top, 'check')->{code}, 0, 'and is found right');

# Each of these is found, and named.
for my $case (
	['a digit of a table',      sub { s/2,608/2,607/ },                           qr/^-.*2,607.*\n(.*\n)*?\+.*2,608/m],
	['a line of a console',     sub { s/^    insns: medians/    insns: minima/m }, qr/^-    insns: minima/m],
	['a number of the prose',   sub { s/1,008 instr/1,009 instr/ },                qr/^-.*1,009 instructions.*\n(.*\n)*?\+.*1,008 instructions/m],
	['a percentage',            sub { s/50 %/51 %/ },                              qr/^\+.*needs 50 % more/m],
	['a number of nowhere',     sub { s/Xen 4\.17/Xen 4.17 and 12,345 of them/ },  qr/^README\.md:3: 12,345 comes from no result set/m],
	['a ratio of nowhere',      sub { s/Xen 4\.17/Xen 4.17 and 1.75 times/ },      qr/^README\.md:3: 1\.75 comes from no result set/m],
	['a phrase that is gone',   sub { s/needs 50 % more/costs 50 % more/ },        qr/claims\.txt:7: README\.md has the phrase 0 times/],
	['a phrase that is there twice', sub { s/^# Tree/`nopin` needs 50 % more./ },  qr/claims\.txt:7: README\.md has the phrase 2 times/],
	['a command that fails',    sub { s/--wide/--wied/ },                            qr/README\.md: build.pvmmu compare results.matrix\.json --wied .*: exit code \d.*unknown option/],
) {
	my ($what, $change, $says) = @$case;
	local $_ = $good;
	$change->();
	isnt($_, $good, "$what: changed");
	spew("$top/README.md", $_);
	my $got = docs($top, 'check');
	is($got->{code}, 1, "$what: found");
	like($got->{err}, $says, "$what: named");
}
for my $case (
	['a formula that no cell is behind', 's/\{eager fork\}$/{eager frok}/m',     qr/claims\.txt:3: matrix has 0 runs frok~eager/],
	['more than arithmetic',             's/\{eager fork\}$/open(1)/m',           qr/claims\.txt:3: not a formula: open/],
	['a formula too few',                's/^\t100.*\n//m',                       qr/claims\.txt:7: 1 numbers and 0 formulas/],
	['words that are no longer so',      's/so \{eager fork\} </so {eager fork} >/', qr/claims\.txt:3: no longer so/],
) {
	my ($what, $change, $says) = @$case;
	local $_ = $claims;
	eval $change;
	isnt($_, $claims, "$what: changed");
	spew("$top/docs/claims.txt", $_);
	spew("$top/README.md", $good);
	my $got = docs($top, 'check');
	is($got->{code}, 1, "$what: found");
	like($got->{err}, $says, "$what: named");
}
# A set that was not measured is reported, and fails only if everything is asked for.
spew("$top/docs/claims.txt", $claims =~ s/\{eager fork\}$/{depth: eager fork}/mr);
$got = docs($top, 'check');
is($got->{code}, 0, 'a set that is not there');
is($got->{err}, "warning: docs/data has no set depth, whose numbers are quoted: make docs-data SETS=depth\n", 'is a warning');
is(docs($top, 'write')->{code}, 0, 'its numbers');
is(slurp("$top/README.md"), $good, 'stay');
$got = docs($top, 'check', '--complete');
is($got->{code}, 1, 'and an error where all are due');
spew("$top/docs/claims.txt", $claims);
spew("$top/README.md", $good =~ s|results/matrix\.json --wide|results/other.json --wide|r);
$got = docs($top, 'check');
like("$got->{code} $got->{err}", qr/^0 warning: docs.data has no set other,/, 'the same for a table');
spew("$top/README.md", $good);

# Other data, other numbers: all of them are written, and nothing else changes.
for (@{$set->{runs}}) {
	$_->{series}[0]{samples} = [map { $_ + 1000 } @{$_->{series}[0]{samples}}];
}
spew("$top/matrix.json", JSON::PP->new->encode($set));
system('xz', '-kf', "$top/matrix.json") == 0 or die;
rename("$top/matrix.json.xz", "$top/docs/data/matrix.json.xz") or die;
utime(1e9, 1e9, "$top/docs/data/matrix.json.xz");
is(docs($top, 'check')->{code}, 1, 'other data: found');
is(docs($top, 'write')->{code}, 0, 'other data: written');
my $new = slurp("$top/README.md");
like($new, qr/2,008 instructions, with 16\nMiB 1\.80 times as many\. `nopin` needs 25 % more\.$/m, 'other data: in the prose');
like($new, qr/^\| fork mb=16 \|.* 3,608 \|$/m, 'other data: in the table');
is(docs($top, 'check')->{code}, 0, 'other data: right again');

# Which guest was measured.
$got = docs($top, 'fresh');
is($got->{code}, 1, 'nobody knows which guest was measured');
like($got->{err}, qr/measured on other sources.*measure again, `make docs-data docs`/, 'said so');
$got = docs($top, 'pack', "$top/matrix.json");
is($got->{code}, 4, 'a set of other images is not taken');
like($got->{err}, qr/xen64-fork\S* was measured on another image than this tree has: measure again/, 'said so');
my %hash;
for my $run (@{$set->{runs}}) {
	my $image = "$root/build/guest/xen64/$run->{identity}{variant}{name}/pvmmu-guest.elf";
	($run->{identity}{image}{kernel_sha256}) = split ' ', ($hash{$image} //= `sha256sum '$image'`);
}
spew("$top/matrix.json", JSON::PP->new->encode($set));
is(docs($top, 'pack', "$top/matrix.json")->{code}, 0, 'one of these images is');
is(docs($top, 'fresh')->{code}, 0, 'and is fresh');
spew("$top/guest-kernel/main.c", "int main; /* changed */\n");
is(docs($top, 'fresh')->{code}, 0, 'sources that change no image change nothing');
$set->{runs}[0]{identity}{image}{kernel_sha256} = 'f' x 64;
spew("$top/matrix.json", JSON::PP->new->encode($set));
system('xz', '-kf', "$top/matrix.json") == 0 or die;
rename("$top/matrix.json.xz", "$top/docs/data/matrix.json.xz") or die;
$got = docs($top, 'fresh');
is($got->{code}, 1, 'those that do make the data old');
like($got->{err}, qr/\(1 runs have another image, as matrix\.json: xen64-fork/, 'with a run that is');

done_testing();
