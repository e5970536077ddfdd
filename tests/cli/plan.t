#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# What is run and what is written: variants, workloads, sweeps and seeds; order;
# identity apart from observation; equal results for equal runs; and usage errors.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my $got = fake_run('success', '--workload', 'fork:mb=0+16:n=4,exec', '--variant', 'nopin,eager',
	'--seed', '1,2', '--jobs', '4', '--keep-logs');
is($got->{code}, 0, 'a plan of twelve') or diag($got->{err});
is_deeply([map { $_->{id} } @{$got->{set}{runs}}], [
	'xen64-fork:n=4~nopin',       'xen64-fork:n=4:seed=2~nopin',
	'xen64-fork:n=4~eager',       'xen64-fork:n=4:seed=2~eager',
	'xen64-fork:n=4:mb=16~nopin', 'xen64-fork:n=4:mb=16:seed=2~nopin',
	'xen64-fork:n=4:mb=16~eager', 'xen64-fork:n=4:mb=16:seed=2~eager',
	'xen64-exec~nopin',           'xen64-exec:seed=2~nopin',
	'xen64-exec~eager',           'xen64-exec:seed=2~eager'], 'in the order asked for');
is(scalar(my @logs = glob("$got->{root}/r/x.json.logs/*.log")), 12, '--keep-logs keeps all');
is($got->{verdict}{verdict}, 'pass', 'verdict');

my $run = $got->{set}{runs}[4];
is_deeply($run->{identity}{workload}, {name => 'fork', parameters => {n => 4, warmup => 2, mb => 16}},
	'parameters with their defaults');
is_deeply($run->{identity}{variant}, {name => 'nopin', policy => {pin => 'none', update => 'va',
	batch => 'off', ptl => 'mm', pte => 'low'}}, 'variant with its policy');
is($run->{identity}{xen}{banner}, 'Xen version 0.0 (Pretended) debug=n', 'Xen\'s banner');
is_deeply($run->{identity}{xen}{mitigations}, {'Hardware hints' => '', 'Support for PV VMs' => 'RSB',
	'XPTI (64-bit PV only)' => 'Dom0 disabled, DomU disabled (without PCID)'}, 'what Xen has in force');
is($run->{identity}{xen}{version}, '0.0-1', 'Xen\'s package version');
like($run->{identity}{xen}{command_line}, qr/dom0_mem=512M,max:512M/, 'Xen\'s command line');
is($run->{identity}{compiler}, 'cc 1.0', 'the guest\'s compiler');
my ($sha) = split ' ', `sha256sum $got->{root}/build/guest/xen64/nopin/pvmmu-guest.elf`;
is($run->{identity}{image}{kernel_sha256}, $sha, 'the kernel\'s hash');
is_deeply($run->{counters}, {hypercalls => {mmu_update => 12}, mmuext => {pin => 4},
	sched => {all_idle => 0}}, 'counters by group');
is($run->{counted_iterations}, 4, 'counted iterations');
is_deeply($run->{conserved}{free_pages}, {before => 900, after => 900}, 'conserved quantities');
is_deeply($run->{clock}, {source => 'tsc', nop1000 => 1010}, 'the clock');
my $identity = JSON::PP->new->canonical->encode($run->{identity});
unlike($identity, qr/\Q$got->{root}\E|\Q$root\E|$ENV{HOME}/, 'no path of this machine in the identity');
ok(!exists $got->{set}{observed}{host_name}, 'the host\'s name is not told');

my $again = fake_run({act => 'success', root => $got->{root}}, '--workload', 'fork:mb=0+16:n=4,exec',
	'--variant', 'nopin,eager', '--seed', '1,2', '--jobs', '1');
my $kept = sub { return [map { my %r = %$_; delete $r{observed}; \%r } @{$_[0]{set}{runs}}] };
is_deeply($kept->($again), $kept->($got), 'one job or four: the same, apart from what was observed');
is(scalar(@logs = glob("$got->{root}/r/x.json.logs/*")), 0, 'consoles of an earlier run are gone');

my $repeat = $run->{command};
like($repeat, qr{^build/pvmmu run --env xen64 .*--workload fork:n=4:\S*mb=16 }, 'the command of one run');
$repeat =~ s/^build\/pvmmu run //;
my $one = fake_run({act => 'success', root => $got->{root}}, split ' ', $repeat);
is(scalar @{$one->{set}{runs}}, 1, 'repeats that run');
is_deeply($one->{set}{runs}[0]{series}, $run->{series}, 'with the same samples');

my $cpus = fake_run('success', '--workload', 'fork:mb=0+16', '--variant', 'eager', '--vcpus', '1+4', '--seed', '1+3');
is_deeply([map { $_->{id} } @{$cpus->{set}{runs}}], [map { my $n = $_; map { my $mb = $_; map { "xen64-fork$mb$_$n~eager" } '', ':seed=3' }
	'', ':mb=16' } '', '@4'], 'numbers of vCPUs are kept apart');
is_deeply([map { $_->{identity}{vcpus} } @{$cpus->{set}{runs}}], [(1) x 4, (4) x 4], 'and in the identity');
is_deeply([map { $_->{id} } @{fake_run('success', '--workload', 'fork', '--variant', 'eager', '--vcpus', '2,1')->{set}{runs}}],
	['xen64-fork@2~eager', 'xen64-fork~eager'], 'a comma separates them, too');

# Lists as bench/lib/number_list.h has them, in every place; a comma goes on with a list if a digit follows it.
is_deeply([map { $_->{id} } @{fake_run('success', '--workload', 'fork:mb=0,4,16..64:n=4,exec', '--variant', 'eager')->{set}{runs}}],
	[(map { "xen64-fork:n=4$_~eager" } '', ':mb=4', ':mb=16', ':mb=64'), 'xen64-exec~eager'], 'commas in a parameter\'s list');
is_deeply([map { $_->{id} } @{fake_run('success', '--workload', 'fork', '--variant', 'eager', '--vcpus', '1,2,4..8', '--seed', '2..3')->{set}{runs}}],
	[map { my $n = $_; map { "xen64-fork:seed=$_$n~eager" } 2, 3 } '', '@2', '@4', '@8'], 'ranges of vCPUs and seeds');
my $seeded = fake_run('success', '--workload', 'fork', '--variant', 'eager', '--seeds', 3);
is_deeply([map { $_->{identity}{seed} } @{$seeded->{set}{runs}}], [1, 2, 3], '--seeds N: from 1 to N');
ok(!(grep { exists $_->{family} } @{$seeded->{set}{runs}}), 'seeds make no family');
like($seeded->{out}, qr/^fork eager: medians of 3 seeds from [\d,.]+ to [\d,.]+, the middle one [\d,.]+ instructions$/m, 'the spread between them is told');
like($seeded->{out}, qr/\(insns, median of 8; 15 of it measuring\)$/m, 'and what measuring takes');
my $one_seed = fake_run('success', '--workload', 'fork', '--variant', 'eager', '--seeds', 1);
is(scalar @{$one_seed->{set}{runs}}, 1, '--seeds 1 is seed 1');
unlike($one_seed->{out}, qr/seeds from/, 'of which there is no spread');

# The points of a sweep are a family: its id without the axes and the seed, the axes, the point.
my $swept = fake_run('success', '--workload', 'fork:n=4:mb=16,0,exec', '--variant', 'eager', '--vcpus', '1,2', '--seeds', 2);
is($swept->{code}, 0, 'a sweep on two axes') or diag($swept->{err});
my ($forks, $execs) = map { my $w = $_; [grep { $_->{identity}{workload}{name} eq $w } @{$swept->{set}{runs}}] } qw(fork exec);
is_deeply([map { $_->{family}{id} } @$forks], [('xen64-fork:n=4~eager') x 8], 'one family, across seeds');
is_deeply($forks->[0]{family}{axes}, [{name => 'mb', unit => 'things'}, {name => 'vcpus', unit => 'vCPUs'}], 'its axes with their units');
is_deeply([map { [@{$_->{family}{point}}{qw(mb vcpus)}] } @$forks],
	[[16, 1], [16, 1], [0, 1], [0, 1], [16, 2], [16, 2], [0, 2], [0, 2]], 'and each run\'s point');
is_deeply([map { $_->{family} } @$execs], [map { {id => 'xen64-exec~eager', axes => [{name => 'vcpus', unit => 'vCPUs'}],
	point => {vcpus => $_}} } 1, 1, 2, 2], 'another workload, another family');
is_deeply([grep { defined } map { $_->{family} } @{fake_run('success', '--workload', 'fork:mb=16,exec')->{set}{runs}}], [],
	'without a sweep there is none');

# --matrix: each workload at the points that it declares, if it is not told its parameters.
{
	my $dir = fixture();
	my $all = read_json("$dir/build/share/workloads.json");
	$all->{workloads}[1]{points} = 'mb=0,4,16';
	write_json("$dir/build/share/workloads.json", $all);
	my $ids = sub { [map { $_->{id} =~ s/^xen64-|~eager$//gr } @{fake_run({act => 'success', root => $dir}, '--variant', 'eager', @_)->{set}{runs}}] };
	is_deeply($ids->('--matrix'), ['exec', 'fork', 'fork:mb=4', 'fork:mb=16'], 'a matrix has the declared points');
	is_deeply($ids->(), ['exec', 'fork'], 'nothing else has');
	is_deeply($ids->('--matrix', '--workload', 'fork:mb=1,exec'), ['fork:mb=1', 'exec'], 'nor who names parameters');
	$all->{workloads}[1]{points} = 'mb=lots';
	write_json("$dir/build/share/workloads.json", $all);
	my $wrong = fake_run({act => 'success', root => $dir}, '--matrix');
	is($wrong->{code}, 64, 'points that do not exist');
	like($wrong->{err}, qr/fork:mb: "lots" is not a whole number/, 'are told');
}

# A workload that needs more vCPUs than there are is no hole where all workloads are meant.
{
	my $dir = fixture();
	my $all = read_json("$dir/build/share/workloads.json");
	$all->{workloads}[1]{min_vcpus} = 2;
	write_json("$dir/build/share/workloads.json", $all);
	my $run = sub { fake_run({act => 'success', root => $dir}, '--variant', 'eager', '--matrix', @_) };
	my $ids = sub { [map { $_->{id} =~ s/^xen64-|~eager//gr } @{$_[0]{set}{runs}}] };
	my $one = $run->();
	is($one->{code}, 0, 'one vCPU: success');
	is_deeply($ids->($one), ['exec'], 'without the workload that needs two');
	is_deeply($one->{set}{declared}, ['xen64-exec~eager'], 'which is not declared either');
	like($one->{out}, qr/^note: fork needs 2 vCPUs and is left out on 1$/m, 'the user is told');
	is_deeply($ids->($run->('--vcpus', '1,2')), ['exec', 'exec@2', 'fork@2'], 'it is measured where it can be');
	is_deeply($ids->($run->('--workload', 'fork')), ['fork'], 'and where it was asked for by name');
	like(pvmmu('list', '--root', $dir, 'workloads')->{out}, qr/^ +vCPUs +2 or more$/m, 'the list says what it needs');
	write_json("$dir/d.json", {declaration_version => 1, variants => ['eager'], matrix => JSON::PP::true});
	$run->();
	my $judged = pvmmu('verdict', '--root', $dir, '--declaration', "$dir/d.json", "$dir/r/x.json");
	is($judged->{code}, 0, 'a declaration of the matrix on one vCPU is fulfilled') or diag($judged->{out} . $judged->{err});
}

# A variant is for one env; a run may have several, and --env picks.
my $both = fake_run({act => 'success', root => fixture(1)}, '--workload', 'fork', '--cold');
is($both->{code}, 0, 'variants of two envs: runs') or diag($both->{err});
is_deeply([map { $_->{id} } @{$both->{set}{runs}}],
	['native64-fork~native', 'xen64-fork~eager', 'xen64-fork~nopin'], 'each on its own');
is_deeply([map { exists $_->{identity}{xen} ? 1 : 0 } @{$both->{set}{runs}}], [0, 1, 1], 'native64 has no Xen');
ok(!(grep { /Xen/ } @{$both->{set}{runs}[0]{warnings}}), 'and misses none');
like($both->{set}{runs}[0]{command}, qr/--env native64 .*--variant native /, 'its command names the env');
is_deeply([map { $_->{id} } @{fake_run({act => 'success', root => fixture(1)}, '--workload', 'fork', '--env',
	'native64')->{set}{runs}}], ['native64-fork~native'], '--env means its variants');
for my $bad (['native', 'xen64'], ['eager,native', 'xen64'], ['eager', 'native64'], ['custom:pin=none', 'native64']) {
	my $refused = fake_run({act => 'success', root => fixture(1)}, '--variant', $bad->[0], '--env', $bad->[1]);
	is($refused->{code}, 64, "$bad->[0] on $bad->[1]: usage");
	like($refused->{err}, qr/variant "\S+" is for env \w+, not for $bad->[1]/, 'says which is for what');
}
{
	my $alone = fixture(1);
	unlink "$alone/build/xen/xen";
	is(fake_run({act => 'success', root => $alone}, '--variant', 'native')->{code}, 0, 'native64 needs no Xen');
	my $xen = fake_run({act => 'success', root => $alone}, '--variant', 'native,eager');
	is($xen->{code}, 4, 'xen64 does');
	like($xen->{err}, qr{build/xen/xen is missing: `make xen`}, 'and says so');
	$xen = fake_run({act => 'success', root => fixture(1)}, '--variant', 'native', '--mem', 3584);
	is($xen->{code}, 4, 'more memory than native64 can take');
	like($xen->{err}, qr/native64 takes up to 3583 MiB/, 'says how much it can');
}

my $mixed = fake_run('nopin=leak,success', '--workload', 'fork');
is($mixed->{code}, 5, 'the worst of several counts');
is_deeply([sort map { $_->{outcome}{status} } @{$mixed->{set}{runs}}], ['failure', 'success'], 'each has its own');
is(fake_run('nopin=bug,eager=torn', '--workload', 'fork')->{code}, 4, 'an error is worse than a crash');
is(fake_run('nopin=bug,eager=leak', '--workload', 'fork')->{code}, 6, 'a crash is worse than a failure');
is(fake_run('nopin=skip,success', '--workload', 'fork')->{code}, 3, 'a skip is worse than a success');

my $host = fake_run('success', '--workload', 'exec', '--with-hostname');
chomp(my $name = `uname -n`);
is($host->{set}{observed}{host_name}, $name, '--with-hostname tells it');
is(scalar @{$host->{set}{runs}}, 2, 'all variants by default');
is(scalar @{fake_run('success', '--variant', 'eager')->{set}{runs}}, 2, 'all workloads by default');
my $quiet = fake_run('success', '--workload', 'exec', '--quiet');
is($quiet->{out} . $quiet->{err}, '', '--quiet says nothing');

# Variants given by their axes.
my $custom = 'custom:pin=eager,update=mmu/va,batch=multicall,depth=8,ptl=mm,pte=low';
my $none = fake_run('success', '--workload', 'fork', '--variant', "eager,custom:update=mmu/va,batch=multicall,depth=8");
is($none->{code}, 4, 'a custom variant that is not built');
like($none->{err}, qr/custom-pin\.eager-update\.mmu_va-batch\.multicall-depth\.8-ptl\.mm-pte\.low\/pvmmu-guest\.elf is missing: `make guest VARIANT=\Q$custom\E` provides it/,
	'names its directory and what builds it');
{
	my $dir = fixture();
	for my $depth (8, 16) {
		my $image = "$dir/build/guest/xen64/" . ($custom =~ s/8/$depth/r) =~ tr|:,=/|\-\-._|r;
		mkdir $image or die;
		spew("$image/pvmmu-guest.elf", "kernel of depth $depth\n");
	}
	my $got = fake_run({act => 'success', root => $dir}, '--workload', 'fork:mb=16', '--keep-logs', '--variant',
		'custom:batch=multicall,depth=8,16,update=mmu/va,eager');
	is($got->{code}, 0, 'custom variants') or diag($got->{err});
	is_deeply([map { $_->{id} } @{$got->{set}{runs}}], ["xen64-fork:mb=16~$custom",
		'xen64-fork:mb=16~' . ($custom =~ s/8/16/r), 'xen64-fork:mb=16~eager'], 'one for each depth');
	is_deeply($got->{set}{runs}[0]{identity}{variant}, {name => $custom, label => 'custom:update=mmu/va,batch=multicall,depth=8',
		policy => {pin => 'eager', update => 'mmu/va', batch => 'multicall', depth => '8', ptl => 'mm', pte => 'low'}},
		'its whole name, a short one and the policy');
	is(scalar(my @logs = glob("$dir/r/x.json.logs/*.log")), 3, 'each has its console');
	is_deeply([map { $_->{family} } @{$got->{set}{runs}}], [(map { {id => 'xen64-fork:mb=16~' . ($custom =~ s/depth=8,//r),
		axes => [{name => 'depth', unit => 'entries'}], point => {depth => $_}} } 8, 16), undef], 'the depths are a family, the named one is not of it');
	my @again = split ' ', $got->{set}{runs}[0]{command} =~ s/^build\/pvmmu run //r;
	my $one = fake_run({act => 'success', root => $dir}, @again);
	is_deeply($one->{set}{runs}[0]{series}, $got->{set}{runs}[0]{series}, 'the command repeats it');
}

# Usage: exit 64, nothing is started or written.
for my $bad (
	[['--variant', 'eagre'], qr/unknown variant "eagre"; did you mean "eager"\? valid: eager, nopin/],
	[['--variant', 'zzz'],   qr/unknown variant "zzz"; valid: eager, nopin/],
	[['--variant', 'custom:pin=late,eager'], qr/variant "custom:pin=late": unknown value of pin "late"; valid: none, eager/],
	[['--variant', 'custom:pin=none,custom:pte=low,pin=none'], qr/~custom:pin=none,\S* is asked for twice/],
	[['--workload', 'frok'], qr/unknown workload "frok"; did you mean "fork"\? valid: exec, fork/],
	[['--workload', 'fork:nn=1'], qr/unknown parameter of fork "nn"; did you mean "n"\? valid: n, warmup, mb/],
	[['--workload', 'fork:n=0'],  qr/fork:n: 0 is out of range, valid: 1 to 1000/],
	[['--workload', 'fork:n=1x'], qr/"1x" is not a whole number/],
	[['--workload', 'fork:n=99999999999999999999'], qr/not a whole number/],
	[['--workload', 'fork:n'],    qr/"n" is not PARAMETER=VALUE/],
	[['--workload', 'fork:n=1:n=2'], qr/n is given twice/],
	[['--workload', 'fork,fork'], qr/xen64-fork~\w+ is asked for twice/],
	[['--workload', ''],          qr/empty item/],
	[['--env', 'xen16'],    qr/env "xen16" is not available on rig solo; valid: native32 native64 xen32 xen64/],
	[['--env', 'native64'], qr/nothing to run/],
	[['--rig', 'moon'],       qr/unknown rig "moon"; valid: box, host, solo, xl/],
	[['--tier', 'slow'],    qr/tier "slow" is not available on rig solo; valid: exact wall/],
	[['--vcpus', '9'],      qr/--vcpus: 9 is out of range, valid: 1 to 8/],
	[['--vcpus', '1+'],     qr/--vcpus: "" is not a whole number/],
	[['--vcpus', '4+1+4'],  qr/--vcpus: 4 is given twice/],
	[['--high-mib', '1'],   qr/--high-mib is for variants with pte=high/],
	[['--variant', 'custom:pte=high', '--high-mib', '257'], qr/--high-mib: 257 MiB is more than half of the memory/],
	[['--seed', '1..3', '--seeds', '3'], qr/--seeds N means --seed 1\.\.N: give one of them/],
	[['--seeds', '0'],      qr/--seeds: 0 is out of range, valid: 1 to 256/],
	[['--seeds', '1,2'],    qr/--seeds: "1,2" is not a whole number/],
	[['--seed', '1..5000'], qr/--seed: 1\.\.5000 is more than 4096 values/],
	[['--workload', 'fork:mb=16,4..64'], qr/fork:mb: 16,4\.\.64 runs down, write it upwards/],
	[['--workload', 'fork:mb=0,16,16'], qr/fork:mb: 16 is given twice/],
	[['--workload', 'fork:mb=1,2..7'],  qr/fork:mb: 1,2\.\.7: a factor of 2 does not arrive at 7 but at 4; steps of 1 are A\.\.B/],
	[['--workload', 'fork:n=1..100:mb=1..100'], qr/fork:mb: more than 4096 combinations/],
	[['--workload', 'fork,mb=16'],      qr/"mb=16" names no workload: a comma begins the next one, and parameters follow a colon, "fork:mb=16"/],
	[['--workload', 'fork:n=4,mb=0,16'], qr/colon, "fork:n=4:mb=0,16"/],
	[['--workload', 'mb=16'],           qr/"mb=16" names no workload: expected NAME/],
	[['--workload', 'fork,16'],         qr/unknown workload "fork,16"/],
	[['--variant', 'eager,8'],          qr/unknown variant "eager,8"|"eager,8" is not VARIANT/],
	[['--seed', 'x'],       qr/--seed: "x" is not a whole number/],
	[['--timeout', '0'],    qr/--timeout: 0 is out of range/],
	[['--varaint', 'x'],    qr/unknown option "--varaint"; did you mean "--variant"\?/],
	[['--variant'],         qr/--variant needs a value/],
	[['--quiet=1'],         qr/--quiet takes no value/],
	[['elf'],               qr/unexpected argument "elf"/],
) {
	my ($words, $say) = @$bad;
	my $bad_run = fake_run('success', @$words);
	is($bad_run->{code}, 64, "@$words: usage");
	like($bad_run->{err}, $say, "@$words: said so");
	ok(!$bad_run->{set}, "@$words: nothing written");
}

my $dry = fake_run('success', '--workload', 'fork:mb=16', '--variant', 'eager', '--dry-run', '--mem',
	'256', '--vcpus', '2');
is($dry->{code}, 0, '--dry-run');
ok(!$dry->{set}, 'runs nothing');
like($dry->{out}, qr/# xen64-fork:mb=16\@2~eager\n/, 'names the run');
like($dry->{out}, qr/-icount shift=0,sleep=off -rtc base=2026-01-01,clock=vm /, 'the exact tier\'s options');
like($dry->{out}, qr/-smp 2 -m 512M /, 'the machine\'s size');
like($dry->{out}, qr{'build/guest/xen64/eager/pvmmu-guest.elf checkpoint,build/guest/xen64/initramfs.cpio'},
	'what Xen is given');
like($dry->{out}, qr{options,string=init=/bin/fork seed=1 -- n=8 warmup=2 mb=16'},
	'what the guest runs');

done_testing();
