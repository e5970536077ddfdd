#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# .ci/fresh cleans up after itself, and skips where it cannot work. A
# stand-in here; the real one is CI's business.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

delete @ENV{qw(MAKEFLAGS MAKELEVEL)};
mkdir "$tmp/$_" for qw(bin none there);
$ENV{TMPDIR} = "$tmp/there";

sub stand_in
{
	my ($name, $script) = @_;
	spew("$tmp/bin/$name", "#!/bin/sh\n$script\n");
	chmod 0755, "$tmp/bin/$name";
}

sub fresh
{
	local $ENV{PATH} = "$tmp/bin:$ENV{PATH}";
	return start_command("$root/.ci/fresh", @_);
}

sub left { return join ' ', glob("$tmp/there/*") }

# Whether the stand-in that sleeps is still there.
sub sleeping
{
	for my $process (glob('/proc/[0-9]*')) {
		open(my $f, '<', "$process/cmdline") or next;
		return 1 if (<$f> // '') =~ /98\.7654321/;
	}
	return 0;
}

stand_in('id', 'echo 1000');
my $got = finish_command(fresh());
is($got->{code}, 3, 'not root: skipped');
like($got->{out}, qr/^fresh: skipped: only root/, 'and said');
unlink "$tmp/bin/id";
is(finish_command(fresh('-x'))->{code}, 64, 'an unknown option');
is(finish_command(fresh('a', 'b'))->{code}, 64, 'two releases');

for my $tool (qw(sh dirname id sed head)) {
	my ($path) = grep { -x } map { "$_/$tool" } qw(/usr/bin /bin);
	symlink($path, "$tmp/none/$tool");
}
{
	local $ENV{PATH} = "$tmp/none";
	$got = run_command("$root/.ci/fresh");
	is($got->{code}, 3, 'no debootstrap: skipped') if !$>;
	like($got->{out}, qr/debootstrap is missing; `make deps-fresh` installs/, 'and what to do') if !$>;
}

stand_in('debootstrap', 'echo no such mirror; exit 1');
$got = finish_command(fresh());
if ($got->{code} == 3) {
	diag($got->{out});
	is(left(), '', 'nothing is left');
	done_testing();
	exit;
}
is($got->{code}, 1, 'the system cannot be installed: failed');
like($got->{out} . $got->{err}, qr/no such mirror.*FAILED: debootstrap/s, 'with what was said');
is(left(), '', 'nothing is left');

# A system in which no program is: /proc, /dev and the sources are there when it fails.
my $make_tree = 'for d; do case $d in */root) mkdir -p "$d/etc/apt/apt.conf.d" "$d/proc" "$d/dev" "$d/root";; esac; done';
stand_in('debootstrap', $make_tree);
my $devices = join ' ', sort glob('/dev/*');
$got = finish_command(fresh());
is($got->{code}, 1, 'nothing works in it: failed');
like($got->{err}, qr/FAILED: 'make -n deps', before anything is installed/, 'at the first command');
is(left(), '', 'nothing is left');
is(join(' ', sort glob('/dev/*')), $devices, 'and this machine has its devices yet');

for my $signal (['TERM', 143], ['INT', 130], ['HUP', 143]) {
	stand_in('debootstrap', "$make_tree; : > $tmp/started; exec sleep 98.7654321");
	unlink "$tmp/started";
	my $h = fresh();
	ok(wait_until(sub { -e "$tmp/started" }, 60), 'it installs');
	kill $signal->[0], $h->{pid};
	is(finish_command($h, 60)->{code}, $signal->[1], "ended by SIG$signal->[0]");
	is(left(), '', 'nothing is left');
	ok(wait_until(sub { !sleeping() }, 20), 'and nothing goes on');
}
unlike(slurp('/proc/self/mountinfo'), qr/\Q$tmp\E/, 'nothing is mounted');

done_testing();
