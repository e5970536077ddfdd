#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Debian's busybox, as it is: ten applets print the same in the guest as on this Linux, and its
# shell's loops, pipes and substitutions, some hundreds of forks, do in every variant.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my @applets = qw(sh sort awk sed find grep tar gzip sha256sum bc);
my @variants = map { $_->{name} } @{read_json("$root/build/share/variants.json")->{variants}};
my $script = "$root/tests/guest/busybox.sh";
my ($busybox) = grep { -x } qw(/usr/bin/busybox /bin/busybox);
if (!$busybox) {
	plan(skip_all => 'busybox-static is not installed: make deps');
}

# The output's parts by applet.
sub parts
{
	my (undef, @parts) = split /^== (\S+)\n/m, $_[0];
	return {@parts};
}

mkdir "$tmp/work";
my $linux = run_command('env', '-i', $busybox, 'sh', $script, $busybox, "$tmp/work");
is($linux->{code}, 0, 'on Linux');
my $want = parts($linux->{out});
is_deeply([grep { ($want->{$_} // '') =~ tr{\n}{} < 3 } @applets], [], 'each applet says something');

my $r = run_command("$root/build/pvmmu", 'run', '--variant', 'eager', '--timeout', 100, '--file', $script,
	'--', $busybox, 'sh', $script, $busybox, '/tmp/own-work');
is($r->{code}, 0, 'in the guest') or diag($r->{err});
my $got = parts($r->{out});
is($got->{$_}, $want->{$_}, "$_: as on Linux") for @applets, 'end';
is_deeply([$r->{err} =~ /system call (\S+ \(\d+\)|\d+)/g], [], 'no call is missing');

# All others, as one run.
for my $variant (grep { $_ ne 'eager' } @variants) {
	$r = run_command("$root/build/pvmmu", 'run', '--variant', $variant, '--timeout', 100, '--file', $script,
		'--', $busybox, 'sh', $script, $busybox, '/tmp/own-work');
	is($r->{code}, 0, "$variant: ends well") or diag($r->{err});
	ok($r->{out} eq $linux->{out}, "$variant: as on Linux");
}
done_testing();
