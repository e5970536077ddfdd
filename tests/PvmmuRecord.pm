# SPDX-License-Identifier: MIT
# What tests and the pretended machines have in common: whole files, and records. The machines are
# started a thousand times in a run of all tests, so this loads little.
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

# CRC-32 as in abi/record.h, written a second time on purpose.
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

# One record line. json is a reference, or text to be framed as it is.
sub record
{
	my ($src, $seq, $json) = @_;
	$json = JSON::PP->new->canonical->encode($json) if ref $json;
	return sprintf("\@pvmmu %s %d %d %08x %s\n", $src, $seq, length $json,
		crc32("$src $seq $json"), $json);
}

1;
