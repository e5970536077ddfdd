#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Pages in a real browser: every tests/browser/test_*.py and site_*.py, in one headless Chromium.
# Skipped where that is not installed.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

# Debian's Python is the one that has Debian's Selenium.
my $python = -x '/usr/bin/python3' ? '/usr/bin/python3' : 'python3';
$ENV{PVMMU_UNDER_TEST} = $pvmmu;
# A deadline's SIGTERM goes to all of us: it ends the browser in order, see browser.py.
my $status = system { $python } $python, "$root/tests/browser/run.py", @ARGV;
BAIL_OUT("cannot run $python: $!") if $status < 0;
exit($status & 127 ? 128 + ($status & 127) : $status >> 8);
