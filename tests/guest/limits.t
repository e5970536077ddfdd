#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Limits: programs that want more memory, files or processes than there are
# (tests/guest/programs/hog.c). They are killed or told no; the guest goes on, its books
# balance, and the result says who was killed.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my @want = ('private memory: signal 9', 'shared memory: signal 9', 'tables: signal 9', 'areas: exit 12', 'files: exit 12',
	'crowd: some fine, others 0', 'whose memory was wanted: signal 9', 'fork bomb: stopped', 'afterwards: exit 0');

sub hog
{
	my ($variant, $vcpus, @arguments) = @_;
	my $r = run_command("$root/build/pvmmu", 'run', '--variant', $variant, '--vcpus', $vcpus,
		'--mem', 64, '--out', "$tmp/limits.json", '--', "$root/build/test-guest/musl/hog", @arguments);

	return ($r, read_json("$tmp/limits.json")->{runs}[0]);
}

# All of it on each way of managing tables; with several CPUs they want it at the same time.
for my $case (['eager', 1], ['highpte', 4], ['native', 1]) {
	my ($r, $run) = hog(@$case, 'all', 40);

	is($r->{code}, 0, "@$case: the guest survives") or diag($r->{err});
	is($r->{out}, join('', map { "$_\n" } @want), "@$case: and they do not");
	is_deeply([grep { $_->{before} != $_->{after} } values %{$run->{conserved}}], [], "@$case: nothing is lost");
	my @killed = grep { /^out of memory: killed hog \(pid \d+\), \d+ KiB$/ } @{$run->{warnings}};
	cmp_ok(scalar(@killed), '>=', 4, "@$case: the result names the victims");
	is(scalar(grep { /\(pid 1\)/ } @killed), 0, "@$case: the first process is spared");
}

# There is nobody else to kill.
for my $variant ('eager', 'native') {
	my ($r, $run) = hog($variant, 1, 'self');

	is($r->{code}, 128 + 9, "$variant: the first process is killed") or diag($r->{err});
	is(scalar(grep { /^out of memory: killed hog \(pid 1\), (\d+) KiB$/ && $1 > 40000 } @{$run->{warnings}}), 1,
		"$variant: and how large it was");
	is_deeply([grep { $_->{before} != $_->{after} } values %{$run->{conserved}}], [], "$variant: nothing is lost");
}
done_testing();
