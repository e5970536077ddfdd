#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Several who publish to one place: pages do not depend on who has a set at hand, under which name, beside
# what, named in which order. So who publishes what is there already changes nothing.
use strict;
use warnings;
use Cwd qw(realpath);
use File::Copy qw(copy);
use File::Find qw(find);
use File::Path qw(make_path);
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my $top    = realpath($tmp);
my $golden = read_json("$root/tests/golden/two-variants.json");

# Each has a project of his own, so that nothing that is kept is shared.
my %who = map { $_ => fixture() } qw(ann bob);
make_path("$top/ann-results/nightly", "$top/bob's results/deep/er");
sub set
{
	my ($path, $created, $first) = @_;
	my $set = JSON::PP->new->decode(JSON::PP->new->encode($golden));
	$set->{created} = $created;
	$_->{series}[0]{samples}[0] = $first for @{$set->{runs}};
	return write_json($path, $set);
}
sub verdict
{
	my ($path, $verdict, $reason) = @_;
	return write_json($path, {verdict_version => 1, verdict => $verdict, outcome => 'success', exit_code => 0, $reason ? (reason => $reason) : (),
		runs => [map { {id => $_->{id}, status => 'success'} } @{$golden->{runs}}]});
}
my ($ann, $bob) = ("$top/ann-results", "$top/bob's results");
set("$ann/one.json", '2026-01-01T00:00:00Z', 1500);
set("$ann/nightly/two.json", '2026-02-01T00:00:00Z', 1501);
set("$bob/three.json", '2026-03-01T00:00:00Z', 1502);
# In the same second as another one, and with a name before and behind it.
set("$bob/deep/er/0-same.json", '2026-02-01T00:00:00Z', 1503);
# Ann's, under another name, by way of an import, and twice.
copy("$ann/one.json", "$bob/uno.json") or die;
copy("$ann/one.json", "$bob/deep/copy.json") or die;
write_json("$bob/uno.json.origin", {from => "/home/bob/secret", sha256 => 'x', file => 'uno.json', imported => '2026-01-05T00:00:00Z'});

my $target;
sub publish
{
	my ($name, @sources) = @_;
	my $got = pvmmu('publish', '--root', $who{$name}, @$target, @sources);
	unlike($got->{err}, qr/Sanitizer|runtime error/, 'no sanitizer report');
	is($got->{code}, 0, "$name publishes") or diag($got->{err});
	return $got;
}
sub changed   { like(publish(@_)->{out}, qr/^files: \d+ new/, 'something new') }
sub unchanged { like(publish(@_)->{out}, qr/^nothing has changed/, "@_: nothing new") }

# All bytes of a directory of pages, by path.
sub bytes
{
	my ($dir) = @_;
	my %file;
	find({no_chdir => 1, wanted => sub { $file{substr($_, length($dir) + 1)} = slurp($_) if -f && !/\.git\// }}, $dir);
	return \%file;
}

system('git', 'init', '-q', '--bare', "$top/shared.git");
for my $name (sort keys %who) {
	system('git', 'init', '-q', '-b', 'main', "$top/$name");
	system('git', '-C', "$top/$name", 'remote', 'add', 'origin', "$top/shared.git");
}
$ENV{"GIT_${_}_NAME"} = 'tester', $ENV{"GIT_${_}_EMAIL"} = 'tester@example.org' for qw(AUTHOR COMMITTER);

for my $kind ('directory', 'branch') {
	my $on = sub {
		my ($name) = @_;
		$target = $kind eq 'directory' ? ['--to', "$top/www"] : ['--repo', "$top/$name", '--branch', 'pages', '--remote', 'origin'];
		return $name;
	};
	changed($on->('ann'), "$ann/one.json", "$ann/nightly");
	unchanged($on->('ann'), "$ann/nightly", "$ann/one.json");
	unchanged($on->('bob'), "$bob/uno.json");
	unchanged($on->('bob'), "$bob/deep/copy.json", "$bob/uno.json");
	changed($on->('bob'), $bob);
	unchanged($on->('ann'), $ann);
	unchanged($on->('bob'), "$bob/deep", "$bob/three.json");
	unchanged($on->('ann'), "$ann/one.json");

	# Unusable files are the publisher's own affair.
	spew("$ann/broken.json", '{"runs": [');
	symlink('/', "$ann/all") or die;
	my $got = publish($on->('ann'), $ann);
	like($got->{out}, qr/^nothing has changed/, 'a file that cannot be used changes no page');
	like($got->{err}, qr/broken\.json:1:/, 'it is told to who has it');
	unlink("$ann/broken.json", "$ann/all");

	# Verdicts: of each name that of the newest set, whoever has it.
	verdict("$ann/verdict.json", 'fail', 'too slow');
	changed($on->('ann'), $ann);
	unchanged($on->('bob'), $bob);
	verdict("$bob/verdict.json", 'pass');
	changed($on->('bob'), $bob);
	unchanged($on->('ann'), $ann);
	unchanged($on->('bob'), $bob);
	unchanged($on->('ann'), "$ann/one.json");
	verdict("$bob/verdict.json", 'fail', 'judged again');
	changed($on->('bob'), $bob);
	unchanged($on->('ann'), $ann);
	# Annotations: all of them.
	spew("$ann/annotations.tsv", "2026-01-02\tann's\n");
	changed($on->('ann'), $ann);
	unchanged($on->('bob'), $bob);
	spew("$bob/annotations.tsv", "2026-01-02\tann's\n2026-01-01\tbob's\n");
	changed($on->('bob'), $bob);
	unchanged($on->('ann'), $ann);
	unchanged($on->('bob'), $bob);

	my $where = "$top/www";
	if ($kind eq 'branch') {
		$where = "$top/checkout";
		is(system('git', 'clone', '-q', '-b', 'pages', "$top/shared.git", $where), 0, 'clone');
		my @log = `git -C $top/shared.git log --format=%s pages`;
		is(scalar @log, 7, 'a commit for each that changed something') or diag(@log);
	}
	my $pages = bytes($where);
	is(scalar(grep { m{^raw/} } keys %$pages), 4, 'four result sets');
	is_deeply([grep { $pages->{$_} =~ /\Q$top\E|bob's results|ann-results|home\/bob|published\// } sort grep { !m{^raw/} } keys %$pages], [], 'no path of anybody\'s');
	like($pages->{'sets.html'}, qr/>$_\.json</, "$_ is there by its name") for qw(one two three 0-same);
	unlike($pages->{'sets.html'}, qr/uno|copy/, 'and under no other');
	like($pages->{'index.html'}, qr/judged again/, 'the newest verdict is shown');
	unlike($pages->{'index.html'}, qr/too slow/, 'and not the older one');
	like($pages->{'trend.html'}, qr/ann&#39;s|ann's/, 'annotations');
	like($pages->{'trend.html'}, qr/bob&#39;s|bob's/, 'of both');
	like($pages->{'index.html'}, qr/class="matrix|<table/, 'and the figures');

	# Another one, who has nothing kept, makes the very same.
	$who{eve} = fixture();
	system('rm', '-rf', "$top/eve") if $kind eq 'branch';
	system('git', 'clone', '-q', '-b', 'pages', "$top/shared.git", "$top/eve"), system('git', '-C', "$top/eve", 'checkout', '-q', '-b', 'mine') if $kind eq 'branch';
	unchanged($on->('eve'), "$ann/one.json");
	unlink(map { ("$_/verdict.json", "$_/annotations.tsv") } $ann, $bob);
}

# A stranger's annotation is checked before it is shown.
$target = ['--to', "$top/www"];
my $beside = read_json("$top/www/data/beside.json");
my $bad = "\e[2J";
push @{$beside->{verdicts}}, {name => 'x', of => 'never', verdict => {verdict => 'pass'}}, {name => "a$bad", of => '', verdict => {verdict => 'pass'}},
	{name => 'y', of => '', verdict => {verdict => 'PASS "><script>'}}, 7, {};
push @{$beside->{annotations}}, {date => '2026-02-30', text => 'no such day'}, {date => 3}, {date => '2026-01-09', text => '<script>alert(1)</script>'};
write_json("$top/www/data/beside.json", $beside);
changed('ann', $ann);
my $pages = bytes("$top/www");
unlike($pages->{'index.html'} . $pages->{'trend.html'}, qr/no such day|a\e|<script>alert|PASS/, 'nothing that makes no sense');
like($pages->{'trend.html'}, qr/&lt;script&gt;alert/, 'text is text');
unchanged('bob', $bob);
spew("$top/www/data/beside.json", '{');
is(publish('ann', $ann)->{code}, 0, 'what cannot be read is none');

done_testing();
