#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Rig box with a pretended box: one machine for all that want the same, another one for what is left
# when a run is late or the machine dies, and nothing believed that did not come whole.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;
use File::Path qw(make_path);

my $count = 0;
my @qemu = ('--qemu', "$root/tests/fake-box");

sub prepare
{
	my $dir = fixture();
	make_path("$dir/build/box");
	spew("$dir/build/box/dom0.cpio", "dom0\n");
	spew("$dir/build/box/vmlinux", "kernel\n");
	spew("$dir/build/pvmmu", "program\n");
	write_json("$dir/build/box/box.json", {kernel => 'linux-image-0', kernel_sha256 => '1' x 64, ramdisk_sha256 => '2' x 64,
		packages => {'linux-image-0' => '0.1'}});
	$ENV{FAKE_BOX_DIR} = $dir;
	return $dir;
}

sub box_run
{
	my ($act, @more) = @_;
	my $dir = prepare();
	local $ENV{FAKE_BOX} = $act;
	my $got = pvmmu('run', '--root', $dir, '--rig', 'box', @qemu, '--variant', 'eager,nopin', '--workload', 'fork,exec',
		'--out', "$dir/x.json", @more);
	unlike($got->{err}, qr/Sanitizer|runtime error/, "$act: no sanitizer report");
	$got->{dir}      = $dir;
	$got->{runs}     = -e "$dir/x.json" ? read_json("$dir/x.json")->{runs} : [];
	$got->{status}   = join ' ', map { $_->{outcome}{status} } @{$got->{runs}};
	$got->{machines} = [-e "$dir/calls" ? slurp("$dir/calls") =~ /^machine with (.*), pid \d+(: .*)$/mg : ()];
	my @pids = -e "$dir/calls" ? slurp("$dir/calls") =~ /pid (\d+)/g : ();
	ok(!(grep { alive($_) } @pids), "$act: no machine is left");
	is(pvmmu('validate', "$dir/x.json")->{code}, 0, "$act: a valid result") if @{$got->{runs}};
	return $got;
}

my $got = box_run('');
is($got->{code}, 0, 'four runs') or diag($got->{err});
is_deeply($got->{machines}, ['1 CPUs', ': 0001 0002 0003 0004'], 'on one machine');
is($got->{status}, 'success success success success', 'all succeed');
is_deeply($got->{runs}[1]{series}[0]{samples}, [map { 1507 + $_ % 3 } 1 .. 8], 'with the samples of the console');
is($got->{runs}[1]{identity}{rig}, 'box', 'rig');
is_deeply($got->{runs}[1]{identity}{dom0}, {package => 'linux-image-0', version => '0.1', kernel_sha256 => '1' x 64,
	ramdisk_sha256 => '2' x 64, command_line => 'console=hvc0 quiet loglevel=4'}, 'dom0');
is(scalar(grep { /told inside/ } @{$got->{runs}[1]{warnings}}), 1, 'what was warned of inside is told');
unlike(join(' ', @{$got->{runs}[1]{identity}{qemu}{arguments}}), qr/\Q$got->{dir}\E|tmp/, 'no path of this machine');

$got = box_run('', '--vcpus', '1,2');
is($got->{code}, 0, 'two numbers of vCPUs') or diag($got->{err});
is_deeply([@{$got->{machines}}[0, 2]], ['1 CPUs', '2 CPUs'], 'two machines');
is($got->{status}, join(' ', ('success') x 8), 'all of them come back');

$got = box_run('2=spin', '--timeout', '2');
is($got->{code}, 7, 'a run that hangs: exit code');
is_deeply($got->{machines}, ['1 CPUs', ': 0001 0002 0003 0004', '1 CPUs', ': 0003 0004'], 'the rest gets another machine');
like(join(' ', sort split / /, $got->{status}), qr/^success success success timeout$/, 'one timeout');
my ($late) = grep { $_->{outcome}{status} eq 'timeout' } @{$got->{runs}};
like($late->{outcome}{reason}, qr/^no end after 2 s of processor time \(--timeout\) of the box; /, 'which counts the processor time of the box');

$got = box_run('2=dies');
is($got->{code}, 4, 'a machine that dies: exit code');
is_deeply($got->{machines}, ['1 CPUs', ': 0001 0002 0003 0004', '1 CPUs', ': 0003 0004'], 'the rest gets another machine');
my ($run) = grep { $_->{outcome}{status} eq 'error' } @{$got->{runs}};
like($run->{outcome}{reason}, qr/the box went off: QEMU exited with status 0/, 'the reason');
ok(-e "$got->{dir}/x.json.logs/box-1.log", "the box's console is kept");
ok(!-e "$got->{dir}/x.json.logs/box-2.log", 'not that of the one that worked');

$got = box_run('no-boot');
is($got->{code}, 4, 'a box that does not come up: exit code');
is(scalar(grep { $_->{outcome}{reason} =~ /did not come up: QEMU exited with status 1: no such machine/ } @{$got->{runs}}), 4,
	'every run says why');

for (['1=corrupt', 4, qr/not the bytes that were sent/], ['1=other-image', 4, qr/another image/],
	['1=fails', 4, qr/pvmmu ended with status 4: pvmmu: no such luck/], ['1=late', 7, qr/no end after/],
	['1=guest-torn', 4, qr/line \d+/], ['1=guest-leak', 5, qr/not conserved/]) {
	my ($act, $code, $reason) = @$_;
	$got = box_run($act);
	is($got->{code}, $code, "$act: exit code") or diag($got->{err});
	my ($run) = grep { $_->{outcome}{status} ne 'success' } @{$got->{runs}};
	like($run->{outcome}{reason}, $reason, "$act: reason");
	is(scalar(grep { /success/ } split / /, $got->{status}), 3, "$act: the others succeed");
}

# Interrupted in the second run.
{
	my $dir = prepare();
	local $ENV{FAKE_BOX} = '2=hang';
	my $h = start_command($pvmmu, 'run', '--root', $dir, '--rig', 'box', @qemu, '--variant', 'eager,nopin', '--workload',
		'fork,exec', '--out', "$dir/x.json");
	ok(wait_until(sub { -e "$dir/calls" && slurp("$dir/calls") =~ /^hangs/m }), 'interrupt: the second one has begun');
	kill 'INT', $h->{pid};
	$got = finish_command($h);
	is($got->{code}, 130, 'interrupt: exit code') or diag($got->{err});
	ok(!alive(slurp("$dir/calls") =~ /pid (\d+)/), 'interrupt: no machine is left');
	my @status = map { $_->{outcome}{status} } @{read_json("$dir/x.json")->{runs}};
	is(join(' ', sort @status), 'skip skip skip success', 'interrupt: what had finished is kept');
}

# A missing part is named.
my $dir = prepare();
unlink "$dir/build/box/vmlinux";
$got = pvmmu('run', '--root', $dir, '--rig', 'box', @qemu, '--variant', 'eager');
is($got->{code}, 4, 'no box: exit code');
like($got->{err}, qr/build.box.vmlinux is missing: `make box` provides it/, 'no box: what provides it');

done_testing();
