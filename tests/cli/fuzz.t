#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# What reads foreign bytes (tests/fuzz) gets the examples and inputs made of them by chance, the same
# ones each time; under sanitizers. `make fuzz` looks for new ones.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

chdir $root or die;
# As many as take a second or so.
my %inputs = (gates => 20_000, perf => 200_000, perfc => 100_000, reader => 10_000, records => 20_000, sets => 2_000, trace => 50_000, values => 100_000);
my @names  = sort map { m{/(\w+)\.c$} } glob('tests/fuzz/*.c');
is_deeply(\@names, [sort keys %inputs], 'it is said of each fuzzer how many inputs it gets');
for my $name (@names) {
	my $examples = () = glob("tests/fuzz/corpus/$name/*");
	cmp_ok($examples, '>', 0, "$name: there are examples");
	local $ENV{ASAN_OPTIONS} = 'malloc_context_size=4:quarantine_size_mb=16';
	my $got = run_command("build/test-unit/fuzz_$name", "tests/fuzz/corpus/$name", $inputs{$name} // 1);
	is($got->{code}, 0, "$name: nothing breaks") or diag(substr($got->{err}, -4000));
	like($got->{out}, qr/^ok 2 - \d+ inputs/m, "$name: all were tried");
}
done_testing();
