#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Programs of the user's in the guest: bytes in and out, arguments, environment,
# files, exit status, on Xen and without, on one vCPU and several.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;
use File::Path qw(make_path);

my %built = (musl => "$root/build/test-guest/musl/teller", glibc => "$root/build/test-guest/glibc/teller");
my $run   = "$root/build/pvmmu";

# Runs it in $tmp with that file as standard input.
sub teller
{
	my ($input, $options, $program, @arguments) = @_;
	return run_command('sh', '-c', 'cd "$1" && shift && i=$1 && shift && exec "$@" < "$i"', 'sh', $tmp, $input,
		$run, 'run', '--variant', @$options, '--', $program, @arguments);
}

# ---- bytes: all values, a million of them; not all through Xen, whose console is slow ----
srand(4);
my $all   = join '', map { chr } 0 .. 255;
my $bytes = $all . join '', map { chr int rand 256 } 1 .. 250_000;
$bytes .= join '', map { "line $_ \@pvmmu w\n" } 1 .. 45_000;
my $input = spew("$tmp/input", $bytes);
cmp_ok(length $bytes, '>', 1 << 20, 'a megabyte');
for my $case ([200_000, 'eager'], [length $bytes, 'native', '--vcpus', 4]) {
	my ($n, @options) = @$case;
	my $options = \@options;
	my $want    = substr($bytes, 0, $n);
	my $r = teller(spew("$tmp/part", $want), $options, $built{musl}, 'copy');
	is($r->{code}, 0, "@$options: a program that copies") or diag($r->{err});
	ok($r->{out} eq $want, "@$options: each byte in and out");
	is($r->{err}, '', "@$options: and nothing else is said");
}

# ---- arguments and environment, as on this Linux ----
my @arguments = ('', 'a b', "new\nline", q(quo'te"), "\xc3\xa9\xff", '-n', '*');
for my $library (sort keys %built) {
	my $want = run_command('env', '-i', 'A=b c', "B=\n", $built{$library}, 'x', @arguments);
	my $got = teller('/dev/null', ['batched', '--env-var', 'A=b c', '--env-var', "B=\n"], $built{$library}, 'x',
		@arguments);
	is($got->{code}, 0, "$library: a program that tells") or diag($got->{err});
	is($got->{out} =~ s/^variable <(?:PATH|HOME|PVMMU_CLOCK)=.*>\n//gmr, $want->{out}, "$library: what it was given");
}

# ---- files, by relative path ----
make_path("$tmp/tree/sub/empty");
spew("$tmp/tree/a", 'aa');
spew("$tmp/tree/sub/b c", '');
chmod 0750, "$tmp/tree/sub/b c";
symlink('../a', "$tmp/tree/sub/link") or die;
system('cp', $built{musl}, "$tmp/mine") == 0 or die;
my $got = teller('/dev/null', ['eager', '--file', 'tree', '--file', 'tree/a=/etc/other'], './mine', 'tree', 'tree');
is_deeply([sort split /\n/, $got->{out}], ['tree 755 ', 'tree/a 644 aa', 'tree/sub 755 ', 'tree/sub/b c 750 ',
	'tree/sub/empty 755 ', 'tree/sub/link 777 ../a'], 'a tree of files') or diag($got->{err});
$got = teller('/dev/null', ['eager', '--file', 'tree/a=/etc/other'], './mine', 'tree', '/etc');
is($got->{out}, "/etc 755 \n/etc/other 644 aa\n", 'a file at another path');
spew("$tmp/script", "#!/opt/teller x\n");
chmod 0755, "$tmp/script";
$got = teller('/dev/null', ['eager', '--file', "mine=/opt/teller"], './script', 'y');
like($got->{out}, qr|^argument </opt/teller>\nargument <x>\nargument <./script>\nargument <y>\n|, 'a script')
	or diag($got->{err});

# ---- how it ends ----
for my $case (['exit', 0, 0, ''], ['exit', 3, 3, ''], ['exit', 255, 255, ''],
	['signal', 11, 139, "pvmmu: the program was killed by signal 11\n"],
	['signal', 9, 137, "pvmmu: the program was killed by signal 9\n"]) {
	my ($command, $n, $code, $err) = @$case;
	my $r = teller('/dev/null', ['batched'], './mine', $command, $n);
	is($r->{code}, $code, "$command $n: exit code $code");
	is($r->{err}, $err, "$command $n: what is said about it");
}
$got = teller('/dev/null', ['eager', '--out', "$tmp/x.json"], './mine', 'unknown');
is($got->{code}, 0, 'a call that the guest does not have');
like($got->{err}, qr/^pvmmu: warning: system call bpf \(321\) /m, 'is warned about by name');
is(pvmmu('validate', "$tmp/x.json")->{code}, 0, 'the result is valid');
my $set = read_json("$tmp/x.json");
is($set->{runs}[0]{observed}{start}, 'warm', 'it started from the kept state like any run');
like($set->{runs}[0]{warnings}[0], qr/bpf/, 'and has the warning');

# ---- several machines, both outputs ----
$got = teller('/dev/null', ['eager,native', '--vcpus', '2'], './mine', 'both');
is($got->{code}, 0, 'two variants') or diag($got->{err});
is($got->{out}, join('', map { "$_ out\n" } 0 .. 7) x 2, 'standard output');
is($got->{err}, join('', map { "== $_\n" . join '', map { "$_ err\n" } 0 .. 7 } 'xen64-mine_both@2~eager',
	'native64-mine_both@2~native'), 'standard error, under headers');

# ---- measurements ----
$got = teller('/dev/null', ['eager', '--out', "$tmp/program.json"], "$root/build/workloads/null_syscall", 'n=16');
is($got->{code}, 0, 'a workload as a program') or diag($got->{err});
is($got->{out}, '', 'its records are no output');
my $as_program = read_json("$tmp/program.json")->{runs}[0]{series}[0];
is(scalar @{$as_program->{samples}}, 16, 'they are samples');
is($as_program->{unit}, 'instructions', 'of instructions');
run_command($run, 'run', '--variant', 'eager', '--workload', 'null_syscall:n=16', '--quiet', '--out', "$tmp/w.json");
is_deeply($as_program->{samples}, read_json("$tmp/w.json")->{runs}[0]{series}[0]{samples},
	'the same as of the workload');

# ---- as large as the guest can take ----
open(my $big, '>', "$tmp/big") or die;
print $big 'x' x (18 << 20);
close $big;
$got = teller('/dev/null', ['eager', '--mem', '64', '--file', 'big'], './mine', 'tree', 'big');
is($got->{out}, 'big 644 ' . 'x' x 63 . "\n", 'files that just fit') or diag($got->{err});
is($got->{code}, 0, 'are fine');
done_testing;
