# SPDX-License-Identifier: MIT
# Runs a workload on this Linux and reads its records. This reader of the format in abi/record.h shares no
# code with the programs, so a mistake there is not made twice.
package workloads_lib;
use strict;
use warnings;
use Exporter 'import';
use File::Temp qw(tempdir);
use FindBin;
use JSON::PP;
use lib "$FindBin::Bin/..";
use PvmmuRecord qw(crc32 slurp);
use POSIX qw(WNOHANG);

our @EXPORT = qw($root $tmp programs run records slurp strangers_left);
our $root = "$FindBin::Bin/../..";
our $tmp  = tempdir(CLEANUP => 1);

# Orphans of a workload become our children (PR_SET_CHILD_SUBREAPER), so the test sees them.
syscall(157, 36, 1, 0, 0, 0) == 0 or die "prctl: $!";

sub programs
{
	my ($san) = @_;
	my $build = $ENV{PVMMU_BUILD} // "$root/build";

	return $san ? "$build/san/workloads" : "$build/workloads";
}

# Runs a command under the test's own deadline. Returns status (as in $?>>8, or "signal N"), stdout, stderr.
sub run
{
	my (@argv) = @_;
	my $pid = fork() // die "fork: $!";

	if (!$pid) {
		open(STDIN,  '<', '/dev/null');
		open(STDOUT, '>', "$tmp/out");
		open(STDERR, '>', "$tmp/err");
		setpgrp(0, 0); # some send signals to their group
		exec(@argv) or POSIX::_exit(126);
	}
	waitpid($pid, 0) == $pid or die "waitpid: $!";
	return ($? & 127 ? 'signal ' . ($? & 127) : $? >> 8, slurp("$tmp/out"), slurp("$tmp/err"));
}

# Processes that the last run left behind: alive, or dead without having been waited for.
sub strangers_left
{
	return waitpid(-1, WNOHANG) != -1;
}

# All records of the output, or a string that says what is wrong with it.
sub records
{
	my ($out) = @_;
	my @records;

	return 'output does not end in a newline' unless $out =~ /\n\z/;
	for my $line (split /\n/, $out) {
		my ($src, $seq, $len, $crc, $json) =
		    $line =~ /\A\@pvmmu (\S) (\d+) (\d+) ([0-9a-f]{8}) (.*)\z/
		    or return "not a record: $line";
		return "source $src" if $src ne 'w';
		return "sequence $seq after " . @records if $seq != @records;
		return "length $len of $line" if $len != length($json) || $len > 3500;
		return "checksum of $line" if hex($crc) != crc32("$src $seq $json");
		my $record = eval { decode_json($json) } or return "no JSON: $json";
		push @records, $record;
	}
	return \@records;
}

die 'CRC-32 is broken' unless crc32('123456789') == 0xcbf43926;
1;
