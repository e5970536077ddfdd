#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Runs all tests: the unit tests in build/test-unit/ and the .t files, each with
# a deadline. The last line is always "N passed, N failed[, N skipped]"; any
# failure, a test that breaks off, or no test at all is exit status 1.
#
#	tests/run.pl [-v] [-t SECONDS] [-j JOBS] FILE...
use strict;
use warnings;
use FindBin;
use Getopt::Long qw(:config bundling);
use TAP::Harness;

my ($verbose, $deadline, $jobs) = (0, 300, 1);
GetOptions('v' => \$verbose, 't=i' => \$deadline, 'j=i' => \$jobs) or exit 64;

chdir "$FindBin::Bin/.." or die;
my @tests = @ARGV;
if (!@tests) {
	print "no tests given\n0 passed, 0 failed\n";
	exit 1;
}

# A file is run under a deadline that kills it and what it started. timeout(1)
# puts itself into a process group of its own and signals all of that.
my $harness = TAP::Harness->new({
	verbosity => $verbose ? 1 : -1,
	jobs      => $jobs,
	failures  => 1,
	color     => 0,
	exec      => sub {
		my (undef, $file) = @_;
		my @how = $file =~ /\.t$/ && !-x $file ? ($^X) : ();
		$file = "./$file" if $file !~ m|/|;
		return ['timeout', '-k', '10', $deadline, @how, $file];
	},
});
my $sum = $harness->runtests(@tests);

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
	printf "%s: %s\n", $file, $parser->exit == 124 ? "deadline of $deadline s passed"
		: 'failed' if $bad;
}
print "$passed passed, $failed failed", ($skipped ? ", $skipped skipped" : ''), "\n";
exit($failed || !$passed ? 1 : 0);
