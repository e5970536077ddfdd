#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# tests/with-deadline: a process works if any of its threads does, also if the first one sleeps, as an
# emulator's does while the machine runs. A process that sleeps in all of its threads does not.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

# The second thread waits uninterruptibly, as for a disk: the parent of a vfork does so until the child ends.
my $source = spew("$tmp/threads.c", <<'END');
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static void *waits(void *seconds)
{
	volatile pid_t pid = vfork();

	if (pid == 0) {
		sleep(atoi(seconds));
		_exit(0);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc > 2)
		return pthread_create(&thread, NULL, waits, argv[1]) || pthread_join(thread, NULL);
	return sleep(atoi(argv[1])) != 0;
}
END
is(system('gcc', '-pthread', '-o', "$tmp/threads", $source), 0, 'compiled');

my $got = run_command("$root/tests/with-deadline", 3, "$tmp/times", "$tmp/threads", 7, 'second');
is("$got->{code} $got->{err}", '0 ', 'the first thread sleeps longer than the deadline, the second does not: it may go on');
like(slurp("$tmp/times"), qr/^[\d.]+ second\n\z/, 'its processor time is written down');
$got = run_command("$root/tests/with-deadline", 3, "$tmp/times", "$tmp/threads", 60);
is($got->{code}, 124, 'the only thread sleeps longer than the deadline: it is ended');
like($got->{err}, qr/^deadline passed: 3 s of sleep$/m, 'with the reason');
done_testing();
