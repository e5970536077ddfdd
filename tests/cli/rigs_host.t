#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Rig host: workloads on this machine's Linux, and what perf counts of them; with a
# pretended perf that has its ways of failing, and with the real one if it is there.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;
use File::Path qw(make_path);

my $dir = fixture();
make_path("$dir/build/workloads", "$tmp/bin", "$tmp/none");

# A workload that says what it was given and acts as $ACT says.
sub workload
{
	my ($name) = @_;
	spew("$dir/build/workloads/$name", "#!$^X\n", <<'EOT');
use strict;
use lib $ENV{TESTS};
use PvmmuRecord;
my %p   = map { /(\w+)=(\d+)/ ? ($1 => int $2) : () } @ARGV;
my $act = $ENV{ACT} // '';
my ($name) = $0 =~ m|([^/]+)$|;
open(my $log, '>>', "$ENV{CALLS}") or die;
my ($cpus) = slurp('/proc/self/status') =~ /^Cpus_allowed_list:\s*(\S+)/m;
print $log join(' ', $name, @ARGV), ' cpus=', $cpus, ' clock=', $ENV{PVMMU_CLOCK} // 'none', "\n";
close $log;
if ($act eq 'skip') { print record('w', 0, {t => 'done', status => 'skip', reason => 'no such thing'}); exit 3; }
if ($act eq 'fail') { print record('w', 0, {t => 'done', status => 'fail', reason => 'fork: errno 11'}); exit 1; }
if ($act eq 'dies') { kill 'SEGV', $$; }
1 while $act eq 'hangs';
$| = 1;
print "some words\n";
print record('w', 0, {t => 'workload', name => $act eq 'name' ? 'other' : $name, params => {%p}, clock => 'monotonic',
	iterations => 10 * $p{n}, warmup => 0});
print record('w', 1, {t => 'samples', series => 'time', unit => 'tick', better => 'lower', reps => 10, first => 0,
	values => [map { 1000 + $_ } 1 .. $p{n} - ($act eq 'few')]});
print record('w', 2, {t => 'done', status => 'ok', reason => ''}) if $act ne 'no-done';
EOT
	chmod 0755, "$dir/build/workloads/$name";
}
workload($_) for qw(fork exec);

# Knows three events, of which the processor lacks one, and another name makes it fail.
spew("$tmp/bin/perf", <<'EOT');
#!/bin/sh
case $PERF in
debian) printf '%s: line 13: exec: perf_6.1: not found\nE: linux-perf-6.1 is not installed.\n\n' "$0" >&2; exit 1;;
ubuntu) printf 'WARNING: perf not found for kernel 5.15.0-91\n\n  You may need to install the following\n' >&2; exit 2;;
esac
if [ "$1" = --version ]; then
	[ "$PERF" != warns ] || echo 'libperf: something is odd' >&2
	[ "$PERF" = mute ] || echo 'perf version 0.1'
	exit 0
fi
out=/dev/stdout
while [ "$1" != -- ]; do
	case $1 in -o) out=$2; shift;; -e) events=$2; shift;; esac
	shift
done
shift
case $PERF in
denied) echo 'Error: Access to performance monitoring is limited.'; exit 255;;
paranoid) printf 'Error:\nAccess to observability operations is limited.\nConsider adjusting %s setting to open\n' /proc/sys/kernel/perf_event_paranoid >&2
	exit 255;;
old) printf "  Error: unknown switch \`j'\n\n Usage: perf stat [<options>]\n" >&2; exit 129;;
breaks) [ "$out" = /dev/stdout ] || exit 9;;
esac
"$@" || exit
[ "$PERF" = silent ] && [ "$out" != /dev/stdout ] && exit 0
echo '# started on a day' > $out
n=0
line() { echo "{\"counter-value\" : \"$2\", \"unit\" : \"\", \"event\" : \"$1\", \"event-runtime\" : 5, \"pcnt-running\" : $3}" >> $out; }
case $PERF in
hybrid|turns)
	for e in $(echo $events | tr , ' '); do
		n=$((n + 1))
		case $PERF,$e in
		*,page-faults|*,task-clock) line $e 3.000000 100.00;;
		hybrid,cycles) line cpu_core/$e/ '<not counted>' 0.00; line cpu_atom/$e/ 812345.000000 60.00;;
		hybrid,instructions) line cpu_core/$e/ 5.000000 100.00; line cpu_atom/$e/ '<not supported>' 0.00;;
		hybrid,*) line cpu_core/$e/ '<not counted>' 0.00; line cpu_atom/$e/ '<not supported>' 0.00;;
		turns,iTLB*) line $e '<not counted>' 0.00;;
		turns,*) if [ $out = /dev/stdout ] && [ $n -gt 5 ]; then line $e '<not counted>' 0.00; else line $e 7.000000 57.10; fi;;
		esac
	done
	exit 0
esac
for e in $(echo $events | tr , ' '); do
	case $e in
	task-clock) v=12.5 u=msec;;
	page-faults) v=42.000000 u=; [ "$PERF$out" = uncounted/dev/stdout ] || [ "$PERF" != uncounted ] || v='<not counted>';;
	cycles) v='<not supported>' u=;;
	*) echo "event syntax error: '$e'" >&2; exit 129;;
	esac
	echo "{\"counter-value\" : \"$v\", \"unit\" : \"$u\", \"event\" : \"$e\", \"event-runtime\" : 5, \"pcnt-running\" : 100.00}" >> $out
done
EOT
chmod 0755, "$tmp/bin/perf";
symlink($_, "$tmp/none/" . s|.*/||r) for '/usr/bin/taskset', $^X, '/bin/sh';
symlink('/usr/bin/env', "$tmp/none/env");

my $nr = 0;
local $ENV{TESTS} = "$root/tests";
local $ENV{CALLS} = "$tmp/calls";
local $ENV{PATH}  = "$tmp/bin:$ENV{PATH}";
local $ENV{PVMMU_CLOCK} = 'tsc';
sub run_host
{
	my ($act, $perf, @arguments) = @_;
	local $ENV{ACT}  = $act;
	local $ENV{PERF} = $perf;
	unlink $ENV{CALLS};
	my $out = "$tmp/h" . $nr++ . '.json';
	my $got = pvmmu('run', '--root', $dir, '--rig', 'host', '--out', $out, @arguments);
	unlike($got->{err}, qr/Sanitizer|runtime error/, 'no sanitizer report');
	$got->{file}  = $out;
	$got->{set}   = read_json($out) if -e $out;
	$got->{run}   = $got->{set}{runs}[0];
	$got->{calls} = [-e $ENV{CALLS} ? split /\n/, slurp($ENV{CALLS}) : ()];
	return $got;
}

my $got = run_host('', '', '--workload', 'fork:n=4,exec', '--jobs', 4);
is($got->{code}, 0, 'two workloads') or diag($got->{err});
my ($run, $identity) = ($got->{run}, $got->{run}{identity});
is($run->{id}, 'host-fork:n=4~linux', 'id');
is_deeply([@$identity{qw(env rig tier)}, $identity->{variant}{name}], ['host', 'host', 'wall', 'linux'], 'identity');
ok(!exists $identity->{memory_mib} && !exists $identity->{qemu}, 'nothing of a machine');
chomp(my $release = `uname -r`);
is($identity->{linux}{release}, $release, 'which Linux');
is($identity->{linux}{program_sha256}, (split ' ', `sha256sum $dir/build/workloads/fork`)[0], 'which program');
is_deeply($run->{series}, [{name => 'time', unit => 'ns', better => 'lower', exact => JSON::PP::false,
	iterations_per_sample => 10, samples => [1001 .. 1004]}], 'samples in nanoseconds, not exact');
is($run->{clock}{source}, 'monotonic', 'the clock');
ok(!exists $run->{counters} && !exists $run->{conserved}, 'no counters of a guest');
is_deeply($run->{collected}{perf}, {version => 'perf version 0.1', events => {'task-clock' => {value => 12.5, unit => 'msec'},
	'page-faults' => {value => 42, unit => 'events'}}, missing => {cycles => 'not supported',
	map { $_ => "event syntax error: '$_'" } qw(context-switches cpu-migrations minor-faults major-faults instructions
	branch-misses cache-misses dTLB-load-misses dTLB-store-misses iTLB-load-misses)}},
	'what perf counted, and what it could not');
is($got->{set}{observed}{jobs}, 1, 'one at a time, whatever --jobs says');
my $mask = (split ' ', slurp('/proc/self/status') =~ /^Cpus_allowed_list:\s*(\d+)/m ? $1 : '?')[0];
like($got->{calls}[0], qr/^fork .*cpus=$mask clock=none$/, 'bound to one CPU, with the system\'s clock');
is(scalar @{$got->{calls}}, 4, 'each runs twice, for its samples and for perf');
like($got->{out}, qr/^host-fork:n=4~linux\s+100\.25 ns \(time, median of 4\)$/m, 'the table is by iteration')
	or diag($got->{out});
is(pvmmu('validate', '--root', $dir, $got->{file})->{code}, 0, 'valid');
like($run->{command}, qr/--rig host --tier wall --variant linux --workload fork:.* --vcpus 1 --seed 1$/, 'how to repeat it');
my $host = $got->{file};

# ---- never beside guests ----
my $guest = fake_run('success', '--variant', 'eager', '--workload', 'fork');
is($guest->{code}, 0, 'a guest\'s figures') or diag($guest->{err});
$got = pvmmu('compare', '--root', $dir, "$guest->{root}/r/x.json", $host);
is($got->{code}, 4, 'are not compared with these') or diag($got->{out});
like($got->{err}, qr/tiers cannot be mixed: exact and wall/, 'because of the tier');

# ---- without perf, or with one that may not or breaks ----
{
	local $ENV{PATH} = "$tmp/none";
	$got = run_host('', '', '--workload', 'fork');
	is($got->{code}, 0, 'without perf it runs');
	ok(!exists $got->{run}{collected}, 'nothing is collected');
	like($got->{run}{uncollected}{perf}, qr/^there is no perf: install .* linux-perf/, 'the result says why');
	like($got->{err}, qr/warning: .*perf collected nothing: there is no perf/, 'and a warning');
	is(scalar @{$got->{calls}}, 1, 'it runs once');
}
$got = run_host('', 'denied', '--workload', 'fork');
is($got->{code}, 0, 'perf that is not permitted');
like($got->{run}{uncollected}{perf}, qr/^perf cannot count here: Error: Access to performance monitoring is limited/, 'is told');
ok(!exists $got->{run}{collected}, 'and no zeros');
for my $case (['paranoid', qr/^perf cannot count here: Access to observability operations is limited\. \((kernel\.perf_event_paranoid is -?\d+; )?as root: sysctl kernel\.perf_event_paranoid=1\)$/],
	['old', qr/^perf cannot count here: Error: unknown switch `j': this perf is older than 5\.17$/],
	['debian', qr/^perf does not run: E: linux-perf-6\.1 is not installed\.$/],
	['ubuntu', qr/^perf does not run: WARNING: perf not found for kernel 5\.15\.0-91$/]) {
	$got = run_host('', $case->[0], '--workload', 'fork');
	like($got->{run}{uncollected}{perf}, $case->[1], "perf $case->[0]: the line that says why");
}
for my $case (['warns', 'perf version 0.1'], ['mute', 'unknown']) {
	$got = run_host('', $case->[0], '--workload', 'fork');
	is($got->{run}{collected}{perf}{version}, $case->[1], "perf $case->[0]: its version");
	is($got->{code}, 0, "perf $case->[0]: a valid result");
}
$got = run_host('', 'hybrid', '--workload', 'fork');
my $perf = $got->{run}{collected}{perf};
is_deeply($perf->{events}, {'task-clock' => {value => 3, unit => 'events'}, 'page-faults' => {value => 3, unit => 'events'},
	'cpu_atom/cycles/' => {value => 812345, unit => 'events', running => 0.6},
	'cpu_core/instructions/' => {value => 5, unit => 'events'}}, 'two kinds of cores: an event of each that counted');
is_deeply([@{$perf->{missing}}{'cpu_core/cycles/', 'cpu_atom/instructions/'}], ['not counted', 'not supported'],
	'and which did not');
is($perf->{missing}{'branch-misses'}, 'not counted', 'an event of neither kind is missing');
$got = run_host('', 'turns', '--workload', 'fork');
$perf = $got->{run}{collected}{perf};
is_deeply($perf->{missing}, {'iTLB-load-misses' => 'not counted'}, 'what had no turn among all is asked for by itself');
is_deeply($perf->{events}{cycles}, {value => 7, unit => 'events', running => 0.571}, 'a part of the time is told');
is(scalar keys %{$perf->{events}}, 12, 'all others are counted');
for my $case (['breaks', qr/perf has no output/], ['silent', qr/perf has no output/]) {
	$got = run_host('', $case->[0], '--workload', 'fork');
	is($got->{run}{outcome}{status}, 'success', "perf $case->[0]: the samples are there");
	like($got->{run}{uncollected}{perf}, $case->[1], "perf $case->[0]: the reason");
}

$got = run_host('', 'uncounted', '--workload', 'fork');
is($got->{run}{collected}{perf}{missing}{'page-faults'}, 'not counted', 'an event that there was no time to count is missing');
is_deeply([keys %{$got->{run}{collected}{perf}{events}}], ['task-clock'], 'not zero');

# ---- how a workload ends ----
for my $case (['skip', 3, qr/^no such thing$/], ['fail', 5, qr/the workload failed: fork: errno 11/],
	['dies', 5, qr/the workload was killed by signal 11/], ['hangs', 7, qr/no end after 2 s of processor time \(--timeout\)/],
	['few', 4, qr/series "time" has 3 samples of 4/], ['no-done', 4, qr/the "done" record is missing/],
	['name', 4, qr/the workload says it is "other"/]) {
	my ($act, $code, $why) = @$case;
	$got = run_host($act, '', '--workload', 'fork:n=4', '--timeout', $act eq 'hangs' ? 2 : 30);
	is($got->{code}, $code, "$act: exit code");
	like($got->{run}{outcome}{reason}, $why, "$act: reason");
	is_deeply($got->{run}{series}, [], "$act: no samples");
}

# ---- what is refused ----
for my $case ([['--variant', 'eager'], qr/rig host has only linux/], [['--tier', 'exact'], qr/on rig host; valid: wall/],
	[['--env', 'xen64'], qr/env "xen64" is not available on rig host; valid: host/]) {
	$got = run_host('', '', '--workload', 'fork', @{$case->[0]});
	is($got->{code}, 64, "@{$case->[0]}: a usage error");
	like($got->{err}, $case->[1], 'which says what is valid');
}
chomp(my $cpus = `nproc`);
if ($cpus < 8) {
	$got = run_host('', '', '--workload', 'fork', '--vcpus', 8);
	is($got->{code}, 4, 'more CPUs than there are');
	like($got->{err}, qr/this machine has $cpus CPU/, 'says how many');
}
unlink "$dir/build/workloads/exec";
$got = run_host('', '', '--workload', 'exec');
like($got->{err}, qr/workloads.exec is missing: `make workloads` provides it/, 'a workload that is not built');
$got = run_host('', '', '--', "$root/build/workloads/tiny");
like($got->{err}, qr/runs in a guest/, 'no programs');
like(pvmmu('list', 'rigs')->{out}, qr/^\s*host .*not to be compared with guests/m, 'list rigs');
like(pvmmu('list', 'tiers')->{out}, qr/^\s*wall .*nanoseconds/m, 'list tiers');

# ---- the real thing ----
SKIP: {
	my $real = `LC_ALL=C PATH=/usr/bin:/bin perf stat -j --log-fd 1 -e page-faults -- true 2>/dev/null`;
	skip 'no perf here, or it may not count', 4 if $? || $real !~ /"page-faults/ || $real =~ /<not/;
	local $ENV{PATH} = '/usr/bin:/bin';
	my $r = run_command("$root/build/pvmmu", 'run', '--rig', 'host', '--workload', 'fork:n=8,vmalloc', '--out', "$tmp/real.json",
		'--quiet');
	is($r->{code}, 3, 'a real workload, and one that is not for Linux');
	my $set = read_json("$tmp/real.json");
	is($set->{runs}[1]{outcome}{status}, 'skip', 'which is skipped with its reason');
	my $events = $set->{runs}[0]{collected}{perf}{events};
	cmp_ok($events->{'page-faults'}{value}, '>', 50, 'perf saw the forks\' page faults');
	my @samples = map { $_ / $set->{runs}[0]{series}[0]{iterations_per_sample} } @{$set->{runs}[0]{series}[0]{samples}};
	is(scalar(grep { $_ > 5_000 && $_ < 1e9 } @samples), 8, 'samples are of a fork\'s size, in ns');
}
done_testing;
