#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Rig xl, with a pretended xl: the domain is made as asked for, its console is read to the end, and
# it is destroyed whatever happens; where this is no dom0, that is said.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

mkdir "$tmp/bin";
symlink("$root/tests/fake-xl", "$tmp/bin/$_") for qw(xl xenstore-read);
our $path = $ENV{PATH};
my $count = 0;

sub prepare
{
	$ENV{FAKE_XL} = "$tmp/xl" . $count++;
	mkdir $ENV{FAKE_XL};
}
sub calls { return -e "$ENV{FAKE_XL}/calls" ? slurp("$ENV{FAKE_XL}/calls") : '' }

sub xl_run
{
	my ($act, @more) = @_;
	prepare();
	local $ENV{FAKE_XL_ACT} = $act =~ s/^xl:// ? $act : '';
	local $ENV{FAKE_QEMU} = $ENV{FAKE_XL_ACT} ? 'success' : $act;
	local $ENV{PATH} = "$tmp/bin:$path";
	my $dir = fixture();
	my $got = pvmmu('run', '--root', $dir, '--rig', 'xl', '--variant', 'eager', '--workload', 'fork:n=6:mb=3',
		'--out', "$dir/x.json", @more);
	$got->{dir} = $dir;
	$got->{run} = read_json("$dir/x.json")->{runs}[0] if -e "$dir/x.json";
	unlike($got->{err}, qr/Sanitizer|runtime error/, "$act: no sanitizer report");
	return $got;
}

# Real time: the domain's clock must be as fast as this machine's, which tells how fast that is.
my $tick = 0.5;
my $got = xl_run('success');
if ($got->{code}) {
	like($got->{err}, qr/not real time: a tick is 0\.5000 ns to it, ([\d.]+) ns here/, 'a clock of another pace is refused');
	($tick) = $got->{err} =~ /([\d.]+) ns here/;
	$ENV{FAKE_GIGA_TICKS_NS} = $tick * 1e9;
}

$got = xl_run('success', '--mem', 96, '--vcpus', 2, '--seed', 3, '--cpus', '1-2', '--cpupool', 'Pool-x');
is($got->{code}, 0, 'a domain that works') or diag($got->{err}, calls());
my $config = slurp("$ENV{FAKE_XL}/config");
for my $line ('type = "pv"', 'memory = 96', 'maxmem = 96', 'vcpus = 2', 'tsc_mode = "native"', 'cpus = "1-2"',
	'pool = "Pool-x"', 'on_poweroff = "preserve"', 'on_crash = "preserve"',
	"kernel = \"$got->{dir}/build/guest/xen64/eager/pvmmu-guest.elf\"",
	"ramdisk = \"$got->{dir}/build/guest/xen64/initramfs.cpio\"",
	'extra = "init=/bin/fork seed=3 -- n=6 warmup=2 mb=3"') {
	like($config, qr/^\Q$line\E$/m, "configuration: $line");
}
like($config, qr/^uuid = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"$/m, 'configuration: a UUID');
my ($name) = $config =~ /^name = "(.*)"$/m;
like($name, qr/^pvmmu-\d+-1$/, 'a name of its own');
my @calls = split /\n/, calls();
is($calls[0], 'xl info', 'asks first');
my ($created) = grep { /^xl create -F -p / } @calls;
ok($created, 'created paused');
is_deeply([grep { !/domid|info|dmesg|xenstore/ } @calls], [$created, "xl unpause $name", "xl destroy $name"],
	'created, let run, destroyed, and no more');
my ($told) = $created =~ /(\S+)$/;
ok(!-e $told, 'the configuration is gone');
my $run = $got->{run};
is($run->{outcome}{status}, 'success', 'a success');
is($run->{identity}{rig}, 'xl', 'rig');
is($run->{identity}{tier}, 'wall', 'real time unless said otherwise');
is($run->{series}[0]{unit}, 'ns', 'in nanoseconds');
is_deeply([map { sprintf '%.0f', $_ / $tick } @{$run->{series}[0]{samples}}], [map { 1321 + $_ % 3 } 1 .. 6], 'its samples');
is_deeply($run->{identity}{xen}, {version => '4.17.0-pretended', command_line => 'com1=1', build_id => '0123456789abcdef',
	banner => 'Xen version 4.17.0-pretended (we@invalid) (cc 1) today', mitigations => {'Compiled-in support' => 'INDIRECT_THUNK',
	'XPTI (64-bit PV only)' => 'Dom0 disabled, DomU enabled (without PCID)', 'PV L1TF shadowing' => 'Dom0 disabled, DomU disabled'}}, 'which Xen') or diag(JSON::PP->new->encode($run->{identity}{xen}));
is_deeply($run->{warnings}, [], 'nothing to warn of') or diag(explain($run->{warnings}));
is($run->{identity}{dom0}{cpus}, '1-2', 'on which CPUs');
is($run->{identity}{dom0}{cpupool}, 'Pool-x', 'in which pool');
is(pvmmu('validate', "$got->{dir}/x.json")->{code}, 0, 'a valid result');

# Options of Xen's command line that Xen ignores, by its own log.
for ([untold => '', [qr/does not say which mitigations/]], ['xpti=true' => 'xpti=true', [qr/has xpti=true, and Xen ignores it: .*Dom0 disabled, DomU enabled/]],
	['xpti=dom0=no,domu=yes' => 'xpti=dom0=no,domu=yes', []], ['xpti twice' => 'xpti=domu xpti=no-domu,1,domu=0', [qr/has xpti=no-domu,1,domu=0, /]],
	['no-xpti' => 'no-xpti', [qr/has no-xpti, /]], ['pcid' => 'pcid=on', [qr/has pcid=on, .*without PCID/]], ['pv-l1tf' => 'pv-l1tf', [qr/has pv-l1tf, .*L1TF/]],
	['shadow' => 'dom0=pv,shadow', [qr/has dom0=pv,shadow, .*Compiled-in support: INDIRECT_THUNK/]], ['other' => 'dom0=pv pv-l1tf=0 pcid=0 xpti=default shadow', []],
	['unknown' => 'bogus=1', [qr/complains of its command line: parameter "bogus" unknown!/]]) {
	my ($what, $line, $warnings) = @$_;
	local $ENV{FAKE_XL_LINE} = $line;
	my $got = xl_run($what eq 'untold' ? 'xl:no-dmesg' : 'success');
	my @told = @{$got->{run}{warnings}};
	is(scalar @told, scalar @$warnings, "options: $what") or diag(explain(\@told));
	like($told[$_], $warnings->[$_], "options: $what: said") for 0 .. $#$warnings;
	is(exists $got->{run}{identity}{xen}{mitigations}, $what ne 'untold', "options: $what: recorded if known");
}

# A program comes behind what is in the initial ramdisk, in one archive.
{
	prepare();
	local @ENV{qw(FAKE_QEMU PATH)} = ('prog-tells', "$tmp/bin:$path");
	my $dir = fixture();
	mkdir "$tmp/ramdisk";
	spew("$tmp/ramdisk/in-the-ramdisk", "old\n");
	system("cd $tmp/ramdisk && echo in-the-ramdisk | cpio --quiet -o -H newc > $dir/build/guest/xen64/initramfs.cpio");
	my $got = pvmmu('run', '--root', $dir, '--rig', 'xl', '--variant', 'eager', '--out', "$dir/x.json", '--',
		"$root/build/workloads/null", 'an argument');
	is($got->{code}, 0, 'a program') or diag($got->{err});
	like($got->{out}, qr/^argument <an argument>$/m, 'a program: its arguments');
	like($got->{out}, qr/^file <in-the-ramdisk> \d+ 4$/m, 'a program: what the ramdisk held is there');
	like($got->{out}, qr/^file <[^>]*workloads.null> /m, 'a program: and itself');
	like(slurp("$ENV{FAKE_XL}/config"), qr/^extra = "seed=1"$/m, 'a program: nothing else is to be started');
	ok(!glob("$dir/x.json.logs/*.ramdisk"), 'a program: the archive is gone');
}

# Whatever happens, it is destroyed.
for ([hang => 7, qr/no end after 1 s of processor time \(--timeout\)/], [fail => 5, qr/fork: errno 12/], ['no-exit' => 6, qr/went off without/],
	[torn => 4, qr/line \d+/], [bug => 6, qr/BUG: page/], ['xl:no-create' => 4, qr/not enough memory/], ['xl:no-unpause' => 4, qr/cannot unpause/]) {
	my ($act, $code, $reason) = @$_;
	my $got = xl_run($act, '--timeout', $act eq 'hang' ? 1 : 30);
	is($got->{code}, $code, "$act: exit code") or diag($got->{err});
	like($got->{run}{outcome}{reason}, $reason, "$act: reason");
	if ($act ne 'xl:no-create') {
		like(calls(), qr/^xl destroy pvmmu-/m, "$act: destroyed");
	}
	ok(!-e "$ENV{FAKE_XL}/domid", "$act: no domain is left");
}
# The deadline is of the domain's own processor time, which is asked for when it could have had it.
for (['0.2 0.7 5', 3, qr/no end after 1 s of processor time \(--timeout\)/],
	['0.1', undef, qr/no end after 10 s \(10 times --timeout\), in which it took 0\.1 s of processor time/]) {
	my ($times, $asked, $reason) = @$_;
	local $ENV{FAKE_XL_TIMES} = $times;
	my $got = xl_run('hang', '--timeout', 1);
	is($got->{code}, 7, "a domain that had $times s: exit code");
	like($got->{run}{outcome}{reason}, $reason, "had $times s: reason");
	is(scalar(grep { /^xl list/ } split /\n/, calls()), $asked, "had $times s: so often asked") if $asked;
}
$got = xl_run('xl:no-destroy');
is($got->{code}, 0, 'a domain that cannot be destroyed: the result stands');
like(join(' ', @{$got->{run}{warnings}}), qr/may be left.*destroying failed/, 'and a warning names it');
kill 'KILL', split ' ', slurp("$ENV{FAKE_XL}/pid");

# Also when we are interrupted, while it runs and while it is made.
for (['hang', '', 'pid'], ['hang', 'slow-create', 'config']) {
	my ($act, $xl, $file) = @$_;
	prepare();
	local @ENV{qw(FAKE_XL_ACT FAKE_QEMU PATH)} = ($xl, $act, "$tmp/bin:$path");
	my $dir = fixture();
	my $h = start_command($pvmmu, 'run', '--root', $dir, '--rig', 'xl', '--variant', 'eager,nopin', '--workload', 'fork',
		'--out', "$dir/x.json");
	ok(wait_until(sub { -e "$ENV{FAKE_XL}/$file" }), "interrupted ($file): it has begun");
	kill 'INT', $h->{pid};
	my $got = finish_command($h);
	is($got->{code}, 130, "interrupted ($file): exit code") or diag($got->{err});
	like(calls(), qr/^xl destroy pvmmu-/m, "interrupted ($file): destroyed");
	ok(!-e "$ENV{FAKE_XL}/domid", "interrupted ($file): no domain is left");
	is_deeply([map { $_->{outcome}{status} } @{read_json("$dir/x.json")->{runs}}], ['skip', 'skip'],
		"interrupted ($file): the runs are marked");
}

# perf in dom0, with a pretended one: it counts from before the domain's first instruction to its last.
mkdir "$tmp/perf";
spew("$tmp/perf/perf", <<'EOT');
#!/bin/sh
[ "$1" = --version ] && { echo 'perf version 0.1'; exit 0; }
echo "perf $*" >> $FAKE_XL/calls
out=/dev/stdout all= control=
while [ $# -gt 0 ] && [ "$1" != -- ]; do
	case $1 in -o) out=$2; shift;; -e) events=$2; shift;; -a) all=1;; --control) control=$2; shift;; esac
	shift
done
[ "$all" ] || exit 1
if [ "$control" ]; then
	[ "$PERF" = dies ] && exit 1
	for what in enable disable; do
		read word <&3
		[ "$word" = $what ] || exit 1
		echo "perf: $word" >> $FAKE_XL/calls
		[ "$PERF" = breaks ] && [ $what = enable ] && { echo ack >&4; exit 1; }
		[ $what = enable ] || break
		echo ack >&4
	done
	[ "$PERF" = silent ] && out=/dev/null
fi
for e in $(echo $events | tr , ' '); do
	case $e in
	task-clock) v=12.5 u=msec;;
	page-faults) v=42.000000 u=;;
	*) v='<not supported>' u=;;
	esac
	echo "{\"counter-value\" : \"$v\", \"unit\" : \"$u\", \"event\" : \"$e\", \"event-runtime\" : 5, \"pcnt-running\" : 100.00}" >> $out
done
[ "$control" ] || exit 0
echo ack >&4
exec sleep 20
EOT
chmod 0755, "$tmp/perf/perf";
{
	local $ENV{PATH} = "$tmp/perf:$ENV{PATH}";
	local $path = $ENV{PATH};
	$got = xl_run('success');
	ok(!exists $got->{run}{uncollected} && !exists $got->{run}{collected}{perf}, 'perf: not unless asked for');
	unlike(calls(), qr/^perf/m, 'perf: and not looked for');
	local $ENV{PERF} = '';
	$got = xl_run('success', '--collect', 'perf');
	is($got->{code}, 0, 'perf in dom0') or diag($got->{err});
	my %seen = %{$got->{run}{collected}{perf}};
	is_deeply([@seen{qw(version of events)}], ['perf version 0.1', 'dom0', {'task-clock' => {value => 12.5, unit => 'msec'},
		'page-faults' => {value => 42, unit => 'events'}}], 'perf: what it counted of dom0');
	is($seen{missing}{cycles}, 'not supported', 'perf: what this machine lacks');
	is(scalar keys %{$seen{missing}}, 11, 'perf: all of it');
	is_deeply([map { /^(perf: \w+|xl (?:unpause|destroy))/ ? $1 : () } split /\n/, calls()],
		['perf: enable', 'xl unpause', 'perf: disable', 'xl destroy'], 'perf: when it counted');
	is(pvmmu('validate', "$got->{dir}/x.json")->{code}, 0, 'perf: a valid result');
	for (['dies', qr/^perf did not begin to count$/], ['breaks', qr/^perf did not count to the end$/], ['silent', qr/^perf has no output$/]) {
		($ENV{PERF}, my $reason) = @$_;
		$got = xl_run('success', '--collect', 'perf');
		is($got->{run}{outcome}{status}, 'success', "perf $ENV{PERF}: the samples are there");
		like($got->{run}{uncollected}{perf}, $reason, "perf $ENV{PERF}: the reason");
	}
}

# Where it cannot work.
$got = xl_run('xl:no-info');
is($got->{code}, 4, 'xl that fails: exit code');
like($got->{err}, qr/xl info exited with status 1: xencall: error/, 'xl that fails: its reason');
like($got->{err}, qr/does not run on Xen|dom0|xenfs/, 'and what this machine is');
$got = xl_run('success', '--tier', 'exact');
is($got->{code}, 4, 'no exact tier on real processors');
like($got->{err}, qr/counts instructions.*--rig box/, 'and where there is one');
for (['--rig', 'solo', '--cpus', '1'], ['--rig', 'box', '--cpupool', 'x']) {
	my $got = pvmmu('run', '--root', $got->{dir}, @$_);
	is($got->{code}, 64, "@$_: usage");
}
{
	local $ENV{PATH} = "$tmp/none:/usr/bin:/bin";
	SKIP: {
		skip 'this machine has xl', 2 if -e '/usr/sbin/xl' || -e '/usr/bin/xl';
		my $got = pvmmu('run', '--root', $got->{dir}, '--rig', 'xl', '--variant', 'eager');
		is($got->{code}, 4, 'no xl: exit code');
		like($got->{err}, qr/xl is missing: install the Debian package/, 'no xl: what provides it');
	}
}

done_testing();
