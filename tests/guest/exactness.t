#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The short form of `make exactness`: fresh states, stopped at different moments, and a cold boot
# give the same with two vCPUs; and the check is not blind: without the idling around the checkpoint,
# and with QEMU's announcements, it finds out.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

# A root of its own with one image in the place of variant eager.
sub root_with
{
	my ($name, $image) = @_;
	my $own = "$tmp/$name";
	run_command('mkdir', '-p', "$own/build/guest/xen64/eager");
	symlink("$root/$_", "$own/$_") for qw(results.schema.json guest-kernel build/share build/xen build/workloads
		build/guest/xen64/initramfs.cpio);
	symlink("$root/build/guest/xen64/$image/pvmmu-guest.elf", "$own/build/guest/xen64/eager/pvmmu-guest.elf");
	return $own;
}

sub exactness
{
	my ($own, @arguments) = @_;
	return run_command("$root/tests/exactness.pl", "ROOT=$own", "DIR=$own/tries", "PVMMU=$root/build/pvmmu",
		'VARIANT=eager', 'VCPUS=2', 'BUSY=0', 'JOBS=1', 'WORKLOAD=threads_fault',
		@arguments);
}

my $good = root_with('good', 'eager');
my $r = exactness($good, 'BOOTS=1', 'STATES=2', 'STOPS=0,90');
is($r->{code}, 0, 'two states and a cold boot are equal') or diag($r->{out}, $r->{err});
like($r->{out}, qr/^eager +2 +0 +2:0 +1:0 +1$/m, 'the table says so') or diag($r->{out});
$r = exactness($good, 'BOOTS=1', 'STATES=2', 'STOPS=0,90');
like($r->{out}, qr/^3 tries, 3 of them kept/m, 'what was tried is not tried again');

# An image that does not idle around it. The other vCPU is still at work early in the loop, so no
# state is kept; or what goes on from one differs.
$r = exactness(root_with('bad', 'eager+no_idle'), 'BOOTS=1', 'STATES=1', 'STOPS=5', 'PATIENCE=1');
like("$r->{code} $r->{err}", qr/^4 .*no state could be kept|^5 /s, 'without idling around the checkpoint there is no good state')
	or diag($r->{out});

# A QEMU that announces itself, each millisecond.
my $qemu = spew("$tmp/qemu", <<'END');
#!/usr/bin/perl
my @more = grep(/announce-rounds=0/, @ARGV) ? map { ('-global', "migration.announce-$_") } qw(initial=1 step=1 max=1 rounds=1000) : ();
exec 'qemu-system-x86_64', grep(!/announce-rounds=0/, map { $_ eq '-global' ? () : $_ } @ARGV), @more;
END
chmod 0755, $qemu;
$r = exactness($good, 'BOOTS=1', 'STATES=2', 'STOPS=0,90', "QEMU=$qemu");
is($r->{code}, 5, 'and so they do beside announcements') or diag($r->{out}, $r->{err});
done_testing();
