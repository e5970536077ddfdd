#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# What several vCPUs gave is checked by a cold boot. If that gives something else the run is not
# exact: it is measured from several states, all samples are kept, and wherever it is shown or
# compared it is not called exact.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my $boots = "$tmp/boots";
$ENV{FAKE_BOOTS} = $boots;

sub measured
{
	my ($act, @arguments) = @_;
	unlink $boots;
	my $got = fake_run($act, '--variant', 'eager', '--workload', 'fork:n=4', @arguments);
	$got->{run} = $got->{set}{runs}[0];
	return $got;
}

my $plain = measured('success');
is($plain->{code}, 0, 'one vCPU') or diag($plain->{err});
ok(!exists $plain->{run}{observed}{$_}, "one boot settles it: no $_") for qw(boots confirmed);
my @samples = @{$plain->{run}{series}[0]{samples}};

my $got = measured('dearer');
is_deeply($got->{run}{series}[0]{samples}, [map { $_ + 100 } @samples], 'so it is not booted again');
is(-s $boots, 2, 'not once');

my $equal = measured('success', '--vcpus', 4);
is($equal->{run}{observed}{boots}, 2, 'four vCPUs: a second boot');
is($equal->{run}{observed}{confirmed}, 'cold boot', 'which was cold');
is_deeply($equal->{run}{series}[0]{samples}, \@samples, 'the samples are those of the first');
ok($equal->{run}{series}[0]{exact}, 'and exact');
ok(!exists $equal->{run}{inexact}, 'nothing says otherwise');
unlike("@{$equal->{run}{warnings}}", qr/boots/, 'nothing to warn of');

$got = measured('second-dies', '--vcpus', 4);
is($got->{code}, 6, 'the second boot dies: a crash');
is_deeply($got->{run}{series}, [], 'and no number');

$got = measured('dearer', '--vcpus', 4);
is_deeply($got->{run}{inexact}, {boots => 6, results => 6}, 'six boots, each with another result');

# The first boot departs. There is no majority: nobody knows which is right.
$got = measured('dear-first', '--vcpus', 4);
is($got->{code}, 0, 'the first boot departs') or diag($got->{err});
is(-s $boots, 12, 'six boots were made');
is_deeply($got->{run}{inexact}, {boots => 6, results => 2}, 'which the result says, and how many results they gave');
ok(!exists $got->{run}{observed}{confirmed}, 'nothing confirmed it');
is_deeply($got->{run}{series}[0]{samples}, [(map { $_ + 100 } @samples), (@samples) x 5], 'the samples are those of all');
ok(!$got->{run}{series}[0]{exact}, 'and not exact');
like("@{$got->{run}{warnings}}", qr/not exact: 6 boots from fresh states gave 2 different results/, 'a warning says so');

# Wherever it is shown.
my ($a, $b) = (write_json("$tmp/equal.json", $equal->{set}), write_json("$tmp/departed.json", $got->{set}));
is(pvmmu('validate', $b)->{code}, 0, 'the set is valid');
my $r = pvmmu('compare', $a, $a);
like($r->{out}, qr/tier exact, =/, 'compare: what is exact is called so') or diag($r->{out});
$r = pvmmu('compare', $a, $b);
like($r->{out}, qr/tier exact \(but not all of this is\)/, 'compare: what is not is not') or diag($r->{out});
unlike($r->{out}, qr/= means all samples are equal/, 'it is compared as what has a spread');
like($r->{out}, qr/not exact: 6 boots/, 'and why');
$r = pvmmu('compare', '--wide', $b);
like($r->{out}, qr/tier exact \(but not all of this is\)/, 'side by side');
is(JSON::PP->new->decode(pvmmu('compare', '--format', 'json', $a, $b)->{out})->{rows}[0]{exact} ? 1 : 0, 0, 'JSON');
like(pvmmu('export', '--format', 'csv', $b)->{out}, qr/,0,0,\d|,false,0,\d/, 'export: not exact');
$r = pvmmu('plot', $b, '-o', "$tmp/x.svg");
like(slurp("$tmp/x.svg"), qr/exact \(but not all of this is\)/, "a chart's footer") or diag($r->{err});
$r = pvmmu('verdict', '--base', $a, '--gate', 'fork:insns<=+1%', '--out', "$tmp/v.json", $b);
my ($ruling) = grep { ref eq 'HASH' && exists $_->{exact} } map { ref eq 'ARRAY' ? @$_ : () } values %{read_json("$tmp/v.json")};
ok($ruling && !$ruling->{exact}, 'a verdict does not take it for exact') or diag(slurp("$tmp/v.json"));

# A slip in the file does not make it exact.
for (['exact' => sub { $_[0]{series}[0]{exact} = JSON::PP::true }, qr/exact: expected false/],
	['samples' => sub { pop @{$_[0]{series}[0]{samples}} }, qr/samples: expected/]) {
	my ($what, $spoil, $says) = @$_;
	my $set = read_json($b);
	$spoil->($set->{runs}[0]);
	$r = pvmmu('validate', write_json("$tmp/bad.json", $set));
	is($r->{code}, 4, "another $what is refused") or diag($r->{out});
	like($r->{err} . $r->{out}, $says, 'by name');
}
done_testing();
