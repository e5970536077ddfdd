# SPDX-License-Identifier: MIT
# Helpers for tests of pvmmu. A test is a .t file that says
#
#	use FindBin;
#	use lib "$FindBin::Bin/..";
#	use PvmmuTest;
#
# and gets Test::More as well. pvmmu runs as built with sanitizers: a leak or an
# undefined operation on any path that a test takes is a failed test.
package PvmmuTest;
use strict;
use warnings;
use Cwd qw(abs_path);
use Exporter qw(import);
use File::Basename qw(dirname);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use IO::Select;
use JSON::PP;
use PvmmuRecord;
use POSIX qw(:sys_wait_h);
use Test::More;
use Time::HiRes qw(sleep time);

our @EXPORT = (@Test::More::EXPORT, qw($root $pvmmu $tmp run_command start_command pvmmu spew slurp
	read_json write_json record fixture fake_run alive wait_until
	finish_command));

our $root  = abs_path(dirname(__FILE__) . '/..');
our $pvmmu = $ENV{PVMMU_UNDER_TEST} // "$root/build/san/pvmmu";
our $tmp   = tempdir(CLEANUP => 1);

# The caller's environment must not influence the program under test.
delete @ENV{qw(PVMMU_ROOT PVMMU_QEMU NO_COLOR MAKEFLAGS)};
$ENV{TERM}          = 'dumb';
$ENV{ASAN_OPTIONS}  = 'exitcode=99:abort_on_error=0';
$ENV{UBSAN_OPTIONS} = 'halt_on_error=1:exitcode=99:print_stacktrace=1';

sub read_json  { return decode_json(slurp($_[0])) }
sub write_json { return spew($_[0], JSON::PP->new->canonical->pretty->encode($_[1])) }

# Starts a command; its output goes to $tmp/out.N and err.N. Returns a handle.
my $started = 0;
sub start_command
{
	my (@command) = @_;
	my ($out, $err) = map { "$tmp/$_." . $started } qw(out err);
	$started++;
	my $pid = fork // die "fork: $!";
	if (!$pid) {
		open(STDIN,  '<', '/dev/null');
		open(STDOUT, '>', $out);
		open(STDERR, '>', $err);
		exec { $command[0] } @command or POSIX::_exit(127);
	}
	return {pid => $pid, out => $out, err => $err};
}

# Waits for a started command: {code, out, err}; a signal's code is 128 and its number. The
# only time limit is the test's deadline, in processor time (tests/with-deadline).
sub finish_command
{
	my ($h) = @_;
	waitpid($h->{pid}, 0) == $h->{pid} or die "waitpid: $!";
	my $code = WIFSIGNALED($?) ? 128 + WTERMSIG($?) : WEXITSTATUS($?);
	return {code => $code, out => slurp($h->{out}), err => slurp($h->{err})};
}

sub run_command { return finish_command(start_command(@_)) }
sub pvmmu       { return run_command($pvmmu, @_) }


sub alive { return kill(0, $_[0]) && !zombie($_[0]) }

sub zombie
{
	open(my $f, '<', "/proc/$_[0]/stat") or return 1;
	return (<$f> // ') Z ') =~ /\) Z /;
}

# Waits until the condition holds. The limit only matters if it never does.
sub wait_until
{
	my ($condition) = @_;
	my $end = time + 600;
	sleep 0.01 until $condition->() || time > $end;
	return $condition->();
}

# A project root with two variants (and a third one, native, if asked for), two workloads, pretended images and a
# pretended QEMU that acts as $FAKE_QEMU says (see tests/fake-qemu).
sub fixture
{
	my ($with_native) = @_;
	my $dir = tempdir(DIR => $tmp);
	make_path("$dir/build/guest/native64/native","$dir/build/share", "$dir/build/xen", "$dir/plots",
		map { "$dir/build/guest/xen64/$_" } qw(nopin eager));
	symlink("$root/$_", "$dir/$_") or die for map { s|.*/||r } glob("$root/*.schema.json");
	symlink("$root/plots/$_", "$dir/plots/$_") for map { s|.*/||r } glob("$root/plots/*");
	my $policy = {update => 'va', batch => 'off', ptl => 'mm', pte => 'low'};
	my $axes = decode_json(`awk -v axes_json=1 -f $root/mk/variant.awk $root/guest-kernel/variants/eager.variant`);
	write_json("$dir/build/share/variants.json", {custom => $axes, variants => [
		$with_native ? {name => 'native', env => 'native64', summary => 'without Xen',
			policy => {ptl => 'mm', pte => 'low'}} : (),
		{name => 'eager', env => 'xen64', summary => 'pinned', policy => {%$policy, pin => 'eager'}},
		{name => 'nopin', env => 'xen64', summary => 'not pinned', policy => {%$policy, pin => 'none'}}]});
	my $param = sub {
		my ($name, $default, $min, $max) = @_;
		return {name => $name, unit => 'things', default => $default, min => $min,
			max => $max, help => "how many $name"};
	};
	write_json("$dir/build/share/workloads.json", {workloads => [map { {
		name => $_, summary => "does $_", measures => "one $_", params => [
			$param->('n', 8, 1, 1000), $param->('warmup', 2, 0, 1000),
			$param->('mb', 0, 0, 4096)]} } qw(exec fork)]});
	spew("$dir/build/guest/xen64/$_/pvmmu-guest.elf", "kernel of $_\n") for qw(nopin eager);
	spew("$dir/build/guest/native64/native/pvmmu-guest.elf", "kernel of native\n");
	spew("$dir/build/guest/$_/initramfs.cpio", "initramfs\n") for qw(xen64 native64);
	spew("$dir/build/xen/xen", "hypervisor\n");
	my ($sha) = split ' ', `sha256sum $dir/build/xen/xen`;
	write_json("$dir/build/xen/xen.json", {package => 'xen-hypervisor-0.0-amd64',
		version => '0.0-1', sha256 => $sha, file => 'xen'});
	return $dir;
}

# Runs `pvmmu run` in a fixture with the pretended QEMU acting as told. The
# result has {set} and {verdict} too if they were written.
sub fake_run
{
	my ($act, @arguments) = @_;
	my $dir = ref $act ? $act->{root} // fixture() : fixture();
	local $ENV{FAKE_QEMU} = ref $act ? $act->{act} : $act;
	my $got = pvmmu('run', '--root', $dir, '--qemu', "$root/tests/fake-qemu", '--out',
		"$dir/r/x.json", @arguments);
	$got->{root}    = $dir;
	$got->{set}     = read_json("$dir/r/x.json") if -e "$dir/r/x.json";
	$got->{verdict} = read_json("$dir/r/verdict.json") if -e "$dir/r/verdict.json";
	unlike($got->{err}, qr/Sanitizer|runtime error/, "no sanitizer report");
	return $got;
}

1;
