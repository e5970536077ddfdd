#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# pvmmu doctor and list collectors: what works here, and what is missing with its reason and remedy, on
# pretended machines that have it or lack it.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;
use File::Path qw(make_path);

my $dir = fixture();
make_path("$tmp/bin");
spew("$dir/build/share/packages.tsv", "gcc\tdeps\tcompiles\nperl\tdeps\truns\nflex\tdeps-xen-build\treads\n");
spew("$tmp/bin/dpkg-query", "#!/bin/sh\necho installed perl; echo config-files gcc; exit 1\n");
chmod 0755, "$tmp/bin/dpkg-query";
local $ENV{PVMMU_QEMU} = "$root/tests/fake-qemu";

sub doctor
{
	my (@arguments) = @_;
	local $ENV{PATH} = "$tmp/bin:$ENV{PATH}";
	my $got = pvmmu('doctor', '--root', $dir, @arguments);
	unlike($got->{err}, qr/Sanitizer|runtime error/, 'no sanitizer report');
	return $got;
}

sub item
{
	my ($set, $topic, $name) = @_;
	return (grep { $_->{name} eq $name } @{$set->{$topic}})[0];
}

my $got = doctor();
is($got->{code}, 0, 'a machine that can measure') or diag($got->{err});
like($got->{out}, qr/^tiers\n  ok +exact +rig solo$/m, 'tiers, with the rigs that have them');
like($got->{out}, qr/^  ok +wall .*whether KVM can run Xen is tried at the first run$/m, 'what is not known is said to be so');
like($got->{out}, qr/^  missing xl +\S.*/m, 'a rig that does not work, and why');
like($got->{out}, qr/^  ok +guest +rig solo$/m, 'a collector');
like($got->{out}, qr/^  missing xenperf +rig solo: .*make xen/m, 'one that needs something');
like($got->{out}, qr/^  ok +1 of 3 are installed$/m, 'packages');
like($got->{out}, qr/^  missing gcc +compiles; `make deps` installs it\n  missing flex +reads; `make deps-xen-build` installs it$/m,
	'what is missing, and what installs it');
unlike($got->{out}, qr/\033/, 'no colour into a file');
cmp_ok(scalar(split /\n/, $got->{out}), '<', 50, 'one screen');

my $set = JSON::PP::decode_json(doctor('--json')->{out});
ok($set->{works}, 'the same as JSON');
ok(item($set, 'packages', 'perl')->{works} && !item($set, 'packages', 'gcc')->{works}, 'packages');
is_deeply([sort map { $_->{name} } @{$set->{rigs}}], [sort map { s|.*/(\w+)\.c|$1|r } grep { slurp($_) =~ /^RIG\(/m } glob "$root/bench/rigs/*.c"],
	'all rigs that there are');
is_deeply([sort map { $_->{name} } @{$set->{collectors}}],
	[sort map { s|.*/(\w+)\.c|$1|r } grep { slurp($_) =~ /^COLLECTOR\(/m } glob "$root/collectors/*.c"], 'all collectors');
is(scalar(grep { !$_->{works} && !length($_->{why} // '') } @{$set->{rigs}}, map { @{$_->{rigs}} } @{$set->{collectors}}), 0,
	'nothing is missing without a reason');

# The canary's finding is printed.
local $ENV{FAKE_QEMU} = 'monotonic';
{
	local $ENV{FAKE_KVM} = 'error';
	is(pvmmu('run', '--root', $dir, '--tier', 'wall', '--variant', 'eager', '--workload', 'fork', '--out', "$dir/x.json", '--quiet')->{code},
		0, 'a run in real time');
}
like(doctor()->{out}, qr/^  ok +wall .*an emulator's \(tcg\): KVM cannot run Xen: KVM internal error/m, 'the canary\'s finding is known then');

spew("$dir/build/xen/xen", 'broken');
like(doctor()->{out}, qr/^  missing solo +env xen64: .*make xen/m, 'a Xen that is not the one described');
local $ENV{PVMMU_QEMU} = "$tmp/no-qemu";
$got = doctor();
is($got->{code}, 4, 'a machine that cannot measure');
like($got->{out}, qr/^  missing solo +\S*no-qemu is missing: install the Debian package qemu-system-x86/m, 'says what to install');
like($got->{out}, qr/^  missing guest +rig solo: the rig does not work here$/m, 'nor its collectors');
like($got->{out}, qr/^  missing exact +no rig of it works/m, 'nor its tier');
unlink "$dir/build/share/packages.tsv";
like(doctor()->{out}, qr/^  missing .*packages\.tsv is missing: `make host` provides it$/m, 'a list that is not there');
is(doctor('--moon')->{code}, 64, 'usage');

$got = pvmmu('list', '--root', $dir, 'collectors');
is($got->{code}, 0, 'list collectors');
like($got->{out}, qr/^  guest .* \(usual\)\n(?: +rig .*\n)* +rig solo: SKIP: /m, 'with where they work');
done_testing;
