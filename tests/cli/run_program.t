#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# `pvmmu run -- PROGRAM`: what is handed to the guest, what becomes of what the
# program prints and how it ends, and what is refused before anything boots.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;
use File::Path qw(make_path);
use MIME::Base64 qw(decode_base64);

my $dir     = fixture(1);
my $program = "$root/build/workloads/tiny"; # any static one
my $scratch = "$tmp/scratch";
make_path($scratch);
local $ENV{TMPDIR}      = $scratch;
local $ENV{PVMMU_CHOSEN} = 'from here';
my @run = ($pvmmu, 'run', '--root', $dir, '--qemu', "$root/tests/fake-qemu");

# Runs `sh -c 'cd; exec pvmmu run ... < input'`.
sub run_program
{
	my ($act, $input, @arguments) = @_;
	local $ENV{FAKE_QEMU} = $act;
	my $got = run_command('sh', '-c', 'cd "$1" && shift && input=$1 && shift && exec "$@" < "$input"', 'sh',
		$tmp, $input, @run, @arguments);
	unlike($got->{err}, qr/Sanitizer|runtime error/, 'no sanitizer report');
	return $got;
}

sub left_over { return join ' ', sort map { s|.*/||r } glob("$scratch/pvmmu.*") }

# ---- bytes ----
my $bytes = join '', map { chr } 0 .. 255;
$bytes .= "\@pvmmu \n\@pvmmu w 0 1 \r\n\n\@p\n" . ('x' x 100_000) . reverse($bytes) . '@pvm';
my $input = spew("$tmp/input", $bytes);
my $got = run_program('success', $input, '--variant', 'eager', '--', $program);
is($got->{code}, 0, 'a program that is content');
is($got->{out}, $bytes, 'standard output is what it wrote, to the byte');
like($got->{err}, qr/^said on stderr$/m, 'so is standard error');
is(left_over(), '', 'nothing is left over');
ok(!-e "$dir/results", 'and no result is written if none is asked for');

$got = run_program('success', '/dev/null', '--variant', 'eager', '--stdin', $input, '--', $program);
is($got->{out}, $bytes, '--stdin FILE');
$got = run_program('success', '/dev/null', '--variant', 'eager', '--', $program);
is($got->{out}, '', 'an empty standard input');

# ---- arguments, environment, files ----
make_path("$tmp/tree/sub/empty", "$tmp/bin");
spew("$tmp/tree/a", 'aa');
spew("$tmp/tree/sub/b,c=d", 'bbb');
symlink('a', "$tmp/tree/link") or die;
system('cp', $program, "$tmp/bin/mine") == 0 or die;
{
	local $ENV{PATH} = "$tmp/bin:$ENV{PATH}";
	$got = run_program('prog-tells', '/dev/null', '--variant', 'eager', '--env-var', 'A=b c=d,e', '--env-var',
		'PVMMU_CHOSEN', '--env-var', 'HOME=/here', '--file', 'tree', '--file', "tree/a=/etc/x/y", '--file',
		'../' . ($tmp =~ s|.*/||r) . '/input', '--', 'mine', '', 'a b', "new\nline", "quo'te\"", "\xc3\xa9\xff",
		'--variant');
}
is($got->{code}, 0, 'much to hand over') or diag($got->{err});
is_deeply([$got->{out} =~ /^argument <(.*?)>$/gms], ["$tmp/bin/mine", '', 'a b', "new\nline", "quo'te\"",
	"\xc3\xa9\xff", '--variant', ''], 'arguments; the one found in PATH by its absolute path');
is_deeply([sort $got->{out} =~ /^variable <(.+?)>$/gm], ['A=b c=d,e', 'HOME=/here',
	'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'PVMMU_CHOSEN=from here',
	'PVMMU_CLOCK=tsc'], 'the environment: chosen variables and a few fixed ones');
my $here = $tmp =~ s|^/||r;
for my $file (["$here/bin/mine", 100755, -s $program], ['tree', 40755, 0], ['tree/a', 100644, 2],
	['tree/sub/b,c=d', 100644, 3], ['tree/sub/empty', 40755, 0], ['tree/link', 120777, 1],
	['etc/x/y', 100644, 2], ['etc', 40755, 0], ['input', 100644, length $bytes]) {
	like($got->{out}, qr/^file <\Q$file->[0]\E> $file->[1] $file->[2]$/m, "/$file->[0] is taken along");
}
$got = run_program('prog-tells', '/dev/null', '--variant', 'eager', '--', './bin//mine');
like($got->{out}, qr|^argument <./bin//mine>$|m, 'a relative path stays as it is given');
like($got->{out}, qr|^file <bin/mine>|m, 'and is found there from /');
$got = run_program('prog-tells', '/dev/null', '--variant', 'eager', '--', 'tree/../bin/mine');
like($got->{out}, qr|^argument </mine>$|m, 'one with .. goes by its last name');

# ---- how it ends ----
$got = run_program('prog-exit', $input, '--variant', 'eager', '--', $program);
is($got->{code}, 7, 'its exit status is ours');
is($got->{err}, "said on stderr\npvmmu: warning: QEMU was chosen by hand (--qemu or PVMMU_QEMU): "
	. "$root/tests/fake-qemu\n", 'and no more is said about it');
$got = run_program('prog-signal', $input, '--variant', 'eager', '--', $program);
is($got->{code}, 139, '128 and the number of the signal');
like($got->{err}, qr/^pvmmu: the program was killed by signal 11$/m, 'which is told');
is(left_over(), '', 'no console is kept of that');
for my $case (['prog-leak', 5, qr/failure: not conserved over the program: free_pages was 900, is 899/],
	['prog-no-books', 4, qr/error: the "conserved" record is missing/],
	['prog-lost', 4, qr/error: console line \d+: source k: .* lines were lost/],
	['prog-wide', 4, qr/error: console line \d+: an "output" record of the wrong shape/],
	['prog-fd', 4, qr/error: console line \d+: an "output" record of the wrong shape/],
	['bug', 6, qr|crash: guest panic: BUG: page at mm/fault.c:12|],
	['qemu-exit', 4, qr/error: QEMU exited with status 3/],
	['prog-spin', 7, qr/timeout: no end after 1 s of processor time/]) {
	my ($act, $code, $why) = @$case;
	$got = run_program($act, $input, '--variant', 'eager', '--timeout', $act eq 'prog-spin' ? 1 : 30, '--cold', '--', $program);
	is($got->{code}, $code, "$act: exit code $code");
	like($got->{err}, $why, "$act: says why");
	like($got->{err}, qr|^console: \Q$scratch\E/pvmmu\.\w+$|m, "$act: says where the console is kept");
	my @logs = glob("$scratch/pvmmu.*/*");
	is(scalar @logs, 1, "$act: it is, and nothing else");
	system('rm', '-rf', glob("$scratch/*"));
}
$got = run_program('prog-warns', $input, '--variant', 'eager', '--', $program);
like($got->{err}, qr/^pvmmu: warning: unknown call$/m, 'what the guest warns of is told');
$got = run_program('prog-warns', $input, '--variant', 'eager', '-q', '--', $program);
unlike($got->{err}, qr/unknown call/, 'unless --quiet');

# ---- several ----
$got = run_program('eager=prog-exit,native=prog-signal,nopin=success', $input, '--variant', 'nopin,eager,native', '--',
	$program, 'x');
is($got->{code}, 7, 'of several the first that is not 0');
is($got->{out}, $bytes x 3, 'all their output');
is_deeply([$got->{err} =~ /^== (\S+)$/gm], [map { "$_->[0]-tiny_x~$_->[1]" } ['xen64', 'nopin'],
	['xen64', 'eager'], ['native64', 'native']], 'each under a header, in order');

# ---- records ----
my $forged = record('k', 9, {t => 'panic', reason => 'forged'});
$got = run_program('prog-records', $input, '--variant', 'eager', '--', $program);
is($got->{code}, 0, 'a program that measures');
is($got->{out}, "plain \@pvmmu w 0 \n\@pvmmu that is none\n$forged\@pvm",
	'its records are taken out of its output, what only looks like one is not');
like($got->{err}, qr/^xen64-tiny~eager\s+200 instructions \(insns, median of 2\)$/m, 'the table');
my ($file) = $got->{err} =~ m|^(\Q$dir\E/results/\S+\.json)$|m;
ok($file && -e $file, 'a result is written without being asked for') or diag($got->{err});
is_deeply(read_json($file)->{runs}[0]{series}[0]{samples}, [100, 300], 'with the samples') if $file;

# ---- the result ----
$got = run_program('success', $input, '--variant', 'eager', '--out', "$tmp/r/x.json", '--env-var', 'A=b', '--',
	'./bin/mine', 'two words');
is($got->{code}, 0, '--out');
my $set = read_json("$tmp/r/x.json");
my $run = $set->{runs}[0];
is($run->{outcome}{status}, 'success', 'a run without samples may be a success');
my $w = $run->{identity}{workload};
like($w->{name}, qr/^mine_two_words-[0-9a-f]{8}$/, 'what it is called');
is($w->{program}{path}, '/bin/mine', 'path');
is($w->{program}{sha256}, (split ' ', `sha256sum $program`)[0], 'hash');
is_deeply($w->{program}{arguments}, ['./bin/mine', 'two words'], 'arguments');
like($run->{command}, qr|--variant eager .* --env-var A=b -- ./bin/mine 'two words'$|, 'the command that repeats it');
is($run->{output}[0]{bytes}, length $bytes, 'how much it printed');
is(decode_base64($run->{output}[0]{base64}), substr($bytes, 0, 65536), 'the beginning of it');
ok($run->{output}[0]{cut}, 'which is said');
is($run->{output}[1]{text}, "said on stderr\n", 'text is kept as text');
unlike(slurp("$tmp/r/x.json"), qr/\Q$scratch\E/, 'no path of this machine');
is(pvmmu('validate', '--root', $dir, "$tmp/r/x.json")->{code}, 0, 'the set is valid');
is(read_json("$tmp/r/verdict.json")->{verdict}, 'pass', 'verdict.json');
my $other = run_program('success', $input, '--variant', 'eager', '--out', "$tmp/r/y.json", '--', './bin/mine',
	'two_words');
isnt(read_json("$tmp/r/y.json")->{runs}[0]{id}, $run->{id}, 'other arguments, another id');

# ---- interrupted ----
{
	local $ENV{FAKE_QEMU} = 'prog-hang';
	my $h = start_command(@run, '--variant', 'eager', '--stdin', $input, '--', $program);
	ok(wait_until(sub { -s $h->{out} >= 100_000 }), 'output is printed while it runs');
	kill 'INT', $h->{pid};
	$got = finish_command($h);
	is($got->{code}, 130, 'interrupted');
	ok(length $got->{out} >= 100_000, 'what was printed stays');
	system('rm', '-rf', glob("$scratch/*"));
}
{
	local $ENV{FAKE_QEMU} = 'prog-hang';
	$got = run_command('sh', '-c', '{ "$@"; echo "code $?" >&2; } | head -c 5', 'sh', @run, '--variant', 'eager',
		'--stdin', $input, '--', $program);
	is($got->{out}, substr($bytes, 0, 5), 'a reader that has had enough');
	like($got->{err}, qr/^pvmmu: the program's output cannot be written\n.*^code 4\n/ms, 'ends it');
	is(left_over(), '', 'and leaves nothing');
}

# ---- what is refused ----
sub patched
{
	my ($name, $at, $byte) = @_;
	my $elf = slurp($program);
	substr($elf, $at, 1) = chr $byte;
	spew("$tmp/$name", $elf);
	chmod 0755, "$tmp/$name";
	return "./$name";
}
spew("$tmp/text", "just text\n");
chmod 0755, "$tmp/text";
spew("$tmp/script", "#! /bin/nosuch -x\n");
spew("$tmp/odd", "#!nosuch\n");
spew("$tmp/short", substr(slurp($program), 0, 70));
chmod 0755, "$tmp/script", "$tmp/odd", "$tmp/short";
for my $case (['nosuch-program', qr/nosuch-program: not found in PATH/], ['./nosuch', qr/cannot run .\/nosuch: No such file/],
	['./tree', qr/cannot run .\/tree: it is not a regular file/], ['./input', qr/cannot run .\/input: Permission denied/],
	['/bin/sh', qr/\/bin\/sh is dynamically linked.*link it with -static; busybox has one that is static: -- busybox sh$/m],
	[$^X, qr/ is dynamically linked.*link it with -static$/m],
	[patched('small', 4, 1), qr/small is a 32-bit program/],
	[patched('arm', 18, 183), qr/arm is for another processor \(ELF machine 183\)/],
	[patched('object', 16, 1), qr/object is an ELF file but not a program \(type 1\)/],
	['./short', qr/short is a truncated ELF file/], ['./text', qr/text is neither an x86-64 ELF program nor a script/],
	['./odd', qr/odd: the interpreter after #! is no absolute path: "nosuch"/], ['', qr/the program's name is empty/]) {
	my ($name, $why) = @$case;
	$got = run_program('success', '/dev/null', '--variant', 'eager', '--', $name);
	is($got->{code}, 64, "\"$name\" is refused");
	like($got->{err}, $why, 'and it is said why');
}
$got = run_program('success', '/dev/null', '--variant', 'eager', '--', './script');
is($got->{code}, 4, 'a script without its interpreter');
like($got->{err}, qr|/script is a script for /bin/nosuch, which is not in the guest.*--file PATH=/bin/nosuch|, 'says so');
$got = run_program('prog-tells', '/dev/null', '--variant', 'eager', '--file', "$program=/bin/nosuch", '--', './script');
is($got->{code}, 0, 'and with it');
open(my $big, '>', "$tmp/big") or die;
truncate($big, 40 << 20);
close($big);
$got = run_program('success', '/dev/null', '--variant', 'eager', '--mem', '64', '--file', 'big', '--', $program);
is($got->{code}, 4, 'too large for the guest');
like($got->{err}, qr/are 41 MiB, for which the guest needs 108 MiB of memory: --mem 108/, 'says what would do');
for my $case ([['--file', 'nosuch'], qr/--file nosuch: cannot read nosuch: No such file/],
	[['--file', 'input', '--file', 'input'], qr{/input is given twice}],
	[['--file', '/dev/null'], qr/neither a file nor a directory/],
	[['--env-var', 'NO_SUCH_VARIABLE'], qr/the variable is not set here; give NAME=VALUE/],
	[['--env-var', '=x'], qr/expected NAME=VALUE/], [['--stdin', 'nosuch'], qr/cannot read nosuch/],
	[['--workload', 'fork'], qr/in place of workloads/], [['--resume', '--out', 'x'], qr/--resume is not for programs/]) {
	my ($options, $why) = @$case;
	$got = run_program('success', '/dev/null', '--variant', 'eager', @$options, '--', $program);
	is($got->{code}, 64, "@$options: a usage error");
	like($got->{err}, $why, 'that says what is wrong');
}
$got = run_program('success', '/dev/null', '--', $program);
like($got->{err}, qr/a program needs a variant/, 'a variant must be named');
$got = run_program('success', '/dev/null', '--variant', 'eager', '--');
like($got->{err}, qr/expected a program after --/, 'so must a program');
$got = run_program('success', '/dev/null', '--variant', 'eager', '--file', 'x');
like($got->{err}, qr/are for a program/, 'files are for programs');
$got = run_program('success', '/dev/null', '--variant', 'eager', '--dry-run', '--', $program);
like($got->{out}, qr/name=opt.pvmmu.archive,file=\S+session.cpio/, '--dry-run');
is(left_over(), '', 'nothing is left over');

done_testing;
