#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Runs tests, unit tests in build/test-unit/ and .t files, JOBS at a time. Each has a deadline that load does not
# bring nearer (tests/with-deadline). Tests in the guest are long, and each keeps several machines busy, so there
# are two queues: guests, one after the other; and the others, JOBS at a time, followed by as many guests as make
# both queues end together. The longest test of the last run begins. The output ends with the processor time and
# the line "N passed, N failed[, N skipped]". If a test fails or breaks off, or if there is no test, the exit
# status is 1.
#
#	tests/run.pl [-v] [-t SECONDS] [-j JOBS] FILE...
use strict;
use warnings;
use File::Temp qw(tempfile);
use FindBin;
use Getopt::Long qw(:config bundling);
use TAP::Harness;

# The times of the last run, a line for each file: wall seconds, processor seconds, name.
my $times = 'build/test-times';
my ($verbose, $deadline, $jobs) = (0, 300, 1);
GetOptions('v' => \$verbose, 't=i' => \$deadline, 'j=i' => \$jobs) or exit 64;

chdir "$FindBin::Bin/.." or die;
# The job slots of the calling make are not for tests.
delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL)};
# A shell ignores SIGINT for a background process, and the programs that it starts inherit this. Tests
# interrupt programs, so restore the default.
$SIG{$_} = 'DEFAULT' for qw(INT QUIT HUP);
# Unit tests print TAP, even if their main() does not ask for it.
$ENV{CMOCKA_MESSAGE_OUTPUT} = 'TAP';
my @tests = @ARGV;
if (!@tests) {
	print "no tests given\n0 passed, 0 failed\n";
	exit 1;
}

my (%took, %worked);
if (open(my $f, '<', $times)) {
	/^([\d.]+) ([\d.]+) (.+)$/ and ($took{$3}, $worked{$3}) = ($1, $2) while <$f>;
}
# A test that never ran has the usual time of its kind.
my $guest = sub { $_[0] =~ m|^tests/guest/| || 0 };
my $weight = sub { $took{$_[0]} // ($guest->($_[0]) ? 40 : $_[0] =~ /\.t$/ ? 12 : 0.3) };
my %place = map { $tests[$_] => $_ } 0 .. $#tests;
@tests = sort { $guest->($b) <=> $guest->($a) || $weight->($b) <=> $weight->($a) || $place{$a} <=> $place{$b} } @tests if $jobs > 1;

# The first queue gets guests until the rest takes as long.
my @others = grep { !$guest->($_) } @tests;
my @guests = grep { $guest->($_) } @tests;
my ($beside, $first) = (0, 0);
$beside += $weight->($_) for @tests;
my @first;
while (@guests && $first + $weight->($guests[0]) / 2 <= $beside / 2) {
	$first += $weight->($guests[0]);
	push @first, shift @guests;
}

my ($notes, $worked) = tempfile(UNLINK => 1);
my $harness = TAP::Harness->new({
	verbosity => $verbose ? 1 : -1,
	jobs      => $jobs,
	failures  => 1,
	rules     => {par => [map { {seq => $_} } grep { @$_ } \@first, [(@others ? {par => \@others} : ()), @guests]]},
	color     => 0,
	exec      => sub {
		my (undef, $file) = @_;
		my @how = $file =~ /\.t$/ && !-x $file ? ($^X) : ();
		$file = "./$file" if $file !~ m|/|;
		return [$^X, 'tests/with-deadline', $deadline, $worked, @how, $file];
	},
});
my $sum = $harness->runtests(@tests);

for my $file ($sum->descriptions) {
	my ($parser) = $sum->parsers($file);
	$took{$file} = sprintf('%.2f', $parser->end_time - $parser->start_time);
}
my $total = 0;
while (<$notes>) {
	/^([\d.]+) (.+)$/ or next;
	$total += $1;
	$worked{$2 =~ s|^\./||r} = $1;
}
if (-d 'build' && open(my $f, '>', "$times.$$")) {
	print $f map { "$took{$_} " . ($worked{$_} // 0) . " $_\n" } sort keys %took;
	close($f) && rename("$times.$$", $times) or unlink("$times.$$");
}

# A file that broke off counts as one failure if no test in it failed.
my ($passed, $failed, $skipped) = (0, 0, 0);
for my $file ($sum->descriptions) {
	my ($parser) = $sum->parsers($file);
	my $skip = $parser->skipped;
	my $bad  = $parser->failed;
	my $good = $parser->passed - $skip;
	if ($parser->skip_all) {
		$skipped++;
		next;
	}
	$bad++ if !$bad && ($parser->has_problems || !$parser->tests_run);
	$passed  += $good;
	$skipped += $skip;
	$failed  += $bad;
	printf "%s: %s\n", $file, $parser->exit == 124 ? "deadline of $deadline s passed (of processor time, or asleep)"
		: 'failed' if $bad;
}
my @most = sort { $worked{$b} <=> $worked{$a} } grep { $worked{$_} } $sum->descriptions;
printf "processor time: %.0f s; most of it: %s\n", $total, join ', ', map { sprintf '%s %.0f', $_, $worked{$_} } @most[0 .. ($#most < 4 ? $#most : 4)];
print "$passed passed, $failed failed", ($skipped ? ", $skipped skipped" : ''), "\n";
exit($failed || !$passed ? 1 : 0);
