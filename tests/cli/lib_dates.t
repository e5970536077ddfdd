#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Dates that no calendar has are refused wherever a date comes in, and none that cannot be told is given away
# as another one. Which exist, tests/unit/host_lib_dates.c has.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/..";
use PvmmuTest;

my $golden = "$root/tests/golden/two-variants.json";
my @none   = ('2026-13-45T99:99:99Z', '2026-02-29T00:00:00Z', '2026-01-31T24:00:00Z', '2026-01-31T23:59:60Z', '2026-04-31T00:00:00Z', '2026-00-01T00:00:00Z');

sub said
{
	my ($what, $code, $says, @arguments) = @_;
	my $got = pvmmu(@arguments);
	is($got->{code}, $code, "$what: exit code") or diag("$got->{out}$got->{err}");
	like("$got->{out}$got->{err}", $says, "$what: what it says");
	unlike($got->{err}, qr/Sanitizer|runtime error/, "$what: no sanitizer report");
	return $got;
}

sub created
{
	my ($date, $merged) = @_;
	my $set = read_json($golden);
	$set->{created} = $date;
	$set->{merged_from} = [map { {file => 'x.json', sha256 => '0' x 64, created => $_, producer => {name => 'pvmmu', version => 'x'},
		command => 'x', observed => {}} } @$merged] if $merged;
	return write_json("$tmp/dated.json", $set);
}

mkdir "$tmp/results" or die;
for my $date (@none) {
	my $wrong = qr{^pvmmu: \S+: /created: expected a day and time that exist, found "$date"$}m;
	my $file = created($date);
	said("validate $date", 4, $wrong, 'validate', $file);
	said("export $date", 4, $wrong, 'export', '--format', 'influx', $file);
	said("import $date", 4, $wrong, 'import', '--results', "$tmp/results", $file);
	ok(!-e "$tmp/results/imported", "$date: nothing was imported");
	said("compare $date", 4, $wrong, 'compare', $file);
	said("merged $date", 4, qr{: /merged_from/1/created: expected a day and time that exist, found "$date"}, 'validate',
		created('2026-01-01T00:00:00Z', ['2024-02-29T00:00:00Z', $date]));
	for my $option ('--since', '--until') {
		said("$option $date", 64, qr/^pvmmu: $option: expected YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ, a day and time that exist, found "$date"/,
			'history', '--results', "$tmp/results", $option, $date);
		my $day = substr($date, 0, 10);
		said("$option $day", $day =~ /-01-31$/ ? 0 : 64, qr/./s, 'history', '--results', "$tmp/results", $option, $day);
	}
}
said('leap day', 0, qr/valid/, 'validate', created('2024-02-29T23:59:59Z', ['2024-02-29T00:00:00Z']));

# The range of InfluxDB's 64 bits of nanoseconds.
for ([' 1970-01-01T00:00:00Z', '0'], ['1969-12-31T23:59:59Z', '-1000000000'], ['2024-02-29T00:00:00Z', '1709164800000000000'],
	['2262-04-11T23:47:16Z', '9223372036000000000'])
{
	my ($date, $ns) = @$_;
	$date =~ s/^ //;
	said("influx $date", 0, qr/ \Q$ns\E$/m, 'export', '--format', 'influx', created($date));
}
for my $date ('2262-04-12T00:00:00Z', '1600-01-01T00:00:00Z', '9999-12-31T23:59:59Z') {
	said("influx $date", 4, qr/^pvmmu: \S+: InfluxDB counts nanoseconds, from 1677 to 2262/, 'export', '--format', 'influx', created($date));
	said("csv $date", 0, qr/^file,id,/, 'export', '--format', 'csv', created($date));
}

# An index that an older program made of such a file is made anew; the file is none of the sets.
my $in = read_json($golden);
$in->{created} = '2026-02-30T00:00:00Z';
write_json("$tmp/results/x.json", $in);
said('history', 0, qr{x\.json: /created: expected a day and time that exist}, 'history', 'files', '--results', "$tmp/results");

# Annotations.
spew("$tmp/results/annotations.tsv", "2026-02-30\tno such day\n2026-02-28\tthe last one\n2026-02-28T24:00:00Z\tno such hour\n");
write_json("$tmp/results/x.json", read_json($golden));
my $got = said('annotations', 0, qr/annotations\.tsv:1: expected a date that exists/, 'dashboard', '--no-charts', "$tmp/results", '-o', "$tmp/site");
like($got->{err}, qr/annotations\.tsv:3: /, 'an hour that no day has');
unlike($got->{err}, qr/annotations\.tsv:2: /, 'the last of February is a day');

done_testing();
