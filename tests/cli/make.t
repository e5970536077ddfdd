#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# What make hands to pvmmu: VARIANT with custom variants in it, the matrix, the
# figures of documents. make only says what it would do and builds no file.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

delete @ENV{qw(MAKEFLAGS MAKELEVEL MAKEOVERRIDES)};

sub make { return run_command('make', '-n', '-C', $root, '--no-print-directory', @_) }

# The command line of pvmmu, without blanks in a row.
sub called { my ($got, $command) = @_; return join "\n", map { s/ +/ /gr } grep { /pvmmu $command/ } split /\n/, $got->{out} }

my $got = make('bench', 'VARIANT=nopin,custom:batch=multicall,depth=4,8,update=mmu/va,eager', 'WORKLOAD=fork:mb=0,1,4..16');
is($got->{code}, 0, 'bench') or diag($got->{err});
like(called($got, 'run'), qr/--variant 'nopin,custom:batch=multicall,depth=4,8,update=mmu\/va,eager' --workload 'fork:mb=0,1,4\.\.16'/,
	'the variants as they were given, and the sweep');
like(called($got, 'run'), qr{--out 'results/[\w~]*nopin\+custom-batch\.multicall\+depth\.4\+8\+update\.mmu_va\+eager\.json'},
	'a file name without : , = and /');
like($got->{out}, qr{build/guest/xen64/custom-pin\.eager-update\.mmu_va-batch\.multicall-depth\.$_-ptl\.mm-pte\.low/}, "depth $_ is built") for 4, 8;

for my $bad (['eagre', qr/unknown variant 'eagre'; valid: .*\beager\b.*, or custom:AXIS=VALUE/],
	['custom:pin=late', qr/unknown value 'late' of pin; valid: none eager/],
	['custom:update=emulate,batch=multicall', qr/update=emulate excludes batch=multicall: a store cannot be queued/],
	['custom:depth=4', qr/depth needs batch=multicall/]) {
	$got = make('guest', "VARIANT=$bad->[0]");
	is($got->{code}, 2, "$bad->[0]: refused");
	like($got->{err}, $bad->[1], 'with the reason');
}

$got = make('matrix');
like(called($got, 'run'), qr{^build/pvmmu run .*--vcpus 1 .*--matrix --out 'results/matrix\.json' --resume$},
	'the matrix: one vCPU, to be gone on with');
unlike(called($got, 'run'), qr/--variant|--workload/, 'all variants, all workloads');
like(called(make('matrix', 'VCPUS=2', 'OUT=x.json', 'WORKLOAD=fork'), 'run'), qr/--vcpus 2 .*--workload 'fork' --out 'x\.json' --resume/, 'or what is asked for');
like(called(make('matrix', 'VCPUS=1,4'), 'run'), qr/--vcpus 1,4 /, 'more vCPUs');
like(called(make('bench', 'SEEDS=8'), 'run'), qr/--seeds 8 /, 'SEEDS is how many');
my $listed = called(make('bench', 'SEED=3,5..7'), 'run');
like($listed, qr/--seed 3,5\.\.7 /, 'SEED is which');
unlike($listed, qr/--seeds/, 'and not both');
like(called(make('figures', 'FROM=a.json'), 'compare'), qr{compare 'a\.json' --wide --tax .*--reference tests/linux-6\.1\.tsv --format md}, 'figures');
is(pvmmu('compare', "$root/tests/golden/two-variants.json", '--wide', '--reference', "$root/tests/linux-6.1.tsv")->{code}, 0,
	'Linux\'s figures can be read');

done_testing();
