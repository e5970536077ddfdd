#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Every source file is formatted as .clang-format says, names its licence, and has at most 800 lines;
# a function has at most 60. Each header of the host compiles alone.
use strict;
use warnings;
use File::Find qw(find);
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

chdir $root or die;
my @files;
find({no_chdir => 1, wanted => sub { push @files, $_ if /\.[chS]$/ }},
	grep { -d } qw(abi bench collectors guest-kernel workloads tests/unit tests/fuzz tests/fault));
@files = sort @files;
cmp_ok(scalar @files, '>', 50, 'the sources are looked at');

use constant {FILE_MAX => 800, FUNCTION_MAX => 60};

# Functions that are too long, as "FILE:LINE: N lines". A body begins and ends with a brace in the
# first column, which is how clang-format leaves it. The lines between them count, except those of a
# local table, which are data.
sub long_functions
{
	my ($file, @lines) = @_;
	my ($begin, $n, $table, @long);
	for my $i (0 .. $#lines) {
		if ($lines[$i] eq '{') {
			($begin, $n, $table) = ($i + 1, 0, 0);
		} elsif ($lines[$i] eq '}' && $begin) {
			push @long, "$file:$begin: $n lines" if $n > FUNCTION_MAX;
			undef $begin;
		} elsif ($begin) {
			$table = 1 if $lines[$i] =~ /^\t.*\[\] = \{$/;
			$n++ if !$table;
			$table = 0 if $lines[$i] eq "\t};";
		}
	}
	return @long;
}
my @body = ('int f(void)', '{', ("\tx();") x FUNCTION_MAX, '}');
is_deeply([long_functions('x.c', @body)], [], 'a function of 60 lines is fine');
is_deeply([long_functions('x.c', @body[0, 1], "\ty();", @body[2 .. $#body])], ['x.c:2: 61 lines'], 'one of 61 is not');
is_deeply([long_functions('x.c', @body[0, 1], "\tint t[] = {", "\t\t1,", "\t};", @body[2 .. $#body])], [], 'a table does not count');

my (@unlicensed, @long, @long_functions);
for my $file (@files) {
	my @lines = split /\n/, slurp($file);
	push @unlicensed, $file if $lines[0] !~ /SPDX-License-Identifier: MIT/;
	push @long, $file if @lines > FILE_MAX;
	# A test may be a long row of assertions.
	push @long_functions, long_functions($file, @lines) if $file !~ /^tests/;
}
is_deeply(\@unlicensed, [], 'every file names its licence');
is_deeply(\@long, [], 'no file has more than ' . FILE_MAX . ' lines');
is_deeply(\@long_functions, [], 'no function has more than ' . FUNCTION_MAX . ' lines');

# The configuration is for version 14; another one would find fault with it.
my ($format) = grep { system("$_ --version 2>/dev/null | grep -q 'version 14'") == 0 }
	qw(clang-format-14 clang-format);
SKIP: {
	skip 'clang-format 14 is not installed', 1 if !$format;
	my $got = run_command($format, '--dry-run', '-Werror', grep { !/\.S$/ } @files);
	my %bad = map { $_ => 1 } $got->{err} =~ /^(\S+?):\d+:\d+: error/mg;
	is_deeply([sort keys %bad], [], 'formatted by .clang-format') or diag($got->{err});
}

# The files that a compiler finds fault with.
sub faults
{
	my ($cc, $options, @sources) = @_;
	my @bad;
	for my $source (@sources) {
		my $got = run_command($cc, qw(-std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Wmissing-prototypes
			-Wstrict-prototypes -Wvla -Wwrite-strings -Werror -fsyntax-only), "-I$root/bench", "-I$root", @$options, $source);
		push @bad, "$source: $got->{err}" if $got->{code};
	}
	return \@bad;
}

# A missing include is missing with each compiler: one is enough.
my @headers = grep { m{^(abi|bench)/.*\.h$} } @files;
cmp_ok(scalar @headers, '>', 20, 'there are headers');
is_deeply(faults('gcc', [qw(-Wno-unused-function -Wno-unused-const-variable -x c)], @headers), [], 'headers compile alone');
for my $cc (grep { system("command -v $_ >/dev/null") == 0 } qw(gcc clang)) {
	is_deeply(faults($cc, [], grep { m|^bench/.*\.c$| } @files), [], "the host program compiles without a warning with $cc");
}

done_testing();
