#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Is the exact tier exact? Waiting for a difference finds none, so here is varied on purpose what
# must not matter: when the machine is stopped to be saved, at random over the whole of the
# checkpoint's loop; and what else the host does (BUSY loops beside it). Each WORKLOAD runs as process
# 1, from each fresh state and from cold boots, and all that the guest then says on its console,
# samples and counters, must be the same, byte by byte. (A shell that starts one workload after the
# other hides differences: its processes idle before anything is measured.)
#
#	tests/exactness.pl [OPTION=VALUE]...
#
# STATES, BOOTS	how many of each (20, 20)
# VCPUS, VARIANT	lists (2,4,8; eager,batched,splitptl)
# BUSY	list of how many busy loops run beside it (0,4)
# STOPS	list of ms of QEMU's processor time after the announcement at which to stop, one for each
#	state; default: random
# WORKLOAD	commands, separated by semicolons; a boot for each
# PATIENCE	how many boots that keep no state are put down to a busy host (20)
# JOBS	how many at a time (as many as there are processors)
# ROOT	the project's root with its images; DIR: where states and tries are kept (build/exactness)
# QEMU, PVMMU	programs
# AGAIN	1: tries that are kept of the same images are made again
#
# Each try is noted in DIR/tries.tsv when it ends, and counts when the same is asked for again.
# Exit status: 0 all equal, 5 something differs, 4 a try failed.
use strict;
use warnings;
use Cwd qw(abs_path);
use Digest::SHA qw(sha256_hex);
use Fcntl qw(:flock);
use File::Basename qw(dirname);
use File::Path qw(make_path remove_tree);
use POSIX qw(WNOHANG);
use Time::HiRes qw(sleep time);

my $here = abs_path(dirname(__FILE__) . '/..');
my %o = (STATES => 20, BOOTS => 20, VCPUS => '2,4,8', VARIANT => 'eager,batched,splitptl', BUSY => '0,4', STOPS => '',
	JOBS => 0, ROOT => $here, DIR => "$here/build/exactness", PATIENCE => 20, QEMU => '', PVMMU => "$here/build/pvmmu", AGAIN => 0,
	WORKLOAD => 'threads_fault; reclaim; forkbomb; hackbench n=4 warmup=1; ctx procs=4');
for my $argument (@ARGV) {
	$argument =~ /^([A-Z]+)=(.*)$/s && exists $o{$1} or die "exactness.pl: $argument: valid: @{[sort keys %o]}\n";
	$o{$1} = $2 if $2 ne '';
}
my @stops = split /,/, $o{STOPS};
my $dir = $o{DIR};

sub slurp { open(my $f, '<', $_[0]) or die "$_[0]: $!\n"; local $/; return scalar <$f> // '' }

# The tries of a variant depend on its image.
sub image_of
{
	my ($variant) = @_;
	my ($env) = grep { -e "$o{ROOT}/build/guest/$_/$variant/pvmmu-guest.elf" } qw(xen64 native64)
		or die "exactness.pl: no image of $variant: `make guest VARIANT=$variant` provides it\n";
	my $text = join ' ', $o{WORKLOAD}, $o{QEMU},
		map { sha256_hex(slurp("$o{ROOT}/build/guest/$env/$_")) } "$variant/pvmmu-guest.elf", 'initramfs.cpio';
	return substr sha256_hex($text), 0, 16;
}

my %image = map { $_ => image_of($_) } split /,/, $o{VARIANT};
my (@tries, %cell);
for my $busy (split /,/, $o{BUSY}) {
	for my $vcpus (split /,/, $o{VCPUS}) {
		for my $variant (split /,/, $o{VARIANT}) {
			my %try = (variant => $variant, vcpus => $vcpus, busy => $busy,
				key => "$image{$variant} $variant $vcpus $busy");
			push @tries, map { {%try, how => 'boot', nr => $_} } 1 .. $o{BOOTS};
			push @tries, map { {%try, how => 'state', nr => $_} } 1 .. $o{STATES};
		}
	}
}

make_path($dir);
unlink "$dir/tries.tsv" if $o{AGAIN};

# {KEY}{HOW}{NR}: what it gave.
sub read_tries
{
	my %seen;
	open(my $f, '<', "$dir/tries.tsv") or return {};
	while (<$f>) {
		chomp;
		my ($key, $how, $nr, $stop, $digest, $seconds) = split /\t/;
		$seen{$key}{$how}{$nr} = {stop => $stop, digest => $digest, seconds => $seconds} if defined $seconds;
	}
	return \%seen;
}

sub note
{
	my ($try, $stop, $digest, $seconds) = @_;
	open(my $f, '>>', "$dir/tries.tsv") or die "$dir/tries.tsv: $!\n";
	flock($f, LOCK_EX);
	print $f join("\t", $try->{key}, $try->{how}, $try->{nr}, $stop, $digest, sprintf '%.1f', $seconds), "\n";
	close($f) or die "$dir/tries.tsv: $!\n";
}

# A root of its own for each worker: the states of others are not touched.
sub own_root
{
	my ($w) = @_;
	my $own = "$dir/root-$w";
	make_path("$own/build");
	for (qw(results.schema.json guest-kernel build/guest build/share build/xen build/workloads)) {
		unlink "$own/$_";
		symlink("$o{ROOT}/$_", "$own/$_") or die "$own/$_: $!\n";
	}
	return $own;
}

# The guest's output from its first record on, and how it began; or why not.
sub one_boot
{
	my ($own, $try, $workload) = @_;
	my ($name, @arguments) = split ' ', $workload;
	my @command = ($o{PVMMU}, 'run', '--root', $own, '--variant', $try->{variant}, '--vcpus', $try->{vcpus},
		'--keep-logs', '--quiet', '--jobs', 1, '--out', "$own/set.json", ($o{QEMU} ? ('--qemu', $o{QEMU}) : ()),
		($try->{how} eq 'boot' ? '--cold' : ()), '--', "$o{ROOT}/build/workloads/$name", @arguments);
	unlink "$own/set.json";
	my $pid = fork // die "fork: $!\n";
	if (!$pid) {
		open(STDIN,  '<', '/dev/null');
		open(STDOUT, '>', "$own/out");
		open(STDERR, '>', "$own/err");
		exec @command or POSIX::_exit(127);
	}
	local $SIG{TERM} = sub { kill 'TERM', $pid; waitpid($pid, 0); POSIX::_exit(1) };
	waitpid($pid, 0);
	my $said = slurp("$own/err");
	my ($logs) = $said =~ /^console(?: logs)?: (\S+)$/m or return (undef, undef, $said);
	my ($log) = glob("$logs/*.log");
	my $text = $log ? slurp($log) : '';
	remove_tree($logs) if $logs =~ m|^/tmp/pvmmu-\w+$|;
	my ($start) = -e "$own/set.json" ? slurp("$own/set.json") =~ /"start": *"(\w+)"/ : ();
	my $records = $text =~ /^(\@pvmmu k \d+ \d+ \w+ \{"t":"boot".*)/ms ? $1 : '';
	# It ran to its end, or nothing is proved.
	return ($start, $records, undef) if $records =~ /status\\":\\"ok/ && $records =~ /"t":"exit"/;
	return (undef, undef, "$workload has not ended well; $said");
}

# The same of all workloads: from one fresh state, or from a cold boot each.
sub one_run
{
	my ($own, $try, $stop) = @_;
	local $ENV{PVMMU_STOP_AFTER_MS} = $stop;
	my $all = '';
	unlink glob("$own/build/warm/*/key");
	for my $workload (split /\s*;\s*/, $o{WORKLOAD}) {
		my ($start, $records, $why) = one_boot($own, $try, $workload);
		return (undef, undef, $why) if !defined $records;
		return ($start, $records, undef) if $try->{how} eq 'state' && ($start // '') ne 'warm';
		$all .= $records;
	}
	return ($try->{how} eq 'state' ? 'warm' : 'cold', $all, undef);
}

sub make_try
{
	my ($own, $try, $span) = @_;
	my $began = time;
	for (1 .. $o{PATIENCE}) {
		my $stop = $try->{how} eq 'boot' ? '-' : @stops ? $stops[($try->{nr} - 1) % @stops] : int rand $$span;
		my ($start, $records, $why) = one_run($own, $try, $stop eq '-' ? 0 : $stop);
		if (!defined $records) {
			note($try, $stop, 'failed', time - $began);
			print STDERR "\n$try->{variant}, $try->{vcpus} vCPUs: $why\n";
			return;
		}
		# Stopped too late, or where another vCPU was at work: no state was kept.
		if ($try->{how} eq 'state' && $start ne 'warm') {
			$$span = $$span * 0.8 + 1;
			next;
		}
		$$span = $$span * 1.05 + 2 if $try->{how} eq 'state';
		my $digest = substr sha256_hex($records), 0, 16;
		if (open(my $f, '>', "$dir/$digest.log")) { print $f $records; }
		note($try, $stop, $digest, time - $began);
		return;
	}
	note($try, '-', 'failed', time - $began);
	print STDERR "\n$try->{variant}, $try->{vcpus} vCPUs: no state could be kept in $o{PATIENCE} boots\n";
}

sub table
{
	my $seen = read_tries();
	my ($worst, %done) = (0);
	printf "\n%-10s %5s %5s %15s %15s %10s\n", qw(variant vCPUs busy states:differing boots:differing results);
	for my $try (@tries) {
		my $key = $try->{key};
		next if $done{$key}++;
		my $of = $seen->{$key} // {};
		my %number;
		$number{$_->{digest}}++ for map { values %{$of->{$_} // {}} } qw(boot state);
		# The reference is the cold boots' result, or else that of most tries.
		my %cold;
		$cold{$_->{digest}}++ for values %{$of->{boot} // {}};
		my $from = %cold ? \%cold : \%number;
		my ($right) = sort { $from->{$b} <=> $from->{$a} } keys %$from;
		my %count;
		for my $how (qw(state boot)) {
			my @all = values %{$of->{$how} // {}};
			my $differ = grep { $_->{digest} ne $right } @all;
			$count{$how} = @all . ':' . $differ;
			$worst = 5 if $differ && $worst != 4;
		}
		$worst = 4 if $number{failed};
		printf "%-10s %5d %5d %15s %15s %10d%s\n", @$try{qw(variant vcpus busy)}, @count{qw(state boot)},
			scalar keys %number, $number{failed} ? " ($number{failed} failed)" : '';
	}
	return $worst;
}

my $seen = read_tries();
my @wanted = grep { !$seen->{$_->{key}}{$_->{how}}{$_->{nr}} } @tries;
my $jobs = $o{JOBS} || (() = slurp('/proc/cpuinfo') =~ /^processor/mg);
my ($began, $stop, %worker, @busy) = (time, 0);
$SIG{INT} = $SIG{TERM} = sub { $stop = 1 };
printf "%d tries, %d of them kept; %s/tries.tsv\n", scalar @tries, @tries - @wanted, $dir;

# One after the other as it is beside it: busy loops are only for those that want them.
for my $busy (split /,/, $o{BUSY}) {
	my @these = grep { $_->{busy} == $busy } @wanted;
	last if $stop;
	next if !@these;
	for (1 .. $busy) {
		my $pid = fork // die "fork: $!\n";
		if (!$pid) { $SIG{INT} = $SIG{TERM} = 'DEFAULT'; my $parent = getppid; while (getppid == $parent) { 1 for 1 .. 1e6 } exit 0; }
		push @busy, $pid;
	}
	for my $w (0 .. $jobs - 1) {
		my $pid = fork // die "fork: $!\n";
		if ($pid) { $worker{$pid} = 1; next; }
		$SIG{INT} = $SIG{TERM} = sub { POSIX::_exit(1) };
		srand(($$ << 10) ^ time);
		my ($own, $span) = (own_root($w), 60);
		for my $i (grep { $_ % $jobs == $w } 0 .. $#these) { make_try($own, $these[$i], \$span) }
		POSIX::_exit(0);
	}
	my $shown = 0;
	while (%worker) {
		while ((my $pid = waitpid(-1, WNOHANG)) > 0) { delete $worker{$pid}; }
		kill 'TERM', keys %worker if $stop;
		if (time - $shown > (-t STDERR ? 2 : 30)) {
			$shown = time;
			my $now = read_tries();
			my $left = grep { !$now->{$_->{key}}{$_->{how}}{$_->{nr}} } @tries;
			my $made = @wanted - $left;
			printf STDERR "%s%d of %d, busy %s%s%s", -t STDERR ? "\r" : '', @tries - $left, scalar @tries, $busy,
				$made ? sprintf(', %d min to go', $left * (time - $began) / $made / 60 + 0.5) : '',
				-t STDERR ? '   ' : "\n";
		}
		sleep 0.2;
	}
	kill 'TERM', @busy;
	waitpid($_, 0) for @busy;
	@busy = ();
}
my $worst = table();
print "interrupted; the same command goes on from here\n" if $stop;
exit($stop ? 130 : $worst);
