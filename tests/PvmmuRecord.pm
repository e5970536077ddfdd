# SPDX-License-Identifier: MIT
# Files and records, for tests and for the pretended machines. A run of all tests starts these machines a
# thousand times, so this module loads few others.
package PvmmuRecord;
use strict;
use warnings;
use Exporter qw(import);
use JSON::PP ();

our @EXPORT = qw(spew slurp crc32 record);

sub spew
{
	my ($path, @text) = @_;
	open(my $f, '>', $path) or die "$path: $!";
	print $f @text;
	close($f) or die "$path: $!";
	return $path;
}

sub slurp
{
	my ($path) = @_;
	open(my $f, '<', $path) or die "$path: $!";
	local $/;
	return scalar <$f> // '';
}

# CRC-32 as in abi/record.h, written a second time so that a mistake there is noticed.
my @crc_table = map {
	my $c = $_;
	$c = $c & 1 ? 0xedb88320 ^ ($c >> 1) : $c >> 1 for 1 .. 8;
	$c;
} 0 .. 255;

sub crc32
{
	my $crc = 0xffffffff;
	$crc = $crc_table[($crc ^ $_) & 255] ^ ($crc >> 8) for unpack('C*', $_[0]);
	return $crc ^ 0xffffffff;
}

# One record line. json is a reference, or text that is framed unchanged.
sub record
{
	my ($src, $seq, $json) = @_;
	$json = JSON::PP->new->canonical->encode($json) if ref $json;
	return sprintf("\@pvmmu %s %d %d %08x %s\n", $src, $seq, length $json,
		crc32("$src $seq $json"), $json);
}

1;
