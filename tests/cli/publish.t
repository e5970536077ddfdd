#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# pvmmu publish, into a directory: all at once or not at all, what has not changed is not written,
# what others put there and what was published before stays. strace makes system calls fail, and kills.
use strict;
use warnings;
use Cwd qw(realpath);
use File::Find qw(find);
use File::Path qw(make_path remove_tree);
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my $fixture = fixture();
my $where   = realpath($tmp) . '/where';
mkdir $where or die;
my $to = "$where/www";

# A finished site; what is given are paths and contents.
my $sites = 0;
sub site
{
	my (%file) = ('index.html' => 'overview', 'assets/style.css' => 'colours', @_);
	my $dir = "$tmp/site" . $sites++;
	for my $path (keys %file) {
		make_path("$dir/$path" =~ s|/[^/]*$||r);
		spew("$dir/$path", $file{$path});
	}
	return $dir;
}

# {path: contents} of all files of a directory, links to it followed.
sub tree
{
	my ($dir) = @_;
	my %file;
	my $real = realpath($dir);
	find({no_chdir => 1, wanted => sub { $file{substr($_, length($real) + 1)} = slurp($_) if -f }}, $real);
	return \%file;
}

sub publish
{
	my ($site, @more) = @_;
	my $got = pvmmu('publish', '--root', $fixture, '--to', $to, '--site', $site, @more);
	unlike($got->{err}, qr/Sanitizer|runtime error/, 'no sanitizer report');
	return $got;
}

sub hidden { return grep { !/^\.\.?$/ } map { s|.*/||r } glob("$where/.*") }
sub inode  { return (stat $_[0])[1] }

# ---- the first, and the next ----

my $first = site('raw/aa-a.json' => 'A');
my $got   = publish($first);
is($got->{code}, 0, 'published') or diag($got->{err});
like($got->{out}, qr/^files: 4 new, 0 changed, 0 removed, 0 as before; result sets: 1, 1 of them new$/m, 'told what');
like($got->{out}, qr/^\Q$to\E$/m, 'and where');
my $there = tree($to);
my $mark  = delete $there->{'.pvmmu-published.json'};
is_deeply($there, tree($first), 'all of it is there');
is_deeply(JSON::PP::decode_json($mark), {publish_version => 1, files => ['assets/style.css', 'index.html', 'raw/aa-a.json']}, 'the mark lists it');
is((stat $to)[2] & 0777, 0777 & ~umask, 'for others to read');

my @before = map { inode("$to$_") } '', '/index.html', '/assets/style.css';
$got = publish(site('raw/aa-a.json' => 'A'));
like($got->{out}, qr/^nothing has changed: 4 files, 1 of them result sets$/m, 'the same again: nothing to do');
is(inode($to), $before[0], 'and nothing is done');

spew("$to/CNAME", 'example.org');
$got = publish(site('index.html' => 'news', 'raw/bb-b.json' => 'B', 'more/x.svg' => 'chart'));
like($got->{out}, qr/^files: 2 new, 2 changed, 0 removed, 3 as before; result sets: 2, 1 of them new$/m, 'the next one');
is(inode("$to/assets/style.css"), $before[2], 'what has not changed is not written again');
isnt(inode("$to/index.html"), $before[1], 'what has, is, and not in place');
delete(($there = tree($to))->{'.pvmmu-published.json'});
is_deeply($there, {'index.html' => 'news', 'assets/style.css' => 'colours', 'raw/aa-a.json' => 'A', 'raw/bb-b.json' => 'B',
	'more/x.svg' => 'chart', CNAME => 'example.org'}, 'result sets of before stay, and what somebody else put there');
$got = publish($first, '-q');
is($got->{out}, '', '--quiet');
delete(($there = tree($to))->{'.pvmmu-published.json'});
is_deeply($there, {%{tree($first)}, 'raw/bb-b.json' => 'B', CNAME => 'example.org'}, 'what the site has no longer goes');
is_deeply([hidden()], [], 'nothing else is left beside it');

# ---- what goes wrong leaves everything as it was ----

my $good = tree($to);
my $next = site('index.html' => 'newest', 'raw/cc-c.json' => 'C', 'x/y/z' => 'deep');
SKIP: {
	skip 'strace is not installed', 1 if system('command -v strace >/dev/null') != 0;
	local $ENV{ASAN_OPTIONS} = "$ENV{ASAN_OPTIONS}:detect_leaks=0"; # it cannot look for them when traced
	my $traced = sub {
		return run_command('strace', '-f', '-o', "$tmp/strace", map({ ('-e', $_) } 'trace=renameat2,fsync,link,write', @{$_[0]}),
			$pvmmu, 'publish', '--root', $fixture, '--to', $to, '--site', $next);
	};
	skip 'strace may not trace here', 1 if $traced->(['inject=fsync:error=ENOSPC'])->{code} != 4;

	for my $moment ('link:signal=KILL:when=1', 'fsync:signal=KILL:when=2', 'renameat2:error=EIO:signal=KILL') {
		$got = $traced->(["inject=$moment"]);
		is($got->{code}, 128 + 9, "killed: $moment");
		is_deeply(tree($to), $good, 'the old site is there, whole');
	}
	isnt(scalar(hidden()), 0, 'leaves half a site with a hidden name');
	for my $case (['fsync:error=ENOSPC', qr/cannot write .*: No space left on device/], ['fsync:error=EIO:when=4', qr/cannot write .*: Input/],
		['renameat2:error=EACCES', qr/cannot publish to \Q$to\E: Permission denied/]) {
		$got = $traced->(["inject=$case->[0]"]);
		is($got->{code}, 4, "an error: $case->[0]");
		like($got->{err}, $case->[1], 'told');
		is_deeply(tree($to), $good, 'the old site is there, whole');
		is_deeply([hidden()], [], 'nothing is left beside it, by those before neither');
	}
	$got = $traced->(['inject=fsync:signal=TERM:when=2']);
	is($got->{code}, 130, 'interrupted');
	like($got->{err}, qr/interrupted; nothing was published/, 'told');
	is_deeply(tree($to), $good, 'the old site is there, whole');
	is_deeply([hidden()], [], 'nothing is left beside it');

	# Somebody publishes between our look at the place and our turn: ours goes on top of that.
	my $meanwhile;
	# Where others have the processors the fast one is not always fast enough: then the slow one waits longer.
	for my $delay (1, 5, 25, 125) {
		last if $meanwhile;
		remove_tree("$fixture/build/publish");
		my $slow = start_command('strace', '-f', '-o', "$tmp/strace", '-e', 'trace=flock', '-e', "inject=flock:delay_enter=${delay}000000:when=2",
			$pvmmu, 'publish', '--root', $fixture, '--to', $to, '--site', site('raw/slow.json' => "S$delay"));
		ok(wait_until(sub { my @made = glob("$fixture/build/publish/*/made/.pvmmu-published.json"); scalar @made }), 'a slow one has looked');
		is(pvmmu('publish', '--root', fixture(), '--to', $to, '--site', site('raw/fast.json' => "F$delay"))->{code}, 0, 'a fast one publishes');
		$meanwhile = alive($slow->{pid});
		is(finish_command($slow)->{code}, 0, 'the slow one publishes');
	}
	ok($meanwhile, 'the fast one meanwhile');
	is_deeply([grep { /slow|fast/ } sort keys %{tree($to)}], ['raw/fast.json', 'raw/slow.json'], 'neither is lost');
	$good = tree($to);

	# A file system that cannot exchange directories.
	my @cannot = ('inject=renameat2:error=EINVAL');
	$got = $traced->(\@cannot);
	is($got->{code}, 4, 'a directory that cannot be exchanged');
	like($got->{err}, qr/make it a symbolic link: mv www www\.old && ln -s www\.old www/, 'what to do');
	is_deeply(tree($to), $good, 'the old site is there, whole');
	is(system("cd $where && mv www www.old && ln -s www.old www"), 0, 'done');
	$got = $traced->(\@cannot);
	is($got->{code}, 0, 'then it can be published') or diag($got->{err});
	is(tree($to)->{'index.html'}, 'newest', 'it is there');
	is(tree($to)->{'raw/bb-b.json'}, 'B', 'and what was before');
	ok(-l $to, 'behind the link');
	is_deeply(tree("$where/www.old"), $good, 'the directory that was not ours stays');
	publish($first);
	is(tree($to)->{'index.html'}, 'overview', 'another one, behind the same link');
	is(scalar(hidden()), 1, 'which takes the place of the one before');
	remove_tree("$where/www.old", map { "$where/$_" } hidden());
	unlink $to;
	$got = $traced->(\@cannot);
	ok(-l $to, 'a new place becomes a link');
	is(tree($to)->{'index.html'}, 'newest', 'to the site');
	remove_tree(map { "$where/$_" } hidden());
	unlink $to;
}
remove_tree($to);

# ---- others at the same time ----

# Each with a root of its own, so that nothing but the place itself keeps them apart.
publish(site());
my @publishers = map {
	my $root = fixture();
	start_command($pvmmu, 'publish', '--root', $root, '--to', $to, '--site', site("raw/$_-set.json" => "set $_"))
} 1 .. 4;
my ($looked, $torn) = (0, 0);
while (grep { alive($_->{pid}) } @publishers) {
	$looked++;
	open(my $page, '<', "$to/index.html") or $torn++;
	$torn++ if $page && (readline($page) // '') ne 'overview';
	select(undef, undef, undef, 0.001);
}
is(finish_command($_)->{code}, 0, 'one of four') for @publishers;
is($torn, 0, "a reader always finds the site, $looked times");
is_deeply([sort grep { /^raw/ } keys %{tree($to)}], [map { "raw/$_-set.json" } 1 .. 4], 'none loses what another has published');
is_deeply([hidden()], [], 'nothing else is left beside it');

# ---- places that are refused ----

my %own = ('index.html' => 'mine', 'notes.txt' => 'mine');
for my $case (['a directory of somebody else', site(%own), qr/holds other files, assets\/style.css for one, .* not published by pvmmu; choose another/],
	['a work tree', do { my $d = site(); mkdir "$d/.git"; $d }, qr/is a work tree of git; `--branch` publishes to a branch/],
	['a file', spew("$tmp/file", 'x'), qr/not a directory/], ['nowhere', "$tmp/none/at/all", qr/No such file/], ['the root', '/', qr/it is the root/]) {
	my ($what, $place, $said) = @$case;
	my $before = -d $place && $place ne '/' ? tree($place) : undef;
	$got = pvmmu('publish', '--root', $fixture, '--to', $place, '--site', $first);
	is($got->{code}, 4, "$what is refused");
	like($got->{err}, $said, 'told why');
	is_deeply(tree($place), $before, 'and left alone') if $before;
}
spew("$to/index2.html", 'theirs');
$got = publish(site('index2.html' => 'ours'));
is($got->{code}, 4, 'a file of somebody else is not replaced');
like($got->{err}, qr/index2\.html is there already, and was not published by pvmmu/, 'told which');
my $linked = site();
symlink('/etc/passwd', "$linked/x") or die;
$got = publish($linked);
is($got->{code}, 4, 'a site with a link in it is refused');
like($got->{err}, qr|$linked/x: neither a file nor a directory|, 'told which');

# ---- a site that is made for the purpose ----

# Two who measure, each in a place of its own, publish to one: the site is of both.
SKIP: {
	skip 'gnuplot is not installed', 1 if system('command -v gnuplot >/dev/null') != 0;
	my @who = map { fake_run('success', '--variant', 'eager', '--workload', 'exec', '--seed', $_) } 1, 2;
	$to = "$where/both";
	for my $case ([0, 1, 'new'], [1, 2, 'new'], [0, 2, 'old'], [1, 2, 'old']) {
		my ($i, $sets, $new) = @$case;
		$got = pvmmu('publish', '--root', $who[$i]{root}, '--to', $to, "$who[$i]{root}/r");
		is($got->{code}, 0, 'published') or diag($got->{err});
		like($got->{out}, $new eq 'new' ? qr/result sets: $sets, 1 of them new/ : qr/\d of them result sets|result sets: $sets, 0 of them new/, "$sets sets");
		is(scalar(my @raw = glob("$to/raw/*-x.json")), $sets, 'each is there once');
	}
	ok(join("\0", sort map { slurp($_) } glob("$to/raw/*.json")) eq join("\0", sort map { slurp("$_->{root}/r/x.json") } @who), 'byte by byte');
	like(slurp("$to/badge.svg"), qr|<title>pvmmu: pass</title>|, 'the badge says the verdict');
	# The same sources and the same history are the same site.
	$got = pvmmu('publish', '--root', $who[1]{root}, '--to', $to, "$who[1]{root}/r");
	like($got->{out}, qr/^nothing has changed/m, 'nothing to do');
	like(slurp("$to/sets.html"), qr/raw\/\Q$_\E/, 'the page of sets leads to it') for map { s|.*/||r } glob("$to/raw/*.json");
	$to = "$where/unjudged";
	for my $first (undef, 'fail', 'error') {
		my @verdict = map { {verdict_version => 1, verdict => $_, outcome => 'failure', exit_code => 5, runs => []} } grep { $_ } $first, 'fail', 'pass';
		make_path(my $dir = "$tmp/judged" . $sites++);
		write_json("$dir/$_/verdict.json", $verdict[$_]) for grep { $first && make_path("$dir/$_") } 0 .. $#verdict;
		pvmmu('publish', '-q', '--root', $who[1]{root}, '--to', $to, $dir);
		like(slurp("$to/badge.svg"), qr|<title>pvmmu: \Q@{[$first // 'no verdict']}\E</title>|, 'the badge says the worst of several');
	}
	pvmmu('publish', '-q', '--root', $who[1]{root}, '--to', $to, "$who[1]{root}/r/x.json");
	like(slurp("$to/badge.svg"), qr|<title>pvmmu: error</title>|, 'who has no verdict takes none away');
	$to = "$where/both";
	# Whoever takes one away does so for good.
	my ($gone) = grep { slurp($_) eq slurp("$who[0]{root}/r/x.json") } glob("$to/raw/*.json");
	ok(unlink($gone), 'a result set is taken away') or diag($gone);
	$got = pvmmu('publish', '--root', $who[1]{root}, '--to', $to, "$who[1]{root}/r");
	like($got->{out}, qr/result sets: 1, 0 of them new|, 1 of them result sets/, 'the site is of the other one');
	ok(!-e $gone, 'it does not come back');
	my $name = $gone =~ s{.*/}{}r;
	unlike(slurp("$to/sets.html"), qr{\Q$name\E}, 'on no page');
	is(pvmmu('publish', '-q', '--root', $who[0]{root}, '--to', $to, "$who[0]{root}/r")->{code}, 0, 'unless it is published again');
	# Files that are named are meant, whatever their names are, also if they have the same.
	make_path("$tmp/a", "$tmp/b");
	my @named = map { my $text = slurp("$who[$_]{root}/r/x.json"); spew("$tmp/" . ('a', 'b')[$_] . '/.set', $text) } 0, 1;
	$got = pvmmu('publish', '--root', $who[0]{root}, '--to', "$where/named", @named);
	like($got->{out}, qr/result sets: 2, 2 of them new/, 'files of any name') or diag($got->{err});
	is(pvmmu('publish', '--root', $who[0]{root}, '--to', $to, "$tmp/none")->{code}, 4, 'no such source');
	is(scalar(my @raw = glob("$to/raw/*-x.json")), 2, 'and all is as it was');
}

for my $case ([[], qr/give --to DIR or --branch NAME/], [['--to', 'x', '--branch', 'y'], qr/give --to DIR or/],
	[['--to', 'x', '--remote', 'y'], qr/--remote goes with --branch/], [['--to', 'x', '--site', 'y', 'z'], qr/--site goes without/]) {
	$got = pvmmu('publish', @{$case->[0]});
	is($got->{code}, 64, 'a usage error');
	like($got->{err}, $case->[1], 'told');
}
done_testing;
