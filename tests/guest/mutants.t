#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The checks that guard the MMU layer can fail. Each mutant is an image with one
# deliberate bug; real Xen, or the guest's own books, must notice it, and pvmmu
# must say so. An unmutated run beside them shows that nothing else is wrong.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

# variant+mutant => [outcome, what the reason must say]
my %want = (
	'eager+leave_pte_rw'  => ['crash',   qr/Xen refused to pin root/],
	'nopin+leave_pte_rw'  => ['crash',   qr/Xen refused to load root/],
	'eager+leave_root_rw' => ['crash',   qr/Xen refused to pin root/],
	'nopin+leave_root_rw' => ['crash',   qr/Xen refused to load root/],
	'eager+leak_page'     => ['failure', qr/free_pages/],
	'nopin+leak_page'     => ['failure', qr/free_pages/],
	'eager+leak_file_ref' => ['failure', qr/file_page_uses/],
	'eager+leak_space'    => ['failure', qr/pinned_roots/],
	'nopin+leak_space'    => ['failure', qr/address_spaces/],
	'eager+skip_unpin'    => ['crash',   qr/Xen refused to make table .* writable/],
	'highpte+keep_stray'  => ['crash',   qr/Xen refused call \d+ of a batch/],
	'highpte+slot_rw'     => ['crash',   qr/Xen refused to map pte page/],
	# Which nobody but the audit sees.
	'eager+forget_pinned'     => ['failure', qr/the audit found: .* has flags/],
	'eager+stray_kernel_slot' => ['failure', qr/the audit found: .* kernel slot 511 is/],
	'nopin+stray_kernel_slot' => ['failure', qr/the audit found: .* kernel slot 511 is/],
	'eager+stray_user_slot'   => ['failure', qr/the audit found: .* user slot 1 is 0 in kernel mode/],
	'nopin+stray_user_slot'   => ['failure', qr/the audit found: .* user slot 1 is 0 in kernel mode/],
	'eager+stray_leaf'        => ['failure', qr/the audit found: .* which is free/],
	'nopin+stray_leaf'        => ['failure', qr/the audit found: .* which is free/],
	'splitptl+stray_leaf'     => ['failure', qr/the audit found: .* which is free/],
	'native+stray_leaf'       => ['failure', qr/the audit found: .* which is free/],
	'native+stray_kernel_slot' => ['failure', qr/the audit found: .* kernel slot 511 is/],
	'native+leak_page'    => ['failure', qr/free_pages/],
	'native+leak_space'   => ['failure', qr/address_spaces/],
	'eager+bug'           => ['crash',   qr/BUG/],
	'eager'               => ['success'],
	'nopin'               => ['success'],
	'highpte'             => ['success'],
	'native'              => ['success'],
);
my %code = (success => 0, failure => 5, crash => 6, timeout => 7);

my $r = run_command("$root/build/pvmmu", 'run', '--variant', join(',', sort keys %want),
	'--workload', 'fork:n=4:warmup=1', '--out', "$tmp/mutants.json", '--quiet');
is($r->{code}, 6, 'a crash is the worst of it') or diag($r->{err});
my %got = map { $_->{id} => $_ } @{read_json("$tmp/mutants.json")->{runs}};

for my $image (sort keys %want) {
	my ($status, $reason) = @{$want{$image}};
	my $env = $image =~ /^native/ ? 'native64' : 'xen64';
	my $run = $got{"$env-fork:n=4:warmup=1~$image"};

	ok($run, "$image: is in the result set") or next;
	is($run->{outcome}{status}, $status, "$image: $status");
	like($run->{outcome}{reason}, $reason, "$image: the reason says $reason") if $reason;
}

# Neither Xen nor the books nor the program minds those that are left to the audit.
my @unseen = ('eager+forget_pinned', 'nopin+stray_leaf');
$r = run_command("$root/build/pvmmu", 'run', '--variant', join(',', @unseen), '--no-audit',
	'--workload', 'fork:n=4:warmup=1', '--out', "$tmp/unseen.json", '--quiet');
is($r->{code}, 0, "without the audit nothing is wrong: @unseen") or diag($r->{err});

# A guest that never ends is ended, and called that.
$r = run_command("$root/build/pvmmu", 'run', '--variant', 'eager+hang', '--workload', 'null',
	'--timeout', '8', '--out', "$tmp/hang.json", '--quiet');
is($r->{code}, $code{timeout}, 'a hanging guest: exit code of a timeout');
is(read_json("$tmp/hang.json")->{runs}[0]{outcome}{status}, 'timeout', 'and the outcome');
done_testing();
