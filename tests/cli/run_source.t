#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# A result set says which commits its programs were built from.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my $commit = '0123456789abcdef0123' x 2;
my $dir    = fixture();
spew("$dir/build/guest/xen64/eager/source", "$commit-dirty\n");
spew("$dir/build/guest/xen64/nopin/source", "fatal: not a commit\n");
my $got = fake_run({act => 'success', root => $dir}, '--workload', 'fork', '--variant', 'eager,nopin');
is($got->{code}, 0, 'measured') or diag($got->{err});
my %run = map { ($_->{identity}{variant}{name} => $_) } @{$got->{set}{runs}};
is_deeply($run{eager}{source}, {guest => "$commit-dirty"}, 'of the guest, from beside its image');
ok(!exists $run{nopin}{source}, 'not if that is none');
ok(!exists $run{eager}{identity}{source}, 'no part of the identity');

my $says = $got->{set}{producer}{commit};
my $git  = `git -C $root describe --always --abbrev=40 --exclude='*' 2>/dev/null`;
SKIP: {
	skip 'no git to ask', 1 if $git !~ /^[0-9a-f]{40}$/m;
	like($says // '', qr/^[0-9a-f]{40}(-dirty)?$/, 'of the program');
}
is(pvmmu('validate', '--root', $dir, "$dir/r/x.json")->{code}, 0, 'a valid set');

done_testing();
