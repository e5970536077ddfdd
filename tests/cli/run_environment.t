#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# What pvmmu needs and does not find, and places it cannot write to: said before
# anything is booted, with what to do about it.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my @one = ('--workload', 'fork', '--variant', 'eager');

sub refused
{
	my ($what, $got, $say) = @_;
	is($got->{code}, 4, "$what: error");
	like($got->{err}, $say, "$what: says what is missing and what provides it");
	ok(!$got->{set}, "$what: no result");
}

for my $case (
	['build/xen/xen',                                 qr/build\/xen\/xen is missing: `make xen`/],
	['build/xen/xen.json',                            qr/xen\.json is missing: `make xen`/],
	['build/guest/xen64/eager/pvmmu-guest.elf',       qr/pvmmu-guest\.elf is missing: `make guest VARIANT=eager`/],
	['build/guest/xen64/initramfs.cpio',              qr/initramfs\.cpio is missing: `make guest/],
	['build/share/variants.json',                     qr/variants\.json is missing: `make guest/],
	['build/share/workloads.json',                    qr/workloads\.json is missing: `make workloads`/],
) {
	my ($file, $say) = @$case;
	my $dir = fixture();
	unlink "$dir/$file" or die;
	my $got = fake_run({act => 'success', root => $dir}, @one);
	refused($file, $got, $say);
	next if $file =~ /share/;
	is($got->{verdict}{verdict}, 'error', "$file: verdict");
	like($got->{verdict}{reason}, $say, "$file: reason in verdict.json");
}

my $dir = fixture();
spew("$dir/build/xen/xen", "another hypervisor\n");
refused('another Xen', fake_run({act => 'success', root => $dir}, @one), qr/not the file that .* describes/);
$dir = fixture();
spew("$dir/build/xen/xen.json", "{\n");
refused('broken xen.json', fake_run({act => 'success', root => $dir}, @one), qr/xen\.json:\d+:\d+: /);
$dir = fixture();
spew("$dir/build/share/workloads.json", '{"workloads":[{"name":"fork"}]}');
refused('broken workloads.json', fake_run({act => 'success', root => $dir}, @one),
	qr/workloads\.json: \/workloads\/0 is not a workload/);

$dir = fixture();
{
	local $ENV{PATH} = "$tmp/nowhere";
	refused('QEMU', pvmmu('run', '--root', $dir, @one, '--out', "$dir/x.json"),
		qr/qemu-system-x86_64 is missing: install the Debian package qemu-system-x86/);
}
refused('--qemu', pvmmu('run', '--root', $dir, @one, '--qemu', '/no/qemu', '--out', "$dir/x.json"),
	qr/\/no\/qemu is missing/);
spew("$dir/not-a-program", "\x7fELF nonsense");
chmod 0755, "$dir/not-a-program";
refused('a broken QEMU', pvmmu('run', '--root', $dir, @one, '--qemu', "$dir/not-a-program", '--out',
	"$dir/x.json"), qr/cannot start .*not-a-program: Exec format error/);
refused('a QEMU that does not work', fake_run('no-version', @one), qr/--version does not work/);
refused('root', pvmmu('run', '--root', '/nonexistent', @one), qr/not the project's root/);

# The path is tried before the first boot: the pretended machine leaves a trace if it is started.
local $ENV{FAKE_PIDS} = "$tmp/pids";
for my $case (
	["$dir/no/such/x.json", qr/cannot make directory .*No such file/],
	["$dir/build",          qr/it is a directory/],
	["$dir/file/x.json",    qr/cannot write .*Not a directory/],
	["/proc/x.json",        qr/cannot write \/proc\/x\.json/],
) {
	my ($path, $say) = @$case;
	spew("$dir/file", "");
	local $ENV{FAKE_QEMU} = 'hang';
	refused($path, pvmmu('run', '--root', $dir, @one, '--qemu', "$root/tests/fake-qemu", '--timeout',
		'5', '--out', $path), $say);
}
ok(!-e "$tmp/pids", 'nothing was booted');

# Earlier results survive a run that cannot finish its work.
$dir = fixture();
my $first = fake_run({act => 'success', root => $dir}, @one);
my $old = slurp("$dir/r/x.json");
unlink "$dir/build/xen/xen";
fake_run({act => 'success', root => $dir}, @one);
is(slurp("$dir/r/x.json"), $old, 'an older result is left alone');
is_deeply([grep { !m{/\.\.?$} } glob("$dir/r/x.json.?* $dir/r/verdict.json.* $dir/r/.*")], [], 'no temporary files');

# A terminal's line appears on a terminal only.
my $got = fake_run('success', @one);
unlike($got->{err}, qr/\033|\[0\/1\]/, 'no progress line without a terminal');

done_testing();
