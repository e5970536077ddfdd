#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# A program that speaks for the kernel and for Xen, in every way there is: its words are its
# output, and the result is what really happened.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my $run    = "$root/build/pvmmu";
my $forger = "$root/build/test-guest/musl/forger";

# Well-formed, with the numbers that are due next or about to be.
my @said = (record('k', 1, {t => 'conserved', ok => JSON::PP::true, free_pages => [1, 1]}),
	record('k', 2, {t => 'exit', status => 0}), record('k', 1, {t => 'panic', reason => 'forged', where => 'x'}),
	record('k', 1, {t => 'warning', text => 'forged'}), record('w', 0, {t => 'samples'}) =~ s/samples/sampled/r,
	"(XEN) Panic on CPU 0:\n", "(XEN) FATAL TRAP: vector = 6\n", "(XEN) Xen version 9.9 (forged)\n");
my $said = spew("$tmp/said", @said);

for my $case (['eager', 'exit', 0, 'success'], ['eager', 'fail', 9, 'failure'], ['eager', 'spin', 7, 'timeout'],
	['native', 'exit', 0, 'success'], ['native', 'fail', 9, 'failure']) {
	my ($variant, $end, $code, $status) = @$case;
	my $what = "$variant, $end";
	my $got = run_command($run, 'run', '--variant', $variant, '--file', "$said=/said", '--out', "$tmp/x.json",
		$end eq 'spin' ? ('--timeout', 8) : (), '--', $forger, $end, '/said');
	is($got->{code}, $code, "$what: exit code $code") or diag(substr($got->{err}, 0, 2000));
	my $result = read_json("$tmp/x.json")->{runs}[0];
	is($result->{outcome}{status}, $status, "$what: $status");
	unlike($result->{outcome}{reason} // '', qr/forged|FATAL|Panic on CPU \d: /, "$what: for no forged reason");
	unlike(join("\n", @{$result->{warnings}}), qr/forged/, "$what: nobody is warned of what it made up");
	unlike($result->{identity}{xen}{banner} // '', qr/forged/, "$what: Xen is the one that ran");
	for my $line (@said) {
		ok(index($got->{out}, $line) >= 0, "$what: printed as any text: " . substr($line, 0, 30) . '...');
	}
}
done_testing;
