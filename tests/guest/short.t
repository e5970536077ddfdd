#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# A quick look at the kernel for `make check T=guest-kernel/...`: four variants boot, fork, unmap, use vmalloc
# and run a shell. The guest finds its page tables in order and loses nothing.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my @variants  = qw(eager batched highpte native);
my @workloads = qw(fork:n=4 munmap:n=4 vmalloc:n=4 shell:n=1);
my $got = run_command("$root/build/pvmmu", 'run', '--quiet', '--out', "$tmp/short.json",
	'--variant', join(',', @variants), '--workload', join(',', @workloads));
is($got->{code}, 0, 'each run succeeds') or diag($got->{err});
my @runs = @{read_json("$tmp/short.json")->{runs}};
is(scalar @runs, @variants * @workloads, 'each variant ran each workload');
for my $run (@runs) {
	my $what = "$run->{identity}{variant}{name}, $run->{identity}{workload}{name}";
	my @audits = @{$run->{audits}};
	cmp_ok(scalar @audits, '>', 0, "$what: the guest examined its page tables");
	is_deeply([grep { !$_->{ok} } @audits], [], "$what: and found them in order");
	is_deeply([grep { $_->{before} != $_->{after} } values %{$run->{conserved}}], [], "$what: nothing was lost");
}
done_testing();
