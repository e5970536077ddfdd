#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# What every source file must be: formatted as .clang-format says, licensed,
# within 800 lines; each header of the host must compile alone.
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

my (@unlicensed, @long);
for my $file (@files) {
	my @lines = split /\n/, slurp($file);
	push @unlicensed, $file if $lines[0] !~ /SPDX-License-Identifier: MIT/;
	push @long, $file if @lines > 800;
}
is_deeply(\@unlicensed, [], 'every file names its licence');
is_deeply(\@long, [], 'no file has more than 800 lines');

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

# What a header lacks it lacks with each compiler: one is enough.
my @headers = grep { m{^(abi|bench)/.*\.h$} } @files;
cmp_ok(scalar @headers, '>', 20, 'there are headers');
is_deeply(faults('gcc', [qw(-Wno-unused-function -Wno-unused-const-variable -x c)], @headers), [], 'headers compile alone');
for my $cc (grep { system("command -v $_ >/dev/null") == 0 } qw(gcc clang)) {
	is_deeply(faults($cc, [], grep { m|^bench/.*\.c$| } @files), [], "the host program compiles without a warning with $cc");
}

done_testing();
