#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The guest's examination of its own page tables, on every variant: it finds nothing
# wrong, has looked at what there is, Xen's view included, and disturbs no sample.
# mutants.t shows that it can find a fault.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

sub run_real
{
	my ($name, @args) = @_;
	my $r = run_command("$root/build/pvmmu", 'run', '--out', "$tmp/$name.json", '--quiet', @args);
	is($r->{code}, 0, "$name: runs") or diag($r->{err});
	return {map { $_->{id} => $_ } @{read_json("$tmp/$name.json")->{runs}}};
}

sub check
{
	my ($id, $run, $processes) = @_;
	my $xen = $run->{identity}{xen};
	my ($with, $without) = @{$run->{audits}};

	is(scalar @{$run->{audits}}, 2, "$id: two examinations");
	is("$with->{when} $without->{when}", 'demand end', "$id: with processes, and without");
	for my $audit ($with, $without) {
		ok($audit->{ok} && !$audit->{problem_count}, "$id: nothing wrong ($audit->{when})");
		is(!!$audit->{xen_view}, !!$xen, "$id: compared with Xen where there is one");
		is(!!$audit->{unchecked}, !$xen, "$id: or said why not");
	}
	is($with->{trees}, 1 + $processes, "$id: the kernel's tree and each process'");
	is($without->{trees}, 1, "$id: and in the end the kernel's");
	is($without->{leaves}, 0, "$id: which maps nothing but memory") if $id !~ /vmalloc/;
	cmp_ok($with->{leaves}, '>', 4096 * $processes, "$id: every page was looked at") if $id =~ /mb=16/;
}

my @variants = map { $_->{name} } @{read_json("$root/build/share/variants.json")->{variants}};
my $runs = run_real('all', '--variant', join(',', @variants),
	'--workload', 'ctx:n=4:warmup=1:mb=16,vmalloc:n=2');
is(scalar keys %$runs, 2 * @variants, 'every variant');
check($_, $runs->{$_}, /ctx/ ? 2 : 1) for sort keys %$runs;

# Other CPUs stand still meanwhile.
$runs = run_real('smp', '--variant', 'eager,nopin,splitptl', '--vcpus', 4,
	'--workload', 'forkbomb:n=4:warmup=1,ctx:n=4:warmup=1:mb=16');
check($_, $runs->{$_}, /ctx/ ? 2 : 1) for sort keys %$runs;

# Samples and counters are the same without it.
my @cell = ('--variant', 'eager', '--workload', 'fork:mb=16:n=16');
my ($with) = values %{run_real('with', @cell)};
my ($without) = values %{run_real('without', @cell, '--no-audit')};
ok(!$without->{audits}, '--no-audit: none');
is_deeply([@$with{qw(series counters conserved)}], [@$without{qw(series counters conserved)}],
	'it changes no sample, no counter, and leaves nothing behind');
done_testing();
