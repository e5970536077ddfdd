#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Which commit the sources are: git's word for their own repository, whoever owns it, and nothing
# where the repository is another one.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;
use File::Copy;
use File::Path qw(make_path);

delete @ENV{grep { /^GIT_/ } keys %ENV};
$ENV{GIT_CONFIG_GLOBAL} = $ENV{GIT_CONFIG_SYSTEM} = '/dev/null';
$ENV{GIT_CONFIG_NOSYSTEM} = 1;

sub git { return run_command(qw(git -c user.email=a -c user.name=a -C), @_) }

# Sources of which only the script counts.
sub sources
{
	my ($dir) = @_;
	make_path("$dir/mk");
	copy("$root/mk/describe.sh", "$dir/mk/describe.sh") or die;
	return $dir;
}

sub repository
{
	my ($dir) = @_;
	make_path($dir);
	git($dir, 'init', '-q');
	git($dir, 'add', '.');
	git($dir, qw(commit -q --allow-empty -m one));
	my $head = git($dir, 'rev-parse', 'HEAD')->{out};
	chomp $head;
	return $head;
}

sub says
{
	my ($dir) = @_;
	my $got = run_command('sh', "$dir/mk/describe.sh", '--abbrev=40', '--exclude=*');
	chomp $got->{out};
	return "$got->{code} $got->{out}$got->{err}";
}

my $own  = sources("$tmp/it's own");
my $head = repository($own);
is(says($own), "0 $head", 'the top of a repository');
chmod 0755, "$own/mk/describe.sh";
spew("$own/mk/describe.sh", slurp("$own/mk/describe.sh"), "\n# changed\n");
is(says($own), "0 $head-dirty", 'with changes');
git($own, 'checkout', '-q', '.');

my $index = join ' ', (stat("$own/.git/index"))[1, 9];
utime(1, 1, "$own/mk/describe.sh");
is(says($own), "0 $head", 'touched is not changed');
is(join(' ', (stat("$own/.git/index"))[1, 9]), $index, 'and being asked leaves the repository as it was');

git($own, 'worktree', 'add', '-q', "$tmp/worktree");
is(says("$tmp/worktree"), "0 $head", 'a work tree beside it');
symlink($own, "$tmp/link") or die;
is(says("$tmp/link"), "0 $head", 'by way of a link');

my $outer = repository("$tmp/outer");
is(says(sources("$tmp/outer/unpacked")), '1 ', 'below another repository: nothing, and not that one\'s commit');
git("$tmp/outer", 'add', 'unpacked');
git("$tmp/outer", qw(commit -q -m taken));
is(says("$tmp/outer/unpacked"), '1 ', 'nor if that one has them');
is(says(sources("$tmp/alone")), '1 ', 'in none: nothing');
{
	local $ENV{GIT_DIR} = "$tmp/outer/.git";
	is(says($own), "0 $head", 'from a hook of another repository');
	is(says("$tmp/alone"), '1 ', 'and in none, from there');
}

SKIP: {
	skip 'only root can give files away', 1 if $>;
	run_command('chown', '-R', '12345:12345', $own);
	is(says($own), "0 $head", 'somebody else\'s, as below sudo or in a container');
}

done_testing();
