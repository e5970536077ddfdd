#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Tier wall: what the canary finds and how long that is believed, with a pretended QEMU; order, control
# and clock; and a small measurement in real time on the real one.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my $tries = "$tmp/tries";
local $ENV{FAKE_TRIES} = $tries;
sub nr_tries { return -e $tries ? scalar(my @l = split /\n/, slurp($tries)) : 0 }

sub wall
{
	my ($kvm, $dir, @arguments) = @_;
	local $ENV{FAKE_KVM} = $kvm;
	unlink $tries;
	my $got = fake_run({act => 'monotonic', root => $dir}, '--tier', 'wall', '--workload', 'fork', @arguments);
	$got->{run} = $got->{set}{runs}[0];
	return $got;
}

# ---- the canary ----
for my $case (['none', qr/^QEMU exited with status 1: failed to initialize kvm|Could not access KVM/, 1],
	['error', qr/^KVM internal error\. Suberror: 1$/, 1], ['silent', qr/^the guest died/, 1]) {
	my ($kvm, $why, $n) = @$case;
	my $dir = fixture();
	my $got = wall($kvm, $dir, '--variant', 'eager,nopin');
	is($got->{code}, 0, "kvm $kvm: measured all the same") or diag($got->{err});
	is($got->{run}{identity}{tier}, 'wall', "kvm $kvm: tier");
	is($got->{run}{identity}{qemu}{accelerator}, 'tcg', "kvm $kvm: falls back, and says so");
	like($got->{run}{observed}{no_kvm}, $why, "kvm $kvm: with the reason");
	like(join(' ', @{$got->{run}{identity}{qemu}{arguments}}), qr/-accel tcg,thread=multi -rtc base=2026-01-01,clock=host/,
		"kvm $kvm: emulator in real time");
	unlike(join(' ', @{$got->{run}{identity}{qemu}{arguments}}), qr/icount/, "kvm $kvm: nothing is counted");
	is(nr_tries(), 1, "kvm $kvm: one canary");
	is(scalar(my @said = $got->{err} =~ /these times are an emulator's/g), 1, "kvm $kvm: said once") or diag($got->{err});

	next if $kvm ne 'none';
	is(wall($kvm, $dir)->{code}, 0, "kvm $kvm: again");
	is(nr_tries(), 0, "kvm $kvm: it is remembered");
	spew("$dir/build/xen/xen", "another hypervisor\n");
	my ($sha) = split ' ', `sha256sum $dir/build/xen/xen`;
	write_json("$dir/build/xen/xen.json", {package => 'p', version => '1', sha256 => $sha, file => 'xen'});
	wall($kvm, $dir);
	is(nr_tries(), 1, "kvm $kvm: another Xen is another question");
	spew("$dir/build/canary.json", "{\"xen64\": 1}");
	wall($kvm, $dir);
	is(nr_tries(), 1, "kvm $kvm: what cannot be read is asked anew");
}
{
	my $dir = fixture();
	my $got = wall('hang', $dir);
	is($got->{code}, 0, 'a KVM that hangs');
	like($got->{run}{observed}{no_kvm}, qr/did not end within 9 s/, 'is given up');
	wall('hang', $dir);
	is(nr_tries(), 0, 'and remembered');
}
{
	my $dir = fixture();
	my $got = wall('works', $dir);
	is($got->{code}, 0, 'a KVM that works') or diag($got->{err});
	is($got->{run}{identity}{qemu}{accelerator}, 'kvm', 'is used');
	ok(!exists $got->{run}{observed}{no_kvm}, 'and there is nothing to explain');
	like(join(' ', @{$got->{run}{identity}{qemu}{arguments}}), qr/-accel kvm -cpu host /, 'with what the processor has');
	unlike($got->{err}, qr/emulator/, 'nor to say');
}

{
	my $dir = fixture(1);
	wall('none', $dir, '--variant', 'eager,native');
	is(nr_tries(), 2, 'each env has its canary');
}

# ---- samples, clock, order ----
my $dir = fixture();
my $got = wall('none', $dir, '--variant', 'eager,nopin', '--seeds', 3, '--jobs', 4, '--workload', 'exec', '--out', "$dir/r/w.json");
my $set = read_json("$dir/r/w.json");
is($set->{observed}{jobs}, 1, 'one at a time, whatever --jobs says');
my ($series) = @{$set->{runs}[0]{series}};
is_deeply([@$series{qw(name unit)}, $series->{exact} ? 1 : 0], ['time', 'ns', 0], 'nanoseconds, not exact');
is_deeply([sort { $a <=> $b } map { $_->{observed}{position} } @{$set->{runs}}], [1 .. 12], 'each has its turn');
is(join(' ', sort map { $_->{identity}{seed} } grep { $_->{observed}{position} <= 4 } @{$set->{runs}}), '1 1 1 1', 'in rounds by seed');
my @order = map { "$_->{id}" } sort { $a->{observed}{position} <=> $b->{observed}{position} } @{$set->{runs}};
wall('none', $dir, '--variant', 'eager,nopin', '--seeds', 3, '--workload', 'exec', '--out', "$dir/r/w2.json");
my $again = read_json("$dir/r/w2.json");
is_deeply([map { "$_->{id}" } sort { $a->{observed}{position} <=> $b->{observed}{position} } @{$again->{runs}}], \@order,
	'the same command, the same order');
is(pvmmu('validate', '--root', $dir, "$dir/r/w.json")->{code}, 0, 'valid');
is_deeply($set->{controls}, [], 'without the workload `control` there is no control');
{
	local $ENV{FAKE_GIGA_TICKS_NS} = 3_000_000_000_000;
	$got = fake_run({act => 'success', root => $dir}, '--tier', 'wall', '--variant', 'eager', '--workload', 'fork');
}
is($got->{code}, 4, 'a clock that is none of real time') or diag($got->{err});
like($got->{set}{runs}[0]{outcome}{reason}, qr/the guest's clock is not real time: a tick is 3000\.0000 ns to it/, 'is found out');

# ---- never beside others ----
is(fake_run({act => 'success', root => $dir}, '--variant', 'eager', '--workload', 'fork')->{code}, 0, 'exact figures');
$got = pvmmu('compare', '--root', $dir, "$dir/r/x.json", "$dir/r/w.json");
is($got->{code}, 4, 'are not compared with these');
like($got->{err}, qr/tiers cannot be mixed: exact and wall/, 'because of the tier');
$_->{identity}{qemu}{accelerator} = 'kvm' for @{$again->{runs}};
write_json("$dir/r/kvm.json", $again);
$got = pvmmu('compare', '--root', $dir, "$dir/r/w.json", "$dir/r/kvm.json");
is($got->{code}, 4, 'nor an emulator with a processor');
like($got->{err}, qr/times cannot be mixed: tcg and kvm/, 'because of the accelerator');

# ---- the control, made slower from the third on ----
{
	my $dir = fixture();
	my $list = read_json("$dir/build/share/workloads.json");
	push @{$list->{workloads}}, {%{$list->{workloads}[0]}, name => 'control'};
	write_json("$dir/build/share/workloads.json", $list);
	local $ENV{FAKE_CONTROL} = "$tmp/control";
	my $got = wall('none', $dir, '--variant', 'eager,nopin', '--seeds', 2, '--workload', 'exec', '--out', "$dir/r/c.json");
	my $set = read_json("$dir/r/c.json");
	my @controls = @{$set->{controls}};
	is(scalar @controls, 9, 'before the first, between any two, after the last');
	is_deeply([map { $_->{before} // 'end' } @controls],
		[(map { $_->{id} } sort { $a->{observed}{position} <=> $b->{observed}{position} } @{$set->{runs}}), 'end'], 'each says what came next');
	is(scalar(grep { @{$_->{series}{samples}} == 8 } @controls), 9, 'its samples are kept');
	my @warned = map { $_->{observed}{position} } grep { grep { /the control (before|after) this run differs from its usual time by \+50\.0 %/ } @{$_->{warnings}} } @{$set->{runs}};
	is_deeply([sort @warned], [2, 3], 'who stood beside a slow one is warned') or diag(slurp("$tmp/control"));
	is(pvmmu('validate', '--root', $dir, "$dir/r/c.json")->{code}, 0, 'valid');
}

# ---- the real thing: whatever KVM is here ----
SKIP: {
	my $guest = "$root/build/guest/xen64/eager/pvmmu-guest.elf";
	skip 'no guest is built', 5 if !-e $guest || !-e "$root/build/xen/xen";
	unlink "$root/build/canary.json";
	my $r = run_command("$root/build/pvmmu", 'run', '--tier', 'wall', '--variant', 'eager', '--workload', 'null_syscall,fork', '--out',
		"$tmp/real.json", '--quiet');
	is($r->{code}, 0, 'a real measurement in real time') or diag($r->{err});
	my $set = read_json("$tmp/real.json");
	my %median = map { my @s = sort { $a <=> $b } @{$_->{series}[0]{samples}}; $_->{identity}{workload}{name} => $s[@s / 2] } @{$set->{runs}};
	cmp_ok($median{null_syscall}, '<', 1_000_000, 'a system call takes less than a millisecond');
	cmp_ok($median{null_syscall}, '>', 20, 'and more than 20 ns');
	cmp_ok($median{fork}, '>', 3 * $median{null_syscall}, 'a fork takes longer');
	is(scalar @{$set->{controls}}, 3, 'with controls');
}
done_testing;
