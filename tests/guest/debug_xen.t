#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Every variant on a debug build of Xen, which asserts what it believes, destroys
# the arguments of hypercalls and the entries of multicalls once it has read them,
# and says on the console what a guest did wrong.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

plan skip_all => 'no debug build of Xen: make deps-xen-build, make xen FLAVOUR=debug'
	if !-e "$root/build/xen-debug/xen.json";

# As pvmmu names a run's console.
sub console
{
	my ($name, $id) = @_;
	(my $file = $id) =~ tr/:,=/--./;
	return slurp("$tmp/$name.json.logs/$file.log");
}

# Xen's complaints about us: an assertion, or a message that names one of our vCPUs.
my $complaint = qr/Assertion|^\(XEN\).*\bd0v\d/m;

sub run_debug
{
	my ($name, @args) = @_;
	return finish_command(start_command("$root/build/pvmmu", 'run', '--xen', 'debug', '--keep-logs',
		'--timeout', 400, '--out', "$tmp/$name.json", '--quiet', @args));
}

my @variants = map { $_->{name} } grep { ($_->{env} // 'xen64') eq 'xen64' }
	@{read_json("$root/build/share/variants.json")->{variants}};
my $r = run_debug('debug', '--variant', join(',', @variants), '--vcpus', '1+2',
	'--workload', 'fork:n=2:mb=1,exec:n=2,ctx:n=4:mb=1,vmalloc:n=2,mprotect:n=2');
is($r->{code}, 0, 'all variants run') or diag($r->{err});
for my $run (@{read_json("$tmp/debug.json")->{runs}}) {
	my $id = $run->{id};
	my $log = console('debug', $id);

	is($run->{outcome}{status}, 'success', "$id: success");
	is($run->{identity}{xen}{flavour}, 'debug', "$id: marked");
	like($run->{identity}{xen}{banner}, qr/debug=y/, "$id: Xen says so too");
	ok(!(grep { !$_->{ok} } @{$run->{audits}}), "$id: the audit finds nothing");
	unlike($log, $complaint, "$id: no complaint");
	like($log, qr/Guest Loglevel: All/, "$id: which would have been printed");
}

# It does complain.
$r = run_debug('mutant', '--variant', 'eager+leave_pte_rw', '--workload', 'fork:n=2');
is($r->{code}, 6, 'a table left writable: crash');
like(console('mutant', 'xen64-fork:n=2~eager+leave_pte_rw'), $complaint,
	'and Xen says what is wrong');
done_testing();
