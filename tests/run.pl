#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Runs all tests: the unit tests in build/test-unit/ and the .t files, each with
# a deadline, JOBS at a time. The tests in the guest are run one after the other, beside the others:
# each keeps all processors and a machine's memory for each busy by itself. They begin, and of
# the others what took longest the last time, so that no long test is left over at the end. The last line is always "N passed, N failed[, N skipped]"; any
# failure, a test that breaks off, or no test at all is exit status 1.
#
#	tests/run.pl [-v] [-t SECONDS] [-j JOBS] FILE...
use strict;
use warnings;
use FindBin;
use Getopt::Long qw(:config bundling);
use TAP::Harness;

my $times = 'build/test-times'; # a file's seconds and name per line, of the last run
my ($verbose, $deadline, $jobs) = (0, 300, 1);
GetOptions('v' => \$verbose, 't=i' => \$deadline, 'j=i' => \$jobs) or exit 64;

chdir "$FindBin::Bin/.." or die;
# The make that calls us has given its job slots to others.
delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL)};
my @tests = @ARGV;
if (!@tests) {
	print "no tests given\n0 passed, 0 failed\n";
	exit 1;
}

my %took;
if (open(my $f, '<', $times)) {
	/^([\d.]+) (.+)$/ and $took{$2} = $1 while <$f>;
}
# Of a test that never ran, a .t file is taken to be longer than a program.
my $weight = sub { $took{$_[0]} // ($_[0] =~ /\.t$/ ? 20 : 1) };
my %place = map { $tests[$_] => $_ } 0 .. $#tests;
my $guest = sub { $_[0] =~ m|^tests/guest/| || 0 };
@tests = sort { $guest->($b) <=> $guest->($a) || $weight->($b) <=> $weight->($a) || $place{$a} <=> $place{$b} } @tests if $jobs > 1;

# A file is run under a deadline that kills it and what it started. timeout(1)
# puts itself into a process group of its own and signals all of that.
my $harness = TAP::Harness->new({
	verbosity => $verbose ? 1 : -1,
	jobs      => $jobs,
	failures  => 1,
	# Both nested: the harness prefers what is not.
	rules     => {par => [{seq => 'tests/guest/*.t'}, {par => '**'}]},
	color     => 0,
	exec      => sub {
		my (undef, $file) = @_;
		my @how = $file =~ /\.t$/ && !-x $file ? ($^X) : ();
		$file = "./$file" if $file !~ m|/|;
		return ['timeout', '-k', '10', $deadline, @how, $file];
	},
});
my $sum = $harness->runtests(@tests);

for my $file ($sum->descriptions) {
	my ($parser) = $sum->parsers($file);
	$took{$file} = sprintf('%.2f', $parser->end_time - $parser->start_time);
}
if (-d 'build' && open(my $f, '>', "$times.$$")) {
	print $f map { "$took{$_} $_\n" } sort keys %took;
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
	printf "%s: %s\n", $file, $parser->exit == 124 ? "deadline of $deadline s passed"
		: 'failed' if $bad;
}
print "$passed passed, $failed failed", ($skipped ? ", $skipped skipped" : ''), "\n";
exit($failed || !$passed ? 1 : 0);
