#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# pvmmu publish, onto a branch: a commit each, work tree, index and HEAD untouched, races lose nothing.
use strict;
use warnings;
use File::Path qw(make_path);
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

plan skip_all => 'git is not installed' if system('command -v git >/dev/null') != 0;
my $fixture = fixture();
# Nobody's configuration, and no name for a committer in it.
delete @ENV{grep { /^GIT_/ } keys %ENV};
$ENV{HOME} = $ENV{XDG_CONFIG_HOME} = $tmp;
# Ours alone, for what is left there.
mkdir "$tmp/temporary";
$ENV{TMPDIR} = "$tmp/temporary";
$ENV{GIT_CONFIG_NOSYSTEM} = 1;
# These files need not survive a power failure; waiting for the disk takes most of the time otherwise.
spew("$tmp/.gitconfig", "[core]\n\tfsync = none\n");

sub git
{
	my ($repo, @words) = @_;
	my $got = run_command('git', '-C', $repo, '-c', 'user.name=a', '-c', 'user.email=a@b', @words);
	$got->{code} == 0 or die "git @words: $got->{err}";
	return $got->{out} =~ s/\n\z//r;
}

sub repository
{
	my ($name, @how) = @_;
	git($tmp, 'init', '-q', '-b', 'trunk', @how, $name);
	return "$tmp/$name";
}

my $sites = 0;
sub site
{
	my (%file) = ('index.html' => 'overview', 'assets/style.css' => "colours\r\n", @_);
	my $dir = "$tmp/site" . $sites++;
	for my $path (keys %file) {
		make_path("$dir/$path" =~ s|/[^/]*$||r);
		spew("$dir/$path", $file{$path});
	}
	return $dir;
}

sub publish
{
	my ($repo, $site, @more) = @_;
	my $got = pvmmu('publish', '--root', $fixture, '--branch', 'pages', '--repo', $repo, '--site', $site, @more);
	unlike($got->{err}, qr/Sanitizer|runtime error/, 'no sanitizer report');
	return $got;
}

sub files { return [split /\n/, git($_[0], 'ls-tree', '-r', '--name-only', $_[1] // 'pages')] }
sub file  { return `git -C $_[0] cat-file blob pages:$_[1]` }

# ---- beside somebody's work ----

my $repo = repository('work');
spew("$repo/a.txt", "a\n");
spew("$repo/.gitattributes", "* text eol=crlf\n*.css ident\n");
git($repo, qw(add .));
git($repo, qw(commit -q -m work));
spew("$repo/a.txt", "changed\n");
git($repo, qw(add a.txt));
spew("$repo/a.txt", "changed again\n");
spew("$repo/.git/info/exclude", "*.css\nraw/\n");
git($repo, qw(config core.autocrlf true));
my $state = sub {
	return [git($repo, 'status', '--porcelain=v2', '--branch', '-uall'), slurp("$repo/.git/HEAD"), slurp("$repo/.git/index"), slurp("$repo/a.txt"),
		join(' ', sort glob("$repo/* $repo/.git/*.lock"))];
};
my $before = $state->();

my $got = publish($repo, site('raw/aa-a.json' => "A\r\n"));
is($got->{code}, 0, 'published') or diag($got->{err});
like($got->{out}, qr/^files: 5 new, .* result sets: 1, 1 of them new$/m, 'told what');
my $commit = git($repo, 'rev-parse', 'pages');
like($got->{out}, qr/^pages \Q@{[substr $commit, 0, 12]}\E of \Q$repo\E$/m, 'and where');
is_deeply(files($repo), [qw(.nojekyll .pvmmu-published.json assets/style.css index.html raw/aa-a.json)], 'all of it is there');
is(file($repo, 'assets/style.css'), "colours\r\n", 'byte by byte, whatever attributes say');
is_deeply($state->(), $before, 'work tree, index and HEAD are as they were');
is(git($repo, qw(log --format=%s%n%an pages)), "Publish 1 result set, 1 of them new\npvmmu", 'one commit, by somebody');
is(git($repo, qw(fsck --strict)), '', 'of which git thinks well');

$got = publish($repo, site('raw/aa-a.json' => "A\r\n"));
like($got->{out}, qr/^nothing has changed: 5 files/m, 'the same again: nothing to do');
is(git($repo, 'rev-parse', 'pages'), $commit, 'and nothing is done');

git($repo, 'update-ref', 'refs/heads/pages', $commit);
my $blob = `printf example.org | git -C $repo hash-object -w --stdin` =~ s/\n//r;
{
	local $ENV{GIT_INDEX_FILE} = "$tmp/index";
	git($repo, 'read-tree', 'pages');
	git($repo, 'update-index', '--add', '--cacheinfo', "100644,$blob,CNAME");
	git($repo, 'update-ref', 'refs/heads/pages', git($repo, 'commit-tree', '-p', 'pages', '-m', 'CNAME', git($repo, 'write-tree')));
}
my $named = git($repo, 'rev-parse', 'pages');
{
	# As from a hook: these lead elsewhere.
	my $other = repository('other');
	local @ENV{qw(GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE)} = ("$other/.git", "$other/.git/index", $other);
	local $ENV{GIT_AUTHOR_NAME} = 'Somebody';
	local $ENV{GIT_AUTHOR_EMAIL} = 's@example.org';
	$got = publish($repo, site('index.html' => 'news', 'raw/bb-b.json' => 'B'));
}
like($got->{out}, qr/^files: 1 new, 2 changed, 0 removed, 4 as before; result sets: 2, 1 of them new$/m, 'the next one');
is_deeply(files($repo), [qw(.nojekyll .pvmmu-published.json CNAME assets/style.css index.html raw/aa-a.json raw/bb-b.json)],
	'result sets of before stay, and what somebody else put there');
is(git($repo, 'rev-parse', 'pages^'), $named, 'on top of what was there');
is(git($repo, qw(log -1 --format=%an pages)), 'Somebody', 'by whom git says');
$got = publish($repo, site('index.html' => 'news', 'assets/style.css' => 'x', 'raw/bb-b.json' => 'B', 'more' => 1));
$got = publish($repo, site('index.html' => 'news', 'assets/style.css' => 'x', 'raw/bb-b.json' => 'B'));
like($got->{out}, qr/^files: 0 new, 1 changed, 1 removed/m, 'what the site has no longer');
ok(!grep({ $_ eq 'more' } @{files($repo)}), 'goes');
is_deeply($state->(), $before, 'work tree, index and HEAD are as they were');

# ---- refused ----

$commit = git($repo, 'rev-parse', 'trunk');
for my $case ([$repo, 'trunk', qr/branch trunk is checked out in \Q$repo\E/], [$tmp, 'pages', qr/is no git repository/],
	["$tmp/other", 'trunk', qr/branch trunk is checked out/], [$repo, 'a..b', qr/"a\.\.b" cannot be the name of a branch/],
	[$repo, '-d', qr/"-d" cannot be the name of a branch/]) {
	my ($where, $branch, $said) = @$case;
	$got = pvmmu('publish', '--root', $fixture, "--branch=$branch", '--repo', $where, '--site', site());
	is($got->{code}, 4, "branch $branch of $where is refused");
	like($got->{err}, $said, 'told why');
}
git($repo, qw(branch topic trunk));
$got = pvmmu('publish', '--root', $fixture, '--branch', 'topic', '--repo', $repo, '--site', site());
is($got->{code}, 4, 'a branch with other files is refused');
like($got->{err}, qr/topic holds other files, \.gitattributes for one/, 'told why');
is(git($repo, 'rev-parse', 'topic'), $commit, 'and left alone');
git($repo, 'worktree', 'add', '-q', "$tmp/tree", 'pages');
$got = publish($repo, site());
like($got->{err}, qr/branch pages is checked out in \Q$tmp\E\/tree/, 'checked out in another work tree');
git($repo, 'worktree', 'remove', "$tmp/tree");

# ---- a remote, and two who publish to it ----

my $hub = repository('hub', '--bare');
my @clone = map { git($tmp, 'clone', '-q', $hub, "clone$_"); "$tmp/clone$_" } 0, 1;
my @remote = ('--remote', 'origin');
for my $i (0, 1, 0) {
	$got = publish($clone[$i], site("raw/$i-$sites.json" => $i), @remote);
	is($got->{code}, 0, "clone $i publishes") or diag($got->{err});
	like($got->{out}, qr/, pushed to origin$/m, 'told so');
	is(git($hub, 'rev-parse', 'pages'), git($clone[$i], 'rev-parse', 'pages'), 'the same here and there');
}
is(scalar(grep { /^raw/ } @{files($hub)}), 3, 'on top of each other');
is(git($hub, qw(rev-list --count pages)), 3, 'a commit each');

# While one is about to push, the other is faster: its commit is in the hub, and is built upon.
my $fast = site('raw/fast.json' => 'F');
spew("$clone[0]/.git/hooks/pre-push", "#!/bin/sh\n[ -e $tmp/once ] && exit 0\n: >$tmp/once\nunset GIT_DIR GIT_INDEX_FILE\n" .
	"exec $pvmmu publish -q --root @{[fixture()]} --branch pages --repo $clone[1] --remote origin --site $fast\n");
chmod 0755, "$clone[0]/.git/hooks/pre-push";
$got = publish($clone[0], site('raw/slow.json' => 'S'), @remote);
is($got->{code}, 0, 'the slower one of two') or diag($got->{err});
ok(-e "$tmp/once", 'was slower');
is_deeply([grep { /fast|slow/ } @{files($hub)}], [qw(raw/fast.json raw/slow.json)], 'neither is lost');
is(git($hub, qw(rev-list --count pages)), 5, 'a commit each, none thrown away');
is(git($hub, 'rev-parse', 'pages'), git($clone[0], 'rev-parse', 'pages'), 'the same here and there');
unlink "$clone[0]/.git/hooks/pre-push";

spew("$hub/hooks/pre-receive", "#!/bin/sh\necho 'not on a Sunday' >&2\nexit 1\n");
chmod 0755, "$hub/hooks/pre-receive";
my $last = git($hub, 'rev-parse', 'pages');
$got = publish($clone[0], site('raw/sunday.json' => 'S'), @remote);
is($got->{code}, 4, 'a push that is refused');
like($got->{err}, qr/is on branch pages here; it could not be pushed to origin: .*not on a Sunday/s, 'told why');
is(git($hub, 'rev-parse', 'pages'), $last, 'the remote is as it was');
unlink "$hub/hooks/pre-receive";
$got = publish($clone[0], site('raw/sunday.json' => 'S'), @remote);
like($got->{out}, qr/^nothing has changed.*pushed to origin$/sm, 'again: only pushed');
is(git($hub, 'rev-parse', 'pages'), git($clone[0], 'rev-parse', 'pages'), 'the same here and there');
$got = publish($clone[0], site(), '--remote', 'none');
is($got->{code}, 4, 'no such remote');
like($got->{err}, qr/ls-remote: .*none/, 'told');

# ---- at the same time, into one repository ----

my @publishers = map {
	start_command($pvmmu, 'publish', '--root', fixture(), '--branch', 'crowd', '--repo', $repo, '--site', site("raw/$_-set.json" => "set $_"))
} 1 .. 3;
is(finish_command($_)->{code}, 0, 'one of three') for @publishers;
is_deeply([grep { /^raw/ } @{files($repo, 'crowd')}], [map { "raw/$_-set.json" } 1 .. 3], 'none loses what another has published');
is(git($repo, qw(rev-list --count crowd)), 3, 'a commit each');
is_deeply($state->(), $before, 'work tree, index and HEAD are as they were');
is_deeply([glob("$tmp/temporary/*")], [], 'nothing temporary is left');
done_testing;
