#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# `make lint` is clean on the tree, finds a fault, and says so if its tool is missing.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

chdir $root or die;
sub lint { return run_command('make', '--no-print-directory', 'lint', @_) }

# A PATH in which make finds everything but cppcheck.
mkdir "$tmp/bin" or die;
for my $tool (map { glob "$_/*" } split /:/, $ENV{PATH}) {
	my ($name) = $tool =~ m|([^/]+)$|;
	symlink($tool, "$tmp/bin/$name") if $name ne 'cppcheck' && !-e "$tmp/bin/$name";
}
my $got;
{
	local $ENV{PATH} = "$tmp/bin";
	$got = lint();
}
is($got->{code}, 0, 'without cppcheck: no error');
like($got->{out}, qr/^lint: skipped, cppcheck is not installed: make deps-lint$/m, 'and says what installs it');

SKIP: {
	skip 'cppcheck is not installed: make deps-lint', 4 if system('command -v cppcheck >/dev/null');
	my $bad = spew("$tmp/bad.c", "int f(void);\nint f(void)\n{\n\tint a[2] = {0, 1};\n\n\treturn a[2];\n}\n");
	$got = lint("LINT_FILES=$bad");
	isnt($got->{code}, 0, 'a fault is an error');
	like($got->{err}, qr/bad\.c:6: error arrayIndexOutOfBounds: /, 'that names file and line');
	$got = lint();
	is($got->{code}, 0, 'the tree is clean');
	is($got->{err}, '', 'without a word') or diag($got->{err});
}
done_testing();
