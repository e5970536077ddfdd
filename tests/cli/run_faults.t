#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# What this machine does to a session: a full disk, files that may not grow, signals at any moment, readers that have had
# enough. Exit code, outcome and verdict say what happened; nobody blames the guest; what was measured is somewhere.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;
use Time::HiRes qw(sleep);

my @all = ('--variant', 'eager,nopin', '--workload', 'fork,exec', '--jobs', '1');
my $elsewhere = "$tmp/elsewhere";
mkdir $elsewhere;
$ENV{TMPDIR} = $elsewhere;

sub command
{
	my ($dir, @more) = @_;
	return ($pvmmu, 'run', '--root', $dir, '--qemu', "$root/tests/fake-qemu", '--out', "$dir/r/x.json", @more);
}

sub verdict { return -e "$_[0]/r/verdict.json" ? read_json("$_[0]/r/verdict.json") : {} }
sub yesterday { return write_json("$_[0]/r/verdict.json", {verdict_version => 1, verdict => 'pass', outcome => 'success', exit_code => 0, runs => []}) }

# Each run that is a success in the summary can be read from somewhere: result, journal, or where the messages say.
sub all_kept
{
	my ($dir, $got, $what) = @_;
	my %said = map { $_ => 1 } $got->{out} =~ /^(xen64\S+) +[\d,]+ instructions/mg;
	my %kept;
	$kept{$_} = 1 for $got->{err} =~ /^\{"run":\{"id":"(\S+?)".*\}$/mg;
	for my $file ("$dir/r/x.json", $got->{err} =~ /measured runs are in (\S+) instead/g) {
		$kept{$_->{id}} = 1 for map { @{$_->{runs}} } grep { defined } map { eval { read_json($_) } } grep { -e } $file;
	}
	if (-e "$dir/r/x.json.journal") {
		$kept{$_->{run}{id}} = 1 for grep { $_->{run} } map { JSON::PP::decode_json($_) } split /\n/, slurp("$dir/r/x.json.journal");
	}
	is_deeply([grep { !$kept{$_} } sort keys %said], [], "$what: what was measured is there");
	return scalar keys %said;
}

sub no_blame
{
	my ($dir, $got, $what) = @_;
	unlike($got->{err}, qr/Sanitizer|runtime error/, "$what: no sanitizer report");
	is($got->{code}, 4, "$what: an error") or diag($got->{err});
	unlike("$got->{out}$got->{err}", qr/crash|timeout|failure/, "$what: nobody else is blamed");
	like(verdict($dir)->{verdict} // 'none', qr/^(none|running|error)$/, "$what: no verdict but error");
}

# ---- the disk is full. A file on tmpfs takes entire pages, so many sizes are many moments.
SKIP: {
	my $dir = fixture();
	mkdir "$dir/r";
	skip 'only root can mount a small disk', 1 if system("mount -t tmpfs -o size=4k none $dir/r 2>/dev/null");
	system('umount', "$dir/r");
	my %measured;
	for my $kib (4, 8, 12, 16, 20, 28) {
		system('mount', '-t', 'tmpfs', '-o', "size=${kib}k", 'none', "$dir/r") == 0 or die;
		yesterday($dir);
		local $ENV{FAKE_QEMU} = 'success';
		my $got = run_command(command($dir, @all));
		no_blame($dir, $got, "$kib KiB");
		like($got->{err}, qr/No space left on device/, "$kib KiB: the reason");
		$measured{all_kept($dir, $got, "$kib KiB")}++;
		if (-e "$dir/r/x.json.journal") {
			system('mount', '-o', 'remount,size=1m', "$dir/r") == 0 or die;
			my $left = grep { /^\{"run".*"status":"success"/ } split /\n/, slurp("$dir/r/x.json.journal");
			$got = run_command(command($dir, @all, '--resume'));
			is($got->{code}, 0, "$kib KiB: with room it goes on") or diag($got->{err});
			is(read_json("$dir/r/x.json")->{observed}{kept_runs} // 0, $left, "$kib KiB: from where it was");
		}
		system('umount', "$dir/r");
	}
	cmp_ok(scalar keys %measured, '>=', 3, 'at several moments');
}

# ---- files that may not grow
for my $kib (1, 2, 3, 5, 8, 12) {
	my $dir = fixture();
	mkdir "$dir/r";
	yesterday($dir);
	local $ENV{FAKE_QEMU} = 'success';
	# Through pipes: our own files are not to be the first to be full.
	my $got = run_command('bash', '-c', '{ (ulimit -f ' . $kib . '; exec "$@" 2>&3 | cat) 3>&1 >&4 | cat >&2; } 4>&1; exit 9', 'bash', command($dir, @all));
	unlike("$got->{out}$got->{err}", qr/crash|timeout|failure|Sanitizer/, "ulimit -f $kib: nobody else is blamed");
	like($got->{err}, qr/File too large/, "ulimit -f $kib: the reason") or diag($got->{err});
	like(verdict($dir)->{verdict}, qr/^error$/, "ulimit -f $kib: the verdict");
	all_kept($dir, $got, "ulimit -f $kib");
}
{
	my $dir = fixture();
	local $ENV{FAKE_QEMU} = 'qemu-xfsz';
	my $got = run_command(command($dir, @all));
	no_blame($dir, $got, 'SIGXFSZ of the machine');
	like(verdict($dir)->{runs}[0]{reason}, qr/QEMU was killed by signal 25: a file may not grow any further \(ulimit -f\)/, 'the reason');
}

# ---- signals, from the first moment on
for my $signal (qw(INT TERM HUP)) {
	for my $tier (qw(exact wall)) {
		for my $ms (0, 5, 20, 60, 100, 300) {
			my $dir = fixture();
			mkdir "$dir/r";
			spew("$dir/r/x.json", my $diary = "yesterday's\n");
			yesterday($dir);
			local @ENV{qw(FAKE_QEMU FAKE_KVM)} = qw(hang hang);
			my $h = start_command(command($dir, @all, '--tier', $tier));
			wait_until(sub { (readlink("/proc/$h->{pid}/exe") // '') =~ /pvmmu$/ });
			sleep($ms / 1000);
			# Until the program has begun a signal ends it as any other.
			my $begun = verdict($dir)->{verdict} ne 'pass';
			kill $signal, $h->{pid};
			my $got = finish_command($h, 60);
			my $ok = $begun || verdict($dir)->{verdict} ne 'pass' ? $got->{code} == 130 && verdict($dir)->{verdict} eq 'inconclusive' &&
				verdict($dir)->{exit_code} == 130 && verdict($dir)->{reason} eq 'interrupted' : $got->{code} > 128;
			ok($ok, "SIG$signal after $ms ms, tier $tier") or diag("$got->{code} $got->{err}", JSON::PP->new->encode(verdict($dir)));
			is(slurp("$dir/r/x.json"), $diary, 'what was there is as it was');
			is_deeply([grep { /journal/ } glob("$dir/r/*")], [], 'no journal of nothing');
		}
	}
}

# ---- nobody reads what we print
{
	my $dir = fixture();
	local $ENV{FAKE_QEMU} = 'success';
	my $got = run_command('bash', '-c', '{ "$@"; echo "code $?" >&2; } | true', 'bash', command($dir, @all));
	like($got->{err}, qr/^pvmmu: cannot write the output$/m, 'a pipe that is closed') or diag($got->{err});
	like($got->{err}, qr/^code 4$/m, 'is an error');
	is(scalar(grep { $_->{outcome}{status} eq 'success' } @{read_json("$dir/r/x.json")->{runs}}), 4, 'but all is there');
	is("@{verdict($dir)}{qw(verdict reason)}", 'error cannot write the output', 'the verdict says so');
	$got = run_command('bash', '-c', '{ "$@"; echo "code $?" >&3; } 3>&2 2>&1 >/dev/null | true', 'bash', command($dir, '-v', @all));
	like($got->{err}, qr/^code 0$/m, 'messages that nobody reads end nothing');
}
SKIP: {
	skip 'the workloads are not built', 3 if !-x "$root/build/workloads/null_syscall";
	my $got = run_command('bash', '-c', '(ulimit -f 2; exec "$@" 2>&1) | cat', 'bash', "$root/build/pvmmu", 'run', '--rig', 'host',
		'--workload', 'null_syscall:n=2000', '--no-control', '--out', "$tmp/host.json");
	like($got->{out}, qr/null_syscall.* error$/m, 'a workload of this machine that may not write its samples') or diag($got->{out});
	unlike($got->{out}, qr/failure/, 'is no failure');
	like($got->{out}, qr/what the workload printed may not grow any further \(ulimit -f\)/, 'and says why');
}

# ---- a long run says something
{
	my $dir = fixture();
	local $ENV{FAKE_QEMU} = 'eager=success,nopin=hang';
	my $h = start_command(command($dir, @all));
	ok(wait_until(sub { -e $h->{err} && slurp($h->{err}) =~ /runs done/ }), 'a run that takes long says something, in a file too');
	like(slurp($h->{err}), qr/^pvmmu: 1 of 4 runs done in [^,]+, about .* left; latest: xen64-fork~nopin$/m, 'how far it is');
	kill 'INT', $h->{pid};
	is(finish_command($h)->{code}, 130, 'and ends');
	$h = start_command(command($dir, @all, '--quiet'));
	sleep 11;
	kill 'INT', $h->{pid};
	is(finish_command($h)->{err}, '', 'unless it is to be quiet');
}

done_testing();
