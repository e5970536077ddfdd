#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# run --resume: what an interrupted set holds is taken over if it is the very
# same measurement, the rest is measured, and nothing is lost on the way.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my @all = ('--variant', 'eager,nopin', '--workload', 'fork,exec', '--jobs', '1');

sub resume { my ($dir, $act, @more) = @_; return fake_run({act => $act, root => $dir}, '--resume', @more) }

# An interrupted run: the first machine has ended, the second hangs.
sub interrupted
{
	my ($dir, @more) = @_;
	local $ENV{FAKE_PIDS} = "$dir/pids";
	local $ENV{FAKE_QEMU} = 'eager=success,nopin=hang';
	unlink "$dir/pids";
	mkdir "$dir/r";
	my $h = start_command($pvmmu, 'run', '--root', $dir, '--qemu', "$root/tests/fake-qemu", '--out', "$dir/r/x.json", @all, @more);
	wait_until(sub { -s "$dir/pids" }) or die 'nothing started';
	kill 'INT', $h->{pid};
	my $got = finish_command($h);
	is($got->{code}, 130, 'interrupted') or diag($got->{err});
	return read_json("$dir/r/x.json");
}

my $dir = fixture();
my $half = interrupted($dir);
is_deeply([map { $_->{outcome}{status} } @{$half->{runs}}], [qw(success skip skip skip)], 'a quarter is done');
ok(!exists $half->{observed}{kept_runs}, 'nothing was to be kept');
my $whole = resume($dir, 'success', @all);
is($whole->{code}, 0, 'the rest') or diag($whole->{err});
is_deeply([map { $_->{id} } @{$whole->{set}{runs}}], [map { $_->{id} } @{$half->{runs}}], 'the same runs in the same order');
is_deeply([map { $_->{outcome}{status} } @{$whole->{set}{runs}}], [('success') x 4], 'all done');
is_deeply($whole->{set}{runs}[0], $half->{runs}[0], 'what was done is taken over as it is, observations included');
is($whole->{set}{observed}{kept_runs}, 1, 'and counted');
like($whole->{out}, qr/^1 of 4 runs taken over from an earlier \S+x\.json$/m, 'and told');
is(pvmmu('validate', '--root', $dir, "$dir/r/x.json")->{code}, 0, 'a valid set');

# With everything there nothing is booted: a QEMU that cannot start anything is no harm.
my $again = resume($dir, 'qemu-exit', @all);
is($again->{code}, 0, 'all there');
is_deeply($again->{set}{runs}, $whole->{set}{runs}, 'nothing is measured again');
is($again->{set}{observed}{kept_runs}, 4, 'four kept');

# Another image, another machine or a failure: measured anew.
spew("$dir/build/guest/xen64/eager/pvmmu-guest.elf", "another kernel\n");
my $rebuilt = resume($dir, 'success', @all);
is($rebuilt->{set}{observed}{kept_runs}, 2, 'runs of a rebuilt image are measured again');
isnt($rebuilt->{set}{runs}[0]{identity}{image}{kernel_sha256}, $whole->{set}{runs}[0]{identity}{image}{kernel_sha256},
	'on the new one');
is_deeply($rebuilt->{set}{runs}[1], $whole->{set}{runs}[1], 'those of the other are kept');
is(resume($dir, 'success', @all, '--mem', 256)->{set}{observed}{kept_runs}, 0, 'another memory size is another measurement');
is(resume($dir, 'nopin=bug,success', @all)->{set}{observed}{kept_runs}, 0, 'and so is going back');
my $failed = resume($dir, 'success', @all);
is($failed->{set}{observed}{kept_runs}, 2, 'a crash is tried again');
is($failed->{code}, 0, 'and does not spoil the verdict of the later one');

# Interrupted again: what was kept stays.
my $bigger = fixture();
interrupted($bigger);
my $still = interrupted($bigger, '--resume');
is_deeply([map { $_->{outcome}{status} } @{$still->{runs}}], [qw(success skip skip skip)], 'an interrupted resumption keeps it');
is($still->{observed}{kept_runs}, 1, 'as kept');

# A sweep that grows: what was a point, or none, joins the family; the measurement is kept as it is.
my $grown = fixture();
my @fork = ('--variant', 'eager', '--workload');
my $single = resume($grown, 'success', @fork, 'fork:mb=16');
ok(!exists $single->{set}{runs}[0]{family}, 'one point is no family');
my $two = resume($grown, 'success', @fork, 'fork:mb=0,16');
my $three = resume($grown, 'success', @fork, 'fork:mb=0,16,64');
is($three->{code}, 0, 'two points more') or diag($three->{err});
is($three->{set}{observed}{kept_runs}, 2, 'those that were there are kept');
is_deeply([map { $_->{family} } @{$three->{set}{runs}}], [map { {id => 'xen64-fork~eager', axes => [{name => 'mb', unit => 'things'}],
	point => {mb => $_}} } 0, 16, 64], 'all are points of one family');
is_deeply($three->{set}{runs}[1]{$_}, $single->{set}{runs}[0]{$_}, "$_ of the first is as it was") for qw(identity series observed);
resume(my $shrunk = fixture(), 'success', @fork, 'fork:mb=0,16');
ok(!(grep { exists $_->{family} } @{resume($shrunk, 'success', @fork, 'fork:mb=0,fork:mb=16')->{set}{runs}}), 'or of none any more');

# No run is lost silently.
my $before = slurp("$dir/r/x.json");
my $less = resume($dir, 'success', '--variant', 'eager', '--workload', 'fork');
is($less->{code}, 4, 'a set with more than is asked for is not overwritten');
like($less->{err}, qr/x\.json holds xen64-fork~nopin, which is not asked for and would be lost: .* another --out/, 'said so');
is(slurp("$dir/r/x.json"), $before, 'it is as it was');
my $cut = fake_run({act => 'success', root => do { my $d = fixture(); mkdir "$d/r"; spew("$d/r/x.json", '{"runs": []}'); $d }}, '--resume', @all);
is($cut->{code}, 4, 'no result set: not overwritten');
is(slurp("$cut->{root}/r/x.json"), '{"runs": []}', 'it is as it was');
my $new = resume(fixture(), 'success', @all);
is($new->{code}, 0, 'no file yet is nothing to keep');
ok(!exists $new->{set}{observed}{kept_runs}, 'and nothing to tell');

# A run with other collectors is another measurement.
$dir = fixture();
my $without = fake_run({act => 'success', root => $dir}, '--no-collect', 'guest', '--variant', 'eager', '--workload', 'fork');
ok(!exists $without->{set}{runs}[0]{counters} && !exists $without->{set}{runs}[0]{collectors}, 'without the guest\'s counters');
like($without->{set}{runs}[0]{command}, qr/ --no-collect guest$/, 'the command that repeats it says so');
my $with = resume($dir, 'success', '--variant', 'eager', '--workload', 'fork');
is($with->{set}{observed}{kept_runs}, 0, 'is not taken over for one with them');
is_deeply($with->{set}{runs}[0]{collectors}, ['guest'], 'which names who observed it');
ok(exists $with->{set}{runs}[0]{counters}, 'and has them');
is(resume($dir, 'success', '--variant', 'eager', '--workload', 'fork', '--collect', 'perf')->{set}{observed}{kept_runs}, 1,
	'one that has no business here changes nothing');

is(pvmmu('run', '--root', $dir, '--resume', @all)->{code}, 64, '--resume without --out: usage');

done_testing();
