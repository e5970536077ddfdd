#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Outputs that are no files: devices, pipes, descriptors and links stay what they are, and get the bytes or
# a refusal. Every option that names an output file is tried on each kind; never on the machine's own, which
# a program that fails this test would take away.
use strict;
use warnings;
use File::Copy qw(copy);
use FindBin;
use lib "$FindBin::Bin/..";
use IO::Socket::UNIX;
use POSIX qw(mkfifo);
use PvmmuTest;

my $golden  = "$root/tests/golden/two-variants.json";
my $fixture = fixture();
my $dir     = "$tmp/out";
mkdir $dir or die;
my $in = "$dir/in.json";
copy($golden, $in) or die;
my $set = read_json($golden);
my $n   = @{$set->{runs}[0]{series}[0]{samples}};
$set->{runs}[0]{collected}{insn} = {sections => $n, faults => 0, xen => [1 .. $n], kernel => [1 .. $n], user => [1 .. $n],
	functions => [{who => 'xen', object => 'xen', name => 'f', instructions => 7, entered => 1}]};
my $profiled = write_json("$dir/profiled.json", $set);

# Each command that writes one file, with the option last; suffixes are what `plot` wants.
my @one      = qw(--variant eager --workload fork);
my @commands = (
	['export',  '', qw(export --format csv), $in, '--out'],
	['merge',   '', qw(merge --force -q), $in, '--out'],
	['verdict', '', qw(verdict -q), @one, '--root', $fixture, $in, '--out'],
	['badge',   '', qw(verdict -q), @one, '--root', $fixture, $in, '--out', "$dir/verdict.out", '--badge'],
	['profile', '', qw(profile --top 0), $profiled, '--folded'],
	['table',   '.tsv', qw(plot), $in, '-o'],
	(system('command -v gnuplot >/dev/null') == 0 ? ['picture', '.svg', qw(plot), $in, '-o'] : ()),
);

sub text   { return -f $_[0] ? slurp($_[0]) : 'nothing' }
sub hidden { return [grep { !m{/\.\.?$} } glob("$_[0]/.*")] }

# The kind of a path, and where a link leads.
sub kind
{
	my ($path) = @_;
	return -l $path ? 'link to ' . readlink($path) : -p $path ? 'pipe' : -c $path ? 'device' : -b _ ? 'disk' : -S $path ? 'socket'
		: -d $path ? 'directory' : -f $path ? 'file' : 'nothing';
}

for my $command (@commands) {
	my ($name, $end, @words) = @$command;
	my $to   = sub { return pvmmu(@words, $_[0]) };
	my $path = sub { return "$dir/$name-$_[0]$end" };
	my $fine = sub {
		my ($got, $what) = @_;
		ok($got->{code} == 0 || ($name =~ /verdict|badge/ && $got->{code} == 5), "$name: $what") or diag($got->{code}, $got->{err});
		unlike($got->{err}, qr/Sanitizer|runtime error/, 'no sanitizer report');
	};

	my $plain = $path->('plain');
	$fine->($to->($plain), 'a new file');
	my $bytes = slurp($plain);
	cmp_ok(length $bytes, '>', 10, 'with something in it');
	is((stat $plain)[2] & 0777, 0666 & ~umask, 'accessible as the umask says');
	my $same = sub { is($_[0] =~ s/"(?:command|created)": .*//gr, $bytes =~ s/"(?:command|created)": .*//gr, "$name: $_[1]") };

	# Links: to a file, to nothing yet, by way of another link, from another directory.
	mkdir "$dir/deep";
	spew($path->('target'), 'old');
	chmod 0600, $path->('target');
	symlink("$name-target$end", $path->('link')) or die;
	symlink("$name-link$end", $path->('link2')) or die;
	symlink("../$name-born$end", "$dir/deep/$name-dangling$end") or die;
	$fine->($to->($path->('link2')), 'a link to a link');
	is(kind($path->('link2')), "link to $name-link$end", 'stays one');
	is(kind($path->('link')), "link to $name-target$end", 'and the next');
	$same->(text($path->('target')), 'the target has it');
	is((stat $path->('target'))[2] & 0777, 0600, 'and is as accessible as before');
	$fine->($to->("$dir/deep/$name-dangling$end"), 'a link to nothing');
	is(kind("$dir/deep/$name-dangling$end"), "link to ../$name-born$end", 'stays one');
	$same->(text($path->('born')), 'what it leads to is there now');

	# A pipe, whose reader may come late.
	mkfifo($path->('pipe'), 0600) or die;
	my $reader = start_command('sh', '-c', "sleep 0.3; cat '" . $path->('pipe') . "'");
	$fine->($to->($path->('pipe')), 'a pipe');
	$same->(finish_command($reader, 30)->{out}, 'its reader gets it');
	is(kind($path->('pipe')), 'pipe', 'it stays one');

	# Descriptors.
	symlink('/dev/stdout', $path->('stdout')) or die;
	my $got = $to->($path->('stdout'));
	$fine->($got, 'a link to the standard output');
	$same->($got->{out}, 'which gets it and nothing else');
	is(kind($path->('stdout')), 'link to /dev/stdout', 'it stays one');
	if (!$end) {
		$got = $to->('-');
		$fine->($got, 'a dash');
		$same->($got->{out}, 'is the standard output');
		$got = $to->('/dev/fd/77');
		is($got->{code}, 4, 'a descriptor that is not open');
		like($got->{err}, qr{cannot write /dev/fd/77: Bad file}, 'is told');
	}

	# A path that cannot be written is an error, and no file changes.
	symlink("$name-loop$end", $path->('loop')) or die;
	mkdir $path->('dir') or die;
	symlink("$name-dir$end", $path->('dirlink')) or die;
	my $socket = IO::Socket::UNIX->new(Type => SOCK_STREAM, Local => $path->('sock'), Listen => 1) or die;
	for my $bad (['dir', qr/directory/], ['dirlink', qr/directory/], ['loop', qr/symbolic links/], ['sock', qr/socket/]) {
		my $before = kind($path->($bad->[0]));
		$got = $to->($path->($bad->[0]));
		is($got->{code}, 4, "$name: $bad->[0] is refused") or diag($got->{out});
		like($got->{err}, $bad->[1], 'and why');
		is(kind($path->($bad->[0])), $before, 'nothing has changed');
	}
	is_deeply([glob("$dir/$name-dir$end/*")], [], 'nothing in the directory either');
	if (!$end) {
		$got = $to->("$plain/");
		is($got->{code}, 4, 'a slash at the end is a directory');
		is(slurp($plain), $bytes, 'the file is as it was');
	}
	$got = $to->($path->('none') . "/x$end");
	is($got->{code}, 4, "$name: no such directory");
	is(kind($path->('none')), 'nothing', 'none is made unasked');

	# The longest name that there can be.
	my $long = "$dir/" . 'n' x (255 - length $end) . $end;
	$fine->($to->($long), 'a long name');
	ok(unlink($long), 'is there');

	SKIP: {
		skip 'devices need root', 8 if $>;
		my ($null, $full, $disk) = map { $path->($_) } qw(null full disk);
		skip 'no devices can be made here', 8
			if system('mknod', $null, 'c', 1, 3) || system('mknod', $full, 'c', 1, 7) || system('mknod', $disk, 'b', 7, 250);
		$fine->($to->($null), 'a device');
		is(kind($null), 'device', 'stays one');
		$got = $to->($full);
		is($got->{code}, 4, 'a full one');
		like($got->{err}, qr/No space left/, 'is told');
		is(kind($full), 'device', 'and stays');
		is($to->($disk)->{code}, 4, 'a disk is refused');
		is(kind($disk), 'disk', 'and stays');
	}
	is_deeply(hidden($dir), [], "$name: nothing temporary is left");
}

# Reading and writing one file, and two outputs in one.
symlink('in.json', "$dir/alias") or die;
symlink('in.json', "$dir/alias.tsv") or die;
my $before = slurp($in);
for my $words (['export', '--format', 'csv', '-o'], ['plot', '-o'], ['profile', '--folded'], ['verdict', '--out'], ['verdict', '--badge']) {
	my $to  = $words->[0] eq 'plot' ? "$dir/alias.tsv" : "$dir/alias";
	my $got = pvmmu(@$words, $to, '--root', $fixture, $in);
	is($got->{code}, 4, "$words->[0]: an output that is read");
	like($got->{err}, qr/alias(?:\.tsv)?: it is read too, as .*in\.json/, 'is told');
	ok(slurp($in) eq $before, 'and not written');
}
mkdir "$dir/own" or die;
copy($golden, "$dir/own/verdict.json") or die;
is(pvmmu('verdict', @one, '--root', $fixture, "$dir/own/verdict.json")->{code}, 4, 'a set named verdict.json');
ok(slurp("$dir/own/verdict.json") eq slurp($golden), 'is not replaced by its verdict');
my $got = pvmmu('verdict', @one, '--root', $fixture, $in, '--out', "$dir/twice", '--badge', "$dir/./twice");
is($got->{code}, 4, 'two outputs in one file') or diag($got->{err});
ok(!-e "$dir/twice", 'neither is written');
is(pvmmu('merge', '-q', '--force', '-o', $in, $in)->{code}, 0, 'merge --force replaces a set by one that has all of it');
is(scalar @{read_json($in)->{runs}}, 4, 'and it has');

# Appending, as a shell does.
my $log = spew("$dir/log", "before\n");
symlink('/proc/self/fd/1', "$dir/std") or die;
is(system("$pvmmu export --format csv -o $dir/std $golden >>$log"), 0, 'standard output appends');
like(slurp($log), qr/^before\nfile,id,.*/, 'and what was there stays');

# A user without permission to write a file does not replace it.
SKIP: {
	skip 'root may write everything', 2 if !$>;
	my $fixed = spew("$dir/fixed", 'old');
	chmod 0444, $fixed;
	is(pvmmu('export', '--format', 'csv', '-o', $fixed, $golden)->{code}, 4, 'a file without permission to write');
	is(slurp($fixed), 'old', 'is as it was');
}

# A run leaves logs and a verdict beside its result: what has no room for them is refused before the first boot.
$ENV{FAKE_QEMU} = 'success';
sub fake
{
	return pvmmu('run', '-q', '--root', $fixture, '--qemu', "$root/tests/fake-qemu", @one, '--out', $_[0], @_[1 .. $#_]);
}
mkdir "$dir/run" or die;
mkfifo("$dir/run/pipe", 0600) or die;
symlink('/dev/stdout', "$dir/run/stdout") or die;
my $null = !$> && system('mknod', "$dir/run/null", 'c', 1, 3) == 0;
for my $to ("$dir/run/pipe", "$dir/run/stdout", $null ? "$dir/run/null" : ()) {
	my $kind = kind($to);
	$got = fake($to);
	is($got->{code}, 4, "run: $to is refused");
	like($got->{err}, qr/\Q$to\E: it is no regular file, and a run leaves logs/, 'and why');
	is(kind($to), $kind, 'it stays');
}
is_deeply([sort map { s|.*/||r } glob("$dir/run/*")], [$null ? 'null' : (), 'pipe', 'stdout'], 'nothing is beside them');
$got = fake('-');
is($got->{code}, 64, 'run: a dash is refused');
$got = fake("$dir/run/verdict.json");
like($got->{err}, qr/the verdict goes there/, 'run: not where its verdict goes');
$got = fake("$dir/run/new/");
is($got->{code}, 4, 'run: a slash at the end');
ok(!-e "$dir/run/new", 'makes no directory');
mkdir "$dir/elsewhere" or die;
symlink('../elsewhere/real.json', "$dir/run/x.json") or die;
is(fake("$dir/run/x.json")->{code}, 0, 'run: a link to nothing yet');
is(kind("$dir/run/x.json"), 'link to ../elsewhere/real.json', 'stays one');
like(text("$dir/elsewhere/real.json"), qr/"runs"/, 'and leads to the result');
ok(-e "$dir/run/verdict.json", 'its verdict is beside the link');
spew("$dir/elsewhere/mine.log", 'mine');
symlink('../elsewhere', "$dir/run/y.json.logs") or die;
$got = fake("$dir/run/y.json");
is($got->{code}, 4, 'run: logs by way of a link');
like($got->{err}, qr/cannot keep logs in .*y\.json\.logs: it is a symbolic link/, 'are refused');
ok(-e "$dir/elsewhere/mine.log", 'and nothing is cleared away there');

# Inputs that are no files either: a pipe is read once.
sub piped { return run_command('sh', '-c', "cat $golden | $pvmmu \"\$\@\"", 'sh', @_) }
is(piped('export', '--format', 'csv', '/dev/stdin')->{out} =~ s{^/dev/stdin}{x}mgr, pvmmu('export', '--format', 'csv', $golden)->{out} =~ s{^\Q$golden\E}{x}mgr, 'export from a pipe');
$got = piped('import', '--root', $fixture, '--results', "$dir/results", '/dev/stdin');
is($got->{code}, 0, 'import from a pipe') or diag($got->{err});
my ($imported) = glob("$dir/results/imported/*.json");
ok($imported && slurp($imported) eq slurp($golden), 'has all of it');
$got = piped('merge', '-o', "$dir/merged.json", '/dev/stdin');
is($got->{code}, 4, 'merge from a pipe is refused');
like($got->{err}, qr{/dev/stdin is no regular file: its hash could not be told}, 'and why');
mkdir "$dir/beside" or die;
symlink('/dev/stdin', "$dir/beside/in") or die;
$got = piped('verdict', @one, '--root', $fixture, "$dir/beside/in");
is($got->{code}, 64, 'a verdict beside a pipe is refused');
is_deeply([glob("$dir/beside/*.json")], [], 'and not made');
$got = piped('verdict', '-q', @one, '--root', $fixture, '--out', "$dir/of-pipe.json", '/dev/stdin');
ok(!exists read_json("$dir/of-pipe.json")->{new}, 'a verdict of a pipe says no hash');
system('rm', '-r', "$dir/results/imported");
symlink('../elsewhere', "$dir/results/imported") or die;
$got = pvmmu('import', '--root', $fixture, '--results', "$dir/results", $golden);
is($got->{code}, 4, 'import by way of a link') or diag($got->{out});
like($got->{err}, qr/imported is a symbolic link, which is not followed/, 'is refused');
is_deeply([glob("$dir/elsewhere/2*")], [], 'and leaves nothing there');

# Any bytes may be a name, but not in JSON.
my $odd = "$dir/odd\xff\x1b[2J.json";
copy($golden, $odd) or die;
$got = pvmmu('merge', '-q', '-o', "$dir/odd-merged.json", $odd);
is($got->{code}, 0, 'merge: a name that is not UTF-8') or diag($got->{err});
is(pvmmu('validate', "$dir/odd-merged.json")->{code}, 0, 'the merged set is one');
is(read_json("$dir/odd-merged.json")->{merged_from}[0]{file}, 'odd\xff\x1b[2J.json', 'and names it');
$got = pvmmu('import', '-q', '--root', $fixture, '--results', "$dir/odd-results", $odd);
is($got->{code}, 0, 'import of such a name') or diag($got->{err});
like(read_json((glob("$dir/odd-results/imported/*.origin"))[0])->{from}, qr/odd\\xff/, 'its note names it');
pvmmu('verdict', '-q', @one, '--root', $fixture, '--out', "$dir/odd-verdict.json", $odd);
like(read_json("$dir/odd-verdict.json")->{new}{file} // '', qr/odd\\xff/, 'and so does a verdict');

done_testing();
