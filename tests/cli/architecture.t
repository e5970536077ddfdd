#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The picture in docs/architecture.md is made from the #include lines. It must be up to date, and the check
# must notice an arrow that is new or gone.
use strict;
use warnings;
use File::Path qw(make_path);
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my $got = run_command('python3', "$root/mk/architecture.py", 'check');
is("$got->{code} $got->{err}", '0 ', 'docs/img/architecture.svg is up to date');
like(slurp("$root/docs/architecture.md"), qr/\(img\/architecture\.svg\)/, 'the page shows it');

# A tree of its own: run includes plan, plan includes lib, and proc and sys include each other.
my $top = "$tmp/tree";
sub source { my ($path, @included) = @_; make_path("$top/$path" =~ s|/[^/]*$||r); spew("$top/$path", map { "#include \"$_\"\n" } @included) }
source('abi/record.h');
source('bench/lib/text.h');
source('bench/plan/plan.h', 'lib/text.h');
source('bench/run/run.c', 'plan/plan.h', 'lib/text.h', 'gen/made.h');
source('guest-kernel/sys/sys.h', 'proc/proc.h');
source('guest-kernel/proc/proc.h', 'sys/sys.h', 'abi/record.h');
make_path("$top/mk", "$top/docs/img");
spew("$top/mk/architecture.py", slurp("$root/mk/architecture.py"));
sub architecture { return run_command('python3', "$top/mk/architecture.py", @_) }
my $picture = "$top/docs/img/architecture.svg";

$got = architecture('check');
is($got->{code}, 1, 'no picture: found');
like($got->{err}, qr/^\+ bench\/plan includes from bench\/lib$/m, 'with an arrow that is missing');
is(architecture('write')->{code}, 0, 'written');
is(architecture('check')->{code}, 0, 'and right');
my $svg = slurp($picture);
is_deeply([sort { $a cmp $b } $svg =~ /<title>([^<]+ includes from [^<]+)</g], ['bench/plan includes from bench/lib', 'bench/run includes from bench/plan',
	'guest-kernel/proc includes from abi'], 'an arrow that a longer way implies is left out');
like($svg, qr/marker-start/, 'directories that include each other have an arrow with two heads');
architecture('write');
is(slurp($picture), $svg, 'the same again');

source('bench/plan/plan.h');
$got = architecture('check');
is($got->{code}, 1, 'an arrow that is gone: found');
like($got->{err}, qr/^\+ bench\/run includes from bench\/lib\n- bench\/plan includes from bench\/lib\n.*`make architecture` makes it anew$/m,
	'named, with what to do');
is(architecture()->{code}, 1, 'no command: refused');
done_testing();
