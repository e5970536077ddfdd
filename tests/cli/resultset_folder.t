#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The folder of result sets: it is not left by symbolic links, what pvmmu itself leaves in it is never
# complained about, a slash at the end of its name means nothing, and an index that cannot be written is none
# that is missed.
use strict;
use warnings;
use Cwd qw(realpath);
use File::Copy qw(copy);
use File::Path qw(make_path remove_tree);
use FindBin;
use lib "$FindBin::Bin/..";
use JSON::PP;
use PvmmuTest;

my $golden  = "$root/tests/golden/two-variants.json";
my $fixture = fixture();
my $top     = realpath($tmp);
my $dir     = "$top/results";
make_path("$dir/deep/deeper", "$top/outside/more");

# The golden set as of a day of January 2026, with something of its own.
sub put
{
	my ($path, $day) = @_;
	my $set = read_json($golden);
	$set->{created} = sprintf('2026-01-%02dT00:00:00Z', $day);
	$set->{producer}{version} = "commit$day";
	return write_json($path, $set);
}

sub clean { unlike($_[0]{err}, qr/Sanitizer|runtime error/, 'no sanitizer report'); return $_[0] }
sub history { return clean(pvmmu('history', '--root', $fixture, '--results', $dir, @_)) }
sub files { return {map { $_->{file} => $_ } @{decode_json(history('-q', 'files', '--format', 'json')->{out})->{files}}} }
sub sets { return join ' ', map { $_->{file} } @{decode_json(history('-q', 'sets', '--format', 'json', @_)->{out})->{files}} }
sub forget { unlink glob("$dir/.index.sqlite*") }

# ---- links ----
put("$dir/a.json", 1);
put("$dir/deep/b.json", 2);
put("$top/outside/secret.json", 3);
put("$top/outside/more/secret2.json", 4);
symlink('/', "$dir/root") or die;
symlink('..', "$dir/up") or die;
symlink('.', "$dir/here") or die;
symlink('../../results/deep', "$dir/deep/loop") or die;
symlink('deep/deeper', "$dir/short") or die;
symlink("$top/outside", "$dir/out") or die;
symlink('../outside/secret.json', "$dir/stolen.json") or die;
symlink('deep/b.json', "$dir/latest.json") or die;
symlink('nowhere.json', "$dir/gone.json") or die;
symlink('self.json', "$dir/self.json") or die;
symlink('/dev/null', "$dir/null.json") or die;
symlink('deep', "$dir/dir.json") or die;
my $got = history();
is($got->{code}, 0, 'links that lead to one another: an end');
my @told = $got->{err} =~ /^pvmmu: (\S+): this symbolic link is not followed: it leads out of the folder$/mg;
is("@told", 'null.json out root stolen.json up', 'those that lead out are told');
unlike($got->{err} =~ s/^.*(?:not followed|indexed).*\n//mgr, qr/./, 'and nothing else');
is(sets(), 'a.json deep/b.json latest.json', 'a link to a file of the folder is that file, others are none');
is(history()->{err}, '', 'they are told once');
my $files = files();
is($files->{$_->[0]}{state}, 'link', "files lists $_->[0]"), like($files->{$_->[0]}{about}, $_->[1], 'and why')
	for ['root', qr/out of the folder/], ['here', qr/its own place/], ['short', qr/its own place/], ['deep/loop', qr/its own place/], ['gone.json', qr/to nothing/],
	['self.json', qr/to itself/], ['dir.json', qr/its own place/], ['stolen.json', qr/out of the folder/];
unlike(history('-q', '--format', 'csv', 'points')->{out}, qr/2026-01-0[34]/, 'no figure is from outside');

# Later the link leads to something.
put("$dir/nowhere.json", 5);
is(sets(), 'a.json deep/b.json latest.json gone.json nowhere.json', 'a link whose file has come');
unlink("$dir/nowhere.json");
is(sets(), 'a.json deep/b.json latest.json', 'and gone again');

# The folder may itself be a link.
symlink('results', "$top/alias") or die;
is(clean(pvmmu('history', '-q', '--root', $fixture, '--results', "$top/alias"))->{out}, history('-q')->{out}, 'the folder is a link');

# Neither does a site have what is outside, nor a publish.
sub raw { return join ' ', sort map { s|.*/\w{16}-||r } glob("$_[0]/raw/*") }
$got = clean(pvmmu('dashboard', '--no-charts', '--root', $fixture, '-o', "$top/site", $dir));
is($got->{code}, 0, 'a site') or diag($got->{err});
is(raw("$top/site"), 'a.json b.json', 'has what is in the folder');
like($got->{err}, qr/^pvmmu: note: stolen\.json: this symbolic link is not followed/m, 'and says what it has not');
$got = clean(pvmmu('dashboard', '-q', '--no-charts', '--root', $fixture, '-o', "$top/site2", $dir, "$dir/stolen.json"));
is(raw("$top/site2"), 'a.json b.json stolen.json', 'but a link that is named is meant');
$got = clean(pvmmu('publish', '-q', '--root', $fixture, '--to', "$top/www", $dir));
is($got->{code}, 0, 'a publish') or diag($got->{err});
is(raw("$top/www"), 'a.json b.json', 'has what is in the folder');
is(clean(pvmmu('import', '-q', '--root', $fixture, '--results', $dir, "$dir/stolen.json"))->{code}, 0, 'what a link leads to can be imported');
like(sets(), qr/imported\/20260103T/, 'and is then in the folder');
remove_tree("$dir/imported");
unlink(map { "$dir/$_" } qw(root up here deep/loop short out stolen.json latest.json gone.json self.json null.json dir.json));
history('-q');

# ---- what is ours ----
$ENV{FAKE_QEMU} = 'success';
my @run = ('run', '-q', '--root', $fixture, '--qemu', "$root/tests/fake-qemu", qw(--variant eager --workload fork --keep-logs --out));
is(clean(pvmmu(@run, "$dir/c.json"))->{code}, 0, 'a run leaves a verdict and logs');
is(history('-q')->{err}, '', 'nothing is complained about');
is(clean(pvmmu(@run, "$dir/d.json"))->{code}, 0, 'another one');
is(history('-q')->{err}, '', 'and neither of a verdict that has changed');
is(clean(pvmmu('verdict', '-q', '--root', $fixture, "$dir/c.json", '--out', "$dir/judged.json"))->{code}, 0, 'a verdict of another name');
write_json("$dir/wanted.json", {declaration_version => 1, variants => ['eager']});
spew("$dir/$_", 'x') for qw(c.json.journal c.json.lock e.json.origin annotations.tsv c.svg .hidden.json deep/c.json.journal);
$got = history();
is($got->{code}, 0, 'what else is ours');
unlike($got->{err} =~ s/^.*indexed\n//mr, qr/./, 'is not complained about') or diag($got->{err});
$files = files();
is($files->{$_->[0]}{state}, $_->[1], "$_->[0] is listed as $_->[1]")
	for ['verdict.json', 'verdict'], ['judged.json', 'verdict'], ['wanted.json', 'declaration'], ['c.json.journal', 'journal'], ['deep/c.json.journal', 'journal'],
	['c.json.lock', 'lock'], ['e.json.origin', 'origin'], ['annotations.tsv', 'annotations'], ['c.json.logs', 'logs'], ['c.svg', 'picture'], ['.index.sqlite', 'index'];
ok(!$files->{'.hidden.json'}, 'what is hidden is not');
is($files->{'judged.json'}{about}, 'pass', 'a verdict is told');
like(history('files')->{out}, qr/judged\.json +- +verdict: pass$/m, 'in text too');
unlink("$dir/annotations.tsv");
$got = clean(pvmmu('dashboard', '--no-charts', '--root', $fixture, '-o', "$top/site", $dir));
is($got->{err}, '', 'a dashboard does not complain either');
like(slurp("$top/site/index.html"), qr/judged\.json/, 'and shows a verdict, whatever its name');
$got = clean(pvmmu('publish', '--root', $fixture, '--to', "$top/www", $dir));
is($got->{err}, '', 'nor does a publish');
my $large = read_json("$dir/verdict.json");
$large->{runs} = [map { {id => "xen64-fork:mb=$_~eager", status => 'success', reason => 'r' x 200} } 1 .. 6000];
write_json("$dir/verdict.json", $large);
cmp_ok(-s "$dir/verdict.json", '>', 1 << 20, 'a large verdict');
is(history('-q')->{err}, '', 'is one');
spew("$dir/verdict.json", '{"verdict_version": 1, "runs": [');
is(history('-q')->{err}, '', 'nor is one that is cut');
unlink(map { "$dir/$_" } qw(verdict.json judged.json wanted.json));
is(history('-q')->{err}, '', 'nor that one is gone');

# ---- slashes ----
remove_tree(glob("$dir/*.json.logs"));
unlink(map { "$dir/$_" } qw(c.json d.json c.json.journal c.json.lock e.json.origin c.svg deep/c.json.journal));
history('-q');
chdir $top or die;
my $base = history('-q')->{out};
put("$top/a-changed.json", 6);
for my $name ("$dir/", "$dir//", 'results/', './results', './results/', '../' . ($top =~ s|.*/||r) . '/results', 'alias/', 'outside/../results', "$dir/.") {
	my $at = sub { return clean(pvmmu(shift, '--root', "$fixture/", '--results', $name, @_)) };
	is($at->('history', '-q')->{out}, $base, "history: $name");
	is($at->('plot', '--kind', 'history', '--workload', 'fork', '-o', "$top/h.tsv")->{code}, 0, "plot: $name");
	my $table = slurp("$top/h.tsv");
	clean(pvmmu('plot', '--root', $fixture, '--results', $dir, '--kind', 'history', '--workload', 'fork', '-o', "$top/h.tsv"));
	is($table, slurp("$top/h.tsv"), 'the same');
	like($at->('import', "$dir/a.json")->{out}, qr/there already, as .*a\.json/, "import: $name");
	my $made = clean(pvmmu('dashboard', '-v', '--no-charts', '--root', $fixture, '-o', "$top/site/", $name));
	like($made->{out}, qr{^\Q$top\E/site/index\.html\n2 result sets}, "dashboard: $name") or diag($made->{err});
	my $inside = clean(pvmmu('dashboard', '--no-charts', '--root', $fixture, '-o', 'results/site/', $name));
	like($inside->{err}, qr/the copies in the site would be taken for results/, 'not into itself');
}
clean(pvmmu('publish', '-q', '--root', $fixture, '--to', "$top/www", 'results'));
for my $words (['--to', "$top/www/", 'results/'], ['--to', 'www//', './results//'], ['--to', './www', '../' . ($top =~ s|.*/||r) . '/results/']) {
	$got = clean(pvmmu('publish', '--root', $fixture, @$words));
	like($got->{out}, qr/^nothing has changed/, "publish: @$words");
}
is(scalar(my @caches = glob("$fixture/build/publish/*")), 1, 'and all have one place for what is kept');
clean(pvmmu('publish', '-q', '--root', $fixture, '--to', "$top/www2", '--site', "$top/site/"));
ok(-e "$top/www2/index.html", 'publish --site with a slash');
chdir $root or die;

# ---- an index that cannot be written ----
my $fork = [qw(-q points --variant eager --workload fork:mb=0)];
$base = history(@$fork)->{out};
like($base, qr/2026-01-02/, 'what is in the index');
sub same
{
	my ($what, $note) = @_;
	my $got = history(@$fork);
	is($got->{code}, 0, $what);
	is($got->{out}, $base, 'the same');
	is($got->{err}, '', 'no complaint');
	$got = history(@{$fork}[1 .. $#$fork]);
	is(scalar(() = $got->{err} =~ /^pvmmu: note: the index cannot be kept/mg), 1, 'one note') if $note;
	is($got->{out}, $base, 'again');
}
forget();
mkdir "$dir/.index.sqlite" or die;
same('a directory in its place', 1);
rmdir "$dir/.index.sqlite";
symlink("$top/elsewhere.sqlite", "$dir/.index.sqlite") or die;
same('a link in its place', 1);
ok(!-e "$top/elsewhere.sqlite", 'which is not followed');
forget();
is(system('mkfifo', "$dir/.index.sqlite"), 0, 'mkfifo');
same('a pipe in its place', 1);
forget();
is(system('python3', '-c', 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript("CREATE TABLE mine(x); INSERT INTO mine VALUES(1);")', "$dir/.index.sqlite"), 0, 'python3');
my $theirs = slurp("$dir/.index.sqlite");
same('the database of another program', 1);
ok(slurp("$dir/.index.sqlite") eq $theirs, 'which stays');
forget();
history('-q');
system('python3', '-c', 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript("CREATE TABLE next(file INTEGER REFERENCES file); INSERT INTO next SELECT id FROM file; PRAGMA user_version = 99;")',
	"$dir/.index.sqlite");
$got = history(@$fork);
is($got->{out}, $base, 'of a version to come, with other tables');
is(history()->{err}, '', 'made anew');

# Damage that shows while it is read: in any page.
history('-q');
my $size = -s "$dir/.index.sqlite";
my ($bad, $said) = (0, 0);
for my $page (1 .. $size / 4096) {
	open(my $f, '+<', "$dir/.index.sqlite") or die;
	seek($f, ($page - 1) * 4096 + ($page == 1 ? 100 : 0), 0);
	print $f "\xff" x 512;
	close $f;
	$got = history(@$fork);
	$bad++ if $got->{code} || $got->{out} ne $base;
	$said += () = $got->{err} =~ /is damaged .*: it is made anew$/mg;
	diag($page, $got->{err}) if $got->{code} || $got->{out} ne $base;
	$got = clean(pvmmu('dashboard', '-q', '--no-charts', '--root', $fixture, '-o', "$top/site", $dir));
	$bad++ if $got->{code};
	forget();
	history('-q');
}
is($bad, 0, 'a damaged page anywhere changes no answer');
cmp_ok($said, '>', 0, 'and is told');
for my $kept (0, 100, 4096, $size / 2, $size - 4096) {
	truncate("$dir/.index.sqlite", $kept) or die;
	is(history(@$fork)->{out}, $base, "cut to $kept bytes");
	forget();
	history('-q');
}

# A full disk, in the middle of it.
SKIP: {
	skip 'strace is not installed', 1 if system('command -v strace >/dev/null') != 0;
	local $ENV{ASAN_OPTIONS} = "$ENV{ASAN_OPTIONS}:detect_leaks=0";
	my $traced = sub {
		forget();
		my $got = run_command('strace', '-f', '-o', "$tmp/strace", '-e', "inject=$_[0]", $pvmmu, 'history', '--root', $fixture, '--results', $dir, @{$fork}[1 .. $#$fork]);
		return clean($got);
	};
	skip 'strace may not trace here', 1 if $traced->('pwrite64:error=ENOSPC')->{err} =~ /ptrace/;
	for my $when (1 .. 12, 20, 30) {
		for my $call ('pwrite64:error=ENOSPC', 'pwrite64:error=EIO', 'fallocate:error=ENOSPC', 'ftruncate:error=ENOSPC', 'fdatasync:error=EIO') {
			$got = $traced->("$call:when=$when+");
			is($got->{code}, 0, "$call from the ${when}th on") or diag($got->{err});
			is($got->{out}, $base, 'the same');
			cmp_ok(() = $got->{err} =~ /^pvmmu: (?!\d+ of)/mg, '<=', 1, 'one note at most') or diag($got->{err});
		}
	}
}

# A folder that may only be read: by somebody who is not root.
SKIP: {
	my $who = $> ? '' : 'nobody';
	skip 'no runuser', 1 if $who && system("runuser -u $who -- true 2>/dev/null") != 0;
	forget();
	system('chmod', '-R', 'a+rX', $top, $fixture);
	chmod 0555, $dir;
	my @as = ($who ? ('runuser', '-u', $who, '--') : (), $pvmmu);
	skip 'others may not read the program', 1 if $who && system("runuser -u $who -- test -x $pvmmu -a -r $root/results.schema.json") != 0;
	for my $state ('none', 'one') {
		$got = clean(run_command(@as, 'history', '--root', $fixture, '--results', $dir, @$fork));
		is($got->{code}, 0, "a folder that may only be read, with index: $state") or diag($got->{err});
		is($got->{out}, $base, 'the same');
		is($got->{err}, '', 'no complaint');
		$got = clean(run_command(@as, 'history', '--root', $fixture, '--results', $dir, @{$fork}[1 .. $#$fork]));
		is(scalar(() = $got->{err} =~ /^pvmmu: note: the index cannot be kept/mg), 1, 'one note');
		chmod 0755, $dir;
		history('-q');
		chmod 0555, $dir;
	}
	chmod 0755, $dir;
}

done_testing();
