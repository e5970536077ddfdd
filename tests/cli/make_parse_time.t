#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# While make reads the makefiles, it asks for nothing that `make deps` installs: where only make and git
# are, `make help` and `make deps` begin without a word. .ci/fresh tries the same in a system that has no more.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

delete @ENV{qw(MAKEFLAGS MAKELEVEL MAKEOVERRIDES)};

# Tools that each Debian has; programs that DEPS installs are replaced by ones that report their caller.
mkdir "$tmp/bin";
for my $tool (qw(make git sh awk grep sed find sort tr nproc head tail cut cat cmp mkdir rm mv ln touch chmod printf echo expand env dpkg-query apt-get apt-cache)) {
	my ($path) = grep { -x } map { "$_/$tool" } qw(/usr/bin /bin);
	symlink($path, "$tmp/bin/$tool") or die "$tool: $!";
}
for my $tool (qw(gcc cc clang as ld ar objcopy readelf musl-gcc busybox cpio xz qemu-system-x86_64 gnuplot python3 chromium chromedriver
	jq perf mandoc strace clang-format pkg-config)) {
	spew("$tmp/bin/$tool", "#!/bin/sh\necho \"$tool \$*\" >> $tmp/asked\n");
	chmod 0755, "$tmp/bin/$tool";
}

for my $goals ([], ['help'], ['-n', 'deps'], ['-n', 'deps', 'help'], ['-n', 'clean'], ['help', 'VARIANT=eager,custom:pin=none', 'WORKLOAD=fork']) {
	unlink "$tmp/asked";
	my $got = run_command('env', '-i', "PATH=$tmp/bin", 'make', '-C', $root, '--no-print-directory', @$goals);
	is("$got->{code} $got->{err}", '0 ', "make @$goals: no complaint");
	is(-e "$tmp/asked" ? slurp("$tmp/asked") : '', '', 'nothing is asked for that is yet to be installed');
}

done_testing();
